#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The compiler of Debian 13.
exec "$(dirname "$0")/bed.sh" trixie amd64 gcc

#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The package on Debian 12, from building it to purging it.
exec "$(dirname "$0")/package-on.sh" bookworm

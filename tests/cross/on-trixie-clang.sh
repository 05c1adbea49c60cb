#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The other compiler of Debian 13; its code is not run.
CROSS_TESTS=none
export CROSS_TESTS
exec "$(dirname "$0")/bed.sh" trixie amd64 clang

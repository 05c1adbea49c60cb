#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What another compiler says of the same headers; its code is not run.
CROSS_TESTS=none
export CROSS_TESTS
exec "$(dirname "$0")/bed.sh" bookworm arm64 clang

#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The processor that most servers have that are not of the x86 family.
exec "$(dirname "$0")/bed.sh" bookworm arm64 gcc

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# t-ptyend.sh with a thousand rounds of each kind.

BED_LIMIT=${BED_LIMIT:-900}
export BED_LIMIT
exec "$(dirname "$0")/t-ptyend.sh" "${1:-1000}"

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# t-leaks.sh with two hundred sessions of each shape.

BED_LIMIT=${BED_LIMIT:-600}
export BED_LIMIT
exec "$(dirname "$0")/t-leaks.sh" "${1:-200}"

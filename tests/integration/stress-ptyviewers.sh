#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# t-ptyviewers.sh with a hundred megabytes of output.

BED_LIMIT=${BED_LIMIT:-600}
export BED_LIMIT
exec "$(dirname "$0")/t-ptyviewers.sh" "${1:-100}"

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# t-manysessions.sh with a thousand, idle for a minute.

BED_LIMIT=${BED_LIMIT:-900}
export BED_LIMIT
exec "$(dirname "$0")/t-manysessions.sh" "${1:-1000}" "${2:-60}"

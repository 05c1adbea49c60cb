#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# t-ptydrop.sh with a hundred connections through ssh that are lost, and more
# than two hundred at the socket.

BED_LIMIT=${BED_LIMIT:-600}
export BED_LIMIT
exec "$(dirname "$0")/t-ptydrop.sh" "${1:-34}"

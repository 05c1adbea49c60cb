#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Two-way copies of 1 GiB in pieces of any size, of all kinds of ends; then
# t-raw.sh with as much, and with a hundred thousand connections.

status=0
check=$TOP_BUILDDIR/tests/unit/check_conduitload
if [ -x "$check" ]; then
	CONDUIT_MIB=${CONDUIT_MIB:-1024} "$check" || status=1
else
	echo "SKIP check_conduitload: it was not built"
fi
BED_LIMIT=${BED_LIMIT:-1800}
export BED_LIMIT
"$(dirname "$0")/t-raw.sh" "${1:-1024}" "${2:-100000}" || status=$?
exit "$status"

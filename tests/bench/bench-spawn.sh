#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How long a child takes from a small process and from a large one: a plan
# that spawn() carries out beside posix_spawn(3), vfork(2) and fork(2).  As
# root, also with a change of identity, which is a fork by design.
#
#	bench-spawn.sh [ROUNDS]

set -u
spawnbench=${TOP_BUILDDIR:-.}/tests/bench/spawnbench
rounds=${1:-500}
failed=0
skipped=0

for mib in 10 1024; do
	"$spawnbench" "$mib" "$rounds"
	case $? in
	0) ;;
	77) skipped=1 ;;
	# The limit of a control group, which no file says for sure.
	137)
		echo "SKIP bench-spawn: killed at $mib MiB"
		skipped=1
		;;
	*)
		echo "FAIL bench-spawn: $mib MiB"
		failed=1
		;;
	esac
done
[ "$failed" = 0 ] || exit 1
[ "$skipped" = 1 ] || echo "PASS bench-spawn"

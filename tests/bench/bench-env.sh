#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What env-filter costs beside env(1), which sets the same variables without a
# question; and how the time of the filter itself grows.
#
#	bench-env.sh [ROUNDS]

# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-400}

# Beside it, that of an empty program: what any process costs.
for count in 20 1000; do
	vars=()
	for ((i = 0; i < count; i++)); do
		vars+=("LC_$i=value$i")
	done
	echo "/bin/true with $count variables, $rounds rounds in turn"
	mapfile -t patterns < <(printf -- '--accept\nN%d*\n' {1..128})
	env -i "${vars[@]}" /bed/bin/alternate "$rounds" \
		"env -i, the same variables" /usr/bin/env -i "${vars[@]}" \
		/bin/true -- \
		"env-filter" "$ENV_FILTER" /bin/true -- \
		"env-filter, 128 patterns" "$ENV_FILTER" \
		"${patterns[@]}" /bin/true -- \
		"nothing in between" /bin/true ||
		fail "bench-env" "a command failed"
done

echo "the filter alone, by the number of variables and patterns"
/bed/bin/filtergrowth
pass "bench-env"
finish

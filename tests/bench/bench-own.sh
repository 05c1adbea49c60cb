#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How long a user takes to start a program in his own account: the program
# alone, and incubator beside the tools of util-linux that do part of what it
# does, in turn.
#
#	bench-own.sh [ROUNDS]

# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-500}
need setpriv || skip_all "setpriv is not installed"
need unshare || skip_all "unshare is not installed"

# as_alice FIRST ...: what alternate(1) is given.
as_alice() {
	setpriv --reuid 1001 --regid 1001 --init-groups \
		/bed/bin/alternate "$rounds" "$@" ||
		fail "bench-own" "a command failed"
}

echo "start of /bin/true in one's own account, $rounds rounds in turn"
as_alice \
	"the program alone" /bin/true -- \
	"setpriv --no-new-privs" setpriv --no-new-privs /bin/true -- \
	"incubator" "$INCUBATOR" '\--' /bin/true -- \
	"incubator --no-new-privs" \
	"$INCUBATOR" --no-new-privs '\--' /bin/true -- \
	"incubator --landlock-ro /" \
	"$INCUBATOR" --landlock-ro / '\--' /bin/true

# What a child and its namespaces cost is the kernel's.
theirs=(unshare --map-root-user --pid --fork)
if ! setpriv --reuid 1001 --regid 1001 --init-groups "${theirs[@]}" true \
	2>/dev/null; then
	skip "bench-own, namespaces" "users may not make them here"
	pass "bench-own"
	finish
fi
echo "the same in a user and a pid namespace, as their root"
as_alice \
	"unshare" "${theirs[@]}" /bin/true -- \
	"incubator --unshare user,pid" "$INCUBATOR" --unshare user,pid \
	--map-users 0:1001:1 --map-groups 0:1001:1 '\--' /bin/true
pass "bench-own"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What reading a configuration adds to a start: the example that is
# distributed, and files with many Match blocks of which none is for us.
#
#	bench-conf.sh [ROUNDS]

# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-500}
out=$BED/out

need setpriv || skip_all "setpriv is not installed"
grep -v '^Deny' "$TOP_SRCDIR/contrib/incubator.conf" >"$out/example"
: >"$out/empty"
for count in 100 1000 10000; do
	for ((i = 0; i < count; i++)); do
		printf 'Match LocalUser u%d Address 192.0.2.%d\n\tUmask 027\n' \
			"$i" $((i % 256))
	done >"$out/$count"
done
chmod -R a+rX "$out"
echo "incubator starts /bin/true in one's own account, $rounds rounds in turn"
setpriv --reuid 1001 --regid 1001 --init-groups \
	/bed/bin/alternate "$rounds" \
	"no file" "$INCUBATOR" '\--' /bin/true -- \
	"an empty one" "$INCUBATOR" --config "$out/empty" '\--' /bin/true -- \
	"contrib/incubator.conf" \
	"$INCUBATOR" --config "$out/example" '\--' /bin/true -- \
	"100 Match lines" "$INCUBATOR" --config "$out/100" '\--' /bin/true -- \
	"1000 Match lines" "$INCUBATOR" --config "$out/1000" '\--' /bin/true -- \
	"10000 Match lines" "$INCUBATOR" --config "$out/10000" '\--' /bin/true ||
	fail "bench-conf" "a command failed"
pass "bench-conf"
finish

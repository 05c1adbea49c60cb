#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How long a login takes through incubator and without it: a new connection
# with the client's default key exchange, then one more session on a
# connection that is there.
#
#	bench-login.sh [ROUNDS]

# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-25}
servers alice root
kex=$(ssh -F none -T -G bed | sed -n 's/^kexalgorithms //p')
login=("${RAW_SSH[@]}" -n -o "KexAlgorithms=$kex")

# The processor time is the client's alone here, and says nothing.
in_turn() {
	/bed/bin/alternate "$@" | cut -c1-62
	[ "${PIPESTATUS[0]}" = 0 ] || fail "bench-login" "a command failed"
}

echo "a new connection that runs true, $rounds rounds in turn"
in_turn "$rounds" \
	"sshd, alice" "${login[@]}" plain-alice true -- \
	"incubator, own account" "${login[@]}" own-alice true
in_turn "$rounds" \
	"sshd, root" "${login[@]}" plain-root true -- \
	"incubator, root to alice" "${login[@]}" root-alice true
echo "the same with a terminal"
in_turn "$rounds" \
	"sshd, alice" "${login[@]}" -q -tt plain-alice true -- \
	"incubator, own account" "${login[@]}" -q -tt own-alice true -- \
	"incubator, root to alice" "${login[@]}" -q -tt root-alice true

echo "one more session on an open connection, $((4 * rounds)) rounds"
for host in plain-alice own-alice plain-root root-alice; do
	"${RAW_SSH[@]}" -fN -T -M -S "$BED/out/$host" "$host"
done
more() {
	in_turn "$((4 * rounds))" \
		"sshd, ${1#*-}" "${RAW_SSH[@]}" -n -S "$BED/out/$1" "$1" true \
		-- "incubator, $2" \
		"${RAW_SSH[@]}" -n -S "$BED/out/$2" "$2" true
}
more plain-alice own-alice
more plain-root root-alice
pass "bench-login"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent 24: agent-forwarder at each of several hosts in a row, and keys that
# are restricted to some of them, ways to them and users there.  Each way gives
# the same with it as without.  Would have caught a bind that is dropped,
# answered here, out of order, or of another connection: the agent would show
# such a key where it may not be, or hide it where it may.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"
if ssh-add -h x -H /dev/null /dev/null 2>&1 | grep -q 'unknown option\|usage'
then
	skip_all "ssh-add is too old"
fi

out=$BED/out
keys=$BED/keys
restricted=$keys/restricted
eval "$(ssh-agent -s -a "$out/agent" </dev/null)" >/dev/null
trap 'kill $SSH_AGENT_PID; fail "$SCRIPT" "ended early"; finish' EXIT
ssh-keygen -q -t ed25519 -N '' -f "$restricted"
ssh-keygen -q -t ed25519 -N '' -f "$keys/ca"
ssh-keygen -q -s "$keys/ca" -I restricted -n alice "$restricted.pub"
# Each host has a certificate by its name, but d one by another's.
row="a b c d e"
for host in $row; do
	ssh-keygen -q -t ed25519 -N '' -C "$host" -f "$keys/host-$host"
	ssh-keygen -q -s "$keys/ca" -h -I "$host" -n "${host/d/a}" \
		"$keys/host-$host.pub"
done
chmod 0644 "$keys"/*.pub
signer=$restricted.pub
# shellcheck source=agentrow.sh
. "$(dirname "$0")/agentrow.sh"

# try NAME OPTION...: the key, restricted by them, by each of the "ways": is
# it shown there, and does it sign?  Nothing is said where it leads nowhere.
known=$out/known
try() {
	local name=$1 kind way

	shift
	ssh-add -qD 2>/dev/null
	ssh-add -q -H "$known" "$@" "$restricted" 2>/dev/null ||
		fail "agent 24: $name" "it cannot be added"
	for kind in plain fwd; do
		for way in "${ways[@]}"; do
			# shellcheck disable=SC2086 # hosts
			printf '[%s] %s\n' "$way" "$(through $kind \
				"ssh-add -l; echo \$?; ssh-add \
				-T $restricted.pub; echo \$?" $way |
				grep -x '[0-9]*' | paste -sd ' ')"
		done >"$out/$kind.matrix"
	done
	check_same "agent 24: $name" "$out/plain.matrix" "$out/fwd.matrix"
	# A matrix of nothing but refusals would be the same, too.
	matrices+=("$(md5sum <"$out/plain.matrix")")
}
matrices=()
# Which of the ways could be gone, and which could not: "+a +b -c".
gone() {
	sed 's/^\[\(.*\)\] .*[0-9]$/+\1/; s/^\[\(.*\)\] $/-\1/' \
		"$out/fwd.matrix" | tr ' ' '>' | paste -sd ' '
}

ways=("" a b c "a b" "a c" "b a" "a b c" "c b a" "a b a")
try "no restriction"
try "to one host" -h a
try "by a to b" -h a -h "a>b"
try "by a to b to c" -h a -h "a>b" -h "b>c"
try "to b, not by a" -h b
try "in a circle" -h a -h "a>b" -h "b>a"

ways=("a b c d e" "a b c e" "a c" "b c d e" "a b c d e a")
try "five hosts" -h a -h "a>b" -h "b>c" -h "c>d" -h "d>e"
check_eq "... by one way only" "+a>b>c>d>e -a>b>c>e -a>c -b>c>d>e \
-a>b>c>d>e>a" "$(gone)"
ways=("a b c a b c" "a b c b" "a c")
try "round three of them" -h a -h "a>b" -h "b>c" -h "c>a"
check_eq "... in one direction only" "+a>b>c>a>b>c -a>b>c>b -a>c" "$(gone)"

ways=(a alice@a "a b" "a alice@b")
try "as one user" -h root@a -h "a>root@b"
check_eq "... and as no other" "+a -alice@a +a>b -a>alice@b" "$(gone)"
try "as users by a pattern" -h "r*@a" -h "a>?lice@b"
check_eq "... and as no others" "+a -alice@a -a>b +a>alice@b" "$(gone)"
try "as somebody else" -h "nobody@a"
check_eq "... is as nobody" "-a -alice@a -a>b -a>alice@b" "$(gone)"

# By the hosts' certificates: the authority is all that the agent knows of
# them, and the name in a certificate says which one it is.
echo "@cert-authority * $(cat "$keys/ca.pub")" >"$out/known-ca"
known=$out/known-ca
for kind in plain fwd; do
	sed -i "s/Algorithms ssh-ed25519/&-cert-v01@openssh.com/" \
		"$out/$kind.ssh"
done
ways=(a c d "a b" "a c" "a b d")
try "to hosts with certificates" -h a -h "a>b" -h "b>d"
check_eq "... which is who they are" "+a -c +d +a>b -a>c -a>b>d" "$(gone)"

check_eq "not all of them are alike" yes "$(printf '%s\n' \
	"${matrices[@]}" | sort -u | wc -l | sed 's/^[5-9]$\|^1.$/yes/')"

kill "$SSH_AGENT_PID"
finish

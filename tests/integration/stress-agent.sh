#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Many connections to one agent-forwarder, and what is left of them.
#
#	stress-agent.sh [CONNECTIONS]		default 100000

BED_LIMIT=${BED_LIMIT:-900}
export BED_LIMIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=agents.sh
. "$(dirname "$0")/agents.sh"

connections=${1:-100000}
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"

# In KiB.
memory() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status"
}

# come N CLIENTS: so many connections with a list each, CLIENTS at a time.
# Half of them are what agentbench begins with and does not count.
come() {
	"$BED/bin/agentbench" 1 connect "$(($1 / 2))" "$2" \
		<<<"served|$socket|" >/dev/null
}

real agent
ssh-keygen -q -t ed25519 -N '' -C one -f "$out/key"
SSH_AUTH_SOCK=$out/agent ssh-add -q "$out/key"
serve agent
before=$(descriptors)
# The first ones may bring memory that stays.
come 2000 64
check "agent 9: 2000 connections go" wait_for 60 has_descriptors "$before"
small=$(memory)

# Would have caught a descriptor or some bytes that a connection leaves: 100000
# times 8 bytes are three times what is let pass.
check "agent 9: $((connections / 2)) connections, one after the other" \
	come "$((connections / 2))" 1
check "agent 9: $((connections / 2)) connections, 64 at a time" \
	come "$((connections / 2))" 64
check "agent 9: no descriptor is left" wait_for 60 has_descriptors "$before"
grown=$(($(memory) - small))
if [ "$grown" -le 256 ]; then
	pass "agent 9: $connections connections leave no memory"
else
	fail "agent 9: $connections connections leave no memory" "$grown KiB"
fi
check_eq "agent 9: and no process" "" "$(pgrep -P "$server")"

# Would have caught a reply that is lost to who has said that he sends no
# more: 291 of 300 are, without anything in between.
check_eq "agent 21: 300 lists and half-closes, the replies" 300 \
	"$(talk times=300 list send half reply | grep -o '12 [0-9]*' | wc -l)"
check_eq "agent 21: the same with three requests at once" 900 \
	"$(talk times=300 list list list send half replies=3 |
		grep -o '12 [0-9]*' | wc -l)"

# Would have caught one of many at once that has no answer, or not its own.
good=0
for round in {1..10}; do
	for i in {1..64}; do
		SSH_AUTH_SOCK=$socket timeout 120 ssh-add -L \
			>"$out/list.$i" 2>&1 &
	done
	wait
	for i in {1..64}; do
		cmp -s "$out/key.pub" "$out/list.$i" && good=$((good + 1))
	done
done
check_eq "agent 28: 64 lists at once, $round times" "$((64 * round))" "$good"
check "agent 28: no descriptor is left" wait_for 60 has_descriptors "$before"
stop
finish

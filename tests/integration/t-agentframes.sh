#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I14: what comes in is cut into messages rightly, however it comes, and each
# request has one reply, in its turn.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=agents.sh
. "$(dirname "$0")/agents.sh"

# repeat N TEXT: so many times, with commas.
repeat() {
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s,' "$2"
	done
}
# signatures FROM TO: the replies to those.
signatures() {
	local i

	for ((i = $1; i <= $2; i++)); do
		printf '14 88 #%d,' "$i"
	done
}

# Would have caught a reader that takes what one read(2) gives for a message.
fake odd reply=byte
serve odd
check_eq "agent 11: a byte at a time, both ways" "12 68,14 88 #1,12 68,EOF" \
	"$(talk list sign list bytes half rest)"
stop

# Would have caught length and body that go up in two writes, and a second
# request that goes up before the first has its reply: this agent takes what
# one read(2) gives for one request, whatever it is.
fake one oneread
serve one
check_eq "agent 12: length and body in separate writes" \
	"12 68,14 88 #1,14 88 #2,EOF" "$(talk list sign sign parts half rest)"
# Would have caught a refusal that overtakes, and requests that are lost where
# they come in one piece.
check_eq "agent 13: 64 signatures ahead, and refusals between them" \
	"$(signatures 1 21)5 1,5 1,$(signatures 22 43)5 1,$(
	    signatures 44 64)12 68,EOF" \
	"$(talk sign again=20 type=19 type=200 sign again=21 type=9 \
	    sign again=20 list send half rest)"
check_eq "agent 12 and 13: each came up in one piece" "0 2 66 2" \
	"$(seen one odd) $(seen one open) $(seen one '13 68') $(
	    seen one '11 1')"
stop

# Would have caught a length that wraps, memory that is taken for the word of a
# length, and a limit that is off by one.
fake null
serve null
check_eq "agent 14: a length of 0" "12 68,EOF" "$(talk list claim=0 send rest)"
check_eq "agent 14: 256 KiB" "12 68,14 88 #1,EOF" \
	"$(talk size=262144 sign send half rest)"
check_eq "agent 14: one more" "EOF" "$(talk claim=262145 send rest)"
check_eq "agent 14: 4 GiB" "EOF" "$(talk claim=0xffffffff send rest)"
check_eq "agent 14: of that only one was seen above" "1 1" \
	"$(seen null '11 262144') $(seen null '13 68')"
data_of() {
	sed -n 's/^VmData:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status"
}
before=$(data_of)
rm -f "$out/there" "$out/go"
talk claim=262144 idle=300 touch="$out/there" wait="$out/go" list send reply \
	>"$out/said" &
check "agent 14: 300 that claim 256 KiB" wait_for 60 test -e "$out/there"
all_there() {
	[ "$(descriptors)" -ge 300 ]
}
check "agent 14: are there" wait_for 60 all_there
grown=$(($(data_of) - before))
touch "$out/go"
wait
# 75 MiB if they had been believed.
if [ "$grown" -lt 20000 ]; then
	pass "agent 14: no memory for what has not come"
else
	fail "agent 14: no memory for what has not come" "$grown KiB"
fi
check_eq "agent 14: and others are served" "12 68" "$(cat "$out/said")"

# Would have caught half a request that goes up, or a reader that waits for
# the rest of it for good.
check_eq "agent 15: the end within a length" "12 68,EOF" \
	"$(talk list head=3 send half rest)"
check_eq "agent 15: the end within a body" "12 68,EOF" \
	"$(talk list claim=100 send half rest)"
check_eq "agent 15: nothing at all" "EOF" "$(talk half rest)"

# Would have caught a request without a reply, or with two.
types="0 1 2 3 4 5 6 7 8 10 12 14 15 16 24 28 29 30 99 102 240 255"
words=()
for type in $types; do
	words+=("type=$type")
done
check_eq "agent 19: what nobody knows is refused, once, one by one" \
	"$(repeat 22 '5 1')12 68,EOF" \
	"$(talk "${words[@]}" list send half rest)"
odd=
for type in $types; do
	[ "$(talk "type=$type" send reply list send reply half rest)" = \
		"5 1,12 68,EOF" ] || odd+=" $type"
done
check_eq "agent 19: and each by itself" "" "$odd"
stop

# Would have caught what changes the agent's keys passing, in its new number or
# its old one.
fake spy
serve spy
check_eq "agent 20: what changes or loads is refused" \
	"$(repeat 10 '5 1')12 68,EOF" \
	"$(talk type=9 type=17 type=18 type=19 type=20 type=21 type=22 type=23 \
	    type=25 type=26 list send half rest)"
check_eq "agent 20: and a foreign extension" "5 1,12 68,EOF" \
	"$(talk extension=odd@example.org list send half rest)"
check_eq "agent 20: while a bind passes" "6 1,12 68,EOF" \
	"$(talk extension=session-bind@openssh.com list send half rest)"
check_eq "agent 20: nothing of it was seen above" "11 1 27 29 " \
	"$(grep '^[0-9]' "$out/spy.log" | sort -u | tr '\n' ' ')"
stop

# Would have caught a reply that nobody asked for and that goes down as the
# reply to what is asked next.
fake double reply=double only=11
serve double
check_eq "agent 18: a reply that comes twice" "14 88 #1,12 68,5 1,5 1,EOF" \
	"$(talk sign list sign sign send half rest)"
stop
rm -f "$out/gate" "$out/gate.asked"
fake late reply=late only=11 gate="$out/gate"
serve late
talk list send reply touch="$out/gate" rest >"$out/said"
check_eq "agent 18: a second one later, where nothing is asked" "12 68,EOF" \
	"$(cat "$out/said")"
check_eq "agent 18: and who comes anew is served" "14 88 #1" \
	"$(talk sign send reply)"
stop
fake early unasked
serve early
check_match "agent 18: a message before the first request" "^(5 1,)?EOF$" \
	"$(talk list send rest)"
stop
fake other reply=other only=11
serve other
check_match "agent 18: the reply to something else" "^5 1,EOF$" \
	"$(talk list send reply list send rest)"
stop

# Would have caught a buffer that does not grow, and one that a client who does
# not read makes grow for good.
fake big keys=2048 comment=60
serve big
check_eq "agent 16: 2048 keys in 243 KB" "12 243717,12 243717,EOF" \
	"$(talk list list send half rest)"
rm -f "$out/there" "$out/go"
talk list again=2000 pump touch="$out/there" wait="$out/go" >/dev/null &
check "agent 16: one asks and does not read" wait_for 60 test -e "$out/there"
check_eq "agent 16: others have their lists" "12 243717,EOF" \
	"$(talk list send half rest)"
grown=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")
touch "$out/go"
wait
if [ "$grown" -lt 100000 ]; then
	pass "agent 16: and he costs little"
else
	fail "agent 16: and he costs little" "$grown KiB"
fi
stop

# Would have caught one who is sent away because he who connected has left the
# connection to a child, as ssh -f does, before he was looked at.
fake null
serve null
kill -STOP "$server"
"$BED/bin/agenttalk" "$socket" child list send touch="$out/sent" reply \
	>"$out/child" 2>&1
check "who connected is gone" wait_for 20 test -e "$out/sent"
kill -CONT "$server"
check "and his child has the reply" wait_for 20 grep -qx "12 68" "$out/child"
stop

# Would have caught the end of the requests passed on: ssh-agent closes then,
# and forgets replies that it has not written yet.
if need ssh-agent && need ssh-add; then
	real agent
	ssh-keygen -q -t ed25519 -N '' -f "$out/key"
	SSH_AUTH_SOCK=$out/agent ssh-add -q "$out/key"
	serve agent
	key=$(as_hex "$out/key.pub")
	count() {
		tr ',' '\n' | sed 's/ .*//' | sort | uniq -c |
			awk '{ printf "%s %s ", $1, $2 }'
	}
	check_eq "agent 21: 300 lists, half closed" "300 12 300 EOF " \
		"$(talk times=300 list send half rest | count)"
	check_eq "agent 21: 300 signatures, half closed" "300 14 300 EOF " \
		"$(talk times=300 key="$key" sign send half rest | count)"
	check_eq "agent 21: 10 ahead, half closed" "60 12 600 14 60 EOF " \
		"$(talk times=60 key="$key" sign again=9 list send half rest |
		    count)"
	stop
else
	skip "agent 21" "needs ssh-agent and ssh-add"
fi
finish

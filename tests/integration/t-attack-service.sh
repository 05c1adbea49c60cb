#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Shape C: a process of the gateway's that wants root's to wait.  What it
# passes on is of its own choice, and so is how long a look at that, or its
# last close, takes.  Each case ends with an answer within what a request may
# take, and then no process of root's is left.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
service_start 64
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
END
: >"$out/answer"
chmod 0666 "$out/answer"

# A service that begins when it is told to, so that the front has let go of
# what it sent before anybody looks at it.
mkfifo "$out/go"
slow=/run/ssh-incubator/slow.sock
"$BED/bin/acceptd" "$slow" 1021 8 /bin/sh -c "read -r _ <$out/go; \
exec $INCUBATOR --config $BED/conf/incubator --service"

# odd KIND SOCKET WORD...: a front with descriptors of that kind, in the
# background, as $odd; what comes back is in $out/answer.
odd() {
	local kind=$1 socket=$2

	shift 2
	: >"$out/answer"
	rm -f "$out/stage"
	"$BED/bin/oddfd" "$kind" "${BY_GATEWAY[@]}" "$BED/bin/rawfront" \
		"$socket" "report=$out/answer" "$@" "wait=$out/never" \
		2>"$out/odd.log" &
	odd=$!
}
# Its end is the end of whatever root waits for, too.
odd_ends() {
	kill -KILL "$odd"
	wait "$odd" 2>/dev/null
	wait_for 60 no_incubator
}
answered() {
	grep -q '^EOF\|^RESET' "$out/answer"
}
no_services() {
	! services >/dev/null
}
# available KIND
available() {
	"$BED/bin/oddfd" "$1" true 2>"$out/odd.log"
}

# silent_fifo: would catch a stat(2) that asks the file system, which can be
# the front's own, and from which not even KILL takes a process away.
[ -e /dev/fuse ] || mknod /dev/fuse c 10 229
if available fifo; then
	odd fifo "$SERVICE_SOCKET" "command=touch $out/ran" request frames
	check "a fifo that nobody answers for" wait_for 60 answered
	check_eq "... is a fifo" "READY
STARTED
END exit 0
EOF" "$(cat "$out/answer")"
	odd_ends
else
	skip "a fifo that nobody answers for" "$(cat "$out/odd.log")"
fi

# A connection of TCP's, whose last close waits for ten minutes.
if ! available tcp; then
	skip "a socket that lingers" "$(cat "$out/odd.log")"
	finish
fi
odd tcp "$SERVICE_SOCKET" command=true request frames
check "a socket that lingers" wait_for 60 answered
check_match "... is none of a session's" "^TEXT incubator: descriptor 0: a \
socket that is not of this machine alone\\\\012
END exit 255
" "$(cat "$out/answer")"
odd_ends

# lingers NAME ANSWER WORD...: the front has let go when it is looked at.
# Would catch a close(2) that waits, before the answer or behind it.
lingers() {
	local name=$1 answer=$2

	shift 2
	odd tcp "$slow" "$@" drop "report=$out/answer" "touch=$out/stage" watch
	wait_for 30 test -e "$out/stage" || fail "$name" "not so far"
	timeout 30 sh -c "echo >$out/go"
	check "$name: answered" wait_for 60 answered
	check_match "... as it should be" "^TEXT incubator: $answer" \
		"$(cat "$out/answer")"
	check "... and no service is left" wait_for 60 no_services
	odd_ends
}
lingers "four that linger" "request: 3 descriptors belong .*, 4 came" \
	fds=4 command=true request
lingers "200 that linger" "request: far more than 3 descriptors" \
	fds=200 command=true request
lingers "one that lingers, too late" \
	"request: a descriptor came behind its first byte" \
	late command=true request

# Until none of root's runs: what is sent meanwhile, nobody has looked at.
services_stopped() {
	local pid

	for pid in $(services); do
		kill -STOP "$pid"
		grep -q '^State:[[:space:]]*[TZ]' "/proc/$pid/status" ||
			return 1
	done
}

# behind NAME FILE LINE WORD...: a session, and something behind its request,
# when FILE has LINE in it.  All of it is sent, and the front has let go,
# while the service does not run: were the service the first to let go, it
# would be the front's own last close that waits, and say nothing of ours.
# Would catch a receipt that waits for what the kernel throws away in it.
behind() {
	local name=$1 file=$2 line=$3

	shift 3
	rm -f "$out/up" "$out/held"
	odd tcp "$SERVICE_SOCKET" 0=/dev/null 1=/dev/null 2=/dev/null \
		"command=echo up >$out/up; exec sleep 1000" request ready \
		"$@" own request drop "report=$out/answer" \
		"touch=$out/stage" watch
	wait_for 60 grep -qsx "$line" "$file" || fail "$name" "not so far"
	check "$name: the service waits" wait_for 60 services_stopped
	touch "$out/held"
	wait_for 60 test -e "$out/stage" || fail "$name" "not sent"
	pkill -CONT -u root -x incubator
	check "$name: answered" wait_for 60 answered
	check "... and no service is left" wait_for 60 no_services
	odd_ends
}
behind "one that lingers, behind the answer" "$out/answer" READY \
	"wait=$out/held" answer
# Nobody reads it: it goes with the connection.
behind "one that lingers, behind the start" "$out/up" up \
	answer "wait=$out/held"
finish

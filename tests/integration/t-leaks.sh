#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I10: what is left when a client is killed.  Nothing in shape B, whatever
# kind of session it was, but who called setsid(2) or ignores HUP; in shape A
# no more than plain sshd leaves.
#
#	t-leaks.sh [SESSIONS]		default 20

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

sessions=${1:-20}
out=$BED/out
servers alice bob

# Six kinds of session: the client's options, a colon, the command.  Each says
# "up" when it runs.  An ignored HUP and setsid(2) have their own cases below.
kinds=(
	"-T:echo up; exec sleep 1000"
	"-T:echo up; sleep 1000; true"
	"-T:echo up; sleep 1000 & sleep 1000 | cat & wait"
	"-tt:echo up; exec sleep 1000"
	"-tt:"
	"-T:echo up; exec yes"
)
shell_input='echo u""p; sleep 1000 & cat\n'

# start_one HOST NUMBER.  "disown", or the shell reports each that is killed.
start_one() {
	local kind=${kinds[$(($2 % ${#kinds[@]}))]}
	local command=${kind#*:} file=$out/up.$2

	: >"$file"
	if [ -z "$command" ]; then
		{ printf '%b' "$shell_input"; exec cat "$out/never"; } |
			"${RAW_SSH[@]}" -q "${kind%%:*}" "$1" \
				>"$file" 2>/dev/null &
	elif [[ $command == *yes ]]; then
		# It stands still in write(2) when it is killed.
		"${RAW_SSH[@]}" -q "${kind%%:*}" "$1" "$command" \
			<"$out/never" 2>/dev/null |
			{ read -r word; echo "$word" >"$file"
				exec cat "$out/never" >/dev/null; } &
	else
		"${RAW_SSH[@]}" -q "${kind%%:*}" "$1" "$command" \
			<"$out/never" >"$file" 2>/dev/null &
	fi
	disown
}

up() {
	[ "$(grep -l up "$out"/up.* 2>/dev/null | wc -l)" -ge "$1" ]
}
no_clients() {
	! pgrep -x ssh && ! pgrep -u root -x cat
}
# The processes of the user, ours, and sshd's for a connection.
none() {
	! pgrep -u alice && ! pgrep -x incubator && ! pgrep -x sshd
}
terminals() {
	find /dev/pts -name '[0-9]*' | wc -l
}
no_terminals() {
	[ "$(terminals)" = 0 ]
}
left() {
	pgrep -u alice -a | sort -k2 | cut -d' ' -f2-
}

# kill_sessions HOST: that many, eight at a time.
kill_sessions() {
	local i started=0 batch

	while [ "$started" -lt "$sessions" ]; do
		rm -f "$out"/up.*
		batch=0
		for i in {1..8}; do
			[ "$started" -lt "$sessions" ] || break
			start_one "$1" "$started"
			started=$((started + 1))
			batch=$((batch + 1))
		done
		wait_for 15 up "$batch" ||
			fail "sessions start, $1" "not $batch" "$1"
		pkill -KILL -x ssh
		# What feeds it, or stands behind it, is not told.
		pkill -KILL -u root -x cat
		wait_for 5 no_clients
	done
}

mkfifo "$out/never"
exec 7<>"$out/never"

# Shape B.
mark_log
kill_sessions root-alice
check "I10 $sessions killed clients: no process is left, root-alice" \
	wait_for 10 none
check "I10 $sessions killed clients: no terminal is left, root-alice" \
	wait_for 2 no_terminals
check_eq "I10 $sessions killed clients: all sessions are closed" \
	"$sessions $sessions" \
	"$(audit_lines | grep -c '^session opened: ') $(audit_lines |
		grep -c '^session closed: ')"
# The command died of the HUP; what the administrator asks is why.  One that
# reads or writes the pipes may have ended by these, before sshd did.
audit_lines | sed -n 's/^session closed: .* status="\(.*\)"$/\1/p' |
	sort | uniq -c >"$out/statuses"
check "I10 killed clients are logged as lost" \
	grep -q " connection lost$" "$out/statuses"
check_eq "I10 and no end by anything but that or a pipe's" "" \
	"$(grep -v -e ' connection lost$' -e ' killed by SIGPIPE$' \
		-e ' exited with 0$' "$out/statuses")"
pkill -KILL -u alice

# The same where "exec" was forgotten: root's shell stays in between, so that
# neither sshd's end nor its terminal is ours to see directly.
server_noexec alice
kill_sessions noexec-alice
check "I10 $sessions killed clients: no process is left, noexec-alice" \
	wait_for 10 none
check "I10 $sessions killed clients: no terminal is left, noexec-alice" \
	wait_for 2 no_terminals
pkill -KILL -u alice

# Shape A beside plain sshd, which tells nobody on a pipe that the client is
# gone: the same processes stay.
for way in plain own; do
	kill_sessions "$way-alice"
	wait_for 5 no_terminals
	# yes(1) and the like end by themselves, a moment later.
	no_yes() {
		! pgrep -u alice -x yes
	}
	wait_for 5 no_yes
	left >"$out/left.$way"
	pkill -KILL -u alice
	wait_for 5 none
done
check_same "I10 $sessions killed clients leave what plain sshd leaves, own" \
	"$out/left.plain" "$out/left.own" own-alice
check "no terminal is left, own-alice" wait_for 2 no_terminals

# Sessions that end in peace leave nothing either, over one connection: its
# server process has as many descriptors after them as before.
mux=$out/mux
"${RAW_SSH[@]}" -fN -T -M -S "$mux" root-alice
one_server() {
	[ "$(pgrep -x sshd | wc -l)" = 1 ]
}
check "one server process for the connection" wait_for 5 one_server
server_pid=$(pgrep -x sshd)
over_mux() {
	"${RAW_SSH[@]}" -q -S "$mux" "$1" root-alice true >/dev/null </dev/null
}
descriptors() {
	find "/proc/$server_pid/fd" -type l | wc -l
}
over_mux -T
over_mux -tt
before=$(descriptors)
for ((i = 0; i < sessions; i++)); do
	over_mux -T
	over_mux -tt
done
as_before() {
	[ "$(descriptors)" -le "$before" ] && [ "$before" -gt 3 ]
}
check "$((2 * sessions)) sessions over one connection: descriptors" \
	wait_for 3 as_before
check_eq "$((2 * sessions)) sessions over one connection: processes" "" \
	"$(pgrep -u alice; pgrep -x incubator)"
"${RAW_SSH[@]}" -S "$mux" -O exit root-alice 2>/dev/null
check "nothing is left of the connection" wait_for 5 none

# Who may stay: nohup and setsid, when the session ends and when the client is
# killed, with and without a terminal; and who goes with plain sshd goes here.
rest='nohup sleep 1001 </dev/null >/dev/null 2>&1 &
	setsid sleep 1002 </dev/null >/dev/null 2>&1 &
	sleep 1003 </dev/null >/dev/null 2>&1 &
	sleep 0.1; echo up'
survivors() {
	pgrep -u alice -a sleep | grep -o 'sleep 100[0-9]' | sort |
		tr '\n' ' '
}
settled() {
	! pgrep -x incubator && ! pgrep -x sshd && ! pgrep -x ssh
}
for tty in -T -tt; do
	for way in plain own root; do
		"${SSH[@]}" -q "$tty" "$way-alice" "$rest" </dev/null \
			>/dev/null
		wait_for 5 settled
		survivors >"$out/stay.$way"
		pkill -KILL -u alice
		wait_for 5 none
	done
	check_match "nohup and setsid stay at the end, plain $tty" \
		"sleep 1001 sleep 1002 " "$(cat "$out/stay.plain")"
	for way in own root; do
		check_same "the same stay at the end, $way $tty" \
			"$out/stay.plain" "$out/stay.$way"
	done
done
for tty in -T -tt; do
	rm -f "$out"/up.*
	"${RAW_SSH[@]}" -q "$tty" root-alice "$rest; sleep 1004" \
		</dev/null >"$out/up.0" 2>/dev/null &
	disown
	wait_for 5 up 1
	pkill -KILL -x ssh
	check "I10 the session is closed although nohup stays, root $tty" \
		wait_for 5 settled
	check_eq "I10 nohup and setsid survive a killed client, root $tty" \
		"sleep 1001 sleep 1002 " "$(survivors)"
	pkill -KILL -u alice
	wait_for 5 none
done

finish

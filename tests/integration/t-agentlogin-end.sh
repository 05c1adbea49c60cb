#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# ForwardAgent: who may connect to a session's agent, what serves it, and what
# is left when each of those who carry the session is killed.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=agentlogin.sh
. "$(dirname "$0")/agentlogin.sh"

# log_in HOST COMMAND: a client whose pid is in $client, and whose session has
# written its socket's path to $out/up; its status goes to $out/status.
log_in() {
	local host=$1

	rm -f "$out/status" "$out/client"
	: >"$out/up"
	{
		"${RAW_SSH[@]}" -q "${A[@]}" "$host" \
			"echo \$SSH_AUTH_SOCK; $2" <"$out/never" \
			>"$out/up" 2>"$out/said" &
		echo $! >"$out/client"
		wait $!
		echo $? >"$out/status"
	} 2>/dev/null &
	wait_for 20 grep -q '^/' "$out/up" || fail "it begins" "$host" "$host"
	client=$(cat "$out/client")
	socket=$(cat "$out/up")
}
answered() {
	[ -s "$out/status" ]
}
forwarder() {
	pgrep -x agent-forwarder
}
# The service, or root's process of shape B; not who waits for its end.
keeper() {
	basename "$(dirname "$socket")" | cut -d - -f 1
}
warden() {
	pgrep -P "$(keeper)" -x incubator
}
# Without an answer and without a wait: 2 is no agent, 124 would be a hang.
nobody_serves() {
	ask timeout 10 >/dev/null
	[ $? = 2 ]
}
on() {
	log_in "$1" 'while :; do read -t 0.02 <>/bed/out/pace; done'
}
off() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -u alice
	wait_for 20 nothing_left || fail "all ends" "$(left)"
	wait
}

# Who may connect.  Another user comes as far as the directory; and where
# everybody could come in, it is the uid that counts (agent 25).
conf <<<"ForwardAgent yes"
as_bob=(setpriv --reuid 1002 --regid 1002 --clear-groups)
ask() {
	env SSH_AUTH_SOCK="$socket" "$@" ssh-add -l 2>&1
}
for host in b c; do
	on "$host"
	check_match "agent 25: root may, $host" "$fingerprint" "$(ask)" "$host"
	check_match "agent 25: bob may not, $host" \
		'Permission denied|Error connecting' "$(ask "${as_bob[@]}")"
	chmod 0755 "${socket%/*}"
	chmod 0666 "$socket"
	check_eq "agent 25: bob comes in nowhere, $host" 1 \
		"$(ask "${as_bob[@]}" >"$out/said"; echo $(($? != 0)))"
	check_eq "agent 25: and learns nothing, $host" "" \
		"$(grep SHA256 "$out/said")"
	pid=$(forwarder)
	check_eq "I7, I16: what is open with who serves, $host" "" \
		"$(descriptors_of "$pid" | tr ' ' '\n' | grep -vx \
			-e socket -e /dev/null -e eventpoll -e signalfd)"
	check_eq "nor of who waits, $host" 0 \
		"$(descriptors_of "$(warden)" | grep -c -e pts -e pipe \
			-e socket)"
	check_eq "who serves has no capability, $host" 0000000000000000 \
		"$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")"
	check_eq "nor gets one, $host" 1 \
		"$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")"
	case $host in
	b) account=root ;;
	c) account=gateway ;;
	esac
	check_eq "and is of the login, $host" "$account" \
		"$(stat -c %U "/proc/$pid")"
	check_eq "agent 3: its session is its own, $host" "$pid" \
		"$(ps -o sid= -p "$pid" | tr -d ' ')"
	off
done
# On a terminal as well, which the front has given up by then.
rm -f "$out/at"
{
	with -tt c 'touch /bed/out/at
		while :; do read -t 0.02 <>/bed/out/pace; done' >/dev/null &
	client=$!
	disown
} 2>/dev/null
wait_for 20 test -e "$out/at"
check_eq "I16: no terminal with who serves, on a terminal" "" \
	"$(descriptors_of "$(forwarder)" | grep -e pts)"
check_eq "I16: nor is one its controlling terminal" "?" \
	"$(ps -o tty= -p "$(forwarder)")"
kill -KILL "$client" 2>/dev/null
pkill -KILL -u alice
check_nothing_left "nothing is left of a terminal"

# Every way to end.  Would catch a process that watches nobody, a socket whose
# owner was killed, and a directory that nobody removes.
for host in b c; do
	for victim in client keeper forwarder warden front user_process; do
		[ "$host$victim" != bfront ] || continue
		on "$host"
		case $victim in
		client) pid=$client ;;
		keeper) pid=$(keeper) ;;
		forwarder) pid=$(forwarder) ;;
		warden) pid=$(warden) ;;
		front) pid=$(fronts gateway) ;;
		user_process)
			pid=$(pgrep -x sshd | while read -r p; do
				[ "$(pgrep -P "$p" -x incubator)" = "" ] ||
					echo "$p"
			done)
			;;
		esac
		check_eq "one to kill: $victim, $host" 1 "$(wc -w <<<"$pid")"
		kill -KILL "$pid"
		case $victim in
		forwarder)
			# Who is not served is told so, and the session stays.
			check "KILL: no answer and no hang, $host" \
				wait_for 20 nobody_serves
			check "KILL: the session goes on, $host" \
				kill -0 "$client"
			kill -KILL "$client"
			;;
		warden)
			kill -KILL "$client"
			;;
		keeper)
			# What the next one would do about alice.
			wait_for 20 eval '! [ -e "${socket%/*}" ]' ||
				fail "KILL: $victim, $host" "$(left)"
			pkill -KILL -u alice
			;;
		esac
		[ "$victim$host" != user_processb ] || pkill -KILL -u alice
		check_nothing_left "KILL: nothing is left, $victim, $host"
		kill -KILL "$client" 2>/dev/null
		wait
	done
	# Both: the next login sweeps.
	on "$host"
	kill -STOP "$(warden)"
	kill -KILL "$(warden)" "$(keeper)"
	pkill -KILL -u alice
	wait_for 20 no_incubator
	check "KILL: now it is there, $host" test -e "${socket%/*}"
	with "$host" true >/dev/null
	check_nothing_left "KILL: the next login sweeps, $host"
	kill -KILL "$client" 2>/dev/null
	wait
done

# A status is a status, and arrives when the session is over.
for host in b c; do
	check_eq "the status, $host" 7 "$(with "$host" 'exit 7'; echo $?)"
done
check_nothing_left "nothing is left at the end"
kill "$agent_pid"
finish

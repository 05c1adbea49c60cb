#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The process that keeps a session is killed: nobody but the unit is there to
# close what it leaves, and the next login may be far away.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

service_conf <<'END'
Match Caller gateway
	LocalUser alice
Match Caller gateway Tty no
	HangupDelay 1
END

# How often it was cleaned up, all scripts together.
cleaned() {
	inside journalctl --sync
	inside journalctl -q -o cat -t systemd |
		grep -c 'Starting ssh-incubator-clean-up@'
}
before=$(cleaned)

# Would have caught a program more for each session, which nothing needs, and
# one for each connection that comes to nothing: a weapon.
ssh_gw true
"${SSH[@]}" -q -tt gw exit 3
inside knock 20 "$RUN_PATH/service.sock" >/dev/null
check_nothing "sessions that end"
check_eq "sessions that end are not cleaned up" "$before" "$(cleaned)"

# Would have caught records that stay open, and a command that lives on where
# HangupDelay says that none does, until somebody logs in again.
# On pipes the kernel kills the command with its keeper, but not its children.
# shellcheck disable=SC2016 # the shell there expands it
words='trap "" HUP; sleep 4711 & echo keeper=$PPID; echo ready; wait'
stays() {
	inside pgrep -u alice -f 'sleep 4711' >/dev/null
}
for tty in -tt -T; do
	mark_log
	hold "$tty" gw "$words"
	inside kill -KILL "$(held_value keeper)"
	check "killed, $tty: the client ends" wait_for 60 ended "$HELD"
	release
	check "killed, $tty: the log says so" wait_for 60 eval \
		'audit_lines | grep "session cleaned up: user=alice"'
	check_eq "killed, $tty: it is cleaned up, once" $((++before)) \
		"$(cleaned)"
	if [ "$tty" = -tt ]; then
		check "killed, $tty: what ignores the hangup stays" stays
		inside pkill -KILL -u alice -f 'sleep 4711'
	fi
	check_nothing "killed, $tty"
done
finish

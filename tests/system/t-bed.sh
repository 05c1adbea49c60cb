#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The system itself, and the units before anybody asks them for a session:
# what the other scripts take for granted.
. "$(dirname "$0")/lib.sh"

# Plain sshd: would have caught a bed without logind, network or accounts, in
# which the other scripts look at nothing.
check_eq "sshd answers" alice "$(ssh_plain alice id -un)"
ssh_plain alice exit 7
check_eq "statuses arrive" 7 $?

plain_session() {
	local name=$1 session

	session=$(held_value session)
	check_match "$name: a session" '^c?[0-9]+$' "$session"
	check_eq "$name: it is the only one" "$session" "$(sessions_of alice)"
	check_eq "$name: remote host" 10.9.9.1 \
		"$(session_property "$session" RemoteHost)"
	check_eq "$name: class" user "$(session_property "$session" Class)"
	check_eq "$name: runtime directory" /run/user/1001 \
		"$(held_value runtime)"
	check_eq "$name: our answer, in a session" 1 \
		"$(inside asklogind in-session "$(held_value pid)")"
	check_eq "$name: our answer, which session" "$session" \
		"$(inside asklogind session "$(held_value pid)")"
	check_eq "$name: our answer, where from" 10.9.9.1 \
		"$(inside asklogind host "$(held_value pid)")"
	release $'go\n'
	check_eq "$name: status" 3 $?
	check "$name: gone after logout" wait_for 60 no_session_of alice
}

# shellcheck disable=SC2016 # the shell there expands it
words='echo session=$XDG_SESSION_ID; echo runtime=$XDG_RUNTIME_DIR
	echo pid=$$; echo ready; read -r _; exit 3'
hold plain-alice "$words"
plain_session "plain"
hold -tt plain-alice "$words"
plain_session "plain, tty"

# Would have caught a misspelt directive, one that either version does not
# know, and a program or page that is not where the unit says.
check_eq "the units are clean" '' "$(inside systemd-analyze verify --man=no \
	ssh-incubator.socket ssh-incubator@x.service \
	ssh-incubator-clean-up@x.service 2>&1)"

# Would have caught the default of 0666, by which every user may ask.
socket=$RUN_PATH/service.sock
check_eq "the socket is the group's" '660 root ssh-incubator socket' \
	"$(inside stat -c '%a %U %G %F' "$socket")"
check_eq "its directory is readable" '755 root root directory' \
	"$(inside stat -c '%a %U %G %F' "$RUN_PATH")"
check_eq "one member may ask" gateway \
	"$(inside getent group ssh-incubator | cut -d: -f4)"
check_eq "an ordinary user may not" 0 \
	"$(ssh_plain alice knock 3 "$socket")"

# Would have caught any directive by which a session is other than sshd's: all
# that differs from a unit without settings is known and meant.
inside sh -c 'mkdir -p /run/systemd/system &&
	printf "[Service]\nExecStart=/bin/true\n" \
	>/run/systemd/system/empty@.service'
settings() {
	inside systemctl show "$1@x.service" |
		sed "s/$1/NAME/g; s/ssh.x2dincubator/NAME/g" |
		grep -vE '^(After|Requires)=' | sort
}
check_eq "nothing that a session would inherit" \
	"CanStart CollectMode Description Documentation ExecStart ExecStartEx\
 FragmentPath KillMode OOMPolicy OnFailure RefuseManualStart StandardError\
 StandardInput SuccessExitStatus" \
	"$(comm -23 <(settings ssh-incubator) <(settings empty) |
		sed 's/=.*//' | sort -u | xargs)"

# Would have caught the default limits: after 200 connections within two
# seconds systemd 252 closes the socket for good; and failed instances that
# stay in the list for ever.
check_eq "300 connections" 300 "$(inside knock 300 "$socket")"
quiet() {
	[ -z "$(inside systemctl list-units --no-legend --all \
		'ssh-incubator@*')" ]
}
check "nothing is left of them" wait_for 120 quiet
check_eq "the socket listens on" active \
	"$(inside systemctl is-active ssh-incubator.socket)"
check_eq "and answers" 1 "$(inside knock 1 "$socket")"
finish

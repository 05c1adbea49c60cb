#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Shape B where there is a logind: root's login by a forced command becomes a
# whole session of alice's, and nothing of it stays, whoever ends it.
. "$(dirname "$0")/lib.sh"

forced root-alice "exec $INCUBATOR --local-user alice --remote-user anna"

scopes() {
	inside systemctl list-units --no-legend --plain --all \
		'ssh-incubator-*.scope'
}
processes() {
	inside ps -u alice -o pid=,args= |
		grep -vE 'systemd --user|\(sd-pam\)|dbus-daemon'
}
# utmp on Debian 12, wtmpdb on 13; no row of alice's is open.
records() {
	if [ "$SUITE" = bookworm ]; then
		inside who | grep '^alice '
	else
		inside wtmpdb last | grep '^alice .*still logged in'
	fi
}
nothing() {
	no_session_of alice && [ -z "$(scopes)" ] &&
		[ -z "$(processes)" ] && [ -z "$(records)" ] &&
		[ -z "$(inside "$INCUBATOR" --sessions | tail -n +2)" ]
}
# check_nothing NAME: what is left is told.
check_nothing() {
	if wait_for 60 nothing; then
		pass "$1: nothing is left"
	else
		fail "$1: nothing is left" "$(sessions_of alice; scopes
			processes; records; inside "$INCUBATOR" --sessions)"
		show_journal 20
	fi
}

# What the session itself sees.
# shellcheck disable=SC2016 # the shell there expands it
words='echo session=$XDG_SESSION_ID; echo runtime=$XDG_RUNTIME_DIR
	echo mode=$(stat -c "%a %U" $XDG_RUNTIME_DIR); echo tty=$(tty)
	echo manager=$(systemctl --user is-system-running --wait)
	echo group=$(sed -n "s/^0:://p" /proc/self/cgroup)
	echo bus=$(busctl --user --no-legend list >/dev/null && echo yes)
	echo keeper=$PPID; echo ready; read -r _; exit 3'

# look NAME: the session, from outside and from inside.
look() {
	local name=$1 session

	session=$(held_value session)
	check_match "$name: a session" '^c?[0-9]+$' "$session"
	[ -n "$session" ] || return
	check_eq "$name: it is the only one" "$session" "$(sessions_of alice)"
	check_eq "$name: type" tty "$(session_property "$session" Type)"
	check_eq "$name: class" user "$(session_property "$session" Class)"
	check_eq "$name: user" alice "$(session_property "$session" Name)"
	check_eq "$name: active" active "$(session_property "$session" State)"
	check_eq "$name: from where" 10.9.9.1 \
		"$(session_property "$session" RemoteHost)"
	check_eq "$name: by whom" anna \
		"$(session_property "$session" RemoteUser)"
	check_eq "$name: led by incubator" "$(held_value keeper)" \
		"$(session_property "$session" Leader)"
	check_eq "$name: its scope" \
		"/user.slice/user-1001.slice/session-$session.scope" \
		"$(held_value group)"
	check_eq "$name: runtime directory" '/run/user/1001 700 alice' \
		"$(held_value runtime) $(held_value mode)"
	check_eq "$name: manager of the user's" running "$(held_value manager)"
	check_eq "$name: bus of the user's" yes "$(held_value bus)"
	check_eq "$name: the way there is gone" '' "$(scopes)"
}

# Would have caught all that goes wrong when pam_systemd is called from inside
# of root's session, and says nothing.
hold root-alice "$words"
look "pipes"
check_eq "pipes: no terminal" "not a tty" "$(held_value tty)"
release $'go\n'
check_eq "pipes: status" 3 $?
check_nothing "pipes"

hold -tt root-alice "$words"
look "terminal"
check_match "terminal: it has one" '^/dev/pts/[0-9]+$' "$(held_value tty)"
check_eq "terminal: logind knows it" "$(held_value tty)" \
	"/dev/$(session_property "$(held_value session)" TTY)"
# Would have caught two rows for one terminal, sshd's and ours.
[ "$SUITE" != bookworm ] || check_match "terminal: one row in who" \
	'^alice +pts/[0-9]+ [^'$'\n'']*\(10.9.9.1\)$' "$(inside who)"
release $'go\n'
check_eq "terminal: status" 3 $?
check_nothing "terminal"

# Would have caught a session that lives on in logind, or a scope without
# processes, when incubator had no chance to close anything.
hold -tt root-alice "$words"
inside kill -KILL "$(held_value keeper)"
check "terminal, incubator killed: the client ends" wait_for 60 ended "$HELD"
release
check "clean-up" inside "$INCUBATOR" --clean-up
check_nothing "terminal, incubator killed"

hold -tt root-alice "$words"
kill -KILL "$HELD"
release
check_nothing "terminal, client killed"

hold root-alice "$words"
kill -KILL "$HELD"
release
check_nothing "pipes, client killed"

# Would have caught scopes that share a name, and sessions that share one.
for i in 1 2 3 4 5 6 7 8; do
	# shellcheck disable=SC2016 # the shell there expands it
	"${SSH[@]}" root-alice 'echo $XDG_SESSION_ID' >"$BED/out/many.$i" &
	clients[i]=$!
done
wait "${clients[@]}"
check_eq "eight at once: eight sessions" 8 \
	"$(cat "$BED"/out/many.* | grep -c .)"
check_eq "eight at once: none twice" '' \
	"$(sort "$BED"/out/many.* | uniq -d)"
check_nothing "eight at once"
finish

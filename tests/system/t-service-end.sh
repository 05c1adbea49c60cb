#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# However a session of the service's ends, and whatever is restarted meanwhile:
# nothing of it stays, and none ends that should not.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

# So many in all, twenty at a time.
SESSIONS=200
record_auth
service_alice

# Of the one session that is held: who is who.
parent_of() {
	inside ps -o ppid= -p "$1" | tr -d ' '
}
find_all() {
	back=$(held_value keeper)
	front=$(inside pgrep -u gateway -x incubator)
	user=$(parent_of "$front")
	monitor=$(parent_of "$user")
	session=$(held_value session)
}

# It ends by nothing but a signal: would have caught all that waits for the
# command, or for who reads its output.
# shellcheck disable=SC2016 # the shell there expands it
sleeper='echo keeper=$PPID; echo session=$XDG_SESSION_ID
	echo ready; exec sleep 4712'

# ends NAME COMMAND...: the client ends, and nothing is left.
ends() {
	local name=$1 tty

	shift
	for tty in -T -tt; do
		hold "$tty" gw "$sleeper" || fail "$name ($tty)" "no session"
		find_all
		"$@"
		if wait_for 60 ended "$HELD"; then
			pass "$name ($tty): the client ends"
		else
			fail "$name ($tty): the client ends" \
				"$(left; inside ps -ef --forest)"
			kill -KILL "$HELD"
		fi
		release 2>/dev/null
		check_nothing "$name ($tty)"
	done
}
kill_back() {
	inside kill -KILL "$back"
}
kill_front() {
	inside kill -KILL "$front"
}
kill_user() {
	inside kill -KILL "$user"
}
kill_client() {
	# Or the shell tells of it.
	disown "$HELD"
	kill -KILL "$HELD"
}
term_back() {
	inside kill -TERM "$back"
}
hup_sleep() {
	inside pkill -HUP -u alice -x sleep
}
terminate_session() {
	inside loginctl terminate-session "$session"
}
monitor_gone() {
	! inside kill -0 "$monitor"
}
# TERM and HUP to sshd's own processes: PAM may not come to its end.  What sshd
# has told root of the login goes with the next one then.
terminate_account() {
	inside loginctl terminate-user gateway
	wait_for 60 monitor_gone
	ssh_gw true
}
stop_units() {
	inside systemctl stop 'ssh-incubator@*'
}
ends "the command is killed" hup_sleep
ends "the client is killed" kill_client
ends "the front is killed" kill_front
ends "the service's process is killed" kill_back
ends "sshd's user process is killed" kill_user
ends "TERM to the service's process" term_back
ends "loginctl terminate-session" terminate_session
ends "loginctl terminate-user" inside loginctl terminate-user alice
ends "the account's sessions are terminated" terminate_account
ends "systemctl stop" stop_units

# As with plain sshd the connection goes on without its monitor.  Its own login
# is in wtmpdb for ever then, as is plain sshd's.
# shellcheck disable=SC2016 # the shell there expands it
words='echo ready; while read -r word; do echo "said=$word"; done; exit 3'
database=$ROOT/var/lib/wtmpdb/wtmp.db
[ ! -f "$database" ] || cp "$database" "$BED/out/wtmp.db"
# shellcheck disable=SC2016 # the shell there expands it
keeper='echo keeper=$PPID'
hold -tt gw "$keeper; stty -echo; $words"
find_all
inside kill -KILL "$monitor"
wait_for 60 monitor_gone
says() {
	echo "$1" >&8
	wait_for 60 grep -q "^said=$1" "$BED/out/held"
}
check "sshd's monitor is killed: the session goes on" says one
printf '\004' >&8
check "sshd's monitor is killed: it ends by itself" wait_for 60 ended "$HELD"
release
hers_gone() {
	! left | grep -qvE '^(wtmpdb gateway|record .*/auth/)'
}
check "sshd's monitor was killed: nothing of hers is left" \
	wait_for 60 hers_gone
# What sshd has told root of the login goes with the next one.
check_eq "sshd's monitor was killed: others log in" alice "$(ssh_gw id -un)"
all_but_wtmpdb() {
	! left | grep -qv '^wtmpdb gateway'
}
if wait_for 60 all_but_wtmpdb; then
	pass "sshd's monitor was killed: nothing is left"
else
	fail "sshd's monitor was killed: nothing is left" "$(left)"
fi
[ ! -f "$database" ] || cp "$BED/out/wtmp.db" "$database"

# Would have caught a session that hangs on something which may be restarted.
hold gw "$keeper; $words"
find_all
# survives NAME COMMAND...
survives() {
	local name=$1

	shift
	inside "$@" || fail "$name" "$*: status $?"
	check "$name: the session goes on" says "${name// /-}"
	check_eq "$name: and a new one begins" alice "$(ssh_gw id -un)"
}
survives "sshd restarted" systemctl restart ssh
survives "the socket restarted" systemctl restart ssh-incubator.socket
survives "daemon-reload" systemctl daemon-reload
survives "daemon-reexec" systemctl daemon-reexec
survives "logind restarted" systemctl restart systemd-logind
# What needrestart does after an upgrade of a library.
inside systemctl restart 'ssh-incubator@*.service' 2>/dev/null
check_eq "sessions restarted: that is refused" 4 $?
survives "sessions restarted" true
inside systemctl stop ssh-incubator.socket
check "the socket stopped: the session goes on" says stopped
out=$(ssh_gw id -un 2>&1)
check_match "the socket stopped: a new one is told" "^255 incubator: \
$RUN_PATH/service.sock: .*is ssh-incubator.socket started\?$" "$? $out"
inside systemctl start ssh-incubator.socket
check_eq "the socket started: a new one begins" alice "$(ssh_gw id -un)"
release
check_eq "it ends as it was to" 3 $?
check_nothing "restarted"

# More than there may be.  Would have caught a client that waits for ever, or
# is told nothing, and a place that is never free again.
mkdir -p "$ROOT/run/systemd/system/ssh-incubator.socket.d"
printf '[Socket]\nMaxConnections=3\n' \
	>"$ROOT/run/systemd/system/ssh-incubator.socket.d/bed.conf"
inside systemctl daemon-reload
inside systemctl restart ssh-incubator.socket
"${SSH[@]}" -q -fNM -S "$BED/out/mux" gw
mkdir -m 0777 "$ROOT/run/bed"
clients=()
for i in 1 2 3; do
	mkfifo -m 0666 "$ROOT/run/bed/go.$i"
	"${SSH[@]}" -n -S "$BED/out/mux" gw \
		": >/run/bed/up.$i; exec cat /run/bed/go.$i" &
	clients[i]=$!
	check "$i of 3 connections" wait_for 60 test -e "$ROOT/run/bed/up.$i"
done
mark_log
out=$("${SSH[@]}" -n -S "$BED/out/mux" gw true 2>&1)
check_match "the fourth is told, in a line" \
	'^255 incubator: [^'$'\n'']*too many sessions[^'$'\n'']*$' "$? $out"
check_logged "and the log" "refused: .*too many sessions"
: >"$ROOT/run/bed/go.2"
wait "${clients[2]}"
again() {
	"${SSH[@]}" -n -S "$BED/out/mux" gw true
}
check "one has ended: there is a place again" wait_for 60 again
for i in 1 3; do
	: >"$ROOT/run/bed/go.$i"
	wait "${clients[i]}"
	check_eq "$i of 3 ends as it was to" 0 $?
done
"${SSH[@]}" -S "$BED/out/mux" -O exit gw 2>/dev/null
rm -r "$ROOT/run/systemd/system/ssh-incubator.socket.d" "$ROOT/run/bed"
inside systemctl daemon-reload
inside systemctl restart ssh-incubator.socket
check_nothing "three connections"

# sessions WORKER COUNT OPTION...: one after the other; each has a status of
# its own, and one line.
sessions() {
	local worker=$1 i status

	for i in $(seq "$2"); do
		"${SSH[@]}" -q "${@:3}" gw "echo $worker.$i; exit $i" </dev/null
		status=$?
		[ "$status" -eq "$i" ] || echo "status $status"
	done >"$BED/out/worker.$worker" 2>&1
}
# crowd COUNT: four fifths of them over two connections.
crowd() {
	local each=$(($1 / 20)) worker

	workers=()
	for mux in 0 1; do
		"${SSH[@]}" -q -fNM -S "$BED/out/mux$mux" gw
	done
	for worker in $(seq 20); do
		if [ "$worker" -le 4 ]; then
			sessions "$worker" "$each" -S none -T &
		else
			sessions "$worker" "$each" \
				-S "$BED/out/mux$((worker % 2))" \
				"$([ $((worker % 3)) = 0 ] && echo -tt ||
					echo -T)" &
		fi
		workers+=($!)
	done
	wait "${workers[@]}"
	for mux in 0 1; do
		"${SSH[@]}" -q -S "$BED/out/mux$mux" -O exit gw 2>/dev/null
	done
	for worker in $(seq 20); do
		seq -f "$worker.%g" "$each" | cmp -s - <(tr -d '\r' \
			<"$BED/out/worker.$worker") || {
			echo "worker $worker:"
			cat "$BED/out/worker.$worker"
		}
	done
}
# descriptors and units: the managers of the users may still be there.
# shellcheck disable=SC2016 # the shell there expands it
counts() {
	inside sh -c 'for name in systemd systemd-logind dbus-daemon; do
		pid=$(pgrep -o -x "$name")
		echo "$name $(ls "/proc/$pid/fd" | wc -l)"
	done'
}
# shellcheck disable=SC2016 # the shell there expands it
memory() {
	inside sh -c 'for name in systemd systemd-logind; do
		sed -n "s/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p" \
			"/proc/$(pgrep -o -x "$name")/status"
	done' | xargs
}
users_gone() {
	[ -z "$(inside systemctl list-units --no-legend --plain \
		'user@*.service')" ]
}
crowd 20 >"$BED/out/crowd"
check "the users' managers end" wait_for 120 users_gone
before=$(counts) memory_before=$(memory)
crowd "$SESSIONS" >"$BED/out/crowd"
check_eq "$SESSIONS sessions: all have their output and status" '' \
	"$(cat "$BED/out/crowd")"
check_nothing "$SESSIONS sessions"
check "the users' managers end again" wait_for 120 users_gone
# Would have caught a descriptor for each session in process 1 or logind; a few
# come and go with what else there is.
few_more() {
	join <(sort <<<"$before") <(counts | sort) |
		awk '$3 > $2 + 10 { exit 1 }'
}
if wait_for 60 few_more; then
	pass "$SESSIONS sessions: no more descriptors in the daemons"
else
	fail "$SESSIONS sessions: no more descriptors in the daemons" \
		"$(join <(sort <<<"$before") <(counts | sort))"
fi
# A page for each session would be a leak; the rest is malloc's play.
check_memory() {
	local was is i

	read -ra was <<<"$1"
	read -ra is <<<"$2"
	for i in 0 1; do
		[ "${is[i]}" -le $((was[i] + 2048 + 4 * SESSIONS)) ] ||
			return 1
	done
}
check "$SESSIONS sessions: no more memory ($memory_before, $(memory) kB)" \
	check_memory "$memory_before" "$(memory)"
rm "$ROOT$CONFIGURATION"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What who(1), last(1), lastlog(8) and lastb(8) know of sessions, by these
# programs: while they last, afterwards, and when they end badly.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

out=$BED/out
address=192.0.2.7
for program in who last lastb lastlog; do
	need "$program" || skip_all "no $program"
done
mkfifo "$out/never"
chmod 0666 "$out/never"
exec 7<>"$out/never"
server_plain alice
server_root alice --remote-ip "$address"
server_root expired --remote-ip "$address"

# who_is: user and line of each who is here.
who_is() {
	who | awk '{ print $1, $2 }' | sort
}
nobody() {
	[ -z "$(who_is)" ]
}
# lasts USER: line, host and how it ended of each login of the user's.
lasts() {
	last -w "$1" | awk -v user="$1" '$1 == user {
		print $2, $3, /still logged in|no logout/ ? "open" : "closed"
	}'
}
wtmp_size() {
	stat -c %s /var/log/wtmp
}

# The bed has sshd write its own, or there is nothing to compare with.
"${SSH[@]}" -q -tt plain-alice "who >$out/during; tty >$out/tty"
read -r tty <"$out/tty"
if [ "$(awk '{ print $1, $2 }' "$out/during")" != "alice ${tty#/dev/}" ]; then
	skip_all "this sshd writes no utmp"
fi

# Would have caught a session that nobody sees, one that is seen twice, and a
# host that is not the caller's.
: >/var/log/wtmp
"${SSH[@]}" -q -tt root-alice "who >$out/during; tty >$out/tty"
read -r tty <"$out/tty"
line=${tty#/dev/}
check_eq "who shows the target, once, at sshd's terminal" \
	"alice $line ($address)" \
	"$(awk '{ print $1, $2, $NF }' "$out/during")" root-alice
wait_for 20 nobody
check_eq "and nobody afterwards" "" "$(who_is)"
check_eq "last shows the target's session, ended" "$line $address closed" \
	"$(lasts alice)"
check_eq "and sshd's own login, ended" "$line closed" \
	"$(lasts root | cut -d' ' -f1,3)"
check_match "lastlog shows it" "^alice +$line +$address" \
	"$(lastlog -u alice | tail -n 1)"
check_match "and nothing of who did not log in" "Never logged in" \
	"$(lastlog -u bob | tail -n 1)"

# As with sshd, which makes records for terminals only.
size=$(wtmp_size)
"${SSH[@]}" -q root-alice "who >$out/during"
check_eq "a session without a terminal is not in who" "" \
	"$(cat "$out/during")" root-alice
check_eq "nor in wtmp" "$size" "$(wtmp_size)"

# By hand, on a terminal of its own.
/bed/bin/drive -t 10 "$INCUBATOR" --local-user alice -- \
	sh -c "who >$out/during; tty >$out/tty" </dev/null >"$out/shown" 2>&1
read -r tty <"$out/tty"
check_match "by hand: who shows the new terminal" \
	"^alice +${tty#/dev/} " "$(cat "$out/during" "$out/shown")"
check_eq "and nobody afterwards, by hand" "" "$(who_is)"
check_eq "and last knows its end, by hand" "${tty#/dev/} closed" \
	"$(lasts alice | sed -n '1s/ .* / /p')"

# log_in HOST: a client at a terminal who stays.  Its pid is in $client, that
# of the command in $command, and of incubator, which keeps it, in $keeper.
log_in() {
	: >"$out/up"
	rm -f "$out/pids"
	"${RAW_SSH[@]}" -q -tt "$1" \
		"echo \$\$ \$PPID >$out/pids; echo up; exec cat $out/never" \
		<"$out/never" >"$out/up" 2>/dev/null &
	client=$!
	disown
	wait_for 20 grep -q up "$out/up" || fail "$1 begins" "no sign" "$1"
	read -r command keeper <"$out/pids"
}
parent() {
	sed -n 's/^PPid:\t//p' "/proc/$1/status"
}
alice_is_gone() {
	! who_is | grep -q '^alice '
}

# come_back NAME EXPECTED PID...: sshd stands still in these processes while
# the command ends; so nobody tidies up but us.
come_back() {
	local name=$1 expected=$2

	shift 2
	kill -STOP "$@"
	kill -KILL "$command"
	wait_for 20 alice_is_gone
	check_eq "$name" "$expected" "$(who_is)"
	kill -CONT "$@"
	wait_for 20 nobody
	check_eq "$name, and goes with it" "" "$(who_is)"
}

# Would have caught a login of sshd's that who does not show any more,
# although it is still there.
log_in root-alice
check_eq "who shows a session that stays" "alice $line" "$(who_is)"
come_back "sshd's own entry comes back at the end" "root $line" \
	"$(parent "$keeper")"

# Would have caught a lost connection that is logged in for ever.
: >/var/log/wtmp
log_in root-alice
kill -KILL "$client"
wait_for 20 nobody
check_eq "a lost connection is not in who" "" "$(who_is)" root-alice
check_match "and last knows its end" " closed$" "$(lasts alice)"

# Nobody of ours can close it; sshd's own end of the line does.
log_in root-alice
case $(cat "/proc/$keeper/comm") in
incubator)
	kill -KILL "$keeper"
	wait_for 20 nobody
	check_eq "killed by KILL: who is empty all the same" "" "$(who_is)"
	;;
*)
	fail "killed by KILL" "process $keeper is not the keeper"
	;;
esac

# Would have caught a refusal of ours that only the log knows.
: >/var/log/btmp
"${SSH[@]}" -q root-expired true 2>/dev/null
"${SSH[@]}" -q -tt root-expired true >"$out/shown" 2>&1
check_match "lastb shows who was refused, with and without a terminal" \
	"^expired pts/[0-9]+ $address"$'\n'"expired ssh:notty $address$" \
	"$(lastb -w | awk '$1 == "expired" { print $1, $2, $3 }')"
: >/var/log/btmp
chmod 0664 /var/log/btmp
"${SSH[@]}" -q root-expired true 2>/dev/null
check_eq "but not where all may read it" 0 "$(stat -c %s /var/log/btmp)"

# The service.  Would have caught records of the gateway's only.
service_start 64
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
END
gateway gw
: >/var/log/wtmp
"${SSH[@]}" -q -tt gw "who >$out/during; tty >$out/tty"
read -r tty <"$out/tty"
check_eq "service: who shows the target, once" "alice ${tty#/dev/}" \
	"$(awk '{ print $1, $2 }' "$out/during")" gw
wait_for 20 nobody
check_eq "service: and nobody afterwards" "" "$(who_is)"
check_match "service: last shows the target's session, ended" \
	"^${tty#/dev/} .*closed$" "$(lasts alice)"
log_in gw
front=$(pgrep -u gateway -x incubator)
sshd=$(parent "$front")
come_back "service: the gateway's own entry comes back" \
	"gateway ${tty#/dev/}" "$sshd" "$(parent "$sshd")"

# Killed while PAM closes the session, when the records are closed.  Would have
# caught a logout that is recorded twice: in wtmpdb the second is another's.
if need utmpdump; then
	cat >"$out/holds" <<-END
		#!/bin/sh
		[ "\$PAM_TYPE" != close_session ] ||
			{ echo >$out/closing; read -r _ <$out/hold; }
	END
	chmod 0755 "$out/holds"
	mkfifo -m 0666 "$out/hold"
	cp /etc/pam.d/ssh-incubator "$out/pam.before"
	echo "session optional pam_exec.so quiet $out/holds" \
		>>/etc/pam.d/ssh-incubator
	: >/var/log/wtmp
	"${SSH[@]}" -q -tt gw true </dev/null >/dev/null 2>&1
	check "PAM takes its time" wait_for 60 test -e "$out/closing"
	keeper=$(pgrep -o -u root -x incubator)
	kill -KILL "$keeper"
	timeout 60 sh -c "echo >$out/hold"
	check "--clean-up after it" "$INCUBATOR" --clean-up
	check_eq "one login and one logout are recorded" "[7] [8]" \
		"$(utmpdump /var/log/wtmp 2>/dev/null | awk -v pid="$keeper" '
		{ gsub(/[][]/, "", $2) }
		$2 + 0 == pid { print $1 }' | xargs)"
	cp "$out/pam.before" /etc/pam.d/ssh-incubator
else
	skip "killed while PAM closes" "no utmpdump"
fi

# A system that keeps no records.
rm /run/utmp /var/log/wtmp /var/log/btmp /var/log/lastlog
"${SSH[@]}" -q -tt root-alice true
check_eq "without the files a session works" 0 $? root-alice
"${SSH[@]}" -q -tt root-expired true >"$out/shown" 2>&1
check_eq "without them a refusal is one" 255 $?
check_eq "utmp, wtmp and btmp were not made" "" \
	"$(ls /run/utmp /var/log/wtmp /var/log/btmp 2>/dev/null)"
finish

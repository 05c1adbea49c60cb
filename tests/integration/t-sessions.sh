#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The registry: --sessions lists who is there and nobody else, and what is
# left of a session whose keeper was killed is cleaned up, by --clean-up and by
# whoever logs in next.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
dir=/run/ssh-incubator/sessions
mkfifo "$out/never"
exec 7<>"$out/never"
printf 'HangupDelay 0\n' >/etc/now.conf
servers bob
server_root alice --remote-ip 2001:db8::7 --remote-user "'k y'"
server_key now "exec $INCUBATOR --config /etc/now.conf --local-user alice" \
	</dev/null

# log_in HOST OPTION COMMAND...: a client whose pid is in $client, and whose
# command has said "up".
log_in() {
	: >"$out/up"
	"${RAW_SSH[@]}" -q "$2" "$1" "${@:3}" <"$out/never" >"$out/up" \
		2>/dev/null &
	client=$!
	disown
	wait_for 20 grep -q up "$out/up" || fail "$1 begins" "$*" "$1"
}
sessions() {
	"$INCUBATOR" --sessions "$@"
}
# How many there are.
listed() {
	[ "$(sessions | tail -n +2 | wc -l)" = "$1" ]
}
keeper_of() {
	sessions | awk -v user="$1" '$1 == user { print $6 }'
}
# Those that are no lock.
files() {
	find "$dir" -type f ! -name '.lock' 2>/dev/null
}
no_files() {
	[ -z "$(files)" ]
}
runs() {
	pgrep -f -x "sleep $1"
}
gone() {
	! runs "$1"
}
dead() {
	! kill -0 "$1" 2>/dev/null
}
kill_keeper() {
	local pid

	pid=$(keeper_of "$1")
	[ -n "$pid" ] || fail "the keeper of $1 is listed" "$(sessions)"
	kill -KILL "$pid"
	wait_for 20 dead "$pid"
}
end_all() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -x sleep
	wait_for 20 listed 0
}

none='USER  FROM  CALLER  SINCE  TTY  PID  SESSION  SERVICE'
check_eq "nobody is there, before the first login" "$none" "$(sessions)"
check_eq "nobody is there, in JSON" "[]" "$(sessions --json)"
check_eq "who only looks makes nothing" no \
	"$([ -e "$dir" ] && echo yes || echo no)"

# Would have caught a session that is not entered, fields that are another's,
# and one that is listed after its end.
log_in root-alice -tt 'echo up; exec sleep 1001'
first=$client
log_in root-bob -T 'echo up; exec sleep 1002'
when='[-0-9]+T[0-9:]+'
check_eq "two are listed" 3 "$(sessions | wc -l)"
check_match "one at a terminal" \
	"^alice +2001:db8::7 +root +$when +pts/[0-9]+ +[0-9]+ +- +exec$" \
	"$(sessions | sed -n 2p)"
check_match "one without, later" \
	"^bob +- +root +$when +- +[0-9]+ +- +exec$" \
	"$(sessions | sed -n 3p)"
check_eq "the keeper is incubator" incubator \
	"$(cat "/proc/$(keeper_of alice)/comm")"
if need jq; then
	sessions --json >"$out/json"
	check_eq "JSON has the same, and the child" \
		"alice 1001 $(keeper_of alice) $(runs 1001) root null" \
		"$(jq -r '.[0] | "\(.user) \(.uid) \(.pid) \(.child) \(
			.shape) \(.session)"' "$out/json")"
	check_eq "JSON has null for what is none" "null null $(runs 1002)" \
		"$(jq -r '.[1] | "\(.tty) \(.address) \(.child)"' \
			"$out/json")"
else
	skip "--sessions --json" "no jq"
fi
sessions >"$out/root"
"${SSH[@]}" own-bob "$INCUBATOR --sessions" >"$out/bob"
check_same "everybody may look" "$out/root" "$out/bob"
check_eq "modes of what everybody may look at" \
	"755 755 644" "$(stat -c %a "${dir%/*}" "$dir" "$(files | head -n 1)" |
		xargs)"
pkill -KILL -f -x 'sleep 1001'
check "gone after the logout" wait_for 20 listed 1
check_match "the other one is still there" '^bob ' \
	"$(sessions | sed -n 2p)"
pkill -KILL -f -x 'sleep 1002'
check "nobody is there any more" wait_for 20 listed 0
check "nor are files" wait_for 20 no_files
kill -KILL "$first" "$client" 2>/dev/null

"${SSH[@]}" root-alice true 2>/dev/null
check "nothing is left of a short one" no_files
end_all

# Would have caught a session that nobody ends when its keeper was killed:
# without a terminal nobody tells its processes.  I10: who ignores a hangup, or
# has left, stays all the same.
# shellcheck disable=SC2016
stubborn='nohup sleep 1003 </dev/null >/dev/null 2>&1 &
	setsid sleep 1004 </dev/null >/dev/null 2>&1 &
	until pgrep -f -x "sleep 1003" && pgrep -f -x "sleep 1004"; do :
	done >/dev/null
	echo up; exec sleep 1005'
for how in --clean-up 'the next login'; do
	log_in root-alice -T "$stubborn"
	kill_keeper alice
	check_eq "a killed keeper's is not listed, $how" "$none" \
		"$(sessions)"
	check "it runs on, $how" runs 1005
	mark_log
	if [ "$how" = --clean-up ]; then
		check "--clean-up" "$INCUBATOR" --clean-up
	else
		check "$how" "${SSH[@]}" root-bob true
	fi
	check "I10 it is hung up, $how" wait_for 20 gone 1005
	check "I10 who ignores HUP is left, $how" runs 1003
	check "I10 who called setsid(2) has left, $how" runs 1004
	check "its file is gone, $how" no_files
	fields='user=alice\(1001\) caller=root addr=2001:db8::7 tty=- '
	fields+='pid=[0-9]+ service=exec child=[0-9]+ '
	fields+='reason="the process that kept it is gone"'
	check_match "the log says so once, $how" \
		"^session cleaned up: $fields$" \
		"$(audit_lines | grep 'cleaned up')"
	end_all
done

# HangupDelay outlives its keeper.
log_in now -T "$stubborn"
kill_keeper alice
check "--clean-up with HangupDelay" "$INCUBATOR" --clean-up
check "I10 who ignores HUP is killed where HangupDelay says so" \
	wait_for 20 gone 1003
check "I10 who called setsid(2) has left, with HangupDelay" runs 1004
end_all

# The living are nobody's to clean up.
log_in root-alice -T 'echo up; exec sleep 1006'
check "--clean-up while somebody is there" "$INCUBATOR" --clean-up
check "the living are left alone" runs 1006
check "and listed" listed 1
end_all

# A terminal of our own, whose record is ours to close: as long as it says
# that alice is there, who(1) of some systems does.
if need utmpdump; then
	record() {
		utmpdump /run/utmp 2>/dev/null |
			awk -v line="[$1 " 'index($0, line) { print $1 }'
	}
	printf "PS1='root# '\nbind 'set enable-bracketed-paste off'\n" \
		>"$out/rc"
	"$BED/bin/drive" -t 30 bash --noprofile --rcfile "$out/rc" -i \
		>"$out/terminal" 2>&1 <<-END &
		expect root# 
		send incubator --local-user alice\r
		expect login:alice$
		touch $out/in
		await $out/out
	END
	drive=$!
	check "by hand" wait_for 30 test -e "$out/in"
	line=$(sessions | awk '$1 == "alice" { print $5 }')
	check_eq "utmp has the terminal, $line" "[7]" "$(record "$line")"
	kill_keeper alice
	check_eq "utmp still has it when the keeper is killed" "[7]" \
		"$(record "$line")"
	check "--clean-up of records" "$INCUBATOR" --clean-up
	check_eq "utmp is told that the terminal is free" "[8]" \
		"$(record "$line")"
	: >"$out/out"
	kill -KILL "$drive"
	wait "$drive" 2>/dev/null
	end_all
else
	skip "records of a killed keeper's" "no utmpdump"
fi

# What root did not write says nothing: a bystander, whom an entry names as
# what is left of a session of alice's.  Would have caught a HUP to order.
sleep 1007 &
bystander=$!
disown
birth=$(sed 's/.*) //' "/proc/$bystander/stat" | cut -d ' ' -f 20)
entry() {
	printf '%s\n' "USER=alice" "UID=$(stat -c %u "/proc/$bystander")" \
		"CHILD=$bystander" "CHILD_START=$birth" "HANGUP_DELAY=0"
}
hostile() {
	entry >"$dir/$bystander-1"
	mark_log
	"$@"
	check "--clean-up with $what" "$INCUBATOR" --clean-up
	check "$what reaches nobody" runs 1007
	check_eq "$what is not told of" "" \
		"$(audit_lines | grep 'cleaned up')"
	check_eq "$what goes" "" "$(files)"
}
what="a file of alice's"
hostile chown alice "$dir/$bystander-1"
what="a file that others may write"
hostile chmod 0666 "$dir/$bystander-1"
what="a file that is cut off"
hostile truncate -s -3 "$dir/$bystander-1"
what="a session that is neither's"
hostile sh -c "echo SID=1 >>$dir/$bystander-1"
# And that the entry would have worked, had nothing been wrong with it.
entry >"$dir/$bystander-1"
check "--clean-up with an entry of root's" "$INCUBATOR" --clean-up
check "an entry of root's is gone by" wait_for 20 gone 1007

# A directory that others can write is nobody's word; logins go on.
chmod 0777 "$dir"
message=$("$INCUBATOR" --sessions 2>&1 >/dev/null)
check_eq "a directory of everybody's is told of" \
	"255 incubator: $dir: Operation not permitted" \
	"$("$INCUBATOR" --sessions >/dev/null 2>&1; echo $?) $message"
check_eq "--clean-up refuses it" 255 \
	"$("$INCUBATOR" --clean-up >/dev/null 2>&1; echo $?)"
check "a login does not fail by it" "${SSH[@]}" root-bob true
check_eq "nothing is written to it" "" "$(files)"
chmod 0755 "$dir"
check_match "--clean-up is for root" '/sessions: Permission denied' \
	"$("${SSH[@]}" own-bob "$INCUBATOR --clean-up" 2>&1)"
finish

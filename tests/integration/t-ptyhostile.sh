#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A program that means ill to the session it runs in, and to those who come
# back to it: what it prints (I13), what it does to its terminal, the limits
# it is given, whom it becomes, and how it stops what it can reach.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

# with_limit "ulimit's words" COMMAND ...
with_limit() {
	# shellcheck disable=SC2016
	as_alice bash -c 'ulimit $1 && shift && exec "$@"' - "$@"
}
# shellcheck disable=SC2317
shows() {
	broker peek "$1" | grep -qaF -- "$2"
}
one_line() {
	local said status

	said=$("$@" 2>&1 </dev/null)
	status=$?
	echo "$status $(wc -l <<<"$said") ${said%%:*}"
}

# Limits that are set before.  Would have caught a session that a file's size
# ends, its ring's or its record's, and one that takes no third viewer.
for limit in "-Sf 0" "-f 0" "-f 1" "-Sn 14" "-i 0" "-s 64" "-l 0"; do
	check "ulimit $limit: new" with_limit "$limit" "$PTY_BROKER" new l -- \
		sh -c 'echo here; exec cat'
	check "ulimit $limit: it works" wait_for 60 shows l here
	check "ulimit $limit: kill" broker kill l
	check_nothing "ulimit $limit"
done
with_limit "-Sn 14" "$PTY_BROKER" new l -- sh -c 'ulimit -n; exec cat'
check "the program has its own limit" wait_for 60 shows l 14
for i in 1 2 3 4 5; do
	viewer "$i" "$PTY_BROKER" attach l
done
check "ulimit -Sn 14: five viewers" wait_for 60 has_viewers l 5
check_match "what was printed is in no core file" \
	'Max core file size *0 *0 ' \
	"$(grep core "/proc/$(fact l PID)/limits")"
broker kill l
for i in 1 2 3 4 5; do
	left "$i"
done
check_nothing "five viewers"
check_eq "no descriptors: one line" "255 1 pty-broker" \
	"$(one_line with_limit "-n 12" "$PTY_BROKER" new l -- cat)"
check_nothing "no descriptors"

# I13: a query where terminals differ in where a string ends, one that is
# longer than is looked ahead, and one behind the way out of UTF-8.  "end" is
# left of each that has something behind it.
zeros=$(printf '0%.0s' {1..40000})
# query_case NAME PRINTED QUERY: printf's formats; QUERY is what must not come.
query_case() {
	local text

	: >"$out/go"
	chmod 0666 "$out/go"
	# shellcheck disable=SC2059
	printf "begin$2" >"$out/printed"
	# shellcheck disable=SC2059
	text=$(printf "$3" | od -An -v -tx1 | tr -d ' \n')
	broker new q -- sh -c "stty raw -echo; cat $out/printed
		echo done >$out/go; exec sleep 1000"
	wait_for 60 test -s "$out/go"
	wait_for 60 shows q begin
	broker peek q | od -An -v -tx1 | tr -d ' \n' >"$out/peeked"
	check "I13 $1: the rest is shown" grep -q "^.*626567696e" "$out/peeked"
	check_eq "I13 $1" 0 "$(grep -c "$text" "$out/peeked")"
	broker kill q
}
query_case "behind U+009C in a title" \
	'\033]2;x\302\234\302\2336n\033\\end' '\302\2336n'
query_case "there, without an end" '\033]2;x\302\234\302\2336n' '\302\2336n'
query_case "there, far behind" \
	"\\033]2;x\\302\\234$zeros\\302\\2336n\\033\\\\end" '\302\2336n'
query_case "U+009B in a CSI" '\033[>\302\2336nend' '\302\2336n'
query_case "a long CSI" "\\033[${zeros}6nend" '006n'
query_case "a long OSC 4" "\\033]4;1;$zeros;1;?\\033\\\\end" '1;?'
query_case "behind 20000 other bytes" \
	"${zeros:0:20000}\\033[${zeros}6nend" '006n'
query_case "out of UTF-8" '\033%%@\2336nend' '\033%%@'
check_nothing "I13"

# A leader that has become another user, as by sudo: no signal of ours
# reaches it.  Would have caught a kill that waits for ever.
install -m 4755 "$(command -v setpriv)" "$out/rooted"
chmod 1777 "$out"
broker new root -- "$out/rooted" --reuid 0 sleep 1000
# shellcheck disable=SC2317
is_roots() {
	grep -q '^Uid:[[:space:]]*0[[:space:]]0' \
		"/proc/$(fact root LEADER)/status"
}
check "the leader is root's" wait_for 60 is_roots
check "kill of a leader that is root's" timeout 60 setpriv --reuid 1001 \
	--regid 1001 --init-groups env -i HOME=/home/alice PATH="$PATH" \
	"$PTY_BROKER" kill root
check_nothing "a leader that is root's"
check "and with a time" broker new --timeout 1 root -- "$out/rooted" --reuid 0 sleep 1000
check_nothing "its time is over"

# It ignores that its terminal is gone, too.
broker new root -- "$out/rooted" --reuid 0 sh -c \
	'trap "" HUP; echo ready; exec sleep 1000'
check "the leader is root's, and ignores HUP" wait_for 60 shows root ready
stays=$(fact root LEADER)
check "kill of a leader that stays" timeout 60 setpriv --reuid 1001 \
	--regid 1001 --init-groups env -i HOME=/home/alice PATH="$PATH" \
	"$PTY_BROKER" kill root
check "it stays" kill -KILL "$stays"
check_nothing "a leader that stays"

# The session is stopped.  Would have caught a viewer whom SIGTERM does not
# end, and whose terminal stays raw.
viewer one sh -c 'stty -g; "$@"; echo "status=$?"; stty -g' - \
	"$PTY_BROKER" attach s -- sh -c 'echo up; exec cat'
told one 'expect up'
kill -STOP "$(fact s PID)"
pkill -TERM -u alice -x pty-broker
tell one 'expect status=255'
left one
check_eq "stopped session: its viewer can be ended" 0 $?
check_match "stopped session: his terminal was raw" '^[0-9a-f]+:[0-9a-f]+:' \
	"$(head -n 1 "$out/shown.one")"
check_eq "stopped session: and is put back" \
	"$(head -n 1 "$out/shown.one")" "$(tail -n 1 "$out/shown.one")"
kill -CONT "$(fact s PID)"
check "and it goes on" broker kill s
check_nothing "a stopped session"

# The terminal, closed by everybody and opened again, over and over; and kept
# by one who left.  Would have caught a session that takes EIO for the end,
# or turns round and round for it.
cat >"$out/reopen" <<-'END'
	tty=$(tty)
	exec </dev/null >/dev/null 2>&1
	for i in 1 2 3 4 5 6 7 8 9 10; do
		: <>"$tty"
		echo "round $i" >"$tty"
	done
	echo closed >"$1"
	read -r _ <"$2"
	exec <>"$tty" >&0 2>&0
	echo reopened
	(setsid sh -c 'trap "" HUP; echo kept; while echo; do sleep 0.01; done' &)
	exec cat
END
mkfifo -m 0666 "$out/again"
: >"$out/said"
chmod 0666 "$out/said"
broker new t -- sh "$out/reopen" "$out/said" "$out/again"
wait_for 60 test -s "$out/said"
session=$(fact t PID)
# shellcheck disable=SC2317
ticks() {
	awk '{ print $14 + $15 }' "/proc/$session/stat"
}
# shellcheck disable=SC2317
rests() {
	local was

	was=$(ticks)
	read -r -t 0.3 <>"$out/.never"
	[ "$(ticks)" = "$was" ]
}
check "closed by all: nothing is lost" wait_for 60 shows t "round 10"
check "closed by all: it is at rest" wait_for 60 rests
echo on >"$out/again"
check "opened again: it goes on" wait_for 60 shows t reopened
wait_for 60 shows t kept
check "kill, with one who keeps the terminal" broker kill t
check_nothing "one who keeps the terminal"

# What list reads may be anything.
broker new i -- cat
for rubbish in 'STATUS=99999999999' 'MADE=18446744073709551615' \
	$'TTY=/dev/\033[6n' $'TTY="}\nVIEWERS=-1' "$zeros"; do
	printf '%s\n' "$rubbish" >"$place/i.info"
	said=$(broker list; broker list --json)
	check_eq "list of rubbish: $(printf %q "${rubbish:0:24}")" "" \
		"$(tr -d '\n -~' <<<"$said")"
	! need python3 || check "list --json of it is JSON" \
		python3 -m json.tool <<<"$(broker list --json)"
done
rm "$place/i.info"
mkdir "$place/i.info" "$place/i.agent" "$place/i.env"
viewer one env SSH_AUTH_SOCK=/nowhere "$PTY_BROKER" attach i
told one 'send x\r' 'expect x'
rmdir "$place/i.info" "$place/i.agent" "$place/i.env"
check "directories in place of its files" broker kill i
left one
check_nothing "rubbish"

finish

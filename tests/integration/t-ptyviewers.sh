#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I11: viewers of one session who do not look, and who type a lot.  One that
# stands still delays nobody and costs no memory, and sees where it is when it
# goes on; what is typed arrives whole; ^C is not behind the output.
#
#	t-ptyviewers.sh [MEGABYTES]	of output, default 6

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

megabytes=${1:-6}
server_plain alice
exec {never}<>"$out/.never"
mkfifo -m 0666 "$out/go"
exec {go}<>"$out/go"
: >"$out/ready"
chmod 0666 "$out/ready"

# Lines of sixteen bytes; the carriage returns come from the terminal.
lines=$((megabytes * 1024 * 1024 / 17))
cat >"$out/program" <<-END
	#!/bin/bash
	echo begin
	read -r word <"$out/go"
	seq -f 'fill %09.0f.' 400000
	echo filled
	read -r word <"$out/go"
	echo measure
	seq -f 'line %09.0f.' $lines
	echo finish
	read -r word <"$out/go"
	exit 3
END
chmod 0755 "$out/program"

# In KiB, what is its own; a sanitizer's shadow grows by itself.
memory_of() {
	awk '/^Private_Dirty:/ { print $2 }' "/proc/$1/smaps_rollup"
}

# What the program printed, of what a terminal showed.
whole() {
	tr -d '\r' <"$1" | sed -n '/^measure$/,/^finish$/{/^line/p}' | sha256sum
}
expected=$(seq -f 'line %09.0f.' "$lines" | sha256sum)

# A terminal that was handed over: the pty of sshd.
ssh_viewer() {
	"${RAW_SSH[@]}" -q -tt plain-alice "exec $PTY_BROKER attach v" \
		<&"$never" >"$1" 2>/dev/null &
	client=$!
}
frame_viewer() {
	: >"$1"
	chmod 0666 "$1"
	"${AS_ALICE[@]}" "$BED/bin/ptyclient" "${@:3}" "$place/v.sock" "$1" \
		2>"$2" &
	client=$!
}

# The kinds of two viewers of whom one is stopped: terminals that were handed
# over, and frames.  He who is stopped is so full of output that he takes no
# more, before the other one comes: so long as he still does, and faster, he is
# the one who is waited for.
stop_one() {
	if [ "$1" = terminal ]; then
		ssh_viewer "$out/b"
	else
		frame_viewer "$out/b" "$out/b.said" -g
	fi
	b=$client
	wait_for 60 grep -q begin "$out/b"
	kill -STOP "$b"
	echo on >&"$go"
	if [ "$1" = terminal ]; then
		ssh_viewer "$out/a"
	else
		frame_viewer "$out/a" "$out/a.said" -g
	fi
	a=$client
	wait_for 120 has_filled "$out/a"
	gaps=$(grep -c '^gap' "$out/a.said" 2>/dev/null)
}
has_filled() {
	tail -c 300 "$1" | grep -q filled
}
finished() {
	tail -c 300 "$1" | grep -q finish
}
finished_late() {
	finished "$1" || grep -q '^gap' "$out/b.said"
}
for kind in terminal frames; do
	broker new v -- "$out/program"
	session=$(fact v PID)
	stop_one "$kind"
	before=$(memory_of "$session")
	echo on >&"$go"
	check "I11 $kind: the other one sees the end" \
		wait_for 120 finished "$out/a"
	after=$(memory_of "$session")
	check_eq "I11 $kind: and everything before it" "$expected" \
		"$(whole "$out/a")"
	# The ring and what is around it; a queue would be megabytes.
	if grep -q '/lib[at]san' "/proc/$session/maps"; then
		skip "I11 $kind: memory" "a sanitizer keeps what was freed"
	else
		check "I11 $kind: memory: $before KiB, then $after KiB" \
			[ "$after" -lt "$((before + 300))" ]
	fi
	check "I11 $kind: who is stopped saw little" \
		[ "$(stat -c %s "$out/b")" -lt 4000000 ]
	kill -CONT "$b"
	# It goes on where the others are.
	check "I11 $kind: who goes on sees the end" \
		wait_for 60 finished_late "$out/b"
	if [ "$kind" = frames ]; then
		check_eq "I11 frames: the other one had no gap" "$gaps" \
			"$(grep -c '^gap' "$out/a.said")"
		check_match "I11 frames: a gap is marked, a screen painted" \
			'^gap [0-9]+ [0-9]+ paint' \
			"$(tr '\n' ' ' <"$out/b.said")"
	else
		# Not all of it, but in one piece from the gap on.
		tail -n 1000 "$out/b" | tr -d '\r' | sed -n '/^line/p' |
			tail -n +2 >"$out/tail"
		check_same "I11 terminal: the last lines" \
			<(seq -f 'line %09.0f.' "$lines" |
				tail -n "$(wc -l <"$out/tail")") "$out/tail"
		check "I11 terminal: who goes on has a screenful" \
			[ "$(wc -l <"$out/tail")" -gt 100 ]
	fi
	echo off >&"$go"
	wait "$a"
	ended=$?
	wait "$b"
	check_eq "I11 $kind: both end with the status" "3 3" "$ended $?"
	check_nothing "$kind"
done

# A megabyte is typed to who sleeps; then it is read.  By a terminal, and by
# frames.  Would have caught a full pty's rest thrown away, or out of order.
head -c 1048576 /dev/urandom >"$out/paste"
chmod 0644 "$out/paste"
cat >"$out/reader" <<-END
	#!/bin/bash
	stty raw -echo
	echo ready
	read -r word <"$out/go"
	head -c 1048576 >"$out/pasted"
	exit 5
END
chmod 0755 "$out/reader"
full() {
	local was=

	# The client sits in write(2) or poll(2): it has no more to give.
	was=$(cat "/proc/$1/io") || return 1
	read -r -t 0.2 <>"$out/.never"
	[ "$was" = "$(cat "/proc/$1/io")" ]
}
for kind in terminal frames; do
	rm -f "$out/pasted"
	: >"$out/e"
	chmod 0666 "$out/e"
	broker new v -- "$out/reader"
	if [ "$kind" = terminal ]; then
		# shellcheck disable=SC2094
		"${RAW_SSH[@]}" -q -e none -tt plain-alice \
			"exec $PTY_BROKER attach v" \
			< <(wait_for 60 grep -q ready "$out/e"
				cat "$out/paste"
				read -r <>"$out/.never") >"$out/e" 2>/dev/null &
		client=$!
	else
		frame_viewer "$out/e" "$out/e.said" -p "$out/paste"
	fi
	check "paste, $kind: ready" wait_for 60 grep -q ready "$out/e"
	wait_for 60 full "$client"
	echo on >&"$go"
	wait "$client"
	check_eq "paste, $kind: it ends" 5 $?
	check_same "paste, $kind: it is whole" "$out/paste" "$out/pasted"
	check_nothing "paste, $kind"
done

# And to cat, which writes it all back: nobody waits for each other for ever.
broker new v -- sh -c "stty raw -echo; echo ready; exec head -c 1048576"
frame_viewer "$out/e" "$out/e.said" -p "$out/paste"
wait "$client"
check_eq "paste to cat: it ends" "0 " "$? $(cat "$out/e.said")"
check_same "paste to cat: it comes back" "$out/paste" \
	<(tail -c 1048576 "$out/e")
check_nothing "paste to cat"

# ^C, when nobody has looked at the output for so long that everything is full
# of it.  Would have caught one who reads no keys before he is rid of output.
mkfifo -m 0666 "$out/heard" "$out/keys" "$out/screen"
exec {heard}<>"$out/heard" {keys}<>"$out/keys" {screen}<>"$out/screen"
broker new v -- sh -c "trap 'echo stopped >$out/heard; exit 6' INT
	echo begin; while :; do cat $out/program; done"
"${RAW_SSH[@]}" -q -e none -tt plain-alice "exec $PTY_BROKER attach v" \
	<&"$keys" >&"$screen" 2>/dev/null &
client=$!
leader=$(fact v LEADER)
stuck() {
	local cat

	cat=$(pgrep -P "$leader" -x cat) && full "$cat"
}
check "^C: everything is full" wait_for 60 stuck
printf '\003' >&"$keys"
said=
read -r -t 60 said <&"$heard"
check_eq "^C is heard behind all that" stopped "$said"
cat "$out/screen" >/dev/null &
exec {screen}>&-
wait "$client"
check_eq "^C: and it ends" 6 $?
check_nothing "^C"

finish

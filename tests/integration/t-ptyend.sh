#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I9: what a program prints last is all delivered, and then its status: 3000
# lines, exit 7.  To a viewer who was there, to one who waits without looking,
# and to one who comes when it is over.  Would have caught a broker that stops
# at POLLHUP, one that ends with its child, a ring that the program
# outruns its only viewer in, and a name that is not free again when its
# session has ended: all have the same.
#
#	t-ptyend.sh [TIMES]		default 8

BED_LIMIT=${BED_LIMIT:-180}
export BED_LIMIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

times=${1:-8}
out=$BED/out
runtime=$out/run-alice
install -d -m 0700 -o alice -g alice "$runtime"

as_alice() {
	setpriv --reuid 1001 --regid 1001 --init-groups \
		env -i HOME=/home/alice USER=alice LOGNAME=alice PATH="$PATH" \
		XDG_RUNTIME_DIR="$runtime" TERM=xterm SHELL=/bin/bash "$@"
}

# The number is that of the round, so that an old session is no new one.
# shellcheck disable=SC2016
program=(sh -c 'echo "begin $1"; seq "${2:-3000}"; exit 7' sh)

# whole ROUND [LINES]: what the terminal showed, from the program's first line
# on.
whole() {
	{
		echo "begin $1"
		seq "${2:-3000}"
	} >"$out/expected"
	tr -d '\r' <"$out/shown" | sed -n 's/^.*begin /begin /; /^begin /,$p' |
		head -n $((${2:-3000} + 1)) | cmp -s - "$out/expected"
}

# How many rounds went wrong, and how the first did.
bad=0
first=
wrong() {
	((bad++)) || first="round $1: $2"
}
result() {
	check_eq "$1" "0 " "$bad $first"
	bad=0
	first=
}

view() {
	as_alice "$BED/bin/drive" -t 30 pty-broker attach last "$@" \
		</dev/null >"$out/shown" 2>"$out/said"
}

for ((i = 1; i <= times; i++)); do
	view -- "${program[@]}" "$i"
	status=$?
	[ "$status" = 7 ] || wrong "$i" "status $status, $(tail -n 1 "$out/said")"
	whole "$i" || wrong "$i" "$(wc -l <"$out/shown") lines"
done
result "a viewer has every line, and the status, $times times"

# More than the ring has, by far: the program has to wait for its viewer, who
# is slow at times, and nothing of it is pushed out before he has it.
many=300000
few=$((times < 20 ? times : 20))
for ((i = 1; i <= few; i++)); do
	view -- "${program[@]}" "$i" $many
	status=$?
	[ "$status" = 7 ] || wrong "$i" "status $status, $(tail -n 1 "$out/said")"
	whole "$i" $many || wrong "$i" "$(wc -l <"$out/shown") lines"
done
result "a viewer misses nothing of $many lines, $few times"

for ((i = 1; i <= times; i++)); do
	as_alice pty-broker new last -- "${program[@]}" "$i" ||
		wrong "$i" "not made"
	as_alice pty-broker wait last
	status=$?
	[ "$status" = 7 ] || wrong "$i" "status $status"
done
result "who waits has the status, $times times"

# "list" says how a session has ended.
is_over() {
	as_alice pty-broker list | grep -q '^last .*exited with 7$'
}
late=$((times < 200 ? times : 200))
for ((i = 1; i <= late; i++)); do
	as_alice pty-broker new last -- "${program[@]}" "$i" ||
		wrong "$i" "not made"
	wait_for 30 is_over || wrong "$i" "not over"
	view
	status=$?
	[ "$status" = 7 ] || wrong "$i" "status $status, $(tail -n 1 "$out/said")"
	whole "$i" || wrong "$i" "$(wc -l <"$out/shown") lines"
done
result "who comes late has every line, and the status, $late times"

check_eq "nothing is left" "" "$(as_alice pty-broker list)"
finish

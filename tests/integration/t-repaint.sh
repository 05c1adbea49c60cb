#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the screen keeper paints, without a session around it, for streams made
# by hand: pane A is shown the stream and then resized; pane B, of the new
# size, is shown what paintscreen makes of both; and then both are resized
# once more, so that what cannot be seen counts, too: which lines were
# wrapped, how long they are, and what went out at the top.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

[ -x "$BED/bin/paintscreen" ] || skip_all "built without libvterm"
# shellcheck source=panes.sh
. "$(dirname "$0")/panes.sh"

# in_pane NAME ROWS COLS COMMAND: it runs there, and is done.
in_pane() {
	rm -f "$work/done"
	pane "$1" "$2" "$3" \
		"stty raw -echo; $4; touch $work/done; exec sleep 100000"
	wait_for 60 test -e "$work/done"
}

# repaints NAME ROWS COLS ROWS COLS
repaints() {
	local name=$1
	local label="$1, $2x$3, $4x$5"

	in_pane A 10 30 "cat $work/$name"
	resize A "$2" "$3"
	in_pane B "$2" "$3" \
		"$BED/bin/paintscreen 10x30 $work/$name $2x$3"
	if ! wait_for 20 agree; then
		fail "$label" "differs at once"
		differ
	else
		resize A "$4" "$5"
		resize B "$4" "$5"
		if wait_for 20 agree; then
			pass "$label"
		else
			fail "$label" "differs when resized"
			differ
		fi
	fi
	close A
	close B
}

for file in "$TOP_SRCDIR"/tests/fuzz/corpus/screen/*; do
	name=${file##*/}
	case $name in
	recorded-*|hostile|joiner-first) continue ;;
	# tmux has no left and right margins
	margins) continue ;;
	# and leaves half of a wide character in the first column
	wideover) continue ;;
	esac
	tail -c +8 "$file" >"$work/$name"
	repaints "$name" 10 30 14 17
	repaints "$name" 14 41 6 22
	repaints "$name" 7 23 12 50
done
"${tmux[@]}" kill-server
finish

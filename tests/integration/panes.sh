# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Two panes of one tmux, A and B, that are to look the same.  A script sources
# this after lib.sh and broker.sh.

need tmux || skip_all "needs tmux"
work=${out:?lib.sh comes first}/alice
install -d -m 0700 -o alice "$work"
# The server is alice's, whose terminals the panes then are; root may ask it.
tmux=(tmux -u -f /dev/null -S "$work/tmux")
as_alice env TERM=tmux-256color LC_ALL=C.UTF-8 "${tmux[@]}" \
	new-session -d -x 80 -y 24 "sleep 100000" 2>"$out/err" ||
	skip_all "tmux: $(head -n 1 "$out/err")"
"${tmux[@]}" set -g status off

flags='alternate=#{alternate_on} cursor=#{cursor_flag} insert=#{insert_flag}'
flags+=' keys=#{keypad_cursor_flag},#{keypad_flag} origin=#{origin_flag}'
flags+=' mouse=#{mouse_any_flag},#{mouse_standard_flag},#{mouse_button_flag}'
flags+=',#{mouse_all_flag},#{mouse_sgr_flag} wrap=#{wrap_flag}'
flags+=' at=#{cursor_x},#{cursor_y} title=#{pane_title}'
flags+=' region=#{scroll_region_upper},#{scroll_region_lower}'

# pane NAME ROWS COLS COMMAND: a window of that size, in which it then runs.
pane() {
	"${tmux[@]}" new-window -d -n "$1" "sleep 100000" \; \
		resize-window -t ":$1" -y "$2" -x "$3" \; \
		respawn-pane -k -t ":$1" "$4"
}

resize() {
	"${tmux[@]}" resize-window -t ":$1" -y "$2" -x "$3"
}

# ... if its program has not ended already.
close() {
	"${tmux[@]}" kill-window -t ":$1" 2>/dev/null
}

# All that a pane is.  Joined lines tell which of them were wrapped.
shown() {
	"${tmux[@]}" display-message -p -t ":$1" "$flags" \; \
		capture-pane -e -p -t ":$1" \; capture-pane -p -J -t ":$1"
}

shows() {
	"${tmux[@]}" capture-pane -p -t ":$1" | grep -qE -e "$2"
}

# Both are the same, and stay it: what is on its way may be late for one.
agree() {
	local _

	for _ in 1 2; do
		shown A >"$out/A"
		shown B >"$out/B"
		cmp -s "$out/A" "$out/B" || return 1
	done
}

# differ: where they do not.
differ() {
	diff "$out/A" "$out/B" | head -n 20 | cat -v | sed 's/^/# /'
}

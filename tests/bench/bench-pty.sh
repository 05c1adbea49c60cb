#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# pty-broker beside what people keep their sessions with, and beside a terminal
# without anything in between: bytes a second, the time until a key is echoed,
# also through ssh, until a screen is back, and what a session costs that
# nobody looks at.
#
#	bench-pty.sh [ROUNDS] [WHAT ...]
#
# WHAT: cat echo ssh paint frames idle; default all.

BED_LIMIT=${BED_LIMIT:-3600}
export BED_LIMIT
# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-10}
shift
[ $# -gt 0 ] || set -- cat echo ssh paint frames idle
out=$BED/out/pty
inner=$BED/bin/ptyinner
sides=$out/sides
mib=64
export XDG_RUNTIME_DIR=$out/run
mkdir -p "$out" "$out/screens"
mkdir -m 0700 "$XDG_RUNTIME_DIR"
chmod 1777 "$out"
chmod 0700 "$out/screens"

printf 'set -g status off\nset -g escape-time 0\n' >"$out/tmux.conf"
printf 'startup_message off\nvbell off\n' >"$out/screenrc"

# Each keeper as a line "KEEPER|BOTH|CREATE|ATTACH"; see ptyside.h.
keepers() {
	local tmux="tmux -L %s -f %d/tmux.conf"
	local screen="env SCREENDIR=%d/screens screen -c %d/screenrc"

	cat <<-END
		pty-broker|pty-broker attach %s -- %i|pty-broker new %s -- %i|pty-broker attach %s
		dtach|dtach -A %d/%s -E -z -r none %i|dtach -n %d/%s %i|dtach -a %d/%s -E -z -r winch
		abduco|abduco -c %d/%s %i|abduco -n %d/%s %i|abduco -a %d/%s
		tmux|$tmux new-session %i|$tmux new-session -d %i|$tmux attach-session
		screen|$screen -S %s %i|$screen -dmS %s %i|$screen -r %s
	END
}

# Those that are there, as ptyside.h has it.
list() {
	local keeper both create attach

	while IFS='|' read -r keeper both create attach; do
		need "$keeper" || continue
		printf 'name=%s\nboth=%s\ncreate=%s\nattach=%s\n' "$keeper" \
			"$both" "$create" "$attach"
	done < <(keepers)
}

# The terminal alone, which the ratios are to.
list_raw() {
	printf 'name=raw pty\nboth=%%i\n'
	list
}

bench() {
	/bed/bin/ptybench "$sides" "$rounds" "$inner" "$out" "$@" </dev/null ||
		fail "bench-pty, $*" "ended with $?"
}

do_cat() {
	local kind size

	list_raw >"$sides"
	# Those with a screen of their own take minutes for each.
	while read -r kind size; do
		"$inner" text "$kind" $((size * 1024 * 1024)) >"$out/$kind"
		echo "cat of $size MiB, $kind text, $rounds rounds in turn"
		bench cat "$out/$kind"
		rm -f "$out/$kind"
	done <<-END
		plain $mib
		coloured $((mib / 4))
		utf8 $((mib / 4))
	END
}

do_echo() {
	list_raw >"$sides"
	echo "a key and its echo by the program, $rounds times 100 in turn," \
		"5 ms apart"
	bench echo 100 5
	echo "the same, each as soon as the last one was there"
	bench echo 300
	echo "the same, echo by the session's terminal"
	bench type 300
}

do_ssh() {
	local keeper both

	server_plain alice
	{
		printf 'name=ssh\nboth=%s -tt plain-alice %%i\n' \
			"${RAW_SSH[*]}"
		while IFS='|' read -r keeper both _; do
			# Its directory would be somebody else's there.
			[ "$keeper" != screen ] || continue
			need "$keeper" || continue
			printf 'name=ssh, %s\nboth=%s -tt plain-alice %s\n' \
				"$keeper" "${RAW_SSH[*]}" "$both"
		done < <(keepers)
	} >"$sides"
	echo "a key and its echo through ssh and sshd, $rounds times 100," \
		"5 ms apart"
	bench echo 100 5
}

do_paint() {
	list >"$sides"
	echo "from the start of a viewer to the screen, $rounds rounds"
	# A dtach that is attached to at once has been seen to end instead.
	/bed/bin/ptybench "$sides" "$rounds" "$inner" "$out" paint ||
		bench paint
}

# Viewers that have no terminal: packets of pty-broker's own protocol.
do_frames() {
	local socket="$XDG_RUNTIME_DIR/ssh-incubator/pty/%s.sock"

	need pty-broker || return
	cat >"$sides" <<-END
		name=raw pty
		both=%i
		name=pty-broker, terminal
		both=pty-broker attach %s -- %i
		name=pty-broker, packets
		both=@$socket
		create=pty-broker new %s -- %i
		attach=@$socket
	END
	"$inner" text plain $((mib * 1024 * 1024)) >"$out/plain"
	echo "viewers at the socket: cat of $mib MiB, $rounds rounds in turn"
	bench cat "$out/plain"
	rm -f "$out/plain"
	echo "the same, a key and its echo by the program, 5 ms apart"
	bench echo 100 5
	sed -i 1,2d "$sides"
	echo "the same, until the screen is there"
	sed -i 's/^\(both=pty-broker .*\)/\1\nattach=pty-broker attach %s/' \
		"$sides"
	bench paint
}

do_idle() {
	local lines

	{
		list
		# One server for all, as it is used.
		! need tmux || printf 'name=%s\ncreate=%s\n' "tmux, one server" \
			"tmux -L one -f %d/tmux.conf new-session -d -s %s %i"
	} >"$sides"
	for lines in 0 5000; do
		echo "20 sessions that nobody looks at, after $lines lines," \
			"10 s"
		/bed/bin/ptyidle "$sides" "$inner $lines" "$out" 20 10 ||
			fail "bench-pty, idle" "ended with $?"
	done
}

load() {
	echo "$(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
}

export TERM=xterm
while IFS='|' read -r keeper _; do
	need "$keeper" || skip "bench-pty, $keeper" "not installed"
done < <(keepers)
need shpool || skip "bench-pty, shpool" "not installed"
load
for what; do
	"do_$what"
done
load
pass "bench-pty"
finish

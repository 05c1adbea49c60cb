# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the tests of pty-broker share.  A script sources this after lib.sh.

out=$BED/out
# Without a runtime directory; logins by ssh have none here either.
place=/home/alice/.local/state/ssh-incubator/pty

# The command alone, where a test needs its pid.
AS_ALICE=(setpriv --reuid 1001 --regid 1001 --init-groups
	env -i HOME=/home/alice USER=alice LOGNAME=alice
	SHELL=/bin/bash PATH="$PATH" TERM=xterm LANG=C.UTF-8)
as_alice() {
	"${AS_ALICE[@]}" "$@"
}

broker() {
	as_alice "$PTY_BROKER" "$@"
}

# at_tty [COMMAND ...] <SCRIPT: alice at a terminal of her own.
at_tty() {
	as_alice "$BED/bin/drive" -t 60 "$@" 2>&1
}

# What the session's record says: fact NAME PID|LEADER|TTY|VIEWERS.
fact() {
	sed -n "s/^$2=//p" "$place/$1.info" 2>/dev/null
}

has_viewers() {
	[ "$(fact "$1" VIEWERS)" = "$2" ]
}

# The size of its terminal, as its programs see it.
size_of() {
	stty -F "$(fact "$1" TTY)" size
}

size_is() {
	[ "$(size_of "$1")" = "$2" ]
}

is_gone() {
	! [ -e "/proc/$1" ]
}

# How many sockets its process has open: the listener, and who came.
sockets_of() {
	find "/proc/$(fact "$1" PID)/fd" -lname 'socket:*' | wc -l
}

# A viewer who is told line by line what to do (see tools/drive.c):
#	viewer WHO [-s ROWSxCOLS] COMMAND ...
#	tell WHO LINE ...
#	left WHO		no more to do: waits, $? is how it ended
# What it shows is in $out/shown.WHO.
declare -A viewer_pid viewer_fd

# For what runs beside viewers: who held a script open would keep its viewer
# from the end of it.  In a subshell.
without_scripts() {
	local fd

	for fd in "${viewer_fd[@]}"; do
		exec {fd}>&-
	done
	"$@"
}

viewer() {
	local who=$1 fd

	shift
	rm -f "$out/script.$who"
	mkfifo -m 0666 "$out/script.$who"
	without_scripts at_tty "$@" <"$out/script.$who" \
		>"$out/shown.$who" &
	viewer_pid[$who]=$!
	exec {fd}>"$out/script.$who"
	viewer_fd[$who]=$fd
}

tell() {
	printf '%s\n' "${@:2}" >&"${viewer_fd[$1]}"
}

# ... and has done it.
told() {
	rm -f "$out/told.$1"
	tell "$@" "touch $out/told.$1"
	wait_for 60 test -e "$out/told.$1"
}

left() {
	local fd=${viewer_fd[$1]}

	unset "viewer_fd[$1]"
	exec {fd}>&-
	wait "${viewer_pid[$1]}"
}

# What there is of anybody's: processes, terminals, files, sockets.
remains() {
	pgrep -u alice -a
	pgrep -x sshd -a
	find /dev/pts -name '[0-9]*'
	find "$place" -mindepth 1 2>/dev/null
	grep -F "$place" /proc/net/unix
}

nothing_remains() {
	[ -z "$(remains)" ]
}

# Would catch whatever outlives its session.
check_nothing() {
	wait_for 60 nothing_remains
	check_eq "$1: nothing is left" "" "$(remains)"
}

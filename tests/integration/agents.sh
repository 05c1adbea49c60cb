# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the tests of agent-forwarder share.  A script sources this after
# lib.sh.

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
out=$BED/out

# fake NAME WORD...: an agent (tools/agentfake.c) at $out/NAME, whose log is
# $out/NAME.log and whose pid is in $fake.
fake() {
	local name=$1

	shift
	rm -f "$out/$name" "$out/$name.log"
	"$BED/bin/agentfake" "$out/$name" log="$out/$name.log" "$@" &
	fake=$!
	disown
	wait_for 20 test -S "$out/$name" || fail "$SCRIPT" "no agent $name"
}

# real NAME: ssh-agent there, its pid in $real.
real() {
	rm -f "$out/$1"
	real=$(ssh-agent -s -a "$out/$1" | sed -n 's/.*_PID=\([0-9]*\);.*/\1/p')
}

# serve AGENT [OPTION...]: agent-forwarder in front of it, for a command that
# waits; who serves is $server, the command is $command, $socket where.
serve() {
	local agent=$1

	shift
	rm -f "$out/socket"
	SSH_AUTH_SOCK=$out/$agent "$AGENT_FORWARDER" "$@" -- sh -c '
		printf %s "$SSH_AUTH_SOCK" >"$1/socket.new"
		mv "$1/socket.new" "$1/socket"
		read -r _ <>"$1/.never"' sh "$out" </dev/null &
	command=$!
	disown
	wait_for 20 test -e "$out/socket" || fail "$SCRIPT" "nobody serves"
	socket=$(<"$out/socket")
	server=$(pgrep -nx agent-forwarder)
}

# The command ends, and with it who served.
stop() {
	kill "$command"
	wait_for 20 is_gone "$server" || fail "$SCRIPT" "it serves on"
	kill "$fake" "$real" 2>/dev/null
	fake=
	real=
}
fake=
real=

is_gone() {
	! kill -0 "$1" 2>/dev/null ||
		grep -q '^State:	Z' "/proc/$1/status" 2>/dev/null
}

# talk WORD...: a client (tools/agenttalk.c); prints what it prints, with
# commas for newlines.
talk() {
	timeout 60 "$BED/bin/agenttalk" "$socket" "$@" 2>&1 | paste -sd ,
}

# What the agent has seen: seen NAME REGEX is how many lines of it.
seen() {
	grep -Ecx "$2" "$out/$1.log" 2>/dev/null || :
}
has_seen() {
	[ "$(seen "$1" "$2")" -ge "${3:-1}" ]
}

# How many descriptors who serves has.
descriptors() {
	find "/proc/$server/fd" -mindepth 1 2>/dev/null | wc -l
}
has_descriptors() {
	[ "$(descriptors)" = "$1" ]
}

# as_hex FILE.pub: the key's bytes.
as_hex() {
	cut -d ' ' -f 2 "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n'
}

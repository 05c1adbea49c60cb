#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent-forwarder beside an agent without anything in between, and beside what
# else stands between: how long a list and a signature take, how many
# connections there are in a second, the processor's time, and what those cost
# that do nothing.  First before an agent that costs nothing itself, then
# before ssh-agent.
#
#	bench-agent.sh [ROUNDS] [WHAT ...]
#
# WHAT: list sign connect clients idle real; default all.

BED_LIMIT=${BED_LIMIT:-3600}
export BED_LIMIT
# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-10}
shift
[ $# -gt 0 ] || set -- list sign connect clients idle real
out=$BED/out/agent
mkdir -p "$out"
need ssh-agent || skip_all "needs ssh-agent"
[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"

# to NAME SOCKET PID ...: one more way to the agent.
to() {
	local name=$1 socket=$2

	shift 2
	if wait_for 20 test -S "$socket"; then
		echo "$name|$socket|$*" >>"$sides"
	else
		fail "bench-agent, $name" "no socket $socket"
	fi
}

# A command that has the agent and stays, and writes down where it is.
# shellcheck disable=SC2016 # for the shell that it is given to
stay='printf %s "$SSH_AUTH_SOCK" >"$0.new"; mv "$0.new" "$0"; exec sleep 3600'

# forwarder NAME FILE [OPTION...]
forwarder() {
	local name=$1 file=$2 before server

	shift 2
	before=$(pgrep -x agent-forwarder)
	SSH_AUTH_SOCK=$agent agent-forwarder "$@" -- sh -c "$stay" "$file" \
		</dev/null &
	disown
	wait_for 20 test -s "$file" || {
		fail "bench-agent, $name" "does not serve"
		return
	}
	# A child of it, if there is one, is below it.
	server=$(pgrep -x agent-forwarder | grep -vxF "${before:-0}" |
		head -n 1)
	to "$name" "$(<"$file")" "$server"
}

with_socat() {
	local name=$1 socket=$2

	need socat || { skip "bench-agent, $name" "not installed"; return; }
	shift 2
	socat "$@" "UNIX-LISTEN:$socket,fork" "UNIX-CONNECT:$agent" &
	disown
	to "$name" "$socket" $!
}

# said_of NAME: what stands behind it in $said, for a shell to read.
said_of() {
	sed -n "s/^$1='\{0,1\}\([^';]*\).*/\1/p" <<<"$said"
}

with_filter() {
	local said

	need ssh-agent-filter || {
		skip "bench-agent, ssh-agent-filter" "not installed"
		return
	}
	# It goes to the background, and leaves its socket where it likes.
	said=$(cd "$out" && SSH_AUTH_SOCK=$agent HOME=$out ssh-agent-filter \
		-c bench </dev/null 2>&1)
	to ssh-agent-filter "$(said_of SSH_AUTH_SOCK)" \
		"$(said_of SSH_AGENT_PID)"
}

# The stock client and server; the server is a child of the client.
with_ssh() {
	server_plain root
	SSH_AUTH_SOCK=$agent "${RAW_SSH[@]}" -T -A \
		-o IdentityAgent=SSH_AUTH_SOCK plain-root \
		"exec sh -c '$stay' $out/$1.ssh" </dev/null &
	disown
	wait_for 20 test -s "$out/$1.ssh" || {
		fail "bench-agent, sshd -A" "no agent there" plain-root
		return
	}
	to "ssh -A and sshd" "$(<"$out/$1.ssh")" $!
}

# before NAME AGENT: every way to that agent, the direct one first.
before() {
	local fingerprint

	agent=$2
	sides=$out/$1.sides
	fingerprint=$(ssh-keygen -l -f "$out/key.pub" | cut -d' ' -f2)
	: >"$sides"
	to direct "$agent"
	with_socat socat "$out/$1.socat"
	with_socat "socat -b 262144" "$out/$1.socatb" -b 262144
	with_filter
	with_ssh "$1"
	forwarder agent-forwarder "$out/$1.plain"
	forwarder "the same with policy" "$out/$1.policy" \
		--allow-key "$fingerprint"
	forwarder "with policy and audit" "$out/$1.audit" \
		--allow-key "$fingerprint" --audit \
		--audit-file "$out/$1.log"
	forwarder "--stable --shared" "$out/$1.stable" --stable="$1" --shared
}

bench() {
	/bed/bin/agentbench "$rounds" "$@" <"$sides" ||
		fail "bench-agent, $*" "ended with $?"
}

do_list() {
	echo "a list, on one connection, 1000 times in each of $rounds rounds"
	bench list 1000
}

do_sign() {
	echo "a signature, on one connection, ${1:-500} times in each"
	bench sign "${1:-500}"
}

do_connect() {
	local clients

	for clients in 1 8 64; do
		echo "a list on a new connection each time, $clients at once," \
			"300 times in each"
		bench connect 300 "$clients"
	done
}

do_clients() {
	local clients

	for clients in 8 64; do
		echo "lists, $clients connections, each with one on its way," \
			"2000 in each"
		bench list 2000 "$clients"
	done
}

do_idle() {
	echo "100 connections that do nothing, after a list each"
	/bed/bin/agentbench 1 idle 100 <"$sides" ||
		fail "bench-agent, idle" "ended with $?"
}

do_real() {
	before real "$out/ssh-agent"
	echo "== ssh-agent"
	do_list
	do_sign 100
	do_connect
}

load() {
	echo "$(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
}

ssh-keygen -q -t ed25519 -N '' -C bench -f "$out/key"
ssh-agent -a "$out/ssh-agent" >"$out/ssh-agent.says"
SSH_AUTH_SOCK=$out/ssh-agent ssh-add -q "$out/key" ||
	skip_all "ssh-agent takes no key"
/bed/bin/nullagent "$out/null-agent" "$out/ssh-agent" &
disown
wait_for 20 test -S "$out/null-agent" || fail "bench-agent" "no null agent"
load
before null "$out/null-agent"
echo "== an agent that costs nothing"
for what; do
	"do_$what"
done
load
pass "bench-agent"
finish

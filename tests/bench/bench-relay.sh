#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent-forwarder --raw beside socat, and beside no relay at all: bytes a
# second, and connections a second.
#
#	bench-relay.sh [ROUNDS]

BED_LIMIT=${BED_LIMIT:-1800}
export BED_LIMIT
# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
need socat || skip_all "needs socat"
rounds=${1:-15}
mib=256
out=$BED/out/relay
bench=$BED/bin/relaybench
install -d -m 0700 "$out" "$out/run"
export XDG_RUNTIME_DIR=$out/run
sink=$out/sink

# Each is there when its socket is.
mkfifo "$out/stop"
"$AGENT_FORWARDER" --raw --listen "$out/raw" --connect "$sink" \
	--allow-dir "$out" -- cat "$out/stop" &
socat UNIX-LISTEN:"$out/socat",fork UNIX-CONNECT:"$sink" &
one=$!
socat -b 262144 UNIX-LISTEN:"$out/socat-b",fork UNIX-CONNECT:"$sink" &
two=$!
for name in raw socat socat-b; do
	wait_for 20 test -S "$out/$name" || fail "bench-relay" "no $name"
done

sides=("socat=$out/socat" "socat -b 262144=$out/socat-b"
	"agent-forwarder --raw=$out/raw" "nothing in between=$sink")
load() {
	echo "$(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
}

load
for block in 4096 65536; do
	echo "$mib MiB, writes of $block bytes, $rounds rounds in turn"
	"$bench" bulk "$rounds" "$mib" "$block" "$sink" "${sides[@]}" ||
		fail "bench-relay, $block" "ended with $?"
done
echo "300 connections, one after the other, $rounds rounds in turn"
"$bench" connect "$rounds" 300 "$sink" "${sides[@]}" ||
	fail "bench-relay, connections" "ended with $?"
load
kill "$one" "$two"
: >"$out/stop"
pass "bench-relay"
finish

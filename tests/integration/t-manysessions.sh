#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Many sessions of pty-broker at once: all are there and listed in no time,
# none is woken while nothing happens, each is small, and all can be ended.
# Would have caught a timer that ticks, a list that asks every session, a
# session that keeps what its maker had in memory, and files that stay.
#
#	t-manysessions.sh [SESSIONS [SECONDS]]	default 50, idle for 3

BED_LIMIT=${BED_LIMIT:-180}
export BED_LIMIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

sessions=${1:-50}
seconds=${2:-3}
out=$BED/out
runtime=$out/run-alice
place=$runtime/ssh-incubator/pty
install -d -m 0700 -o alice -g alice "$runtime"
ulimit -n 4096 2>/dev/null

# What is installed in the machine, as alice.
as_alice() {
	setpriv --reuid 1001 --regid 1001 --init-groups \
		env -i HOME=/home/alice USER=alice LOGNAME=alice PATH="$PATH" \
		XDG_RUNTIME_DIR="$runtime" TERM=xterm SHELL=/bin/bash "$@"
}

keepers() {
	pgrep -u alice -f '^pty-broker-session '
}

count_keepers() {
	keepers | wc -l
}

# How often they have gone to sleep so far, all of them.
switches() {
	local pid

	for pid in $(keepers); do
		grep '^voluntary_ctxt_switches' "/proc/$pid/status"
	done | awk '{ n += $2 } END { print n + 0 }'
}

at_rest() {
	local before after

	before=$(switches)
	read -r -t 0.3 <>"$out/.never"
	after=$(switches)
	[ "$before" = "$after" ]
}

make_all() {
	local i

	for ((i = 1; i <= sessions; i++)); do
		as_alice pty-broker new "many$i" -- cat || return
	done
}

check "$sessions sessions are made" make_all
check_eq "each has a process" "$sessions" "$(count_keepers)"
check_eq "list has a line for each" "$sessions" \
	"$(as_alice pty-broker list | grep -c '^many')"
check_eq "and --json an object" "$sessions" \
	"$(as_alice pty-broker list --json | grep -c '"name":"many')"

# The fastest of some, to be read: no test fails on a clock.
fastest() {
	local i start best=1000000 took

	for ((i = 0; i < 20; i++)); do
		start=${EPOCHREALTIME/[.,]/}
		as_alice pty-broker list >/dev/null
		took=$((${EPOCHREALTIME/[.,]/} - start))
		((took < best)) && best=$took
	done
	echo "$best"
}
best=$(fastest)
echo "# list of $sessions: $((best / 1000)).$(printf %03d $((best % 1000))) ms"

# Neither list nor anything else keeps them awake.
if wait_for 30 at_rest; then
	before=$(switches)
	read -r -t "$seconds" <>"$out/.never"
	check_eq "nobody is woken in $seconds s" "$before" "$(switches)"
else
	fail "nobody is woken in $seconds s" "never at rest"
fi

# The sums of the kernel's own, in kB.
memory() {
	local pid

	for pid in $(keepers); do
		cat "/proc/$pid/smaps_rollup"
	done | awk -v n="$sessions" '
		/^Pss:/ { pss += $2 }
		/^Private_Dirty:/ { dirty += $2 }
		END { printf "%d %d\n", pss / n, dirty / n }'
}
read -r pss dirty <<<"$(memory)"
echo "# $sessions sessions: PSS $pss kB each, of its own $dirty kB"
# A dtach has 105 to 115.
if grep -aq __asan_init /usr/local/bin/pty-broker-session ||
	[ "$(getconf PAGESIZE)" != 4096 ]; then
	skip "each is small" "sanitizers, or other pages"
elif ((pss > 0 && pss <= 120)); then
	pass "each is small"
else
	fail "each is small" "$pss kB"
fi

end_all() {
	local i

	for ((i = 1; i <= sessions; i++)); do
		as_alice pty-broker kill "many$i" || return
	done
}
none() {
	[ "$(pgrep -u alice | wc -l)" = 0 ]
}
check "all of them are ended" end_all
check "and no process stays" wait_for 60 none
check_eq "and no file" "" "$(ls -A "$place")"
check_eq "list is empty" "" "$(as_alice pty-broker list)"
finish

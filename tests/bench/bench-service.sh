#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How long a session takes to begin and end on a system with logind: the
# service's beside plain sshd's, root's login with a forced command, and what
# root has for it on the machine itself.  Debian 12 and 13 are booted for it,
# as by make check-system.
#
#	bench-service.sh
#
# In the environment: BENCH_ROUNDS, default 25.

if [ -z "${SYSTEM_BED:-}" ]; then
	# machinectl(1) is in it.
	export SI_SYSTEM_EXTRA=systemd-container BED_LIMIT=3600
fi
# shellcheck source=../system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
# shellcheck source=../system/service.sh
. "$(dirname "$0")/../system/service.sh"

rounds=${BENCH_ROUNDS:-25}
kex=$(ssh -F none -T -G bed | sed -n 's/^kexalgorithms //p')
login=("${RAW_SSH[@]}" -n -o "KexAlgorithms=$kex")
export INSIDE_LIMIT=1800
service_conf <<'END'
Match Caller gateway,root
	LocalUser alice
END
forced root-alice "exec $INCUBATOR --local-user alice --remote-user anna"

# The processor time is that of a client alone, and says nothing.
in_turn() {
	"$@" | cut -c1-62
	[ "${PIPESTATUS[0]}" = 0 ] || fail "bench-service" "a command failed"
}

# new WORDS OPTION...: one connection for each session.
new() {
	echo "$SUITE: $1, $rounds rounds in turn"
	in_turn "$BED/bin/alternate" "$rounds" \
		"sshd, alice" "${login[@]}" "${@:2}" plain-alice true -- \
		"sshd, gateway: the service" "${login[@]}" "${@:2}" gw true -- \
		"sshd, root: forced command" "${login[@]}" "${@:2}" \
		root-alice true
}

# more WORDS OPTION...: sessions over a connection that is there.
more() {
	echo "$SUITE: $1, $((4 * rounds)) rounds in turn"
	in_turn "$BED/bin/alternate" "$((4 * rounds))" \
		"sshd, alice" "${RAW_SSH[@]}" -n "${@:2}" \
		-S "$BED/out/plain-alice" plain-alice true -- \
		"sshd, gateway: the service" "${RAW_SSH[@]}" -n "${@:2}" \
		-S "$BED/out/gw" gw true -- \
		"sshd, root: forced command" "${RAW_SSH[@]}" -n "${@:2}" \
		-S "$BED/out/root-alice" root-alice true
}

# has PROGRAM: or a line that says so.
has() {
	inside which "$1" >/dev/null || {
		skip "$1" "not installed there"
		return 1
	}
}

# What root types on the machine, each on a terminal of its own.  The service
# is asked by a small program instead of the front, which would want sshd for a
# parent.
here() {
	local -a all=()

	! has machinectl || all+=("machinectl shell" machinectl -q shell
		alice@.host /bin/true --)
	! has run0 || all+=("run0" run0 --user=alice /bin/true --)
	all+=("the service" rawfront "$RUN_PATH/service.sock" command=true
		tty= report=/dev/null request ready drop answer end --
		"runuser -u" runuser -u alice '\--' true --
		"su -l" su -l alice -c true --
		"systemd-run --uid" systemd-run -q --pty --wait --collect
		--uid=alice /bin/true --
		"systemd-run --uid, PAM" systemd-run -q --pty --wait --collect
		--uid=alice -p PAMName=login /bin/true)
	echo "$SUITE: on the machine, $((2 * rounds)) rounds in turn"
	in_turn inside alternate -t "$((2 * rounds))" "${all[@]}"
}

load() {
	echo "$SUITE: $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
}

load
for host in plain-alice gw root-alice; do
	"${RAW_SSH[@]}" -fN -T -M -S "$BED/out/$host" "$host"
done
new "a new connection that runs true"
new "the same with a terminal" -q -tt
record_auth
new "the same, and sshd writes down by which key" -q -tt
more "one more session on an open connection"
more "the same with a terminal" -q -tt
for host in plain-alice gw root-alice; do
	"${RAW_SSH[@]}" -q -O exit -S "$BED/out/$host" "$host"
done
here
load
pass "bench-service, $SUITE"
finish

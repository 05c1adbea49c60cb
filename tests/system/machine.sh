#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The inside of bed.sh: lays an empty layer over the tree, fills it, boots it,
# and runs the scripts one after the other.  This process is number 1 of the
# namespace; when it ends, everything ends.

set -eu

export BED=$BED_ROOT SUITE=$BED_SUITE
export ROOT=$BED/root		# the system's root, before it is booted
export ADDRESS=10.9.9.2		# the system's; ours is 10.9.9.1
export MACHINE=			# its process 1, as we see it
here=$(cd "$(dirname "$0")" && pwd)

broken() {
	echo "FAIL system-$SUITE: $1"
	[ ! -f "$BED/log/console" ] ||
		tail -n 20 "$BED/log/console" | cat -v | sed 's/^/# console: /'
	exit 99
}

layer() {
	mount --make-rprivate /
	mount -t tmpfs -o mode=755 tmpfs "$BED"
	mkdir "$BED"/{bin,auth,keys,hosts,log,out,upper,work,root}
	mount -t overlay -o "lowerdir=$BED_LAYERS,upperdir=$BED/upper" \
		-o "workdir=$BED/work" overlay "$ROOT"
	for tool in "$BED_BUILDDIR"/tests/{integration,system}/tools/* \
		"$BED_BUILDDIR/tests/bench/alternate"; do
		if [ -x "$tool" ] && [ -f "$tool" ]; then
			install -m 0755 "$tool" "$BED/bin/"
		fi
	done
}

network() {
	ip link set lo up
	ip addr add 10.9.9.1/24 dev ve-bed
	ip link set ve-bed up
	nsenter -t "$MACHINE" -n ip addr add "$ADDRESS/24" dev host0
	nsenter -t "$MACHINE" -n ip link set host0 up
}

# Wait with "read": no process for each look.
mkfifo_never() {
	mkfifo "$BED/out/.never"
}

pause() {
	read -r -t 0.05 <>"$BED/out/.never" || :
}

# Its first process is the child of nspawn; that it runs systemd shows when
# the manager answers.
boot() {
	local nspawn state end=$((SECONDS + 180))
	local landlock=(landlock_{create_ruleset,add_rule,restrict_self})

	# Keyrings: each session has one; Landlock, by which they are confined.
	# nspawn forbids both by default.
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -q -D "$ROOT" \
		-M bed --register=no --keep-unit --boot --console=pipe \
		--network-veth --resolv-conf=off --timezone=off \
		--system-call-filter="@keyring ${landlock[*]}" \
		</dev/null >"$BED/log/console" 2>&1 9>&- &
	nspawn=$!
	while [ "$SECONDS" -lt "$end" ] && kill -0 "$nspawn" 2>/dev/null; do
		read -r MACHINE _ <"/proc/$nspawn/task/$nspawn/children" || :
		state=
		[ -z "$MACHINE" ] || state=$("$here/inside" \
			systemctl is-system-running 2>/dev/null) || :
		case "$state" in
		running|degraded) return ;;
		esac
		pause
	done
	broken "the system did not boot"
}

# Answers once the server listens.
wait_for_sshd() {
	local end=$((SECONDS + 120))

	until timeout 20 ssh -F "$BED/ssh_config" "$FIRST_HOST" true \
		2>"$BED/log/first-ssh"; do
		[ "$SECONDS" -lt "$end" ] ||
			broken "no answer of sshd: $(tail -n 1 "$BED/log/first-ssh")"
		pause
	done
}

# run_script SCRIPT: the environment is made here, whatever the caller's was.
run_script() {
	local limit=${BED_LIMIT:-600} status=0

	echo "# ${1##*/} on $SUITE"
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8 \
		TERM=xterm BED="$BED" SYSTEM_BED=1 SUITE="$SUITE" \
		MACHINE="$MACHINE" ADDRESS="$ADDRESS" ROOT="/proc/$MACHINE/root" \
		INCUBATOR="$INCUBATOR" CONFIGURATION="$CONFIGURATION" \
		RUN_PATH="$RUN_PATH" TOP_SRCDIR="$BED_SRCDIR" \
		BENCH_ROUNDS="${BENCH_ROUNDS:-}" \
		timeout -k 2 "$limit" "$1" </dev/null 9>&- || status=$?
	[ "$status" -ne 124 ] || echo "FAIL ${1##*/}: not done in $limit s"
	return "$status"
}

layer
mkfifo_never
# INCUBATOR, CONFIGURATION, RUN_PATH and FIRST_HOST come from there.
. "$here/fill.sh"
boot
network
wait_for_sshd

failed=0 passed=0
for script; do
	status=0
	run_script "$script" || status=$?
	case "$status" in
	0) passed=1 ;;
	77) ;;
	*) failed=1 ;;
	esac
done
[ "$failed" = 0 ] || exit 1
[ "$passed" = 1 ] || exit 77
exit 0

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Build and test with the compilers of a Debian that is kept for it, for its
# own architecture or another.  The real machine is only read.
#
#	bed.sh SUITE ARCH CC [CONFIGURE-OPTION ...]
#
# bookworm or trixie; amd64, i386, arm64 or armhf; gcc or clang.  The programs
# of a strange processor run under qemu-user: a binfmt_misc(5) of this run's
# own (Linux 6.7) starts it, so that shells, sshd and what else a test calls
# are native.
#
# In the environment: SI_CROSS_SRCDIR, sources that nobody has configured in
# place, or else TOP_SRCDIR; SI_SYSTEM_TREES and SI_SYSTEM_MIRROR as for
# ../system/bed.sh; CROSS_TESTS, what to run of the tests in place of all that
# can (see inside.sh), none for a build alone; CROSS_JOBS; CROSS_BUILD, a
# directory for the build that is kept, so that the next one there only makes
# what has changed.  Exits with 1 if something failed, or 77 where it cannot
# run.

set -u

skip() {
	echo "SKIP $name: $1"
	exit 77
}

[ $# -ge 3 ] || {
	echo 'usage: bed.sh SUITE ARCH CC [CONFIGURE-OPTION ...]' >&2
	exit 64
}
here=$(cd "$(dirname "$0")" && pwd) || exit 99
export PATH="$PATH:/usr/sbin:/sbin"
export CROSS_SUITE=$1 CROSS_ARCH=$2 CROSS_CC=$3 CROSS_TREE CROSS_ROOT
export CROSS_SRCDIR CROSS_QEMU='' CROSS_STRANGE=''
shift 3
name=cross-$CROSS_SUITE-$CROSS_ARCH-$CROSS_CC
CROSS_SRCDIR=${SI_CROSS_SRCDIR:-${TOP_SRCDIR:-$here/../..}}
CROSS_SRCDIR=$(cd "$CROSS_SRCDIR" && pwd) || exit 99
trees=${SI_SYSTEM_TREES:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}}
[ -n "${SI_SYSTEM_TREES:-}" ] || trees=$trees/ssh-incubator/trees
CROSS_TREE=$trees/cross-$CROSS_SUITE

[ "$(id -u)" = 0 ] || skip "needs root"
command -v dpkg >/dev/null || skip "needs dpkg, and Debian's packages"
for program in unshare chroot flock setsid; do
	command -v "$program" >/dev/null || skip "needs $program"
done
unshare -m -p -f true 2>/dev/null || skip "may not make namespaces here"
case $(dpkg --print-architecture)-$CROSS_ARCH in
amd64-amd64|arm64-arm64|i386-i386|armhf-armhf|amd64-i386) ;;
*-arm64) CROSS_QEMU=qemu-aarch64 CROSS_STRANGE=1 ;;
*-armhf) CROSS_QEMU=qemu-arm CROSS_STRANGE=1 ;;
*) skip "nothing is known of $CROSS_ARCH" ;;
esac
[ -x "$CROSS_SRCDIR/configure" ] || skip "no configure in $CROSS_SRCDIR"
[ ! -e "$CROSS_SRCDIR/config.status" ] ||
	skip "$CROSS_SRCDIR is configured, which no other folder can be then"

# Others may look into the same tree at the same time, but not while it is
# made.
mkdir -p "$trees" || exit 99
exec 9>"$CROSS_TREE.lock"
flock -s 9
if ! "$here/tree.sh" "$CROSS_SUITE" "$CROSS_ARCH" "$trees" look \
	>/dev/null 2>&1; then
	flock 9
	"$here/tree.sh" "$CROSS_SUITE" "$CROSS_ARCH" "$trees" \
		>"$CROSS_TREE.log" 2>&1 </dev/null ||
		skip "no tree, see $CROSS_TREE.log"
	flock -s 9
fi

CROSS_ROOT=$(mktemp -d) || exit 99
machine=
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	[ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null
	[ -z "$machine" ] || wait "$machine" 2>/dev/null
	rm -rf --one-file-system "$CROSS_ROOT"
}
trap cleanup EXIT
trap 'exit 143' HUP INT TERM

unshare -m -p -f --mount-proc --kill-child=KILL \
	setsid "$here/machine.sh" "$@" </dev/null &
machine=$!
wait "$machine"
status=$?
machine=
exit "$status"

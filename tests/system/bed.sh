#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Boot a Debian with systemd and a stock sshd, install what was built, and run
# test scripts against it.  The real machine is only read.
#
#	bed.sh SUITE [SCRIPT ...]	bookworm or trixie; default all t-*.sh
#					but t-package-*
#
# Scripts of the name t-package-* get a clean system instead, in which nothing
# of ours is; the package, built in another clean one of that kind, waits for
# them in /root/package.
#
# In the environment: INCUBATOR, TOP_SRCDIR and TOP_BUILDDIR as for any test;
# SI_SYSTEM_TREES, the directory in which the installed systems are kept
# between runs (default ${XDG_CACHE_HOME:-~/.cache}/ssh-incubator/trees), and
# SI_SYSTEM_MIRROR, where they are made from; SI_SYSTEM_PACKAGE, a directory
# that package.sh has printed before, for who works on nothing but the scripts.
# Exits with 1 if a script failed, or 77 where it cannot run.

set -u

skip() {
	echo "SKIP $name: $1"
	exit 77
}

broken() {
	echo "FAIL $name: $1"
	exit 99
}

case "${1:-}" in
bookworm|trixie) ;;
*) echo "usage: bed.sh bookworm|trixie [SCRIPT ...]" >&2; exit 64 ;;
esac
here=$(cd "$(dirname "$0")" && pwd) || exit 99
export PATH="${PATH}:/usr/sbin:/sbin"
export BED_SUITE=$1 BED_SRCDIR BED_BUILDDIR BED_ROOT BED_LAYERS BED_FILL
name=system-$BED_SUITE
shift
BED_SRCDIR=$(cd "${TOP_SRCDIR:-$here/../..}" && pwd) || exit 99
BED_BUILDDIR=$(cd "${TOP_BUILDDIR:-$BED_SRCDIR}" && pwd) || exit 99
trees=${SI_SYSTEM_TREES:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}}
[ -n "${SI_SYSTEM_TREES:-}" ] || trees=$trees/ssh-incubator/trees

scripts=()
for script; do
	scripts+=("$(realpath "$script")") || exit 99
done
# Those of the package fill the tree in another way, see package-on.sh.
if [ ${#scripts[@]} -eq 0 ]; then
	for script in "$here"/t-*.sh; do
		case "${script##*/}" in
		t-package-*) ;;
		*) scripts+=("$(realpath "$script")") || exit 99 ;;
		esac
	done
fi
case "${scripts[0]##*/}" in
t-package-*) BED_FILL=package kind=clean name=package-$BED_SUITE ;;
*) BED_FILL=make kind= ;;
esac

[ "$(id -u)" = 0 ] || skip "needs root"
for program in systemd-nspawn unshare nsenter flock ip ssh; do
	command -v "$program" >/dev/null ||
		skip "needs $program (contrib/install-packages demo system)"
done
unshare -m -n -p -f true 2>/dev/null || skip "may not make namespaces here"
unshare -n ip link add name bed0 type veth peer name bed1 2>/dev/null ||
	skip "may not make a pair of network devices here"
[ -x "$BED_BUILDDIR/tests/integration/tools/drive" ] ||
	broken "the programs of tests/integration/tools are not built"

mkdir -p "$trees" || exit 99
tree=${kind:+$kind-}$BED_SUITE package=
if [ "$BED_FILL" = package ]; then
	package=${SI_SYSTEM_PACKAGE:-}
	[ -n "$package" ] || package=$("$here/package.sh" "$BED_SUITE" \
		"$trees" "$BED_SRCDIR")
	case $? in
	0) ;;
	77) skip "$package" ;;
	*) echo "FAIL $name: $package"; exit 1 ;;
	esac
fi

# Others may boot the same tree at the same time, but not while it is made.
exec 9>"$trees/$tree.lock"
flock 9
"$here/tree.sh" "$BED_SUITE" "$trees" "$kind" ||
	skip "no tree, see $trees/$tree.log"
flock -s 9
BED_LAYERS=${package:+$package:}$trees/$tree

BED_ROOT=$(mktemp -d) || exit 99
groups=()
machine=

# Groups of our own, or two beds would share what nspawn makes below them.
own_groups() {
	local controllers path mount dir

	while IFS=: read -r _ controllers path; do
		case "$controllers" in
		'') mount=$(findmnt -n -o TARGET -t cgroup2 | head -n 1) ;;
		name=systemd) mount=/sys/fs/cgroup/systemd ;;
		*) continue ;;
		esac
		dir=$mount$path/${BED_ROOT##*/}
		if [ -n "$mount" ] && mkdir "$dir" 2>/dev/null; then
			groups+=("$dir")
		fi
	done </proc/self/cgroup
}

# A group whose last process has just been reaped is busy for a moment more.
# shellcheck disable=SC2317 # called by the trap
remove_group() {
	local i

	for ((i = 0; i < 200; i++)); do
		find "$1" -depth -type d -exec rmdir {} \; 2>/dev/null
		[ -d "$1" ] || return
		read -r -t 0.05 <><(:) || :
	done
	echo "# $1 stays behind"
}

# Whatever the scripts leave running dies with process 1 of the namespace, and
# its mounts with it.
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	local dir

	[ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null
	[ -z "$machine" ] || wait "$machine" 2>/dev/null
	for dir in "${groups[@]}"; do
		remove_group "$dir"
	done
	rmdir "$BED_ROOT"
}
trap cleanup EXIT
trap 'exit 143' HUP INT TERM

own_groups
(
	for dir in "${groups[@]}"; do
		echo "$BASHPID" >"$dir/cgroup.procs" || exit 99
	done
	exec unshare -m -n -p -f --mount-proc --kill-child=KILL \
		setsid "$here/machine.sh" "${scripts[@]}"
) </dev/null &
machine=$!
wait "$machine"
status=$?
machine=
exit "$status"

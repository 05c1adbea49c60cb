#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Run a test script in a private machine: its own mounts, processes, network,
# accounts, PAM files, terminals and log.  The real machine is only read.
#
#	bed.sh SCRIPT [ARG ...]
#
# In the environment: INCUBATOR, ENV_FILTER, PTY_BROKER and AGENT_FORWARDER,
# the programs that were built; TOP_SRCDIR and TOP_BUILDDIR.  Exits with the script's status, or
# 77 where it cannot run.

set -u

skip() {
	echo "SKIP $name: $1"
	exit 77
}

broken() {
	echo "FAIL $name: $1"
	exit 99
}

[ $# -ge 1 ] || { echo "usage: bed.sh SCRIPT [ARG ...]" >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd) || exit 99
script=$1
name=${1##*/}
shift
export PATH="${PATH}:/usr/sbin:/sbin"
export BED_SRCDIR BED_BUILDDIR BED_INCUBATOR BED_ENV_FILTER BED_PTY_BROKER
export BED_AGENT_FORWARDER BED_SCRIPT BED_ROOT
BED_SRCDIR=$(cd "${TOP_SRCDIR:-$here/../..}" && pwd) || exit 99
BED_BUILDDIR=$(cd "${TOP_BUILDDIR:-$BED_SRCDIR}" && pwd) || exit 99
BED_INCUBATOR=$(realpath "${INCUBATOR:-$BED_BUILDDIR/incubator}") || exit 99
BED_ENV_FILTER=$(realpath "${ENV_FILTER:-$BED_BUILDDIR/env-filter}") || exit 99
BED_PTY_BROKER=$(realpath "${PTY_BROKER:-$BED_BUILDDIR/pty-broker}") || exit 99
BED_AGENT_FORWARDER=$(realpath \
	"${AGENT_FORWARDER:-$BED_BUILDDIR/agent-forwarder}") || exit 99
BED_SCRIPT=$(realpath --relative-to="$here" "$script") || exit 99

[ "$(id -u)" = 0 ] || skip "needs root"
for program in unshare mount setsid realpath; do
	command -v "$program" >/dev/null || skip "needs $program"
done
[ -x /usr/sbin/sshd ] || skip "needs an OpenSSH server"
command -v ssh >/dev/null || skip "needs an OpenSSH client"
unshare -m -n -p -i -u -f true 2>/dev/null ||
	skip "may not make namespaces here"
for program in "$BED_INCUBATOR" "$BED_ENV_FILTER" "$BED_PTY_BROKER"; do
	[ -x "$program" ] || broken "$program is not there"
done
[ -x "$BED_BUILDDIR/tests/integration/tools/probe" ] ||
	broken "the programs of tests/integration/tools are not built"

BED_ROOT=$(mktemp -d) || exit 99
machine=
# Whatever the script leaves running dies with process 1 of its machine.
cleanup() {
	[ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null
	rmdir "$BED_ROOT"
}
trap cleanup EXIT
trap 'exit 143' HUP INT TERM

unshare -m -n -p -i -u -f --kill-child=KILL \
	setsid "$here/machine.sh" "$@" </dev/null &
machine=$!
wait "$machine"
status=$?
machine=
exit "$status"

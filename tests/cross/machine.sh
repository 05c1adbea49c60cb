#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The middle of bed.sh, process 1 of a pid namespace: lays the tree under a
# layer that is thrown away, and runs inside.sh in it; for a strange processor
# in a user namespace, where binfmt_misc(5) is our own.

set -eu
root=$CROSS_ROOT/root

# Of its own: who is root in there may change the mode of a node.
devices() {
	local dev=$root/dev node

	mount -t tmpfs -o mode=755 tmpfs "$dev"
	for node in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$dev/${node%:*}" c 1 "${node#*:}"
	done
	mknod -m 666 "$dev/tty" c 5 0
	mkdir "$dev/pts" "$dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts \
		"$dev/pts"
	mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s /proc/self/fd/0 "$dev/stdin"
	ln -s /proc/self/fd/1 "$dev/stdout"
	ln -s /proc/self/fd/2 "$dev/stderr"
}

lay_out() {
	mount --make-rprivate /
	mkdir "$CROSS_ROOT"/{upper,work,root,build}
	mount -t overlay -o \
		"lowerdir=$CROSS_TREE,upperdir=$CROSS_ROOT/upper,workdir=$CROSS_ROOT/work" \
		overlay "$root"
	mkdir -p "$root"/{src,build}
	mount --bind "$CROSS_SRCDIR" "$root/src"
	mount -o remount,bind,ro "$root/src"
	# No layer there: what is linked and renamed keeps its number.
	mount --bind "${CROSS_BUILD:-$CROSS_ROOT/build}" "$root/build"
	devices
	mount --rbind /sys "$root/sys"
	mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
	mount -t tmpfs -o mode=755 tmpfs "$root/run"
	mkdir "$root/run/lock"
	mount -t proc proc "$root/proc"
}

# The line for binfmt_misc: ELF, of that class and processor, little-endian,
# a program or a position-independent one.  F opens qemu now, from here.
binfmt_line() {
	local class machine zeros='\x00\x00\x00\x00\x00\x00\x00\x00'
	local ones='\xff\xff\xff\xff\xff\xff\xff'

	case "$CROSS_QEMU" in
	qemu-aarch64) class=02 machine=b7 ;;
	qemu-arm) class=01 machine=28 ;;
	esac
	printf '%s' ":$CROSS_QEMU:M::" \
		"\\x7fELF\\x$class\\x01\\x01\\x00$zeros\\x02\\x00\\x$machine\\x00:" \
		"$ones\\x00$ones\\xff\\xfe\\xff\\xff\\xff:" \
		"$root/usr/bin/$CROSS_QEMU-static:F"
}

# All ids but the last two: the last is none, and a map of all the others is
# what pam_loginuid takes for the machine itself, where a login that already
# has a number (a session of ours below sshd) can be given another.  Who
# writes the map must be outside.
enter_user_namespace() {
	local child go there

	go=$CROSS_ROOT/go there=$CROSS_ROOT/there
	mkfifo "$go" "$there"
	exec 3<>"$go" 4<>"$there"
	unshare -U -m -p -f --kill-child=KILL "$0" --inside "$@" &
	child=$!
	read -r _ <&4
	echo '0 0 4294967294' >"/proc/$child/uid_map"
	echo '0 0 4294967294' >"/proc/$child/gid_map"
	echo >&3
	wait "$child"
}

come_in() {
	echo >&4
	read -r _ <&3
	exec 3>&- 4>&-
	mount -t proc proc "$root/proc"
	mount -t binfmt_misc binfmt_misc "$root/proc/sys/fs/binfmt_misc" \
		2>/dev/null && binfmt_line \
		>"$root/proc/sys/fs/binfmt_misc/register" ||
		echo '# no binfmt_misc of our own here (Linux 6.7)'
}

run_inside() {
	# Not by chroot(2) alone: tests look whether that can be left.
	mount --rbind "$root" "$root"
	cd "$root"
	mkdir -p .old
	pivot_root . .old
	exec chroot . /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 TERM=xterm \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		CROSS_SUITE="$CROSS_SUITE" CROSS_ARCH="$CROSS_ARCH" \
		CROSS_CC="$CROSS_CC" CROSS_STRANGE="$CROSS_STRANGE" \
		CROSS_JOBS="${CROSS_JOBS:-$(nproc)}" \
		CROSS_TESTS="${CROSS_TESTS-usual}" \
		/bin/sh -c 'umount -l /.old && exec "$@"' - \
		/src/tests/cross/inside.sh "$@"
}

if [ "${1:-}" = --inside ]; then
	shift
	come_in
	run_inside "$@"
fi
lay_out
if [ -z "$CROSS_STRANGE" ]; then
	run_inside "$@"
fi
enter_user_namespace "$@"

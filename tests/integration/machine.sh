#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The inside of bed.sh: builds the private machine's file system from mounts
# that only this process tree sees, moves into it, and runs the script there.
# This process is number 1 of the machine; when it ends, everything ends.

set -eu

root=$BED_ROOT

# A directory of the real machine, seen but not written to.
see() {
	mkdir -p "$root$2"
	mount --rbind "$1" "$root$2"
	mount -o remount,bind,ro "$root$2"
}

system_directories() {
	local dir

	for dir in /bin /sbin /lib /lib32 /lib64 /libx32; do
		if [ -L "$dir" ]; then
			cp -P "$dir" "$root$dir"
		elif [ -d "$dir" ]; then
			see "$dir" "$dir"
		fi
	done
	see /usr /usr
	# A place of our own to install into, under a name as in real life.
	mount -t tmpfs -o mode=755 tmpfs "$root/usr/local"
	mkdir -p "$root"/usr/local/{bin,sbin,lib}
	mkdir -p "$root"/{proc,mnt,srv,home,root,run,tmp,var/tmp,var/lib}
	chmod 0700 "$root/root"
	chmod 1777 "$root/tmp" "$root/var/tmp"
	mkdir -p "$root"/var/{log,mail,cache,spool} "$root"/run/{sshd,lock}
	ln -s /run "$root/var/run"
	mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
}

# The ordinary devices, and terminals that nobody else has.
devices() {
	local dev=$root/dev node

	mkdir -p "$dev"
	mount -t tmpfs -o mode=755,nosuid tmpfs "$dev"
	mkdir "$dev/pts" "$dev/shm"
	chmod 1777 "$dev/shm"
	for node in null zero full random urandom tty; do
		: >"$dev/$node"
		mount --bind "/dev/$node" "$dev/$node"
	done
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 \
		devpts "$dev/pts"
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s /proc/self/fd/0 "$dev/stdin"
	ln -s /proc/self/fd/1 "$dev/stdout"
	ln -s /proc/self/fd/2 "$dev/stderr"
}

# What is tested, what it is tested with, and a place for what it writes.
project() {
	local bed=$root/bed tool program

	mkdir -p "$bed"/{bin,conf,auth,keys,hosts,log,out}
	chmod 1777 "$bed/out"
	chmod 0711 "$bed/auth" "$bed/keys"
	see "$BED_SRCDIR" /bed/src
	for tool in "$BED_BUILDDIR"/tests/{integration/tools,bench}/*; do
		if [ -x "$tool" ] && [ -f "$tool" ] && [ "${tool%.sh}" = "$tool" ]
		then
			install -m 0755 "$tool" "$bed/bin/"
		fi
	done
	install -m 0755 "$BED_INCUBATOR" "$root/usr/local/sbin/incubator"
	install -m 0755 "$BED_ENV_FILTER" "$root/usr/local/bin/env-filter"
	[ ! -x "$BED_AGENT_FORWARDER" ] || install -m 0755 \
		"$BED_AGENT_FORWARDER" "$root/usr/local/bin/agent-forwarder"
	# It finds the other programs that it consists of beside itself.
	for program in "$BED_PTY_BROKER" "$BED_PTY_BROKER"-*; do
		if [ -x "$program" ] && [ -f "$program" ]; then
			install -m 0755 "$program" "$root/usr/local/bin/"
		fi
	done
}

records() {
	local group=0

	: >"$root/run/utmp"
	: >"$root/var/log/wtmp"
	: >"$root/var/log/lastlog"
	: >"$root/var/log/btmp"
	group=$(sed -n 's/^utmp:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/group")
	chown "0:${group:-0}" "$root"/run/utmp "$root"/var/log/*tmp
	chmod 0664 "$root"/run/utmp "$root/var/log/wtmp"
	chmod 0660 "$root/var/log/btmp"
}

# The script's environment is made here, whatever the caller's was.
run_script() {
	local limit=${BED_LIMIT:-180}

	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8 \
		TERM=xterm BED=/bed INCUBATOR=/usr/local/sbin/incubator \
		ENV_FILTER=/usr/local/bin/env-filter \
		PTY_BROKER=/usr/local/bin/pty-broker \
		AGENT_FORWARDER=/usr/local/bin/agent-forwarder \
		TOP_SRCDIR=/bed/src \
		timeout -k 2 "$limit" \
		"/bed/src/tests/integration/$BED_SCRIPT" "$@" &
	wait "$!" && return 0
	local status=$?
	[ "$status" -ne 124 ] || echo "FAIL $BED_SCRIPT: not done in $limit s"
	return "$status"
}

if [ "${1:-}" != --inside ]; then
	umask 022
	mount --make-rprivate /
	mount -t tmpfs -o mode=755 tmpfs "$root"
	system_directories
	devices
	# All of /etc, so that what PAM, sudo or a shell reads there can be
	# replaced, and what they write there is gone with the machine.
	cp -a /etc "$root/etc"
	project
	mkdir "$root/.old"
	cd "$root"
	pivot_root . .old
	exec chroot . /bed/src/tests/integration/machine.sh --inside "$@"
fi

shift
root=
cd /
umount -l /.old
rmdir /.old
echo bed >/proc/sys/kernel/hostname
ip link set lo up 2>/dev/null || echo "# no loopback device"
. /bed/src/tests/integration/accounts.sh
records
/bed/bin/logsink /dev/log /bed/log/syslog
run_script "$@"

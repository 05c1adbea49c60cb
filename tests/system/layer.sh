#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Run a command as root in an installed system that is not booted: a layer of
# its own lies over the tree, it has processes and mounts of its own, and the
# network of the machine.
#
#	layer.sh TREE UPPER [SOURCE:TARGET ...] -- COMMAND [ARG ...]
#
# What it writes is below UPPER/changes, of an earlier call as well.  SOURCE, a
# file or a directory, is at TARGET.  Whatever it leaves running dies with it.

set -eu

if [ "${1:-}" != --inside ]; then
	exec unshare -m -p -f --kill-child=KILL --propagation private \
		"$0" --inside "$@"
fi
tree=$2 upper=$3 root=$3/root
shift 3

mkdir -p "$upper"/{changes,work,root}
mount -t overlay -o "lowerdir=$tree,upperdir=$upper/changes" \
	-o "workdir=$upper/work" overlay "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
rm -f "$root/etc/resolv.conf"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# No daemon starts because a package is installed: it would serve here.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"
while [ "$1" != -- ]; do
	if [ -d "${1%%:*}" ]; then
		mkdir -p "$root${1#*:}"
	else
		: >>"$root${1#*:}"
	fi
	mount --bind "${1%%:*}" "$root${1#*:}"
	shift
done
shift

# Not only chroot(2): who made it there may make no user namespaces.
cd "$root"
pivot_root . mnt
umount -l /mnt
cd /root
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	HOME=/root USER=root LOGNAME=root SHELL=/bin/bash TERM=dumb \
	LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"

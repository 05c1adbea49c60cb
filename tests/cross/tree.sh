#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Make TREES/cross-SUITE, an installed Debian with compilers, and install in it
# what a build for ARCH needs: the libraries of that architecture beside its
# own, as dpkg can.  Nothing is done, and no network needed, if all is there.
# Called by bed.sh, which holds the lock.
#
#	tree.sh SUITE ARCH TREES [look]
#
# With "look", only says by its status whether there is something to do.

set -u
suite=$1 arch=$2 tree=$3/cross-$1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
native=$(dpkg --print-architecture) || exit 1

# What builds, and what the tests look with.
packages=(build-essential autoconf automake pkgconf clang debhelper
	openssh-server openssh-client openssh-sftp-server sudo procps iproute2
	python3)
libraries=(libc6-dev libbsd-dev libmd-dev libpam0g-dev libjson-c-dev
	libvterm-dev check libpam-modules libsystemd0)

# The compiler for another architecture, and what runs its programs.
cross_packages() {
	case "$arch" in
	arm64) echo gcc-aarch64-linux-gnu qemu-user-static ;;
	armhf) echo gcc-arm-linux-gnueabihf qemu-user-static ;;
	i386) echo gcc-i686-linux-gnu ;;
	esac
}

# missing PACKAGE:ARCH...: those that the tree does not have, one a line.
missing() {
	local package

	# shellcheck disable=SC2016 # the variables are dpkg's
	chroot "$tree" dpkg-query -W \
		-f '${db:Status-Abbrev} ${Package}:${Architecture}\n' |
		awk -v wanted="$*" -v native="$native" '
		/^ii / { there[$2] = 1 }
		END {
			n = split(wanted, name, " ")
			for (i = 1; i <= n; i++) {
				any = name[i]
				sub(":" native "$", ":all", any)
				if (!(name[i] in there) && !(any in there))
					print name[i]
			}
		}'
}

make_tree() {
	command -v debootstrap >/dev/null || {
		echo 'needs debootstrap (contrib/install-packages cross)'
		return 1
	}
	rm -rf --one-file-system "$tree.new"
	timeout 1200 debootstrap --variant=minbase "$suite" "$tree.new" \
		"${SI_SYSTEM_MIRROR:-http://deb.debian.org/debian}" &&
		mv "$tree.new" "$tree"
}

# In a place of its own, so that a daemon that a package starts has nothing to
# listen on, and dies.
install() {
	cp /etc/resolv.conf "$tree/etc/resolv.conf" 2>/dev/null
	# shellcheck disable=SC2016 # the variables are the inner shell's
	timeout 1200 unshare -m -p -f --kill-child=KILL \
		--mount-proc="$tree/proc" chroot "$tree" /bin/sh -c '
		dpkg --add-architecture "$1" && shift &&
		apt-get update -q &&
		apt-get install -q -y --no-install-recommends "$@" &&
		apt-get clean && rm -rf /var/lib/apt/lists/*' - "$arch" "$@"
}

[ -d "$tree" ] || [ "${4:-}" = look ] || make_tree || exit 1
read -r -a cross < <([ "$arch" = "$native" ] || cross_packages)
wanted=()
for package in "${packages[@]}" "${cross[@]}"; do
	wanted+=("$package:$native")
done
for package in "${libraries[@]}" pkgconf; do
	wanted+=("$package:$arch")
done
mapfile -t list < <(missing "${wanted[@]}")
if [ "${4:-}" = look ]; then
	[ ${#list[@]} -eq 0 ]
	exit
fi
[ ${#list[@]} -eq 0 ] || install "${list[@]}" || exit 1
mapfile -t list < <(missing "${wanted[@]}")
[ ${#list[@]} -eq 0 ] || { echo "still missing: ${list[*]}"; exit 1; }

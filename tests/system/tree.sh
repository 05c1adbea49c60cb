#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Make TREES/SUITE, an installed Debian, where it is missing, and install in it
# what the tests need.  Nothing is done, and no network needed, if all is
# there.  Who calls it holds the lock.
#
#	tree.sh SUITE TREES		where "make install" goes to
#	tree.sh SUITE TREES clean	TREES/clean-SUITE, which has a server
#					and nothing that our packages bring
#	tree.sh SUITE TREES build	TREES/build-SUITE, which has git only
#
# SI_SYSTEM_EXTRA names packages that somebody would like to find, too; a tree
# without them is whole all the same.

set -u
suite=$1 kind=${3:-}
tree=$2/${kind:+$kind-}$suite log=$2/${kind:+$kind-}$suite.log
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

# What boots and what is logged in to; then what incubator links; what is used
# in sessions.
packages=(systemd systemd-sysv dbus dbus-user-session libpam-systemd
	openssh-server openssh-client procps)
# There utmp, wtmp and lastlog are gone.
[ "$suite" != trixie ] ||
	packages+=(wtmpdb libpam-wtmpdb lastlog2 libpam-lastlog2)
case "$kind" in
'') packages+=(libbsd0 libmd0 libjson-c5 libpam0g tmux vim sudo rsync) ;;
build) packages=(git) ;;
esac

# missing PACKAGE...: those that the tree does not have, one a line.
missing() {
	local package

	for package; do
		grep -qx "Package: $package" "$tree/var/lib/dpkg/status" ||
			echo "$package"
	done
}

make_tree() {
	command -v debootstrap >/dev/null || {
		echo 'needs debootstrap (contrib/install-packages system)'
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
	timeout 1200 unshare -m -p -f --kill-child=KILL \
		--mount-proc="$tree/proc" chroot "$tree" /bin/sh -c '
		apt-get update -q &&
		apt-get install -q -y --no-install-recommends "$@" &&
		apt-get clean && rm -rf /var/lib/apt/lists/*' - "$@"
}

{
	[ -d "$tree" ] || make_tree || exit 1
	mapfile -t list < <(missing "${packages[@]}")
	[ ${#list[@]} -eq 0 ] || install "${list[@]}" || exit 1
	mapfile -t list < <(missing "${packages[@]}")
	[ ${#list[@]} -eq 0 ] || exit 1
	read -r -a extra <<<"${SI_SYSTEM_EXTRA:-}"
	mapfile -t list < <(missing "${extra[@]}")
	[ ${#list[@]} -eq 0 ] || install "${list[@]}" || :
} >"$log" 2>&1 </dev/null

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Nothing but accounts: what the package does is for the scripts to see.  The
# server is as Debian sets it up, with its own key.  Sourced by fill.sh.

# Their groups are made by the scripts.
accounts() {
	local user id=1000

	for user in alice carol dora sven tina arno; do
		chroot "$ROOT" useradd -m -s /bin/bash -u $((++id)) "$user"
		: >"$ROOT/home/$user/.hushlogin"
		install -d -m 0700 -o "$id" -g "$id" "$ROOT/home/$user/.ssh"
		[ "$user" = alice ] || install -m 0600 -o "$id" -g "$id" \
			"$BED/keys/user.pub" \
			"$ROOT/home/$user/.ssh/authorized_keys"
	done
}

fill() {
	ssh-keygen -q -t ed25519 -N '' -C user -f "$BED/keys/user"
	echo "bed $(cat "$ROOT/etc/ssh/ssh_host_ed25519_key.pub")" \
		>"$BED/keys/known_hosts"
	accounts
	# Connections are refused and cut here on purpose.
	[ "$SUITE" = bookworm ] || echo "PerSourcePenalties no" \
		>"$ROOT/etc/ssh/sshd_config.d/00-bed.conf"
	printf 'Host %s\nUser %s\n' carol carol dora dora sven sven \
		tina tina arno arno >"$BED/hosts/users"
	export FIRST_HOST=carol INCUBATOR=/usr/sbin/incubator
	export CONFIGURATION=/etc/ssh-incubator/incubator.conf
	export RUN_PATH=/run/ssh-incubator
}

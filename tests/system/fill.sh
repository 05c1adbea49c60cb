# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What is put into the tree before it is booted.  Sourced by machine.sh.
# fill-make.sh: all that the scripts need, the programs as "make install" puts
# them there.  fill-package.sh: the package, for an administrator to install.

settings() {
	echo bed >"$ROOT/etc/hostname"
	echo "127.0.0.1 localhost bed" >"$ROOT/etc/hosts"
	: >"$ROOT/etc/resolv.conf"
	# Readable afterwards, and no flush to the disk.
	mkdir -p "$ROOT/etc/systemd/journald.conf.d"
	printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' \
		>"$ROOT/etc/systemd/journald.conf.d/bed.conf"
}

# add_user NAME ID SHELL
add_user() {
	echo "$1:x:$2:$2:The user $1:/home/$1:$3" >>"$ROOT/etc/passwd"
	echo "$1:*:19000:0:99999:7:::" >>"$ROOT/etc/shadow"
	echo "$1:x:$2:" >>"$ROOT/etc/group"
}

client() {
	local user

	cat >"$BED/ssh_config" <<-END
		Include $BED/hosts/*
		Host *
			HostName $ADDRESS
			HostKeyAlias bed
			UserKnownHostsFile $BED/keys/known_hosts
			StrictHostKeyChecking yes
			IdentityFile $BED/keys/user
			IdentitiesOnly yes
			IdentityAgent none
			PreferredAuthentications publickey
			ConnectTimeout 30
			# A quarter of the time that the default takes.
			KexAlgorithms curve25519-sha256
	END
	for user in alice bob; do
		printf 'Host plain-%s\nUser %s\n' "$user" "$user"
	done >"$BED/hosts/plain"
	printf 'Host root\nUser root\n' >"$BED/hosts/root"
	printf 'Host gw\nUser gateway\n' >"$BED/hosts/gw"
}

# Also exports what the scripts go by: INCUBATOR, CONFIGURATION, RUN_PATH; and
# FIRST_HOST, at which somebody is let in.
# shellcheck disable=SC1090 # one of the two
. "${here:?}/fill-$BED_FILL.sh"
settings
fill
client

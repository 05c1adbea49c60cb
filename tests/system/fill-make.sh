# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The programs and units as "make install" puts them there, accounts, PAM
# files, keys and configuration.  Sourced by fill.sh.

# What configure was told, by the name of make's variable.
configured() {
	sed -n "s/^$1 = //p" "$BED_BUILDDIR/Makefile" | head -n 1
}

# The value of a macro of config.h.
defined() {
	sed -n "s/^#define $1 \"\(.*\)\"$/\1/p" "$BED_BUILDDIR/config.h"
}

# Export what the scripts go by: INCUBATOR, CONFIGURATION, RUN_PATH.
programs() {
	local sbindir

	if ! (unset MAKEFLAGS MFLAGS MAKELEVEL
		make -C "$BED_BUILDDIR" install DESTDIR="$ROOT" \
			systemd_unitdir=/usr/lib/systemd/system \
			sysusersdir=/usr/lib/sysusers.d) \
		>"$BED/log/install" 2>&1; then
		tail -n 5 "$BED/log/install" | sed 's/^/# /'
		broken "make install"
	fi
	sbindir=$(configured sbindir)
	# shellcheck disable=SC2016 # make expands them, and not the shell
	sbindir=${sbindir//'${exec_prefix}'/$(configured exec_prefix)}
	# shellcheck disable=SC2016
	sbindir=${sbindir//'${prefix}'/$(configured prefix)}
	export INCUBATOR CONFIGURATION RUN_PATH
	INCUBATOR=$sbindir/incubator
	CONFIGURATION=$(defined CONFIGURATION_PATH)
	RUN_PATH=$(defined RUN_PATH)
	# Under its usual name as well, for who types it.
	[ "$sbindir" = /usr/sbin ] || ln -s "$INCUBATOR" "$ROOT/usr/sbin/"
	# Built here, run there: the library versions may differ.
	chroot "$ROOT" "$INCUBATOR" --version >"$BED/log/install" 2>&1 || {
		echo "SKIP system-$SUITE: what was built here does not run" \
			"there: $(tail -n 1 "$BED/log/install")"
		exit 77
	}
}

accounts() {
	local user

	add_user alice 1001 /bin/bash
	add_user bob 1002 /bin/sh
	add_user gateway 1003 /bin/sh
	for user in alice bob; do
		cp -a "$ROOT/etc/skel" "$ROOT/home/$user"
		: >"$ROOT/home/$user/.hushlogin"
	done
	chown -R 1001:1001 "$ROOT/home/alice"
	chown -R 1002:1002 "$ROOT/home/bob"
	# It must not have a file of its own that a shell would read.
	install -d -m 0755 "$ROOT/home/gateway"
	chroot "$ROOT" systemd-sysusers >"$BED/log/sysusers" 2>&1 ||
		broken "systemd-sysusers: $(tail -n 1 "$BED/log/sysusers")"
	sed -i 's/^\(ssh-incubator:.*:\)$/\1gateway/' "$ROOT/etc/group"
	echo "alice ALL=(ALL:ALL) NOPASSWD: ALL" >"$ROOT/etc/sudoers.d/bed"
	chmod 0440 "$ROOT/etc/sudoers.d/bed"
}

service() {
	install -m 0644 "$BED_SRCDIR/contrib/pam.d/ssh-incubator" \
		"$ROOT/etc/pam.d/ssh-incubator"
	chroot "$ROOT" systemctl -q enable ssh-incubator.socket \
		>"$BED/log/enable" 2>&1 ||
		broken "enable: $(tail -n 1 "$BED/log/enable")"
}

# Keys of root's, one a forced command, are added by lib.sh.
server() {
	local user

	ssh-keygen -q -t ed25519 -N '' -C host -f "$BED/keys/host"
	ssh-keygen -q -t ed25519 -N '' -C user -f "$BED/keys/user"
	echo "bed $(cat "$BED/keys/host.pub")" >"$BED/keys/known_hosts"
	install -m 0600 "$BED/keys/host" "$ROOT/etc/ssh/bed_host"
	install -d "$ROOT/etc/ssh/keys"
	for user in root alice bob gateway; do
		cp "$BED/keys/user.pub" "$ROOT/etc/ssh/keys/$user"
	done
	{
		cat <<-END
			HostKey /etc/ssh/bed_host
			AuthorizedKeysFile /etc/ssh/keys/%u
			UsePAM yes
			PasswordAuthentication no
			KbdInteractiveAuthentication no
			PermitRootLogin prohibit-password
			UseDNS no
			PrintMotd no
			PrintLastLog no
			LogLevel VERBOSE
			MaxStartups 200
			MaxSessions 200
		END
		# Connections are cut here on purpose.
		[ "$SUITE" = bookworm ] || echo "PerSourcePenalties no"
		cat <<-END
			Match User gateway
				ForceCommand exec $INCUBATOR --front
				DisableForwarding yes
			Match all
		END
	} >"$ROOT/etc/ssh/sshd_config.d/00-bed.conf"
}

tools() {
	for tool in "$BED"/bin/*; do
		install -m 0755 "$tool" "$ROOT/usr/local/bin/"
	done
}

fill() {
	tools
	programs
	accounts
	service
	server
	export FIRST_HOST=root
}

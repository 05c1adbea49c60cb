#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the spec becomes on each of the distributions that it is for.  Their
# macros are played by ones that leave their own name and arguments, so that it
# shows which are used where; what they do is the distribution's.  Would have
# caught: a path of OpenSSH's that is another distribution's, a PAM file that
# includes what is not there, a group that nobody makes, or that rpm makes
# already, a macro that restarts the socket at an upgrade, and a static program.

set -u
# shellcheck source=tests/package/rpm.sh
. "$TOP_SRCDIR/tests/package/rpm.sh"

need_program rpmspec

# The macros that the distributions have and Debian's rpm lacks.
played()
{
	local macro

	for macro in systemd_post systemd_preun systemd_postun \
	    systemd_postun_with_restart service_add_pre service_add_post \
	    service_del_preun service_del_postun \
	    service_del_postun_without_restart; do
		echo "-D"
		echo "$macro() played-$macro %{?*}"
	done
	printf '%s\n' -D 'systemd_ordering OrderWithRequires: systemd' \
	    -D '_unitdir /usr/lib/systemd/system' \
	    -D '_sysusersdir /usr/lib/sysusers.d' \
	    -D '_defaultdocdir /usr/share/doc'
}

sections='build|install|check|pre|post|preun|postun|changelog|prep|files'
sections="$sections|license|dir|doc|config|attr|\\{"

# on NAME OPTION ...: parsed, into $work/NAME.
on()
{
	local system=$1

	shift
	mapfile -t macros < <(played)
	rpmspec -P "${macros[@]}" "$@" "$spec" >"$work/$system" \
	    2>"$work/out"
	verdict "$system: parsed, and nothing said" "$work/out"
	# A macro that nobody knows stays as it was written.
	sed '/^%description/,/^%prep/d' "$work/$system" |
	    grep -vE "^%($sections)" |
	    grep -E '%[a-z_{]' >"$work/out"
	verdict "$system: every macro is known" "$work/out"
}

# section SYSTEM NAME: its lines.
section()
{
	sed -n "/^%$2\$/,/^%[a-z]/{/^%/d;/^\$/d;/^#/d;p;}" "$work/$1"
}

# has SYSTEM WHAT LINE ...: lines that must be there, as they stand.
has()
{
	local system=$1 what=$2 line

	shift 2
	for line; do
		grep -qF -- "$line" "$work/$system" || echo "missing: $line"
	done >"$work/out"
	verdict "$system: $what" "$work/out"
}

# is SYSTEM SECTION LINES
is()
{
	section "$1" "$2" | diff <(printf '%b' "$3") - >"$work/out"
	verdict "$1: %$2" "$work/out"
}

common()
{
	has "$1" "linked as any other, flags and folders of the distribution's" \
	    --disable-static-session ./configure \
	    --with-systemdsystemunitdir=/usr/lib/systemd/system \
	    --with-sysusersdir=/usr/lib/sysusers.d
	grep -nE '(_with_|try-| )restart|CFLAGS=[^"$]|--disable-hardening' "$work/$1" |
	    grep -v ':#' >"$work/out"
	verdict "$1: nothing restarted, no flags of ours" "$work/out"
}

red_hat()
{
	common "$1"
	is "$1" preun 'played-systemd_preun ssh-incubator.socket\n'
	is "$1" postun 'played-systemd_postun ssh-incubator.socket\n'
	has "$1" "PAM and OpenSSH as on Red Hat's" \
	    --with-sftp-server=/usr/libexec/openssh/sftp-server \
	    contrib/pam.d/ssh-incubator.redhat
}

paths='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin'
ask='systemd-sysusers /usr/lib/sysusers.d/ssh-incubator.conf'
ask="$ask >/dev/null 2>&1 || :\\n"
post='played-systemd_post ssh-incubator.socket\n'

on fedora -D 'fedora 42' -D 'dist .fc42' -D '_sbindir /usr/bin'
red_hat fedora
is fedora post "$post"
has fedora "sbin is bin" /usr/bin/incubator \
    --with-superuser-path=/usr/local/bin:/usr/bin

on fedora-41 -D 'fedora 41' -D 'dist .fc41'
red_hat fedora-41
is fedora-41 post "$ask$post"

on rhel -D 'rhel 9' -D 'dist .el9'
red_hat rhel
is rhel post "$ask$post"
has rhel "PATH of root" "--with-superuser-path=$paths" /usr/sbin/incubator

on opensuse -D 'suse_version 1699' -D '_defaultdocdir /usr/share/doc/packages'
common opensuse
is opensuse pre 'played-service_add_pre ssh-incubator.socket\n'
is opensuse post "${ask}played-service_add_post ssh-incubator.socket\n"
is opensuse preun 'played-service_del_preun ssh-incubator.socket\n'
is opensuse postun \
    'played-service_del_postun_without_restart ssh-incubator.socket\n'
has opensuse "PAM and OpenSSH as on SUSE's" contrib/pam.d/ssh-incubator.suse \
    --with-sftp-server=/usr/libexec/ssh/sftp-server \
    --docdir=/usr/share/doc/packages/ssh-incubator

# Who builds without the tests needs no libcheck, and runs nothing.
on fedora-bare -D 'fedora 42' --without tests --without vterm
grep -nE '^%check|pkgconfig\((check|vterm)\)' "$work/fedora-bare" >"$work/out"
verdict "without tests and vterm: neither is asked for" "$work/out"

# The programs of the account's own distribution: each file that the PAM file
# includes is one that it has.
for flavour in redhat:password-auth suse:common-; do
	awk -v want="${flavour#*:}" '
	$2 == "include" && index($3, want) != 1 { print }
	/^@include/ { print }' \
	    "$TOP_SRCDIR/contrib/pam.d/ssh-incubator.${flavour%:*}" >"$work/out"
	verdict "PAM for ${flavour%:*}: includes what is there" "$work/out"
done
exit "$status"

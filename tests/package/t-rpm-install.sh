#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The rpm is installed, upgraded and removed for real, by rpm, in a layer over a
# Debian tree of those that make check-system boots, for there are no others
# here: the release that this machine has, whose libraries the package wants.
# Would have caught: a configuration that an upgrade overwrites or a removal
# deletes, a group that nobody makes, a socket that installing enables, a
# session that an upgrade ends, a file that stays behind, a PAM file that
# refuses everybody.

if [ -z "${INSTALL_INSIDE:-}" ]; then
	# shellcheck source=tests/package/rpm.sh
	. "$TOP_SRCDIR/tests/package/rpm.sh"
	need_rpms
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	unshare -m -p -f true 2>/dev/null ||
	    skip_all "may not make namespaces here"
	for_debian ||
	    skip_all "the trees are Debian's, and the package is not"
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	trees=${SI_SYSTEM_TREES:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}}
	[ -n "${SI_SYSTEM_TREES:-}" ] || trees=$trees/ssh-incubator/trees
	case "$suite" in
	bookworm|trixie) ;;
	*) skip_all "no tree is made for this system" ;;
	esac
	mkdir -p "$trees" && exec 9>"$trees/$suite.lock" && flock 9 || exit 99
	"$TOP_SRCDIR/tests/system/tree.sh" "$suite" "$trees" ||
	    skip_all "no tree, see $trees/$suite.log"
	flock -s 9
	export INSTALL_INSIDE=$work TREE=$trees/$suite RPM=$rpm SRPM=$srpm
	# What is left running dies with the namespace.
	unshare -m -p -f --mount-proc --kill-child=KILL "$0"
	exit
fi

set -u -o pipefail
export LC_ALL=C.UTF-8
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
work=$INSTALL_INSIDE/inside root=$INSTALL_INSIDE/root
status=0

pass()
{
	echo "PASS $1"
}

# fail NAME [DETAIL]
fail()
{
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
	echo "FAIL $1"
	status=1
}

# check NAME COMMAND ...: what it says is shown if it fails.
check()
{
	local name=$1 said

	shift
	if said=$("$@" 2>&1 </dev/null); then
		pass "$name"
	else
		fail "$name" "$said"
	fi
}

# equal NAME EXPECTED COMMAND ...
equal()
{
	local name=$1 want=$2 said

	shift 2
	said=$("$@" 2>&1 </dev/null)
	if [ "$said" = "$want" ]; then
		pass "$name"
	else
		fail "$name" "got: $said"
	fi
}

# With what a shell of root's has there.
inside()
{
	env -i PATH="$PATH" HOME=/root USER=root LOGNAME=root SHELL=/bin/sh \
	    TERM=dumb LC_ALL=C.UTF-8 chroot "$root" "$@"
}

# As on a new Red Hat machine: what password-auth says, and that no socket is
# enabled unless a preset asks for it.
tree()
{
	mount --make-rprivate / && mkdir "$work" "$root" &&
	    mount -t tmpfs -o mode=755 tmpfs "$work" &&
	    mkdir "$work"/{upper,layer,new} &&
	    mount -t overlay -o "lowerdir=$TREE,upperdir=$work/upper" \
	    -o "workdir=$work/layer" overlay "$root" &&
	    mount -t proc proc "$root/proc" &&
	    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" &&
	    ln -sf pts/ptmx "$root/dev/ptmx" || exit 99
	mkdir -p "$root/usr/lib/systemd/system-preset" \
	    "$root/etc/systemd/system-preset" "$root/usr/share/licenses" \
	    "$root/usr/share/zsh/site-functions" || exit 99
	echo 'disable *' \
	    >"$root/usr/lib/systemd/system-preset/99-default-disable.preset"
	cat >"$root/etc/pam.d/password-auth" <<-'END'
		auth required pam_unix.so
		account required pam_unix.so
		session optional pam_keyinit.so revoke
		session required pam_limits.so
		-session optional pam_systemd.so
		session required pam_unix.so
	END
	inside useradd -m -s /bin/sh alice || exit 99
	# rpm's own is made by the first rpm that is asked.
	in_tree -qa >/dev/null 2>&1
	files >"$work/before"
}

files()
{
	(cd "$root" && find . -xdev -path ./tmp -prune -o \
	    -path ./var/lib/rpm -prune -o -path ./run -prune -o \
	    -path ./dev -prune -o -path ./root/.local -prune -o -print) | sort
}

# Debian's rpm wants to be told that it is meant.
in_tree()
{
	rpm --root "$root" --dbpath /var/lib/rpm --nodeps --force-debian "$@"
}

# A release that is newer, with a configuration that is another.
newer()
{
	local name

	tar -C "$work/new" -xf "$1" || return
	name=$(basename "$1" .tar.xz)
	echo '# a new line of the package'"'s" \
	    >>"$work/new/$name/contrib/etc/incubator.conf"
	sed -i 's/^Release: .*/Release: 2/' \
	    "$work/new/$name/contrib/rpm/ssh-incubator.spec" || return
	tar -C "$work/new" -cJf "$work/new/$name.tar.xz" "$name" &&
	    RPMBUILD_OPTIONS=--nocheck TMPDIR=$work/new \
	    "$work/new/$name/contrib/rpm/build" "$work/new/$name.tar.xz" \
	    "$work/new"
}

conf=etc/ssh-incubator/incubator.conf
wanted=etc/systemd/system/sockets.target.wants/ssh-incubator.socket

installed()
{
	equal "rpm -i, and nothing is said" "" in_tree -i "$RPM"
	equal "incubator runs" "$(rpm -qp --qf 'incubator %{VERSION}' "$RPM")" \
	    inside incubator --version
	check "the configuration is right as it comes" inside incubator -t
	equal "and no line of it counts" "" sed '/^#/d; /^$/d' "$root/$conf"
	check "the group is there" \
	    grep -q '^ssh-incubator:' "$root/etc/group"
	check "no socket is enabled" test ! -L "$root/$wanted"
	check "rpm -V" in_tree -V ssh-incubator
}

# The PAM file in place, as root by a forced command has it.
login()
{
	equal "$1" alice inside incubator --local-user alice -- /usr/bin/id -un
}

presets()
{
	in_tree -e ssh-incubator || fail "rpm -e"
	files | diff "$work/before" - >"$work/diff"
	equal "removed: nothing stays" "" sed -n 's/^[<>]/&/p' "$work/diff"
	echo 'enable ssh-incubator.socket' \
	    >"$root/etc/systemd/system-preset/10-site.preset"
	in_tree -i "$RPM" || fail "rpm -i"
	check "a site's preset enables the socket" test -L "$root/$wanted"
	rm "$root/etc/systemd/system-preset/10-site.preset"
}

# As an administrator and a user would: a line of his own, and a session.
upgraded()
{
	local edited pid

	printf 'Umask 027\n' >>"$root/$conf"
	edited=$(cat "$root/$conf")
	check "a session is begun" inside pty-broker new work -- sleep 600
	pid=$(pgrep -f '^sleep 600$')
	check "rpm -U" in_tree -U "$work/new"/ssh-incubator-[0-9]*-2.*64.rpm
	equal "the higher release is there" 2 rpm --root "$root" \
	    --dbpath /var/lib/rpm -q --qf '%{RELEASE}' ssh-incubator
	equal "the edited configuration is kept" "$edited" cat "$root/$conf"
	check "the package's is beside it" \
	    grep -q "^# a new line of" "$root/$conf.rpmnew"
	check "the socket is still enabled" test -L "$root/$wanted"
	equal "the session has gone on" "$pid" pgrep -f '^sleep 600$'
	check "the new program finds it" sh -c "$(declare -f inside)
	    root=$root; inside pty-broker list | grep -w work"
	check "and ends it" inside pty-broker kill work
	rm -f "$root/$conf.rpmnew"
}

removed()
{
	check "rpm -e" in_tree -e ssh-incubator
	equal "the edited configuration is saved" "Umask 027" \
	    tail -n 1 "$root/$conf.rpmsave"
	equal "and is all that stays" "> ./etc/ssh-incubator
> ./$conf.rpmsave" sh -c "$(declare -f files); root=$root
	    files | diff '$work/before' - | grep '^[<>]'"
	check "the socket is disabled" test ! -L "$root/$wanted"
	check "the group stays, as a file might be its" \
	    grep -q '^ssh-incubator:' "$root/etc/group"
}

tree
rpm2cpio "$SRPM" | (cd "$work/new" && cpio -i --quiet) || exit 99
newer "$(echo "$work"/new/ssh-incubator-*.tar.xz)" >"$work/log" 2>&1 || {
	tail -n 20 "$work/log"
	fail "a newer release is built"
	exit "$status"
}
installed
login "Red Hat's PAM file lets alice in"
presets
# openSUSE's, with Debian's common-account and common-session, which have the
# same names.
cp "$root/usr/share/doc/ssh-incubator/examples/pam.d/ssh-incubator.suse" \
    "$root/etc/pam.d/ssh-incubator"
login "openSUSE's PAM file lets alice in"
cp "$root/usr/share/doc/ssh-incubator/examples/pam.d/ssh-incubator.redhat" \
    "$root/etc/pam.d/ssh-incubator"
upgraded
removed
exit "$status"

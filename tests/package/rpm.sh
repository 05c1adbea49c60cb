# shellcheck shell=bash disable=SC2034 # used by those that source it
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the tests of the rpm begin with, besides lib.sh.

set -u -o pipefail
# shellcheck source=tests/package/lib.sh
. "$TOP_SRCDIR/tests/package/lib.sh"
here=$TOP_SRCDIR/tests/package
spec=$TOP_SRCDIR/contrib/rpm/ssh-incubator.spec
rpm='' srpm=''

# verdict NAME FILE: passes if FILE is empty, else shows it.
verdict()
{
	if [ -s "$2" ]; then
		sed 's/^/# /' "$2"
		fail "$1"
	else
		pass "$1"
	fi
}

# Built by Debian's rpm, with macros.debian?
for_debian()
{
	[ -z "$(rpm --eval '%{?_unitdir}')" ]
}

# The binary package into $rpm, the source package into $srpm.
need_rpms()
{
	need_program rpmbuild
	need_package rpm
	srpm=$(only_one "$packages/rpm/ssh-incubator-*.src.rpm") &&
	    rpm=$(only_one "$packages/rpm/ssh-incubator-[0-9]*[!c].rpm") ||
		exit 1
}

work=$(mktemp -d "${TMPDIR:-/tmp}/$name.XXXXXX") || exit 1
chmod 0755 "$work"
trap 'cd / && rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM

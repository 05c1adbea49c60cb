#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The same sources give the same tarball and the same packages, whoever builds
# them, where, and with what around him.  Would have caught: a time, a path, a
# user's name, the order of a directory or a mode of the build in a package,
# and a "make dist" that needs git.
# shellcheck disable=SC2317 # check calls the functions
set -u
# shellcheck source=tests/package/lib.sh
. "$TOP_SRCDIR/tests/package/lib.sh"

need_program dpkg-buildpackage dh autoreconf
need_package deb
tarball=$(only_one "$packages/deb/*.orig.tar.xz") || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/another-place.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
chmod 0755 "$work"

# Another user, if we may become one.
as=()
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# elsewhere COMMAND ...: in other surroundings.  No git, other locale and time
# zone, another xz to those who ask the environment.
elsewhere()
{
	env -i PATH="$work/stubs:$PATH" HOME=/nonexistent USER=somebody \
	    LANG=C LANGUAGE=de TZ=Pacific/Kiritimati TMPDIR="$work/tmp" \
	    XZ_DEFAULTS=-T2 XZ_OPT=-1 TAR_OPTIONS=--exclude=NEWS \
	    DEB_BUILD_OPTIONS='nocheck parallel=1' CFLAGS=-O1 \
	    sh -c 'umask 077; exec "$@"' - "${as[@]}" "$@" \
	    >"$work/log" 2>&1 </dev/null && return
	tail -n 50 "$work/log"
	return 1
}

prepare()
{
	mkdir "$work/stubs" "$work/tmp" "$work/build" "$work/packages" &&
	    printf '#!/bin/sh\nexit 127\n' >"$work/stubs/git" &&
	    chmod 0755 "$work/stubs" "$work/stubs/git" &&
	    "$TOP_SRCDIR/contrib/copy-tree" "$work/source" || return
	# Not what its clone had: times, and modes that a umask leaves.
	find "$work/source" -exec touch -h -d 2001-01-01T01:01:01 {} + &&
	    chmod -R go=,u+w "$work/source" || return
	[ ${#as[@]} -eq 0 ] || chown -R 65534:65534 "$work"
}

dist()
{
	cd "$work/build" && elsewhere ../source/autogen.sh &&
	    elsewhere ../source/configure -q &&
	    elsewhere make dist &&
	    cmp "$tarball" ssh-incubator-*.tar.xz
}

deb()
{
	elsewhere "$work/source/contrib/debian/build" \
	    "$work"/build/ssh-incubator-*.tar.xz "$work/packages"
}

# Those that say when and by whom they were built are not to be the same.
same_files()
{
	local file bad=0

	for file in "$packages"/deb/*.{deb,dsc,debian.tar.xz,orig.tar.xz}; do
		cmp "$file" "$work/packages/${file##*/}" || bad=1
	done
	return "$bad"
}

check "a copy of the sources" prepare
check "make dist, elsewhere: the same bytes" dist
if [ "$status" -eq 0 ]; then
	check "the package is built from it" deb
	check "source and binary packages: the same bytes" same_files
fi
exit $status

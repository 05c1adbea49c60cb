#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The packages of "make rpm" are built once more, by somebody else (if this is
# root), in a folder of another name, with another umask, time zone, language,
# home and tarball's date, and are the same to the byte.  Would have caught:
# the name of the folder in the build's number, the hour or the host's name in
# the header, a mode that comes from the umask, and files in the order in which
# the file system has them.

set -u
# shellcheck source=tests/package/rpm.sh
. "$TOP_SRCDIR/tests/package/rpm.sh"

need_rpms

# What make rpm took is what the source package holds.
mkdir -m 0777 "$work/sources" "$work/another-folder" "$work/home" ||
    exit 99
chmod 0755 "$work"
rpm2cpio "$srpm" | (cd "$work/sources" && cpio -i --quiet) || exit 99
tarball=$(echo "$work"/sources/ssh-incubator-*.tar.xz)
touch -d '2001-02-03 04:05:06' "$tarball"
cp -r "$TOP_SRCDIR/contrib/rpm" "$work/spec" || exit 99
chmod -R go+rX "$work"

other=()
[ "$(id -u)" != 0 ] ||
    other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
# The second time without the tests: they leave nothing in the package.
(
	umask 077
	env TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 \
	    HOME="$work/home" TMPDIR="$work/another-folder" \
	    USER=other LOGNAME=other CFLAGS=-O0 MAKEFLAGS=-j1 \
	    RPMBUILD_OPTIONS=--nocheck \
	    "${other[@]}" "$work/spec/build" "$tarball" "$work/home/out"
) >"$work/log" 2>&1 || tail -n 20 "$work/log" >"$work/failed"
: >>"$work/failed"
verdict "built again" "$work/failed"

for file in "$rpm" "$srpm"; do
	again=$work/home/out/${file##*/}
	: >"$work/out"
	if ! cmp "$file" "$again" >"$work/out" 2>&1; then
		# Which part it is.
		diff <(rpm -qp --xml "$file") <(rpm -qp --xml "$again") |
		    head -n 20 >>"$work/out"
	fi
	verdict "${file##*/} is the same" "$work/out"
done
exit "$status"

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The .deb and the .rpm have the same files, with the same modes and texts, but
# for the table "differences"; their programs say the same version.  Would have
# caught: a page, an example or a completion that one package forgot, and a
# configuration that is active in one of them.

set -u
# shellcheck source=tests/package/rpm.sh
. "$TOP_SRCDIR/tests/package/rpm.sh"

need_program rpm2cpio cpio dpkg-buildpackage dh
need_rpms
need_package deb
deb=$(only_one "$packages/deb/ssh-incubator_*.deb") || exit 1
for_debian || skip_all "the rpm is not one that Debian has built"

# unpack: what both would install, below $work.
unpack()
{
	mkdir "$work/deb" "$work/rpm" &&
	    dpkg-deb -x "$deb" "$work/deb" &&
	    rpm2cpio "$rpm" | (cd "$work/rpm" && cpio -idm --quiet) || exit 99
}

# alike FOLDER: names as the table has them.
alike()
{
	if [ -d "$1/lib/systemd" ] && [ ! -L "$1/lib" ]; then
		mkdir -p "$1/usr/lib" &&
		    mv "$1/lib/systemd" "$1/usr/lib/systemd" &&
		    rmdir "$1/lib" || exit 99
	fi
	if [ -d "$1/usr/share/zsh/vendor-completions" ]; then
		mv "$1/usr/share/zsh/vendor-completions" \
		    "$1/usr/share/zsh/site-functions" || exit 99
	fi
	find "$1" -name '*.gz' -exec gunzip {} +
}

# Mode and name; the folders that every system has are in an rpm no files.
list()
{
	(cd "$work/$1" && find . -mindepth 1 ! -type d -printf '%M /%P\n'
	    cd "$work/$1" && find . -type d -name 'ssh-incubator*' \
	    -printf '%M /%P\n') | sort -k 2
}

table()
{
	sed -n "s/^$1 //p" "$here/differences" | sort
}

names()
{
	list deb >"$work/list-deb"
	list rpm >"$work/list-rpm"
	cut -d' ' -f2- "$work/list-deb" >"$work/names-deb"
	cut -d' ' -f2- "$work/list-rpm" >"$work/names-rpm"
	sort -o "$work/names-deb" "$work/names-deb"
	sort -o "$work/names-rpm" "$work/names-rpm"
	comm -23 "$work/names-deb" "$work/names-rpm" |
	    diff <(table deb) - >"$work/out"
	verdict "only in the .deb: what the table says" "$work/out"
	comm -13 "$work/names-deb" "$work/names-rpm" |
	    diff <(table rpm) - >"$work/out"
	verdict "only in the .rpm: what the table says" "$work/out"
	comm -12 "$work/names-deb" "$work/names-rpm" >"$work/both"
	[ "$(wc -l <"$work/both")" -gt 30 ] ||
	    echo "in both: $(wc -l <"$work/both")" >"$work/out"
	verdict "most are in both" "$work/out"
}

modes()
{
	grep -Ff "$work/both" "$work/list-deb" >"$work/modes-deb"
	grep -Ff "$work/both" "$work/list-rpm" >"$work/modes-rpm"
	comm -3 <(sort "$work/modes-deb") <(sort "$work/modes-rpm") |
	    awk '{ print $2 }' | sort | uniq -d >"$work/out"
	verdict "the same modes" "$work/out"
}

is_program()
{
	[ "$(head -c 4 "$1" | tr -d '\0')" = $'\177ELF' ]
}

texts()
{
	local name

	while read -r name; do
		[ -f "$work/deb$name" ] || continue
		is_program "$work/deb$name" ||
		    cmp -s "$work/deb$name" "$work/rpm$name" || echo "$name"
	done <"$work/both" | diff <(table text) - >"$work/out"
	verdict "other texts: what the table says" "$work/out"
}

# Programs differ by the flags; they are the same release.
versions()
{
	local name said

	grep -E '^/usr/s?bin/' "$work/both" | while read -r name; do
		is_program "$work/deb$name" || echo "$name: no program"
		for said in deb rpm; do
			"$work/$said$name" --version >"$work/said-$said" 2>&1 ||
			    echo "$said: $name --version failed"
		done
		cmp "$work/said-deb" "$work/said-rpm"
		echo "$name" >>"$work/programs"
	done >"$work/out" 2>&1
	[ "$(wc -l <"$work/programs")" = 4 ] ||
	    cat "$work/programs" >>"$work/out"
	verdict "four programs, and each says the same version" "$work/out"
}

unpack
alike "$work/deb"
alike "$work/rpm"
names
modes
texts
versions
exit "$status"

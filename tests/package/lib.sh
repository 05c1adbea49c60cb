# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the tests of packages begin with.  A package is built by the first of
# them that needs it ("make deb", "make rpm"), and again only when a file of
# the sources is younger than it.

name=$(basename "$0" .sh)
status=0
packages=$TOP_BUILDDIR/packages
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
# Those of the make that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL

pass()
{
	echo "PASS $1"
}

fail()
{
	echo "FAIL $1"
	# shellcheck disable=SC2034
	status=1
}

skip_all()
{
	echo "SKIP $name: $1"
	exit 77
}

# check NAME COMMAND ...: passes if the command does.
check()
{
	local what=$1

	shift
	if "$@"; then
		pass "$what"
	else
		fail "$what"
	fi
}

# same NAME WANTED GOT: two texts; lines with "-" are missing, with "+" new.
same()
{
	if diff -u --label wanted --label got <(echo "$2") <(echo "$3"); then
		pass "$1"
	else
		fail "$1"
	fi
}

need_program()
{
	local program

	for program; do
		command -v "$program" >/dev/null ||
			skip_all "needs $program (contrib/install-packages)"
	done
}

# Is there a file of the sources that is younger than this?
outdated()
{
	# Built among the sources, who could say which is which?
	[ ! -e "$1" ] || [ "$TOP_BUILDDIR" = "$TOP_SRCDIR" ] ||
	    [ -n "$(find "$TOP_SRCDIR" -newer "$1" -type f \
	    ! -path '*/.git/*' ! -path "$TOP_BUILDDIR/*" \
	    ! -path '*/autom4te.cache/*' -print -quit)" ]
}

# need_package deb|rpm: it is in $packages/KIND then.
need_package()
{
	local kind=$1 log=$packages-$1.log

	outdated "$packages/$kind/built" || return 0
	rm -f "$packages/$kind/built"
	if ! make -C "$TOP_BUILDDIR" "$kind" >"$log" 2>&1 </dev/null; then
		tail -n 50 "$log"
		fail "make $kind"
		exit 1
	fi
	touch "$packages/$kind/built"
}

# only_one PATTERN: the name of the one file that there is.
only_one()
{
	local files

	mapfile -t files < <(compgen -G "$1")
	[ ${#files[@]} -eq 1 ] || {
		echo "$1: ${#files[@]} files" >&2
		return 1
	}
	echo "${files[0]}"
}

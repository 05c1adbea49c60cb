#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What contrib/ copies when root runs it in somebody's tree, and to somebody's
# directory.  Would have caught: a setuid file of whoever owns the tree, which
# the copy in /tmp made root's; and a package that was written through a link
# where it goes, into a file that others had made, or for ever to a FIFO.
# shellcheck disable=SC2016 # for the stubs to expand
set -u
umask 022
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
status=0

# same NAME WANTED GOT
same()
{
	[ "$2" = "$3" ] && echo "PASS $1" && return
	echo "FAIL $1: wanted <$2>, got <$3>"
	status=1
}

# A tree with the real scripts, and with steps that take no time; so does make.
make_tree()
{
	mkdir -p "$tmp/tree/contrib/debian" "$tmp/bin" "$tmp/out" || exit 1
	cp "$TOP_SRCDIR"/contrib/{copy-tree,build-package} \
	    "$tmp/tree/contrib" || exit 1
	cd "$tmp/tree" || exit 1
	stub contrib/install-packages ''
	stub autogen.sh 'cd "$(dirname "$0")" &&
		echo ": >Makefile" >configure && chmod 0755 configure'
	stub contrib/debian/build \
	    'echo package >"$2/$(basename "$1" .tar.xz).deb"'
	stub ../bin/make ': >ssh-incubator-1.tar.xz'
	: >setuid
	chmod 06777 setuid
}

stub()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod 0755 "$1"
}

# ITEM: of what kind it is, whose mode, and what is in it.
look()
{
	[ ! -f "$1" ] && ls -ld "$1" && return
	stat -c '%F %a' "$1"
	cat "$1"
}

# The name is taken; build-package puts its own there, and touches nothing else.
built()
{
	PATH=$tmp/bin:$PATH timeout 60 "$tmp/tree/contrib/build-package" \
	    deb --output "$tmp/out" >"$tmp/log" 2>&1
	same "$1: it ends well" 0 $?
	same "$1: the package is a file of its own" \
	    "$(printf 'regular file 644\npackage')" "$(look "$package")"
	same "$1: nothing else is written" other "$(cat "$tmp/other")"
	rm -f "$package"
}

make_tree
"$tmp/tree/contrib/copy-tree" "$tmp/copy" || exit 1
same "no setuid bit, and none for others to write" 755 \
    "$(stat -c %a "$tmp/copy/setuid")"

package=$tmp/out/ssh-incubator-1.deb
echo other >"$tmp/other"
built "nothing there"
ln -s ../other "$package"
built "a link"
ln "$tmp/other" "$package"
built "a second name"
mkfifo "$package"
built "a FIFO"
exit $status

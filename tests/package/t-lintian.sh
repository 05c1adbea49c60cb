#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# lintian has nothing to say about the source and the binary package, and what
# it is told to overlook has a reason.  Would have caught: every error, warning
# and note of lintian's, an override that nothing needs any more, and one that
# nobody explained.
# shellcheck disable=SC2317 # check calls the functions
set -u
# shellcheck source=tests/package/lib.sh
. "$TOP_SRCDIR/tests/package/lib.sh"

need_program lintian dpkg-buildpackage dh
need_package deb
changes=$(only_one "$packages/deb/*.changes") || exit 1

# A package for two releases follows the older one's policy, or that one's
# lintian would not know it.
known='out-of-date-standards-version'

says_nothing()
{
	local said

	# All that it says is shown, of which one thing is known.
	said=$(lintian --allow-root -EvI "$changes" 2>&1) || {
		echo "$said"
		return 1
	}
	said=$(grep -v "$known" <<<"$said")
	[ -z "$said" ] || {
		echo "$said"
		return 1
	}
}

# Each block of overrides begins with a comment.
reasons()
{
	awk '/^$/ { said = 0 } /^#/ { said = 1 }
	    !/^(#|$)/ && !said { print FILENAME ": " $0; bad = 1 }
	    END { exit bad }' "$TOP_SRCDIR"/contrib/debian/*lintian-overrides \
	    "$TOP_SRCDIR/contrib/debian/source/lintian-overrides"
}

check "lintian says nothing" says_nothing
check "overrides carry reasons" reasons
exit $status

#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Each header compiles as the only include, and twice.  Would have caught: a
# header that leans on what its users happen to include before it, and a
# guard that was copied and not renamed.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
status=0

verdict()
{
	if [ "$bad" -eq 0 ]; then
		echo "PASS $1"
	else
		echo "FAIL $1"
		status=1
	fi
}

bad=0
for header in "$TOP_SRCDIR"/common/*.h "$TOP_SRCDIR"/helpers/*/*.h \
    "$TOP_SRCDIR"/helpers/*/*/*.h; do
	[ -e "$header" ] || continue
	name=${header#"$TOP_SRCDIR"/}
	printf '#include "%s"\n' "$name" "$name" >"$tmp/alone.c"
	helper=${name#helpers/}
	# shellcheck disable=SC2086 # TEST_CC is a command line
	(cd "$TOP_BUILDDIR" && ${TEST_CC:-cc} -std=gnu11 -Wall -Wextra \
	    -Wno-cpp -Werror -fsyntax-only \
	    -iquote "$TOP_SRCDIR/helpers/${helper%%/*}" "$tmp/alone.c") ||
	    bad=1
done
verdict 'each header compiles alone, and twice'

# The guard is the file's name: two files with one guard hide each other.
bad=0
for header in "$TOP_SRCDIR"/common/*.h "$TOP_SRCDIR"/helpers/*/*.h \
    "$TOP_SRCDIR"/helpers/*/*/*.h; do
	[ -e "$header" ] || continue
	guard=$(basename "$header" .h | tr 'a-z-' 'A-Z_')_H
	grep -qx "#define $guard" "$header" && continue
	echo "${header#"$TOP_SRCDIR"/}: its guard is not $guard"
	bad=1
done
verdict 'each header is guarded by its own name'
exit $status

#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Every source, test and page is named in a local.mk.  Would have caught: a
# test that nobody runs because its line was forgotten, and a file that is
# missing from the tarball.
set -u
cd "$TOP_SRCDIR" || exit 1
status=0

# All that the makefiles name, one path a line.
listed=$(find . -name local.mk | sed 's,^\./,,' | while read -r mk; do
	sed "s,%D%,$(dirname "$mk"),g" "$mk"
done | tr -s '[:blank:]' '\n')

for dir in common helpers tests/unit tests/fuzz tests/tree tests/integration \
    tests/bench tests/system tests/cross tests/package man contrib; do
	[ -d "$dir" ] || continue
	missing=
	# shellcheck disable=SC2044 # our own file names hold no blanks
	for file in $(find "$dir" -type f ! -name local.mk ! -name '*.o' \
	    ! -path '*/.*' ! -path '*/corpus/*' ! -name '*.log' \
	    ! -name '*.trs' ! -name '*~'); do
		# A program that stands in the source folder was built there.
		[ ! -e "$file.c" ] || continue
		printf '%s\n' "$listed" | grep -qxF -e "$file" \
		    -e "${file%.c}" || missing="$missing $file"
	done
	if [ -z "$missing" ]; then
		echo "PASS $dir: every file is listed"
	else
		echo "in no local.mk:$missing"
		echo "FAIL $dir: every file is listed"
		status=1
	fi
done
exit $status

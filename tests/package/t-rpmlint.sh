#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# rpmlint finds nothing in the spec and in both packages, and each line of
# ssh-incubator.rpmlintrc is still needed and has its reason above it.

set -u
# shellcheck source=tests/package/rpm.sh
. "$TOP_SRCDIR/tests/package/rpm.sh"

need_program rpmlint
need_rpms
rpms=$TOP_SRCDIR/contrib/rpm

# The filters are made for this version's findings; another one may have fewer.
unused=--ignore-unused-rpmlintrc
[ "$(rpmlint --version)" != 2.4.0 ] || unused=
# shellcheck disable=SC2086  # no word, or one
rpmlint $unused -c "$rpms/rpmlint.toml" -r "$rpms/ssh-incubator.rpmlintrc" \
    "$rpms/ssh-incubator.spec" "$srpm" "$rpm" >"$work/log" 2>&1
ended=$?
grep -E ': [EWI]: ' "$work/log" >"$work/out"
if ! grep -q ' 2 packages and 1 specfiles checked; ' "$work/log"; then
	cat "$work/log" >>"$work/out"
elif [ "$ended" -ne 0 ]; then
	echo "rpmlint ended with $ended" >>"$work/out"
fi
verdict "rpmlint: spec, source package, package" "$work/out"

# A comment goes before every filter, or before others that follow it.
awk '
/^addFilter/ && !reason { print FILENAME ": no reason for " $0 }
/^#/ { reason = 1 }
/^$/ { reason = 0 }' "$rpms/ssh-incubator.rpmlintrc" >"$work/out"
verdict "each filter of rpmlint's has a reason" "$work/out"
exit "$status"

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# All t-package-*.sh of this folder, each on a system of its own.
#
#	package-on.sh bookworm|trixie
here=$(dirname "$0")
status=77
for script in "$here"/t-package-*.sh; do
	"$here/bed.sh" "$1" "$script"
	result=$?
	case "$result" in
	0) [ "$status" -ne 77 ] || status=0 ;;
	77) ;;
	*) status=$result ;;
	esac
done
exit "$status"

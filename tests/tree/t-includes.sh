#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Includes point down only.  Would have caught: a room of common/ that calls
# a room above it, two that call each other, a helper that includes another
# helper, PAM creeping into what env-filter links, and a .c whose own header
# is not its first.
set -u
cd "$TOP_SRCDIR" || exit 1

# From the ground up.  A room includes only what stands before it here, so
# there can be no circle either.
floors='log stdfd beside sigreset deadline base64 bigendian decimal names exitcode pattern
start longopt envname envrule account invocation environ addrlist envfault
envfilter pty ttymode procs unixsock unixat sockpeer frame packet ring
flowpool flow conduit rundir
userdir lockfile
listener recordfile recorddir
unitpath libsystemd logind scope aside linger userplace utmpfile logindb
loginstate loginrecord sshblob sshkey authinfo auditid conninfo authrecord
authkeep connection caps cgroup
planstep planwords planvalue planrule plan confcaps conflimit confmap
confine confnarrow conflex conffile confmatch confvalue conftable confread
conf conflogin walk landlock nspace once rawid prove step newproc
spawnreport carrier spawn successor
login_session'

status=0
fail()
{
	echo "$1"
	bad=1
}
verdict()
{
	if [ "$bad" -eq 0 ]; then
		echo "PASS $1"
	else
		echo "FAIL $1"
		status=1
	fi
}
# The quoted includes of a file, without config.h.
includes()
{
	sed -n 's/^#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1" |
	    grep -vx 'config\.h'
}

below=' '
bad=0
for room in $floors; do
	for file in common/$room.c common/$room.h; do
		[ -e "$file" ] || continue
		for header in $(includes "$file"); do
			case "$below$room " in
			*" ${header%.h} "*) ;;
			*) fail "$file includes $header, not below it" ;;
			esac
		done
		if [ "$room" != login_session ] &&
		    grep -q '#include <security/' "$file"; then
			fail "$file includes PAM"
		fi
	done
	below="$below$room "
done
verdict 'common/ includes what is below, and PAM in one room'

bad=0
for file in common/*.c common/*.h; do
	room=$(basename "${file%.?}")
	case "$below" in
	*" $room "*) ;;
	*) fail "$file stands on no floor: add it to the table here" ;;
	esac
done
verdict 'every room of common/ has a floor'

bad=0
for file in helpers/*/*.[ch] helpers/*/*/*.[ch]; do
	[ -e "$file" ] || continue
	# A folder within a helper's is a program that shares its rooms.
	helper=${file#helpers/}
	helper=helpers/${helper%%/*}
	for header in $(includes "$file"); do
		[ -e "$(dirname "$file")/$header" ] ||
		    [ -e "$helper/$header" ] || [ -e "common/$header" ] ||
		    fail "$file includes $header of neither its own folder nor common/"
	done
	if grep -q '#include <security/' "$file"; then
		fail "$file includes PAM"
	fi
done
verdict 'helpers include themselves and common/'

bad=0
for file in common/*.c helpers/*/*.c helpers/*/*/*.c; do
	[ -e "$file" ] || continue
	# shellcheck disable=SC2046 # two words are meant
	set -- $(sed -n 's/^#[ \t]*include[ \t]*["<]\([^">]*\)[">].*/\1/p' \
	    "$file" | head -n 2) -
	[ "$1" = config.h ] || fail "$file: config.h is not its first include"
	own=$(basename "${file%.c}").h
	[ ! -e "${file%.c}.h" ] || [ "$2" = "$own" ] ||
	    fail "$file: $own is not its second include"
done
verdict 'config.h first, the own header second'
exit $status

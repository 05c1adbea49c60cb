#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What is in the rpm: names, modes, owners and marks against contents.rpm, and
# what its scriptlets do, carried out by sh with a systemctl that writes down
# what it is asked for.  Would have caught: a program or a page that make
# install gained and the spec did not, a configuration that an upgrade
# overwrites, a setuid bit, a scriptlet that restarts the socket or ends a
# session, one that fails where there is no systemd, and the version of a
# release forgotten in the spec.

set -u
# shellcheck source=tests/package/rpm.sh
. "$TOP_SRCDIR/tests/package/rpm.sh"

need_rpms

# query FORMAT
query()
{
	rpm -qp --qf "$1" "$rpm"
}

# In contents.rpm: mode, owner, flags (c configuration, n an upgrade leaves it,
# d documentation, l licence), name.
contents()
{
	local owner='%{FILEUSERNAME}:%{FILEGROUPNAME}'

	query "[%{FILEMODES:perms} $owner %{FILEFLAGS:fflags}- %{FILENAMES}\n]" |
	    sort -k 4 >"$work/contents"
	grep -v '^#' "$here/contents.rpm" | diff - "$work/contents" \
	    >"$work/out"
	verdict "contents as in contents.rpm" "$work/out"
}

# By the numbers, whatever the list says.  A program that bears a capability or
# is setuid would refuse to start.
privilege()
{
	query '[%{FILEMODES:octal} %{FILENAMES}\n]' |
	    grep -E '^[0-9]*[1-7][0-7]{3} ' >"$work/out"
	query '[%{FILECAPS} %{FILENAMES}\n]' | grep '^[^ (]' >>"$work/out"
	verdict "no setuid, setgid or sticky bit, no capability" "$work/out"
}

pages()
{
	local program

	query '[%{FILENAMES}\n]' >"$work/names"
	sed -n 's,^/usr/s\?bin/,,p' "$work/names" |
	    while read -r program; do
		grep -qx "/usr/share/man/man[18]/$program\.[18]\.gz" \
		    "$work/names" || echo "$program has no page"
	done >"$work/out"
	verdict "a page for each program" "$work/out"
}

version()
{
	local ours

	ours=$(sed -n 's/^AC_INIT(\[ssh-incubator\], \[\(.*\)\])$/\1/p' \
	    "$TOP_SRCDIR/configure.ac")
	{
		query '%{VERSION}\n' | grep -vx "$ours"
		sed -n '/^%changelog/{n;p;}' "$spec" |
		    grep -v -- "> - $ours-[0-9]*\$"
	} >"$work/out"
	verdict "the version is configure's, and the newest in %changelog" \
	    "$work/out"
}

# One that is not there, or that this rpm does not know, is empty.
scriptlet()
{
	query "%{$1}" >"$work/$1" 2>/dev/null || :
	[ "$(cat "$work/$1")" != '(none)' ] || : >"$work/$1"
}

# What the scriptlets may call, and nothing else: it writes down how it was
# called, and succeeds or not.
tools()
{
	local tool

	mkdir "$work/bin"
	for tool in systemctl systemd-sysusers; do
		cat >"$work/bin/$tool" <<-END
			#!/bin/sh
			echo "$tool \$*" >>"$work/calls"
			exit \$ANSWER
		END
		chmod 0755 "$work/bin/$tool"
	done
}

# run SCRIPTLET NUMBER ANSWER PATH: as rpm does, with sh.
run()
{
	env -i PATH="$4" ANSWER="$3" /bin/sh "$work/$1" "$2" </dev/null \
	    >>"$work/out" 2>&1 || echo "%$1 $2: failed" >>"$work/out"
}

# call_case NAME EXPECTED STEP NUMBER ...: what is called, in this order, and
# that it is no matter what comes of it.
call_case()
{
	local case=$1 expected=$2 answer

	shift 2
	for answer in 0 1; do
		: >"$work/calls"
		: >"$work/out"
		steps "$answer" "$work/bin" "$@"
		printf '%s' "$expected" | diff - "$work/calls" >>"$work/out"
		verdict "$case, the tools answer $answer" "$work/out"
	done
	: >"$work/out"
	steps 0 "$work/empty" "$@"
	verdict "$case, without systemd" "$work/out"
}

# steps ANSWER PATH STEP NUMBER ...
steps()
{
	local answer=$1 path=$2

	shift 2
	while [ $# -gt 0 ]; do
		run "$1" "$2" "$answer" "$path"
		shift 2
	done
}

# The order is rpm's: the new one's %post, then the old one's %preun and
# %postun, which say how many are left.
scriptlets()
{
	local one tags='PREIN POSTIN PREUN POSTUN PRETRANS POSTTRANS' nl=$'\n'

	for one in $tags PREUNTRANS POSTUNTRANS; do
		scriptlet "$one"
	done
	query '[%{TRIGGERSCRIPTS}\n][%{FILETRIGGERSCRIPTS}\n]' |
	    grep -v '^(none)$' >"$work/out"
	verdict "no trigger" "$work/out"
	tools
	mkdir "$work/empty"
	call_case "installed" "systemd-sysusers \
/usr/lib/sysusers.d/ssh-incubator.conf${nl}systemctl --no-reload preset \
ssh-incubator.socket$nl" \
	    PRETRANS 1 PREIN 1 POSTIN 1 POSTTRANS 1
	# No stop, no restart, no preset: what runs goes on, and what the
	# administrator has enabled or disabled stays so.
	call_case "upgraded" "systemd-sysusers \
/usr/lib/sysusers.d/ssh-incubator.conf${nl}systemctl daemon-reload$nl" \
	    PRETRANS 2 PREIN 2 POSTIN 2 PREUN 1 POSTUN 1 POSTTRANS 2
	call_case "removed" "systemctl --no-reload disable --now \
ssh-incubator.socket${nl}systemctl daemon-reload$nl" \
	    PREUNTRANS 0 PREUN 0 POSTUN 0 POSTUNTRANS 0
}

privilege
pages
version
# What follows is by contrib/rpm/macros.debian; another distribution's package
# has its own scriptlets and places, and t-spec.sh says which.
if for_debian; then
	contents
	scriptlets
else
	echo "SKIP contents, scriptlets: the lists are for Debian's rpm"
fi
exit "$status"

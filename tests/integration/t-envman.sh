#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# env-filter(1): its examples do what they say as they are written.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=displays.sh
. "$(dirname "$0")/displays.sh"

out=$BED/out
read_displays "$TOP_SRCDIR/man/env-filter.1"

# What the client of these logins sends.
sends="LANG=de_DE.UTF-8 LC_TIME=de_DE.UTF-8 GIT_AUTHOR_NAME=Alice"
sends+=" GIT_SSH_COMMAND=/bin/false GIT_AUTHOR_DATE=1"

# there HOST NAME...: what these variables are in a login, "-" for not there.
there() {
	local host=$1 name script=

	shift
	for name in "$@"; do
		script+="echo \"\${$name:--}\"; "
	done
	"${SSH[@]}" -o "SetEnv=$sends" "$host" "$script" </dev/null 2>&1 |
		tr '\n' ' ' | sed 's/ $//'
}

config "ForceCommand exec /usr/bin/env-filter --accept 'GIT_*'" |
	server accepts alice
# Would have caught a pattern that a shell takes for names of files, and one
# that lets through what git runs.
check_eq "git's variables, and not those by which it runs programs" \
	"Alice - de_DE.UTF-8 de_DE.UTF-8" \
	"$(there accepts GIT_AUTHOR_NAME GIT_SSH_COMMAND LANG LC_TIME)" accepts

{
	config "--set LANG=C.UTF-8"
	echo "AcceptEnv LANG LC_* GIT_*"
} | server locale alice
check_eq "one locale for all" "C.UTF-8 - -" \
	"$(there locale LANG LC_TIME GIT_AUTHOR_NAME)" locale
check "... and incubator follows, which logs the session" \
	wait_for 20 grep -q 'incubator.*opened.*alice' "$BED/log/syslog"

mkdir -p /etc/ssh-incubator
config "UnsetEnv GIT" >/etc/ssh-incubator/incubator.conf
config "    --config /etc/ssh-incubator/incubator.conf" >"$out/fragment"
server file alice <"$out/fragment"
check_eq "the rules of a file" "Alice - -" \
	"$(there file GIT_AUTHOR_NAME GIT_AUTHOR_DATE GIT_SSH_COMMAND)" file
sed -i 's/Match Caller deploy/Match Caller bob/' \
	/etc/ssh-incubator/incubator.conf
server filebob bob <"$out/fragment"
check_eq "... and those of one user" \
	"Alice - /usr/bin/ssh -i /etc/deploy/git-key" \
	"$(there filebob GIT_AUTHOR_NAME GIT_AUTHOR_DATE GIT_SSH_COMMAND)" \
	filebob

check_eq "what would become of a variable" \
	"$(display "GIT_SSH_COMMAND	refused")" \
	"$(bash -c "$(commands "GIT_SSH_COMMAND=x")" 2>&1)"

# What acts before env-filter, of which SetEnv leaves an empty one.
server before alice <<-END
	AcceptEnv LD_* BASH_ENV ENV
	$(config "SetEnv LD_PRELOAD=")
END
sends="LD_LIBRARY_PATH=$out BASH_ENV=$out/rc ENV=$out/rc"
check_eq "what acts before is taken away" "- - -" \
	"$(there before LD_LIBRARY_PATH BASH_ENV ENV)" before

setpriv --reuid 1001 --regid 1001 --init-groups "$ENV_FILTER" -0 true \
	2>/dev/null
display "refused: caller=" | sed 's/pid=[0-9]*/pid=/' >"$out/expected"
logged() {
	sed 's/pid=[0-9]*/pid=/' "$BED/log/syslog" |
		grep -qF "$(cat "$out/expected")"
}
check "the line in the log" wait_for 20 logged

check_displays
finish

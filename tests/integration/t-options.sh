#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What a person who tries the program by hand is promised: help, version, the
# steps with -v, and the bounds of what it takes.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out

# Help and version go to stdout and need no user, not even a right one.
for option in -h --help; do
	"$INCUBATOR" $option </dev/null >"$out/stdout" 2>"$out/stderr"
	check_eq "$option" "0 1 0" "$? $(grep -c '^usage: incubator ' \
		"$out/stdout") $(wc -c <"$out/stderr")"
done
for option in -V --version; do
	check_match "$option" "^0 incubator [0-9]+[.][0-9.]+$" "$(
		"$INCUBATOR" $option </dev/null 2>&1 >"$out/stdout"
		echo "$? $(cat "$out/stdout")")"
done
# Would have caught a full disk taken for success.
if [ -c /dev/full ]; then
	"$INCUBATOR" --version </dev/null >/dev/full 2>"$out/stderr"
	check_match "--version cannot be written" "^64 incubator: standard" \
		"$? $(cat "$out/stderr")"
	"$INCUBATOR" --local-user alice --explain -- true </dev/null \
		>/dev/full 2>"$out/stderr"
	check_match "--explain cannot be written" "^255 incubator: standard" \
		"$? $(cat "$out/stderr")"
fi

# -v shows the plan that --explain prints, step for step.
"$INCUBATOR" --local-user alice --explain -- true </dev/null |
	sed -n 's/^step\t\([0-9]*\)\t\([^\t]*\).*/\1 \2/p' >"$out/said"
"$INCUBATOR" -v --local-user alice -- true </dev/null 2>&1 >/dev/null |
	sed -n 's/^incubator: step \([0-9]*\): \([^ ]*\).*/\1 \2/p' >"$out/shown"
check "there are steps to show" [ -s "$out/said" ]
check_same "-v shows the steps of --explain" "$out/said" "$out/shown"

# Would have caught a bound below sshd's thousand variables, and none at all
# where there is no limit of the stack.  LC_*, because what does not pass costs
# less.
environment_of() {
	(
		ulimit -s unlimited 2>/dev/null
		env -i "$@" "$INCUBATOR" --local-user alice -- /usr/bin/env \
			</dev/null 2>&1 | grep -cE '^LC_|too large'
		echo "${PIPESTATUS[0]}"
	)
}
big=$(printf '%0131000d' 0)
check_eq "10000 variables are taken" $'10000\n0' \
	"$(environment_of LC_{1..10000}=)"
check_eq "15 of 128 KiB each are" $'15\n0' "$(environment_of LC_{1..15}="$big")"
check_eq "17 of them, more than 2 MiB, are not" $'1\n255' \
	"$(environment_of LC_{1..17}="$big")"

# I6: started as a login shell, it has no forced command, whatever the client
# says in a variable that a wide AcceptEnv lets in.
check_eq "I6 a login shell runs nothing that a variable says" "shell" "$(
	echo exit | env SSH_ORIGINAL_COMMAND="touch $out/ran" \
		setpriv --reuid 1001 --regid 1001 --init-groups \
		bash -c 'exec -a -incubator "$0" --explain' "$INCUBATOR" |
		sed -n 's/^service\t//p')"

finish

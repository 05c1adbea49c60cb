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

# The filter's time is the square of the number of variables.
many() {
	local i

	for ((i = 0; i < $1; i++)); do
		printf 'V%d=\0' "$i"
	done >"$out/many"
	xargs -0 -a "$out/many" -x -n "$(($1 + 1))" \
		sh -c 'exec env -i "$@" "$0" --local-user alice -- true' \
		"$INCUBATOR" </dev/null 2>&1
	echo "$?"
}
check_match "4096 variables are no more than is taken" "0$" "$(many 4096)"
check_match "4097 variables are" "too large" "$(many 4097)"

# I6: started as a login shell, it has no forced command, whatever the client
# says in a variable that a wide AcceptEnv lets in.
check_eq "I6 a login shell runs nothing that a variable says" "shell" "$(
	echo exit | env SSH_ORIGINAL_COMMAND="touch $out/ran" \
		setpriv --reuid 1001 --regid 1001 --init-groups \
		bash -c 'exec -a -incubator "$0" --explain' "$INCUBATOR" |
		sed -n 's/^service\t//p')"

finish

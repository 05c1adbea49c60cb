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

# Confinement that is not plainly said is wrong usage: one line, and nothing
# runs.  Would have caught a word that is taken for a wider one.
wrong() {
	local name status reason=$1

	shift
	name="wrong usage: $(printf '%q ' "$@")"
	rm -f "$out/ran"
	"$INCUBATOR" --local-user alice "$@" -- touch "$out/ran" </dev/null \
		>"$out/stdout" 2>"$out/stderr"
	status=$?
	check_eq "$name" "64 0 1 incubator: $reason no" "$status $(
		wc -c <"$out/stdout") $(wc -l <"$out/stderr") $(
		head -n 1 "$out/stderr") $(
		[ -e "$out/ran" ] && echo yes || echo no)"
}
wrong "--ambient-caps: shave: not a capability: shave" \
	--ambient-caps shave
wrong "--ambient-caps: the value is empty" --ambient-caps=
wrong "--bounding-set: -cap_64: not a capability: -cap_64" \
	--bounding-set=-cap_64
wrong "--cgroup: x: not an absolute path" --cgroup x
wrong "--chroot: srv: not an absolute path" --chroot srv
wrong "--landlock-ro: usr: not an absolute path" --landlock-ro usr
wrong "--landlock-rw: the value is empty" --landlock-rw ""
wrong "--limit: nofile=x: the soft limit is not a number" --limit nofile=x
wrong "--limit: nofile=2:1: the soft limit is above the hard one" \
	--limit=nofile=2:1
wrong "--map-groups: 0:0: a range is INSIDE:OUTSIDE:COUNT" --map-groups 0:0
wrong "--map-users: 0:4294967295:1: a range ends above 4294967294" \
	--map-users 0:4294967295:1
wrong "--pdeathsig: 0: not a signal" --pdeathsig 0
wrong "--setgroups: perhaps: neither allow nor deny" --setgroups perhaps
wrong "--umask: 1000: not an octal number up to 777" --umask 1000
wrong "--unshare: net,: a namespace is missing" --unshare net,
# What came from outside is printable.
wrong '--unshare: a\033: not a namespace: a\033' --unshare $'a\033'
# The last one that is wrong, behind right ones.
wrong "--limit: core=: a number is missing" --limit nofile=1 --nnp \
	--unshare net --map-users 0:1001:1 --limit core=
# What is right alone, and wrong together.
wrong "--setgroups: there is no user namespace" --setgroups deny
wrong "--mount-proc: there is no pid namespace" --mount-proc
wrong "--ambient-caps: not all of them are in the bounding set" \
	--ambient-caps kill,chown --bounding-set kill
wrong "--login-cmd: login(1) cannot be confined" --login-cmd /bin/login \
	--no-new-privs
wrong "--login-cmd: login(1) cannot be confined" --umask 0 \
	--login-cmd /bin/login --explain
# A strange one gets a line more, where to look: no abbreviation, no value.
for option in --no-new --nn --unshar=net --landlock --mount-proc=yes --nnp=1
do
	"$INCUBATOR" --local-user alice "$option" -- touch "$out/ran" \
		</dev/null >"$out/stdout" 2>"$out/stderr"
	check_match "strange usage: $option" "^64 no incubator: ${option%%=*}: \
[^|]*\|incubator: try \"incubator --help\"\\|\$" "$? $(
		[ -e "$out/ran" ] && echo yes || echo no) $(
		tr '\n' '|' <"$out/stderr")"
done
# Would have caught a page of usage on the terminal of somebody whose scp fails
# because a line of sshd_config has a typo in it, and a typo that nobody but he
# gets to see: sshd throws a subsystem's stderr away.
strange() {
	local program=$1 word=$2

	shift 2
	mark_log
	"$@" </dev/null >"$out/stdout" 2>"$out/stderr"
	check_match "$program: a strange word" "^64 0 $program: $word: [^|]*\
\|$program: try \"$program --help\"\\|\$" "$? $(wc -c <"$out/stdout") $(
		tr '\n' '|' <"$out/stderr")"
	sync_log
	check_match "... is in the log" "^refused: .*reason=\"?$word: " "$(
		tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
			sed -n "s/^<8[0-7]>.*${program}[^:]*: //p")"
}
strange env-filter --wings "$ENV_FILTER" --wings true
[ ! -x "$AGENT_FORWARDER" ] ||
	strange agent-forwarder --wings "$AGENT_FORWARDER" --wings true
if [ -x "$PTY_BROKER" ]; then
	strange pty-broker --wings "$PTY_BROKER" attach --wings x
	strange pty-broker fly "$PTY_BROKER" fly
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

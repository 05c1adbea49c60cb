# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the test scripts share.  A script sources this first; outside of the
# private machine that starts it again inside.
#
# One case prints one line: "PASS name", "FAIL name: detail" or "SKIP name:
# reason".  The script ends with "finish".

if [ -z "${BED:-}" ]; then
	exec "$(dirname "${BASH_SOURCE[0]}")/bed.sh" "$0" "$@"
fi

set -u
umask 022
SCRIPT=${0##*/}
RESULTS=$BED/out/results
# The client, which no test waits for in vain; and the bare one, where a test
# needs its pid or its descriptors.
RAW_SSH=(ssh -F "$BED/ssh_config")
SSH=(timeout --foreground 20 "${RAW_SSH[@]}")
: >>"$RESULTS"

pass() {
	echo "PASS $1" | tee -a "$RESULTS"
}

# fail NAME DETAIL [HOST]: with the end of that server's log below it.
fail() {
	echo "FAIL $1: $(printf '%s' "$2" | tr '\n' '|')" | tee -a "$RESULTS"
	if [ -n "${3:-}" ] && [ -f "$BED/log/$3" ]; then
		tail -n 8 "$BED/log/$3" | sed "s/^/# sshd $3: /"
	fi
}

skip() {
	echo "SKIP $1: $2" | tee -a "$RESULTS"
}

# The whole script cannot run.
skip_all() {
	skip "${SCRIPT%.sh}" "$1"
	finish
}

finish() {
	trap - EXIT
	if grep -q '^FAIL' "$RESULTS"; then
		exit 1
	fi
	grep -q '^PASS' "$RESULTS" || exit 77
	exit 0
}

# A script that dies halfway has not passed.
trap 'fail "$SCRIPT" "ended early, status $?"; finish' EXIT

need() {
	command -v "$1" >/dev/null 2>&1
}

# check_eq NAME EXPECTED GOT [HOST]
check_eq() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "expected <$2>, got <$3>" "${4:-}"
	fi
}

# check_match NAME REGEX GOT [HOST]: bash's extended regular expression.
check_match() {
	if [[ $3 =~ $2 ]]; then
		pass "$1"
	else
		fail "$1" "expected a match of <$2>, got <$3>" "${4:-}"
	fi
}

# check NAME COMMAND...: it succeeds.  What is local here the command, a
# function of a script's, would see in place of a variable of the script's.
check() {
	local check_name=$1 check_said

	shift
	if check_said=$("$@" 2>&1); then
		pass "$check_name"
	else
		fail "$check_name" "$* failed ($?): $check_said"
	fi
}

# check_same NAME EXPECTED GOT: two files; shows the first differences.
check_same() {
	if cmp -s "$2" "$3"; then
		pass "$1"
	else
		fail "$1" "$(diff "$2" "$3" | head -n 12)" "${4:-}"
	fi
}

# wait_for SECONDS COMMAND...: until it succeeds; 1 when time is up.
wait_for() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
		# The only sleep: the pace of polling.
		read -r -t 0.02 <>"$BED/out/.never" || :
	done
}
mkfifo "$BED/out/.never" 2>/dev/null

# server NAME LOGIN [CLIENT-LINE...] <FRAGMENT: a server, started once per
# connection to "host" NAME, with these lines before the common ones.
server() {
	local name=$1 login=$2 line

	shift 2
	{ cat && cat "$BED/conf/base"; } >"$BED/conf/$name"
	{
		echo "Host $name"
		echo "User $login"
		for line in "$@"; do
			echo "$line"
		done
	} >"$BED/hosts/$name"
}

# The ways in, as hosts: plain-USER is an sshd without us; own-USER is shape
# A, the user's own login with ForceCommand; root-USER is shape B, root's
# login with a forced command.
server_plain() {
	server "plain-$1" "$1" </dev/null
}

server_own() {
	server "own-$1" "$1" <<-END
		ForceCommand exec $INCUBATOR
	END
}

# server_root USER [OPTION...]: options for incubator.
server_root() {
	local user=$1

	shift
	server_key "root-$user" "exec $INCUBATOR --local-user $user $*" </dev/null
}

# server_key NAME COMMAND <FRAGMENT: root's key forces the command.
server_key() {
	local name=$1 command=$2

	printf 'command="%s" %s\n' "${command//\"/\\\"}" \
		"$(cat "$BED/keys/user.pub")" >"$BED/auth/$name"
	{
		echo "AuthorizedKeysFile $BED/auth/$name"
		echo "PermitRootLogin forced-commands-only"
		cat
	} | server "$name" root
}

# As server_root, for who forgot "exec": root's shell stays in between, leads
# the session and has sshd for its parent.
server_noexec() {
	server_key "noexec-$1" "$INCUBATOR --local-user $1; exit \$?" </dev/null
}

# The three ways for each of the users.
servers() {
	local user

	for user in "$@"; do
		server_plain "$user"
		server_own "$user"
		server_root "$user"
	done
}

# on_tty HOST [COMMAND...] <SCRIPT: a person at a terminal who logs in there;
# see tools/drive.c for the script.  Prints what the terminal shows.
on_tty() {
	"$BED/bin/drive" -t 10 "${RAW_SSH[@]}" -tt "$@" 2>&1
}

# tty_case NAME STATUS HOST [COMMAND...] <SCRIPT: on_tty ends with STATUS.
tty_case() {
	local name=$1 expected=$2 shown status

	shift 2
	shown=$(on_tty "$@")
	status=$?
	check_eq "$name" "$expected" "$status" "$1"
	[ "$status" = "$expected" ] ||
		tail -n 20 <<<"$shown" | cat -v | sed 's/^/# terminal: /'
}

# A person's script for a login shell of alice's with job control: ^C ends a
# program and not the shell, ^Z stops it, fg goes on with it, ^\ and ^D.  The
# prompt is from .profile, which no other shell reads.  Ends with 9.
jobs_script() {
	cat <<'END'
expect login:alice$ 
send shopt -q login_shell && echo "is lo""gin: $0"\r
expect is login: -bash
send pwd; id -un\r
expect /home/alice
expect alice
send /bed/bin/probe listen\r
expect listening
send \x03
expect Interrupt
expect login:alice$ 
send echo status=$?\r
expect status=3
send /bed/bin/probe listen\r
expect listening
send one\r
expect heard one
send \x1a
expect Stopped
expect login:alice$ 
send fg\r
expect Continued
send two\r
expect heard two
send \x1a
expect Stopped
expect login:alice$ 
send bg\r
expect Continued
send until [ "$(jobs -s)" ]; do sleep 0.05; done; jobs\r
expect Stopped
expect login:alice$ 
send fg\r
expect Continued
send \x04
expect login:alice$ 
send /bed/bin/probe listen\r
expect listening
send \x1c
expect Quit
expect login:alice$ 
send echo status=$?\r
expect status=131
send exit 9\r
END
}

# bind_system DIR: the system's programs and libraries below it, too.
bind_system() {
	local dir

	for dir in usr lib lib32 lib64 libx32 bin; do
		if [ -L "/$dir" ]; then
			cp -P "/$dir" "$1/$dir"
		elif [ -d "/$dir" ]; then
			mkdir "$1/$dir"
			mount --rbind "/$dir" "$1/$dir"
		fi
	done
}

# Until all that was sent to syslog so far is in the file.
sync_log() {
	"$BED/bin/logsink" /dev/log "$BED/log/syslog" "mark $RANDOM$RANDOM"
}

# The lines that were sent to AUTHPRIV since "mark_log", priority cut off.
mark_log() {
	sync_log
	LOG_MARK=$(wc -l <"$BED/log/syslog")
}

audit_lines() {
	sync_log
	tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.\{15\} incubator[^:]*: //p'
}

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What agent-forwarder says of an agent that is not what its line asks for:
# the session goes on, and somebody has to learn of it.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"

out=$BED/out
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
install -d -m 0700 -o alice "$out/a"
agent_pid=$("${as_alice[@]}" ssh-agent -s -a "$out/a/agent" </dev/null |
	sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p')
trap 'kill "$agent_pid"; fail "$SCRIPT" "ended early"; finish' EXIT

# forwarder WORD...: as alice, with that agent; what it says is in stderr.
forwarder() {
	"${as_alice[@]}" env -i PATH="$PATH" HOME=/home/alice \
		SSH_AUTH_SOCK="$out/a/agent" "$AGENT_FORWARDER" "$@" \
		</dev/null 2>"$out/stderr"
}
said() {
	sed 's/^agent-forwarder: //' "$out/stderr" | paste -sd '|'
}
# What was logged since "mark_log", without its date and pid, and without the
# line of a server that a sanitizer, or the kernel, leaves no confinement.
logged() {
	sync_log
	tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.\{16\}agent-forwarder[^:]*: //p' |
		grep -v '^confined in part: ' |
		sed 's/pid=[0-9]*/pid=N/' | paste -sd '|'
}

# Would have caught a year that was typed wrongly, and an agent that refuses
# everything from the first moment without a word.
over="the policy has expired: every request is refused"
printf 'Expire 20200102Z\n' >"$out/policy"
chmod 0644 "$out/policy"
expired() {
	local name=$1 date=$2

	shift 2
	mark_log
	check_eq "$name: the command runs" ran \
		"$(forwarder "$@" -- echo ran)"
	check_eq "... with a line about the agent" "Expire $date: $over" \
		"$(said)"
	check_eq "... and one in the log" "warning: caller=alice(1001) pid=N \
reason=\"Expire $date: $over\"" "$(logged)"
}
expired "--expire" 20200101000000Z --expire 20200101Z
expired "Expire in a file" 20200102000000Z --policy "$out/policy"
expired "the earlier of two" 20200102000000Z --policy "$out/policy" \
	--expire 20210101
expired "--stable" 20200101000000Z --stable=over --expire 20200101Z
forwarder stop over
mark_log
check_eq "--print-policy prints it" "Expire 20200102000000Z" \
	"$(forwarder --policy "$out/policy" --print-policy)"
check_eq "... and says so" "Expire 20200102000000Z: $over" "$(said)"
check_eq "... but not in the log, for nothing ran" "" "$(logged)"
check_eq "one that is to come is nobody's news" "ran " \
	"$(forwarder --expire 1h -- echo ran) $(said)"
check_eq "... nor is one that nobody gets an agent by" "ran " "$(
	"${as_alice[@]}" env -u SSH_AUTH_SOCK "$AGENT_FORWARDER" \
		--expire 20200101 -- echo ran \
		2>"$out/stderr" </dev/null) $(said)"

# Would have caught a --timeout that nobody keeps to, and records that are not
# where the line says: the server is that of the login before.
stable=(--stable=terms --audit --)
file=/home/alice/records
check_eq "the login that makes a server says what it is like" "ran " "$(
	forwarder --timeout 100 --max-connections 7 --audit-file "$file" \
		"${stable[@]}" echo ran) $(said)"
# later NAME SAID OPTION...: one that finds it.
later() {
	local name=$1 said=$2

	shift 2
	check_eq "a later login: $name" "ran $said" \
		"$(forwarder "$@" "${stable[@]}" echo ran) $(said)"
}
has() {
	echo "terms: its server has $1: what this login says of that does" \
		"not count"
}
later "the same" "" --timeout 100 --max-connections 7 --audit-file "$file"
later "nothing" ""
later "what it is by default" "" --list-timeout 10 --sign-timeout 0
later "--timeout" "$(has "--timeout 100")" --timeout 0
later "--max-connections" "$(has "--max-connections 7")" --max-connections 8
later "times to answer" "$(has "--list-timeout 10, --sign-timeout 0")" \
	--list-timeout 1 --sign-timeout 2 --timeout 100
later "another file" "$(has "--audit-file $file")" --audit-file "$file.2"
check "... which is not made" [ ! -e "$file.2" ]

# Would have caught servers that write to different files, and are alike.
check_eq "status: where the records are" "  records in $file" \
	"$(forwarder status terms | grep records)"
check_eq "status --json: what the server has" \
	"100 10 0 7 $file" "$(forwarder status --json terms | python3 -c '
import json, sys
s = json.load(sys.stdin)[0]
print(s["timeout"], s["list_timeout"], s["sign_timeout"],
      s["max_connections"], s["audit_file"])' 2>&1)"
forwarder stop terms
forwarder "${stable[@]}" true
later "a file, and the server has none" "$(has "no --audit-file")" \
	--audit-file "$file"
check_eq "status: none" "" "$(forwarder status terms | grep records)"
check_eq "status --json: none" "None" "$(forwarder status --json terms |
	python3 -c 'import json, sys
print(json.load(sys.stdin)[0]["audit_file"])' 2>&1)"
forwarder stop terms

# Would have caught a line of sshd_config whose mistake is in no log.
taken='a name that is "agent", begins with "agent." or "s-" or has ".sshd" in '
taken+='it is taken'
for name in agent agent.x s-x a.sshd; do
	mark_log
	forwarder "--stable=$name" -- echo ran >"$out/ran"
	check_eq "--stable=$name" "64 --stable: $taken" "$? $(said)"
	check_eq "... is in the log" "refused: caller=alice(1001) pid=N \
reason=\"--stable: ${taken//\"/\\\"}\"" "$(logged)"
	check_eq "... and nothing runs" "" "$(cat "$out/ran")"
done

kill "$agent_pid"
finish

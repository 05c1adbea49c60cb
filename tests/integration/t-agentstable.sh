#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A path of SSH_AUTH_SOCK that outlives logins: whose agent it leads to, by
# real logins with real agents.

# shellcheck disable=SC2016 # the shells of logins
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=stablepath.sh
. "$(dirname "$0")/stablepath.sh"

# What a login gets.
begin a key-ann
check_eq "the path is the same for every login" "$path" \
	"$(in_login a 'echo $SSH_AUTH_SOCK')"
check_eq "a login gets its own agent" ann "$(in_login a "$list")" key-ann
check_eq "nothing of ours is in it" "0 1 2 3 " \
	"$("${SSH[@]}" key-ann 'ls /proc/self/fd' </dev/null | tr '\n' ' ')"
check_eq "its socket, by mode and owner" "600 alice" \
	"$(stat -c '%a %U' "$path")"
check_eq "status shows who and since when" yes "$(forwarder status |
	grep -q "key $(ssh-keygen -lf "$keys/ann.pub" | cut -d ' ' -f 2)" &&
	echo yes)"
check_eq "status in JSON" "default 1" "$(forwarder status --json |
	python3 -c 'import json, sys
for s in json.load(sys.stdin): print(s["name"], len(s["logins"]))' 2>&1)"

# Would have caught a login that leads to itself, and with --exclusive a
# server that loses its name.
check_eq "--stable within --stable: the same agent, and no login more" \
	"$path 1 default 1" "$(in_login a "$AGENT_FORWARDER --stable \
	    --exclusive -- sh -c 'echo \$SSH_AUTH_SOCK; ssh-add -l | wc -l'" |
	    paste -sd ' ') $(forwarder status --json | python3 -c 'import json, sys
for s in json.load(sys.stdin): print(s["name"], len(s["logins"]))' 2>&1)"
check "... which has its name still" test -S "$path"

# agent 34.  Would have caught a path that goes with the login that made it.
window a
check_eq "agent 34: a window has its login's agent" ann "$(in_window "$list")"
end a
check_eq "agent 36: without a login there is nobody" 1 \
	"$(in_window 'ssh-add -l >/dev/null 2>&1; echo $?')"
# The least of many, for the machine may be busy: what it takes longer than to
# be told that there is no socket at all.
least() {
	local begun took least=1000000

	for _ in {1..30}; do
		begun=${EPOCHREALTIME/[.,]/}
		"${as_alice[@]}" "$BED/bin/agenttalk" "$1" list send reply \
			>/dev/null 2>&1
		took=$((${EPOCHREALTIME/[.,]/} - begun))
		[ "$took" -ge "$least" ] || least=$took
	done
	echo "$least"
}
took=$(($(least "$path") - $(least "$place/nothing")))
check "agent 36: ... which takes less than 10 ms ($took us)" \
	test "$took" -lt 10000
check_eq "agent 36: it is a refusal" "5 1" "$("${as_alice[@]}" \
	"$BED/bin/agenttalk" "$path" list send reply)"
begin b key-anew
check_eq "agent 34: the next login's agent, in the old shell" anew \
	"$(in_window "$list")"
check_eq "agent 34: ... without a new variable" "$path" \
	"$(in_window 'echo $SSH_AUTH_SOCK')"

# agent 37.  Would have caught a newest login that is not asked, or one that
# is asked when it has gone.
begin c key-ann
check_eq "agent 37: the newest one's" ann "$(in_window "$list")"
check_eq "agent 37: ... but each login has its own" "anew ann" \
	"$(in_login b "$list") $(in_login c "$list")"
end c
check_eq "agent 37: back to the one that is left" anew "$(in_window "$list")"

# agent 35.  Would have caught an agent that nobody can use because its user's
# machine sleeps.
begin a key-ann
check_eq "agent 35: the newest one's" ann "$(in_window "$list")"
kill -STOP "${client[a]}"
stopped=("${client[a]}")
check_match "agent 35: a list ends with its deadline" "refused|agent" \
	"$(in_window 'ssh-add -l' 2>&1)"
check_eq "agent 35: ... and from then on it is the other's" anew \
	"$(in_window "$list")"
check_eq "agent 35: the sleeping one's own shell gets that, too" anew \
	"$(in_login a "$list")"
check_match "agent 35: status says so" "does not answer" "$(forwarder status)"
kill -CONT "${client[a]}"
stopped=()
end a
check_eq "agent 35: the awake one's stays" anew "$(in_window "$list")"

# Two people on one account.  Would have caught an agent in other hands.
begin ben key-ben
check_eq "each has his own" "anew ben" \
	"$(in_login b "$list") $(in_login ben "$list")"
check_eq "a window keeps to its person" anew "$(in_window "$list")"
end b
check_eq "... and gets nothing of the other's" 1 \
	"$(in_window 'ssh-add -l >/dev/null 2>&1; echo $?')"
check_eq "nor does who has no login" 1 "$("${as_alice[@]}" \
	SSH_AUTH_SOCK="$path" sh -c 'ssh-add -l >/dev/null 2>&1; echo $?')"
end ben

end_window

# Would have caught a hint that leads to an agent which is said to be its
# login's alone.
way ours --shared <<<"$expose"
begin a ours-ann
begin ben ours-ben
window ben
end ben
check_eq "--shared: another's agent, where he says so" ann \
	"$(in_window "$list")"
end_window
end a
forwarder stop

# Would have caught an agent that was to be one login's alone, given to who
# says that he came by the same key.
way alone --exclusive <<<"$expose"
begin a alone-ann
window a
check_eq "--exclusive: its own login has it" ann "$(in_login a "$list")"
check_eq "... and what was started from there" "${loginuid:+ann}" \
	"$([ -z "$loginuid" ] || in_window "$list")"
end_window
begin b key-anew
window b
check_eq "... but not the same key's other login" "anew anew" \
	"$(in_login b "$list") $(in_window "$list")"
end b
check_eq "... when that has ended, either" 1 \
	"$(in_window 'ssh-add -l >/dev/null 2>&1; echo $?')"
end_window
end a
forwarder stop

# Without ExposeAuthInfo: the kernel's number alone.
if [ -n "$loginuid" ]; then
	way plain </dev/null
	begin a plain-ann
	window a
	check_eq "without a key: a window has its login's agent" ann \
		"$(in_window "$list")"
	begin ben plain-ben
	end a
	check_eq "... and nobody else's" 1 \
		"$(in_window 'ssh-add -l >/dev/null 2>&1; echo $?')"
	end ben
	end_window
	forwarder stop
else
	skip "without a key" "may not set a login uid here"
fi

# Would have caught a record that is to be kept and is not, because another
# login made the server without.
way key <<<"$expose"
way kept --audit=required <<<"$expose"
begin b key-anew
begin a kept-ann
check_match "--audit: not by a server that keeps none" \
	"keeps no such record" "$(cat "$out/login.a.said")"
check_match "... but beside it, by one's own" "/s-.* ann" \
	"$(in_login a "echo \$SSH_AUTH_SOCK; $list" | paste -sd ' ')"
check_eq "... and nobody else gets it" anew "$(in_login b "$list")"
end a
end b
forwarder stop
begin a kept-ann
begin b key-anew
check_eq "--audit: by one that does" "$path $path" \
	"$(in_login a 'echo $SSH_AUTH_SOCK') $(in_login b 'echo $SSH_AUTH_SOCK')"
end a
end b
forwarder stop

# A shell of pty-broker's.  Would have caught one that has to be told of the
# agent that came with another connection.
way broker -- "$PTY_BROKER" attach main <<<"$expose"
at_shell() {
	on_tty "broker-$1" <<-END
		expect alice$ 
		send ssh-add -l | sed 's/has.*/is here/'; echo "sh""ell \$\$"\r
		expect $1 is here
		expect shell 
		send \x1c
	END
}
first=$(at_shell ann)
shell=$(grep -o 'shell [0-9]*' <<<"$first" | tail -n 1)
check_match "a shell of pty-broker's has the agent" "ann is here" "$first"
wait_for 20 no_lease
second=$(at_shell anew)
check_match "... and the next login's when it returns" \
	"anew is here.*$shell" "$(tr -d '\r\n' <<<"$second")"
"${as_alice[@]}" "$PTY_BROKER" kill main
forwarder stop
finish

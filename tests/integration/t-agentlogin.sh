#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# ForwardAgent: a session of another account than the one that logged in, with
# the agent of the login: who gets it, how much of it, and what is told.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

# shellcheck source=agentlogin.sh
. "$(dirname "$0")/agentlogin.sh"

# Off, said and not said.  Would catch root's path that is passed on, and a
# socket for who has not asked for one.
unset_case='echo "${SSH_AUTH_SOCK-unset}"'
for word in "" "ForwardAgent no"; do
	conf <<<"$word"
	for host in b c; do
		check_eq "absent with <$word>, $host" unset \
			"$(with "$host" "$unset_case")" "$host"
	done
done
check_eq "and no directory was made" "" "$(ls -A $agents 2>/dev/null)"

# On.  A nested ssh, from alice to bob, has the key from nowhere else.
cat >/home/alice/nested <<-END
	Host *
		HostKeyAlias bed
		UserKnownHostsFile /home/alice/known_hosts
		ProxyCommand sudo -n /usr/sbin/sshd -i -f $BED/conf/%n
		User bob
		PreferredAuthentications publickey
END
cp "$BED/keys/known_hosts" /home/alice/known_hosts
server_plain bob
facts='s=$SSH_AUTH_SOCK; d=${s%/*}
	stat -c "%F %U %a" "$s"; stat -c "%F %U %G %a" "$d"
	touch "$d/mine" 2>/dev/null && echo touched
	rm -f "$s" 2>/dev/null; [ -S "$s" ] || echo removed
	ls "${d%/*}" 2>/dev/null'
for word in yes filter; do
	conf <<<"ForwardAgent $word"
	for host in b c; do
		check_match "ssh-add -l, $word, $host" "$fingerprint" \
			"$(with "$host" ssh-add -l)" "$host"
		check_eq "the socket is alice's, $word $host" \
			$'socket alice 600\ndirectory root alice 710' \
			"$(with "$host" "$facts")" "$host"
		check_match "it is below the place for it, $word $host" \
			"^$agents/[0-9]+-[0-9]+/[a-z]+\$" \
			"$(with "$host" 'echo $SSH_AUTH_SOCK')" "$host"
		check_match "on a terminal, $word $host" "$fingerprint" \
			"$(with -tt "$host" ssh-add -l)" "$host"
		if need sudo; then
			check_eq "a nested ssh, $word, $host" bob \
				"$(with "$host" ssh -F nested plain-bob \
					id -un)" "$host"
		else
			skip "a nested ssh, $word, $host" "needs sudo"
		fi
		check_eq "many at once, $word, $host" 40 "$(with "$host" '
			for i in $(seq 40); do ssh-add -l >/dev/null && echo 1 &
			done; wait' | grep -c 1)" "$host"
		# "yes" is everything, and the usual policy changes nothing.
		with "$host" ssh-add -D >/dev/null
		if [ "$word" = yes ]; then
			check_eq "what changes the agent passes, $host" \
				"The agent has no identities." "$(ssh-add -l)"
			fill
		else
			check_match "what changes the agent does not, $host" \
				"$fingerprint" "$(ssh-add -l)"
		fi
	done
done
check_nothing_left "nothing is left of all that"

# A policy that root wrote, and one that alice could have written.
echo "DenyKey $other" >"$BED/conf/policy"
conf <<<"ForwardAgent filter
AgentPolicy $BED/conf/policy"
for host in b c; do
	said=$(with "$host" ssh-add -l)
	check_match "a policy: what it lets through, $host" "$fingerprint" \
		"$said" "$host"
	check_eq "a policy: and nothing else, $host" 1 "$(wc -l <<<"$said")" \
		"$host"
done
chown alice "$BED/conf/policy"
for host in b c; do
	check_eq "a policy of alice's is none, $host" unset \
		"$(with "$host" "$unset_case")" "$host"
done
chown root "$BED/conf/policy"
echo "NoSuchWord" >"$BED/conf/policy"
for host in b c; do
	check_eq "a policy with a mistake lets nothing through, $host" unset \
		"$(with "$host" "$unset_case")" "$host"
done
rm "$BED/conf/policy"
for host in b c; do
	check_eq "nor one that is not there, $host" unset \
		"$(with "$host" "$unset_case")" "$host"
done
check_match "and -v says so, b" 'ForwardAgent: .*policy: No such file' \
	"$(with bv true)" bv

# Where there is no agent there is a session all the same.
conf <<<"ForwardAgent yes"
for host in b c; do
	check_eq "without ssh -A, $host" unset \
		"$("${SSH[@]}" -q "$host" "$unset_case" </dev/null)" "$host"
done
check_match "and -v says so, b" 'ForwardAgent: the login has no agent' \
	"$("${SSH[@]}" -q bv true 2>&1 </dev/null)" bv
mv "$AGENT_FORWARDER" "$out/away"
for host in b c; do
	check_eq "without agent-forwarder, $host" "unset 0" \
		"$(with "$host" "$unset_case") $?" "$host"
done
check_match "and -v says so, b" 'ForwardAgent: .*agent-forwarder: No such' \
	"$(with bv true)" bv
check_match "and -v says so, c" 'ForwardAgent: .*agent-forwarder: No such' \
	"$(with cv true)" cv
# One that never says that it serves, and one that ends at once.
for body in 'exec sleep 1009' 'exit 1'; do
	printf '#!/bin/sh\n%s\n' "$body" >"$AGENT_FORWARDER"
	chmod 0755 "$AGENT_FORWARDER"
	for host in b c; do
		check_eq "with one that does <$body>, $host" "unset 0" \
			"$(with "$host" "$unset_case") $?" "$host"
	done
done
check "and it was killed" wait_for 20 gone 1009
mv "$out/away" "$AGENT_FORWARDER"
check_nothing_left "nothing is left where it was not served"

# UnsetEnv and SetEnv have the last word; Chroot has another /run.
conf <<<$'ForwardAgent yes\nUnsetEnv SSH_AUTH_SOCK'
check_eq "UnsetEnv, b" unset "$(with b "$unset_case")" b
conf <<<$'ForwardAgent yes\nSetEnv SSH_AUTH_SOCK=/mine'
check_eq "SetEnv, c" /mine "$(with c "$unset_case")" c

# Options narrow.  Would catch a command= of an authorized_keys that gives more
# than the machine's file.
narrow() {
	local name=$1

	shift
	server_key "$name" "exec $INCUBATOR --config $BED/conf/incubator $*" \
		</dev/null
}
narrow all --forward-agent
narrow some --forward-agent=filter
narrow none --forward-agent=no
narrow file --agent-policy=/etc/passwd
conf <<<"ForwardAgent filter"
refused_begin with all true
for option in all:forward-agent file:agent-policy; do
	check_match "an option may not widen, $option" \
		"^incubator: --${option#*:}: .*255\$" \
		"$(with "${option%%:*}" true | tr '\n' ' '
			echo "${PIPESTATUS[0]}")" "${option%%:*}"
done
check_match "an option may say the same" "$fingerprint" \
	"$(with some ssh-add -l)" some
check_eq "an option may take it away" unset "$(with none "$unset_case")" none
conf <<<"ForwardAgent yes"
with some ssh-add -D >/dev/null
check_match "an option may filter" "$fingerprint" "$(ssh-add -l)" some
conf </dev/null
check_match "an option alone gives it" "$fingerprint" \
	"$(with all ssh-add -l)" all
conf <<<$'ForwardAgent yes\nAgentPolicy /etc/passwd'
check_match "a policy that would filter nothing is refused" \
	'AgentPolicy needs ForwardAgent filter' "$(with b true)" b
check_eq "and -T says so" "forwardagent yes
agentpolicy /etc/passwd
AgentPolicy needs ForwardAgent filter" "$("$INCUBATOR" -T \
	--config "$BED/conf/incubator" -C user=nobody 2>&1 |
		sed 's/^incubator: //' | grep -i agent)"

# What --explain says, before anybody logs in.
conf <<<"ForwardAgent filter"
explain() {
	"$INCUBATOR" --config "$BED/conf/incubator" --local-user alice \
		"$@" true </dev/null
}
check_eq "--explain: the agent" $'agent\tthe login\'s, filtered' \
	"$(explain --explain | grep '^agent')"
check_eq "--explain: the variable, and which line gave it" \
	$'env\tSSH_AUTH_SOCK\tForwardAgent\t'"$BED/conf/incubator line 1" \
	"$(explain --explain | grep SSH_AUTH_SOCK)"
check_match "--explain=json" '"agent": *"the login.s, filtered"' \
	"$(explain --explain=json)"
check_eq "--explain: no agent, and why" \
	$'agent\tnone: the login has no agent' \
	"$(unset SSH_AUTH_SOCK; explain --explain |
		grep -e '^agent' -e SSH_AUTH)"
check_eq "--explain: another user's" \
	$'agent\tnone: SSH_AUTH_SOCK of the login is another user\'s socket' \
	"$(chown bob "$out/agent"; explain --explain | grep '^agent'
		chown root "$out/agent")"
check_eq "--explain: not wanted" $'agent\tnone' \
	"$(explain --explain --forward-agent=no |
		grep -e '^agent' -e SSH_AUTH)"
check_eq "--explain: not in a chroot" \
	$'agent\tnone: its socket is not below Chroot' \
	"$(explain --explain --chroot=/usr 2>/dev/null | grep '^agent')"
check_eq "and --explain made nothing" "" "$(ls -A $agents)"

check_nothing_left "nothing is left at the end"
kill "$agent_pid"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# ForwardAgent: a session of another account than the one that logged in, with
# the agent of the login.  Host "b" is root's login with a forced command, host
# "c" the gateway's; both become alice.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
agents=/run/ssh-incubator/agent
need ssh-agent && need ssh-add || skip_all "needs ssh-agent and ssh-add"
[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
mkfifo "$out/never" "$out/pace"
exec 7<>"$out/never"
chmod 0666 "$out/pace"

# What is asked for goes before what is true of every login.
conf() {
	{
		cat
		printf 'Match Caller gateway,root\n\tLocalUser alice\n'
	} | service_conf
}
service_start 64
server_key b "exec $INCUBATOR --config $BED/conf/incubator" </dev/null
printf '%s\n' "ForceCommand exec $INCUBATOR --front" \
	"AllowTcpForwarding no" "AllowStreamLocalForwarding no" \
	"X11Forwarding no" "PermitUserRC no" | server c gateway
printf '%s\n' "ForceCommand exec $INCUBATOR -v --front" | server cv gateway
server_key bv "exec $INCUBATOR -v --config $BED/conf/incubator" </dev/null

agent_pid=$(ssh-agent -s -a "$out/agent" |
	sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p')
export SSH_AUTH_SOCK=$out/agent
ssh-keygen -q -t ed25519 -N "" -C other -f "$out/other"
fill() {
	ssh-add -q "$BED/keys/user" "$out/other" 2>/dev/null
}
fill
# As check_match has it: there may be a "+" in it.
fingerprint() {
	ssh-keygen -lf "$1" | cut -d ' ' -f 2
}
other=$(fingerprint "$out/other.pub")
fingerprint=$(fingerprint "$BED/keys/user.pub" | sed 's/+/\\+/g')
# The client's own key is asked for by its file, and the agent is the agent.
A=(-A -o IdentityAgent=SSH_AUTH_SOCK)
with() {
	"${SSH[@]}" -q "${A[@]}" "$@" </dev/null 2>&1
}
nothing_left() {
	no_incubator && ! pgrep -x agent-forwarder && none_of_alice &&
		[ -z "$(ls -A "$agents" 2>/dev/null)" ]
}
left() {
	pgrep -a -x incubator
	pgrep -a -x agent-forwarder
	pgrep -a -u alice
	find "$agents" 2>/dev/null
}
check_nothing_left() {
	if wait_for 20 nothing_left; then
		pass "$1"
	else
		fail "$1" "$(left)"
	fi
}

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
		check_eq "the socket is alice's, its place is not, $word $host" \
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

# log_in HOST COMMAND: a client whose pid is in $client, and whose session has
# written its socket's path to $out/up; its status goes to $out/status.
log_in() {
	local host=$1

	rm -f "$out/status" "$out/client"
	: >"$out/up"
	{
		"${RAW_SSH[@]}" -q "${A[@]}" "$host" \
			"echo \$SSH_AUTH_SOCK; $2" <"$out/never" \
			>"$out/up" 2>"$out/said" &
		echo $! >"$out/client"
		wait $!
		echo $? >"$out/status"
	} 2>/dev/null &
	wait_for 20 grep -q '^/' "$out/up" || fail "it begins" "$host" "$host"
	client=$(cat "$out/client")
	socket=$(cat "$out/up")
}
answered() {
	[ -s "$out/status" ]
}
forwarder() {
	pgrep -x agent-forwarder
}
# The service, or root's process of shape B; not who waits for its end.
keeper() {
	basename "$(dirname "$socket")" | cut -d - -f 1
}
warden() {
	pgrep -P "$(keeper)" -x incubator
}
# Without an answer and without a wait: 2 is no agent, 124 would be a hang.
nobody_serves() {
	ask timeout 10 >/dev/null
	[ $? = 2 ]
}
on() {
	log_in "$1" 'while :; do read -t 0.02 <>/bed/out/pace; done'
}
off() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -u alice
	wait_for 20 nothing_left || fail "all ends" "$(left)"
	wait
}

# Who may connect.  Another user comes as far as the directory; and where
# everybody could come in, it is the uid that counts (agent 25).
conf <<<"ForwardAgent yes"
as_bob=(setpriv --reuid 1002 --regid 1002 --clear-groups)
ask() {
	env SSH_AUTH_SOCK="$socket" "$@" ssh-add -l 2>&1
}
for host in b c; do
	on "$host"
	check_match "agent 25: root may, $host" "$fingerprint" "$(ask)" "$host"
	check_match "agent 25: bob may not, $host" \
		'Permission denied|Error connecting' "$(ask "${as_bob[@]}")"
	chmod 0755 "${socket%/*}"
	chmod 0666 "$socket"
	check_eq "agent 25: bob comes in nowhere, $host" 1 \
		"$(ask "${as_bob[@]}" >"$out/said"; echo $(($? != 0)))"
	check_eq "agent 25: and learns nothing, $host" "" \
		"$(grep SHA256 "$out/said")"
	pid=$(forwarder)
	check_eq "I7, I16: what is open with who serves, $host" "" \
		"$(descriptors_of "$pid" | tr ' ' '\n' | grep -vx \
			-e socket -e /dev/null -e eventpoll -e signalfd)"
	check_eq "nor of who waits, $host" 0 \
		"$(descriptors_of "$(warden)" | grep -c -e pts -e pipe \
			-e socket)"
	check_eq "who serves has no capability, $host" 0000000000000000 \
		"$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")"
	check_eq "nor gets one, $host" 1 \
		"$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")"
	case $host in
	b) account=root ;;
	c) account=gateway ;;
	esac
	check_eq "and is of the login, $host" "$account" \
		"$(stat -c %U "/proc/$pid")"
	check_eq "agent 3: its session is its own, $host" "$pid" \
		"$(ps -o sid= -p "$pid" | tr -d ' ')"
	off
done
# On a terminal as well, which the front has given up by then.
rm -f "$out/at"
{
	with -tt c 'touch /bed/out/at
		while :; do read -t 0.02 <>/bed/out/pace; done' >/dev/null &
	client=$!
	disown
} 2>/dev/null
wait_for 20 test -e "$out/at"
check_eq "I16: no terminal with who serves, on a terminal" "" \
	"$(descriptors_of "$(forwarder)" | grep -e pts)"
check_eq "I16: nor is one its controlling terminal" "?" \
	"$(ps -o tty= -p "$(forwarder)")"
kill -KILL "$client" 2>/dev/null
pkill -KILL -u alice
check_nothing_left "nothing is left of a terminal"

# Every way to end.  Would catch a process that watches nobody, a socket whose
# owner was killed, and a directory that nobody removes.
for host in b c; do
	for victim in client keeper forwarder warden front user_process; do
		[ "$host$victim" != bfront ] || continue
		on "$host"
		case $victim in
		client) pid=$client ;;
		keeper) pid=$(keeper) ;;
		forwarder) pid=$(forwarder) ;;
		warden) pid=$(warden) ;;
		front) pid=$(fronts gateway) ;;
		user_process)
			pid=$(pgrep -x sshd | while read -r p; do
				[ "$(pgrep -P "$p" -x incubator)" = "" ] ||
					echo "$p"
			done)
			;;
		esac
		check_eq "one to kill: $victim, $host" 1 "$(wc -w <<<"$pid")"
		kill -KILL "$pid"
		case $victim in
		forwarder)
			# Who is not served is told so, and the session stays.
			check "KILL: no answer and no hang, $host" \
				wait_for 20 nobody_serves
			check "KILL: the session goes on, $host" \
				kill -0 "$client"
			kill -KILL "$client"
			;;
		warden)
			kill -KILL "$client"
			;;
		keeper)
			# What the next one would do about alice.
			wait_for 20 eval '! [ -e "${socket%/*}" ]' ||
				fail "KILL: $victim, $host" "$(left)"
			pkill -KILL -u alice
			;;
		esac
		[ "$victim$host" != user_processb ] || pkill -KILL -u alice
		check_nothing_left "KILL: nothing is left, $victim, $host"
		kill -KILL "$client" 2>/dev/null
		wait
	done
	# Both: the next login sweeps.
	on "$host"
	kill -STOP "$(warden)"
	kill -KILL "$(warden)" "$(keeper)"
	pkill -KILL -u alice
	wait_for 20 no_incubator
	check "KILL: now it is there, $host" test -e "${socket%/*}"
	with "$host" true >/dev/null
	check_nothing_left "KILL: the next login sweeps, $host"
	kill -KILL "$client" 2>/dev/null
	wait
done

# A status is a status, and arrives when the session is over.
for host in b c; do
	check_eq "the status, $host" 7 "$(with "$host" 'exit 7'; echo $?)"
done
check_nothing_left "nothing is left at the end"
kill "$agent_pid"
finish

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What scripts about ForwardAgent share, after lib.sh and service.sh.  Host "b"
# is root's login with a forced command, host "c" the gateway's; both become
# alice, and "with" logs in there with an agent.

out=$BED/out
agents=/run/ssh-incubator/agent
for program in ssh-agent ssh-add; do
	need "$program" || skip_all "needs $program"
done
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

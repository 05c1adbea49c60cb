#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# An agent that comes with a login, where there is a logind: before a session
# of one's own, at a path that stays, and in sessions that root's login (B) and
# the service (C) make for another account.
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

forwarder=${INCUBATOR%/sbin/incubator}/bin/agent-forwarder
[ -x "$ROOT$forwarder" ] || skip_all "no agent-forwarder at $forwarder"
runtime=/run/user/1001/ssh-incubator/agent
state=/home/alice/.local/state/ssh-incubator/agent

# Anna's, on the client's side.
export SSH_AUTH_SOCK=$BED/out/agent
agent=$(ssh-agent -s -a "$SSH_AUTH_SOCK" |
	sed -n 's/.*_PID=\([0-9]*\);.*/\1/p')
for key in work home; do
	ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$BED/keys/agent-$key"
	ssh-add -q "$BED/keys/agent-$key"
done
work=$(ssh-keygen -lf "$BED/keys/agent-work.pub" | cut -d' ' -f2)

# comes HOST ARGS...: with her agent; in one line.
comes() {
	"${SSH[@]}" -A -o IdentityAgent=SSH_AUTH_SOCK "$@" 2>&1 </dev/null |
		tr -d '\r' | paste -sd ' '
}
# In one word, what an agent has.
cat >"$ROOT/home/alice/keys" <<'EOF'
ssh-add -l | cut -d' ' -f3 | sort | paste -sd,
EOF
# What is left in the scope of a login keeps it "closing".
# shellcheck disable=SC2317
over() {
	local session

	for session in $(sessions_of alice); do
		[ "$(session_property "$session" State)" = closing ] ||
			return 1
	done
}

# Would have caught a socket where the session has no right to make one, and
# one that the end of the login leaves behind.
check_match "own account: in the runtime directory" "^$runtime/[^ ]* work$" \
	"$(comes plain-alice "$forwarder --allow-key $work -- sh -c \
		'echo \$SSH_AUTH_SOCK; sh ./keys'")"
served() {
	inside pgrep -x agent-forwarder >/dev/null
}
serves_nobody() {
	! served
}
check "own account: nobody serves any more" wait_for 60 serves_nobody
check_nothing "own account"

# Would have caught a path that goes with the first login, as logind removes
# the runtime directory then, or with its scope.
stable="$forwarder --stable --shared -- sh -c 'echo \$SSH_AUTH_SOCK; sh ./keys'"
check_match "--stable: not where logind removes it" \
	"^$state/default.sock home,work$" "$(comes plain-alice "$stable")"
check "--stable: logged out" wait_for 60 over
check "--stable: it stays" served
inode=$(stat -c %i "$ROOT$state/default.sock")
check_match "--stable: the same for the next login" \
	"^$state/default.sock home,work$" "$(comes plain-alice "$stable")"
check_eq "--stable: the very same" "$inode" \
	"$(stat -c %i "$ROOT$state/default.sock")"
comes plain-alice "$forwarder stop" >/dev/null
check "--stable: stopped" wait_for 60 serves_nobody

# Would have caught a server whose directory is gone and that is in the way.
inside loginctl enable-linger alice
check "lingering" wait_for 60 test -d "$ROOT/run/user/1001/systemd"
check_match "agent 40: lingering, in the runtime directory" \
	"^$runtime/default.sock home,work$" "$(comes plain-alice "$stable")"
inside loginctl disable-linger alice
# As logind does it, for whom nothing is left that it knows of.
inside sh -c "find /run/user/1001 -mindepth 1 -delete
	umount -l /run/user/1001; rmdir /run/user/1001"
check_match "agent 40: the next login has one all the same" \
	"^$state/default.sock home,work$" "$(comes plain-alice "$stable")"
comes plain-alice "$forwarder stop" >/dev/null
inside pkill -x agent-forwarder
check "agent 40: nobody serves any more" wait_for 60 serves_nobody
# To systemd the directory is still there.
inside systemctl stop user@1001.service user-runtime-dir@1001.service
check_nothing "--stable"

# Shape B.
service_conf <<-EOF
	Match Caller root
		LocalUser alice
		ForwardAgent filter
	Match Caller gateway
		LocalUser alice
		ForwardAgent yes
EOF
ssh-keygen -q -t ed25519 -N '' -f "$BED/keys/root-agent"
printf 'restrict,pty,agent-forwarding,command="exec %s" %s\n' "$INCUBATOR" \
	"$(cat "$BED/keys/root-agent.pub")" >>"$ROOT/etc/ssh/keys/root"
printf 'Host root-agent\nUser root\nIdentityFile %s\n' \
	"$BED/keys/root-agent" >"$BED/hosts/root-agent"
# shellcheck disable=SC2016 # the shell there expands it
look='id -un; echo $SSH_AUTH_SOCK; stat -c %U:%a $SSH_AUTH_SOCK; sh ./keys
	ssh-add -D 2>&1'
# Would have caught a socket that only its maker can use, and what of it stays.
check_match "B: alice has it, filtered" \
	"^alice $RUN_PATH/agent/[^ ]*/socket alice:600 home,work Failed" \
	"$(comes root-agent "$look")"
check_match "B: with a terminal" "^alice home,work" \
	"$(comes -tt root-agent "id -un; sh ./keys")"
check_nothing "B"
no_socket() {
	[ -z "$(find "$ROOT$RUN_PATH/agent" -mindepth 1 2>/dev/null)" ]
}
check "B: no socket is left" wait_for 60 no_socket
# shellcheck disable=SC2016
check_eq "B: without -A none" "none" "$("${SSH[@]}" root-agent \
	'echo ${SSH_AUTH_SOCK-none}' 2>&1 </dev/null)"

# Shape C.
cat >"$ROOT/etc/ssh/sshd_config.d/00-a-agent.conf" <<-EOF
	Match User gateway
		ForceCommand exec $INCUBATOR --front
		DisableForwarding no
		AllowTcpForwarding no
		AllowStreamLocalForwarding no
		X11Forwarding no
		PermitTunnel no
	Match all
EOF
inside systemctl reload ssh
check_match "C: alice has it, and all that it does" \
	"^alice $RUN_PATH/agent/[^ ]*/socket alice:600 home,work" \
	"$(comes gw "${look%%ssh-add*}")"
check_match "C: with a terminal" "^alice home,work" \
	"$(comes -tt gw "id -un; sh ./keys")"
check "C: nobody serves any more" wait_for 60 serves_nobody
check_nothing "C"
check "C: no socket is left" wait_for 60 no_socket
rm "$ROOT/etc/ssh/sshd_config.d/00-a-agent.conf" "$ROOT$CONFIGURATION" \
	"$ROOT/home/alice/keys"
inside systemctl reload ssh
kill "$agent"
finish

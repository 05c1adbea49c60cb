# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Logins that share a path of SSH_AUTH_SOCK.  A script sources this after
# lib.sh.
# shellcheck disable=SC2016,SC2034 # the shells of logins; the scripts' words

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
if ! need ssh-agent || ! need ssh-add; then
	skip_all "needs ssh-agent and ssh-add"
fi

out=$BED/out
keys=$BED/keys
place=/home/alice/.local/state/ssh-incubator/agent
path=$place/default.sock
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups
	env -i HOME=/home/alice USER=alice LOGNAME=alice PATH="$PATH")
forwarder() {
	"${as_alice[@]}" "$AGENT_FORWARDER" "$@" </dev/null
}

# The kernel's number of a login is what tells who is who without a key.
loginuid=yes
( echo 1001 >/proc/self/loginuid ) 2>/dev/null || loginuid=
printf '%s\n' "auth required pam_permit.so" "account required pam_permit.so" \
	"session required pam_permit.so" ${loginuid:+
	"session required pam_loginuid.so"} >/etc/pam.d/sshd

# Two people, each with a key to come by, and an agent with a key in it.
agents=()
person() {
	ssh-keygen -q -t ed25519 -N '' -C "$1 comes" -f "$keys/$1"
	ssh-keygen -q -t ed25519 -N '' -C "$1 has" -f "$keys/$1-has"
	cat "$keys/$1.pub" >>"$BED/auth/people"
	ssh-agent -s -a "$out/agent.$1" >"$out/env" </dev/null
	agents+=("$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' \
		"$out/env")")
	SSH_AUTH_SOCK=$out/agent.$1 ssh-add -q "$keys/$1-has"
}
person ann
person ben
# Ann at another machine of hers.
cp "$keys/ann" "$keys/anew"
cp "$keys/ann.pub" "$keys/anew.pub"
ssh-keygen -q -t ed25519 -N '' -C "anew has" -f "$keys/anew-has"
ssh-agent -s -a "$out/agent.anew" >"$out/env" </dev/null
agents+=("$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' "$out/env")")
SSH_AUTH_SOCK=$out/agent.anew ssh-add -q "$keys/anew-has"
chmod 0644 "$BED/auth/people" "$keys"/*.pub

stopped=()
end_all() {
	kill "${agents[@]}" 2>/dev/null
	kill -CONT "${stopped[@]}" 2>/dev/null
}
trap 'end_all; fail "$SCRIPT" "ended early, status $?"; finish' EXIT

# way NAME OPTION... <FRAGMENT: logins of alice's with such a path, for all.
way() {
	local name=$1 who

	shift
	{
		echo "ForceCommand exec $AGENT_FORWARDER --stable $*"
		echo "AuthorizedKeysFile $BED/auth/people"
		cat
	} >"$out/fragment"
	for who in ann anew ben; do
		server "$name-$who" alice "IdentityFile $keys/$who" \
			"ForwardAgent yes" "IdentityAgent $out/agent.$who" \
			<"$out/fragment"
	done
}
expose=$'ExposeAuthInfo yes\nLogLevel VERBOSE'
way key --list-timeout 1 <<<"$expose"

# A login that stays: begin NAME HOST [SSH-OPTION ...].
declare -A client
begin() {
	local name=$1

	shift
	rm -f "$out/login.$name".*
	mkfifo -m 0666 "$out/login.$name.in" "$out/login.$name.out"
	# shellcheck disable=SC2016 # the login's shell
	"${RAW_SSH[@]}" "$@" 'n='"$out/login.$name"'; echo $$ >$n.pid
		while read -r line <$n.in; do
			[ "$line" != end ] || exit 0
			eval "$line" >$n.out 2>&1
		done' </dev/null >"$out/login.$name.said" 2>&1 &
	client[$name]=$!
	wait_for 20 test -s "$out/login.$name.pid" ||
		fail "login $name" "$(cat "$out/login.$name.said")" "$1"
}
# in_login NAME COMMAND: there, and what it prints.
in_login() {
	timeout 30 sh -c 'printf "%s\n" "$1" >"$0.in"' "$out/login.$1" "$2" &&
		timeout 30 cat "$out/login.$1.out"
}
# Its sshd is gone, and so is its lease, if anybody serves.
end() {
	timeout 20 sh -c 'echo end >"$0.in"' "$out/login.$1"
	wait "${client[$1]}"
	unset "client[$1]"
	wait_for 20 leaves "$(cat "$out/login.$1.pid")"
}
no_lease() {
	! compgen -G "$place/default.lease.*"
}
leaves() {
	! [ -e "$place/default.lease.$1" ] || no_process
}
# A window of tmux's, as far as this goes: no login's child any more.
window() {
	rm -f "$out"/login.window.*
	mkfifo -m 0666 "$out/login.window.in" "$out/login.window.out"
	# shellcheck disable=SC2016 # the window's shell
	echo 'echo $$ >'"$out"'/login.window.pid
		while read -r line <'"$out"'/login.window.in; do
			eval "$line" >'"$out"'/login.window.out 2>&1
		done' >"$out/login.window.sh"
	in_login "$1" "setsid -f bash $out/login.window.sh </dev/null \
		>/dev/null 2>&1" >/dev/null
	wait_for 20 test -s "$out/login.window.pid"
}
in_window() {
	in_login window "$1"
}
end_window() {
	kill "$(cat "$out/login.window.pid")"
}

# Who serves: the number of its process.
server_pid() {
	forwarder status --json | sed -n 's/.*"pid":\([0-9]*\),"since".*/\1/p' |
		head -n 1
}
is_gone() {
	! [ -e "/proc/$1" ]
}
no_process() {
	[ "$(processes)" = 0 ]
}
processes() {
	pgrep -x agent-forwarder | wc -l
}

list="ssh-add -l | sed 's/.* \\(a[a-z]*\\|ben\\) has.*/\\1/'"

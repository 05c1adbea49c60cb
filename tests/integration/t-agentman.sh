#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent-forwarder(1): its examples do what they say as they are written, and
# the options that the program knows are those that the page has.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=displays.sh
. "$(dirname "$0")/displays.sh"

out=$BED/out
page=$TOP_SRCDIR/man/agent-forwarder.1
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"
cd "$out" || exit 1
SSH_AUTH_SOCK=$out/agent
export SSH_AUTH_SOCK
agent_pid=$(ssh-agent -s -a "$SSH_AUTH_SOCK" |
	sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p')
ssh-keygen -q -t ed25519 -N '' -C hidden -f hidden
ssh-add -q "$BED/keys/user" hidden
key=$(ssh-keygen -lf "$BED/keys/user.pub" | cut -d ' ' -f 2)
hidden=$(ssh-keygen -lf hidden.pub | cut -d ' ' -f 2)

read_displays "$page"
# run TEXT: the command that has this, with our key as its fingerprint.  It
# finds what is to follow on standard input.
run() {
	timeout 20 bash -c "$(commands "$1" | sed "s|SHA256:[.]*|$key|")" 2>&1
}

check_match "the key that is named is listed, and no other" \
	"^256 ${key//+/\\+} user \(ED25519\)\$" "$(run ssh-add </dev/null)"

# Would have caught an example whose options do not go together.
check_eq "a shell that signs for git" "signed refused" "$(
	run "--user git" <<-END | tr '\n' ' ' | sed 's/ $//'
		ssh-keygen -q -Y sign -n git -f hidden.pub </dev/null >sig 2>&1
		grep -q BEGIN sig && echo signed
		ssh-add -T hidden.pub >/dev/null 2>&1 || echo refused
	END
)"

cat >deploy <<-'END'
	#!/bin/sh
	for i in 1 2 3 4; do
		ssh-add -T hidden.pub >/dev/null 2>&1 && echo $i
	done
END
chmod +x deploy
rm -f ~/signatures
check_eq "three signatures" "1 2 3 " \
	"$(run --max-signatures </dev/null | tr '\n' ' ')"
check_eq "... and all four in the file" "3 allowed, 1 refused" \
	"$(grep -c '"verdict":"allowed","result":"success","op":"sign"' \
		~/signatures) allowed, $(grep -c '"verdict":"refused"' \
		~/signatures) refused"
check_eq "... with nothing that the page has not" "" \
	"$(not_told "$page" "^.Ss Records" "^.Ss" <~/signatures)"

# The policy, with a key in each place that wants one.
display "# Two keys" |
	sed "s|SHA256:[.]*|$key|; s|SHA256:[.][.]*|$hidden|" >agent.policy
check_eq "the policy is one, and printed" \
	"AllowKey $key $hidden
AllowCA $key
AllowUser git deploy
AllowNamespace git
Rate 20/60" "$(run --print-policy </dev/null)"

# What is run instead of tmux tells which agent it has; "status" is asked while
# it is there.
mkdir bin
cat >bin/tmux <<-'END'
	#!/bin/sh
	echo "$SSH_AUTH_SOCK"
	ssh-add -l | wc -l
	agent-forwarder status
	agent-forwarder status --json >json
END
chmod +x bin/tmux
shown=$(PATH=$out/bin:$PATH run "tmux new-session" </dev/null)
check_match "a path that stays" \
	"^/root/.local/state/ssh-incubator/agent/default.sock
2
default  /root/.*/default.sock
 .*logins 1.*login [0-9]+, .*served 1, passed 1" "$shown"
check_match "... as an object" '"logins":\[.*"upstream":' \
	"$(tr -d '\n' <json)"
check_eq "... whose members are in the page" "" \
	"$(not_told "$page" "^.It Cm status" "^.It Cm stop" <json)"
check_match "the status of it afterwards" "^default .* logins 0," \
	"$(run "agent-forwarder status" </dev/null)"
check "... and its end" "$AGENT_FORWARDER" stop

# An agent stands for Docker's service, and ssh-add for its client.
ln -s "$SSH_AUTH_SOCK" ~/docker.sock
cat >bin/docker <<-'END'
	#!/bin/sh
	stat -c '%a %F' "${2#unix://}"
	SSH_AUTH_SOCK=${2#unix://} ssh-add -l | wc -l
END
chmod +x bin/docker
check_eq "another stream" $'600 socket\n2' \
	"$(PATH=$out/bin:$PATH run --raw </dev/null)"
check_eq "... whose socket is gone" "" "$(
	wait_for 20 test ! -e ~/other.sock || ls ~/other.sock)"

# Lines for sshd_config, where the policy is: a login with an agent by each.
mkdir -p /etc/ssh-incubator
cp agent.policy /etc/ssh-incubator/agent.policy
forward=("ForwardAgent yes" "IdentityAgent $SSH_AUTH_SOCK")
echo "agentusers:x:2101:alice" >>/etc/group
server policy alice "${forward[@]}" </dev/null
config "--policy /etc/ssh-incubator/agent.policy" >>"$BED/conf/policy"
check_eq "a line for people who forward their agents" "2 refused" "$(
	"${SSH[@]}" policy 'ssh-add -l | wc -l
		ssh-add -D >/dev/null 2>&1 || echo refused' </dev/null 2>&1 |
		tr '\n' ' ' | sed 's/ $//')" policy
config "/usr/bin/pty-broker attach main" | server chain alice "${forward[@]}"
check_match "... and before another program" "^/home/alice/.*/default.sock$" \
	"$("${SSH[@]}" chain "sh -c 'echo \$SSH_AUTH_SOCK'" </dev/null 2>&1)" \
	chain


echo "Rate" >wrong.policy
setpriv --reuid 1001 --regid 1001 --init-groups \
	"$AGENT_FORWARDER" --policy "$out/wrong.policy" true 2>/dev/null
display "refused: caller=" | sed 's/pid=[0-9]*/pid=/' >expected
logged() {
	sed 's/pid=[0-9]*/pid=/' "$BED/log/syslog" | grep -qF "$(cat expected)"
}
check "the line in the log" wait_for 20 logged

check_displays

# Would have caught an option that nobody wrote about, and one that was only
# written about.
"$AGENT_FORWARDER" -h | grep -oE -e '--[a-z-]+' | sort -u >known
echo --verbose >>known	# of which the summary has the short form only
sort -o known known
# What is said of a directive's option, and the others' own lines.
sed -n 's/.*Pq Fl \(-[a-z-]*\)$/-\1/p
	/^\.It Fl/s/ /\n/gp' "$page" | grep -oE -e '--?[a-z][a-z-]+' |
	sed 's/^-*/--/' | sort -u >told
check_same "the page has the program's options" known told

kill "$agent_pid"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# README.md: the commands that a person can type without a line of sshd_config
# do what it says of them as they are written.  The others, of packages, of
# sshd_config and of systemd, are for booted systems to run.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"
# shellcheck source=displays.sh
. "$(dirname "$0")/displays.sh"

{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"
read_displays "$TOP_SRCDIR/README.md"
cd "$out" || exit 1
mkdir bin
export PATH=$out/bin:$PATH

# What would become of a variable, and of a login.
check_match "the variables of a shell" "GIT_SSH	refused	refused unless named" \
	"$(GIT_SSH=x bash -c "$(commands "'GIT_*' --explain")" 2>&1)"
check_match "who would be run" "uid=1001.*gid=1001" \
	"$(bash -c "$(commands "--local-user alice --explain" "#")" 2>&1)"

# A shell that stays, on a host that has nothing of ours in its sshd_config.
server host alice </dev/null
cat >bin/ssh <<-END
	#!/bin/sh
	exec /usr/bin/ssh -F $BED/ssh_config "\$@"
END
chmod +x bin/ssh
mapfile -t line <<<"$(commands "pty-broker list")"
check_match "a shell that stays" "here-42" "$(
	"$BED/bin/drive" -t 30 bash -c "${line[0]}" <<-'END' 2>&1
		expect login:alice
		send echo here-$((6*7))\r
		expect here-42
		hangup
	END
)" host
has_work() {
	bash -c "${line[1]}" </dev/null | grep -q '^work .* detached$'
}
check "... and is listed" wait_for 20 has_work
check_eq "... which were all lines of it" 2 "${#line[@]}"

# One configuration, and whom it would let in.
ssh-keygen -q -t ed25519 -N '' -f ca
ca=$(ssh-keygen -lf ca.pub | cut -d ' ' -f 2)
# Where the program looks for it is the build's to say.
file=$("$INCUBATOR" -t 2>&1 | sed -n 's/^incubator: \(\/[^:]*\): .*/\1/p')
file=${file:-/etc/ssh-incubator/incubator.conf}
mkdir -p "${file%/*}"
config "LocalUser %p" | sed "s|SHA256:[.]*|$ca|" >"$file"
mapfile -t line <<<"$(commands "incubator -T" "#" | sed "s|SHA256:[.]*|$ca|")"
check "incubator -t" bash -c "${line[0]}"
would=$(bash -c "${line[1]}" 2>&1)
check_match "who comes with a certificate becomes its principal" \
	"localuser alice" "$would"
check_match "... with what the block says" "umask 027" "$would"
other=$(ssh-keygen -lf "$BED/keys/user.pub" | cut -d ' ' -f 2)
check_eq "... and who has another one nobody" 'deny "no certificate of ours"' \
	"$(bash -c "${line[1]/"$ca"/"$other"}" 2>&1)"
rm "$file"

# By hand, for a user without root.
as_root_there="incubator --unshare user,mount,pid"
# shellcheck disable=SC2016 # for the shell there
if as_alice unshare -Ur true 2>/dev/null; then
	check_eq "root among processes of its own" "0 1" "$(
		as_alice PATH="$PATH" bash -c "$(commands "$as_root_there")" \
			2>&1 <<<'echo $(id -u) $$')"
else
	skip "root among processes of its own" "no user namespaces for alice"
	elsewhere "$as_root_there" "a kernel that has them"
fi

SSH_AUTH_SOCK=$out/agent
export SSH_AUTH_SOCK
agent_pid=$(ssh-agent -s -a "$SSH_AUTH_SOCK" |
	sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p')
ssh-add -q "$BED/keys/user"
cat >bin/tmux <<-'END'
	#!/bin/sh
	echo "$SSH_AUTH_SOCK"
	ssh-add -l | wc -l
END
chmod +x bin/tmux
mapfile -t line <<<"$(commands "tmux new-session")"
check_eq "an agent for one program" "signed refused" "$(
	bash -c "${line[0]}" <<-END 2>&1 | tr '\n' ' ' | sed 's/ $//'
		pub=$BED/keys/user.pub
		ssh-keygen -q -Y sign -n git -f \$pub </dev/null >sig 2>&1
		grep -q BEGIN sig && echo signed
		ssh-add -T \$pub >/dev/null 2>&1 || echo refused
	END
)"
check_match "one path for all logins" "/agent/default.sock 1 \$" \
	"$(bash -c "${line[1]}" 2>&1 </dev/null | tr '\n' ' ')"
check "... and its end" "$AGENT_FORWARDER" stop
check_eq "... which were all lines of it" 2 "${#line[@]}"
kill "$agent_pid"

elsewhere "A  own account" "who looks at the picture"
for text in "# contrib/run-demo" "# contrib/run-tests" "build-package deb" \
	"# ./configure" "# make uninstall"; do
	elsewhere "$text" "who has the sources and a system for them"
done
for text in "# sshd -t && systemctl" "AcceptEnv LANG" \
	"PermitRootLogin forced" "restrict,pty" "# groupadd sftpdrop" \
	"Match Group sftpdrop" "Match Group travellers" \
	"Match Group agentlimited" "AllowKey SHA256" "# systemctl enable" \
	"Match User gateway" "Match Caller gateway" "# incubator -t && sshd" \
	"# journalctl"; do
	elsewhere "$text" "make check-system"
done

check_displays
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Root's login that becomes a session of alice's, shape B: first the way out
# of root's session by itself (common/scope, by tools/asklogind), then what it
# is for.
. "$(dirname "$0")/lib.sh"

# The scopes that are there.
scopes() {
	inside systemctl list-units --no-legend --plain --all "$1" |
		awk '{ print $1 }'
}
no_scope() {
	[ -z "$(scopes "$1")" ]
}

# What pam_systemd asks too.
check_eq "logind is here" 1 "$(inside asklogind present)"

# Would have caught an answer before the process is moved: systemd gives its
# own when it has noted the request.
for i in 1 2 3 4 5; do
	check_match "out of the session when it says so, $i" '^in-session=0 ' \
		"$("${SSH[@]}" root "asklogind enter b-$i.scope" 2>&1)"
done

# Would have caught one that moves sshd's process as well.
# shellcheck disable=SC2016 # the shell there expands it
hold root 'echo before=$(asklogind in-session $$); echo pid=$$
	exec asklogind enter a-1.scope /bin/sh -c "
		echo after=\$(asklogind in-session \$\$)
		echo sshd=\$(asklogind in-session \$PPID)
		echo group=\$(grep ^0:: /proc/self/cgroup)
		echo ready; read -r _"'
check_eq "in root's session at first" 1 "$(held_value before)"
check_eq "then in none" 0 "$(held_value after)"
check_eq "sshd stays in it" 1 "$(held_value sshd)"
check_eq "in a scope of the system's" 0::/system.slice/a-1.scope \
	"$(held_value group)"
check_eq "the scope is there" a-1.scope "$(scopes 'a-*')"

# Would have caught a name that is taken answered with success: the process
# would open PAM in the wrong place.
taken=$("${SSH[@]}" root 'asklogind enter a-1.scope; asklogind in-session $$')
check_match "a name that is taken" '^-1 .*a-1.scope.*' "$taken"
check_match "leaves the process where it was" $'\n1$' "$taken"
release $'go\n'
check "the scope goes with its last process" wait_for 60 no_scope 'a-*'

# Would have caught another way to systemd, by which users could ask.
check_match "not for users" '^-1 ' \
	"$(ssh_plain alice asklogind enter a-2.scope)"
check_eq "and none was made" '' "$(scopes 'a-*')"

# Would have caught a login that hangs, or dies, with systemd or for want of a
# library.
library=$(inside sh -c 'echo /usr/lib/*/libsystemd.so.0')
check_match "no libsystemd" '^-1 .*shared library' "$(inside unshare -m sh -c \
	"mount --bind /dev/null $library; asklogind enter a-3.scope")"
check_match "no systemd" '^-1 No such file or directory' "$(inside unshare -m \
	sh -c 'mount -t tmpfs tmpfs /run; asklogind enter a-4.scope')"
kill -STOP "$MACHINE"
stopped=$(inside asklogind enter a-5.scope)
status=$?
kill -CONT "$MACHINE"
check_match "a systemd that does not answer" '^-1 Connection timed out' \
	"$stopped"
check_eq "is not waited for for ever" 1 "$status"
check "and works on" wait_for 60 inside systemctl is-active dbus.service

# Would have caught a login without a session because systemd was being
# upgraded: it executes itself anew, and drops who asks meanwhile.
inside sh -c 'for i in 1 2 3 4 5 6 7 8; do systemctl daemon-reexec; done' &
anew=$!
outcomes=
until ended "$anew"; do
	# shellcheck disable=SC2016 # the shell there expands it
	outcomes+=$'\n'$("${SSH[@]}" root 'for i in 1 2 3 4 5; do
		asklogind enter c-$$-$i.scope; done' 2>&1 | sed '/^-1/!s/ .*//')
done
wait "$anew"
check_eq "while systemd executes itself anew" in-session=0 \
	"$(sort -u <<<"$outcomes" | grep .)"
check "nothing is left of those" wait_for 60 no_scope 'c-*'

# Would have caught a session by the name of a group that its user has made,
# or that of one user for a process of another.
check_match "process 1 is in no session" '^-1 No data' \
	"$(inside asklogind host 1)"
check_match "nobody has no session" '^-1 No such process' \
	"$(inside asklogind host 4194303)"
cat >"$ROOT/home/alice/forge" <<'END'
	own=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	mkdir "$own/session-99.scope"
	echo $$ >"$own/session-99.scope/cgroup.procs"
	echo "pid=$$" >forged
	cat /proc/self/cgroup >>forged
	echo ready >>forged
	exec sleep 600
END
hold plain-alice 'systemctl --user is-system-running --wait >/dev/null
	systemd-run --user -q -p Delegate=yes -d --unit=forged sh ./forge
	until grep -qs ready forged; do :; done
	cat forged; read -r _; systemctl --user stop forged'
check_match "a group called like a session" 'forged.service/session-99.scope' \
	"$(cat "$BED/out/held")"
check_match "makes no session" '^-1 No data' \
	"$(inside asklogind host "$(held_value pid)")"
check_eq "but is in a user's slice" 1 \
	"$(inside asklogind in-session "$(held_value pid)")"
release $'go\n'
check "alice is gone" wait_for 60 no_session_of alice
finish

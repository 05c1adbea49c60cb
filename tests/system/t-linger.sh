#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What a logout leaves of a session of pty-broker's, by what logind is told
# and by lingering; and whether that was said before.
. "$(dirname "$0")/lib.sh"

broker=${INCUBATOR%/sbin/incubator}/bin/pty-broker
[ -x "$ROOT$broker" ] || skip_all "no pty-broker at $broker"
runtime=/run/user/1001
state=/home/alice/.local/state
files=ssh-incubator/pty

# kill_processes yes|no: logind.conf(5).
kill_processes() {
	mkdir -p "$ROOT/run/systemd/logind.conf.d"
	printf '[Login]\nKillUserProcesses=%s\n' "$1" \
		>"$ROOT/run/systemd/logind.conf.d/bed.conf"
	inside systemctl restart systemd-logind
}

# as_alice ARGS...: a login of hers that runs pty-broker and ends.
as_alice() {
	ssh_plain alice "$broker" "$@" 2>&1
}

# The marker is in what the session runs.
lives() {
	inside pgrep -u alice -x -f "sleep $1" >/dev/null
}
dead() {
	! lives "$1"
}
removed() {
	[ ! -e "$ROOT$1" ]
}
listed() {
	as_alice list | awk -v name="$1" '$1 == name { print $5 }'
}
# What is left in the scope of a login keeps it "closing", and with it the
# user's manager and his runtime directory.
over() {
	local session

	for session in $(sessions_of alice); do
		[ "$(session_property "$session" State)" = closing ] ||
			return 1
	done
}
logged_out() {
	check "$1: logged out" wait_for 60 over
}

# remove_runtime NAME: as logind does it, for whom nothing of the user's is
# left that it knows of.
remove_runtime() {
	inside sh -c "find $runtime -mindepth 1 -delete; umount -l $runtime
		rmdir $runtime"
	check "$1: the runtime directory goes" removed "$runtime"
}
no_manager() {
	! inside systemctl -q is-active user@1001.service
}

# The end of one that lives.
kill_it() {
	check_eq "$1: killed" '' "$(as_alice kill work)"
	check "$1: and dead" wait_for 60 dead "$2"
	check "$1: logged out for good" wait_for 60 no_session_of alice
}

# As Debian is: would have caught a socket that is removed under a session, a
# warning that is none, and a session that ends with its first login.
kill_processes no
inside loginctl disable-linger alice
check_eq "no linger: made, and nothing to say" '' \
	"$(as_alice new work -- sleep 4701)"
check "no linger: not where logind removes it" \
	test -S "$ROOT$state/$files/work.sock"
logged_out "no linger"
remove_runtime "no linger"
check "no linger: the session stays" lives 4701
check_eq "no linger: and is reached" detached "$(listed work)"
check_match "no linger: also by one who would make it" 'exists|there' \
	"$(as_alice new work -- sleep 4702)"
kill_it "no linger" 4701
check "no linger: and the manager ends" wait_for 60 no_manager

# Would have caught a session that vanishes and nobody was told, and what is
# left of it in the way of the next one.
kill_processes yes
check_match "to be killed: that is said" 'KillUserProcesses' \
	"$(as_alice new work -- sleep 4703)"
logged_out "to be killed"
check "to be killed: it is" wait_for 60 dead 4703
check_eq "to be killed: not listed" '' "$(listed work)"
check_match "to be killed: the next of that name" 'KillUserProcesses' \
	"$(as_alice new work -- sleep 4704)"
check "to be killed: that too" wait_for 60 dead 4704

# Would have caught the belief that lingering keeps what is in the scope of a
# login.
inside loginctl enable-linger alice
said=$(as_alice new -v work -- sleep 4705)
check_match "lingering: said all the same" 'KillUserProcesses' "$said"
check_match "lingering: in the runtime directory" "in $runtime/$files:" "$said"
check "lingering: killed all the same" wait_for 60 dead 4705

# Would have caught a scope that only the client is in, or that is left behind
# when the session has ended.
unit='pty-broker-work-[0-9]*-[0-9]*\.scope'
scope_of_alice() {
	inside loginctl user-status alice --no-pager --full 2>/dev/null |
		grep -o "[─-] *$unit" | head -n 1
}
no_scope_of_alice() {
	[ -z "$(scope_of_alice)" ]
}
check_eq "--scope: made, and nothing to say" '' \
	"$(as_alice new --scope work -- sleep 4706)"
# shellcheck disable=SC2016 # the shell there expands it
check_match "--scope: in the user's manager" \
	"^0::/user.slice/user-1001.slice/user@1001.service/.*/$unit\$" \
	"$(inside sh -c 'cat /proc/$(pgrep -x -f "sleep 4706")/cgroup' |
		grep ^0::)"
logged_out "--scope"
check "--scope: the session stays" lives 4706
check_match "--scope: loginctl shows it" "$unit" "$(scope_of_alice)"
check_eq "--scope: and it is reached" detached "$(listed work)"
kill_it "--scope" 4706
check "--scope: gone with it" wait_for 60 no_scope_of_alice

# Would have caught a promise that the user's manager does not keep.
inside loginctl disable-linger alice
check "nobody lingers" wait_for 60 removed "$runtime"
check_match "--scope without lingering: that is said" 'enable-linger' \
	"$(as_alice new --scope work -- sleep 4707)"
check "--scope without lingering: ended" wait_for 60 dead 4707

# Would have caught the same of a session that a service of the user's makes.
check_match "in a service of the user's: that is said" 'enable-linger' \
	"$(ssh_plain alice systemd-run --user --wait --pipe -q \
		-p KillMode=process "$broker" new work -- sleep 4708 2>&1)"
check "in a service of the user's: ended" wait_for 60 dead 4708

# A directory that goes although the user lingered when the session was made.
# Would have caught a session that lives and cannot be reached any more.
kill_processes no
inside loginctl enable-linger alice
check_eq "the directory goes: made" '' "$(as_alice new work -- sleep 4709)"
check "the directory goes: in it" test -S "$ROOT$runtime/$files/work.sock"
inside loginctl disable-linger alice
remove_runtime "the directory goes"
check "the directory goes: the session stays" lives 4709
check "the directory goes: it comes back in the home" wait_for 60 \
	test -S "$ROOT$state/$files/work.sock"
check_eq "the directory goes: and is reached" detached "$(listed work)"
kill_it "the directory goes" 4709

rm "$ROOT/run/systemd/logind.conf.d/bed.conf"
inside systemctl restart systemd-logind
check "alice is gone" wait_for 60 no_session_of alice
# To systemd the directory that was taken away is still there: who logs in next
# is to get one.
inside systemctl stop user@1001.service user-runtime-dir@1001.service
check "and her manager" wait_for 60 no_manager
finish

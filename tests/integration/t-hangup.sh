#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I10, HangupDelay: who ignores the hangup of a lost connection is there for
# that time and not for longer, and the login session is closed after him;
# who has left, or never belonged to it, stays.  SessionClass besides.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
told=$out/told
mkfifo "$out/never" "$out/pace"
chmod 0666 "$out/pace"
exec 7<>"$out/never"

# config NAME LINE...: a file that root wrote, and the way to incubator by it.
config() {
	local name=$1

	shift
	printf '%s\n' "$@" >"/etc/$name.conf"
}
config none '# nothing'
config two 'HangupDelay 2'
config now 'HangupDelay 0'
config long 'HangupDelay 1h'
for name in none two now long; do
	server_key "$name" \
		"exec $INCUBATOR --config /etc/$name.conf --local-user alice" \
		</dev/null
done

# PAM's calls, where there is a compiler; else what needs them is skipped.
if need cc && [ -e /usr/include/security/pam_modules.h ] &&
	cc -shared -fPIC -o "$BED/bin/pam_tell.so" \
		"$TOP_SRCDIR/tests/integration/tools/pam_tell.c" \
		2>"$out/cc"; then
	tells=1
	cp /etc/pam.d/ssh-incubator "$out/pam"
	printf "%s required $BED/bin/pam_tell.so $told\n" \
		auth account session >/etc/pam.d/ssh-incubator
else
	tells=
	skip "PAM's calls" "no compiler or no PAM headers"
fi

# log_in HOST OPTION COMMAND...: a client whose pid is in $client, and whose
# command has said "up".
log_in() {
	: >"$out/up"
	: >"$told"
	chmod 0666 "$told"
	mark_log
	"${RAW_SSH[@]}" -q "$2" "$1" "${@:3}" <"$out/never" >"$out/up" \
		2>/dev/null &
	client=$!
	disown
	wait_for 20 grep -q up "$out/up" || fail "$1 begins" "$*" "$1"
}
# In hundredths of a second, of a clock that nobody sets.
uptime() {
	local up

	read -r up _ </proc/uptime
	echo "${up/./}"
}
# lose [NUMBER...]: the connection, once these sleep: "up" is said before, and
# who is not there yet would pass for gone.
lose() {
	[ $# -eq 0 ] || wait_for 20 are_there "$@"
	lost_at=$(uptime)
	kill -KILL "$client"
}
# How many seconds it took at least.
took() {
	echo $((($(uptime) - lost_at) / 100))
}
runs() {
	pgrep -f -x "sleep $1"
}
gone() {
	! runs "$1"
}
closed() {
	audit_lines | grep -q "^session closed: "
}
# What is said of the session's end: once, and why.
closing() {
	audit_lines | sed -n 's/^session closed: .* status=//p'
}
pam_closed() {
	[ -z "$tells" ] || grep -q '^close_session' "$told"
}
end_all() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -u alice
	pkill -KILL -x sleep
	wait_for 20 no_incubator
}
no_incubator() {
	! pgrep -x incubator
}

# Would have caught a wait for the child alone, a kill before the time, one of
# the child's group only, a PAM session that is closed around somebody.  Each
# of these survives a hangup in another way: a job under nohup(1), a
# shell and its child that a trap protects, one that is stopped, one that has
# left by setsid(2).  The first and the last are orphans of another group.
# shellcheck disable=SC2016
stubborn='nohup sleep 1001 </dev/null >/dev/null 2>&1 &
	setsid sleep 1002 </dev/null >/dev/null 2>&1 &
	(trap "" HUP; exec sh -c "kill -STOP \$\$; exec sleep 1003") &
	until pgrep -f -x "sleep 1001" && pgrep -f -x "sleep 1002"; do :
	done >/dev/null
	trap "" HUP; echo up'
are_there() {
	local number

	for number in "$@"; do
		runs "$number" >/dev/null || return 1
	done
}
for tty in -T -tt; do
	log_in two "$tty" "$stubborn; sleep 1004; sleep 1005"
	lose
	# Not a moment, not a second, and with the session still open.
	check "I10 who ignores HUP goes when HangupDelay is over, $tty" \
		wait_for 30 gone 1001
	check_match "I10 and not before, $tty" '^([2-9]|[1-9][0-9])$' \
		"$(took)"
	check "I10 PAM's session is closed, $tty" wait_for 20 pam_closed
	check_eq "I10 nobody of it is left, $tty" "" "$(runs 1001
		runs 1003; runs 1004; runs 1005; pgrep -u alice sh)"
	check "I10 who called setsid(2) has left, $tty" runs 1002
	check "I10 the session is closed, $tty" wait_for 20 closed
	check_eq "I10 and why, $tty" '"connection lost"' "$(closing)"
	end_all

	# The PAM session is open for as long as somebody is in it.
	log_in long "$tty" "$stubborn; sleep 1004; sleep 1005"
	lose
	check "I10 who was stopped goes on, $tty" wait_for 20 runs 1003
	check "I10 who ignores HUP has HangupDelay, $tty" \
		are_there 1001 1002 1003 1004
	[ -z "$tells" ] || check_eq "I10 PAM's session is open, $tty" 0 \
		"$(grep -c '^close_session' "$told")"
	# The last one's end is the session's.  The shell first, or it goes on.
	pkill -KILL -u alice -x 'bash|sh'
	pkill -KILL -f -x 'sleep 100[1345]'
	check "I10 the session is closed with the last of it, $tty" \
		wait_for 20 closed
	end_all

	# And as ever without it.
	log_in none "$tty" "$stubborn; sleep 1004; sleep 1005"
	lose
	check "I10 without HangupDelay the session is closed, $tty" \
		wait_for 20 closed
	check "I10 PAM's as well, $tty" wait_for 20 pam_closed
	check "I10 and nobody is killed, $tty" are_there 1001 1002 1004
	end_all

	# Who hears HUP ends by it: nobody waits.
	log_in long "$tty" 'echo up; sleep 1006 & sleep 1006'
	lose
	check "I10 who hears HUP needs no HangupDelay, $tty" \
		wait_for 30 closed
	check_eq "I10 and nobody is left, $tty" "" "$(runs 1006)"
	end_all

	log_in now "$tty" "$stubborn; sleep 1004"
	lose
	check "I10 HangupDelay 0, $tty" wait_for 20 closed
	check_eq "I10 HangupDelay 0: nobody is left, $tty" "" \
		"$(runs 1001; runs 1003; runs 1004)"
	check "I10 HangupDelay 0: setsid(2), $tty" runs 1002
	end_all
done

# A session that ends by itself is not lost: who stays, stays.
mark_log
"${SSH[@]}" -n two 'nohup sleep 1001 </dev/null >/dev/null 2>&1 &
	until pgrep -f -x "sleep 1001"; do :; done >/dev/null; exit 3'
check_eq "the end of the command is no loss" '3 "exited with 3"' \
	"$? $(closing)"
check "and kills nobody" runs 1001
end_all

# The login shell at a terminal ends by the kernel's HUP, perhaps before we
# know why; its job under nohup does not.
rm -f "$out/at"
on_tty two <<-END >"$out/log" &
	expect login:alice$ 
	send nohup sleep 1001 </dev/null >/dev/null 2>&1 &\r
	expect login:alice$ 
	touch $out/at
	expect never
END
wait_for 20 test -e "$out/at"
wait_for 20 runs 1001
client=$(pgrep -x ssh)
lose
check "I10 a job that outlives the login shell goes, too" wait_for 30 gone 1001
check_match "I10 and has its time" '^([2-9]|[1-9][0-9])$' "$(took)"
end_all

# Another session of the same user's, with its own who ignores HUP.
log_in two -T 'trap "" HUP; echo up; sleep 1011'
other=$client
log_in two -T 'trap "" HUP; echo up; sleep 1001'
lose 1011 1001
check "I10 one session's loss" wait_for 30 gone 1001
check "I10 is not another's" runs 1011
kill -KILL "$other"
check "I10 which has its own" wait_for 30 gone 1011
end_all

# Processes that are born while the others are killed.
log_in now -T 'trap "" HUP; echo up
	hop() { read -t 0.01 <>/bed/out/pace; hop & exit; }
	hop >/dev/null 2>&1 &
	exec sleep 1004'
lose
none_of_alice() {
	! pgrep -u alice
}
check "I10 nobody escapes by fork(2)" wait_for 20 none_of_alice
check "I10 and the session is closed" wait_for 20 closed
end_all

# Signals while the time runs: HUP is no news, TERM is an order to end.
noting='trap "echo HUP >>/bed/out/hups" HUP
	trap "echo TERM >>/bed/out/hups" TERM; echo up; exec 2>/dev/null
	while :; do read -t 0.02 <>/bed/out/pace; done'
hups=$out/hups
hung_up() {
	grep -q -x "$1" "$hups"
}
for step in two:HUP long:TERM; do
	: >"$hups"
	chmod 0666 "$hups"
	log_in "${step%:*}" -T "$noting"
	lose
	check "I10 the hangup" wait_for 20 hung_up HUP
	: >"$hups"
	pkill -"${step#*:}" -x incubator
	check "I10 ${step#*:} while HangupDelay runs is passed on" \
		wait_for 20 hung_up "${step#*:}"
	check "I10 ${step#*:} ends in the end" wait_for 30 none_of_alice
	[ "$step" = long:TERM ] ||
		check_match "I10 HUP does not shorten it" \
			'^([2-9]|[1-9][0-9])$' "$(took)"
	check "I10 and the session is closed" wait_for 20 closed
	end_all
done

# Without "exec" root's shell leads the session that incubator is in: it and
# its jobs are nobody's to kill.  Its command ignores HUP, too, and with it
# what it starts.
for tty in -T -tt; do
	rm -f "$out/shell"
	server_key noexec "trap '' HUP; sleep 1020 & \
$INCUBATOR --config /etc/two.conf --local-user alice; \
echo \$? >$out/shell" </dev/null
	log_in noexec "$tty" 'nohup sleep 1001 >/dev/null & echo up
		exec sleep 1004'
	lose 1001 1004
	check "I10 noexec: who ignores HUP goes, $tty" wait_for 30 gone 1001
	check "I10 noexec: the command as well, $tty" wait_for 20 gone 1004
	check_match "I10 noexec: and had its time, $tty" \
		'^([2-9]|[1-9][0-9])$' "$(took)"
	check "I10 noexec: root's shell goes on, $tty" \
		wait_for 20 test -s "$out/shell"
	check "I10 noexec: so does its job, $tty" runs 1020
	end_all
done

# Process 1 of a pid namespace has the time as well, and takes all with it,
# those who have left the POSIX session too.
server_key pidns "exec $INCUBATOR --config /etc/two.conf \
--local-user alice --unshare pid" </dev/null
log_in pidns -T "$stubborn; sleep 1004; sleep 1005"
lose 1004
check "I10 a pid namespace ends" wait_for 30 gone 1004
check_match "I10 and had its time" '^([2-9]|[1-9][0-9])$' "$(took)"
check "I10 with all that is in it" wait_for 20 none_of_alice
end_all

# Shape A becomes the command; where it waits for one, HangupDelay acts.
waiting="--config /etc/two.conf --unshare user,pid"
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
if "${as_alice[@]}" unshare -U true 2>/dev/null; then
	for tty in -T -tt; do
		server own alice <<-END
			ForceCommand exec $INCUBATOR $waiting
		END
		log_in own "$tty" 'trap "" HUP; echo up; sleep 1004; sleep 1005'
		lose 1004
		check "I10 shape A with a parent that waits, $tty" \
			wait_for 30 none_of_alice
		check_match "I10 and had its time, shape A, $tty" \
			'^([2-9]|[1-9][0-9])$' "$(took)"
		end_all
	done
else
	skip "shape A with a parent" "no user namespace for ordinary users"
fi

# SessionClass: what pam_systemd(8) would read, when it would read it.  For a
# PAM_TTY of "ssh" it reads nothing.
config class 'SessionClass background'
server_key class "exec $INCUBATOR --config /etc/class.conf \
--local-user alice" <<-'END'
	AcceptEnv XDG_SESSION_CLASS
END
server_key unclassed "exec $INCUBATOR --config /etc/none.conf \
--local-user alice" <<-'END'
	AcceptEnv XDG_SESSION_CLASS
END
# field NAME: of open_session
field() {
	grep '^open_session ' "$told" | sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}
# class_case NAME WANTED HOST TTY: PAM's variable, our own, the session's.
class_case() {
	local got

	: >"$told"
	chmod 0666 "$told"
	# shellcheck disable=SC2016
	got=$(XDG_SESSION_CLASS=greeter "${SSH[@]}" -q "$4" \
		-o SendEnv=XDG_SESSION_CLASS "$3" \
		'echo "${XDG_SESSION_CLASS:--}"' </dev/null | tr -d '\r')
	check_eq "SessionClass: $1" "$2" \
		"$(field class) $(field own-class) $got $(field tty |
			sed 's,/dev/pts/.*,terminal,')"
}
if [ -n "$tells" ]; then
	class_case "without a terminal" "background - background -" class -T
	class_case "at a terminal" "background - background terminal" \
		class -tt
	class_case "none, and the client's does not count" "- - - ssh" \
		unclassed -T
	class_case "none at a terminal" "- - - terminal" unclassed -tt
else
	skip "SessionClass" "no PAM module that listens"
fi

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I8: another user's hands on a session, and the user's own programs' nonsense
# at its socket.  What was planted is refused, two creators make one session,
# and nothing that somebody leaves behind stops the next one.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

# Bob, with what makes him think that he is at alice's.
as_bob() {
	setpriv --reuid 1002 --regid 1002 --init-groups \
		env -i HOME=/home/bob USER=bob LOGNAME=bob PATH="$PATH" \
		TERM=xterm "$@"
}
said_status() {
	local said

	said=$("$@" 2>&1 </dev/null)
	echo "$?, $said"
}

# Would have caught a directory that others may enter, a place that an
# environment names, and a peer whose word is taken.
broker new mine -- cat
check_eq "I8 the directory is private" "700 alice" \
	"$(stat -c '%a %U' "$place")"
check_eq "I8 what is in it is" "600 600 600" \
	"$(stat -c %a "$place"/mine.{sock,lock,info} | tr '\n' ' ' |
		sed 's/ $//')"
check_eq "I8 bob: list" "0, " "$(said_status as_bob "$PTY_BROKER" list)"
for act in peek kill wait; do
	check_eq "I8 bob: $act" "255, pty-broker: mine: no such session" \
		"$(said_status as_bob "$PTY_BROKER" "$act" mine)"
done
mkdir -p "$out/way"
ln -sfn /home/alice/.local/state/ssh-incubator "$out/way/ssh-incubator"
for lie in HOME=/home/alice XDG_RUNTIME_DIR=/home/alice/.local/state \
	"XDG_RUNTIME_DIR=$out/way" LOGNAME=alice; do
	check_match "I8 bob with $lie: kill" '^255, pty-broker: ' \
		"$(said_status as_bob env "$lie" "$PTY_BROKER" kill mine)"
	check_eq "I8 bob with $lie: list" "" \
		"$(as_bob env "$lie" "$PTY_BROKER" list 2>/dev/null)"
done
check_match "I8 bob does not see the socket" "Permission denied" \
	"$(as_bob ls "$place" 2>&1)"
check_match "I8 bob does not reach it" "Permission denied" \
	"$(as_bob "$BED/bin/ptyclient" -v 1 "$place/mine.sock" 2>&1)"
# With the doors open, as nobody should have them, the kernel's word counts.
# The session cannot greet him, and alice is not disturbed.
chmod -R a+rwX "$place" /home/alice/.local
check_match "I8 bob is turned away by the session itself" \
	"no answer|Broken pipe" \
	"$(as_bob timeout 60 "$BED/bin/ptyclient" -v 1 "$place/mine.sock" 2>&1)"
check_match "I8 ... and alice is told of the doors" \
	"255, pty-broker: .*(not private|not permitted)" \
	"$(said_status broker new other)"
chmod 0700 "$place"
chmod 0755 /home/alice/.local /home/alice/.local/state
chmod 0700 /home/alice/.local/state/ssh-incubator
chmod 0600 "$place"/mine.*
check "I8 and the session lives" broker kill mine
check_nothing "another user"

# What was planted.  Each is refused in one line, and is there afterwards.
fresh() {
	rm -rf /home/alice/.local "$out/theirs"
	install -d -m 0700 -o alice -g alice /home/alice/.local \
		/home/alice/.local/state /home/alice/.local/state/ssh-incubator
	install -d -m 0700 -o "${1:-alice}" "$place"
}
planted() {
	local name=$1 what=$2 before

	before=$(stat -c '%F %u %a' "$what")
	check_match "I8 planted: $name" $'^255, pty-broker: [^\n]*$' \
		"$(said_status broker new p -- cat)"
	check_eq "I8 planted: $name: it is as it was" "$before" \
		"$(stat -c '%F %u %a' "$what")"
	check_eq "I8 planted: $name: no session" "" "$(pgrep -u alice)"
}
fresh
install -d -m 0777 -o bob "$out/theirs"
rmdir "$place"
ln -s "$out/theirs" "$place"
planted "a link in place of the directory" "$place"
check_eq "I8 ... and nothing is where it leads" "" "$(ls -A "$out/theirs")"
fresh bob
planted "a directory of bob's" "$place"
for mode in 0770 0702 0750 0705; do
	fresh
	chmod "$mode" "$place"
	planted "a directory with mode $mode" "$place"
done
fresh
as_alice sh -c "ln -s $out/theirs $place/p.lock"
planted "a link in place of the lock" "$place/p.lock"
check "I8 ... and nothing is where it leads" test ! -e "$out/theirs"
fresh
: >"$place/p.lock"
chown bob "$place/p.lock"
planted "a lock of bob's" "$place/p.lock"
fresh
as_alice sh -c "ln -s $out/theirs $place/p.sock"
planted "a link in place of the socket" "$place/p.sock"
check "I8 ... and nothing is where it leads" test ! -e "$out/theirs"
fresh
"$BED/bin/logsink" "$place/p.sock" "$out/sunk"
chown bob "$place/p.sock"
chmod 0777 "$place/p.sock"
planted "a socket of bob's" "$place/p.sock"
fresh
as_alice sh -c "echo precious >$place/p.sock"
planted "a file in place of the socket" "$place/p.sock"
check_eq "I8 ... nor is it emptied" precious "$(cat "$place/p.sock")"
rm -rf /home/alice/.local "$out/theirs"
pkill -f "logsink $place"

# Five at once make one, and all are told; so for "new" and for "attach".
bad=
refusal="pty-broker: one: there is a session of that name"
for round in {1..20}; do
	rm -f "$out"/made.*
	for i in 1 2 3 4 5; do
		(broker new one -- cat >/dev/null 2>"$out/made.$i"
			echo $? >>"$out/made.$i") &
	done
	wait
	got=$(cat "$out"/made.? | sort | uniq -c | tr -s ' \n' ' ')
	[ "$got" = " 1 0 4 255 4 $refusal " ] ||
		bad+="$round: $got"
	[ "$(pgrep -u alice -x cat | wc -l)" = 1 ] || bad+="$round: cats"
	broker kill one || bad+="$round: kill"
done
check_eq "I8 five creators make one session, 20 times" "" "$bad"
check_nothing "creators"
for i in 1 2 3 4 5; do
	viewer "$i" "$PTY_BROKER" attach one -- sh -c 'echo up; exec cat'
done
check "I8 five who attach make one session" wait_for 60 has_viewers one 5
check_eq "I8 ... with one command" 1 "$(pgrep -u alice -x cat | wc -l)"
broker kill one
for i in 1 2 3 4 5; do
	left "$i"
done
check_nothing "creators by attach"

# The worst moment for the session to be killed: any.
bad=
for round in {1..10}; do
	broker new dead -- cat || bad+="$round: new "
	session=$(fact dead PID)
	kill -KILL "$session"
	wait_for 60 is_gone "$session"
	[ -z "$(broker list)" ] || bad+="$round: list "
	[ "$(said_status broker peek dead)" = \
		"255, pty-broker: dead: no such session" ] ||
		bad+="$round: peek "
done
broker new dead -- cat || bad+="last: new"
check_eq "I8 after kill -9 the name is free, 10 times" "" "$bad"
broker kill dead
check_nothing "killed sessions"

# Nonsense, hundreds of times: nothing ends, nothing is kept.
broker new n -- sh -c 'stty -echo; echo up; exec cat'
session=$(fact n PID)
# epoll, signals, inotify, lock, ... and no connection.
fds() {
	find "/proc/$session/fd" -mindepth 1 -printf '%l\n' |
		sed 's/[0-9]*//g' | sort | uniq -c
}
# Who came last may not have been seen to leave.
alone() {
	[ "$(find "/proc/$session/fd" -mindepth 1 -lname 'socket:*' |
		wc -l)" = 1 ]
}
check "nonsense: nobody is connected" wait_for 60 alone
before=$(fds)
settled() {
	[ "$(fds)" = "$before" ]
}
for seed in {1..6}; do
	as_alice timeout 60 "$BED/bin/ptyclient" -r "$seed" -n 60 \
		"$place/n.sock" || fail "nonsense of seed $seed" "$?"
done
check "nonsense: every descriptor is closed" wait_for 60 settled
check_eq "nonsense: the same ones are open" "$before" "$(fds)"
check_eq "nonsense: the same session" "$session" "$(fact n PID)"
check_eq "another version" \
	"refused: the session speaks version 1 of the protocol" \
	"$(as_alice "$BED/bin/ptyclient" -v 7 "$place/n.sock")"
at_tty "$PTY_BROKER" attach --detach-key '^]' n <<-'END' >"$out/log"
	send still there\r
	expect still there
	send \x1d
END
check_eq "nonsense: the session works" 0 $?
# Would have caught a session that turns round and round for one who is gone.
ticks() {
	awk '{ print $14 + $15 }' "/proc/$session/stat"
}
rests() {
	local was

	was=$(ticks)
	read -r -t 0.3 <>"$out/.never"
	[ "$(ticks)" = "$was" ]
}
check "nonsense: it is at rest" wait_for 60 rests

# One who does not answer, since he is stopped.
kill -STOP "$session"
check_match "a session that is stopped: list does not wait for it" \
	'^n .*detached' "$(broker list | tail -n 1)"
check_eq "a session that is stopped: attach says so" \
	"255 pty-broker: n: the session does not answer" \
	"$(at_tty "$PTY_BROKER" attach n </dev/null >"$out/log"
	echo "$? $(tr -d '\r' <"$out/log")")"
check_eq "a session that is stopped: so does peek" \
	"255, pty-broker: n: the session does not answer" \
	"$(said_status broker peek n)"
kill -CONT "$session"
check "and goes on" broker kill n
check_nothing "nonsense"

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A session with a terminal, used as a person uses it.  What plain sshd does
# is always tried beside it, so that a wrong expectation shows.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
servers alice bob
server shell-incu incu </dev/null
hosts="plain-alice own-alice root-alice"

# The terminal itself: tty(1), its owner and mode, /dev/tty, and opening it by
# name (which tmux, screen and gpg do).  Would catch a terminal that stayed
# root's, a session without a controlling terminal.
# shellcheck disable=SC2016
look='tty; stat -c "%U %G %a" "$(tty)"; echo "to tty" >/dev/tty
	echo "by name" >"$(tty)"; exec 3<>/dev/tty && echo opened
	test "$SSH_TTY" = "$(tty)" && echo same; pwd'
for host in $hosts; do
	"${SSH[@]}" -q -tt "$host" "$look" >"$out/$host" 2>&1
done
check_match "I6 a terminal is there" $'^/dev/pts/[0-9]+\r\nalice tty 620' \
	"$(cat "$out/plain-alice")"
for host in own-alice root-alice; do
	check_same "I6 terminal like plain sshd's, $host" \
		"$out/plain-alice" "$out/$host" "$host"
done

# stty -a: the modes that the client sent, every one of them.  Would catch a
# helper that sets its own, or leaves the terminal raw.
for host in $hosts; do
	# shellcheck disable=SC2016
	/bed/bin/drive -s 31x97 sh -c 'stty intr ^X erase ^H -ixon -echoe
		exec timeout --foreground 20 "$@"' - \
		"${RAW_SSH[@]}" -q -tt "$host" stty -a </dev/null >"$out/$host"
done
check_match "the client's modes arrive at all" \
	'rows 31; columns 97.*intr = \^X.*erase = \^H.*-ixon' \
	"$(tr '\n' ' ' <"$out/plain-alice")"
for host in own-alice root-alice; do
	check_same "stty -a like plain sshd's, $host" \
		"$out/plain-alice" "$out/$host" "$host"
done

# A window that changes its size: the program hears of it and sees the new
# size.  Would catch a signal that stops at the helper's process group.
for host in $hosts; do
	tty_case "window size reaches the program, $host" 0 \
		"$host" /bed/bin/probe listen <<-'END'
		expect listening
		resize 50 132
		expect size 50 132
		resize 40 100
		expect size 40 100
		send \x04
	END
done

# Without "exec" root's shell leads the session, and incubator opens a new
# terminal in front of it and copies.
server_noexec alice
tty_case "window size and signals through a new terminal" 3 \
	noexec-alice /bed/bin/probe listen <<-'END'
	expect listening
	resize 50 132
	expect size 50 132
	send one\r
	expect heard one
	send \x03
	expect Interrupt
END

# A login shell that says it is one, and job control in it.
jobs_script >"$out/jobs"
for host in $hosts noexec-alice; do
	tty_case "login shell, ^C, ^Z, fg, jobs, ^D, ^\\, $host" 9 \
		"$host" <"$out/jobs"
done
# The two other ways to a login shell.
sed 's/alice/incu/; s/ -bash/ -sh/; s/^send shopt.*/send echo "is lo""gin: $0"\\r/' \
	"$out/jobs" | sed -n '1,3p; $p' >"$out/short"
tty_case "login shell where incubator is the shell" 9 shell-incu <"$out/short"
sed 's/alice/bob/; s/ -bash/ -sh/; s/^send shopt.*/send echo "is lo""gin: $0"\\r/' \
	"$out/jobs" | sed -n '1,3p; $p' >"$out/short"
tty_case "login shell of another kind" 9 root-bob <"$out/short"

# A command at a terminal.  ^C ends it as it ends at plain sshd; ^Z does not
# stop it, because nobody could start it again: its group is an orphan there.
for host in $hosts; do
	tty_case "^Z does not stop a command for ever, $host" 0 \
		"$host" /bed/bin/probe listen <<-'END'
		expect listening
		send one\r
		expect heard one
		send \x1a
		send two\r
		expect heard two
		send \x04
	END
	tty_case "^C ends a command, $host" 255 \
		"$host" 'echo st""art; exec sleep 1000' <<-'END'
		expect start
		send \x03
	END
	tty_case "^C is the command's to handle, $host" 3 \
		"$host" /bed/bin/probe listen <<-'END'
		expect listening
		send \x03
		expect Interrupt
	END
done

# What was typed before the shell was there is not lost.  Would catch a
# vhangup or a flush.
for host in $hosts; do
	# shellcheck disable=SC2016
	got=$(printf 'echo ahead-$((40+2))\nexit 4\n' |
		"${SSH[@]}" -q -tt "$host")
	check_match "4 typed ahead, $host" '4:.*ahead-42' "$?:$got" "$host"
done

# The last words before the end (I9 in spirit: sshd reads them, nobody may
# close the terminal before).
for host in own-alice root-alice; do
	got=$("${SSH[@]}" -q -tt "$host" 'head -c 100000 /dev/zero | tr "\0" x
		echo; echo last' | tail -n 1)
	check_eq "output's end before the end, $host" "last" "${got%$'\r'}"
done

# The terminal is given back: by somebody who is a session leader as under
# sshd, by a parent of that name, with a terminal that outlives the command.
rm -f "$out/go"
cp /bed/bin/drive "$out/sshd-drive"
"$out/sshd-drive" -t 10 "$INCUBATOR" --local-user alice -- sh -c \
	'echo while $(stat -c "%U %G %a %N" "$(tty)"); exit 5' \
	>"$out/log" 2>&1 <<-END &
	expect while
	await $out/go
	hangup
END
driver=$!
ended() {
	! pgrep -x incubator >/dev/null
}
wait_for 5 grep -q while "$out/log"
wait_for 5 ended
pts=$(sed -n "s/.*'\(.*\)'.*/\1/p" "$out/log")
check_match "the terminal is the target's meanwhile" "while alice tty 620" \
	"$(cat "$out/log")"
check_eq "the terminal is given back" "root tty 620" \
	"$(stat -c '%U %G %a' "$pts")"
touch "$out/go"
wait "$driver"
check_eq "and the status comes through" 5 $?

# A terminal that hangs up: HUP reaches the foreground job and the shell.
for host in $hosts noexec-alice; do
	rm -f "$out/hup"
	on_tty "$host" /bed/bin/probe listen "$out/hup" >"$out/log" <<-END
		expect listening
		signal 9
	END
	check "HUP when the client is killed, $host" \
		wait_for 5 test -e "$out/hup"
done

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The terminal of a session that the service makes: sshd's own, handed over by
# the front.  It must be as good as plain sshd's, which is tried beside it,
# and nobody's but the target's (I16).

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
mkfifo "$out/never"
exec 7<>"$out/never"
gateway_account revoker 1021
gateway_account nobodys 1022
gateway_account toless 1023
service_start 64
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
	Match Caller revoker
		LocalUser alice
		RevokeTerminal yes
	Match Caller toless
		LocalUser shellless
END
gateway gw
for account in revoker nobodys toless; do
	gateway_of "$account" "exec $INCUBATOR --front" "$account"
done
servers alice
ways="gw revoker"

# The name, the owner and the mode, /dev/tty, and opening it by name, which
# tmux, screen and gpg do.  Would catch a terminal that stayed gateway's, a
# session without a controlling terminal.
# shellcheck disable=SC2016
look='tty; stat -c "%U %G %a" "$(tty)"; echo "to tty" >/dev/tty
	echo "by name" >"$(tty)"; exec 3<>/dev/tty && echo opened
	test "$SSH_TTY" = "$(tty)" && echo same; pwd; ps -o tty= -p $$'
for host in plain-alice $ways; do
	"${SSH[@]}" -q -tt "$host" "$look" >"$out/$host" 2>&1
done
check_match "I6 a terminal is there" \
	$'^/dev/pts/[0-9]+\r\nalice tty 620.*same' "$(cat "$out/plain-alice")"
for host in $ways; do
	check_same "I6 terminal like plain sshd's, $host" \
		"$out/plain-alice" "$out/$host" "$host"
done
check_match "the terminal is the one that sshd opened" \
	"on $(sed -n '1s,/dev/,,p' "$out/gw" | tr -d '\r') for gateway " \
	"$(cat "$BED/log/gw")"

# Modes and size that the client sent; RevokeTerminal has to put them back.
for host in plain-alice $ways; do
	# shellcheck disable=SC2016
	/bed/bin/drive -s 31x97 sh -c 'stty intr ^X erase ^H -ixon -echoe
		exec timeout --foreground 20 "$@"' - \
		"${RAW_SSH[@]}" -q -tt "$host" stty -a </dev/null >"$out/$host"
done
check_match "the client's modes arrive at all" \
	'rows 31; columns 97.*intr = \^X.*erase = \^H.*-ixon' \
	"$(tr '\n' ' ' <"$out/plain-alice")"
for host in $ways; do
	check_same "stty -a like plain sshd's, $host" \
		"$out/plain-alice" "$out/$host" "$host"
done

# A window that changes its size while a program runs; keys that are signals;
# a login shell's jobs.  Would catch a terminal that is not the child's
# controlling one, or has another foreground group: the kernel would send all
# of these to the front.
jobs_script >"$out/jobs"
for host in plain-alice $ways; do
	tty_case "window size reaches the program, $host" 0 \
		"$host" /bed/bin/probe listen <<-'END'
		expect listening
		resize 50 132
		expect size 50 132
		resize 40 100
		expect size 40 100
		send \x04
	END
	tty_case "login shell, ^C, ^Z, fg, jobs, ^D, ^\\, $host" 9 \
		"$host" <"$out/jobs"
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
done

# Programs that ask more of a terminal than a shell does.
if need vim; then
	for host in plain-alice gw; do
		rm -f /home/alice/vimmed
		tty_case "vim, and its window, $host" 0 "$host" \
			vim -u NONE -i NONE -n /home/alice/vimmed <<-'END'
			expect ~
			resize 33 99
			expect \e[32;1H
			send :put ='size' . &lines . 'x' . &columns\r
			expect size33x99
			send ohello\e:wq\r
			expect written
		END
		check_match "vim has written, $host" "hello" \
			"$(cat /home/alice/vimmed)" "$host"
	done
else
	skip "vim" "there is none"
fi
if need tmux; then
	# Keys that come at once are keys, too.
	echo "set -g assume-paste-time 0" >"$out/tmux.conf"
	for host in plain-alice gw; do
		tty_case "tmux: attach, detach, attach, $host" 0 "$host" \
			'tmux -f /bed/out/tmux.conf new -s one \
				"echo in-tm\"\"ux; cat"
			tmux attach -t one; tmux kill-server' <<-'END'
			expect in-tmux
			send typed\r
			expect typed
			send \x02d
			expect detached
			expect typed
			send \x02d
			expect detached
		END
	done
	wait_for 20 none_of_alice || fail "tmux ends" "$(pgrep -u alice -a)"
else
	skip "tmux" "there is none"
fi

# "ssh -tt host <script": what was typed before the shell was there, and much
# of it.  Would catch a vhangup or a flush.
{
	echo 'n=0'
	for ((i = 0; i < 150; i++)); do
		# shellcheck disable=SC2016
		echo 'n=$((n+1))'
	done
	# shellcheck disable=SC2016
	echo 'echo counted-$n'
	echo 'exit 4'
} >"$out/lines"
for host in plain-alice gw; do
	got=$("${SSH[@]}" -q -tt "$host" <"$out/lines")
	check_match "no line of a script is lost, $host" '4:.*counted-150' \
		"$?:$got" "$host"
done

# The last words before the end: nobody may close the terminal before.
for host in $ways; do
	got=$("${SSH[@]}" -q -tt "$host" 'head -c 100000 /dev/zero | tr "\0" x
		echo; echo last' | tail -n 1)
	check_eq "output's end before the end, $host" "last" "${got%$'\r'}"
done

# What PAM's modules say is for a person, before his prompt and in whole
# lines; a command's output does not begin with it.
cp /etc/pam.d/ssh-incubator "$out/pam"
printf 'message one\nmessage two\n' >"$out/message"
echo "session optional pam_echo.so file=$out/message" \
	>>/etc/pam.d/ssh-incubator
tty_case "PAM's text comes before the prompt" 0 gw <<-'END'
	expect message one\r\nmessage two\r\n
	expect login:alice$ 
	send exit\r
END
check_eq "PAM's text is not in a command's output" "out" \
	"$("${SSH[@]}" -q -tt gw echo out 2>&1 | tr -d '\r')" gw
cp "$out/pam" /etc/pam.d/ssh-incubator

# Why there is no session: one line that begins at the left, and the status.
# Would catch who says it on a terminal that nobody reads any more.
for case in "255 nobodys " "127 toless " "127 toless true"; do
	read -r status host command <<<"$case"
	# shellcheck disable=SC2086
	got=$("${SSH[@]}" -q -tt "$host" $command 2>&1 </dev/null)
	check_match "a refusal is one clean line, $host $command" \
		"^$status:incubator: [^"$'\r\n'"]*"$'\r$' "$?:$got" "$host"
done
check_match "and says which shell there is not" \
	"^incubator: /usr/bin/no-such-shell: No such file or directory" \
	"$("${SSH[@]}" -q -tt toless 2>&1 </dev/null)"

# log_in HOST [COMMAND...]: a client at a terminal whose pid is in $client,
# and whose session has said "up".
log_in() {
	: >"$out/up"
	"${RAW_SSH[@]}" -q -tt "$@" <"$out/never" >"$out/up" 2>/dev/null &
	client=$!
	disown
	wait_for 20 grep -q '^up' "$out/up" || fail "$1 begins" "$*" "$1"
}
pts_of() {
	sed -n 's,.*/dev/\(pts/[0-9]*\).*,\1,p' "$out/up" | head -n 1
}
end_all() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -u alice
	wait_for 20 no_incubator || fail "all ends" "$(ps axf)"
}

# I16: the front has given everything away, and nobody reaches into it.
for host in $ways; do
	account=${host/gw/gateway}
	uid=$(id -u "$account")
	log_in "$host" 'tty; echo up; exec sleep 1000'
	front=$(fronts "$account")
	check_eq "I16 one front of that account, $host" 1 "$(wc -w <<<"$front")"
	check_eq "I16 the front keeps nothing of the session, $host" \
		"/dev/null /dev/null /dev/null pidfd socket" \
		"$(descriptors_of "$front")" "$host"
	check_eq "I16 the front has no terminal any more, $host" "?" \
		"$(ps -o tty= -p "$front" | tr -d ' ')" "$host"
	setpriv --reuid "$uid" --regid 1020 --init-groups \
		/bed/bin/attack poke "$front" >"$out/poked" 2>&1
	check_match "I16 the front was poked at, $host" \
		'attach: .*seize: .*/mem: .*fd/0: .*pidfd_getfd: ' \
		"$(tr '\n' ' ' <"$out/poked")"
	check_eq "I16 nothing of that reached into it, $host" "" \
		"$(grep -e attach -e seize -e mem -e fd -e vm_ -e kcmp \
			"$out/poked" | grep SUCCEEDED)" "$host"
	check_match "I16 nor does gateway open the terminal, $host" \
		'Permission denied' "$(setpriv --reuid "$uid" --regid 1020 \
			--init-groups sh -c "exec 3<>/dev/$(pts_of)" 2>&1)"
	end_all
done

# I16: a terminal of another login of gateway's is not this one's to pass.
# Would let who has that terminal read and type in alice's session.
server other gateway <<-'END'
	ForceCommand tty; echo up; exec sleep 1000
END
log_in other
other=$(pts_of)
other_client=$client
for tty in -T -tt; do
	for where in "</dev/$other >/dev/$other 2>/dev/$other" \
		"</dev/$other"; do
		gateway_of gateway "exec $INCUBATOR --front $where" thief
		mark_log
		"${SSH[@]}" -q "$tty" thief id </dev/null >"$out/got" 2>&1
		check_eq "I16 another login's terminal: 255, $tty $where" \
			255 $? thief
		check_match "I16 and why, $tty $where" \
			'refused: .*reason="(terminal: is not |descriptor)' \
			"$(audit_lines)"
		check_eq "I16 nothing was run, $tty $where" "" \
			"$(grep uid= "$out/got" "$out/up")"
		check_eq "I16 and it stays whose it is, $tty $where" \
			"gateway 620" "$(stat -c '%U %a' "/dev/$other")"
	done
done
kill -KILL "$other_client"

# I16: what a process of gateway can do that opened the terminal before.  By
# RevokeTerminal nothing at all; without it what the manual says.
for host in $ways; do
	account=${host/gw/gateway}
	rm -f "$out/go" "$out/kept" "$out/kept.open"
	# Once the terminal is alice's he could not open it.
	gateway_of "$account" "/bed/bin/attack keep $out/go $out/kept & \
until [ -e $out/kept.open ]; do :; done; exec $INCUBATOR --front" keeper
	log_in keeper 'tty; stty -a; echo up; exec cat'
	touch "$out/go"
	wait_for 20 grep -q '^/dev/tty: ' "$out/kept" ||
		fail "somebody kept the terminal, $host" "$(ls -l "$out")" \
			keeper
	if [ "$host" = revoker ]; then
		check_eq "I16 RevokeTerminal leaves nothing" "" \
			"$(grep SUCCEEDED "$out/kept")"
		check_eq "I16 and ten things were tried" 10 \
			"$(grep -c -v SUCCEEDED "$out/kept")"
	else
		check_match "I16 without it, writing is possible" \
			"write: SUCCEEDED" "$(cat "$out/kept")"
		check_eq "I16 but no typing, taking or opening" "" \
			"$(grep -e TIOCSTI -e steal -e foreground -e name \
				-e /dev/tty "$out/kept" | grep SUCCEEDED)"
	fi
	end_all
	pkill -KILL -x attack
done

# The price of RevokeTerminal: what was typed before is lost, and that is all;
# the next line is read, and the end has its status.
for host in $ways; do
	account=${host/gw/gateway}
	rm -f "$out/typed"
	gateway_of "$account" "until [ -e $out/typed ]; do :; done; \
exec $INCUBATOR --front" typist
	on_tty typist >"$out/log" <<-END
		send echo ahead-\$((40+2))\r
		expect echo ahead
		touch $out/typed
		expect login:alice$ 
		send echo here-\$((40+2))\r
		expect here-42
		send exit 5\r
	END
	check_eq "typed ahead of the session: it goes on, $host" 5 $? typist
	check_eq "typed ahead of the session: heard, $host" \
		"$([ "$host" = gw ] && echo 1 || echo 0)" \
		"$(grep -c 'ahead-42' "$out/log")"
done

# The terminal hangs up: all of the session ends, the shell's forgotten jobs
# too, and it is the session's end for us.
are_there() {
	runs 1001 && runs 1002
}
for host in $ways; do
	rm -f "$out/at"
	on_tty "$host" >"$out/log" <<-END &
		expect login:alice$ 
		send sleep 1001 & disown -a; (sleep 1002 &)\r
		expect login:alice$ 
		touch $out/at
		expect never
	END
	mark_log
	wait_for 20 test -e "$out/at"
	check "before the client is killed all are there, $host" \
		wait_for 20 are_there
	pkill -KILL -x ssh
	check "I10 nobody of the session is left, $host" \
		wait_for 20 none_of_alice
	check "I10 nor of ours, $host" wait_for 20 no_incubator
	check_match "I10 and the log has the reason, $host" \
		'session closed: .*status="connection lost"' "$(audit_lines)"
	wait
done

# The same where the connection lives on, of which the terminal is one session
# of several.  The kernel hangs up its foreground group alone, which the first
# of the two is not in.
mux=$out/mux
"${RAW_SSH[@]}" -fN -T -M -S "$mux" gw
log_in gw -S "$mux" 'set -m; sleep 1001 & echo up; sleep 1002'
kill -KILL "$client"
check "I10 a multiplexed client is killed: nobody is left" \
	wait_for 20 none_of_alice
check "I10 nor of ours" wait_for 20 no_incubator
check_eq "and the connection lives" "alice" \
	"$("${SSH[@]}" -q -S "$mux" gw id -un)" gw
"${RAW_SSH[@]}" -S "$mux" -O exit gw 2>/dev/null

# At the end the terminal is sshd's to give back, which it does by its name.
# A chown of ours after that could be of somebody else's: it must not happen.
# sshd stands still, so that what is seen is what we left.
log_in gw 'tty; echo up; until [ -e /bed/out/over ]; do sleep 0.02; done'
pts=$(pts_of)
mapfile -t sshds < <(pgrep -x sshd)
kill -STOP "${sshds[@]}"
touch "$out/over"
over() {
	[ -z "$(services)" ] && none_of_alice
}
check "the session ends while sshd stands still" wait_for 20 over
check_eq "I16 the terminal is not given back by us" "alice tty 620" \
	"$(stat -c '%U %G %a' "/dev/$pts")"
kill -CONT "${sshds[@]}"
check "and all ends" wait_for 20 no_incubator

finish

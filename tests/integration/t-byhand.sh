#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Run by hand from root's shell at a terminal: the target must not reach that
# terminal (I16), and it works like a login all the same.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
# Root's shell at a terminal.  One that leads a session, as shells do, so that
# incubator does not.
cat >"$out/rc" <<-'END'
	PS1='root# '
	bind 'set enable-bracketed-paste off'
END
# by_hand NAME STATUS <SCRIPT
by_hand() {
	local shown status

	shown=$(/bed/bin/drive -t 10 -s 30x99 \
		bash --noprofile --rcfile "$out/rc" -i 2>&1)
	status=$?
	check_eq "$1" "$2" "$status"
	[ "$status" = "$2" ] ||
		tail -n 20 <<<"$shown" | cat -v | sed 's/^/# terminal: /'
}

# I16 CVE-2016-2779: the attack works against a program that hands root's
# terminal on, or this test would prove nothing.
attack='/bed/bin/misuse tiocsti $(cat /bed/out/tty)'
if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ] &&
	need runuser; then
	by_hand "I16 CVE-2016-2779 the attack works on runuser" 0 <<-END
		expect root# 
		send tty >$out/tty; runuser -u alice -- sh -c '$attack'\r
		expect tiocsti stdin: SUCCEEDED
		await /run/injected
		send rm /run/injected; exit 0\r
	END
	rm -f /run/injected
else
	skip "I16 CVE-2016-2779 the attack works on runuser" \
		"dev.tty.legacy_tiocsti is off"
fi

# The same against incubator, with every descriptor a terminal, then with one.
# Its own terminal alice may fill as she likes; root's she must not even open.
for redirect in "" "</dev/null" ">/dev/null" "2>/dev/null" \
	"</dev/null >/dev/null" "</dev/null 2>/dev/null"; do
	rm -f "$out/attack"
	touch "$out/attack"
	chmod 0666 "$out/attack"
	by_hand "attacked from within, redirected $redirect" 0 <<-END
		expect root# 
		send tty >$out/tty; stat -c '%U %a' \$(tty) >$out/owner\r
		expect root# 
		send incubator --local-user alice -- sh -c '$attack >>/bed/out/attack' $redirect\r
		expect root# 
		send stat -c '%U %a' \$(tty) >>$out/owner\r
		expect root# 
		send exit 0\r
	END
	check_eq "I16 CVE-2016-2779 nothing was typed for root, $redirect" \
		"no" "$([ -e /run/injected ] && echo yes || echo no)"
	check_match "I16 root's terminal cannot be opened, $redirect" \
		"open $(cat "$out/tty"): Permission denied" \
		"$(cat "$out/attack")"
	check_eq "root's terminal stays root's, $redirect" 1 \
		"$(uniq "$out/owner" | grep -c '^root')"
	rm -f /run/injected
done

# I16: nor by way of the parent.
by_hand "I16 the parent's descriptors are closed to the target" 0 <<-'END'
	expect root# 
	send incubator --local-user alice -- sh -c 'ls /proc/$PPID/fd/ >/dev/null || echo clo""sed'\r
	expect closed
	expect root# 
	send exit 0\r
END

# A session as at a login: its own terminal, a login shell, job control, the
# window's size at the start and later, and the terminal's modes.
by_hand "a login shell by hand" 7 <<-END
	expect root# 
	send stty intr ^X -ixon; stty -g >$out/before; stty -a >$out/outer\r
	expect root# 
	send incubator --local-user alice\r
	expect login:alice$ 
	send stty -a >$out/inner; tty >$out/alice; stat -c '%U %G %a' \$(tty)\r
	expect alice tty 620
	send echo term=\$TERM ssh_tty=\$SSH_TTY; pwd\r
	expect term=xterm ssh_tty=
	expect /home/alice
	send /bed/bin/probe listen\r
	expect listening
	resize 41 101
	expect size 41 101
	send \x1a
	expect Stopped
	expect login:alice$ 
	send fg\r
	expect Continued
	send \x18
	expect Interrupt
	expect login:alice$ 
	send exit 6\r
	expect root# 
	send test \$? = 6 && stty -g >$out/after; exit 7\r
END
check_same "the terminal's modes are inherited" "$out/outer" "$out/inner"
check_same "root's terminal is what it was before" \
	"$out/before" "$out/after"
check_match "I16 the target has a terminal of its own" "^/dev/pts/[0-9]+$" \
	"$(cat "$out/alice")"
check_eq "I16 which is another" "no" \
	"$([ "$(cat "$out/alice")" = "$(cat "$out/tty")" ] && echo yes ||
		echo no)"

# Ended from outside.  Would leave a raw terminal behind, where nothing that is
# typed is seen, or the shell, which ignores TERM.
gone() {
	! kill -0 "$1" 2>/dev/null && ! pgrep -u alice >/dev/null
}
for signal in HUP TERM; do
	rm -f "$out/kill-it" "$out/killed"
	by_hand "$signal from outside: the terminal is put back" 0 <<-END &
		expect root# 
		send stty -g >$out/before; incubator --local-user alice; stty -g >$out/after\r
		expect login:alice$ 
		touch $out/kill-it
		await $out/killed
		expect root# 
		send exit 0\r
	END
	wait_for 5 test -e "$out/kill-it"
	pid=$(pgrep -x incubator)
	kill "-$signal" "$pid"
	check "$signal to the parent ends the session" wait_for 5 gone "$pid"
	touch "$out/killed"
	wait
	check_same "the terminal's modes after $signal" \
		"$out/before" "$out/after"
done

# Root's terminal hangs up: so does the session.
rm -f "$out/hup"
by_hand "root's terminal hangs up" 129 <<-END
	expect root# 
	send incubator --local-user alice -- /bed/bin/probe listen $out/hup\r
	expect listening
	hangup
END
check "I10 HUP reaches the session" wait_for 5 test -e "$out/hup"
none_of() {
	! pgrep -u "$1" >/dev/null && ! pgrep -x incubator >/dev/null
}
check "I10 and nothing stays" wait_for 5 none_of alice

# ^Z at root's shell does not stop what has a terminal of its own: it is the
# inner shell's key.  In a pipeline without a terminal, ^C is root's and
# reaches the session.
by_hand "^C ends a pipeline" 0 <<-'END' &
	expect root# 
	send incubator --local-user alice -- sleep 1000 </dev/null 2>&1 | cat; echo ba""ck\r
	await /bed/out/sleeping
	send \x03
	expect root# 
	send exit 0\r
END
sleeping() {
	pgrep -u alice -x sleep
}
wait_for 5 sleeping
touch "$out/sleeping"
wait
check "^C reaches the session of a pipeline" wait_for 5 none_of alice

# Bytes: a terminal in front and a pipe behind, and the other way round.
by_hand "a pipe in front, a file behind" 0 <<-END
	expect root# 
	send seq 5000 | incubator --local-user alice -- cat >$out/seq; cmp <(seq 5000) $out/seq && echo sa""me\r
	expect same
	send incubator --local-user alice -- seq 3000 | cmp - <(seq 3000) && echo li""ke\r
	expect like
	send echo typed | incubator --local-user alice -- sh -c 'read x; echo got-\$x; tty; tty <&2'\r
	expect got-typed
	expect not a tty
	expect /dev/pts/
	expect root# 
	send exit 0\r
END
# What the terminal shows, through the relay and without: 200 kB.
/bed/bin/drive -t 10 sh -c 'seq 30000; true' </dev/null >"$out/1"
/bed/bin/drive -t 10 sh -c "$INCUBATOR --local-user alice -- seq 30000; true" \
	</dev/null >"$out/2"
check_same "I9 200 kB through the relay, to the last byte" "$out/1" "$out/2"

# How it ends is root's shell's to see.
by_hand "status and signal by hand" 0 <<-'END'
	expect root# 
	send incubator --local-user alice -- sh -c 'exit 42'; echo s=$?\r
	expect s=42
	send incubator --local-user alice -- sh -c 'kill -TERM $$'; echo s=$?\r
	expect s=143
	send incubator --local-user alice -- /no/such; echo s=$?\r
	expect incubator: /no/such: No such file or directory\r\n
	expect s=127
	send exit 0\r
END

# login(1) instead of PAM and plan, where that is asked for.
if [ -x /bin/login ]; then
	rm -f /etc/securetty
	by_hand "--login-cmd hands over to login(1)" 0 <<-'END'
		expect root# 
		send incubator --local-user alice --shell --login-cmd /bin/login --remote-ip 192.0.2.7\r
		expect login:alice$ 
		send id -un; shopt -q login_shell && echo is lo""gin\r
		expect alice
		expect is login
		send exit\r
		expect root# 
		send exit 0\r
	END
	check_eq "--login-cmd has no effect on a command" "alice" \
		"$("$INCUBATOR" --local-user alice --login-cmd /bin/false \
			-- id -un </dev/null)"
	check_eq "--login-cmd has no effect without a terminal" "alice" \
		"$(echo 'id -un' | "$INCUBATOR" --local-user alice \
			--login-cmd /bin/false --shell)"
else
	skip "--login-cmd hands over to login(1)" "there is no /bin/login"
fi

finish

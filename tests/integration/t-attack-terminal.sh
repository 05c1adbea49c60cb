#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What an attacker with a shell account tried against root's terminal, the
# relay to it and the parent that waits at it.  Each case says what it would
# have caught; tools/attack.c does what a shell cannot.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
attack=/bed/bin/attack
servers alice
# A /dev/tty of this machine's own: what goes wrong below must not change the
# owner of the real one.
umount /dev/tty 2>/dev/null
if ! rm -f /dev/tty || ! mknod -m 0666 /dev/tty c 5 0; then
	skip_all "may not make a device node here"
fi
cat >"$out/rc" <<-'END'
	PS1='root# '
	bind 'set enable-bracketed-paste off'
END

# at_shell NAME STATUS <SCRIPT: root's shell at a terminal, which leads the
# session.
at_shell() {
	local shown status

	shown=$(/bed/bin/drive -t 4 bash --noprofile --rcfile "$out/rc" -i \
		2>&1)
	status=$?
	check_eq "$1" "$2" "$status"
	[ "$status" = "$2" ] ||
		tail -n 20 <<<"$shown" | cat -v | sed 's/^/# terminal: /'
}
injected() {
	[ -e /run/injected ] && echo yes || echo no
}
ended() {
	! kill -0 "$1" 2>/dev/null
}
# The one that was started first: the second, for a moment, is its child.
parent_of() {
	pgrep -o -x incubator
}
parent_runs() {
	[ -n "$(parent_of)" ] && pgrep -u alice
}
nobody_left() {
	! pgrep -x incubator && ! pgrep -u alice
}
clean_up() {
	pkill -KILL -x incubator
	setpriv --reuid 1001 --clear-groups sh -c 'kill -KILL -1'
	rm -f /run/injected
	wait_for 2 nobody_left
}

# I16: a stopped job of root's, then "exec incubator" from the same shell.
# Would give alice a terminal with root's job in its session: she puts that
# into the foreground, continues it and types for it.
echo "exec /bed/bin/attack grab 'touch /run/injected' >>$out/grabbed 2>&1" \
	>"$out/grab"
fresh_grab() {
	rm -f "$out/grabbed"
	: >"$out/grabbed"
	chmod 0666 "$out/grabbed"
}
fresh_grab
at_shell "exec after a stopped job, by hand" 0 <<-END
	expect root# 
	send sh\r
	expect # 
	send kill -STOP \$\$\r
	expect Stopped
	expect root# 
	send exec $INCUBATOR --local-user alice -- sh $out/grab\r
END
check_eq "I16 no stopped job of root's is in alice's session" \
	"root's stopped jobs in this session: 0" "$(cat "$out/grabbed")"
check_eq "I16 nothing was run for root by a stopped job" no "$(injected)"
clean_up

# The same where sshd, and not a terminal of the machine's own, is the parent
# of root's shell: to have sshd for a parent does not make the terminal sshd's
# gift to this one command.
server_key shell "exec bash --noprofile --rcfile $out/rc -i" </dev/null
fresh_grab
tty_case "exec after a stopped job, over ssh" 0 shell <<-END
	expect root# 
	send sh\r
	expect # 
	send kill -STOP \$\$\r
	expect Stopped
	expect root# 
	send exec $INCUBATOR --local-user alice -- sh $out/grab\r
END
check_eq "I16 no stopped job of root's is in alice's session, over ssh" \
	"root's stopped jobs in this session: 0" "$(cat "$out/grabbed")"
check_eq "I16 nothing was run for root by a stopped job, over ssh" no \
	"$(injected)"
clean_up

# I16 CVE-2016-2779 through whatever stands between root's shell and us: "setsid
# -c" made us the leader of a session that has root's terminal.
cat >"$out/wrapped" <<-END
	#!/bin/sh
	exec $INCUBATOR --local-user alice -- /bed/bin/misuse tiocsti \
		/dev/tty "\$(cat $out/tty)"
END
chmod 0755 "$out/wrapped"
echo "tty >$out/tty" >>"$out/rc"
for wrapper in "setsid -c -w" "setsid -w" "setsid" "nohup" "su root -c" \
	"runuser -u root --" "runuser root -c" "script -qc" "timeout 5" \
	"timeout --foreground 5"; do
	if ! need "${wrapper%% *}"; then
		skip "I16 by way of $wrapper" "there is no ${wrapper%% *}"
		continue
	fi
	at_shell "by way of $wrapper" 0 <<-END
		expect root# 
		send cd /tmp; $wrapper $out/wrapped; sleep 0.1; echo ba""ck\r
		expect back
		expect root# 
		send exit 0\r
	END
	check_eq "I16 nothing was typed for root by way of $wrapper" no \
		"$(injected)"
	clean_up
done
at_shell "in the background" 0 <<-END
	expect root# 
	send $out/wrapped & wait; echo ba""ck\r
	expect back
	send exit 0\r
END
check_eq "I16 nothing was typed for root from the background" no "$(injected)"
clean_up

# I16: two terminals are one only if the file is the same.  Another devpts has
# its own pts/0 with the same st_rdev; by that alone, alice was handed root's
# other terminal as well.
mkdir -p /mnt/pts
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts /mnt/pts
server_key two "exec /bed/bin/attack other-pts /mnt/pts $INCUBATOR \
--local-user alice -- sh -c '[ /dev/fd/0 -ef /dev/fd/2 ] && echo sa\"\"me'" \
	</dev/null
tty_case "I16 pts/0 of another devpts is another terminal" 0 two <<-'END'
	expect same
END
clean_up
umount -l /mnt/pts

# /dev/tty as 0, 1 and 2 is a terminal, but nobody's to give away: it became
# alice's, for every process of the machine.
before=$(stat -c '%u %g %a' /dev/tty)
server_key devtty "exec $INCUBATOR --local-user alice \
</dev/tty >/dev/tty 2>&1" </dev/null
for host in by-hand devtty; do
	rm -f "$out/devtty"
	script="expect login:alice
send stat -c '%u %g %a' /dev/tty; echo hea\"\"rd\r
expect $before
expect heard
send exit 4\r"
	if [ "$host" = by-hand ]; then
		at_shell "a session at /dev/tty, by hand" 4 <<-END
			expect root# 
			send exec $INCUBATOR --local-user alice </dev/tty >/dev/tty 2>&1\r
			$script
		END
	else
		tty_case "a session at /dev/tty, over ssh" 4 devtty \
			<<<"$script"
	fi
	check_eq "/dev/tty keeps owner and mode, $host" "$before" \
		"$(stat -c '%u %g %a' /dev/tty)"
	chown 0:0 /dev/tty
	chmod 0666 /dev/tty
	clean_up
done

# Writers that go on after the command has ended held the parent, and root's
# PAM session, for as long as they liked.
linger=("$INCUBATOR" --local-user alice -- "$attack" linger)
"$attack" slow 4096 "${linger[@]}" &
terminal=$!
# The command itself is gone, and the parent is not.
in_drain() {
	pgrep -u alice && ! pgrep -P "$(parent_of)"
}
wait_for 2 parent_runs
check "endless writers do not hold the parent" wait_for 4 ended "$terminal"
clean_up

# The same at a terminal that nobody reads: there TERM must end it at once.
"$attack" slow 0 "${linger[@]}" &
terminal=$!
wait_for 2 parent_runs
if wait_for 2 in_drain; then
	kill -TERM "$(parent_of)"
	check "TERM ends a parent whose terminal nobody reads" \
		wait_for 1 ended "$terminal"
else
	fail "TERM ends a parent whose terminal nobody reads" "it had ended"
fi
clean_up

# A command without any descriptor of its terminal had the relay read the
# hang-up of that terminal over and over: a CPU to itself.
at_shell "a command without its terminal" 0 <<-END &
	expect root# 
	send $INCUBATOR --local-user alice -- sh -c 'exec sleep 30 </dev/null >/dev/null 2>&1'\r
	await $out/measured
	expect root# 
	send exit 0\r
END
asleep() {
	pgrep -u alice -x sleep
}
# In ticks of 10 ms.
cpu_time() {
	local stat

	stat=$(<"/proc/$1/stat")
	read -r -a stat <<<"${stat##*) }"
	echo $((stat[11] + stat[12]))
}
if wait_for 3 asleep; then
	pid=$(parent_of)
	start=$(cpu_time "$pid")
	read -r -t 1 <>"$out/.never"
	used=$(($(cpu_time "$pid") - start))
	check "no busy loop without a terminal: $used ticks of 100" \
		[ "$used" -lt 20 ]
else
	fail "no busy loop without a terminal" "the command did not start"
fi
pkill -KILL -u alice -x sleep
touch "$out/measured"
wait
clean_up

# Keys that come while the relay has its hands full, one way or the other.
at_shell "^C during a flood" 0 <<-END
	expect root# 
	send $INCUBATOR --local-user alice -- yes flood\r
	expect flood\r\nflood
	send \x03
	expect root# 
	send exit 0\r
END
clean_up
line=$(printf 'x%.0s' {1..3000})
{
	echo "expect root# "
	printf '%s\n' "send $INCUBATOR --local-user alice -- sh -c 'stty raw \
-echo; echo rea\"\"dy; exec sleep 30'\r"
	echo "expect ready"
	for _ in {1..10}; do
		echo "send $line"
	done
	echo "touch $out/typed"
} >"$out/typist"
/bed/bin/drive -t 4 bash --noprofile --rcfile "$out/rc" -i \
	<"$out/typist" >/dev/null 2>&1 &
typist=$!
if wait_for 4 test -e "$out/typed"; then
	pid=$(parent_of)
	kill -TERM "$pid"
	check "TERM while the command does not read" wait_for 2 ended "$pid"
else
	fail "TERM while the command does not read" "30 kB were not taken"
fi
kill "$typist" 2>/dev/null
wait
clean_up
at_shell "^Z and fg in a pipeline" 0 <<-END
	expect root# 
	send $INCUBATOR --local-user alice -- sh -c 'echo g""o; read x; echo end-\$x' | cat\r
	expect go
	send \x1a
	expect Stopped
	expect root# 
	send fg\r
	expect cat
	send here\r
	expect end-here
	expect root# 
	send exit 0\r
END
clean_up

# Where the terminal is kept, the parent leads alice's session: she joins its
# group.  A read by such a member stops the whole group with TTIN, and the
# parent never saw the end of the command.
tty_case "TTIN by a member of its group does not stop the parent" 5 \
	root-alice "exec /bed/bin/attack ttin $out/ttin" </dev/null
check_match "and that was tried" "join: SUCCEEDED" "$(cat "$out/ttin")"
clean_up

# With the parent's group in the foreground, ^Z ^\ ^C reach the parent: it
# must not stop, end or pass on what alice typed as if root had sent it.
tty_case "keys for the parent's group do not end the parent" 7 \
	root-alice "exec /bed/bin/attack leader $out/leader" </dev/null
check_match "and they were typed" "foreground: SUCCEEDED.*keys: SUCCEEDED" \
	"$(cat "$out/leader")"
check_eq "ten signals to the parent are refused" 10 \
	"$(grep -c '^signal [A-Z]*: Operation not permitted$' "$out/leader")"
clean_up

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A session in a pid namespace: there is a parent that waits in every shape,
# and its life and the namespace's are one.  Process 1 hears only signals that
# it handles (pid_namespaces(7)), and that must hold nobody.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
"${as_alice[@]}" unshare -U true 2>/dev/null || skip_all \
	"an ordinary user may make no user namespace here"
literal="--unshare user,mount,pid --map-users 0:\$(id -u):1 --setgroups deny"

# The two ways in, over ssh and by hand.
server_root alice --unshare pid --mount-proc
server own-alice alice <<-END
	ForceCommand exec $INCUBATOR --unshare user,mount,pid --mount-proc
END
# by_hand WAY COMMAND...: becomes it, so that its pid is ours to signal.
by_hand() {
	local way=$1

	shift
	if [ "$way" = root ]; then
		exec env --default-signal "$INCUBATOR" --local-user alice \
			--unshare pid "$@"
	fi
	exec env --default-signal "${as_alice[@]}" "$INCUBATOR" \
		--unshare user,pid "$@"
}
ended() {
	! kill -0 "$1" 2>/dev/null
}
nobody_left() {
	! pgrep -x incubator && ! pgrep -u alice
}
# So many of alice's are there.
are() {
	[ "$(pgrep -u alice -x sleep | wc -l)" = "$1" ]
}
end_all() {
	pkill -KILL -u alice
	pkill -KILL -x incubator
	return 0
}
clean() {
	check "nobody is left, dead or alive: $1" wait_for 5 nobody_left
	end_all
}

# How it ends is how incubator ends.
for way in root own; do
	check_eq "the status, $way" 7 \
		"$( (by_hand $way -- sh -c 'exit 7' </dev/null); echo $?)"
	check_eq "not found, $way" "127 incubator: /no/such: No such file or \
directory" "$( (by_hand $way -- /no/such </dev/null) 2>"$out/err"; echo "$? $(
		cat "$out/err")")"
	check_eq "not executable, $way" 126 \
		"$( (by_hand $way -- /etc </dev/null) 2>/dev/null; echo $?)"
	# A signal that is sent to process 1 from within has no effect on it.
	check_eq "process 1 outlives its own KILL, $way" 9 "$( (by_hand $way \
		-- sh -c 'kill -KILL $$; kill -TERM $$; exit 9' </dev/null)
		echo $?)"
	if need python3; then
		check_eq "death by a fault arrives as that, $way" 139 "$(
			(by_hand $way -- python3 -c \
			'import ctypes; ctypes.string_at(0)' </dev/null) \
			2>/dev/null; echo $?)"
	fi
	# Would have caught a relay, or a byte lost at the end of process 1.
	check_eq "large output is whole, $way" "$(seq 400000 | cksum)" \
		"$( (by_hand $way -- seq 400000 </dev/null) | cksum)"
	check_eq "input, and its end, $way" "$(seq 100000 | cksum)" \
		"$(seq 100000 | (by_hand $way -- cat) | cksum)"
	clean "ends by itself, $way"
done
for way in root own; do
	: >"$out/got"
	(by_hand $way -- sleep 0.3 <"$BED/conf/base" >"$out/got" 2>"$out/err") &
	wait_for 2 are 1
	pid=$(pgrep -u alice -x sleep)
	check_eq "0, 1 and 2 are the caller's own, $way" \
		"$BED/conf/base $out/got $out/err" \
		"$(for fd in 0 1 2; do readlink "/proc/$pid/fd/$fd"; done |
			tr '\n' ' ' | sed 's/ $//')"
	check_eq "and there are no others, $way" "0 1 2" \
		"$(find "/proc/$pid/fd" -type l -printf '%f\n' | sort -n |
			paste -sd' ' -)"
	wait
	clean "descriptors, $way"
done

# TERM and HUP for incubator: process 1 is told; if it does not end by that,
# it is ended, and with it all that it started, wherever that went.
# shellcheck disable=SC2016
family='setsid sleep 1000 & nohup sleep 1000 >/dev/null 2>&1 & '
for way in root own; do
	for signal in TERM HUP; do
		(by_hand $way -- sh -c "$family exec sleep 1000" </dev/null) &
		pid=$!
		wait_for 5 are 3
		kill -"$signal" "$(pgrep -o -x incubator)"
		wait_for 5 ended "$pid" || end_all
		wait "$pid" 2>/dev/null
		check_eq "$signal ends one that does not hear it, $way" \
			"137 0" "$? $(pgrep -u alice | wc -l)"
		clean "$signal, $way"
		rm -f "$out/ready"
		(by_hand $way -- sh -c "$family trap 'exit 5' $signal
			echo >$out/ready; while :; do sleep 0.02; done" \
			</dev/null) &
		pid=$!
		wait_for 5 test -e "$out/ready"
		kill -"$signal" "$(pgrep -o -x incubator)"
		wait_for 5 ended "$pid" || end_all
		wait "$pid" 2>/dev/null
		check_eq "$signal reaches one that does, $way" "5 0" \
			"$? $(pgrep -u alice | wc -l)"
		clean "$signal heard, $way"
	done
	# Killed itself, incubator can end nobody; the kernel can.
	(by_hand $way --pdeathsig KILL -- sh -c "$family exec sleep 1000" \
		</dev/null) &
	wait_for 5 are 3
	pkill -KILL -o -x incubator
	clean "incubator is killed, --pdeathsig KILL, $way"
done 2>/dev/null
# Not only the command has a parent: incubator has one, too.
bash -c '"$@"; true' - env --default-signal "${as_alice[@]}" "$INCUBATOR" \
	--unshare user,pid --pdeathsig KILL -- \
	sh -c "$family exec sleep 1000" </dev/null &
parent=$!
wait_for 5 are 3
{ kill -KILL "$parent" && wait "$parent"; } 2>/dev/null
clean "who started incubator is killed, --pdeathsig KILL"
# Where the kernel does not promise that there is no session.  Would have caught
# a clean-up of a terminal that nobody had looked for yet: a crash, not 255.
if need strace && "${as_alice[@]}" strace -o /dev/null true 2>/dev/null; then
	status=$("${as_alice[@]}" strace -o /dev/null -e trace=prctl \
		-e inject=prctl:error=EINVAL "$INCUBATOR" --unshare user,pid \
		--pdeathsig KILL -- true 2>&1 </dev/null; echo $?)
	check_eq "no session without the signal of a parent's death" \
		"incubator: parent-death: Invalid argument
255" "$status"
else
	skip "no session without the signal of a parent's death" \
		"there is no strace that may, here"
fi

# The connection is lost.  On pipes alice's own login is as plain sshd's: who
# writes, or waits for input, ends by that.
# lost NAME PROCESSES SSH-ARG...
lost() {
	local name=$1 count=$2 client

	shift 2
	"${RAW_SSH[@]}" "$@" <"$out/.never" >"$out/log" 2>&1 &
	client=$!
	disown
	wait_for 5 are "$count"
	kill -KILL "$client"
	clean "$name"
}
exec 7<>"$out/.never"
lost "a connection on pipes is lost, root" 3 -T root-alice \
	"$family exec sleep 1000"
lost "a terminal is lost, root" 3 -tt root-alice "$family exec sleep 1000"
lost "a terminal is lost, own" 3 -tt own-alice "$family exec sleep 1000"
lost "who waits for input, own" 2 -T own-alice "$family exec cat"
lost "who writes, own" 2 -T own-alice "$family exec yes"

# Over ssh: status, bytes, what is seen.
for host in root-alice own-alice; do
	mark_log
	check_eq "status over ssh, $host" 9 \
		"$("${SSH[@]}" -n "$host" 'exit 9'; echo $?)"
	check_eq "one line opens it and one closes it, $host" "1 1" "$(
		audit_lines | grep -c '^session opened: ') $(audit_lines |
		grep -c '^session closed: .* status="exited with 9"')"
	check_eq "bytes over ssh, $host" "$(seq 200000 | cksum)" \
		"$(seq 200000 | "${SSH[@]}" "$host" cat | cksum)"
	check_eq "its processes and no others, $host" "1 bash" "$("${SSH[@]}" \
		-n "$host" 'for p in /proc/[0-9]*; do
			echo ${p#/proc/} $(cat $p/comm); done')"
	tty_case "job control inside, $host" 5 "$host" <<-'END'
		expect alice$ 
		send /bed/bin/probe listen\r
		expect listening
		send \x1a
		expect Stopped
		expect alice$ 
		send fg\r
		expect Continued
		send \x03
		expect Interrupt
		expect alice$ 
		send exit 5\r
	END
	clean "after a terminal, $host"
done

# The line of the manual, as an ordinary user: by hand, and over ssh.
tell='echo "ids $(id -u) $(id -g) pid $$"; echo $(cat /proc/self/uid_map)
echo $(cat /proc/self/setgroups)'
told="ids 0 65534 pid 1
0 1001 1
deny"
check_eq "the line by hand, without a terminal" "$told" "$("${as_alice[@]}" \
	bash -c "exec incubator $literal -- sh" <<<"$tell" 2>&1)"
server line-own alice <<-END
	ForceCommand exec $INCUBATOR $literal -- sh
END
server_key line-root "exec $INCUBATOR --local-user alice \
${literal/\$(id -u)/1001} -- sh" </dev/null
for host in line-own line-root; do
	check_eq "the line over ssh, $host" "$told" \
		"$("${SSH[@]}" -T "$host" <<<"$tell" 2>&1)" "$host"
done
# A dash that leaves a terminal gives it back to its first process group, which
# has no number in the namespace, and ends with 2: under unshare(1) as well.
left=0
[[ $(readlink -f /bin/sh) != */dash ]] || left=2
for host in line-own line-root; do
	tty_case "the line over ssh -tt, $host" $left "$host" <<-END
		expect # 
		send echo "ids \$(id -u) pid \$\$ \$(tty)"\r
		expect ids 0 pid 1 /dev/pts/
		expect # 
		send exit\r
	END
done
cat >"$out/rc" <<-'END'
	PS1='outer$ '
	bind 'set enable-bracketed-paste off'
END
# at_terminal NAME STATUS <SCRIPT: alice's own shell at a terminal.
at_terminal() {
	local shown status

	shown=$(/bed/bin/drive -t 5 -s 30x99 "${as_alice[@]}" \
		bash --noprofile --rcfile "$out/rc" -i 2>&1)
	status=$?
	check_eq "$1" "$2" "$status"
	[ "$status" = "$2" ] ||
		tail -n 12 <<<"$shown" | cat -v | sed 's/^/# terminal: /'
	clean "$1"
}
at_terminal "the line by hand, at a terminal" 4 <<-END
	expect outer$ 
	send incubator $literal -- sh\r
	expect # 
	send echo "ids \$(id -u) pid \$\$"\r
	expect ids 0 pid 1
	expect # 
	send /bed/bin/probe listen\r
	expect listening
	send \x1a
	expect topped
	expect # 
	send fg\r
	expect Continued
	send \x03
	expect Interrupt
	expect # 
	send exit\r
	expect outer$ 
	send exit 4\r
END
# It is a job of the outer shell: would have caught a terminal that nothing
# but a kill from elsewhere gives back, as process 1 does not stop by ^Z.
at_terminal "^Z, fg and ^C of a process 1 that listens" 4 <<-'END'
	expect outer$ 
	send incubator --unshare user,pid -- /bed/bin/probe listen; echo s=$?\r
	expect listening
	send \x1a
	expect topped
	expect outer$ 
	send fg\r
	expect Continued
	send text\r
	expect heard text
	send \x03
	expect Interrupt
	expect outer$ 
	send exit 4\r
END
at_terminal "^Z, fg and ^C of a child of process 1" 4 <<-'END'
	expect outer$ 
	send incubator --unshare user,pid -- sh -c '/bed/bin/probe listen; true'\r
	expect listening
	send \x1a
	expect topped
	expect outer$ 
	send fg\r
	expect Continued
	send \x03
	expect Interrupt
	expect outer$ 
	send exit 4\r
END
at_terminal "^C alone of a child of process 1" 4 <<-'END'
	expect outer$ 
	send incubator --unshare user,pid -- sh -c '/bed/bin/probe listen; exit 6'; echo s=$?\r
	expect listening
	send \x03
	expect Interrupt
	expect s=
	expect outer$ 
	send exit 4\r
END
at_terminal "a terminal that is closed" 129 <<-'END'
	expect outer$ 
	send incubator --unshare user,pid -- sh -c 'echo ru""n; exec sleep 1000'\r
	expect run
	hangup
END

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# "pty-broker run": one command on a new terminal, by hand and as what a stock
# sshd starts: a subsystem, a forced command, with and without a terminal of
# the client's.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
# -echo -icanon -isig -iexten -icrnl -ixon -opost, as a client sends them
raw_modes=3500000000330000000032000000003b00000000240000000026000000004600000000
server subsystem alice <<END
Subsystem terminal $PTY_BROKER run --size 30x90 --term vt220 --modes \
0100000018350000000000 -- $out/look
Subsystem void $PTY_BROKER run --modes 35000000000099 -- $out/look
Subsystem raw $PTY_BROKER run --modes $raw_modes -- head -c 1000000
Subsystem text $PTY_BROKER run --modes 350000000000 -- $out/text
Subsystem wait $PTY_BROKER run -- $out/wait
END
server forced alice <<END
ForceCommand exec $PTY_BROKER run
END
server plain alice </dev/null
cat >"$out/look" <<'END'
#!/bin/sh
test -t 0 && test -t 1 && test -t 2 && test "$SSH_TTY" = "$(tty)" && echo same
echo "$TERM" "$(stty size)" "$(id -un)" "$SSH_ORIGINAL_COMMAND"
stty -a | tr ' ' '\n' | grep -x -e '-*echo'
END
printf '#!/bin/sh\ncat\necho two\n' >"$out/text"
printf '#!/bin/sh\necho up\nexec sleep 1000\n' >"$out/wait"
chmod 0755 "$out/look" "$out/text" "$out/wait"
none_of_alice() {
	! pgrep -u alice
}

# By hand.

# usage NAME REASON WORD...: 64, one line, and nothing ran.
usage() {
	local name=$1 reason=$2 status

	shift 2
	rm -f "$out/ran"
	"$PTY_BROKER" run "$@" -- touch "$out/ran" </dev/null \
		>"$out/1" 2>"$out/2"
	status=$?
	check_eq "$name: status" 64 "$status"
	check_match "$name: one line" "^pty-broker: --${reason}[^"$'\n'"]*\$" \
		"$(cat "$out/2")"
	check_eq "$name: nothing else" "" "$(cat "$out/1")"
	check "$name: nothing ran" test ! -e "$out/ran"
}
usage "letters as modes" modes: --modes 35xy
usage "half a byte" modes: --modes 350
usage "modes that sshd would not take" modes: --modes 3500
usage "a size of nothing" size: --size 0x80
usage "a size that is none" size: --size 24x
usage "no terminal" term: --term ""

# by_hand NAME STATUS LINE
by_hand() {
	"$PTY_BROKER" run -- sh -c "$3" </dev/null >"$out/1" 2>"$out/2"
	check_eq "$1" "$2" "$?"
}
by_hand "its status" 7 "exit 7"
by_hand "its signal" 143 'kill -TERM $$'
by_hand "its signal, and no core of ours" 134 'ulimit -c 0; kill -ABRT $$'
"$PTY_BROKER" run -- /nonexistent </dev/null 2>"$out/2"
check_eq "a program that is not there" "127 pty-broker: /nonexistent: No such \
file or directory" "$? $(cat "$out/2")"

# As a subsystem: pipes only, no terminal anywhere.
# Would catch modes, TERM or a size that come too late or not at all.
check_eq "a subsystem has a terminal" "same"$'\r\n'"vt220 30 90 alice \
"$'\r\n'"-echo"$'\r' "$("${SSH[@]}" -s subsystem terminal </dev/null)" subsystem
# As sshd has it: bytes behind the end, and none counts.
check_match "modes that are void" $'same\r\n.*\r\necho\r' \
	"$("${SSH[@]}" -s subsystem void </dev/null)" subsystem
# Would catch a session that waits for ever where its client has ended.
check_eq "the end of what a client sends is typed" \
	"one"$'\r\n'"two"$'\r' \
	"$(echo one | "${SSH[@]}" -s subsystem text)" subsystem
# Would catch a byte that is changed, lost or doubled on its way.
head -c 1000000 /dev/urandom >"$out/bytes"
"${SSH[@]}" -s subsystem raw <"$out/bytes" >"$out/back"
check "every byte through a terminal that is raw" cmp "$out/bytes" "$out/back"
# Would catch a command that goes on without its client (I10).
mkfifo "$out/in"
"${RAW_SSH[@]}" -s subsystem wait <"$out/in" >"$out/1" &
client=$!
exec 7>"$out/in"
wait_for 60 grep -q up "$out/1"
kill -KILL "$client"
wait "$client" 2>/dev/null
exec 7>&-
check "a client that was killed: nobody is left" wait_for 60 none_of_alice

# As a forced command.
check_eq "a command without a terminal gets one" "yes"$'\r' \
	"$("${SSH[@]}" forced 'test -t 0 && echo yes' </dev/null)" forced
check_eq "SSH_ORIGINAL_COMMAND is not its business" "-"$'\r' \
	"$("${SSH[@]}" forced "echo \${SSH_ORIGINAL_COMMAND--}" </dev/null)" \
	forced
"${SSH[@]}" forced 'exit 7' </dev/null
check_eq "its status through ssh" 7 "$?" forced
# Would catch a status before the last lines (I9).
seq 3000 | sed 's/$/\r/' >"$out/lines"
for _ in 1 2 3 4 5; do
	"${SSH[@]}" forced 'seq 3000; exit 7' </dev/null >"$out/1"
	echo "status $?" >>"$out/1"
	cmp -s <(cat "$out/lines"; echo "status 7") "$out/1" || break
done
check_same "I9 3000 lines, then the status" \
	<(cat "$out/lines"; echo "status 7") "$out/1" forced
# At the client's terminal: modes, sizes, signals and jobs are the command's.
tty_case "a login shell with jobs" 9 forced < <(jobs_script)
tty_case "a window that changes its size" 0 forced \
	"stty size; exec /bed/bin/probe listen" <<-'END'
	expect 24 80
	expect listening
	resize 50 132
	expect size 50 132
	send \x04
END
# Would catch a terminal that is half raw, or modes that are ours.
for host in plain forced; do
	# shellcheck disable=SC2016
	/bed/bin/drive -s 31x97 sh -c 'stty intr ^X erase ^H -ixon -echoe
		exec timeout --foreground 20 "$@"' - \
		"${RAW_SSH[@]}" -q -tt "$host" stty -a </dev/null >"$out/$host"
done
check_same "its modes are the client's" "$out/plain" "$out/forced" forced
# Would catch a command that keeps on when the terminal is gone.
on_tty forced "exec /bed/bin/probe listen $out/hup" >"$out/1" <<-'END'
	expect listening
	hangup
END
check "a terminal that goes: its command hears of it" \
	wait_for 60 test -e "$out/hup"
check "... and nobody is left" wait_for 60 none_of_alice
# Where only its input is our terminal that stays as it is, and what its driver
# makes of a key is passed on.  Would catch a ^C that ends us alone, and an
# echo from both.
shown=$("$BED/bin/drive" -t 20 sh -c "trap : INT; $PTY_BROKER run -- \
	/bed/bin/probe listen | (trap '' INT; exec cat)" <<-'END'
	expect listening
	send one\r
	expect heard one
	send \x03
	expect Interrupt
END
)
# (The signal may come while probe says what it heard.)
check_match "a key at a terminal that is not raw" \
	'^0 listening\|one\|heard one\|\^C.*Interrupt\|$' \
	"$? $(tr -d '\r' <<<"$shown" | tr '\n' '|' | sed 's/||*$/|/')"
# Whatever the command did to the terminal, ours is as it was.
check_eq "the terminal is put back" "same" "$("$BED/bin/drive" -t 20 sh -c \
	"stty -g >$out/1; $PTY_BROKER run -- stty -echo raw; stty -g >$out/2
	cmp $out/1 $out/2 && echo same" </dev/null | tr -d '\r')"
finish

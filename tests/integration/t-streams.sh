#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Bytes: every one arrives, in its own stream, and ends when it ends.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
servers alice
server shell-incu incu </dev/null

head -c 10485760 /dev/urandom >"$out/random"
chmod 0644 "$out/random"
sum=$(sha256sum <"$out/random")

for host in own-alice root-alice shell-incu; do
	# There and back at once: a helper that copies in one loop for both
	# directions would stand still here.
	got=$("${SSH[@]}" "$host" cat <"$out/random" | sha256sum)
	check_eq "10 MB there and back, $host" "$sum" "$got" "$host"
	got=$("${SSH[@]}" "$host" sha256sum <"$out/random")
	check_eq "10 MB there, $host" "$sum" "$got" "$host"
	got=$("${SSH[@]}" -n "$host" cat "$out/random" | sha256sum)
	check_eq "10 MB back, $host" "$sum" "$got" "$host"

	# stderr apart from stdout, and all of it although the command ends
	# right after it: would catch a status that overtakes output.
	"${SSH[@]}" -n "$host" "head -c 1000000 $out/random
		head -c 1000001 $out/random >&2" >"$out/1" 2>"$out/2"
	check_eq "stdout's tail, $host" "$(head -c 1000000 "$out/random" |
		sha256sum)" "$(sha256sum <"$out/1")" "$host"
	check_eq "stderr's tail, $host" "$(head -c 1000001 "$out/random" |
		sha256sum)" "$(sha256sum <"$out/2")" "$host"

	# Half-close: the end of input is seen, and output still goes.
	got=$(printf 'in' | "${SSH[@]}" "$host" 'cat; sleep 0.1; echo +after')
	check_eq "half-closed stdin, $host" "in+after" "$got" "$host"
	check_eq "empty stdin, $host" "0" \
		"$("${SSH[@]}" "$host" 'wc -c' </dev/null)" "$host"

	# A command that reads nothing ends although input waits.
	"${SSH[@]}" "$host" true <"$out/random"
	check_eq "unread stdin, $host" 0 $? "$host"

	# A script on stdin, and a login shell that reads its commands there.
	check_eq "bash -s, $host" "script a b" \
		"$(echo 'echo script "$@"' |
			"${SSH[@]}" "$host" bash -s a b)" "$host"
	# shellcheck disable=SC2016
	check_eq "login shell on pipes, $host" "-bash /home" \
		"$(printf 'echo $0\ncd ..\npwd\n' | "${SSH[@]}" -T "$host" |
			sed 's/^-sh$/-bash/' | tr '\n' ' ' | sed 's/ $//')" \
		"$host"
done

# The client goes away from stdout early: the writer gets SIGPIPE, as with
# plain sshd, and all is over soon.
none_of() {
	! pgrep -u "$1" >/dev/null
}
for host in own-alice root-alice; do
	got=$(timeout 10 "${SSH[@]}" -n "$host" 'yes' | head -n 1)
	check_eq "| head -1, $host" y "$got" "$host"
	check "nothing stays after | head -1, $host" wait_for 5 none_of alice
done

# I7: a command that closes its output while it lives: the client sees the end
# at once, or the command waits in vain and says 1.  Would catch a parent that
# keeps copies of the descriptors.
# shellcheck disable=SC2016
closes='echo x; exec >&- 2>&-; for i in $(seq 100); do
	[ ! -e /bed/out/eof ] || exit 0; sleep 0.05; done; exit 1'
for host in plain-alice own-alice root-alice shell-incu; do
	rm -f "$out/eof"
	"${RAW_SSH[@]}" -n "$host" "$closes" |
		{ cat >/dev/null; touch "$out/eof"; }
	check_eq "I7 output closed early, $host" 0 "${PIPESTATUS[0]}" "$host"
done

# Who holds the write end of the command's stdout?  Only the command and sshd.
for host in own-alice root-alice; do
	rm -f "$out/pid" "$out/go"
	"${SSH[@]}" -n "$host" 'echo $$ >/bed/out/pid; while :; do
		[ ! -e /bed/out/go ] || exit 0; sleep 0.05; done' &
	client=$!
	wait_for 5 test -s "$out/pid"
	pid=$(cat "$out/pid")
	pipe=$(readlink "/proc/$pid/fd/1")
	holders=
	for proc in /proc/[0-9]*; do
		if [ -n "$(find "$proc/fd" -lname "${pipe//[][]/?}" \
			2>/dev/null)" ]; then
			holders+=" $(cat "$proc/comm" 2>/dev/null)"
		fi
	done
	# Shape A is the command by now; shape B waits, once.
	expected=0
	[ "$host" = own-alice ] || expected=1
	check_eq "processes of ours while a command runs, $host" "$expected" \
		"$(pgrep -c -x incubator)" "$host"
	touch "$out/go"
	wait "$client"
	check_eq "I7 nobody between the command and sshd, $host" "" \
		"$(tr ' ' '\n' <<<"$holders" | grep incubator)" "$host"
done

# I10: input at its end and output that nobody reads are not yet a lost
# connection: the job goes on, as with plain sshd.  It waits until it cannot
# write any more, and then does its work.  Would catch who takes POLLHUP on 0
# and POLLERR on 1 for the end.
server_noexec alice
# shellcheck disable=SC2016
job='trap "" PIPE; echo x; while echo y 2>/dev/null; do sleep 0.02; done
	sleep 0.3; echo alive >/bed/out/job'
for host in plain-alice own-alice root-alice noexec-alice; do
	rm -f "$out/job"
	"${SSH[@]}" "$host" "$job" </dev/null 2>/dev/null | head -n 1 >/dev/null
	check "I10 job </dev/null | head -1 lives on, $host" \
		wait_for 5 grep -q alive "$out/job"
done

# A grandchild that holds stdout: its output arrives, and the client waits
# for it, exactly as with plain sshd.
for host in plain-alice own-alice root-alice; do
	rm -f "$out/go"
	# shellcheck disable=SC2016
	got=$("${SSH[@]}" -n "$host" '(while [ ! -e /bed/out/go ]; do
		sleep 0.05; done; echo late) & echo soon; touch /bed/out/go
		exit 4')
	check_eq "a grandchild's late output, $host" "4 soon late" \
		"$? $(tr '\n' ' ' <<<"$got" | sed 's/ $//')" "$host"
done

# Nothing but the command's own output is on stdout, whatever -v says.
server_root bob -v -v
got=$("${SSH[@]}" -n root-bob printf exact 2>/dev/null)
check_eq "-v says nothing on stdout" "exact" "$got" root-bob

finish

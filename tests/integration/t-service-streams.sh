#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A session of the service's without a terminal: the three pipes are passed
# straight through, and neither the front nor the service keeps an end of
# them.  Plain sshd is tried beside it.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
mkfifo "$out/never"
exec 7<>"$out/never"
gateway_account delayed 1021
service_start 64
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
	Match Caller delayed
		LocalUser alice
		HangupDelay 2
END
gateway gw
gateway_of delayed "exec $INCUBATOR --front" delayed
servers alice

head -c 3145728 /dev/urandom >"$out/random"
chmod 0644 "$out/random"
sum=$(sha256sum <"$out/random")

# There and back, both at once, each stream by itself.
got=$("${SSH[@]}" gw cat <"$out/random" | sha256sum)
check_eq "3 MB there and back" "$sum" "$got" gw
got=$("${SSH[@]}" gw sha256sum <"$out/random")
check_eq "3 MB there" "$sum" "$got" gw
got=$("${SSH[@]}" -n gw cat "$out/random" | sha256sum)
check_eq "3 MB back" "$sum" "$got" gw
# Would catch a status that overtakes output, two streams that became one.
"${SSH[@]}" -n gw "head -c 1000000 $out/random
	head -c 1000001 $out/random >&2" >"$out/1" 2>"$out/2"
check_eq "stdout's tail" "$(head -c 1000000 "$out/random" | sha256sum)" \
	"$(sha256sum <"$out/1")" gw
check_eq "stderr's tail" "$(head -c 1000001 "$out/random" | sha256sum)" \
	"$(sha256sum <"$out/2")" gw

# Half-close: the end of input is seen, and output still goes.
check_eq "half-closed stdin" "in+after" \
	"$(printf 'in' | "${SSH[@]}" gw 'cat; echo +after')" gw
check_eq "empty stdin" 0 "$("${SSH[@]}" gw 'wc -c' </dev/null)" gw
"${SSH[@]}" gw true <"$out/random"
check_eq "unread stdin" 0 $? gw
check_eq "bash -s" "script a b" \
	"$(echo 'echo script "$@"' | "${SSH[@]}" gw bash -s a b)" gw
# shellcheck disable=SC2016
check_eq "login shell on pipes" "-bash /home" \
	"$(printf 'echo $0\ncd ..\npwd\n' | "${SSH[@]}" -T gw |
		tr '\n' ' ' | sed 's/ $//')" gw

# What people move files with.
ssh_command="ssh -F $BED/ssh_config"
# moved NAME FILE: it is what was sent, and alice's.
moved() {
	check_eq "3 MB by $1" "same alice" "$(cmp -s "$out/random" "$2" &&
		echo same) $(stat -c %U /home/alice/put)" gw
	rm -f /home/alice/put "$out/got"
}
timeout 20 sftp -q -b - -F "$BED/ssh_config" gw >"$out/log" 2>&1 <<-END
	put $out/random put
	get put $out/got
END
moved sftp "$out/got"
for way in scp "scp -O"; do
	# shellcheck disable=SC2086
	timeout 20 $way -q -F "$BED/ssh_config" "$out/random" gw:put &&
		timeout 20 $way -q -F "$BED/ssh_config" gw:put "$out/got"
	moved "$way" "$out/got"
done
if need rsync; then
	timeout 20 rsync -e "$ssh_command" "$out/random" gw:put &&
		timeout 20 rsync -e "$ssh_command" gw:put "$out/got"
	moved rsync "$out/got"
else
	skip "rsync" "there is none"
fi
if need git; then
	repository() {
		export GIT_SSH_COMMAND=$ssh_command GIT_AUTHOR_NAME=a \
			GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a \
			GIT_COMMITTER_EMAIL=a
		"${SSH[@]}" -n gw git init -q --bare repository &&
			git init -q "$out/pushed" && cd "$out/pushed" &&
			cp "$out/random" . && git add random &&
			git commit -q -m message &&
			timeout 20 git push -q gw:repository HEAD:main &&
			timeout 20 git clone -q -b main gw:repository \
				"$out/cloned"
	}
	(repository) >"$out/log" 2>&1
	cp "$out/cloned/random" /home/alice/put
	chown alice /home/alice/put
	moved git "$out/cloned/random"
else
	skip "git" "there is none"
fi
# sshd's own sftp-server, which cannot be had in another user's session.
sed '/^Subsystem/d' "$BED/conf/gw" >"$BED/conf/internal"
echo "Subsystem sftp internal-sftp" >>"$BED/conf/internal"
sed 's/gw/internal/' "$BED/hosts/gw" >"$BED/hosts/internal"
timeout 20 sftp -q -b - -F "$BED/ssh_config" internal >"$out/log" 2>&1 <<-END
	put $out/random put
	get put $out/got
END
moved "sftp, asked for as internal-sftp" "$out/got"

# I7: a command that closes its output while it lives: the client sees the end
# at once, or the command waits in vain and says 1.
# shellcheck disable=SC2016
closes='echo x; exec >&- 2>&-; for i in $(seq 200); do
	[ ! -e /bed/out/eof ] || exit 0; sleep 0.05; done; exit 1'
for host in plain-alice gw; do
	rm -f "$out/eof"
	"${RAW_SSH[@]}" -n "$host" "$closes" |
		{ cat >/dev/null; touch "$out/eof"; }
	check_eq "I7 output closed early, $host" 0 "${PIPESTATUS[0]}" "$host"
done

# SIGPIPE is not ignored, as it is for a service.
for host in plain-alice gw; do
	# shellcheck disable=SC2016
	check_eq "a pipe's end ends who writes to it, $host" 141 \
		"$("${SSH[@]}" -n "$host" \
			'yes | head -n 1 >&2; echo ${PIPESTATUS[0]}' \
			2>/dev/null)" "$host"
done

# A grandchild that holds stdout: its output arrives, and the client waits for
# it.
for host in plain-alice gw; do
	rm -f "$out/go"
	# shellcheck disable=SC2016
	got=$("${SSH[@]}" -n "$host" '(while [ ! -e /bed/out/go ]; do
		sleep 0.05; done; echo late) & echo soon; touch /bed/out/go
		exit 4')
	check_eq "a grandchild's late output, $host" "4 soon late" \
		"$? $(tr '\n' ' ' <<<"$got" | sed 's/ $//')" "$host"
done

# "STATUS REQUEST": the client's exit status, and which of the two messages
# the server sent, with the signal's name.  The status alone would not tell a
# death by signal from an "exit 255".
ending() {
	local err=$BED/out/err.$1 status

	"${SSH[@]}" -v -v -T "$1" "$2" >/dev/null 2>"$err" </dev/null
	status=$?
	echo "$status $(sed -n 's/.*rtype \(exit-[a-z]*\).*/\1/p' "$err"
		) $(grep -i -o 'remote process .* signal.*' "$err")"
}
# shellcheck disable=SC2016
commands=(
	'exit 0' 'exit 1' 'exit 255' 'exit 127' 'exit 126' '/no/such/program'
	'exec /no/such/program' '/etc/passwd' 'exec /etc' 'kill -TERM $$'
	'kill -SEGV $$' 'kill -USR2 $$' 'kill -34 $$' 'kill -KILL $$'
	'kill -PIPE $$' 'kill -HUP $$'
)
for command in "${commands[@]}"; do
	for host in plain-alice gw; do
		ending "$host" "$command" >"$out/end.$host" &
	done
	wait
	check_eq "ends like plain sshd: $command" \
		"$(cat "$out/end.plain-alice")" "$(cat "$out/end.gw")" gw
done
check_match "a status is a status" "^42 exit-status" "$(ending gw 'exit 42')"
# shellcheck disable=SC2016
check_match "a signal is a signal" "^255 exit-signal" \
	"$(ending gw 'kill -TERM $$')"
for host in plain-alice gw; do
	"${SSH[@]}" -n "$host" /no/such/program >"$out/1" 2>"$out/2.$host"
	check_eq "a command that is not there: 127, $host" 127 $? "$host"
done
check_same "and whose shell says so" "$out/2.plain-alice" "$out/2.gw"

# Who holds an end of the session's pipes?  The command and sshd alone; the
# service and the front have nothing but what they talk over.
rm -f "$out/pid" "$out/go"
"${SSH[@]}" -n gw 'echo $$ >/bed/out/pid; while :; do
	[ ! -e /bed/out/go ] || exit 0; sleep 0.05; done' &
client=$!
wait_for 20 test -s "$out/pid"
pid=$(cat "$out/pid")
for fd in 0 1 2; do
	pipe=$(readlink "/proc/$pid/fd/$fd")
	check_match "the command has a pipe, $fd" '^pipe:' "$pipe"
	for proc in $(pgrep -x incubator); do
		find "/proc/$proc/fd" -lname "${pipe//[][]/?}"
	done >"$out/holders"
	check_eq "I7 nobody of ours holds descriptor $fd" "" \
		"$(cat "$out/holders")"
done
# STARTED is the front's last word; it may still be on its way.
lets_go() {
	[ "$(descriptors_of "$(fronts gateway)")" = \
		"/dev/null /dev/null /dev/null pidfd socket" ]
}
check "I16 the front keeps nothing of the session" wait_for 20 lets_go
check_eq "one front and one service" "1 1" \
	"$(fronts gateway | wc -l) $(services | wc -l)"
touch "$out/go"
wait "$client"

# I10: input at its end and output that nobody reads are not yet a lost
# connection.  The job waits until it cannot write any more, and then does its
# work.  With HangupDelay, too.
# shellcheck disable=SC2016
job='trap "" PIPE; echo x; while echo y 2>/dev/null; do sleep 0.02; done
	echo alive >/bed/out/job'
for host in plain-alice gw delayed; do
	rm -f "$out/job"
	"${SSH[@]}" "$host" "$job" </dev/null 2>/dev/null | head -n 1 >/dev/null
	check "I10 job </dev/null | head -1 lives on, $host" \
		wait_for 20 grep -q alive "$out/job"
done
wait_for 20 none_of_alice

# log_in HOST COMMAND...: a client whose pid is in $client, and whose session
# has said "up".
log_in() {
	: >"$out/up"
	"${RAW_SSH[@]}" -q -T "$@" <"$out/never" >"$out/up" 2>/dev/null &
	client=$!
	disown
	wait_for 20 grep -q '^up' "$out/up" || fail "$1 begins" "$*" "$1"
}
end_all() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -u alice
	wait_for 20 no_incubator || fail "all ends" "$(ps axf)"
}

# A real loss ends all of the session; who ignores HUP has HangupDelay, and
# without that he stays, but the session is closed.
for host in gw delayed; do
	mark_log
	log_in "$host" 'sleep 1001 & (sleep 1002 &); echo up; sleep 1003'
	kill -KILL "$client"
	check "I10 a lost connection ends all, $host" \
		wait_for 20 none_of_alice
	check "I10 nobody of ours is left, $host" wait_for 20 no_incubator
	check_match "I10 and the log has the reason, $host" \
		'session closed: .*status="connection lost"' "$(audit_lines)"
	log_in "$host" 'trap "" HUP; sleep 1001 & echo up; sleep 1002'
	kill -KILL "$client"
	if [ "$host" = delayed ]; then
		check "I10 HangupDelay: killed in the end" \
			wait_for 20 none_of_alice
	fi
	check "I10 the session is closed, $host" wait_for 20 no_incubator
	[ "$host" = delayed ] ||
		check "I10 who ignores HUP without HangupDelay stays" runs 1001
	end_all
done

# Eight sessions at once over one connection, each with its own bytes and its
# own status; they wait for each other, so that they are at once.
mux=$out/mux
"${RAW_SSH[@]}" -fN -T -M -S "$mux" gw
mkdir -m 0777 "$out/met"
# shellcheck disable=SC2016
meet='read n; : >/bed/out/met/$n; until [ "$(ls /bed/out/met | wc -l)" = 8 ]
	do sleep 0.05; done; cat; exit $n'
for n in {1..8}; do
	{
		{ echo "$n"; head -c "$((n * 100000))" "$out/random"; } |
			timeout 60 "${RAW_SSH[@]}" -q -T -S "$mux" gw "$meet" \
				>"$out/met.$n"
		echo $? >"$out/status.$n"
	} &
	disown
done
ended() {
	[ "$(cat "$BED"/out/status.* 2>/dev/null | wc -l)" = 8 ]
}
check "eight sessions of one connection end" wait_for 60 ended
for n in {1..8}; do
	check_eq "session $n of eight at once" "$n $(head -c \
		"$((n * 100000))" "$out/random" | sha256sum)" \
		"$(cat "$out/status.$n") $(sha256sum <"$out/met.$n")" gw
done
check_eq "the connection goes on" alice \
	"$("${SSH[@]}" -q -T -S "$mux" gw id -un)" gw
"${RAW_SSH[@]}" -S "$mux" -O exit gw 2>/dev/null
check "and all ends" wait_for 20 no_incubator

finish

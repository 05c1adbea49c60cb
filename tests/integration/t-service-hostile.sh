#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Shape C: a front that breaks the rules, dies, says nothing, or is one too
# many.  Each case ends with an answer or with nothing at all, never with a
# session; and in the end nothing is left.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
service_start 64
# PAM's side: who was opened and who was closed.
cat >"$out/witness" <<-END
	#!/bin/sh
	echo "\$PAM_TYPE \$PAM_USER" >>$out/pam
END
chmod 0755 "$out/witness"
echo "session required pam_exec.so quiet $out/witness" \
	>>/etc/pam.d/ssh-incubator
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
END
gateway gw

nobody_left() {
	! pgrep -u alice && ! pgrep -x incubator
}
sockets() {
	grep -c " $SERVICE_SOCKET\$" /proc/net/unix
}
# The listening one is.
no_sockets() {
	[ "$(sockets)" = 1 ]
}
no_terminals() {
	[ -z "$(find /dev/pts -name '[0-9]*')" ]
}
no_entries() {
	[ -z "$(ls /run/ssh-incubator/sessions 2>/dev/null)" ]
}
pam_closed() {
	[ "$(grep -c '^open_session alice$' "$out/pam")" = \
		"$(grep -c '^close_session alice$' "$out/pam")" ]
}
# nothing_left NAME
nothing_left() {
	check "$1: no process is left" wait_for 30 nobody_left
	check "... no connection" wait_for 30 no_sockets
	check "... no terminal" wait_for 30 no_terminals
	check "... no entry in the registry" wait_for 30 no_entries
	check "... and PAM has closed what it opened" wait_for 30 pam_closed
}

# Those that have to wait for the service's patience, all at once; they are
# looked at below, when the others are done.  Would catch an instance that a
# peer without a word, or with half of one, holds for ever.
silent=("" "cut=1 request" "cut=8 request" "cut=19 request" "bytes=INCUB")
for i in "${!silent[@]}"; do
	# shellcheck disable=SC2086 # words
	raw command=true ${silent[i]} watch >"$out/silent.$i" &
done
raw "command=touch $out/unanswered" request watch >"$out/unanswered.log" &

# bad NAME REASON WORD...: one line to the front, 255, one line in the log.
bad() {
	local name=$1 reason=$2 got

	shift 2
	mark_log
	got=$(raw "$@" watch)
	check_match "$name" "^TEXT incubator: $reason\\\\012
END exit 255
(EOF|RESET)\$" "$got"
	check_match "... by the log" "^[1-9]" "$(audit_lines | grep -E -c \
		"^refused: user=- caller=gateway\(1020\) .* reason=\"$reason")"
}
bad "version 2" "request: protocol version 2 is not known here; this is 1" \
	version=2 request
bad "version 0" "request: protocol version 0 .*" version=0 request
bad "a version with other descriptors" "request: protocol version 9 .*" \
	version=9 fds=5 request
bad "no magic" "request: it does not begin as one does" magic=INCUBATX request
bad "another protocol" "request: .*" "bytes=GET / HTTP/1.0

"
bad "4 GiB" "request: 4294967295 bytes; it has 1 to [0-9]+" \
	length=4294967295 request
bad "no length" "request: 0 bytes; .*" length=0 request
bad "no descriptors" "request: 3 descriptors belong .*, 0 came" fds=0 request
bad "two" "request: 3 descriptors belong .*, 2 came" fds=2 request
bad "four" "request: 3 descriptors belong .*, 4 came" fds=4 request
bad "more than anybody takes" "request: far more than 3 descriptors .*" \
	fds=200 request
bad "300, in two messages" "request: far more than 3 descriptors .*" \
	fds=300 request
bad "late ones" "request: a descriptor came behind its first byte" \
	late request
bad "bytes behind its end" "request: bytes behind its end" trailing=3 \
	command=true request
bad "a NUL in the command" "request: a NUL in a string" nul command=true \
	request
bad "more variables than bytes" "request: more variables .*" \
	count=4294967295 command=true request
bad "a variable without a name" "request: a variable that is not NAME=VALUE" \
	env==x command=true request
bad "a control character in the terminal's name" \
	"request: a control character in the name of a terminal" \
	"tty=$(printf '\033]0;x\007')" command=true request
bad "the end in the middle" "request: the connection ended in the middle .*" \
	command=true cut=30 request shutdown
bad "the end before it" "request: the connection ended before it" shutdown

# What may be nobody's input or output.  Would catch root opening a way out of
# a chroot, or writing to a file for who may not.
echo precious >"$out/file"
chmod 0666 "$out/file"
bad "a directory" "descriptor 0: no pipe, socket or terminal" 0=/ \
	command=true request
bad "... as the third" "descriptor 2: no pipe, socket or terminal" 2=/ \
	command=true request
bad "a descriptor for nothing" "descriptor 0: not open for reading" \
	opath=/dev/null command=true request
bad "... of somebody else's file" "descriptor 0: no pipe, socket or terminal" \
	opath=/etc/shadow command=true request
bad "a file to read" "descriptor 0: no pipe, socket or terminal" \
	0=/etc/passwd command=true request
bad "a file to write" "descriptor 2: no pipe, socket or terminal" \
	"2=$out/file" command=true request
check_eq "... which stays as it was" precious "$(cat "$out/file")"
bad "/dev/zero" "descriptor 0: no pipe, socket or terminal" 0=/dev/zero \
	command=true request
bad "/dev/full" "descriptor 1: no pipe, socket or terminal" 1=/dev/full \
	command=true request
bad "the master of a terminal" "descriptor 0: no pipe, socket or terminal" \
	0=/dev/ptmx command=true request
check_match "one that is not for reading" "^TEXT incubator: descriptor 0: not \
open for reading" "$(as_gateway "$BED/bin/rawfront" "$SERVICE_SOCKET" \
	command=true request watch 0>/dev/null 2>&1 | cat)"

# Terminals.  terminal NAME REASON OWNER WORD...: at one of OWNER's.
terminal() {
	local name=$1 reason=$2 owner=$3 got

	shift 3
	got=$("$BED/bin/drive" -t 20 sh -c 'tty=$(tty); stty -onlcr
		chown "$1" "$tty"; shift; export tty; exec "$@"' sh "$owner" \
		"${TERMINAL_BY[@]}" "${BY_GATEWAY[@]}" \
		"$BED/bin/rawfront" "$SERVICE_SOCKET" "$@" \
		command=true request watch </dev/null 2>&1)
	check_match "$name" "^TEXT incubator: $reason\\\\012
END exit 255
(EOF|RESET)\$" "$got"
}
TERMINAL_BY=()
terminal "somebody else's terminal" "terminal: belongs to somebody else" bob
terminal "root's terminal" "terminal: belongs to somebody else" root
terminal "a terminal on two of the three" \
	"terminal: is not on all of the descriptors" gateway 2=/dev/null
terminal "/dev/tty, which is everybody's" \
	"(descriptor 0: no pipe, socket or terminal|terminal: .*)" gateway \
	0=/dev/tty
TERMINAL_BY=(setsid -w)
terminal "a terminal that is not the front's" \
	"terminal: is not the front's own" gateway
TERMINAL_BY=()

# Nothing of it is a session's.
check_eq "PAM was asked for the one that does not answer" 1 \
	"$(grep -c ^open_session "$out/pam")"
nothing_but_silence() {
	[ "$(sockets)" -le $((${#silent[@]} + 2)) ]
}
check "and their connections are closed" wait_for 30 nothing_but_silence

# Bytes that are no text are the command's, and no terminal's or log's.
mark_log
# shellcheck disable=SC2016
got=$(raw "command=$(printf 'printf %%s "a\tb\033[31m\001\302\233c\n"')" \
	request frames | grep -v -x -e READY -e STARTED -e EOF | od -An -c)
check_eq "control characters in a command" \
	"$(printf 'a\tb\033[31m\001\302\233c\nEND exit 0\n' | od -An -c)" "$got"
check_eq "... are in no line of the log" "" \
	"$(audit_lines | LC_ALL=C grep "[^[:print:]]")"

# A front that dies.  dies NAME SESSION WORD...: it is killed when it has done
# these; then everything of it goes, and the command has run or has not.
dies() {
	local name=$1 ran=$2

	shift 2
	rm -f "$out/stage" "$out/ran"
	"${BY_GATEWAY[@]}" "$BED/bin/rawfront" "$SERVICE_SOCKET" 0=/dev/null \
		1=/dev/null 2=/dev/null "report=$out/dies" \
		"command=touch $out/ran; exec sleep 1000" "$@" \
		"touch=$out/stage" "wait=$out/never" &
	wait_for 30 test -e "$out/stage" || fail "$name" "not so far"
	if [ "$ran" = yes ]; then
		wait_for 30 test -e "$out/ran" || fail "$name" "did not run"
	fi
	kill -KILL $!
	wait $! 2>/dev/null
	check "$name: no process is left" wait_for 30 none_but_silent
	check_eq "... and the command" "$ran" \
		"$([ -e "$out/ran" ] && echo yes || echo no)"
}
none_but_silent() {
	! pgrep -u alice &&
		[ "$(pgrep -c -x incubator)" -le $((${#silent[@]} + 1)) ]
}
: >"$out/dies"
chmod 0666 "$out/dies"
dies "killed when it has connected" no
dies "killed in the middle of the request" no cut=25 request
dies "killed before it answers" no request ready
dies "killed when the command runs" yes request ready answer
dies "another answer" no request ready "bytes=x"
# Before the service has begun: would be told as a mistake in the unit.
mkfifo "$out/go"
slow=/run/ssh-incubator/slow.sock
"$BED/bin/acceptd" "$slow" 1021 2 /bin/sh -c "read -r _ <$out/go; \
exec $INCUBATOR --config $BED/conf/incubator --service"
mark_log
as_gateway "$BED/bin/rawfront" "$slow" shutdown
timeout 30 sh -c "echo >$out/go"
front_ended() {
	audit_lines | grep -q '^refused: .*"--service: the front has ended"'
}
check "one that has ended before" wait_for 30 front_ended

# The real one, with and without a terminal.
killed_front() {
	local name=$1 pid

	shift
	rm -f "$out/up"
	timeout 60 "${RAW_SSH[@]}" "$@" gw "touch $out/up; exec sleep 1000" \
		</dev/null >/dev/null 2>&1 &
	wait_for 30 test -e "$out/up" || fail "$name" "did not run"
	pid=$(pgrep -u gateway -x incubator)
	kill -KILL "$pid"
	wait $!
	check "$name: no process is left" wait_for 30 none_but_silent
}
killed_front "the real front is killed" -T
killed_front "... at a terminal" -tt

# Who is told something is the front; a descriptor that was passed on is never
# written to.
# quiet NAME STATUS COMMAND: nothing on its standard output and error.
quiet() {
	rm -f "$out/quiet"
	as_gateway sh -c '"$@" 2>&1 | cat' sh "$BED/bin/rawfront" \
		"$SERVICE_SOCKET" 0=/dev/null "report=$out/dies" \
		"command=$3" request frames >"$out/quiet"
	check_eq "$1: nothing is written to what was passed on" "" \
		"$(cat "$out/quiet")"
	check_match "... but told" "
END exit $2
EOF\$" "
$(tail -n 2 "$out/dies")"
}
module=$BED/bin/pam_tell.so
cp /etc/pam.d/ssh-incubator "$out/pam.before"
if need cc && cc -shared -fPIC -o "$module" \
	"$TOP_SRCDIR/tests/integration/tools/pam_tell.c" 2>/dev/null; then
	echo "session required $module /dev/null shout" \
		>>/etc/pam.d/ssh-incubator
else
	skip "... by a module of PAM's" "cannot compile one"
fi
service_conf <<<"Deny 'not you'"
quiet "Deny" 255 true
service_conf <<<"LocalUser mistaken!"
quiet "a mistake in the file" 255 true
service_conf <<-'END'
	LocalUser alice
	LoginShell /no/such/shell
	LogLevel DEBUG3
END
quiet "no such shell" 127 true
service_conf <<-'END'
	LocalUser expired
	LogLevel DEBUG3
END
quiet "PAM says no" 255 true
cp "$out/pam.before" /etc/pam.d/ssh-incubator
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
END

# As many as may be, and one more.  A line and 255, as often as it is tried;
# and again a session when there is room.
small=/run/ssh-incubator/small.sock
"$BED/bin/acceptd" "$small" 1021 2 "$INCUBATOR" --config \
	"$BED/conf/incubator" --service
gateway few
sed -i "s|--front|&=$small|" "$BED/conf/few"
mkfifo -m 0666 "$out"/{up,end}.{1,2}
for i in 1 2; do
	rm -f "$out/up"
	timeout 120 "${RAW_SSH[@]}" -n few \
		"echo up >$out/up.$i; cat $out/end.$i" &
	held[i]=$!
	timeout 30 cat "$out/up.$i" >/dev/null
done
for i in 3 4; do
	got=$("${SSH[@]}" -n few true 2>&1)
	check_match "one too many" "^255 incubator: [^|]*too many sessions \
\(MaxConnections of ssh-incubator.socket\)[^
]*$" "$? $got" few
done
timeout 30 sh -c ": >$out/end.1"
wait "${held[1]}"
again() {
	"${SSH[@]}" -n few true
}
check "... and room again" wait_for 60 again
timeout 30 sh -c ": >$out/end.2"
wait "${held[2]}"
check_eq "who was served was served to the end" 0 $?

# A service that has heard enough, says why, and reads no further.  Would have
# caught a front that told of too many sessions in place of what it was told.
cat >"$out/curt" <<-'END'
	#!/bin/sh
	head -c 24 >/dev/null
	printf '\1\0\0\0\20incubator: curt\n\4\0\0\0\5\0\0\0\0\377' >&0
END
chmod 0755 "$out/curt"
"$BED/bin/acceptd" "${small%.sock}.2" 1021 2 "$out/curt"
gateway curt "AcceptEnv BIG_*"
sed -i "s|--front|&=${small%.sock}.2|" "$BED/conf/curt"
big=$(head -c 120000 /dev/zero | tr '\0' x)
got=$(BIG_1=$big BIG_2=$big "${SSH[@]}" -n -o "SendEnv=BIG_*" curt true 2>&1)
check_eq "what is said before all was heard" "255 incubator: curt" "$? $got" \
	curt

# Those that were begun first.
all_silent() {
	[ "$(grep -l -e ^EOF -e ^RESET "$out"/silent.* "$out/unanswered.log" |
		wc -l)" = $((${#silent[@]} + 1)) ]
}
check "whoever says nothing is not waited for for ever" \
	wait_for 60 all_silent
for i in "${!silent[@]}"; do
	check_match "silence after <${silent[i]}>" "^TEXT incubator: request: \
not all of it came within [0-9]+ ms\\\\012
END exit 255
" "$(cat "$out/silent.$i")"
done
check_match "READY is not answered" "^READY
(EOF|RESET)" "$(grep -v ^TEXT "$out/unanswered.log")"
check_eq "... and the command has not run" no \
	"$([ -e "$out/unanswered" ] && echo yes || echo no)"
check "nobody waits any more" wait_for 60 nobody_left

# 200 sessions, 20 at a time: ten by each of 20 connections, of three kinds;
# the last one's client is killed.
: >"$out/pam"
mark_log
ten() {
	local mux=$out/mux.$1 j

	timeout 120 "${RAW_SSH[@]}" -fNT -M -S "$mux" gw || return
	for j in 1 2 3; do
		"${SSH[@]}" -n -S "$mux" gw "exit $j"
		"${SSH[@]}" -q -tt -S "$mux" gw "exit $j" </dev/null
		"${SSH[@]}" -T -S "$mux" gw <<<"exit $j"
	done
	timeout 120 "${RAW_SSH[@]}" -n -S "$mux" gw \
		"touch $out/long.$1; exec sleep 1000" &
	wait_for 60 test -e "$out/long.$1"
	kill -KILL "$(pgrep -f -- "-fNT -M -S $mux gw")"
	wait
}
children=()
for i in {1..20}; do
	ten "$i" >/dev/null 2>&1 &
	children+=($!)
done
wait "${children[@]}"
nothing_left "200 sessions"
check_eq "... all of them were" "200 200 200" \
	"$(grep -c '^open_session alice$' "$out/pam") $(audit_lines |
	grep -c '^session opened: ') $(audit_lines |
	grep -c '^session closed: ')"
finish

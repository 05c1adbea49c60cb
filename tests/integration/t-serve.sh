#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# pty-broker serve as a stock sshd's subsystem: what programs that draw a
# terminal in a browser do with it, and what they must not be able to.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
server serve alice <<-END
	Subsystem reconnecting-pty $PTY_BROKER serve
	Subsystem short $PTY_BROKER serve --timeout 1
END
server_plain alice
declare -A pid feed

# uuid: another one each time.
uuid() {
	cat /proc/sys/kernel/random/uuid
}

# client NAME SUBSYSTEM: one who says nothing yet.  What he gets is in
# NAME.out.
client() {
	local fd

	rm -f "$out/$1.in"
	mkfifo "$out/$1.in"
	"${RAW_SSH[@]}" -s serve "$2" <"$out/$1.in" >"$out/$1.out" \
		2>"$out/$1.err" &
	pid[$1]=$!
	exec {fd}>"$out/$1.in"
	feed[$1]=$fd
}

say() {
	printf '%s' "$2" >&"${feed[$1]}"
}

# enter NAME LINE: what a shell reads; no quotes or backslashes in it but ''.
enter() {
	say "$1" "{\"data\":\"$2\\n\"}"
}

ends_input() {
	local fd=${feed[$1]}

	exec {fd}>&-
}

# sees NAME TEXT: where TEXT is not what was entered, but what came of it.
sees() {
	wait_for 30 grep -qaF -- "$2" "$out/$1.out"
}

# ended NAME: wait for the end of his connection.  Returns how that was.
ended() {
	wait "${pid[$1]}"
}

sessions() {
	"${SSH[@]}" -n plain-alice "$PTY_BROKER list" 2>/dev/null
}
has_session() {
	sessions | grep -q "^$1 "
}
has_none() {
	! has_session "$1"
}
detached() {
	sessions | grep -q "^$1 .* detached"
}
nobody_serves() {
	! pgrep -x pty-broker-serv
}

# refusals: the lines that AUTHPRIV got since mark_log.
refusals() {
	sync_log
	tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.* pty-broker[^:]*: \(refused: .*\)/\1/p'
}

# One client.  Would have caught height and width in each other's place, a
# shell that is no login shell, and JSON as only some write it.
id=$(uuid)
client one reconnecting-pty
say one "${id^^}:33:101"$'\r\n'
enter one "stty size; echo T=''\$TERM; id -un; shopt -q login_shell && echo lo''gin"
check "the size of the first line" sees one "33 101"
check "TERM" sees one "T=xterm-256color"
check "a login shell" sees one "login"
say one '{"height":40,"width":90}{"height":41}{"width":1}'$'\n'
say one '{"height":0,"width":70}'
enter one "stty size"
check "a new size, and no half of one" sees one "40 90"
say one '{"data":"echo \u003ca\u003e \u0026 \"\u00e9\"\u0020| cat","x":[{}]}'
say one $'\n\t {"data":"\\r","height":0,"width":0}'
check "what Go and browsers write" sees one "a> "
check "the session has the UUID in small letters" has_session "${id,,}"

# A second one at the same time.  Would have caught one who is told nothing,
# or whose words the session does not hear.
client two reconnecting-pty
say two "$id:40:90"$'\n'
check "a second client sees what was printed" sees two "33 101"
enter two "echo from-t''wo"
check "what he types is printed for him" sees two "from-two"
check "... and for the first one" sees one "from-two"

# The connection is lost.  Would have caught a shell that goes with it, what
# was printed meanwhile that is lost, and what is shown twice.
enter one "kept=va''lue; echo sl''ow; while [ ! -e $out/go ]; do sleep 0.05; done; echo mean''while"
check "the shell is at work" sees one "slow"
{
	kill -KILL "${pid[one]}" "${pid[two]}"
	ended one
	ended two
} 2>/dev/null
check "the session is there without a client" wait_for 30 detached "$id"
check "nothing waits for a client that is gone" wait_for 30 nobody_serves
touch "$out/go"
ends_input one
ends_input two
client three reconnecting-pty
say three "$id:40:90"$'\n'
check "who returns sees what was printed meanwhile" sees three "meanwhile"
enter three "echo \$kept=\$kept"
check "... in the same shell" sees three "value=value"
check_eq "... and once" 1 "$(tr '\r' '\n' <"$out/three.out" | grep -axc from-two)"

# Every byte there is.  Would have caught text where bytes are meant.
printf '%b' "$(printf '\\x%02x' {0..255})" >"$out/expected"
enter three "stty raw -echo; echo re''ady; head -c 256 >$out/bytes; stty sane; echo fin''ished"
check "the shell is ready for bytes" sees three "ready"
say three "{\"data_b64\":\"$(base64 -w 0 "$out/expected")\"}"
check "bytes are typed" sees three "finished"
check_same "all of them are what they were" "$out/expected" "$out/bytes"

# Much at once, in messages of many sizes.  Would have caught input that is
# dropped where the terminal takes no more.
seq 100000 >"$out/expected"
enter three "stty raw -echo; echo set''tled; head -c $(stat -c %s "$out/expected") >$out/bytes; stty sane; echo pas''ted"
check "the shell is ready for much" sees three "settled"
while IFS= read -r -n 30011 -d '' part || [ -n "$part" ]; do
	say three "{\"data\":\"${part//$'\n'/\\n}\"}"
done <"$out/expected"
check "half a megabyte is typed" sees three "pasted"
check_same "nothing of it is lost" "$out/expected" "$out/bytes"

# He says that he goes.  Would have caught one who stays, and counts.
ends_input three
ended three
check_eq "who ends his input leaves" 0 $?
check "the session stays" detached "$id"

# What is wrong ends it.  Would have caught any of it that is typed, a session
# that goes with it, and a reason that nobody ever hears of.
wrong() {
	local name="wrong: $1" text=$2 reason=$3

	mark_log
	client bad reconnecting-pty
	say bad "$id:40:90"$'\n'
	enter bad "echo be''fore"
	sees bad "before"
	say bad "$text"
	ended bad
check_eq "$name" 255 $?
	check_match "$name, in AUTHPRIV" \
		"^refused: caller=alice\\(1001\\) pid=[0-9]+ reason=\"$id: message 2: $reason" \
		"$(refusals)"
	check "$name, the session stays" has_session "$id"
	ends_input bad
}
rm -f "$out/harm"
harm="touch $out/harm\\n"
wrong "a type" "{\"data\":\"$harm\",\"height\":\"40\"}" "height is not"
wrong "a number" "{\"data\":\"$harm\",\"height\":65576,\"width\":90}" \
	"height is not"
wrong "base64" "{\"data_b64\":\"$(printf 'touch %s\n' "$out/harm" |
	base64 -w 0)x\"}" "data_b64 is not"
wrong "no JSON" "{\"data\":\"$harm\"]" "byte "
wrong "garbage" "$harm" "byte 1: not an object"
wrong "a deep one" "{\"data\":\"$harm\",\"x\":$(printf '[%.0s' {1..99})" \
	"byte [0-9]+: nested too deep"

# A message that never ends.
mark_log
client bad reconnecting-pty
say bad "$id:40:90"$'\n{"data":"'
head -c 1200000 /dev/zero | tr "\\0" a >&"${feed[bad]}"
ended bad
check_eq "wrong: more than 1 MiB" 255 $?
check_match "wrong: more than 1 MiB, in AUTHPRIV" "longer than 1 MiB" \
	"$(refusals)"
ends_input bad

for line in "work:24:80" "$id:24" "$id:24:80:1" "$id:65536:80" "$id:x:80" \
	"../$id:24:80"; do
	mark_log
	printf '%s\n{"data":"%s"}' "$line" "$harm" |
		"${SSH[@]}" -s serve reconnecting-pty >/dev/null 2>&1
	check_eq "wrong: the first line $line" "255 1" \
		"$? $(refusals | grep -c 'reason="the ')"
done
check_eq "no more sessions by all that" 1 "$(sessions | grep -c :)"

# What was refused is seen by the shell not even later.
client last reconnecting-pty
say last "$id:40:90"$'\n'
enter last "ls $out/harm; echo loo''ked"
check "the shell answers" sees last "looked"
check "nothing of what was wrong was typed" test ! -e "$out/harm"

# I9: the end.  Would have caught output that the status overtakes.
client other reconnecting-pty
say other "$id:0:0"$'\n'
sees other "looked"
enter last "stty size; seq 30000; exit 7"
ended last
check_eq "I9 the status of the shell" 7 $?
ended other
check_eq "I9 ... for every client" 7 $?
check "I9 all that it printed, and then the end" sees last "30000"
check_eq "I9 ... each line of it" 30000 \
	"$(tr -d '\r' <"$out/last.out" | grep -axc '[0-9]*')"
check "0:0 leaves the size as it is" sees other "40 90"
check "the session is gone" wait_for 30 has_none "$id"
ends_input last
ends_input other

# The timeout.  Would have caught a session that ends under its client, and
# one that never does.
id=$(uuid)
client short short
say short "$id:24:80"$'\n'
enter short "sleep 2.5; echo st''ill"
check "a client keeps his session" sees short "still"
ends_input short
ended short
check_eq "the last one leaves" 0 $?
check "the session ends when its time is up" wait_for 30 has_none "$id"

# The program that it becomes may be in a package of its own.
mv "$PTY_BROKER-serve" "$out/away"
printf '%s:24:80\n' "$id" |
	"${SSH[@]}" -s serve reconnecting-pty >/dev/null 2>&1
check_eq "without pty-broker-serve" 255 $?
check_match "... the reason says so" "pty-broker-serve: No such file" \
	"$(refusals)"
mv "$out/away" "$PTY_BROKER-serve"
finish

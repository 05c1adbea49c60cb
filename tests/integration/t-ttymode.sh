#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The modes of a terminal, through the stock client and the stock server and
# through common/ttymode: what sshd's pty has and what ours has is the same.
# Which bytes the client sends nobody sees; what sshd makes of bytes that no
# client sends is in check_ttymode.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
server_plain alice
: >"$out/remote"
chmod 0666 "$out/remote"

# At the client's terminal: its modes are what the words say, to stty; then
# the login, whose terminal tells about itself; and ours.
# shellcheck disable=SC2016
at_terminal='out=$1 words=$2
shift 2
stty $words || exit 90
stty -g >"$out/client"
/bed/bin/modes >"$out/hex" || exit 91
"$@" "{ stty -g; stty -a; } >$out/remote" || exit 92
/bed/bin/modes "$(cat "$out/hex")" sh -c "stty -g; stty -a" >"$out/ours" ||
	exit 93'

# Would catch a mode, a character or a rate that one of the two directions
# does otherwise than OpenSSH.
same() {
	local name=$1 words=$2 said

	: >"$out/remote"
	: >"$out/ours"
	said=$("$BED/bin/drive" -s 31x97 -t 60 sh -c "$at_terminal" - "$out" \
		"$words" timeout --foreground 50 "${RAW_SSH[@]}" -q -tt \
		plain-alice </dev/null 2>&1) ||
		fail "$name" "$? $said" plain-alice
	check_same "$name" "$out/remote" "$out/ours"
	[ -s "$out/remote" ] || fail "$name" "sshd's pty said nothing"
}

same "a terminal as it is made" sane
same "every character another" "intr ^A quit ^B erase ^E kill ^F eof ^G \
eol ^N eol2 ^P start ^T stop ^Y susp ^O rprnt ^L werase ^X lnext ^K discard ^]"
# Would catch a test that compares two terminals that no mode ever reached.
check "... and sshd has them" grep -q 'intr = ^A;.*erase = ^E;' "$out/remote"
same "no characters" "intr undef quit undef erase undef kill undef eof undef \
eol undef start undef stop undef susp undef rprnt undef werase undef"
same "the last of all characters" "intr 255 eof 254 erase 128"
same "input" "ignpar parmrk inpck istrip inlcr igncr -icrnl iuclc -ixon \
ixany ixoff -imaxbel iutf8"
same "input, the other half" "-ignpar -parmrk -inpck -istrip -inlcr -igncr \
icrnl -iuclc ixon -ixany -ixoff imaxbel -iutf8"
same "output" "-opost olcuc -onlcr ocrnl onocr onlret"
same "output, the other half" "opost -olcuc onlcr -ocrnl -onocr -onlret"
same "local" "-isig -icanon xcase -echo -echoe -echok echonl noflsh tostop \
-iexten -echoctl -echoke"
same "local, the other half" "isig icanon -xcase echo echoe echok -echonl \
-noflsh -tostop iexten echoctl echoke"
same "raw" raw
# The driver of ptys has no more of these.
same "parity" parodd
# What the client does not send: the new terminal has it as ever.
same "not sent: min, time, tabs, hupcl" "min 7 time 9 tab3 hupcl cstopb"
for rate in 50 134 1200 19200 57600 115200 230400 460800 4000000; do
	same "$rate baud" "$rate"
done

finish

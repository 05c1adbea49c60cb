#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A connection that is lost in the middle of output, in each way that it can
# be, again and again: who returns finds every line, once.  By the stock
# client and server, and at the socket by a client that says what it has.
#
#	t-ptydrop.sh [TIMES]		of each way, default 3; and 8 times as
#					many at the socket

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

times=${1:-3}
burst=4000
exec {never}<>"$out/.never"
server_plain alice
server network alice <<-'END'
	ListenAddress 127.0.0.1
	Port 2200
END
# By an address of its own each, which can be taken away.
sed -i '/^Host/a\	HostName 127.0.0.1\n\tPort 2200\n\tProxyCommand none' \
	"$BED/hosts/network"

# The program prints a burst of lines when it is told to, and ends with 7.
mkfifo -m 0666 "$out/go"
exec {go}<>"$out/go"
cat >"$out/program" <<-END
	#!/bin/bash
	n=0
	echo "line 0."
	while read -r word && [ "\$word" = on ]; do
		seq -f 'line %.0f.' \$((n + 1)) \$((n + $burst))
		n=\$((n + $burst))
	done <"$out/go"
	echo "the end \$n"
	exit 7
END
chmod 0755 "$out/program"

# Told to print that often, one burst behind the other.
told_to=0
print_on() {
	local i

	for ((i = 0; i < $1; i++)); do
		echo on >&"$go"
		((told_to += burst))
	done
}

# The lines that a viewer saw, whole ones, and whether each is one more than
# the one before.  Prints "FIRST LAST", or what is wrong.
lines_of() {
	tr -d '\r' <"$1" | awk '
		/^line [0-9]+\.$/ {
			n = substr($2, 1, length($2) - 1) + 0
			if (seen && n != last + 1) {
				print "behind", last, "comes", n
				exit
			}
			if (!seen++)
				first = n
			last = n
			odd = ""
			next
		}
		# The first line may be the end of one, the last a beginning.
		seen && odd != "" { print "odd:", odd; exit }
		seen { odd = /^the end/ ? "" : $0 }
		END { print first + 0, last + 0 }' | head -n 1
}

has_line() {
	grep -q "line $1\." "$out/view"
}

# One connection: the viewer's output goes to a file.
connect() {
	"${RAW_SSH[@]}" -q -tt "$@" "exec $PTY_BROKER attach d" \
		<&"$never" >"$out/view" 2>/dev/null &
	client=$!
	disown
}

# The ways to lose a connection.
lose_client() {
	kill -KILL "$client"
}
lose_sshd() {
	pkill -KILL -u alice -f '^sshd'
}
lose_network() {
	ip addr del "$address/32" dev lo
}

bad=0
first_bad=
wrong() {
	((bad++)) || first_bad="round $1: $2"
}
gone_or_cut() {
	[ "$1" = lose_network ] || has_viewers d 0
}

# rounds LOSE ARG...: so many times.
seen_to=0
rounds() {
	local lose=$1 i got host

	shift
	for ((i = 0; i < times; i++)); do
		host=("$@")
		if [ "$lose" = lose_network ]; then
			address=10.9.0.$((i + 1))
			ip addr add "$address/32" dev lo
			host=(-b "$address" "$@")
		fi
		connect "${host[@]}"
		# What was printed meanwhile is there, then more comes.
		wait_for 60 has_line "$told_to" ||
			wrong "$i" "not there in time"
		print_on 3
		# Its first line is there; how many more does not matter.
		wait_for 60 has_line "$((told_to - 3 * burst + 1))"
		"$lose"
		print_on 1
		wait_for 60 gone_or_cut "$lose" || wrong "$i" "still there"
		got=$(lines_of "$out/view")
		if [[ ! $got =~ ^[0-9]+\ [0-9]+$ ]]; then
			wrong "$i" "$got"
		elif [ "${got% *}" -gt "$((seen_to + 1))" ]; then
			wrong "$i" "begins at ${got% *}, seen $seen_to"
		fi
		seen_to=${got#* }
		if [ "$lose" = lose_network ]; then
			# Gone without a word, on its side.
			kill -KILL "$client"
		fi
	done
}

# result NAME: and who returns at last has everything.
result() {
	check_eq "$1: every line once, $times times" "0 " "$bad $first_bad"
	bad=0
	first_bad=
}

broker new --buffer 2M d -- "$out/program"
rounds lose_client plain-alice
result "the client is killed"
rounds lose_sshd plain-alice
result "sshd's process is killed"
if need ip && ip addr add 10.9.1.1/32 dev lo 2>/dev/null; then
	/usr/sbin/sshd -f "$BED/conf/network" -E "$BED/log/network"
	wait_for 60 pgrep -x sshd
	rounds lose_network network
	result "the network is cut"
	# They know of nothing yet, and are no hindrance.
	check_eq "the network is cut: nobody was told" "$times" \
		"$(fact d VIEWERS)"
else
	skip "the network is cut" "no addresses of its own for loopback"
fi
"${RAW_SSH[@]}" -q -tt plain-alice "exec $PTY_BROKER attach d" \
	<&"$never" >"$out/view" 2>/dev/null &
client=$!
wait_for 60 grep -q "line $told_to\\." "$out/view"
echo off >&"$go"
wait "$client"
check_eq "the last one ends with the status" "7 the end $told_to" \
	"$? $(tr -d '\r' <"$out/view" | grep -a '^the end')"
pkill -KILL -x 'sshd.*'
check_nothing "connections"

# At the socket: what was cut off anywhere is gone on with at that byte, of
# output that nobody waits for.
drops=$((8 * times))
lines=$((25000 * drops))
broker new --buffer 256M d -- sh -c "stty raw
	seq -f 'line %.0f.' $lines; read word <$out/go"
total=$(seq -f 'line %.0f.' "$lines" | wc -c)
: >"$out/stream"
chmod 0666 "$out/stream"
parts=0
for ((i = 1; i <= drops; i++)); do
	size=$(stat -c %s "$out/stream")
	[ "$size" -lt "$((total - 50021))" ] || break
	if [ "$((i % 2))" = 0 ]; then
		# In the middle of whatever it does.
		"${AS_ALICE[@]}" "$BED/bin/ptyclient" -w "$place/d.sock" \
			"$out/stream" &
		client=$!
		disown
		bigger() {
			[ "$(stat -c %s "$out/stream")" -gt "$size" ]
		}
		wait_for 60 bigger || wrong "$i" "nothing comes"
		[ "$bad" = 0 ] || break
		kill -KILL "$client"
		# The shell has seen it, too: no number is killed twice.
		wait_for 60 is_gone "$client"
	else
		as_alice "$BED/bin/ptyclient" -n "$((size + 50021))" \
			"$place/d.sock" "$out/stream" 2>"$out/said" ||
			wrong "$i" "$(cat "$out/said")"
		[ "$bad" = 0 ] || break
	fi
	[ "$(stat -c %s "$out/stream")" = "$size" ] || ((parts++))
done
echo off >&"$go"
as_alice "$BED/bin/ptyclient" "$place/d.sock" "$out/stream" 2>"$out/said"
check_eq "at the socket: the status" "0 " "$? $(cat "$out/said")"
# Less where the machine is so slow that there was nothing left to lose.
check "at the socket: something came each time" \
	[ "$parts" -ge "$((drops / 2))" ]
check_eq "at the socket: no fault" "0 " "$bad $first_bad"
check_eq "at the socket: every byte once" \
	"$(seq -f 'line %.0f.' "$lines" | sha256sum)" \
	"$(sha256sum <"$out/stream")"
check_nothing "at the socket"

finish

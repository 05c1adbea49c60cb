#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Many at once, and what goes wrong: with agents that hang, die or are not
# there, with clients that stop halfway, and while the user is being asked.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=agents.sh
. "$(dirname "$0")/agents.sh"

# Would have caught one of many that has no answer, or another's.
if need ssh-agent && need ssh-add; then
	real agent
	ssh-keygen -q -t ed25519 -N '' -C one -f "$out/key"
	SSH_AUTH_SOCK=$out/agent ssh-add -q "$out/key"
	serve agent
	for count in 1 4 16 64; do
		for ((i = 0; i < count; i++)); do
			SSH_AUTH_SOCK=$socket timeout 60 ssh-add -L \
				>"$out/list.$i" 2>&1 &
		done
		wait
		same=0
		for ((i = 0; i < count; i++)); do
			cmp -s "$out/key.pub" "$out/list.$i" && ((same++))
		done
		check_eq "agent 28: $count lists at once" "$count" "$same"
	done
	for ((i = 0; i < 16; i++)); do
		echo "message $i" >"$out/message.$i"
		SSH_AUTH_SOCK=$socket timeout 60 ssh-keygen -q -Y sign \
			-f "$out/key.pub" -n test "$out/message.$i" \
			2>/dev/null &
	done
	wait
	echo "one $(cat "$out/key.pub")" >"$out/signers"
	good=0
	for ((i = 0; i < 16; i++)); do
		ssh-keygen -q -Y verify -f "$out/signers" -I one -n test \
			-s "$out/message.$i.sig" <"$out/message.$i" \
			>/dev/null 2>&1 && ((good++))
	done
	check_eq "agent 28: 16 signatures at once, each its own" 16 "$good"
	stop
else
	skip "agent 28" "needs ssh-agent and ssh-add"
fi

# While the agent asks its user, what is open goes on, and nothing is opened.
# Would have caught a connection that is opened then: see the next test for
# what it does to the user.
gate=$out/gate
rm -f "$gate" "$gate.asked"
fake asks only=13 gate="$gate"
serve asks
rm -f "$out"/{here,signed,go,went}
talk list send reply touch="$out/here" wait="$out/go" list send reply \
	touch="$out/went" >"$out/said.open" &
wait_for 20 test -e "$out/here"
talk sign send reply touch="$out/signed" >"$out/said.sign" &
check "agent 29: the user is asked" wait_for 20 test -e "$gate.asked"
talk list send touch="$out/sent" reply >"$out/said.new" &
wait_for 20 test -e "$out/sent"
touch "$out/go"
check "agent 29: an open connection goes on" wait_for 20 test -e "$out/went"
check_eq "agent 29: another waits, and is not opened" "2 " \
	"$(seen asks open) $(cat "$out/said.new")"
touch "$gate"
wait
check_eq "agent 29: all have their replies" "12 68,12 68 14 88 #1 12 68" \
	"$(cat "$out/said.open") $(cat "$out/said.sign") $(
	    cat "$out/said.new")"
check_eq "agent 29: the one that waited was opened then" 3 \
	"$(seen asks open)"
stop

# And who is asked goes away: would have caught those that wait for good.
rm -f "$gate" "$gate.asked" "$out"/{sent,pid}
fake asks only=13 gate="$gate"
serve asks
timeout 60 "$BED/bin/agenttalk" "$socket" pid="$out/pid" sign send reply \
	>/dev/null 2>&1 &
disown
check "agent 33: the user is asked" wait_for 20 test -e "$gate.asked"
talk list send touch="$out/sent" reply >"$out/said.new" &
wait_for 20 test -e "$out/sent"
kill -KILL "$(cat "$out/pid")"
wait
check_eq "agent 33: a client is killed: the next is served" "12 68" \
	"$(cat "$out/said.new")"
touch "$gate"
both_closed() {
	has_seen asks close 2
}
check "agent 33: and its connection to the agent is closed" \
	wait_for 20 both_closed
stop

# Would have caught a reader that waits for one client, a look at all of them
# for each, and a slot that is lost.
fake null
serve null
before=$(descriptors)
rm -f "$out"/{there,go}
talk head=3 idle=250 list claim=5 idle=250 touch="$out/there" wait="$out/go" \
	>/dev/null &
check "agent 30: 500 stop halfway" wait_for 60 test -e "$out/there"
check_eq "agent 30: a good one is served" "12 68,14 88 #1,EOF" \
	"$(talk list sign send half rest)"
touch "$out/go"
wait
check "agent 30: nothing is left of them" wait_for 60 has_descriptors "$before"
check_eq "agent 30: 500 are served, one behind the other" "500 500" \
	"$(talk times=500 list send reply half rest | tr ',' '\n' |
	    sort | uniq -c | awk '{ printf "%s%s", sep, $1; sep = " " }')"
check "agent 33: no descriptor is lost" wait_for 60 has_descriptors "$before"
stop

# Would have caught a client that hangs in the queue, a process that spins
# there, and one that does not recover.
fake null
(
	ulimit -n 32
	serve null
	echo "$command $server" >"$out/pids"
)
read -r command server <"$out/pids"
socket=$(<"$out/socket")
before=$(descriptors)
rm -f "$out"/{there,go}
talk idle=200 touch="$out/there" wait="$out/go" half rest >"$out/said" &
check "agent 31: 200 come to one with 32 descriptors" \
	wait_for 60 test -e "$out/there"
check_match "agent 31: who comes now is sent away" "^(EOF|RESET)$" \
	"$(talk list send rest)"
touch "$out/go"
wait
check "agent 31: they go" wait_for 60 has_descriptors "$before"
check_eq "agent 31: and it serves" "12 68,14 88 #1,EOF" \
	"$(talk list sign send half rest)"
stop

# Would have caught a client that hangs because its agent does.
serve nowhere
check_eq "agent 32: there is no agent" "5 1,5 1,EOF" \
	"$(talk list sign send half rest)"
fake nowhere
check_eq "agent 32: now there is" "12 68,14 88 #1,EOF" \
	"$(talk list sign send half rest)"
rm -f "$out"/{here,go}
talk list send reply touch="$out/here" wait="$out/go" list send rest \
	>"$out/said" &
wait_for 20 test -e "$out/here"
kill "$fake"
pkill -P "$fake"
pkill -x agentfake
fake nowhere
touch "$out/go"
wait
check_match "agent 32: it is another one: an open connection ends" \
	"^12 68,(5 1,)?(EOF|RESET)$" "$(cat "$out/said")"
check_eq "agent 32: a new one is served" "12 68" "$(talk list send reply)"
stop
for how in die header huge zero; do
	fake "$how" reply="$how" only=13
	serve "$how"
	before=$(descriptors)
	check_match "agent 32: one that ends so: $how" \
		"^12 68,5 1,(5 1,)?EOF$" \
		"$(talk list send reply sign send reply list send rest)"
	check_eq "agent 32: $how: what was sent ahead is answered" \
		"12 68,5 1,5 1,5 1,EOF" \
		"$(talk list sign again=2 send half rest)"
	check_eq "agent 32: $how: the next is served" "12 68" \
		"$(talk list send reply)"
	check "agent 32: $how: no descriptor is lost" \
		wait_for 20 has_descriptors "$before"
	stop
done
fake hangs reply=hang only=11
serve hangs --list-timeout 1
before=$(descriptors)
check_eq "agent 32: a list that does not come" "5 1,EOF" \
	"$(talk list send rest)"
check_eq "agent 32: a signature does" "14 88 #1" "$(talk sign send reply)"
check "agent 32: hangs: no descriptor is lost" \
	wait_for 20 has_descriptors "$before"
stop
fake full noaccept=0
serve full --list-timeout 1
before=$(descriptors)
check_eq "agent 32: one that accepts nobody" "5 1,EOF 5 1,EOF 5 1,EOF" \
	"$(talk list send rest) $(talk list send rest) $(talk list send rest)"
check "agent 32: accepts nobody: no descriptor is lost" \
	wait_for 20 has_descriptors "$before"
stop

# The whole way: ssh -A, a key that asks its user each time, and the output of
# the session, which must go on meanwhile though a second client comes.  Would
# have caught what freezes it: the connection for the second client, for which
# ssh(1) waits until the agent answers, and that waits for its user.
if need ssh-agent && need ssh-add; then
	rm -f "$out"/{key,key.pub,answer,asked,second,over,pace}
	ssh-keygen -q -t ed25519 -N '' -C one -f "$out/key"
	chmod 0644 "$out/key.pub"
	mkfifo -m 0666 "$out/pace"
	cat >"$out/askpass" <<-END
		#!/bin/sh
		: >"$out/asked"
		until [ -e "$out/answer" ]; do
			sleep 0.05
		done
		echo yes
	END
	chmod 0755 "$out/askpass"
	DISPLAY=:0 SSH_ASKPASS=$out/askpass SSH_ASKPASS_REQUIRE=force \
		real agent
	SSH_AUTH_SOCK=$out/agent ssh-add -q -c "$out/key"
	cat >"$out/program" <<-END
		cd "$out"
		echo text >/tmp/message
		(ssh-keygen -q -Y sign -f key.pub -n test /tmp/message
		echo "signed \$?") 2>&1 &
		until [ -e asked ]; do read -r -t 0.02 <>pace; done
		("$BED/bin/agenttalk" "\$SSH_AUTH_SOCK" list send \\
			touch="$out/second" reply
		echo "listed \$?") &
		until [ -e over ]; do
			echo tick
			read -r -t 0.02 <>pace
		done
		wait
	END
	server freeze alice <<-END
		ForceCommand exec $AGENT_FORWARDER -- /bin/bash $out/program
	END
	SSH_AUTH_SOCK=$out/agent timeout 100 "${RAW_SSH[@]}" -A \
		-o IdentityAgent=SSH_AUTH_SOCK freeze \
		>"$out/shown" 2>&1 </dev/null &
	client=$!
	ticks() {
		grep -c '^tick$' "$out/shown"
	}
	has_ticks() {
		[ "$(ticks)" -ge "$1" ]
	}
	check "agent 29: the user is asked, at the other end" \
		wait_for 30 test -e "$out/asked"
	check "agent 29: a second client comes" \
		wait_for 30 test -e "$out/second"
	check "agent 29: the session's output goes on" \
		wait_for 30 has_ticks $(($(ticks) + 50))
	check_eq "agent 29: while the user thinks" "" \
		"$(grep -E '^(signed|listed)' "$out/shown")"
	touch "$out/answer"
	both() {
		[ "$(grep -Ec '^(signed|listed) 0$' "$out/shown")" = 2 ]
	}
	check "agent 29: both have their replies" wait_for 30 both
	touch "$out/over"
	wait "$client"
	check_eq "agent 29: and all ends well" 0 "$?" freeze
	kill "$real"
else
	skip "agent 29: the session's output goes on" "needs ssh-agent"
fi
finish

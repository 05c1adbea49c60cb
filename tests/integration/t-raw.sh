#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
#	t-raw.sh [MIB [COUNT]]
#
# agent-forwarder --raw: bytes of any socket, and sockets at a path of the
# user's choice.  MIB go through it at once, and COUNT connections.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
mib=${1:-16} count=${2:-1000}
out=$BED/out
talk=$BED/bin/streamtalk
home=/home/alice
run=$out/run
place=$run/ssh-incubator/agent
install -d -m 0700 -o alice "$run"
install -d -m 0755 -o alice "$home/s"

# As alice, who has a runtime directory and nothing else.
alice() {
	setpriv --reuid 1001 --regid 1001 --init-groups env -i PATH="$PATH" \
		HOME="$home" XDG_RUNTIME_DIR="$run" "$@" </dev/null
}
raw() {
	alice "$AGENT_FORWARDER" --raw "$@"
}

forwarders() {
	local pid

	for pid in $(pgrep -x agent-forwarder); do
		[ "$(sed 's/.*) \(.\).*/\1/' "/proc/$pid/stat" 2>/dev/null)" \
			= Z ] || echo "$pid"
	done
}
nothing_left() {
	[ -z "$(forwarders)" ] && [ -z "$(ls -A "$place" 2>/dev/null)" ] &&
		[ ! -S "$home/s/r" ]
}
all_gone() {
	wait_for 30 nothing_left ||
		echo "$(forwarders) $(ls -A "$place" "$home/s" 2>/dev/null)"
}

# What it leads to.
alice "$talk" serve "$home/up" >"$out/serve" &
wait_for 20 grep -q ready "$out/serve"

# A command that goes on until "stop" is called: "start NAME OPTION...".  Its
# environment and its PID go to the file NAME.
start() {
	local name=$1

	shift
	rm -f "$out/$name"
	alice SSH_AUTH_SOCK="$home/old" "$AGENT_FORWARDER" --raw "$@" -- \
		sh -c '{ echo "PID=$$" && env; } >"$0.new"; mv "$0.new" "$0"
			exec cat "$1"' "$out/$name" "$out/stop" >/dev/null &
	command=$!
	wait_for 20 test -e "$out/$name" || fail "$name" "does not start"
}
mkfifo "$out/stop"
chmod 0666 "$out/stop"
stop() {
	: >"$out/stop"
	wait "$command"
}
of() {
	sed -n "s/^$2=//p" "$out/$1"
}

# In the place of SSH_AUTH_SOCK.  Would have caught bytes lost or changed, an
# answer lost with the end of the question, a socket in the wrong place.
start private --connect "$home/up"
socket=$(of private SSH_AUTH_SOCK)
check_match "a private socket" "^$place/s-[0-9]+-[0-9a-f]{8}[.]sock\$" "$socket"
check_eq "agent 1: bytes, and the answer" 0 \
	"$(alice "$talk" send "$socket" 1000; echo $?)"
check_eq "agent 2: the answer after the end, 300 times" 0 \
	"$(alice "$talk" send "$socket" 10 300; echo $?)"
check_eq "agent 8: $mib MiB in pieces of any size" 0 \
	"$(alice "$talk" send "$socket" $((mib * 1048576)); echo $?)"

# Descriptors and memory.  Would have caught what a connection leaves.
serving=$(forwarders)
size() {
	local open=("/proc/$serving/fd/"*)

	echo "${#open[@]}" \
		"$(awk '/^VmRSS/ { print $2 }' "/proc/$serving/status")"
}
alice "$talk" send "$socket" 1000 200
read -r fds rss <<<"$(size)"
alice "$talk" send "$socket" 1000 "$count"
few_descriptors() {
	[ "$(size | cut -d ' ' -f 1)" -le "$fds" ]
}
check "agent 9: no descriptor is left after $count connections" \
	wait_for 20 few_descriptors
read -r _ rss2 <<<"$(size)"
check_eq "agent 9: and no memory ($rss to $rss2 KiB)" yes \
	"$([ "$rss2" -le $((rss + 512)) ] && echo yes)"
check_eq "the serving process is in a session of its own, without streams" \
	"other 3" "$([ "$(ps -o sid= -p "$serving")" = \
		"$(ps -o sid= -p $$)" ] || echo other) $(readlink "/proc/$serving/fd/"[012] |
		grep -c '^/dev/null$')"

# Would have caught a client who keeps it, and a process that stays.
alice "$talk" hold "$socket" 20 >"$out/hold" &
holder=$!
wait_for 20 grep -q held "$out/hold"
stop
wait "$holder"
check_eq "agent 3: with the command all connections end" ended \
	"$(tail -n 1 "$out/hold")"
check_eq "... and nothing is left" "" "$(all_gone)"

# The command is the one that was started, and has no descriptor of ours.
said=$(alice sh -c 'echo $$; exec "$@"' x "$AGENT_FORWARDER" --raw \
	--connect "$home/up" -- sh -c 'echo $$; exec ls /proc/self/fd')
check_eq "the same process" "$(sed -n 1p <<<"$said")" "$(sed -n 2p <<<"$said")"
# the last one is that of the list
check_eq "three descriptors" "0 1 2 3" \
	"$(tail -n +3 <<<"$said" | paste -sd ' ')"
all_gone >/dev/null
check_eq "without anything to lead to it becomes the command" "none 7" \
	"$(raw -- sh -c 'printf "%s " "${SSH_AUTH_SOCK-none}"; exit 7'
		echo $?)"

# ... but not where a socket was asked for, which would not be there.
raw --listen "$home/s/r" -- echo ran >"$out/stdout" 2>"$out/stderr"
check_eq "--listen without anything to lead to is refused" "255 0 \
agent-forwarder: $home/s/r: nothing to lead to: no --connect and no \
SSH_AUTH_SOCK" "$? $(wc -c <"$out/stdout") $(cat "$out/stderr")"

# agent 31, and confined: few descriptors, many clients.  Would have caught a
# loop that turns in vain, one that is deaf afterwards, and a confinement that
# forbids what is needed then.
rm -f "$out/few"
alice sh -c 'ulimit -n 32; exec "$@"' x "$AGENT_FORWARDER" --raw --connect \
	"$home/up" -- sh -c 'env >"$0.new"; mv "$0.new" "$0"; exec cat "$1"' \
	"$out/few" "$out/stop" >/dev/null &
command=$!
wait_for 20 test -e "$out/few"
socket=$(of few SSH_AUTH_SOCK)
alice "$talk" hold "$socket" 100 >"$out/hold" &
holder=$!
wait_for 20 grep -q held "$out/hold"
kill "$(pgrep -x streamtalk -n)"
wait "$holder" 2>/dev/null
recovered() {
	alice "$talk" send "$socket" 100 10
}
check "agent 31: after a flood it serves as before" wait_for 20 recovered
stop
check_eq "... and nothing is left" "" "$(all_gone)"

# A path of the user's choice.  Would have caught a mode by the umask, and a
# name that stays.
start listen --listen "$home/s/r" --connect "$home/up"
check_eq "--listen: mode, owner" "600 alice" "$(stat -c '%a %U' "$home/s/r")"
check_eq "--listen: SSH_AUTH_SOCK is as it was" "$home/old" \
	"$(of listen SSH_AUTH_SOCK)"
check_eq "--listen: it leads there" 0 \
	"$(alice "$talk" send "$home/s/r" 70000 5; echo $?)"
check_eq "--listen: another user is kept out" 2 "$(
	setpriv --reuid 1002 --clear-groups --regid 1002 "$talk" send \
		"$home/s/r" 10 2>/dev/null; echo $?)"
chmod 0666 "$home/s/r"
check_eq "--listen: and sent away if he gets that far" 3 "$(
	setpriv --reuid 1002 --clear-groups --regid 1002 "$talk" send \
		"$home/s/r" 10 2>/dev/null; echo $?)"

# Whose place it takes.  Would have caught a file that is unlinked.
refused() {
	local name=$1 regex=$2 status

	shift 2
	raw "$@" -- true >"$out/stdout" 2>"$out/stderr"
	status=$?
	check_match "$name" "^255 agent-forwarder: $regex" \
		"$status $(cat "$out/stderr")"
}
refused "a socket that is there" "$home/s/r: there is something already" \
	--listen "$home/s/r" --connect "$home/up"
check_eq "... and goes on" 0 "$(alice "$talk" send "$home/s/r" 10; echo $?)"
first=$command
start second --listen "$home/s/r" --connect "$home/up" --unlink
check_eq "--unlink: the newer one has the path" 0 \
	"$(alice "$talk" send "$home/s/r" 10; echo $?)"
kill -KILL "$(of listen PID)"
wait "$first"
one_left() {
	[ "$(forwarders | wc -l)" = 1 ]
}
check "a command that is killed takes its socket's server with it" \
	wait_for 30 one_left
check_eq "--unlink: and keeps it when the older one ends" 0 \
	"$(alice "$talk" send "$home/s/r" 10; echo $?)"
stop
check_eq "killed or not, nothing is left" "" "$(all_gone)"

alice sh -c "echo precious >$home/s/r"
refused "--unlink: never a file" "$home/s/r: there is something that is no" \
	--listen "$home/s/r" --connect "$home/up" --unlink
check_eq "... which is as it was" precious "$(cat "$home/s/r")"
rm -f "$home/s/r"
ln -s up "$home/s/r"
refused "--unlink: never a link" "$home/s/r: there is something that is no" \
	--listen "$home/s/r" --connect "$home/up" --unlink
rm -f "$home/s/r"

# Where it may be.  Would have caught a way out.
ln -s /tmp "$home/s/tmp"
refused "outside" "/tmp/r: in none of the directories" \
	--listen /tmp/r --connect "$home/up"
refused "by a link" "$home/s/tmp/r: tmp is a symbolic link" \
	--listen "$home/s/tmp/r" --connect "$home/up"
refused "by dots" "$home/../../tmp/r: has an empty name" \
	--listen "$home/../../tmp/r" --connect "$home/up"
rm -f "$home/s/tmp"
check_eq "the runtime directory is the user's own" 0 "$(
	raw --listen "$run/r" --connect "$home/up" -- "$talk" send "$run/r" 10
	echo $?)"
check_eq "--allow-dir" 0 "$(raw --listen /tmp/r --connect "$home/up" \
	--allow-dir /tmp -- "$talk" send /tmp/r 10; echo $?)"
check_eq "nothing is left there" "no no" "$(all_gone)$(
	[ -e /tmp/r ] || echo -n no) $([ -e "$run/r" ] || echo no)"

# A path too long for an address.  Would have caught one that is cut.
long=$home/s/$(printf 'd%.0s' {1..120})
install -d -m 0755 -o alice "$long"
check_eq "a path too long for an address" socket "$(
	raw --listen "$long/r" --connect "$home/up" -- \
		sh -c 'cd "$0" && stat -c %F r' "$long")"
all_gone >/dev/null

# Where it leads.  Would have caught a circle, and a client left waiting.
start circle --listen "$home/s/r" --connect "$home/s/r"
check_eq "a circle is none" 3 \
	"$(alice "$talk" send "$home/s/r" 10 2>/dev/null; echo $?)"
stop
# the name goes a moment after the command
all_gone >/dev/null
start nobody --listen "$home/s/r" --connect "$home/none"
check_eq "nobody there" 3 \
	"$(alice "$talk" send "$home/s/r" 10 2>/dev/null; echo $?)"
stop
check_eq "nothing is left of these" "" "$(all_gone)"

# Through sshd: an agent, bytes unseen.
if need ssh-agent && need ssh-add; then
	server raw-alice alice <<<"ForceCommand exec $AGENT_FORWARDER --raw"
	agent=$(ssh-agent -s -a "$out/agent")
	check_match "ssh -A: the agent's answer" "no identities" \
		"$(SSH_AUTH_SOCK=$out/agent "${SSH[@]}" -A \
			-o IdentityAgent=SSH_AUTH_SOCK raw-alice \
			ssh-add -l </dev/null 2>&1)"
	kill "$(sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p' <<<"$agent")"
	check_eq "... and nothing is left" "" "$(all_gone)"
else
	skip "ssh -A" "needs ssh-agent and ssh-add"
fi

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# pty-broker attach, new, list, peek, kill and wait, through the stock client
# and the stock server and at a terminal of one's own: a shell outlives its
# connection by each way in, who attaches ends as he should, and his terminal
# is as it was.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

server_plain alice
server forced alice <<-END
	ForceCommand exec $ENV_FILTER --accept 'X_*' -- $PTY_BROKER attach main
END
server subsystem alice <<-END
	Subsystem broker exec $PTY_BROKER attach sub
END
server remote alice "RemoteCommand exec $PTY_BROKER attach far" </dev/null

# A shell variable is there again on the next connection.  Would have caught a
# session that hears the hangup of its first viewer, and one made anew.
# survives WAY SESSION HOST [ARG ...]
survives() {
	local way=$1 session=$2 status

	shift 2
	on_tty "$@" <<-'END' >"$out/log"
		expect login:alice$ 
		send kept=one; echo "is ${kept}here $$"\r
		expect is onehere 
		hangup
	END
	check "$way: the viewer is gone" wait_for 60 has_viewers "$session" 0
	# What stands here again is the screen that was left.
	tty_case "$way: the shell is there" 5 "$@" <<-'END'
		expect is onehere 
		expect login:alice$ 
		send echo "again ${kept}there"; tty; echo "=$SSH_TTY="\r
		expect again onethere
		send shopt -q login_shell && exit 5\r
	END
	check_nothing "$way"
}
survives "as a command" work plain-alice "exec $PTY_BROKER attach work"
survives "as a command without exec" work plain-alice \
	"$PTY_BROKER attach work"
survives "as ForceCommand, behind env-filter" main forced
survives "as RemoteCommand" far remote
survives "as Subsystem" sub -s subsystem broker

# SSH_TTY is the session's own terminal, for who looks there for it.
on_tty forced <<-'END' >"$out/log"
	expect login:alice$ 
	send [ "$(tty)" = "$SSH_TTY" ] && echo "it "is $PTY_BROKER\r
	expect it is
	send exit\r
END
check_eq "SSH_TTY is the session's own" 0 $?
check_nothing "SSH_TTY"

# Leaving: by the key, by -d of another one, for who may only look on by ^C.
viewer one "$PTY_BROKER" attach --detach-key '^]' v
tell one 'expect login:alice$ ' 'send x=1\x1d'
left one
check_eq "the key detaches" "0 1" "$? $(grep -c 'v: detached' "$out/shown.one")"
# What was typed before it in the same breath was typed.
viewer one "$PTY_BROKER" attach --detach-key '^a' v
told one 'expect x=1'
viewer two "$PTY_BROKER" attach -d v
told two 'expect x=1'
left one
check_eq "-d detaches the others" "0 1" \
	"$? $(grep -c 'v: detached by another viewer' "$out/shown.one")"
check "and not itself" wait_for 60 has_viewers v 1
viewer eye "$PTY_BROKER" attach -r v
told eye 'expect x=1' 'send echo never\r\x03'
left eye
check_eq "-r: ^C detaches" "0 1" \
	"$? $(grep -c 'v: detached' "$out/shown.eye")"
told two 'send \r' 'expect login:alice$ ' 'send echo ty""ped\r' 'expect typed'
check_eq "-r: nothing of it is typed" 0 "$(grep -c never "$out/shown.two")"
tell two 'send exit\r'
left two
check_eq "the others ended as they should" 0 $?
check_nothing "leaving"

# The key goes to the program where it was not asked for.
tell_key=$(at_tty "$PTY_BROKER" attach v -- sh -c \
	'stty raw -echo; echo up; head -c 1 | od -An -tx1' <<-'END'
	expect up
	send \x1d
END
)
check_match "no key without --detach-key" " 1d" "$tell_key"

# new, list, peek, kill, wait.
check_eq "list of nothing" "0 " "$? $(broker list 2>&1)"
check_eq "list --json of nothing" '[]' "$(broker list --json)"
check "new" broker new job -- sh -c 'echo printed; read line; exit 4'
check_eq "new of a name that is taken" \
	"pty-broker: job: there is a session of that name, 255" \
	"$(broker new job 2>&1 </dev/null), $(broker new job >/dev/null 2>&1
	echo $?)"
# Would have caught a build without the screen that says nothing of it.
mkdir -m 0755 "$out/part"
cp "$PTY_BROKER" "$PTY_BROKER-session" "$out/part/"
check_eq "--restore screen where there is none" \
	"pty-broker: a: pty-broker-screen is not installed: --restore ring; 0" \
	"$(as_alice "$out/part/pty-broker" new --restore screen a -- cat 2>&1 </dev/null); $?"
broker kill a
# Would have caught "timeout: no option of list" and "ls: what is that for?",
# from which nobody learns what to write instead.
said_of() {
	broker "$@" 2>&1 </dev/null | head -n 1
}
check_eq "an option of another command" "pty-broker: -d: no option of list" \
	"$(said_of list -d)"
check_eq "a long one" "pty-broker: --timeout: no option of list" \
	"$(said_of list --timeout 3)"
check_eq "its value" "pty-broker: --size: latest, smallest, largest, first or \
fixed is wanted" "$(said_of new --size 24x80 a)"
check_eq "a command without --" \
	"pty-broker: ls: a command is written after --" "$(said_of new a ls)"
check_match "an option before the command" \
	'^pty-broker: --json: options are written after' \
	"$(said_of --json list)"
# ... and a reason that is said twice.
if [ ! -e /run/systemd/system ]; then
	check_eq "a scope without systemd" \
		"pty-broker: systemd: No such file or directory" \
		"$(broker new --scope a 2>&1 </dev/null)"
fi
check_match "list" \
	"job  *[0-9T:-]+Z  *pts/[0-9]+  *$(fact job LEADER) detached" \
	"$(broker list)"
json_says='import json, sys
for s in json.load(sys.stdin):
    print(s["name"], s["state"], s["viewers"], s["attached"], s.get("status"))'
if need python3; then
	check_eq "list --json" "job detached 0 None None" \
		"$(broker list --json | python3 -c "$json_says")"
else
	check_match "list --json" \
		'"name":"job",.*"viewers":0,.*"state":"detached"' \
		"$(broker list --json)"
fi
peeked() {
	broker peek job | grep -q printed
}
check "peek shows what it printed" wait_for 60 peeked
viewer one "$PTY_BROKER" attach job
told one 'expect printed'
check_match "list of one who is there" 'attached \(1\)' "$(broker list)"
people=$(sockets_of job)
without_scripts broker wait job &
waits=$!
one_more() {
	[ "$(sockets_of job)" -gt "$people" ]
}
wait_for 60 one_more
tell one 'send \r'
left one
check_eq "attach ends with the status" 4 $?
wait "$waits"
check_eq "wait ends with the status" 4 $?
check_nothing "new"

broker new job -- sh -c 'kill -TERM $$'
ended() {
	broker list | grep -q "^job .*$1"
}
check "list tells how it ended" wait_for 60 ended 'killed by SIGTERM'
at_tty "$PTY_BROKER" attach job </dev/null >"$out/log"
check_eq "who comes late ends by the signal" 143 $?
check_nothing "signal"

# Would have caught a session that waits for ever for who has been there.
broker new job -- sh -c 'exit 6'
wait_for 60 ended 'exited with 6'
check_eq "who only connects is no one" 1 \
	"$(as_alice "$BED/bin/ptyclient" -v 1 "$place/job.sock")"
broker wait job
check_eq "wait for one that has ended" 6 $?
check_nothing "wait"

# Without the KILL that follows, who ignores HUP would stay.
broker new job -- sh -c 'trap "" HUP; echo up; while :; do read x; done'
broker new stopped -- sh -c 'kill -STOP $$; exec sleep 1000'
wait_for 60 eval 'broker peek job | grep -q up'
check "kill" broker kill job
check "kill of one who is stopped" broker kill stopped
check_nothing "kill"

# Would have caught a kill that returns before the name is free: the shell's
# child ends a little later than the shell.
for i in 1 2 3; do
	broker new job -- sh -c 'sleep 1000; :'
	broker kill job
	check_eq "kill: none is left of it, $i" "" "$(broker list)"
done
check_nothing "kill and new"

# Statuses, of what ran and of what did not.
status_case() {
	local name=$1 expected=$2 said status

	shift 2
	said=$(at_tty "$PTY_BROKER" attach s "$@" </dev/null)
	status=$?
	check_eq "$name" "$expected" "$status"
	case $expected in
	12[67] | 255)
		check_eq "$name: one line" 1 \
			"$(grep -c '^pty-broker: ' <<<"$said")" ;;
	esac
}
status_case "status 0" 0 -- true
status_case "status 7" 7 -- sh -c 'exit 7'
status_case "status 255" 255 -- sh -c 'echo pty-broker: no; exit 255'
# shellcheck disable=SC2016
status_case "a signal" 143 -- sh -c 'kill -TERM $$'
# shellcheck disable=SC2016
status_case "KILL" 137 -- sh -c 'kill -KILL $$'
status_case "not found" 127 -- /no/such/program
status_case "not found in PATH" 127 -- no-such-program
status_case "not executable" 126 -- /etc/passwd
check_nothing "statuses"
tty_case "through ssh, status 7" 7 plain-alice \
	"exec $PTY_BROKER attach s -- sh -c 'exit 7'" </dev/null
tty_case "through ssh, not found" 127 plain-alice \
	"exec $PTY_BROKER attach s -- /no/such" </dev/null
check_eq "no terminal" "pty-broker: standard input is no terminal, 255" \
	"$(broker attach s -- true 2>&1 </dev/null), $(
	broker attach s -- true >/dev/null 2>&1 </dev/null; echo $?)"
for act in peek kill wait; do
	check_eq "$act of none" "pty-broker: no: no such session, 255" \
		"$(broker "$act" no 2>&1), $(
		broker "$act" no >/dev/null 2>&1; echo $?)"
done
for name in '' . .. .x a/b 'a b' "$(printf 'a%.0s' {1..65})" 'ä' $'a\nb' \
	'*'; do
	check_eq "not a name: $(printf %q "$name")" 64 \
		"$(broker new "$name" >/dev/null 2>&1; echo $?)"
done
long=$(printf 'a%.0s' {1..64})
check "a name of 64" broker new "$long" -- cat
check "and its end" broker kill "$long"
check_nothing "names"

# Into itself a session is not attached: by its mark, or by its terminal.
at_tty "$PTY_BROKER" attach inner <<-END >"$out/log"
	expect login:alice$ 
	send $PTY_BROKER attach inner; echo "st=\$?"\r
	expect a session cannot be attached to itself
	expect st=255
	send env -u PTY_BROKER $PTY_BROKER attach inner; echo "st:\$?"\r
	expect a session cannot be attached to itself
	expect st:255
	send exit 3\r
END
check_eq "no session in itself" 3 $?
check_nothing "nesting"

# The terminal, as it was before.  What the program had switched on is off:
# alternate screen, mouse, bracketed paste, cursor keys, a hidden cursor.
# shellcheck disable=SC2016
around='stty intr ^G; stty -g >"$1"; shift; stty -g >/dev/null
"$@"; echo "status=$?"; stty -g'
modes=(sh -c 'printf "\033[?1049h\033[?1000h\033[?2004h\033[?1h\033[?25l"
	echo painted; cat')
# put_back NAME STATUS LINE...: of the script behind "painted"
put_back() {
	local name=$1 status=$2 mode

	shift 2
	rm -f "$out/before"
	viewer one sh -c "$around" - "$out/before" \
		"$PTY_BROKER" attach --detach-key '^]' p -- "${modes[@]}"
	told one 'expect painted'
	tell one "$@"
	tell one "expect status=$status"
	left one
	check_eq "$name: the modes are put back" \
		"$(cat "$out/before")" \
		"$(tail -n 1 "$out/shown.one" | tr -d '\r')"
	sed '0,/painted/d' "$out/shown.one" >"$out/behind"
	for mode in 1049l 1000l 2004l 1l 25h; do
		grep -qF $'\033[?'"$mode" "$out/behind" ||
			fail "$name: the screen is put back" "no $mode"
	done
	pass "$name: the screen is put back"
}
chmod 1777 "$out"
put_back "detached" 0 'send \x1d'
broker kill p
check_nothing "detached"
put_back "the command ended" 0 'send \x04'
check_nothing "the command ended"
# shellcheck disable=SC2016
modes[2]='printf "\033[?1049h\033[?1000h\033[?2004h\033[?1h\033[?25l"
	echo painted; read -r line; kill -KILL $$'
put_back "the command was killed" 137 'send \r'
check_nothing "the command was killed"

# The session itself: what runs in it hears the hangup of its terminal, and
# what is left of its files stops nobody.
modes[2]='printf "\033[?1049h\033[?1000h\033[?2004h\033[?1h\033[?25l"
	echo painted; exec cat'
rm -f "$out/killed"
mkfifo -m 0666 "$out/killed"
{ read -r _ <"$out/killed"; kill -KILL "$(fact p PID)"; } &
put_back "the session was killed" 255 "touch $out/now" \
	"$(printf 'await %s\n' "$out/now2")" &
putting=$!
wait_for 60 test -e "$out/now"
echo go >"$out/killed"
: >"$out/now2"
wait "$putting"
no_sessions() {
	! pgrep -u alice
}
check "its programs have heard it" wait_for 60 no_sessions
check_eq "list: it is none any more" "" "$(broker list)"
check "its name is free" broker new p -- cat
check "and can be ended" broker kill p
check_nothing "the session was killed"

# The viewer: his modes are for his shell to mend, the screen is not.
viewer one sh -c "$around" - "$out/before" \
	"$PTY_BROKER" attach p -- "${modes[@]}"
told one 'expect painted'
pkill -KILL -u alice -x pty-broker
# It is the session that puts it back, on the way to this.
wait_for 60 has_viewers p 0
tell one 'expect status=137'
left one
sed '0,/painted/d' "$out/shown.one" >"$out/behind"
check "the viewer was killed: the screen is put back" \
	grep -qF $'\033[?1049l' "$out/behind"
check "and the session has no viewer" wait_for 60 has_viewers p 0
broker kill p
check_nothing "the viewer was killed"

# The environment of who returns, and his agent: the path stays, what it leads
# to is the newest viewer's.  Would have caught a path of the first login.
if need ssh-agent; then
	ssh-keygen -q -t ed25519 -N '' -C forwarded -f "$out/key"
	agent=$(ssh-agent -s -a "$out/agent")
	SSH_AUTH_SOCK=$out/agent ssh-add -q "$out/key" 2>/dev/null
	agent_case() {
		SSH_AUTH_SOCK=$out/agent tty_case "$1" "$2" forced -A \
			-o IdentityAgent=SSH_AUTH_SOCK
	}
	agent_case "agent: forwarded" 255 <<-'END'
		expect login:alice$ 
		send echo "path is=$SSH_AUTH_SOCK"; ssh-add -l\r
		expect path is=/home/alice/.local/state/
		expect /pty/main.agent
		expect forwarded
		hangup
	END
	wait_for 60 has_viewers main 0
	check "SSH_CONNECTION is kept" grep -q '^SSH_CONNECTION=UNKNOWN' \
		"$place/main.env"
	check_eq "and private" "600 alice" \
		"$(stat -c '%a %U' "$place/main.env")"
	first=$(readlink "$place/main.agent")
	agent_case "agent: after the return" 0 <<-'END'
		expect login:alice$ 
		send clear; ssh-add -l | sed s/forw/again-forw/\r
		expect again-forwarded
		send exit\r
	END
	[ -n "$first" ] || fail "agent: the link" "none"
	# Would have caught a build that "new" began, and that can fetch nothing
	# before somebody attaches to it.
	server plain alice </dev/null
	check_match "agent: of who made it, before anybody attaches" \
		" forwarded " "$(SSH_AUTH_SOCK=$out/agent timeout 60 \
		"${SSH[@]}" -A -o IdentityAgent=SSH_AUTH_SOCK plain "
			$PTY_BROKER new early -- sh -c 'ssh-add -l >early.new \
				2>&1; mv early.new early; read -r _'
			until [ -e early ]; do sleep 0.1; done
			cat early" </dev/null 2>&1)"
	check "... and the link is left to the session" \
		test -L "$place/early.agent"
	broker kill early
	rm -f /home/alice/early
	eval "$(sed -n 's/^SSH_AGENT_PID=/kill &/; s/SSH_AGENT_PID=//p' \
		<<<"$agent" | cut -d';' -f1)" >/dev/null
	check_nothing "agent"
else
	skip "agent" "no ssh-agent"
fi

# Whose window counts.  A is 24x100, B is 30x80.
two_viewers() {
	viewer a -s 24x100 "$PTY_BROKER" attach --detach-key '^]' \
		--size "$1" z -- cat
	wait_for 60 has_viewers z 1
	viewer b -s 30x80 "$PTY_BROKER" attach "${@:2}" --detach-key '^]' z
	wait_for 60 has_viewers z 2
}
# size_case NAME SIZE
size_case() {
	wait_for 60 size_is z "$2"
	check_eq "size $1" "$2" "$(size_of z)"
}
end_viewers() {
	broker kill z
	left a
	left b
	check_nothing "size $1"
}
two_viewers latest
size_case "latest: who came last" "30 80"
tell a 'send x'
size_case "latest: who typed last" "24 100"
tell b 'resize 31 81'
size_case "latest: who resized last" "31 81"
tell b 'send \x1d'
size_case "latest: the other left" "24 100"
end_viewers latest
two_viewers smallest
size_case "smallest" "24 80"
tell b 'resize 10 200'
size_case "smallest: the other way round" "10 100"
tell b 'send \x1d'
size_case "smallest: the other left" "24 100"
end_viewers smallest
two_viewers largest
size_case "largest" "30 100"
end_viewers largest
two_viewers first
size_case "first" "24 100"
tell b 'send x'
tell a 'resize 25 90'
size_case "first: resized" "25 90"
tell a 'send \x1d'
size_case "first: the next one" "30 80"
end_viewers first
two_viewers fixed
tell a 'resize 50 50'
tell b 'resize 40 40'
told a 'send x\r' 'expect x'
size_case "fixed" "24 100"
end_viewers fixed
two_viewers latest -r
tell b 'resize 40 40'
told b 'send x\x03'
wait_for 60 has_viewers z 1
size_case "read-only never counts" "24 100"
end_viewers "read-only"

finish

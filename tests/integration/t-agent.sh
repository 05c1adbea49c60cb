#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent-forwarder beside a command: what the command gets, what passes, what
# is refused, and what is left when any of the two, or sshd, is gone.

# shellcheck disable=SC2016 # variables of the other side's shell
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"

out=$BED/out
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
place=/home/alice/.local/state/ssh-incubator/agent
bare() {
	"${as_alice[@]}" env -i PATH="$PATH" HOME=/home/alice "$@" </dev/null
}

# agent DIR USER: a real agent, at DIR/agent.
agent() {
	install -d -m 0700 -o "$2" "$1"
	setpriv --reuid "$2" --clear-groups --regid 1001 \
		ssh-agent -s -a "$1/agent" >"$out/agent.env" </dev/null
	agents+=("$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' \
		"$out/agent.env")")
}
agents=()
stop_agents() {
	kill "${agents[@]}" 2>/dev/null
}
trap 'stop_agents; fail "$SCRIPT" "ended early"; finish' EXIT

# Our processes, but those that only wait to be reaped.
forwarders() {
	local pid

	for pid in $(pgrep -x agent-forwarder); do
		[ "$(sed 's/.*) \(.\).*/\1/' "/proc/$pid/stat" 2>/dev/null)" \
			= Z ] || echo "$pid"
	done
}
nothing_left() {
	[ -z "$(forwarders)" ] && [ -z "$(ls -A "$place" 2>/dev/null)" ]
}
all_gone() {
	wait_for 20 nothing_left ||
		echo "$(forwarders) $(ls -A "$place" 2>/dev/null)"
}

for type in ed25519 ecdsa; do
	ssh-keygen -q -t $type -N '' -C "key $type" -f "$BED/keys/$type"
done
chmod 0644 "$BED"/keys/*.pub
fingerprint=$(ssh-keygen -lf "$BED/keys/ed25519.pub" | cut -d ' ' -f 2)

# Wrong usage.  Would have caught an option that nobody obeys, and a policy
# that is wider than its line says because a word in it was passed over.
usage() {
	local name=$1 regex=$2 status

	shift 2
	"$AGENT_FORWARDER" "$@" >"$out/stdout" 2>"$out/stderr" </dev/null
	status=$?
	check_match "usage: $name" "^64 0 agent-forwarder: $regex" \
		"$status $(wc -c <"$out/stdout") $(head -n 1 "$out/stderr")"
}
usage "unknown option" "--wrong: unknown" --wrong
usage "abbreviation" "--exclusiv: unknown" --exclusiv
usage "no fingerprint" "--allow-key: " --allow-key hunter2 true
usage "no operation" "--allow: " --allow everything true
usage "no rate" "--rate: " --rate many true
usage "no seconds" "--list-timeout: a number" --list-timeout 1.5 true
usage "no connections" "--max-connections: a number" --max-connections 0 true
usage "another word for --audit" "--audit: it can be" --audit=maybe true
usage "a relative file" "--audit-file: an absolute" --audit --audit-file x true
usage "a record that is not kept" "--audit-file goes with" --audit-file /x true
usage "--shared alone" "--shared goes with --stable" --shared true
usage "--raw with a policy" "--raw looks at nothing" --raw --deny sign true
usage "--raw with its policy printed" "--raw looks at nothing" \
	--print-policy --raw
usage "--raw and --stable" "--stable: --raw and" --raw --stable true
usage "--listen alone" "--listen goes with --raw" --listen /x true
usage "--serve-fd alone" "--serve-fd goes with" --serve-fd 0
usage "a descriptor that is closed" "--serve-fd: an open" --serve-fd 99
usage "an empty command" "the command is empty" ''
usage "a name that is a way" "--stable: a name is" --stable=../x true
usage "status with a policy" "status: no such" status --deny sign
check_match "-V" "^agent-forwarder [0-9]" "$("$AGENT_FORWARDER" -V)"
check_match "-h" "^usage: agent-forwarder " "$("$AGENT_FORWARDER" -h)"

# Without an agent.  Would have caught a login that needs one.
check_eq "without SSH_AUTH_SOCK it becomes the command" "same yes" "$(
	bare sh -c 'echo $$; exec "$0" -- sh -c "echo \$\$"' \
		"$AGENT_FORWARDER" | uniq | wc -l | sed 's/^1$/same/') $(
	[ -e "$place" ] || echo yes)"
check_eq "... and its status is the command's" 7 \
	"$(bare "$AGENT_FORWARDER" -- sh -c 'exit 7'; echo $?)"
check_eq "a command that is not there" 127 \
	"$(bare "$AGENT_FORWARDER" -- /no/such 2>/dev/null; echo $?)"
check_eq "one that cannot be executed" 126 \
	"$(bare "$AGENT_FORWARDER" -- /etc/passwd 2>/dev/null; echo $?)"
check_eq "what the client asked for, and its variable is gone" "[] asked" \
	"$(bare SSH_ORIGINAL_COMMAND='echo "[$SSH_ORIGINAL_COMMAND]" asked' \
		"$AGENT_FORWARDER")"
check_eq "the next helper keeps it" "asked" \
	"$(bare SSH_ORIGINAL_COMMAND='echo asked' "$AGENT_FORWARDER" -- \
		"$AGENT_FORWARDER")"

# Through sshd.  A chain of our helpers, each of which becomes the next.
agent "$out/a" root
export SSH_AUTH_SOCK=$out/a/agent
A=(-A -o IdentityAgent=SSH_AUTH_SOCK)
ssh-add -q "$BED/keys/ed25519" "$BED/keys/ecdsa"
chain="exec $ENV_FILTER -- $AGENT_FORWARDER"
server agent-alice alice <<<"ForceCommand $chain"
server plain-alice alice </dev/null
limited() {
	server "$1" alice <<<"ForceCommand exec $AGENT_FORWARDER $2"
}
login() {
	"${SSH[@]}" "${A[@]}" "$@" 2>"$out/stderr" </dev/null
}

check_match "the command has a socket of its own" \
	"^$place/s-[0-9]+-[0-9a-f]{8}[.]sock\$" \
	"$(login agent-alice 'echo $SSH_AUTH_SOCK')"
check_eq "... and none without ssh -A" "" \
	"$("${SSH[@]}" agent-alice 'echo $SSH_AUTH_SOCK' </dev/null)"
check_eq "list and sign pass" "2 signed" \
	"$(login agent-alice "ssh-add -l | wc -l; ssh-add -T \
		$BED/keys/ed25519.pub && echo signed" | paste -sd ' ')" agent-alice
login agent-alice "ssh-add -D; ssh-add -d $BED/keys/ed25519.pub;
	echo pin | SSH_ASKPASS=/bin/true SSH_ASKPASS_REQUIRE=force ssh-add -x;
	ssh-keygen -q -t ed25519 -N '' -f /tmp/new; ssh-add /tmp/new;
	ssh-add -s /usr/lib/x.so; rm /tmp/new*" >/dev/null
check_eq "agent 20: what changes the agent is refused" 2 \
	"$(ssh-add -l | wc -l)"
check_eq "agent 20: message 9 is remove-all" "5 1 2" \
	"$(login agent-alice "/bed/bin/agenttalk \$SSH_AUTH_SOCK type=9 send \
		reply") $(ssh-add -l | wc -l)"
login agent-alice "ssh-add -l" >/dev/null
check_eq "nothing is left when it has ended" "" "$(all_gone)"

# Would have caught a process of ours that waits for the command, a child that
# the command never made, and a socket that every program inherits (I7).
login agent-alice 'echo $$ $PPID; ls /proc/$$/fd;
	echo "sshd: $(cat /proc/$PPID/comm)";
	for f in /proc/[0-9]*/stat; do cut -d " " -f 4 $f; done 2>/dev/null |
		grep -cx $$' >"$out/stdout"
# The subshell of the pipe, and ls, are the shell's own.
check_eq "I7 the command has no descriptor of ours" "0 1 2" \
	"$(sed -n '2,/sshd:/p' "$out/stdout" | grep -x '[0-9]*' | paste -sd ' ')"
check_match "no process of ours is in between" "^sshd: sshd" \
	"$(grep sshd: "$out/stdout")"
check_eq "the command's children are its own" "none" "$(
	login agent-alice "perl -e 'print wait() == -1 ? \"none\" : \"one\"'")"

# The serving process: away from the command, and from its terminal.
login agent-alice 'p=$(pgrep -x agent-forwarder); cat /proc/$p/stat;
	cat /proc/$p/status; ps -o sid= -p $$; id' >"$out/stdout"
check_eq "it leads a session of nobody's terminal" "0" \
	"$(sed -n '1s/.*) //p' "$out/stdout" | cut -d ' ' -f 5)"
if grep -q '^NoNewPrivs:.*1' "$out/stdout"; then
	pass "it can get no privilege"
else
	fail "it can get no privilege" "$(grep NoNew "$out/stdout")"
fi
check_eq "nobody else's processes may look into it" "refused" "$(
	login agent-alice 'p=$(pgrep -x agent-forwarder);
		ls /proc/$p/fd 2>/dev/null || echo refused')"
login agent-alice 'grep -h "^Seccomp:\|^NoNewPrivs:" /proc/$$/status' \
	>"$out/stdout"
check_eq "the command is not confined" $'NoNewPrivs:\t0\nSeccomp:\t0' \
	"$(sort "$out/stdout")"

# What passes is what the options say.
limited only-alice "--allow-key $fingerprint"
check_eq "--allow-key: other keys are hidden" "1 $fingerprint" \
	"$(login only-alice 'ssh-add -l | wc -l; ssh-add -l' |
		cut -d ' ' -f 1,2 | paste -sd ' ' | cut -d ' ' -f 1,3)"
check_eq "... and do not sign" refused "$(login only-alice "ssh-add -T \
	$BED/keys/ecdsa.pub >/dev/null 2>&1 || echo refused")"
limited change-alice "--allow remove"
check_eq "--allow remove" 1 "$(login change-alice "ssh-add -qd \
	$BED/keys/ecdsa.pub; ssh-add -l" | wc -l)"
ssh-add -q "$BED/keys/ecdsa"
limited nosign-alice "--deny sign"
check_eq "--deny sign" refused "$(login nosign-alice "ssh-add -T \
	$BED/keys/ecdsa.pub >/dev/null 2>&1 || echo refused")"
limited count-alice "--max-signatures 1"
check_eq "--max-signatures" "1 refused" "$(login count-alice "for i in 1 2; do
	ssh-add -T $BED/keys/ecdsa.pub 2>/dev/null && echo 1 || echo refused
	done" | paste -sd ' ')"
printf 'AllowKey %s\n' "$fingerprint" >"$BED/conf/policy"
chmod 0644 "$BED/conf/policy"
chmod 0755 "$BED/conf"
limited file-alice "--policy $BED/conf/policy"
check_eq "--policy FILE" 1 "$(login file-alice 'ssh-add -l' | wc -l)"

# Would have caught a policy that counts twice where --stable cannot be had:
# five rates are ten then, and more than eight are an error.
printf 'Rate %s\n' 5/1 6/2 7/3 8/4 9/5 >"$BED/conf/rates"
limited rates-alice "--policy $BED/conf/rates --stable=blocked"
"${as_alice[@]}" sh -c "echo mine >$place/blocked.sock"
check_eq "--policy FILE without the path of --stable" "2 1" \
	"$(login rates-alice 'ssh-add -l' | wc -l) $(
		grep -c 'only this session' "$out/stderr")"
rm "$place/blocked.sock"
printf 'AllowKey x\nNonsense\n' >"$BED/conf/policy"
login file-alice 'echo ran' >"$out/stdout"
check_eq "one with mistakes: all of them, and nothing runs" "255 0 2" \
	"$? $(wc -c <"$out/stdout") $(grep -c 'policy line [12]:' \
		"$out/stderr")"
# Would have caught a file called wrong that nobody has looked into.
check_eq "... and that it is wrong" \
	"agent-forwarder: the policy's file is wrong" \
	"$(tail -n 1 "$out/stderr")"
unusable="agent-forwarder: the policy's file cannot be used"
for what in "chmod 0646" rm; do
	$what "$BED/conf/policy"
	login file-alice 'echo ran' >"$out/stdout"
	check_eq "$what: it cannot be used, and nothing runs" \
		"255 0 2 $unusable" "$? $(wc -c <"$out/stdout") $(wc -l \
			<"$out/stderr") $(tail -n 1 "$out/stderr")"
done
check_eq "... and nothing is left" "" "$(all_gone)"
check_eq "... but without an agent it does not matter" ran \
	"$("${SSH[@]}" file-alice 'echo ran' </dev/null)"

# The end of each.  "held": a login that stays, with the pids of its command
# and its serving process.
held() {
	: >"$out/held"
	chmod 0666 "$out/held"
	"${SSH[@]}" "${A[@]}" "$1" 'ssh-add -l >/dev/null;
		echo $$ $(pgrep -x agent-forwarder) $PPID >/bed/out/held;
		exec sleep 100' >/dev/null 2>&1 </dev/null &
	held_ssh=$!
	wait_for 20 test -s "$out/held"
	read -r command serving sshd <"$out/held"
}
held agent-alice
check_eq "it serves while the command runs" 1 "$(forwarders | wc -l)"
kill -KILL "$command"
wait $held_ssh
check_eq "kill -9 of the command: nothing is left" "" "$(all_gone)"
held agent-alice
kill -KILL "$sshd"
wait $held_ssh
kill -HUP "$command" 2>/dev/null
check_eq "kill -9 of sshd: nothing is left" "" "$(all_gone)"
held agent-alice
kill -TERM "$serving"
check_eq "SIGTERM of the serving process: nothing is left" "" "$(all_gone)"
check "... and the command goes on" kill -0 "$command"
kill "$command"
wait $held_ssh
held agent-alice
# Where the kernel has no such filter, or under a sanitizer, it cannot be.
if grep -qx 'Seccomp:.*0' "/proc/$serving/status"; then
	skip "it is confined" "no filter"
else
	check_eq "it is confined" "2 1" "$(sed -n 's/^Seccomp:\t//p' \
		"/proc/$serving/status") $(sed -n 's/^NoNewPrivs:\t//p' \
		"/proc/$serving/status")"
fi
check_eq "... has nothing of the login's open" "" "$(find \
	"/proc/$serving/fd" -lname 'pipe:*' -o -lname '/dev/pts/*')"
check_eq "... and stands in no directory of the user's" / \
	"$(readlink "/proc/$serving/cwd")"
kill -KILL "$serving"
check "kill -9 of the serving process: the command goes on" \
	kill -0 "$command"
check_eq "... its socket is left over" 2 "$(find "$place" -type f -o -type s | wc -l)"
first=$(ls "$place"/*.sock)
check_eq "... refuses" 2 "$(SSH_AUTH_SOCK=$first ssh-add -l >/dev/null 2>&1
	echo $?)"
touch "$place/other.lock" "$place/s-1-zz.lock"
ln -s /etc/passwd "$place/s-1-00000000.lock"
check_eq "... and the next session sweeps it" gone \
	"$(login agent-alice "test -e $first || echo gone")"
check_eq "what it did not make stays" "other.lock s-1-00000000.lock s-1-zz.lock" \
	"$(wait_for 20 test -z "$(forwarders)"; find "$place" -type f -o -type l |
		sed 's,.*/,,' | sort | paste -sd ' ')"
rm "$place"/*.lock
kill "$command"
wait $held_ssh
# One that is alive is nobody's to sweep.
held agent-alice
live=$(ls "$place"/*.sock)
check_eq "one that is served is not swept" there \
	"$(login agent-alice "test -S $live && echo there")"
kill "$command"
wait $held_ssh
check_eq "... and nothing is left" "" "$(all_gone)"

# I8: what stands in the way.  Would have caught a socket in a directory that
# others can enter.
chmod 0755 "$place"
login agent-alice 'echo ran' >"$out/stdout"
check_match "I8 a directory that is not private: refused" \
	"^255 0 agent-forwarder: agent: $place: not private" \
	"$? $(wc -c <"$out/stdout") $(cat "$out/stderr")"
chmod 0700 "$place"
check_eq "... and nothing is left" "" "$(all_gone)"

# --exclusive.
limited alone-alice --exclusive
rm -rf /home/alice/.ssh/agent
check_eq "--exclusive: sshd's socket has no name, and the agent works" \
	"2 gone" "$(login alone-alice "ssh-add -l | wc -l;
		ls /tmp/ssh-*/agent.\$PPID ~/.ssh/agent/* 2>/dev/null ||
			echo gone" | paste -sd ' ')"
check_eq "... which it has without" there "$(login agent-alice "

		ls /tmp/ssh-*/agent.\$PPID ~/.ssh/agent/* 2>/dev/null |
			grep -q . && echo there")"
check_eq "... and nothing is left" "" "$(all_gone)"
by_hand() {
	SSH_AUTH_SOCK=$1 "${as_alice[@]}" env HOME=/home/alice \
		"$AGENT_FORWARDER" --exclusive -- echo ran 2>&1 </dev/null
}
install -d -m 0700 -o 1001 "$out/d"
: >"$out/d/file"
chown 1001 "$out/d/file"
install -d -m 0777 -o 1001 "$out/w"
chmod 0777 "$out/w"
agent "$out/o" 1001
cp -l "$out/o/agent" "$out/w/agent"
ln -s "$out/o/agent" "$out/d/link"
chmod 0711 "$out/a"
check_match "--exclusive: another user's socket" "another user's$" \
	"$(by_hand "$out/a/agent")"
check_match "--exclusive: no socket" "it is no socket$" \
	"$(by_hand "$out/d/file")"
check_match "--exclusive: a symbolic link" "it is no socket$" \
	"$(by_hand "$out/d/link")"
check_match "--exclusive: a directory that others can write" \
	"others can write to its directory$" "$(by_hand "$out/w/agent")"
check_match "--exclusive: nothing there" "it is gone" \
	"$(by_hand "$out/d/none")"
check_eq "... none of them lost its name" 4 \
	"$(find "$out/a/agent" "$out/d/file" "$out/d/link" "$out/w/agent" |
		wc -l)"
# Would have caught a socket that can still be reached when its name is gone.
check_match "--exclusive: a second name" "it has another name besides$" \
	"$(by_hand "$out/o/agent")"
rm "$out/w/agent"
check_eq "... and one of one's own does" "ran gone" "$(by_hand \
	"$out/o/agent") $(test -e "$out/o/agent" || echo gone)"
# Two sessions of one connection have one socket.
mux=(-o ControlPath="$out/mux" -A -o IdentityAgent=SSH_AUTH_SOCK)
"${RAW_SSH[@]}" "${mux[@]}" -o ControlMaster=yes -fN alone-alice 2>/dev/null
"${SSH[@]}" "${mux[@]}" alone-alice 'echo 1 >/bed/out/first; sleep 100' \
	>/dev/null 2>&1 </dev/null &
first=$!
: >"$out/first"
chmod 0666 "$out/first"
if wait_for 20 test -s "$out/first"; then
	"${SSH[@]}" "${mux[@]}" alone-alice 'echo ran' >"$out/stdout" \
		2>"$out/stderr" </dev/null
	check_match "--exclusive: a second session of the connection" \
		"^255 0 agent-forwarder: agent: .*another session of this" \
		"$? $(wc -c <"$out/stdout") $(cat "$out/stderr")"
else
	fail "--exclusive: a second session of the connection" "no first one"
fi
"${RAW_SSH[@]}" "${mux[@]}" -O exit alone-alice 2>/dev/null
wait $first
pkill -u alice sleep
# ... of which the other one need not be ours at all.
server both-alice alice <<END
ForceCommand case \$SSH_ORIGINAL_COMMAND in (alone) exec $AGENT_FORWARDER \
--exclusive -- echo ran;; esac; echo \$SSH_AUTH_SOCK >/bed/out/first; sleep 100
END
sed -i -z 's/\\\n//' "$BED/conf/both-alice"
"${RAW_SSH[@]}" "${mux[@]}" -o ControlMaster=yes -fN both-alice 2>/dev/null
: >"$out/first"
"${SSH[@]}" "${mux[@]}" both-alice first >/dev/null 2>&1 </dev/null &
first=$!
wait_for 20 test -s "$out/first"
"${SSH[@]}" "${mux[@]}" both-alice alone >"$out/stdout" 2>"$out/stderr" \
	</dev/null
check_match "--exclusive: another session's agent is not taken" \
	"^255 0 agent-forwarder: agent: .* has it, too" \
	"$? $(wc -c <"$out/stdout") $(cat "$out/stderr")"
check "... and keeps its name" test -S "$(cat "$out/first")"
"${RAW_SSH[@]}" "${mux[@]}" -O exit both-alice 2>/dev/null
wait $first
pkill -u alice sleep
check_eq "... and nothing is left" "" "$(all_gone)"

stop_agents
finish

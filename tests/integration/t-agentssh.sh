#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent-forwarder in the middle of what OpenSSH does with agents: each kind of
# key, several hosts in a row, locked agents.  What ssh-agent and ssh say
# without it is what they say with it.

# shellcheck disable=SC2016 # variables of the other side's shell
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"

out=$BED/out
keys=$BED/keys
eval "$(ssh-agent -s -a "$out/agent" </dev/null)" >/dev/null
trap 'kill $SSH_AGENT_PID; fail "$SCRIPT" "ended early"; finish' EXIT
A=(-A -o IdentityAgent=SSH_AUTH_SOCK)
server plain-alice alice </dev/null
server fwd-alice alice <<<"ForceCommand exec $AGENT_FORWARDER"
server all-alice alice <<<"ForceCommand exec $AGENT_FORWARDER --pass-all"
login() {
	"${SSH[@]}" "${A[@]}" "$@" </dev/null 2>"$out/stderr"
}
# As the test has it where a server's socket cannot be listed by its name.
for host in plain fwd; do
	login $host-alice 'echo $SSH_AUTH_SOCK'
done >"$out/stdout"
check_match "the two are different" "^/.* /home/alice/[.]local/state/" \
	"$(paste -sd ' ' "$out/stdout")"

# agent 21: who says that he sends no more has his reply all the same.  Without
# us none of them comes, which is what would have been passed on.
ssh-keygen -q -t ed25519 -N '' -f "$keys/ed25519"
ssh-add -q "$keys/ed25519"
half_closed() {
	login "$1" "/bed/bin/agenttalk \$SSH_AUTH_SOCK times=300 $2 half \
		rest" | grep -c "^$3 "
}
check_eq "agent 21: through sshd and ssh -A, lists" 300 \
	"$(half_closed fwd-alice "list send" 12)"
check_eq "agent 21: ... of 5 requests each" 1500 \
	"$(half_closed fwd-alice "list again=4 send" 12)"
printf '# agent 21: without us: %s of 300\n' \
	"$(half_closed plain-alice "list send" 12)"

# agent 23: each type of key, its certificate, and both by two hosts.
ssh-keygen -q -t ed25519 -N '' -f "$keys/ca"
types="ed25519 ecdsa-256 ecdsa-384 ecdsa-521 rsa-2048"
for type in $types; do
	key=$keys/t-${type%-*}${type#*-}
	ssh-keygen -q -t "${type%-*}" -N '' -f "$key" \
		-b "$(case $type in (*-*) echo "${type#*-}";; (*) echo 256;;
			esac)"
	ssh-keygen -q -s "$keys/ca" -I "$type" -n alice "$key.pub"
	ssh-add -q "$key"
done
chmod 0644 "$keys"/*.pub
for type in $types; do
	key=t-${type%-*}${type#*-}
	check_eq "agent 23: $type is signed with" "signed signed" "$(
		login fwd-alice "for k in $keys/$key.pub \
			$keys/$key-cert.pub; do ssh-add -T \$k \
			>/dev/null 2>&1 && echo signed || echo refused
			done" | paste -sd ' ')"
done
check_eq "agent 23: the list is the agent's, to the byte" \
	"$(ssh-add -L | md5sum)" "$(login fwd-alice 'ssh-add -L' | md5sum)"

# Keys of a device, for which stands what OpenSSH's own tests have.
dummy=/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so
for type in ed25519-sk ecdsa-sk; do
	if ! ssh-keygen -q -t $type -w $dummy -N '' -f "$keys/s-$type" \
		>/dev/null 2>&1 </dev/null; then
		skip "agent 23: $type" "no device, and no $dummy"
		continue
	fi
	chmod 0644 "$keys/s-$type.pub"
	ssh-add -q -S $dummy "$keys/s-$type"
	check_eq "agent 23: $type is signed with" signed "$(login fwd-alice \
		"ssh-add -T $keys/s-$type.pub && echo signed" 2>&1)"
	ssh-add -qd "$keys/s-$type.pub"
done

# Keys that come and go, by file and standard input, with their certificates
# and without.  Prints how many keys and certificates there are each time.
ssh-keygen -q -t ed25519 -N '' -C flow -f "$out/flow"
ssh-keygen -q -s "$keys/ca" -I flow -n alice "$out/flow.pub"
chown 1001 "$out"/flow*
cat >"$out/flow.sh" <<'EOF'
cd /bed/out
try() {
	"$@" >/dev/null 2>&1
	ssh-add -L | awk '/flow$/ { n[/-cert-/]++ }
		END { printf "%d%d ", n[0], n[1] }'
}
try ssh-add flow
try ssh-add -d flow
try ssh-add - <flow
try ssh-add -d - <flow.pub
try ssh-add flow
try ssh-add -d - <flow-cert.pub
try ssh-add flow
try ssh-add -k -d flow
try ssh-add -d flow-cert.pub
EOF
login plain-alice "sh $out/flow.sh" >"$out/plain.flow"
login all-alice "sh $out/flow.sh" >"$out/all.flow"
check_same "agent 23: keys come and go" "$out/plain.flow" "$out/all.flow"
check_eq "... by file and standard input" "11 00 10 00 11 10 11 01 00 " \
	"$(cat "$out/all.flow")"
check_eq "... and not unless that is allowed" \
	"00 00 00 00 00 00 00 00 00 " "$(login fwd-alice "sh $out/flow.sh")"

# SIGUSR1 empties an agent, of those that do not die of it.
usr1=$(ssh-agent -s -a "$out/usr1" </dev/null |
	sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p')
shows() {
	SSH_AUTH_SOCK=$out/usr1 ssh-add -l
}
shows_none() {
	! shows
}
SSH_AUTH_SOCK=$out/usr1 ssh-add -q "$keys/ed25519"
kill -USR1 "$usr1"
wait_for 20 shows_none
shows >/dev/null 2>&1
if [ $? = 2 ]; then
	skip "agent 23: SIGUSR1" "this ssh-agent dies of it"
else
	SSH_AUTH_SOCK=$out/usr1 ssh-add -q "$keys/ed25519"
	check_eq "agent 23: SIGUSR1 empties it" "0 1" "$(
		SSH_AUTH_SOCK=$out/usr1 timeout 20 "$AGENT_FORWARDER" -- \
			sh -c 'ssh-add -l >/dev/null; echo $?
			kill -USR1 $0
			while ssh-add -l >/dev/null; do :; done
			ssh-add -l >/dev/null; echo $?' "$usr1" |
			paste -sd ' ')"
	kill "$usr1"
fi

row="a b c" signer=$out/signer
cat "$keys/t-ed25519ed25519.pub" "$keys/t-rsa2048.pub" >"$signer"
# shellcheck source=agentrow.sh
. "$(dirname "$0")/agentrow.sh"
for kind in plain fwd; do
	check_eq "agent 23: three hosts in a row, $kind" "5 signed" "$(through \
		$kind "ssh-add -l | grep -vc CERT; ssh-add -T \
		$keys/ed25519.pub >/dev/null && echo signed" a b c |
		paste -sd ' ' | sed 's/^6 /5 /')"
done

# Would have caught flags that are lost: ssh looks which hash there is.
for hash in 256 512; do
	option="-o PubkeyAcceptedAlgorithms=rsa-sha2-$hash"
	check_eq "agent 23: rsa with SHA-$hash" signed \
		"$(through fwd "ssh -F $out/fwd.ssh $option b echo signed" a)"
done

# agent 28: clients that are there at once, each with requests of its own.
# Would have caught replies that are mixed up, and one who waits for another.
if need git; then
	git init -q "$out/repo"
	(cd "$out/repo" && echo text >file && git add file &&
		git -c user.name=a -c user.email=a@b commit -qm one)
	cat >"$out/clones" <<-END
		GIT_SSH_COMMAND='ssh -F $out/fwd.ssh'
		export GIT_SSH_COMMAND
		for i in 1 2 3 4; do
			git clone -q b:$out/repo $out/clone-\$i &
		done
		wait
		cat $out/clone-?/file
	END
	check_eq "agent 28: four times git clone at once" "4 text" \
		"$(through fwd "sh $out/clones" a | uniq -c | sed 's/^ *//')"
else
	skip "agent 28: git clone" "needs git"
fi

# agent 27: a bind that fails is for its connection alone.  Agents that know
# of that (not yet OpenSSH 9.2's) show a restricted key to nobody after it.
if ssh-add -h x -H /dev/null /dev/null 2>&1 | grep -q 'unknown option\|usage'
then
	skip "agent 27: a bind that failed" "ssh-add is too old"
else
	restricted=$keys/t-ed25519ed25519
	ssh-add -q -H "$out/known" -h a "$restricted" 2>/dev/null
	talk='/bed/bin/agenttalk $SSH_AUTH_SOCK'
	bind="$talk list send reply extension=session-bind@openssh.com send \
		reply list send reply; $talk list send reply"
	for host in plain fwd; do
		login $host-alice "$bind" >"$out/$host.bind"
	done
	check_same "agent 27: a bind that failed, through ssh" \
		"$out/plain.bind" "$out/fwd.bind"
	sh -c "$bind" >"$out/plain.bind" </dev/null
	"$AGENT_FORWARDER" -- sh -c "$bind" >"$out/fwd.bind" </dev/null
	check_same "agent 27: a bind that failed, on this host" \
		"$out/plain.bind" "$out/fwd.bind"
	check_eq "... is for its connection alone" "12 5 12" "$(sed -n \
		'1s/ .*//p;2s/ .*//p;4s/ .*//p' "$out/fwd.bind" |
		paste -sd ' ')"
	ssh-add -qD 2>/dev/null
	ssh-add -q "$keys/ed25519"
fi

# agent 25: the socket's mode is not what keeps others out.
server held-alice alice <<<"ForceCommand exec $AGENT_FORWARDER"
: >"$out/socket"
chmod 0666 "$out/socket"
"${SSH[@]}" "${A[@]}" held-alice 'd=${SSH_AUTH_SOCK%/*}; ssh-add -l >/dev/null
	chmod 0666 $SSH_AUTH_SOCK
	while [ $d != /home/alice ]; do chmod a+x $d; d=${d%/*}; done
	echo $SSH_AUTH_SOCK >/bed/out/socket; exec sleep 100' \
	>/dev/null 2>&1 </dev/null &
held=$!
wait_for 20 test -s "$out/socket"
path=$(cat "$out/socket")
check_eq "agent 25: another user is sent away" EOF "$(setpriv --reuid 1002 \
	--clear-groups --regid 1002 /bed/bin/agenttalk "$path" list send \
	reply 2>&1 | sed 's/RESET/EOF/')"
check_match "... and root is not" "^12 " \
	"$(/bed/bin/agenttalk "$path" list send reply)"
pkill -u alice sleep
wait $held
chmod 0700 "${path%/*}" "$(dirname "${path%/*}")"

# agent 26: locked, expired, and one that asks.
export SSH_ASKPASS=$out/askpass SSH_ASKPASS_REQUIRE=force
printf '#!/bin/sh\necho word\n' >"$SSH_ASKPASS"
chmod 0755 "$SSH_ASKPASS"
ssh-add -x >/dev/null 2>&1 </dev/null
check_eq "agent 26: a locked agent shows nothing" "1 refused" "$(login \
	fwd-alice "ssh-add -l >/dev/null; echo \$?; ssh-add -T \
	$keys/ed25519.pub >/dev/null 2>&1 || echo refused" | paste -sd ' ')"
check_eq "agent 26: and is not unlocked from there" refused "$(login \
	fwd-alice "SSH_ASKPASS=$SSH_ASKPASS SSH_ASKPASS_REQUIRE=force ssh-add \
	-X >/dev/null 2>&1 || echo refused")"
check_eq "agent 26: but where that is allowed" 1 "$(login all-alice \
	"SSH_ASKPASS=$SSH_ASKPASS SSH_ASKPASS_REQUIRE=force ssh-add \
	-X >/dev/null 2>&1; ssh-add -l" | wc -l)"
ssh-keygen -q -t ed25519 -N '' -f "$out/new"
chmod 0644 "$out/new"
chown 1001 "$out/new"
chmod 0600 "$out/new"
check_eq "agent 26: and there a key for a while is added" added "$(login \
	all-alice "ssh-add -q -t 3600 $out/new && echo added" 2>&1)"
check_eq "... and removed" removed "$(login all-alice "ssh-add -qd \
	$out/new && echo removed")"

# One key asks, for as long as the test wants: all that is about another one
# is answered once the agent is (it serves one after the other).
kill "$SSH_AGENT_PID"
rm -f "$out/agent"
mkfifo "$out/answer"
chmod 0666 "$out/answer"
cat >"$SSH_ASKPASS" <<END
#!/bin/sh
: >$out/asked
read -r word <$out/answer
[ "\$word" = yes ]
END
eval "$(DISPLAY=:9 ssh-agent -s -a "$out/agent" </dev/null)" >/dev/null
ssh-add -qc "$keys/ed25519" 2>/dev/null
for answer in yes no; do
	rm -f "$out/asked"
	login fwd-alice "ssh-add -T $keys/ed25519.pub >/dev/null 2>&1 &&
		echo signed || echo refused" >"$out/signed" &
	asked=$!
	wait_for 20 test -e "$out/asked"
	timeout 20 sh -c "echo $answer >$out/answer"
	wait $asked
	check_eq "agent 26: a key that asks: $answer" \
		"$([ $answer = yes ] && echo signed || echo refused)" \
		"$(cat "$out/signed")"
done

kill "$SSH_AGENT_PID"
finish

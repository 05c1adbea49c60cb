#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# agent 43: the records of agent-forwarder.  One of each signature, with what
# is known of it and nothing secret; and what happens when it cannot be
# written.

# shellcheck disable=SC2016 # variables of the other side's shell
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$AGENT_FORWARDER" ] || skip_all "agent-forwarder was not built"
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"

out=$BED/out
records=/home/alice/records
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
eval "$(ssh-agent -s -a "$out/agent" </dev/null)" >/dev/null
trap 'kill $SSH_AGENT_PID; fail "$SCRIPT" "ended early"; finish' EXIT
ssh-keygen -q -t ed25519 -N '' -C hunter2comment -f "$BED/keys/signer"
chmod 0644 "$BED/keys/signer.pub"
ssh-add -q "$BED/keys/signer"
# As a pattern: base64 has '+'.
fingerprint=$(ssh-keygen -lf "$BED/keys/signer.pub" | cut -d ' ' -f 2 |
	sed 's/[+]/[+]/g')
A=(-A -o IdentityAgent=SSH_AUTH_SOCK)
recorded() {
	server "$1" alice <<<"ForceCommand exec $AGENT_FORWARDER $2"
}
login() {
	"${SSH[@]}" "${A[@]}" "$@" 2>"$out/stderr" </dev/null
}
# What was told of agents since mark_log, but for what is said once where the
# kernel, or a sanitizer, leaves no room for a confinement.
told() {
	sync_log
	tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.\{15\} agent-forwarder\[[0-9]*\]: //p' |
		grep -v '^confined in part: '
}

# Two signatures of two kinds, a list, and one that is refused.
recorded all-alice "--audit --audit-file $records --deny remove"
mark_log
login all-alice 'ssh-add -l >/dev/null; ssh-add -T /bed/keys/signer.pub
	echo hunter2data >d; ssh-keygen -Y sign -n git -f /bed/keys/signer.pub d
	ssh-add -d /bed/keys/signer.pub; rm -f d d.sig
	ls -l ~/records' >"$out/stdout" 2>&1
told >"$out/told"
check_eq "agent 43: one record of each signature and of each refusal" "3 3" \
	"$(wc -l <"$records") $(wc -l <"$out/told")" all-alice
check_match "... in a file that is its user's alone" "^-rw------- 1 alice" \
	"$(grep records "$out/stdout")"
check_match "agent 43: a signature of something" "^verdict=allowed \
result=success op=sign key=$fingerprint class=other forwarded=[a-z]* \
pid=[0-9]+ uid=1001 exe=/usr/bin/ssh-add agent=\"pid [0-9]+\" ms=[0-9]+\$" \
	"$(sed -n 1p "$out/told")"
check_match "agent 43: a signature of a file" "class=sshsig namespace=git .*\
exe=/usr/bin/ssh-keygen " "$(sed -n 2p "$out/told")"
check_match "agent 43: a refusal" "^verdict=refused reason=.* op=remove key=" \
	"$(sed -n 3p "$out/told")"
check_match "the same in the file" "^[{]\"time\":\"20[0-9-]*T[0-9:.]*Z\",\
\"verdict\":\"allowed\",\"result\":\"success\",\"op\":\"sign\",\"key\":\
\"$fingerprint\",\"class\":\"other\",.*,\"exe\":\"/usr/bin/ssh-add\",.*[}]\$" \
	"$(sed -n 1p "$records")"
if perl -MJSON::PP -e 1 2>/dev/null; then
	check_eq "... each of which is JSON" "sign sign remove" "$(perl \
		-MJSON::PP -ne 'print decode_json($_)->{op}, "\n"' \
		"$records" | paste -sd ' ')"
else
	skip "... each of which is JSON" "no JSON::PP"
fi

# By hand, as root.
here() {
	timeout 20 "$AGENT_FORWARDER" "${must[@]}" -- sh -c "$1" \
		2>"$out/stderr" </dev/null
}

# A login by way of the agent: who.
server plain-alice alice </dev/null
cp "$BED/keys/signer.pub" "$BED/auth/signer"
server nested-bob bob <<<"AuthorizedKeysFile $BED/auth/signer"
must=(--audit)
mark_log
here "ssh -F $BED/ssh_config -o IdentityAgent=\$SSH_AUTH_SOCK \
	-o IdentityFile=$BED/keys/signer.pub nested-bob true" >/dev/null
check_match "agent 43: a login" "class=userauth user=bob \
service=ssh-connection .*exe=/usr/bin/ssh " "$(told | grep userauth)"

# Nothing secret: keys, the passphrase of a lock, the PIN of a card, what was
# signed, comments.
ssh-keygen -q -t ed25519 -N '' -C hunter2new -f "$out/new"
chown 1001 "$out/new"
cat >"$out/askpass" <<'END'
#!/bin/sh
echo hunter2pass
END
chmod 0755 "$out/askpass"
mark_log
login all-alice "export SSH_ASKPASS=$out/askpass SSH_ASKPASS_REQUIRE=force
	ssh-add $out/new; ssh-add -x; ssh-add -X; ssh-add -s /usr/lib/x.so
	ssh-add -e /usr/lib/x.so; ssh-add -c $out/new; ssh-add -t 9 $out/new
	ssh-add -D" >/dev/null
told >"$out/told"
check_eq "agent 43: what is refused of the dangerous" \
	"add add-smartcard lock remove-all unlock" "$(sed -n \
		's/.* op=\([a-z-]*\) .*/\1/p' "$out/told" | sort -u |
		grep -v remove-smartcard | paste -sd ' ')"
private=$(sed '1,2d;$d' "$out/new" | head -n 1 | base64 -d 2>/dev/null |
	head -c 4 | od -An -to1 | sed 's/ /\\/g')
check_eq "agent 43: nothing secret is in any record" "0 0" \
	"$(cat "$out/told" "$records" | grep -c hunter2) $(cat "$out/told" \
		"$records" | grep -cF "$private")"

# Without --audit the refusals alone, and no file.
recorded some-alice ""
mark_log
login some-alice "ssh-add -T $BED/keys/signer.pub; ssh-add -D" >/dev/null
check_match "without --audit: refusals" "^verdict=refused .* op=remove-all" \
	"$(told)"

# A file that is somebody else's too, or none.
refuses_file() {
	login all-alice 'echo ran' >"$out/stdout"
	check_match "a file that $1: refused" \
		"^255 0 agent-forwarder: agent: --audit-file: $records: $2" \
		"$? $(wc -c <"$out/stdout") $(cat "$out/stderr")"
	rm -rf "$records"
}
rm -f "$records"
: >"$out/victim"
chmod 0666 "$out/victim"
ln -s "$out/victim" "$records"
refuses_file "is a link" "Too many"
"${as_alice[@]}" sh -c ": >$records; chmod 0640 $records"
refuses_file "others can read" "others have rights"
"${as_alice[@]}" mkfifo -m 0600 "$records"
refuses_file "is a FIFO" "(No such device|it is no regular)"
: >"$records"
refuses_file "is another user's" "(Permission|it is another)"
"${as_alice[@]}" sh -c "umask 077; : >$records; ln $records $records.2"
refuses_file "has two names" "it has another name"
rm -f "$records.2"
check_eq "... and nothing was written anywhere" 0 "$(wc -c <"$out/victim")"

# The log does not read.  Its queue is filled first.  Would have caught an
# agent that waits for the log, and with it whoever wants to sign.
sink=$(pgrep -x logsink)
kill -STOP "$sink"
for ((i = 0; i < 600; i++)); do
	# What does not fit waits.
	timeout 1 logger -p user.debug "filler $i" || break
done
sign="ssh-add -T $BED/keys/signer.pub >/dev/null 2>&1 && echo signed ||
	echo refused"
must=(--audit)
check_eq "agent 43: a log that does not read: signed all the same" signed \
	"$(here "$sign")"
must=(--audit=required)
check_eq "agent 43: ... but refused where the record is required" refused \
	"$(here "$sign")"
kill -CONT "$sink"
sync_log
check_eq "agent 43: ... until it reads again" signed "$(here "$sign")"

# The disk is full.
mkdir "$out/small"
mount -t tmpfs -o size=4k,mode=777 none "$out/small"
recorded full-alice "--audit --audit-file $out/small/records"
recorded strict-alice "--audit=required --audit-file $out/small/records"
"${as_alice[@]}" sh -c "umask 077; head -c 4000 /dev/zero |
	tr '\\0' x >$out/small/records"
check_eq "agent 43: a full disk: signed all the same" signed \
	"$(login full-alice "$sign")"
check_eq "agent 43: ... but refused where the record is required" refused \
	"$(login strict-alice "$sign")"
umount -l "$out/small"

kill "$SSH_AGENT_PID"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I1 in shape C: everybody comes in as one account, and who he is to be is
# decided by what sshd told root about his login.  Here are those who would be
# somebody else.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
keys=$BED/keys
conf=$BED/conf/incubator
nobody="no LocalUser for this login in $conf$"

service_start 64
# map LINE...: what the service goes by.
map() {
	printf '%s\n' "$@" | service_conf
}
# What a session wrote and how it ended, of what rawfront prints.
said() {
	grep -v -x -e READY -e STARTED -e EOF
}
says() {
	local got

	got=$("$@" 2>&1 </dev/null)
	echo "$? $got"
}
gateway gw
gw=("${SSH[@]}" -n gw)

# Whom nothing names.  Would catch a user who is guessed: the gateway's own,
# the first one, root.
map "Match Caller alice" "LocalUser alice"
refused_begin "${gw[@]}" true
check "btmp has a record of the first" [ "$REFUSED_RECORD" -gt 0 ]
refused "whom no line names" "$nobody" "${gw[@]}" true
check_match "... by the log it was the gateway's" \
	"^refused: user=- caller=gateway\(1020\) remote=gateway " \
	"$(cat "$out/audit")" gw
if need lastb; then
	check_eq "... and by btmp" 2 \
		"$(lastb -w -f /var/log/btmp | grep -c '^gateway *ssh:notty')"
else
	skip "... and by btmp" "there is no lastb here"
fi
refused "... for a shell" "$nobody" "${SSH[@]}" -T gw
map "LocalUser no-such-user"
refused "whom passwd does not have" "no-such-user: unknown user$" \
	"${gw[@]}" true
map "Match Caller gateway" "LocalUser minus"
refused "I2 a user with uid -1" "minus: " "${gw[@]}" true
map "Match Caller gateway" "Deny 'not today'" "LocalUser alice"
refused "Deny" "not today$" "${gw[@]}" true

# One line for each fact that needs no record: the one that is, and one that
# is not.  bob is whom nobody's line is for.
is_alice() {
	map "LocalUser bob" "Match $1" "LocalUser alice"
	check_eq "Match $1: is" "0 alice" "$(says "${@:2}")" gw
}
not_alice() {
	map "LocalUser bob" "Match $1" "LocalUser alice"
	check_eq "Match $1: is not" "0 bob" "$(says "${@:2}")" gw
}
on_a_tty() {
	"${SSH[@]}" -q -tt gw id -un | tr -d '\r'
}
is_alice "Caller gateway" "${gw[@]}" id -un
not_alice "Caller root,alice,bob" "${gw[@]}" id -un
is_alice "RemoteUser gateway" "${gw[@]}" id -un
not_alice "RemoteUser *,!gateway" "${gw[@]}" id -un
is_alice "Service exec Tty no" "${gw[@]}" id -un
not_alice "Service shell,sftp" "${gw[@]}" id -un
not_alice "Tty yes" "${gw[@]}" id -un
is_alice "Tty yes Service exec" on_a_tty
not_alice "Tty no" on_a_tty
map "LocalUser bob" "Match Service shell" "LocalUser alice"
check_eq "Match Service shell: is" alice "$("${SSH[@]}" -T gw <<<'id -un')" gw

# Setuid programs work: the unit and the service take nothing away.
map "LocalUser alice"
if need sudo; then
	check_eq "sudo in a session" "0 0" "$(says "${gw[@]}" sudo -n id -u)"
	check_eq "su in a session" "0 bob" \
		"$(says "${gw[@]}" "sudo -n su bob -c 'id -un'")"
else
	skip "sudo in a session" "there is no sudo here"
fi

# Who may talk to the socket.
gateway bob-front
sed -i 's/^User gateway/User bob/' "$BED/hosts/bob-front"
mark_log
got=$(says "${SSH[@]}" -n bob-front true)
check_eq "who is not in the socket's group" "255 incubator: $SERVICE_SOCKET: \
Permission denied; is this user in the socket's group?" "$got" bob-front
check_match "... which the log has, too" \
	"^refused: user=- caller=-\(1002\) .*Permission denied" \
	"$(audit_lines)"
map "Match Caller gateway" "LocalUser alice"
mark_log
got=$("$BED/bin/rawfront" "$SERVICE_SOCKET" 0=/dev/null 1=/dev/null \
	2=/dev/null "command=true" request frames 2>&1)
check_eq "root is a caller like another" \
	"TEXT incubator: no LocalUser for this login in $conf\\012
END exit 255
EOF" "$got"
check_match "... by the log as well" "^refused: user=- caller=root\(0\) " \
	"$(audit_lines)"
map "Match Caller root" "LocalUser alice"
check_match "... whom the gateway is not" "^TEXT [^|]*no LocalUser" \
	"$(raw command=true request frames)"

# What a process of the gateway's says of itself is nothing.
map "Match Caller gateway" "LocalUser alice" "AcceptEnv *"
claims=(env=LOGNAME=bob env=USER=bob env=UID=0 env=SUDO_UID=0
	env=SSH_ORIGINAL_COMMAND=false)
check_eq "I1 claims in the environment of a request" "alice alice /home/alice
END exit 0" "$(raw "${claims[@]}" env=HOME=/root env=SHELL=/bin/false \
	'command=echo $(id -un) $USER $HOME' request frames |
	said)"
check_eq "I1 a name of a terminal without one" "not a tty
END exit 1" "$(raw tty=/dev/pts/0 env=SSH_TTY=/dev/pts/0 command=tty request \
	frames | said)"

# The environment of the front, which a client may fill where AcceptEnv is too
# wide: it is not the service's, and passes the filter before it is anybody's.
cat >"$out/evil.c" <<-END
	#include <fcntl.h>
	#include <unistd.h>
	__attribute__((constructor)) static void
	evil(void)
	{
		int fd = open(getuid() == 1020 ? "$out/as-gateway" :
		    "$out/as-another", O_CREAT | O_WRONLY, 0666);

		if (fd != -1)
			close(fd);
	}
END
gateway accepting "AcceptEnv *"
if need cc && cc -shared -fPIC -o "$out/evil.so" "$out/evil.c" 2>/dev/null
then
	install -d -m 0755 "$out/evil"
	printf '#!/bin/sh\necho evil\n' >"$out/evil/id"
	chmod 0755 "$out/evil/id" "$out/evil.so"
	# The front of a build with sanitizers wants to be the first, else.
	got=$(says "${SSH[@]}" -n -o "SetEnv=LD_PRELOAD=$out/evil.so \
ASAN_OPTIONS=verify_asan_link_order=0 BASH_ENV=$out/evil/id PATH=$out/evil:$PATH" accepting \
		'id -un; echo "$LD_PRELOAD$BASH_ENV"')
	check_eq "I5 LD_PRELOAD and PATH of the front" "0 alice" "$got" \
		accepting
	check_eq "... which it had" yes \
		"$([ -e "$out/as-gateway" ] && echo yes)"
	check_eq "... and nobody else" no \
		"$([ -e "$out/as-another" ] && echo yes || echo no)"
else
	skip "I5 LD_PRELOAD and PATH of the front" "there is no compiler here"
fi

# A front that is none.
check_front() {
	local got

	mark_log
	got=$(says "${@:3}")
	check_eq "$1" "255 incubator: $2" "$got" "${HOST:-}"
	check_eq "... which the log has, too" 1 \
		"$(audit_lines | grep -c '^refused: ')"
}
by_hand="--front: not started by sshd itself; the line of sshd_config needs \
\"exec\""
check_front "--front by hand" "$by_hand" as_gateway "$INCUBATOR" --front
check_front "--front by root's hand" "$by_hand" "$INCUBATOR" --front
printf '%s\n' "ForceCommand $INCUBATOR --front; exit \$?" |
	server noexec gateway
HOST=noexec check_front "--front without exec" "$by_hand" \
	"${SSH[@]}" -n noexec true
check_front "--service by hand" "--service: standard input is no connected \
unix socket, see ssh-incubator.socket" "$INCUBATOR" --service
check_front "--service by another's hand" "--service: must be root" \
	as_gateway "$INCUBATOR" --service
if need strace && as_gateway strace -o /dev/null true 2>/dev/null; then
	printf '%s\n' "ForceCommand exec strace -D -o /dev/null $INCUBATOR \
--front" | server traced gateway
	HOST=traced check_front "I16 a front that is traced" \
		"--front: is being traced" "${SSH[@]}" -n traced true
else
	skip "I16 a front that is traced" "there is no strace that may, here"
fi

# I16: one that waits for its session is closed to its own user.
mkfifo -m 0666 "$out/up" "$out/end"
"${SSH[@]}" -n gw "echo >$out/up; cat $out/end" >/dev/null 2>&1 &
ssh_pid=$!
timeout 20 cat "$out/up" >/dev/null
front=$(pgrep -u gateway -x incubator)
check_match "there is one front" "^[0-9]+$" "$front"
check_eq "I16 its descriptors are closed to its user" "no" \
	"$(as_gateway ls "/proc/$front/fd/" >/dev/null 2>&1 && echo yes ||
	    echo no)"
check_eq "I16 ... and its memory" "no" \
	"$(as_gateway sh -c ": <'/proc/$front/mem'" 2>/dev/null && echo yes ||
	    echo no)"
# Its limits and its priority are its user's, as he may kill it.
check_eq "I16 ... and all of it" "affinity prlimit setpriority " \
	"$(as_gateway "$BED/bin/attack" poke "$front" 2>&1 |
	    sed -n 's/: SUCCEEDED$//p' | sort | tr '\n' ' ')"
nulls() {
	[ "$(readlink "/proc/$front"/fd/[012] | grep -c '^/dev/null$')" = 3 ]
}
check "I16 it keeps no descriptor of the session" wait_for 20 nulls
timeout 20 sh -c ": >$out/end"
wait "$ssh_pid"

# --- From here on by what sshd has told root of the login.
if [ "$( (echo 1001 >/proc/self/loginuid && cat /proc/self/loginuid) \
	2>/dev/null )" != 1001 ]; then
	skip "who came by which key" "may not set a login uid here"
	finish
fi
records=/run/ssh-incubator/auth
# stack LINE...: sshd's PAM file, with these lines for the session.
stack() {
	printf '%s\n' "auth required pam_permit.so" \
		"account required pam_permit.so" \
		"session required pam_permit.so" \
		"session required pam_loginuid.so" "$@" >/etc/pam.d/sshd
}
line="session optional pam_exec.so quiet $INCUBATOR --record-auth"
stack "$line"
no_records() {
	[ -z "$(ls "$records" 2>/dev/null)" ]
}
ssh-keygen -q -t ed25519 -N '' -C person -f "$keys/person"
ssh-keygen -q -t ed25519 -N '' -C ca -f "$keys/ca"
# certificate NAME ID PRINCIPALS
certificate() {
	cp "$keys/person.pub" "$keys/$1.pub"
	ssh-keygen -q -s "$keys/ca" -I "$2" -n "$3" "$keys/$1.pub"
}
certificate one id-1 alice
certificate two id-2 bob
certificate root id-0 root
echo "cert-authority,principals=\"alice,bob,root\" $(cat "$keys/ca.pub")" \
	>>"$BED/auth/user"
key=$(ssh-keygen -lf "$keys/user.pub" | cut -d' ' -f2)
ca=$(ssh-keygen -lf "$keys/ca.pub" | cut -d' ' -f2)
# by_cert CERTIFICATE HOST [ARG...]
by_cert() {
	"${SSH[@]}" -n -o "IdentityFile=$keys/person" \
		-o "CertificateFile=$keys/$1-cert.pub" "${@:2}"
}

# Two people, one account.  Would catch the one who is taken for the other.
map "Match KeyId id-1" "LocalUser alice" "Match KeyId id-2" "LocalUser bob"
check_eq "I1 KeyId: the one" "0 alice" "$(says by_cert one gw id -un)" gw
check_eq "I1 KeyId: the other" "0 bob" "$(says by_cert two gw id -un)" gw
refused "I1 KeyId: neither" "$nobody" "${gw[@]}" true
map "Match Principal alice" "LocalUser alice" \
	"Match Principal bob" "LocalUser bob"
check_eq "I1 Principal: the one" "0 alice" "$(says by_cert one gw id -un)" gw
check_eq "I1 Principal: the other" "0 bob" "$(says by_cert two gw id -un)" gw
refused "I1 Principal: neither" "$nobody" by_cert root gw true
map "Match CA $ca" "LocalUser %p"
mark_log
check_eq "I1 %p: the one" "0 alice" "$(says by_cert one gw id -un)" gw
check_match "... who is in the log" "^session opened: user=alice\(1001\) \
caller=gateway\(1020\) remote=gateway key=SHA256:[^ ]* keyid=id-1 " \
	"$(audit_lines | grep '^session opened')"
check_eq "I1 %p: the other" "0 bob" "$(says by_cert two gw id -un)" gw
refused "I1 %p: is never root" "LocalUser %p: root is uid 0$" \
	by_cert root gw true
refused "I1 %p: no certificate" "$nobody" "${gw[@]}" true
map "Match Key $key" "LocalUser alice" "Match KeyId *" "LocalUser bob"
check_eq "I1 Key: the one" "0 alice" "$(says "${gw[@]}" id -un)" gw
check_eq "I1 Key: the other" "0 bob" "$(says by_cert two gw id -un)" gw

# Both at a time, and each asks again: over one connection each.
map "Match CA $ca" "LocalUser %p"
for name in one two; do
	timeout 60 "${RAW_SSH[@]}" -fNT -M -S "$out/mux-$name" \
		-o "IdentityFile=$keys/person" \
		-o "CertificateFile=$keys/$name-cert.pub" gw
done
got=
for name in one two one two; do
	got+="$("${SSH[@]}" -n -S "$out/mux-$name" gw id -un) "
done
check_eq "I1 two connections at a time" "alice bob alice bob " "$got" gw
for name in one two; do
	"${SSH[@]}" -S "$out/mux-$name" -O exit gw 2>/dev/null
done
check "no record is left of them" wait_for 20 no_records

# Processes of the gateway's that write to the socket by themselves, in a login
# and out of it.  "Match all" gives nobody, so that each sees what he gets.
server_plain gateway
sed -i "s|^AuthorizedKeysFile.*|& $BED/auth/user|" "$BED/conf/plain-gateway"
socket_words="$BED/bin/rawfront $SERVICE_SOCKET 0=/dev/null 2=/dev/null"
inside="$socket_words 'command=id -un' env=SSH_AUTH_INFO_0=publickey \
env=SSH_USER_AUTH=/tmp/sshauth.x request frames"
refusal="TEXT incubator: no LocalUser for this login in $conf\\012
END exit 255
EOF"
check_eq "I1 in a login: what the policy gives to that" "alice
END exit 0" "$(by_cert one plain-gateway "$inside" 2>&1 | said)" plain-gateway
check_eq "I1 in another login: nobody" "$refusal" \
	"$("${SSH[@]}" -n plain-gateway "$inside" 2>&1)" plain-gateway
# undecided REGEX: what the log says of why.
undecided() {
	check_match "... and the log says why" "^not decided: $conf line 1: \
Match does not match: [a-z]*: $1" "$(audit_lines)"
}
mark_log
check_eq "I1 in no login: nobody" "$refusal" \
	"$(raw 'command=id -un' request frames)"
undecided "(no audit session|no record of the login)"

# Left behind by a login that has ended, and by one that lives: the process
# has another parent then.
mkfifo -m 0666 "$out/go"
: >"$out/report" && chmod 0666 "$out/report"
behind="setsid sh -c 'cat $out/go; $socket_words report=$out/report \
1=/dev/null \"command=id -un >$out/who\" request frames' \
</dev/null >/dev/null 2>&1 & exit 0"
by_cert one plain-gateway "$behind"
check "the login has ended" wait_for 20 no_records
mark_log
timeout 20 sh -c ": >$out/go"
check "I1 left behind: an answer" wait_for 20 grep -q ^EOF "$out/report"
check_eq "I1 left behind: nobody" "$refusal" "$(cat "$out/report")"
undecided "no record of the login"
check_eq "... and nothing has run" no "$([ -e "$out/who" ] && echo yes ||
	echo no)"
: >"$out/report"
by_cert one plain-gateway "($behind); echo >$out/up; cat $out/end" &
ssh_pid=$!
timeout 20 cat "$out/up" >/dev/null
mark_log
timeout 20 sh -c ": >$out/go"
check "I1 with another parent: an answer" wait_for 20 grep -q ^EOF \
	"$out/report"
check_eq "I1 with another parent: nobody" "$refusal" "$(cat "$out/report")"
undecided "the process has left the login"
timeout 20 sh -c ": >$out/end"
wait "$ssh_pid"
check "the login has ended" wait_for 20 no_records

# Through a port forwarding, where the account still has it: the process at
# the socket is sshd's, of the right login, but it passes nothing on.
gateway forwarding
sed -i 's/^DisableForwarding yes/DisableForwarding no/' \
	"$BED/conf/forwarding"
"${RAW_SSH[@]}" -N -L "$out/forward:$SERVICE_SOCKET" \
	-o "IdentityFile=$keys/person" \
	-o "CertificateFile=$keys/one-cert.pub" forwarding 2>/dev/null &
ssh_pid=$!
wait_for 20 test -S "$out/forward"
mark_log
check_eq "a forwarding reaches nobody" "TEXT incubator: request: 3 \
descriptors belong to its first byte, 0 came\\012
END exit 255
EOF" "$("$BED/bin/rawfront" "$out/forward" 0=/dev/null 1=/dev/null \
	2=/dev/null 'command=id -un' request frames)"
check_match "... which the log has, too" \
	"^refused: user=- caller=gateway\(1020\) .*0 came" "$(audit_lines)"
kill "$ssh_pid"
wait "$ssh_pid" 2>/dev/null
wait_for 20 no_records

# Without the line in sshd's PAM file nobody knows who came.
stack
refused "I1 no record: no Match by a certificate" "$nobody" \
	by_cert one gw true
undecided "no record of the login: it has ended, or there is no line with \
--record-auth in sshd's PAM file"
map "Match Key *" "LocalUser alice"
refused "I1 no record: no Match by a key" "$nobody" "${gw[@]}" true
map "Match Address *" "LocalUser alice"
refused "I1 no record: no Match by an address" "$nobody" "${gw[@]}" true
undecided "no record of the login"
stack "$line"

# Where the client is, and what of that is sshd's word.
# shellcheck disable=SC2317 # wait_for calls it
listening() {
	: 3<>/dev/tcp/127.0.0.1/2222
}
if ! ip -o address show up dev lo 2>/dev/null | grep -q 127.0.0.1; then
	skip "Match Address" "the loopback device is not up"
	finish
fi
gateway tcp "AcceptEnv *"
printf '\tHostName 127.0.0.1\n\tPort 2222\n\tProxyCommand none\n' \
	>>"$BED/hosts/tcp"
/usr/sbin/sshd -D -f "$BED/conf/tcp" -E "$BED/log/tcp" \
	-o Port=2222 -o ListenAddress=127.0.0.1 &
server_pid=$!
wait_for 20 listening
map "Match Key $key Address 127.0.0.2" "LocalUser alice" "AcceptEnv *"
check_eq "I1 Address: the key from there" "0 alice" \
	"$(says "${SSH[@]}" -n -b 127.0.0.2 tcp id -un)" tcp
refused "I1 Address: the key from elsewhere" "$nobody" \
	"${SSH[@]}" -n -b 127.0.0.3 tcp true
refused "I1 Address: another key from there" "$nobody" \
	by_cert one -b 127.0.0.2 tcp true
check_match "... and the log has the address" " addr=127.0.0.2 " \
	"$(cat "$out/audit")"
forged="192.0.2.7 1 192.0.2.1 22"
refused "I1 Address: a forged one" "$nobody" \
	env "SSH_CONNECTION=127.0.0.2 1 127.0.0.1 22" \
	"SSH_CLIENT=127.0.0.2 1 22" "${SSH[@]}" -n -b 127.0.0.3 \
	-o SendEnv=SSH_* tcp true
check_match "I1 SSH_CONNECTION and SSH_CLIENT are sshd's" "^0 127.0.0.2 \
([0-9]+) 127.0.0.1 2222
127.0.0.2 [0-9]+ 2222$" "$(says env "SSH_CONNECTION=$forged" \
	"SSH_CLIENT=192.0.2.7 1 22" "${SSH[@]}" -n -b 127.0.0.2 \
	-o 'SendEnv=SSH_*' tcp 'echo "$SSH_CONNECTION"; echo "$SSH_CLIENT"')" \
	tcp
# By a process that needs no sshd to have an environment.
gateway tcp-shell "AcceptEnv *"
sed -i '/^ForceCommand/d' "$BED/conf/tcp-shell"
kill "$server_pid"
wait "$server_pid" 2>/dev/null
printf '\tHostName 127.0.0.1\n\tPort 2222\n\tProxyCommand none\n' \
	>>"$BED/hosts/tcp-shell"
/usr/sbin/sshd -D -f "$BED/conf/tcp-shell" -E "$BED/log/tcp-shell" \
	-o Port=2222 -o ListenAddress=127.0.0.1 &
server_pid=$!
wait_for 20 listening
check_match "I1 ... whatever the request says" "^127.0.0.2 [0-9]+ \
127.0.0.1 2222 127.0.0.2 [0-9]+ 2222
END exit 0$" "$("${SSH[@]}" -n -b 127.0.0.2 tcp-shell "($socket_words \
'env=SSH_CONNECTION=$forged' 'env=SSH_CLIENT=192.0.2.7 1 22' \
'command=echo \$SSH_CONNECTION \$SSH_CLIENT' request frames) 2>&1" |
	said)" tcp-shell
kill "$server_pid"
wait "$server_pid" 2>/dev/null
# Where there is no record it is a hint to the session, and to nobody else.
map "LocalUser alice" "AcceptEnv *"
mark_log
raw "env=SSH_CONNECTION=$forged" command=true request frames >/dev/null
check_match "I1 ... and in no log, where there is no record" \
	"^session opened: user=alice\(1001\) .* addr=- " \
	"$(audit_lines | grep '^session opened: ')"
finish

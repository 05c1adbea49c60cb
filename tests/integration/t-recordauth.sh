#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Who came by which key: sshd's own PAM session starts incubator
# --record-auth, by the line that is shipped, and a real sshd says who it is.
# What a user or a client says of himself gets into no record.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
keys=$BED/keys
records=/run/ssh-incubator/auth

( echo 1001 >/proc/self/loginuid ) 2>/dev/null ||
	skip_all "may not set a login uid here"
[ "$( (echo 1001 >/proc/self/loginuid; cat /proc/self/loginuid) 2>/dev/null
	)" = 1001 ] || skip_all "the kernel has no login uid"

line=$(sed -n "s|/usr/sbin/incubator|$INCUBATOR|; /^session/p" \
	"$TOP_SRCDIR/contrib/pam.d/sshd-record-auth")
check_match "the line that is shipped" "^session[[:space:]]+optional[[:space:]]\
+pam_exec.so quiet $INCUBATOR --record-auth$" "$line"
# stack LINE...: sshd's PAM file, with these lines for the session.  An
# optional one alone would decide.
stack() {
	printf '%s\n' "auth required pam_permit.so" \
		"account required pam_permit.so" \
		"session required pam_permit.so" "$@" >/etc/pam.d/sshd
}
loginuid="session required pam_loginuid.so"
as_shipped() {
	stack "$loginuid" "$line"
}
as_shipped

# The names of the records, and lines of one.
names() {
	find "$records" -mindepth 1 -printf '%f ' 2>/dev/null
}
of() {
	sed -n "s/^$2=//p" "$records/$1" 2>/dev/null
}
# shellcheck disable=SC2317 # wait_for calls it
none() {
	[ -z "$(names)" ]
}

# What the log says since mark_log; pam_exec adds a line of its own.
said() {
	sync_log
	tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.*: \(no record of a login: \)/\1/p'
}

# Logins that wait.  begin NAME SSH...: the login NAME, which has run as far
# as to tell its number, in $session.
begin() {
	local name=$1

	shift
	mkfifo -m 0666 "$out/$name.up" "$out/$name.end"
	"$@" "cat /proc/self/sessionid >$out/$name.up; cat $out/$name.end" \
		</dev/null >"$out/$name.1" 2>&1 &
	ssh_pid=$!
	session=$(timeout 20 cat "$out/$name.up")
}
# end NAME PID: and the client has ended.
end() {
	timeout 20 sh -c ": >$out/$1.end"
	wait "$2"
	rm -f "$out/$1.up" "$out/$1.end"
}

server_plain alice
server_plain bob
ssh-keygen -q -t ed25519 -N '' -C person -f "$keys/person"
ssh-keygen -q -t ed25519 -N '' -C ca -f "$keys/ca"
ssh-keygen -q -s "$keys/ca" -I id-1 -n alice "$keys/person.pub"
echo "cert-authority $(cat "$keys/ca.pub")" >>"$BED/auth/user"
by_cert=("${SSH[@]}" -o "IdentityFile=$keys/person"
	-o "CertificateFile=$keys/person-cert.pub")
cut -d' ' -f1,2 "$keys/user.pub" >"$out/key"
cut -d' ' -f1,2 "$keys/person-cert.pub" >"$out/cert"

# One login.  Would catch a record that is not there while the login lives,
# that others can read, or that stays.
begin one "${SSH[@]}" plain-alice
check_eq "a login has its record" "$session " "$(names)" plain-alice
check_eq "... for root alone" "0 0 600 0 0 700" \
	"$(stat -c '%u %g %a' "$records/$session" "$records" | tr '\n' ' ' |
		sed 's/ $//')"
check_eq "... of the user" "alice 1001" \
	"$(of "$session" USER) $(of "$session" LOGINUID)"
check_eq "... and the key" "publickey $(cat "$out/key")\\012" \
	"$(of "$session" AUTH_INFO)"
check_eq "... from nowhere, over pipes" "UNKNOWN 65535 UNKNOWN 65535" \
	"$(of "$session" CONNECTION)"
check_match "... kept by sshd's process" "^/.*/sshd(-session)?$" \
	"$(readlink "/proc/$(of "$session" KEEPER)/exe")"
end one "$ssh_pid"
check "... and none when it has ended" wait_for 20 none

# Two at once, one of them by a certificate.  Would catch one's key given for
# the other's.
begin one "${SSH[@]}" plain-alice
one=$ssh_pid first=$session
begin two "${by_cert[@]}" plain-alice
two=$ssh_pid second=$session
check_eq "two logins are two" "2" "$(names | wc -w)"
check_eq "... with the key of the one" "publickey $(cat "$out/key")\\012" \
	"$(of "$first" AUTH_INFO)"
check_eq "... and the certificate of the other" \
	"publickey $(cat "$out/cert")\\012" "$(of "$second" AUTH_INFO)"
end one "$one"
check "... and end by themselves" wait_for 20 test ! -e "$records/$first"
check_eq "... only" "$second " "$(names)"
end two "$two"
check "... in the end there is none" wait_for 20 none

# Several sessions of one connection are one login: PAM's session is one.
master=("${SSH[@]}" -o "ControlPath=$out/control")
begin one "${RAW_SSH[@]}" -o "ControlPath=$out/control" -M plain-alice
one=$ssh_pid first=$session
begin two "${master[@]}" plain-alice
check_eq "a second session of a connection is of the same login" "$first" \
	"$session" plain-alice
end two "$ssh_pid"
check_eq "... whose record outlives it" "$first " "$(names)"
end one "$one"
check "... and goes with the connection" wait_for 20 none

# KILL: nobody closes the session.  Would catch a record that stays for ever.
begin one "${SSH[@]}" plain-alice
one=$ssh_pid first=$session
keeper=$(of "$first" KEEPER)
kill -KILL "$keeper"
wait_for 20 sh -c "! [ -e /proc/$keeper ] || grep -q '^State:.Z' \
/proc/$keeper/status"
check_eq "KILL of sshd's process leaves the record" "$first " "$(names)"
begin two "${SSH[@]}" plain-bob
check_eq "... which the next login sweeps" "$session " "$(names)" plain-bob
end two "$ssh_pid"
timeout 20 sh -c ": >$out/one.end"
wait "$one"
rm -f "$out"/one.*
wait_for 20 none

# By no key: nothing is asked, as the stack is.
server nokey alice "PreferredAuthentications keyboard-interactive" \
	"BatchMode no" <<-END
	KbdInteractiveAuthentication yes
END
begin one "${SSH[@]}" nokey
check_eq "a login without a key" "keyboard-interactive/pam\\012" \
	"$(of "$session" AUTH_INFO)" nokey
end one "$ssh_pid"
wait_for 20 none

# I1: what a client sends is not in PAM's environment.
server sends alice <<-END
	AcceptEnv *
END
forged="publickey $(cut -d' ' -f1,2 "$keys/ca.pub")"
begin one env "SSH_AUTH_INFO_0=$forged" PAM_USER=bob \
	"SSH_CONNECTION=192.0.2.7 1 192.0.2.1 22" "${SSH[@]}" \
	-o "SendEnv=SSH_AUTH_INFO_0 PAM_USER SSH_CONNECTION" sends
check_eq "I1 what a client sends is in no record" \
	"alice UNKNOWN 65535 UNKNOWN 65535 publickey $(cat "$out/key")\\012" \
	"$(of "$session" USER) $(of "$session" CONNECTION) \
$(of "$session" AUTH_INFO)" sends
end one "$ssh_pid"
wait_for 20 none

# ... but what a user has written is, where pam_env reads it.  It must not
# count: not for the items, wherever our line stands, and not for the rest
# where it stands as it should.
cat >/home/alice/.pam_environment <<END
PAM_USER DEFAULT=bob
PAM_TYPE DEFAULT=close_session
PAM_SERVICE DEFAULT=su
SSH_AUTH_INFO_0 DEFAULT="$forged"
END
chown alice /home/alice/.pam_environment
user_env="session required pam_env.so user_readenv=1"
tell="session optional pam_exec.so log=$out/told /usr/bin/env"
stack "$loginuid" "$line" "$user_env" "$tell"
begin one "${SSH[@]}" plain-alice
check_eq "I1 what a user has written for pam_env is in no record" \
	"alice publickey $(cat "$out/key")\\012" \
	"$(of "$session" USER) $(of "$session" AUTH_INFO)" plain-alice
end one "$ssh_pid"
wait_for 20 none
if grep -q '^PAM_USER=bob' "$out/told"; then
	# What is ours of it, although a user's stands before it.
	sed -i '/^SSH_/d' /home/alice/.pam_environment
	stack "$loginuid" "$user_env" "$line"
	begin one "${SSH[@]}" plain-alice
	check_eq "I1 ... nor in place of PAM's own words" "alice" \
		"$(of "$session" USER)" plain-alice
	end one "$ssh_pid"
	wait_for 20 none
	echo 'SSH_CONNECTION DEFAULT="192.0.2.7 1 192.0.2.1 22"' \
		>>/home/alice/.pam_environment
	mark_log
	begin one "${SSH[@]}" plain-alice
	check_eq "I1 ... nor as another address" " no record of a login: \
alice: SSH_CONNECTION and PAM_RHOST are of two clients" \
		"$(names) $(said)" plain-alice
	end one "$ssh_pid"
else
	skip "I1 ... nor in place of PAM's own words" \
		"this pam_env reads nothing of the user's"
fi
rm -f /home/alice/.pam_environment "$out/told"

# The login goes on whatever happens to the record.
# unrecorded NAME REASON: alice gets in, there is no record, the log says why.
unrecorded() {
	local got

	mark_log
	got=$("${SSH[@]}" -n plain-alice id -un 2>&1)
	check_eq "$1: the login goes on" "alice" "$got" plain-alice
	check_match "... and the log says why there is no record" \
		"^no record of a login: $2" "$(said)"
}
stack "$line"
unrecorded "no pam_loginuid" "alice: no audit session: pam_loginuid is missing"
check_eq "... indeed" "" "$(names)"
stack "$line" "$loginuid"
unrecorded "pam_loginuid after the line" \
	"alice: no audit session: pam_loginuid is missing"
as_shipped
rm -rf /run/ssh-incubator
install -d -m 0755 /run/ssh-incubator
install -d -m 0700 -o alice "$records"
unrecorded "I1 the directory is somebody else's" "alice: $records: "
rmdir "$records"
install -d -m 0777 "$records"
unrecorded "I1 anybody can write the directory" "alice: $records: "
rmdir "$records"
install -d -m 0700 /srv/elsewhere
ln -s /srv/elsewhere "$records"
unrecorded "I1 the directory is a link" "alice: $records: "
check_eq "... and nothing is where it leads" "" "$(ls /srv/elsewhere)"
rm -rf /run/ssh-incubator
: >/run/ssh-incubator
unrecorded "a file is in the way" "alice: $records: "
rm -f /run/ssh-incubator
# From a shell in between, which puts the variables into an order of its own.
stack "$loginuid" \
	"session optional pam_exec.so quiet /bin/sh -c $out/wrapped"
printf '#!/bin/sh\n%s --record-auth\nexit 0\n' "$INCUBATOR" >"$out/wrapped"
chmod 0755 "$out/wrapped"
unrecorded "not by pam_exec itself" "PAM: there is no PAM_TYPE"
as_shipped

# By hand: with all that pam_exec would have said.
told=("SSH_CONNECTION=UNKNOWN 65535 UNKNOWN 65535" \
	"SSH_AUTH_INFO_0=publickey $(cat "$out/key")" PAM_SERVICE=sshd
	PAM_USER=alice PAM_TTY=ssh PAM_TYPE=open_session)
# by_hand NAME REASON COMMAND...
by_hand() {
	local got

	got=$("${@:3}" 2>&1 </dev/null)
	check_eq "I1 by hand: $1" "255 incubator: --record-auth: $2" "$? $got"
	check_eq "... and there is no record" "" "$(names)"
}
by_hand "not root" "alice: only root may" \
	setpriv --reuid 1001 --regid 1001 --clear-groups \
	env -i "${told[@]}" "$INCUBATOR" --record-auth
by_hand "root, not from sshd" "alice: the parent process is not sshd" \
	env -i "${told[@]}" "$INCUBATOR" --record-auth
# su runs as root under whatever name somebody has given it.
ln -s /bin/bash /tmp/sshd
by_hand "a parent that is called sshd" \
	"alice: the parent process is not sshd" /tmp/sshd -c \
	'env -i "$@"; exit $?' sshd "${told[@]}" "$INCUBATOR" --record-auth
by_hand "nothing was said" \
	"PAM: there is no PAM_TYPE: not started by pam_exec" \
	env -i "$INCUBATOR" --record-auth
check_eq "a session of cron's is nothing to do" "0 " "$(env -i \
	PAM_SERVICE=cron PAM_USER=alice PAM_TYPE=open_session \
	"$INCUBATOR" --record-auth 2>&1; echo "$?") $(names)"
for type in auth account setcred password other; do
	check_eq "PAM_TYPE=$type is nothing to do" "0 " "$(env -i "${told[@]}" \
		"PAM_TYPE=$type" "$INCUBATOR" --record-auth 2>&1; echo "$?"
		) $(names)"
done

# The line in another service's file: su within a login must not take the
# record away, nor write one.
if need su; then
	{
		echo "auth required pam_permit.so"
		echo "account required pam_permit.so"
		echo "session required pam_permit.so"
		echo "$line"
	} >/etc/pam.d/su
	begin one "${SSH[@]}" plain-alice \
		"su bob -c 'id -un' >$out/su 2>&1 </dev/null;"
	check_eq "su within the login" "bob" "$(cat "$out/su")" plain-alice
	check_eq "... leaves its record alone" "$session alice" \
		"$(names)$(of "$session" USER)"
	end one "$ssh_pid"
	wait_for 20 none
else
	skip "su within the login" "there is no su"
fi

# Where the client is: a server that listens.
# It has the service behind it, too: there a record is what a Match goes by.
service_start 64
gateway gw
ssh-keygen -q -s "$keys/ca" -I id-2 -n gateway "$keys/person.pub"
key=$(ssh-keygen -lf "$keys/user.pub" | cut -d' ' -f2)
ca=$(ssh-keygen -lf "$keys/ca.pub" | cut -d' ' -f2)
mapped="
	Match Key $key
		LocalUser alice
	Match CA $ca KeyId id-2 Principal gateway
		LocalUser bob"
service_conf <<<"$mapped"
check_eq "I1 the service knows the key" "alice" \
	"$("${SSH[@]}" -n gw id -un 2>&1)" gw
check_eq "I1 ... and the certificate" "bob" \
	"$("${by_cert[@]}" -n gw id -un 2>&1)" gw
begin one "${SSH[@]}" gw
one=$ssh_pid first=$session
begin two "${by_cert[@]}" gw
# Whose processes wait, of the two logins.
waiting() {
	local pid

	for pid in /proc/[0-9]*; do
		[ "$(cat "$pid/comm" 2>/dev/null)" != cat ] ||
			stat -c %U "$pid"
	done | sort -u | tr '\n' ' '
}
# shellcheck disable=SC2317 # wait_for calls it
both_wait() {
	[ "$(waiting)" = "alice bob " ]
}
wait_for 20 both_wait
check_eq "I1 ... of two at once" "alice bob " "$(waiting)"
end one "$one"
end two "$ssh_pid"
wait_for 20 none
# undecided NAME WORDS: nobody can say which key it was, and that is told.
undecided() {
	local got

	mark_log
	got=$("${SSH[@]}" -n gw id -un 2>&1)
	check_eq "I1 $1: no Match by key" "255" "$?" gw
	check_match "... and the log says why" "$2" \
		"$got$(audit_lines)" gw
}
stack "$loginuid"
undecided "no line in the PAM file" "key: no record of the login: it has"
stack
undecided "no pam_loginuid" "key: no audit session: pam_loginuid is missing"
as_shipped
# shellcheck disable=SC2317 # wait_for calls it
listening() {
	: 3<>/dev/tcp/127.0.0.1/2222
}
# listen NAME COMMAND...: the server of a host that is reached by TCP.
listen() {
	printf '\tHostName 127.0.0.1\n\tPort 2222\n\tProxyCommand none\n' \
		>>"$BED/hosts/$1"
	"${@:2}" /usr/sbin/sshd -D -f "$BED/conf/$1" -E "$BED/log/$1" \
		-o Port=2222 -o ListenAddress=127.0.0.1 &
	server_pid=$!
	wait_for 20 listening
}
stop() {
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
}
if ip -o address show up dev lo 2>/dev/null | grep -q 127.0.0.1; then
	server tcp alice </dev/null
	listen tcp
	begin one "${SSH[@]}" tcp
	check_match "the address of a client" \
		"^127.0.0.1 [0-9]+ 127.0.0.1 2222$" \
		"$(of "$session" CONNECTION)" tcp
	check_eq "... of a process of its own" "no" \
		"$([ "$(of "$session" KEEPER)" = "$server_pid" ] &&
			echo yes || echo no)"
	end one "$ssh_pid"
	check "... and none when it has ended" wait_for 20 none
	# Old sshd has no second process for root, and over a pipe it would
	# not live to close the session.
	begin one "${SSH[@]}" -l root tcp
	check_eq "root's login has a record" "root 0" \
		"$(of "$session" USER) $(of "$session" LOGINUID)" tcp
	end one "$ssh_pid"
	check "... and none when it has ended" wait_for 20 none
	service_conf <<<"
		Match Address 127.0.0.0/8
			LocalUser alice"
	stop
	gateway gwtcp
	listen gwtcp
	check_eq "I1 the service knows the address" "alice" \
		"$("${SSH[@]}" -n gwtcp id -un 2>&1)" gwtcp
	stop

	# sshd that somebody has started from within a login of the same uid:
	# pam_loginuid leaves all of its logins that number.  Would catch a
	# login that is given the record of another.
	gateway inside
	service_conf <<<"$mapped"
	listen inside sh -c 'echo 1020 >/proc/self/loginuid; exec "$@"' sh
	begin one "${SSH[@]}" inside
	one=$ssh_pid number=$(names)
	mark_log
	got=$("${by_cert[@]}" -n inside id -un 2>&1)
	status=$?
	if [ "$number" = "$(cat "/proc/$server_pid/sessionid") " ]; then
		check_eq "I1 two logins with one number: no second" \
			"255" "$status" inside
		check_match "... and the log says why" "same audit session" \
			"$(said)"
		check_match "... twice" "key: the process has left the login" \
			"$got$(audit_lines)"
		check_eq "... and the first keeps its record" "publickey \
$(cat "$out/key")\\012" "$(of "${number% }" AUTH_INFO)"
	else
		skip "I1 two logins with one number" \
			"pam_loginuid gives each its own"
	fi
	end one "$one"
	check "... and none when it has ended" wait_for 20 none
	stop
else
	skip "the address of a client" "the loopback device is not up"
fi

finish

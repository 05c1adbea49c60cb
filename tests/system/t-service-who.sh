#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Who becomes whom through one account, by the shipped gateway.conf with the
# configuration that its comments have, the line in sshd's PAM file and a real
# network; and who becomes nobody.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

line='[^'$'\n'']*'		# of a regular expression: within a line
example=$TOP_SRCDIR/contrib/sshd_config/gateway.conf
keys=$BED/keys
record_auth

# The people: one with a key, two with certificates for one other key.
ssh-keygen -q -t ed25519 -N '' -C ca -f "$keys/ca"
ssh-keygen -q -t ed25519 -N '' -C person -f "$keys/person"
for name in alice bob; do
	cp "$keys/person.pub" "$keys/$name.pub"
	ssh-keygen -q -s "$keys/ca" -I "id-$name" -n "$name" "$keys/$name.pub"
done
key=$(ssh-keygen -lf "$keys/user.pub" | cut -d' ' -f2)
ca=$(ssh-keygen -lf "$keys/ca.pub" | cut -d' ' -f2)
cp "$keys/user.pub" "$ROOT/etc/ssh/gateway_keys"
cp "$keys/ca.pub" "$ROOT/etc/ssh/gateway_ca.pub"
printf 'alice\nbob\n' >"$ROOT/etc/ssh/gateway_principals"

# Another account that may ask, whose sshd forwards.
cat >>"$ROOT/etc/passwd" <<'END'
second:x:1004:1004::/home/gateway:/bin/sh
END
echo 'second:*:19000:0:99999:7:::' >>"$ROOT/etc/shadow"
echo 'second:x:1004:' >>"$ROOT/etc/group"
sed -i 's/^ssh-incubator:.*/&,second/' "$ROOT/etc/group"
cp "$keys/user.pub" "$ROOT/etc/ssh/keys/second"
# Before the lines that the system was made with.
{
	cat "$example"
	printf 'Match User second\n\tForceCommand exec %s\nMatch all\n' \
		'/usr/sbin/incubator --front'
} >"$ROOT/etc/ssh/sshd_config.d/00-a-gateway.conf"
inside systemctl reload ssh
check "sshd takes the example" wait_for 60 "${SSH[@]}" root true
printf 'Host second\nUser second\n' >"$BED/hosts/second"
{
	echo "Host by-alice by-bob"
	printf '\tUser gateway\n\tIdentityFile %s\n' "$keys/person"
	for name in alice bob; do
		printf 'Host by-%s\n\tCertificateFile %s\n' "$name" \
			"$keys/$name-cert.pub"
	done
} >"$BED/hosts/certificates"

sed -n '/^#   Deny "nobody/,/%p$/s/^#   //p' "$example" |
	sed -e "s|Key SHA256:.*|Key $key Address 10.9.9.1|" \
		-e "s|CA SHA256:.*|CA $ca|" | service_conf
printf 'Match Caller second\n\tDeny none\n\tLocalUser alice\n' \
	>>"$ROOT$CONFIGURATION"
check_eq "the example's configuration" 0 \
	"$(inside "$INCUBATOR" -t >/dev/null 2>&1; echo $?)"

# Would have caught the one who is taken for the other, in the session or in
# what logind and the log have of it.
for name in alice bob; do
	"${RAW_SSH[@]}" -q -fN -M -S "$BED/out/mux-$name" \
		-i "$keys/person" "by-$name"
done
# One each: its end is for all who have it open already, and for nobody else.
mkfifo -m 0666 "$ROOT/run/bed-alice" "$ROOT/run/bed-bob"
mark_log
clients=()
for name in alice bob; do
	"${SSH[@]}" -n -S "$BED/out/mux-$name" "by-$name" \
		"id -un; cat /run/bed-$name" >"$BED/out/who-$name" 2>&1 &
	clients+=($!)
done
both_in() {
	[ -n "$(sessions_of alice)" ] && [ -n "$(sessions_of bob)" ] &&
		grep -q . "$BED/out/who-alice" && grep -q . "$BED/out/who-bob"
}
check "two certificates, at a time" wait_for 60 both_in
for name in alice bob; do
	check_eq "$name is $name" "$name" "$(cat "$BED/out/who-$name")"
	check_eq "$name: to logind" "$name gateway 10.9.9.1" "$(
		session=$(sessions_of "$name" | head -n 1)
		for what in Name RemoteUser RemoteHost; do
			session_property "$session" "$what"
		done | xargs)"
	check_logged "$name: to the log" "(^|"$'\n'")session opened: \
user=$name\([0-9]+\) caller=gateway\(1003\) remote=gateway \
key=SHA256:[^ ]* keyid=id-$name addr=10.9.9.1 "
done
: >"$ROOT/run/bed-alice"
: >"$ROOT/run/bed-bob"
wait "${clients[@]}"
for name in alice bob; do
	"${SSH[@]}" -S "$BED/out/mux-$name" -O exit "by-$name" 2>/dev/null
done
rm "$ROOT/run/bed-alice" "$ROOT/run/bed-bob"

# By the address, which the client can choose only from what he has.
ip addr add 10.9.9.3/24 dev ve-bed
check_eq "the key, from its address" alice "$(ssh_gw id -un)"
check_eq "a certificate, from another" bob \
	"$("${SSH[@]}" -b 10.9.9.3 -i "$keys/person" by-bob id -un)"
[ "$SUITE" != bookworm ] ||
	install -m 0660 -o root -g utmp /dev/null "$ROOT/var/log/btmp"
mark_log
out=$(ssh_gw -b 10.9.9.3 id -un 2>"$BED/out/err")
check_eq "I1 the key, from another: refused" '255 ' "$? $out"
check_eq "I1 ... and told why, in a line" \
	'incubator: nobody whom we know' "$(cat "$BED/out/err")"
check_logged "I1 ... and so is the log" \
	"refused: ${line}caller=gateway\(1003\)${line}addr=10.9.9.3 \
${line}nobody whom we know\""
check_eq "I1 ... in one" 1 "$(audit_lines | grep -c '^refused: ')"
if [ "$SUITE" = bookworm ]; then
	check_match "I1 ... and btmp" '^[a-z]+ +ssh:notty +10\.9\.9\.3 ' \
		"$(inside lastb -w | head -n 1)"
else
	skip "btmp" "this system has none"
fi
ip addr del 10.9.9.3/24 dev ve-bed

# By a forwarding: the process at the socket is sshd's, of the right account
# and login.  Would have caught a session without a front.
check_eq "the second account is let in" alice "$("${SSH[@]}" second id -un)"
# ended PID: told to, if it has not.
ended() {
	! kill "$1"
}
# forwarded HOST: what comes back through a forwarding of that login's.
forwarded() {
	local client

	rm -f "$BED/out/forward"
	"${RAW_SSH[@]}" -N -L "$BED/out/forward:$RUN_PATH/service.sock" "$1" \
		2>"$BED/out/err" &
	client=$!
	wait_for 60 test -S "$BED/out/forward"
	timeout 60 "$BED/bin/rawfront" "$BED/out/forward" 0=/dev/null \
		1=/dev/null 2=/dev/null 'command=id -un' request frames 2>&1
	# A TERM just before its poll(2) ssh keeps for the next event.
	wait_for 60 ended "$client"
	wait "$client" 2>/dev/null
}
mark_log
got=$(forwarded second)
check_match "a forwarding, where it is allowed, is nobody" \
	"^TEXT incubator: $line 0 came.*END exit 255" "$got"
check_logged "... and the log has it" \
	"refused: user=- caller=second\(1004\) ${line}0 came"
mark_log
check_match "with the example there is none" '^(EOF|RESET|.*Broken pipe)$' \
	"$(forwarded gw)"
check_match "... and the client is told" 'prohibited|open failed' \
	"$(cat "$BED/out/err")"
"${SSH[@]}" -i "$keys/person" by-bob true
check_logged "... and the next one is let in" 'session opened: user=bob'
check_eq "... and the service was not even asked" '' \
	"$(audit_lines | grep '^refused')"
check_eq "nor is a port" 255 "$("${SSH[@]}" -W 127.0.0.1:22 gw \
	</dev/null >/dev/null 2>&1; echo $?)"

# As it was.
rm "$ROOT/etc/ssh/sshd_config.d/00-a-gateway.conf" "$ROOT$CONFIGURATION"
inside systemctl reload ssh
check "sshd is as it was" wait_for 60 "${SSH[@]}" root true
check_nothing "all of them"
finish

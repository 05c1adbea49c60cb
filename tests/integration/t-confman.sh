#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# incubator.conf(5) and ssh-incubator(7): what they show does what it says as
# it is written.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=displays.sh
. "$(dirname "$0")/displays.sh"

out=$BED/out
keys=$BED/keys
conf=/etc/ssh-incubator/incubator.conf
mkdir -p "${conf%/*}"
ssh-keygen -q -t ed25519 -N '' -C ca -f "$keys/ca"
ssh-keygen -q -t ed25519 -N '' -C cert -f "$keys/cert"
ssh-keygen -q -s "$keys/ca" -I id -n alice,root "$keys/cert.pub"
ssh-keygen -q -t ed25519 -N '' -C one -f "$keys/one"
ssh-keygen -q -s "$keys/ca" -I id -n alice "$keys/one.pub"
fingerprint() {
	ssh-keygen -lf "$1" | cut -d ' ' -f 2
}
key=$(fingerprint "$keys/user.pub")
ca=$(fingerprint "$keys/ca.pub")
# file TEXT: that display is the configuration.
file() {
	config "$1" | sed "s|Key SHA256:[.]*|Key $key|; s|CA SHA256:[.]*|CA $ca|" \
		>"$conf"
}
# says CRITERION,...: what -T says for that login, sorted, in one line.
says() {
	"$INCUBATOR" -T --config "$conf" -C "$1" 2>/dev/null | sort |
		tr '\n' ' ' | sed 's/ $//'
}

read_displays "$TOP_SRCDIR/man/incubator.conf.5"
file "no certificate of ours"
check_eq "a certificate of the authority" "localuser alice" \
	"$(says "caller=root,ca=$ca,principal=alice" | sed 's/deny none //')"
check_eq "... and of another" 'deny "no certificate of ours"' \
	"$(says "caller=root,ca=SHA256:$(printf '%043d' 0),principal=alice")"
# A real login, as root, by a certificate for alice that root takes, and by a
# key.
{
	echo "PermitRootLogin yes"
	echo "ExposeAuthInfo yes"
	echo "TrustedUserCAKeys $keys/ca.pub"
	echo "AuthorizedPrincipalsFile $BED/auth/principals"
	echo "ForceCommand exec $INCUBATOR --config $conf"
} >"$out/fragment"
echo alice >"$BED/auth/principals"
server mapped root <"$out/fragment"
check_eq "... in a login" "alice" "$("${SSH[@]}" -n -o IdentityFile=none \
	-i "$keys/one" mapped id -un 2>&1)" mapped
check_eq "... and without" "incubator: no certificate of ours" \
	"$("${SSH[@]}" -n mapped id -un 2>&1)" mapped

file "nobody whom we know"
check_eq "through the service: a certificate" \
	"localuser bob requiresession yes" \
	"$(says "shape=service,caller=gateway,ca=$ca,principal=bob" |
		sed 's/deny none //')"
check_eq "... a key" "localuser alice requiresession yes" \
	"$(says "shape=service,caller=gateway,key=$key" |
		sed 's/deny none //')"
check_eq "... and nobody else" \
	'deny "nobody whom we know" requiresession yes' \
	"$(says "shape=service,caller=alice,key=$key")"

file "GIT_AUTHOR_EMAIL"
check_eq "git's variables by the certificate" \
	"GIT_AUTHOR_EMAIL GIT_COMMITTER_EMAIL GIT_SSH_COMMAND bob" \
	"$("$INCUBATOR" -T --config "$conf" \
		-C localuser=dev,keyid=bob@example.org 2>/dev/null |
		grep -oE 'GIT_[A-Z_]*|bob' | sort -u | tr '\n' ' ' |
		sed 's/ $//')"
check_eq "... and for nobody else" "" "$(says "localuser=alice")"

file "ForceCommand internal-sftp"
echo "ftp-x:x:1030:1001::/srv/ftp:/bin/sh" >>/etc/passwd
echo "ftp-x:*:19000:0:99999:7:::" >>/etc/shadow
install -d -m 0755 -o 1030 /srv/ftp
sed -i "s|/usr/lib/openssh/sftp-server|$(sed -n 's/^Subsystem sftp //p' \
	"$BED/conf/base")|" "$conf"
if "$INCUBATOR" --local-user bob --landlock-ro / -- true 2>"$out/log"; then
	check_match "files only" "working directory: /srv/ftp .*ermission" "$(
		printf '%s\n' pwd 'put /etc/hostname new' \
			'-get /etc/hostname got' | timeout 20 sftp -q -b - -D \
			"$INCUBATOR --config $conf --local-user ftp-x -- id" \
			2>&1 | tr '\n' ' ')"
	check "... which are written" [ -f /srv/ftp/new ]
else
	skip "files only" "$(cat "$out/log")"
fi

printf '\n\nUmsk 022\n\n\n\nUnshare x\n' >"$conf"
check_eq "the mistakes" "$(display "unknown keyword")" \
	"$("$INCUBATOR" -t --config "$conf" 2>&1 | sed 's/^incubator: //')"
check_displays

read_displays "$TOP_SRCDIR/man/ssh-incubator.7"
picture "environment from nothing"
picture "passes signals on, waits"
picture "holds the PAM session,"
picture "over, waits"
picture "one process a session"

# as_shown NAME LOGIN <TEXT: behind the base's lines, without its own sftp.
as_shown() {
	{
		grep -v -e ^Subsystem -e ^AuthorizedKeysFile \
			-e ^PermitRootLogin "$BED/conf/base"
		cat
		echo "Match all"
		echo "AuthorizedKeysFile $BED/auth/user"
	} >"$BED/conf/$1"
	printf 'Host %s\nUser %s\n' "$1" "$2" >"$BED/hosts/$1"
}
echo "sshusers:x:2101:bob" >>/etc/group
config "Match Group sshusers" | as_shown own bob
mark_log
check_eq "shape A" "bob" "$("${SSH[@]}" -n own id -un 2>&1)" own
check_eq "... through us" 1 "$(audit_lines | grep -c '^session opened: ')"

{
	config "restrict,pty,command=" | tr '\n' ' ' |
		sed 's/ssh-ed25519 AAAA\.\.\. *$//' | tr -d '\n'
	cat "$keys/user.pub"
} >"$BED/auth/root"
config "PermitRootLogin forced-commands-only" | as_shown root root
sed -i "s|^AuthorizedKeysFile .*|AuthorizedKeysFile $BED/auth/root|" \
	"$BED/conf/root"
check_eq "shape B" "alice" "$("${SSH[@]}" -n root id -un 2>&1)" root

service_conf <<<"LocalUser alice"
service_start 16
cp "$keys/user.pub" /etc/ssh/gateway_keys
config "Match User gateway" | as_shown front gateway
check_eq "shape C" "alice" "$("${SSH[@]}" -n front id -un 2>&1)" front

# Of the two lines for sftp one is meant at a time.
install -d -m 2777 /srv/drop
config "Subsystem sftp" | head -n 1 | as_shown sftp bob
config "Subsystem sftp" | tail -n 1 | as_shown drop bob
for host in sftp drop; do
	case $host in
	sftp) dir=/home/bob ;;
	drop) dir=/srv/drop ;;
	esac
	check_match "sftp begins in $dir" "working directory: $dir\$" "$(
		timeout 20 sftp -q -b - -F "$BED/ssh_config" $host \
			<<<pwd 2>&1)" $host
done

echo "AllowOperation list" >"${conf%/*}/agent.policy"
config "agent.policy" | head -n 1 | as_shown agent bob
config "agent.policy" | tail -n 1 | as_shown stays bob
for host in agent stays; do
	check_eq "a command by the line of \"$host\"" "bob" \
		"$("${SSH[@]}" -n $host id -un 2>&1)" $host
done

display "usermod -s" | sed "s|/usr/sbin/incubator|$INCUBATOR|g" >"$out/script"
check_eq "a login shell" "" "$(bash "$out/script" 2>&1)"
as_shown shell alice </dev/null
mark_log
check_eq "... in which a command runs" "alice" \
	"$("${SSH[@]}" -n shell id -un 2>&1)" shell
check_eq "... through us" 1 "$(audit_lines | grep -c '^session opened: ')"

config "LD_PRELOAD=" | as_shown clean bob
check_match "variables that are neutralised" "ld_preload=.*ENV=" \
	"$(/usr/sbin/sshd -T -f "$BED/conf/clean" 2>&1 | grep -i '^setenv' |
		sed 's/LD_PRELOAD/ld_preload/' | tr '\n' ' ')"
check_displays
finish

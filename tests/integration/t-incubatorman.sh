#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# incubator(8): what it shows does what it says as it is written: by hand, for
# sshd_config and authorized_keys, and to set the service up.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=displays.sh
. "$(dirname "$0")/displays.sh"

out=$BED/out
keys=$BED/keys
read_displays "$TOP_SRCDIR/man/incubator.8"
install -d -m 2777 /srv/drop

# root_types TEXT [INPUT]: the commands of that display, and what is typed to
# them.
root_types() {
	commands "$1" "#" | sed "s|/usr/sbin/incubator|$INCUBATOR|g" \
		>"$out/script"
	[ -s "$out/script" ] || { echo "no commands <$1>"; return 99; }
	timeout 30 bash "$out/script" <<<"${2:-}" 2>&1
}
# said TEXT INPUT: the same in one line.
said() {
	root_types "$@" | tr '\n' ' ' | sed 's/ $//'
}
# on_server NAME LOGIN <FRAGMENT: a server without the base's own sftp.
on_server() {
	server "$@"
	sed -i "\\|^Subsystem sftp $(sftp_path)|d" "$BED/conf/$1"
}
sftp_path() {
	sed -n 's/^Subsystem sftp //p' "$BED/conf/base"
}
# sftp_says HOST [COMMAND...]: what it said, each in a line of the batch.
sftp_says() {
	local host=$1

	shift
	printf '%s\n' "$@" | timeout 20 sftp -q -b - -F "$BED/ssh_config" \
		"$host" 2>&1 | tr '\n' ' '
}

# By hand.  An empty standard input ends the second one, a login shell.
check_match "a command, and a shell" "^uid=1001\(alice\) .* alice\$" "$(
	said "incubator --local-user alice -- id" | sed 's/$/ alice/')"
check_match "what it would run as" "^account	alice	uid=1001" \
	"$(root_types "--local-user alice --explain" |
		grep '^account')"

if "$INCUBATOR" --local-user bob --landlock-ro / -- true 2>"$out/log"; then
	echo old >/home/alice/file
	chown alice: /home/alice/file
	check_eq "reads everything, writes in one directory" \
		"old denied written" "$(said "--landlock-ro / " \
		'cat ~/file; echo x 2>/dev/null >>~/file || echo denied
		echo x >/srv/drop/from-shell && echo written')"
else
	skip "reads everything, writes in one directory" "$(cat "$out/log")"
	elsewhere "--landlock-ro / " "a kernel with Landlock"
fi

check_eq "a guest" "0077 100 2097152 0 1" "$(said "--limit nproc=100" \
	'umask; ulimit -u; ulimit -v; ulimit -c
	sed -n "s/^NoNewPrivs:.//p" /proc/self/status')"

cat >/usr/local/bin/server <<-'END'
	#!/bin/sh
	sed -n 's/^Cap\(Eff\|Bnd\|Amb\):.0*//p' /proc/self/status
END
chmod +x /usr/local/bin/server
check_eq "a service has one capability" "400 400 400" \
	"$(said "--ambient-caps net_bind_service")"

mkdir -p /srv/root/proc /srv/root/home/alice /srv/root/dev
bind_system /srv/root
check_eq "a directory that holds a system" "1 home" \
	"$(said "--chroot /srv/root" 'echo $$; ls / | grep -x home')"

check_eq "as any user: root in there" "0 1" "$(
	commands "--map-users 0:" >"$out/script"
	echo 'id -u; echo $$' | timeout 20 setpriv --reuid 1001 --regid 1001 \
		--init-groups bash "$out/script" 2>&1 | tr '\n' ' ' |
		sed 's/ $//')"

# Keys, and lines of sshd_config.  A key has one line.
forced() {
	config "$1" | tr '\n' ' ' | sed 's/ssh-ed25519 AAAA\.\.\. *$//' |
		tr -d '\n'
	cat "$keys/user.pub"
}
forced "restrict,pty,command=" >"$BED/auth/mapped"
server mapped root <<-END
	AuthorizedKeysFile $BED/auth/mapped
	PermitRootLogin forced-commands-only
END
mark_log
check_eq "a key that becomes alice" "alice" \
	"$("${SSH[@]}" -n mapped id -un 2>&1)" mapped
check_match "... whom the log names" \
	"session opened: user=alice\(1001\) caller=root\(0\) remote=anna" \
	"$(audit_lines)"

echo "sshusers:x:2101:bob" >>/etc/group
config "Match Group sshusers" >"$out/fragment"
cat "$BED/conf/base" "$out/fragment" >"$BED/conf/own"
printf 'Host own\nUser bob\n' >"$BED/hosts/own"
mark_log
check_eq "users in their own accounts" "bob" \
	"$("${SSH[@]}" -n own id -un 2>&1)" own
check_eq "... through us" 1 "$(audit_lines | grep -c '^session opened: ')"

config "incubator --sftp -- -R" | head -n 1 | on_server all bob
config "incubator --sftp -- -R" | tail -n 1 | on_server readonly bob
check_match "sftp" "/home/bob" "$(sftp_says all pwd \
	'put /etc/hostname sent' 'rm sent')" all
check_eq "... writes" "0" "$(sftp_says all 'put /etc/hostname sent' \
	'rm sent' | grep -c denied)" all
check_match "... for reading only" "ermission denied" "$(sftp_says readonly \
	'-put /etc/hostname sent')" readonly

# drops NAME HOST: what a client confined to the directory can do.
drops() {
	rm -f /srv/drop/new /tmp/new
	check_match "$1" "/srv/drop .*ermission denied" "$(sftp_says "$2" \
		pwd 'put /etc/hostname new' '-put /etc/hostname /tmp/new')" "$2"
	check "$1: what it wrote" [ -f /srv/drop/new ] && check \
		"$1: nothing elsewhere" [ ! -e /tmp/new ]
}
forced "    --sftp --landlock-rw" >"$BED/auth/dropkey"
config "    --landlock-rw /srv/drop -- -d" | on_server drop bob
server dropkey root <<-END
	AuthorizedKeysFile $BED/auth/dropkey
	PermitRootLogin forced-commands-only
END
if grep -qe "not implemented" -e "not supported" "$out/log"; then
	skip "sftp in one directory" "$(cat "$out/log")"
else
	drops "sftp in one directory" drop
	drops "... by a key of root's" dropkey
fi

# As a login shell.
root_types "usermod -s" >"$out/log"
check_eq "usermod is content" "" "$(cat "$out/log")"
check_match "a login shell" "incubator\$" \
	"$(getent passwd alice) $(tail -n 1 /etc/shells)"
server shell alice </dev/null
mark_log
check_eq "... in which a command runs" "alice /bin/sh" \
	"$("${SSH[@]}" -n shell 'echo $(id -un) $SHELL' 2>&1)" shell
check_eq "... through us" 1 "$(audit_lines | grep -c '^session opened: ')"
usermod -s /bin/bash alice

# The service.  There is no systemd here: what it is told has to be about
# units that are shipped, and acceptd stands for it.
cat >/usr/local/bin/systemctl <<-END
	#!/bin/bash
	echo "\$*" >>$out/systemctl
END
cp /usr/local/bin/systemctl /usr/local/bin/systemd-sysusers
chmod +x /usr/local/bin/system*
check_eq "the units" "" "$(root_types "systemctl enable")"
check_eq "... of which the socket is shipped" "enable --now \
ssh-incubator.socket" "$(grep enable "$out/systemctl")"
check "... which is there" ls "$TOP_SRCDIR"/contrib/systemd/ssh-incubator.socket*
sed -i '/^gateway:/d' /etc/passwd /etc/shadow /etc/group
sed -i '/^ssh-incubator:/s/gateway//' /etc/group
rm -rf /var/lib/gateway
check_eq "the account is made" "" "$(root_types "useradd --system" |
	grep -v "warning")"
check_eq "... with a home of root's, in the group" \
	"/var/lib/gateway:/bin/sh root:root 755 gateway" \
	"$(getent passwd gateway | cut -d: -f6-) $(stat -c '%U:%G %a' \
		/var/lib/gateway) $(getent group ssh-incubator | cut -d: -f4)"

ssh-keygen -q -t ed25519 -N '' -C ca -f "$keys/ca"
ssh-keygen -q -t ed25519 -N '' -C cert -f "$keys/cert"
ssh-keygen -q -s "$keys/ca" -I id -n bob "$keys/cert.pub"
fingerprint() {
	ssh-keygen -lf "$1" | cut -d ' ' -f 2
}
key=$(fingerprint "$keys/user.pub")
ca=$(fingerprint "$keys/ca.pub")
display "Match Caller gateway Key" |
	sed "s|Key SHA256:[.]*|Key $key|; s|CA SHA256:[.]*|CA $ca|" |
	service_conf
check_eq "who becomes whom: no mistake" "0 " \
	"$("$INCUBATOR" -t --config "$BED/conf/incubator" 2>&1 | sed 's/^/x/'
		echo "${PIPESTATUS[0]} ")"
check_match "... as -T says" "localuser alice" "$(
	commands "shape=service" "#" |
		sed "s|SHA256:[.]*|$ca|; s|-T|-T --config $BED/conf/incubator|" \
			>"$out/script"
	timeout 20 bash "$out/script" 2>&1)"

# What the PAM lines make known of a login, where the kernel can tell.
config "pam_exec.so quiet" >"$out/lines"
grep -v pam_loginuid /etc/pam.d/sshd | cat - "$out/lines" >"$out/sshd"
cp "$out/sshd" /etc/pam.d/sshd
service_start 64
gateway gw
if [ -r /proc/self/sessionid ] &&
	"${SSH[@]}" -n gw true 2>&1 | grep -q 'RequireSession'; then
	pass "RequireSession refuses where there is no logind"
	sed -i /RequireSession/d "$BED/conf/incubator"
	check_eq "a key by the service" "alice" \
		"$("${SSH[@]}" -n gw id -un 2>&1)" gw
	{
		echo "TrustedUserCAKeys $keys/ca.pub"
		echo "AuthorizedPrincipalsFile /etc/principals"
	} >"$out/trust"
	echo bob >/etc/principals
	gateway gwca "$(head -n 1 "$out/trust")" "$(tail -n 1 "$out/trust")"
	sed -i "s|^Host gwca|&\nIdentityFile $keys/cert|" "$BED/hosts/gwca"
	check_eq "a certificate by the service" "bob" \
		"$("${SSH[@]}" -o IdentityFile=none -i "$keys/cert" -n gwca \
			id -un 2>&1)" gwca
else
	skip "a key by the service" "no audit sessions here"
fi
{
	echo "Match User gateway"
	display "AllowStreamLocalForwarding no"
} | cat "$BED/conf/base" - >"$out/forwarding"
check_eq "what is forbidden besides" "4" "$(/usr/sbin/sshd -T \
	-f "$out/forwarding" -C user=gateway,host=x,addr=192.0.2.1 2>&1 |
	grep -ciE '^(allowtcp|allowstreamlocal|x11)forwarding no|^permittunnel no')"

# What is printed has the fields that are shown.
service_conf <<<"LocalUser alice"
gateway listed
check_eq "the heading of --sessions" \
	"$(display "SINCE" | head -n 1 | tr -s ' ')" \
	"$("${SSH[@]}" -n listed "$INCUBATOR" --sessions | head -n 1 |
		tr -s ' ')" listed
"$INCUBATOR" --local-user no-such-user -- true 2>/dev/null
fields() {
	grep "^$1" | sed 's/"[^"]*"/x/g' | head -n 1 |
		grep -oE '^[a-z ]*:|[a-z]+=' | tr '\n' ' '
}
# shellcheck disable=SC2034 # all of it, for audit_lines
LOG_MARK=0
audit_lines >"$out/log"
display "session cleaned up" | sed -e ':a' -e 'N; $!ba' -e 's/\n  */ /g' \
	>"$out/shown"
for line in refused "session opened" "session closed"; do
	check_eq "the log's line \"$line\"" "$(fields "$line" <"$out/shown")" \
		"$(fields "$line" <"$out/log")"
done

picture "v  /run/ssh-incubator/service.sock"
check_displays
finish

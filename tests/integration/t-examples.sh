#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The examples of contrib/sshd_config: sshd takes each behind the
# distribution's own file, they say what they mean to say, a login by each
# works, and the traps that their comments warn of are there.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
examples=$TOP_SRCDIR/contrib/sshd_config
stock=/usr/share/openssh/sshd_config
[ -f "$stock" ] || stock=/etc/ssh/sshd_config
sshd=(/usr/sbin/sshd -h "$BED/keys/host")

# As they would be used, with the place where the program is in here.
mkdir "$out/ex"
for file in "$examples"/*; do
	sed "s|/usr/sbin/incubator|$INCUBATOR|
		s|/usr/bin/agent-forwarder|$AGENT_FORWARDER|
		s|/usr/bin/env-filter|$ENV_FILTER|g
		s|/usr/bin/pty-broker|$PTY_BROKER|" "$file" >"$out/ex/${file##*/}"
done
cd "$out/ex" || exit 1

programs="incubator|agent-forwarder|env-filter|pty-broker"
for file in *; do
	for order in behind before twice; do
		case $order in
		behind) cat "$stock" "$file" ;;
		# As a file of sshd_config.d is read.
		before) cat "$file" "$stock" ;;
		twice) cat "$stock" "$file"; grep -v '^Subsystem' "$file" ;;
		esac >"$out/config"
		check "$file $order the stock file: sshd -t" \
			"${sshd[@]}" -t -f "$out/config"
		check "$file $order the stock file: sshd -T" \
			"${sshd[@]}" -T -f "$out/config" -C user=alice
	done
	# What is appended later must not fall into a Match block of ours.
	{ cat "$stock" "$file"; echo "MaxStartups 7"; } >"$out/config"
	check "$file ends its blocks" "${sshd[@]}" -t -f "$out/config"
	check_eq "$file: a program it names is there" "" "$(
		grep -oE "/[a-z/]*/($programs)" "$file" | sort -u |
		while read -r path; do
			[ -x "$path" ] || echo "$path"
		done)"
done
cat "$stock" ./*.conf >"$out/config"
check "all examples together: sshd -t" "${sshd[@]}" -t -f "$out/config"

# says NAME FILE USER LINE...: what sshd -T prints for that user.
says() {
	local name=$1 config=$2 user=$3 line

	cat "$stock" "$config" >"$out/config"
	"${sshd[@]}" -T -f "$out/config" -C "user=$user,host=x,addr=192.0.2.1" \
		>"$out/T" 2>&1
	shift 3
	for line in "$@"; do
		grep -qix "$line" "$out/T" ||
			{ fail "$name" "no <$line>: $(head -n 3 "$out/T")"
				return; }
	done
	pass "$name"
}
groupadd() {
	echo "$1:x:$2:$3" >>/etc/group
}
groupadd sshusers 2101 bob
groupadd sftponly 2102 bob
groupadd sftpdrop 2103 bob
says "own-account.conf applies to its group" own-account.conf bob \
	"forcecommand exec $INCUBATOR" "permituserrc no"
says "own-account.conf applies to nobody else" own-account.conf alice \
	"forcecommand none"
says "root-mapped.conf applies to root" root-mapped.conf root \
	"permitrootlogin forced-commands-only" "disableforwarding yes"
says "root-mapped.conf applies to nobody else" root-mapped.conf alice \
	"permitrootlogin \(without-password\|prohibit-password\)" \
	"disableforwarding no"
says "gateway.conf applies to its user" gateway.conf gateway \
	"forcecommand exec $INCUBATOR --front" "disableforwarding yes" \
	"permituserrc no" "authenticationmethods publickey" \
	"authorizedkeysfile /etc/ssh/gateway_keys"
says "gateway.conf applies to nobody else" gateway.conf alice \
	"forcecommand none" "disableforwarding no"
says "sftp.conf applies to its group" sftp.conf bob \
	"forcecommand exec $INCUBATOR --sftp" "permittty no"
says "mapped-guest.conf applies to root" mapped-guest.conf root \
	"permitrootlogin forced-commands-only" "disableforwarding yes"
says "sftp-confined.conf applies to its group" sftp-confined.conf bob \
	"forcecommand exec $INCUBATOR --sftp --landlock-rw /srv/drop .*" \
	"permittty no" "disableforwarding yes"
says "sftp-confined.conf applies to nobody else" sftp-confined.conf alice \
	"forcecommand none"
says "login-shell.conf applies to its user" login-shell.conf alice \
	"disableforwarding yes"

# A login by each, with the keys of this machine.
use() {
	cat "$BED/conf/base" "$1" >"$BED/conf/$2"
	{
		echo "Host $2"
		echo "User $3"
	} >"$BED/hosts/$2"
}
use own-account.conf ex-own bob
mark_log
check_eq "a login by own-account.conf" "bob" \
	"$("${SSH[@]}" -n ex-own id -un)" ex-own
check_eq "... through us" 1 "$(audit_lines | grep -c '^session opened: ')"

# Would have caught a line that does not chain, or chains to the end of time.
groupadd developers 2105 alice
groupadd guests 2106 bob
use env-filter.conf ex-filter alice
check_eq "a login by env-filter.conf: git's names, but no command" "a=x c=" \
	"$(GIT_AUTHOR_NAME=x GIT_SSH_COMMAND=evil "${SSH[@]}" -n \
		-o 'SendEnv GIT_*' ex-filter \
		'echo "a=$GIT_AUTHOR_NAME c=$GIT_SSH_COMMAND"')" ex-filter
use env-filter.conf ex-chain bob
mark_log
check_eq "a login by its composed line" "C.UTF-8 unset unset" \
	"$(LANG=de_DE LC_ALL=C "${SSH[@]}" -n -o 'SendEnv LANG LC_*' \
		ex-chain 'echo $LANG ${LC_ALL-unset}' \
		'${SSH_ORIGINAL_COMMAND-unset}')" ex-chain
check_eq "... through both of us" 1 \
	"$(audit_lines | grep -c '^session opened: ')"

# The agent's, with the policy that its comments have.
use_agent() {
	use agent-forwarder.conf "$1" alice
	echo "IdentityAgent $out/agent" >>"$BED/hosts/$1"
}
install -d /etc/ssh-incubator
key=$(ssh-keygen -lf "$BED/keys/user.pub" | cut -d' ' -f2)
policy=/etc/ssh-incubator/agent.policy
sed -n '/^#   Allow/s/^#   //p' agent-forwarder.conf |
	sed "s|SHA256:[.]*|$key|" >"$policy"
check_eq "agent-forwarder.conf: the policy can be asked for" \
	"AllowKey $key|AllowUser git|AllowNamespace git|" \
	"$("$AGENT_FORWARDER" --policy $policy --print-policy | tr '\n' '|')"
agent=$(ssh-agent -s -a "$out/agent" | sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p')
ssh-keygen -q -t ed25519 -N '' -C hidden -f "$out/hidden"
SSH_AUTH_SOCK=$out/agent ssh-add -q "$BED/keys/user" "$out/hidden"
# Would have caught a line by which no login gets in, or a policy that is not
# read; and the command has an agent for the time of the session only.
limited_case='ssh-add -l | cut -d" " -f2; echo x | ssh-keygen -q -Y sign \
	-n git -f k.pub 2>/dev/null | head -n 1; ssh-add -T k.pub
	ls /tmp/ssh-* ~/.ssh/agent 2>/dev/null | grep -c "agent[.]\|[.]sshd[.]"'
cp "$BED/keys/user.pub" /home/alice/k.pub
# Of a later block she is only if she is of none before.
agent_group() {
	sed -i '/^agent/s/:alice$/:/' /etc/group
	groupadd "$1" "$2" alice
	use_agent "ex-$1"
	# An sshd that was killed with its connection leaves its socket.
	rm -rf /tmp/ssh-* /home/alice/.ssh/agent
}
for group in agentusers:1 agentlimited:0; do
	host=ex-${group%:*}
	agent_group "${group%:*}" $((2107 + ${group#*:}))
	check_eq "a login by agent-forwarder.conf, ${group%:*}" \
		"$key
-----BEGIN SSH SIGNATURE-----
Agent signature failed for k.pub: agent refused operation
${group#*:}" "$("${SSH[@]}" -nA "$host" "$limited_case" 2>&1 |
			tr -d '\r')" "$host"
	check_eq "... and without an agent" unset \
		"$("${SSH[@]}" -na "$host" 'echo ${SSH_AUTH_SOCK-unset}')" \
		"$host"
done
mv "$policy" "$policy.away"
check_match "trap: without its policy nobody gets in who has an agent" \
	"^255 agent-forwarder: $policy: No such file" "$(
	got=$("${SSH[@]}" -nA ex-agentlimited true 2>&1); echo "$? $got")" \
	ex-agentlimited
mv "$policy.away" "$policy"
agent_group agentstable 2109
check_eq "a login by agent-forwarder.conf, agentstable" \
	"/home/alice/.local/state/ssh-incubator/agent/default.sock $key" \
	"$("${SSH[@]}" -nA ex-agentstable 'echo $SSH_AUTH_SOCK \
		$(ssh-add -l | head -n 1 | cut -d" " -f2)')" ex-agentstable
check_match "... which knows the key" "login [0-9]+, key ${key//+/\\+} " \
	"$("${SSH[@]}" -nA ex-agentstable "$AGENT_FORWARDER" status)"
check "... whose server is ended" \
	"${SSH[@]}" -na ex-agentstable "$AGENT_FORWARDER" stop
kill "$agent"

# use_root FILE NAME: the line of authorized_keys is the one in the comment.
use_root() {
	local line

	line=$(sed -n 's/^# *\(restrict,.*command=".*"\) ssh-ed25519.*/\1/p' \
		"$1" | sed 's/--local-user [a-z]*/--local-user alice/')
	echo "$line $(cat "$BED/keys/user.pub")" >"$BED/auth/$2"
	use "$1" "$2" root
	sed -i "s|^AuthorizedKeysFile.*|AuthorizedKeysFile $BED/auth/$2|" \
		"$BED/conf/$2"
}
use_root root-mapped.conf ex-root

mark_log
check_eq "a login by root-mapped.conf" "alice" \
	"$("${SSH[@]}" -n ex-root id -un)" ex-root
key=$(ssh-keygen -lf "$BED/keys/user.pub" | cut -d' ' -f2)
check_match "... which names the key" "key=${key//+/\\+}" \
	"$(audit_lines | grep '^session opened: ')"
check_match "... with a terminal" "^/dev/pts/" \
	"$("${SSH[@]}" -q -tt ex-root tty)" ex-root

# The certificates' example, with the files that its comments have.
etc=/etc/ssh-incubator
install -d "$etc"
ssh-keygen -q -t ed25519 -N '' -f "$out/ca"
cp "$out/ca.pub" "$etc/ca.pub"
cp "$BED/keys/user.pub" "$out/id.pub"
ssh-keygen -q -s "$out/ca" -I anna@example.org -n alice "$out/id.pub"
sed -n 's/^#   \(restrict,.*"\) alice$/\1/p' mapped-by-certificate.conf |
	sed "s|\"$| --config $etc/incubator.conf\" alice|" >"$etc/principals"
fingerprint=$(ssh-keygen -lf "$etc/ca.pub" | cut -d' ' -f2)
sed -n '/^#   Deny "no/,/^#           LocalUser/s/^#   //p' \
	mapped-by-certificate.conf |
	sed "s|SHA256:[.]*|$fingerprint|" >"$etc/incubator.conf"
chmod 0644 "$etc"/*
by_certificate() {
	"${SSH[@]}" -n -o "CertificateFile=$out/id-cert.pub" ex-cert "$@"
}
use mapped-by-certificate.conf ex-cert root
check_eq "a login by mapped-by-certificate.conf" "alice" \
	"$(by_certificate id -un)" ex-cert
check_match "... and what its comments ask" "^localuser alice" "$(
	"$INCUBATOR" -T --config "$etc/incubator.conf" \
		-C "caller=root,ca=$fingerprint,principal=alice")"
sed -i 's/^ExposeAuthInfo/#&/; s/^\tExposeAuthInfo.*//' "$BED/conf/ex-cert"
check_match "trap: without ExposeAuthInfo nobody gets in" \
	"^255 .*no certificate of ours" "$(
	got=$(by_certificate id -un 2>&1); echo "$? $got")" ex-cert
# A build with sysconfdir=/etc reads it for the examples below, too.
rm "$etc/incubator.conf"

# The gateway's, with the files and the configuration that its comments have.
# Would have caught a line by which nobody or the wrong one gets in, a key that
# sshd does not read there, and a file of PAM's that the line breaks.
install -m 0644 "$BED/keys/user.pub" /etc/ssh/gateway_keys
install -m 0644 "$out/ca.pub" /etc/ssh/gateway_ca.pub
printf 'alice\nbob\n' >/etc/ssh/gateway_principals
key=$(ssh-keygen -lf "$BED/keys/user.pub" | cut -d' ' -f2)
sed -n '/^#   Deny "nobody/,/%p$/s/^#   //p' gateway.conf |
	sed "s|Key SHA256:[.]*|Key $key|; s|CA SHA256:[.]*|CA $fingerprint|" |
	service_conf
service_start 64
use gateway.conf ex-gw gateway
in_vain=$("${SSH[@]}" -n ex-gw id -un 2>&1)
check_eq "trap: without --record-auth no key is known" \
	"255 incubator: nobody whom we know" \
	"$? $in_vain" ex-gw
if ( echo 1001 >/proc/self/loginuid ) 2>/dev/null; then
	sed -i "/pam_loginuid.so/r $TOP_SRCDIR/contrib/pam.d/sshd-record-auth" \
		/etc/pam.d/sshd
	sed -i "s|/usr/sbin/incubator|$INCUBATOR|" /etc/pam.d/sshd
	check_eq "a login by gateway.conf, and a key" alice \
		"$("${SSH[@]}" -n ex-gw id -un)" ex-gw
	check_match "... with a terminal" "^/dev/pts/" \
		"$("${SSH[@]}" -q -tt ex-gw tty)" ex-gw
	ssh-keygen -q -t ed25519 -N '' -f "$out/new"
	ssh-keygen -q -s "$out/ca" -I bob@example.org -n bob "$out/new.pub"
	check_eq "a login by gateway.conf, and a certificate" bob \
		"$("${SSH[@]}" -n -i "$out/new" ex-gw id -un)" ex-gw
	ssh-keygen -q -s "$out/ca" -I incu@example.org -n incu "$out/new.pub"
	grep -v IdentityFile "$BED/ssh_config" >"$out/config"
	check_match "... but for no account that is not in the list" \
		"^255 .*Permission denied" "$(
		got=$(timeout 20 ssh -n -F "$out/config" -i "$out/new" \
			ex-gw id -un 2>&1); echo "$? $got")"
else
	skip "a login by gateway.conf" "may not set a login uid here"
fi
sed -i 's/exec \(.* --front\)/\1/' "$BED/conf/ex-gw"
check_match "trap: without exec the front refuses" \
	"^255 .*not started by sshd itself" "$(
	got=$("${SSH[@]}" -n ex-gw id -un 2>&1); echo "$? $got")" ex-gw

use sftp.conf ex-sftp bob
timeout 20 sftp -q -b - -F "$BED/ssh_config" ex-sftp >"$out/log" 2>&1 <<<pwd
check_match "a login by sftp.conf" "^0 .*/home/bob" "$? $(cat "$out/log")"
check_eq "... which runs nothing else" "no" \
	"$("${SSH[@]}" -n ex-sftp "touch $out/ran" >/dev/null 2>&1
		[ -e "$out/ran" ] && echo yes || echo no)"
sed 's/ex-sftp/ex-sub/; s/bob/alice/' "$BED/hosts/ex-sftp" >"$BED/hosts/ex-sub"
cp "$BED/conf/ex-sftp" "$BED/conf/ex-sub"
timeout 20 sftp -q -b - -F "$BED/ssh_config" -s sftp-incubator ex-sub \
	>"$out/log" 2>&1 <<<pwd
check_match "... and the subsystem's own name" "^0 .*/home/alice" \
	"$? $(cat "$out/log")"

# guest COMMAND: its limit of processes counts those that alice has in all
# scripts of the moment.
# shellcheck disable=SC2317
guest() {
	"${SSH[@]}" -n ex-guest "$1" >"$out/guest" 2>"$out/guest.said"
	! grep -q 'temporarily unavailable' "$out/guest.said"
}
use_root mapped-guest.conf ex-guest
wait_for 60 guest 'echo $(id -un; umask; ulimit -u
	ulimit -c; sed -n "s/^NoNewPrivs://p" /proc/self/status)'
check_eq "a login by mapped-guest.conf" "alice 0077 100 0 1" \
	"$(cat "$out/guest")" ex-guest
wait_for 60 guest 'echo $$'
check_eq "... whose shell is process 1" "1" "$(cat "$out/guest")" ex-guest

# drop NAME HOST [OPTION...]: what sftp-confined.conf lets in and out.
drop() {
	local name=$1 host=$2

	shift 2
	rm -f /srv/drop/new /tmp/new
	timeout 20 sftp -q -b - -F "$BED/ssh_config" "$@" "$host" \
		>"$out/log" 2>&1 <<-END
		pwd
		put /etc/hostname new
		-put /etc/hostname /tmp/new
		-get /etc/hostname $out/got
	END
	check_match "$name" "^0 .* /srv/drop" "$? $(head -n 2 "$out/log")" \
		"$host"
	check "$name writes there" [ -f /srv/drop/new ]
	check_match "$name writes nowhere else" \
		"open .*/tmp/new.*: Permission denied" "$(cat "$out/log")"
	check_match "$name reads nothing else" \
		"open .*/etc/hostname.*: Permission denied" "$(cat "$out/log")"
}
install -d -m 2770 -g sftpdrop /srv/drop
"$INCUBATOR" --local-user bob --landlock-ro / -- true 2>"$out/log"
if grep -q -e "Function not implemented" -e "Operation not supported" \
	"$out/log"; then
	skip "a login by sftp-confined.conf" "$(cat "$out/log")"
else
	use sftp-confined.conf ex-drop bob
	drop "a login by sftp-confined.conf" ex-drop
	chmod 2777 /srv/drop
	sed 's/ex-drop/ex-drop-sub/; s/bob/alice/' "$BED/hosts/ex-drop" \
		>"$BED/hosts/ex-drop-sub"
	cp "$BED/conf/ex-drop" "$BED/conf/ex-drop-sub"
	drop "sftp-confined.conf by the subsystem's own name" ex-drop-sub \
		-s sftp-drop
	use_root sftp-confined.conf ex-drop-root
	sed -i "1i PermitRootLogin forced-commands-only" \
		"$BED/conf/ex-drop-root"
	drop "sftp-confined.conf by a key of root's" ex-drop-root
fi

# The traps.  A second "Subsystem sftp" stops sshd.
{ cat "$stock"; echo "Subsystem sftp $INCUBATOR --sftp"; } >"$out/config"
check_match "trap: a second Subsystem sftp line stops sshd" \
	"already defined" "$("${sshd[@]}" -t -f "$out/config" 2>&1)"

# forced-commands-only does not count a ForceCommand of sshd_config.
server trap-forced root <<-END
	PermitRootLogin forced-commands-only
	ForceCommand exec $INCUBATOR --local-user alice
END
check_eq "trap: forced-commands-only ignores ForceCommand" "255 " \
	"$(got=$("${SSH[@]}" -n trap-forced id -un 2>/dev/null)
		echo "$? $got")" trap-forced

# Without "exec" dash stays in between: a signal arrives as a status.
server trap-exec bob <<-END
	ForceCommand $INCUBATOR
END
"${SSH[@]}" -n trap-exec 'kill -TERM $$' 2>/dev/null
check_eq "trap: without exec a signal is status 143" 143 $? trap-exec

# "ssh -N" never runs a forced command.
mark_log
"${RAW_SSH[@]}" -fN -T -M -S "$out/N" ex-own
check_eq "trap: ssh -N runs no forced command" 0 \
	"$(audit_lines | grep -c '^session opened: ')"
"${RAW_SSH[@]}" -S "$out/N" -O exit ex-own 2>/dev/null

# ~/.pam_environment, where sshd's PAM stack reads it, loads code into what
# sshd starts, us included; the SetEnv line neutralises it.
echo 'LD_PRELOAD DEFAULT=/home/bob/evil.so' >/home/bob/.pam_environment
preloads() {
	"${SSH[@]}" -n "$1" true 2>&1 | grep -c 'evil.so.*cannot be preloaded'
}
if grep -q user_readenv=1 /etc/pam.d/sshd; then
	server_own bob
	check_match "trap: ~/.pam_environment loads code into us" "^[1-9]" \
		"$(preloads own-bob)" own-bob
	check_eq "own-account.conf's SetEnv neutralises it" 0 \
		"$(preloads ex-own)" ex-own
else
	skip "trap: ~/.pam_environment loads code into us" \
		"this sshd's PAM stack does not read it"
fi
rm /home/bob/.pam_environment
# ... but a SetEnv line before it wins.
{ echo "SetEnv ONE=1"; cat "$BED/conf/base"; echo "SetEnv TWO=2"; } \
	>"$BED/conf/trap-setenv"
sed 's/ex-own/trap-setenv/' "$BED/hosts/ex-own" >"$BED/hosts/trap-setenv"
check_eq "trap: only the first SetEnv line counts" "1 unset" \
	"$("${SSH[@]}" -n trap-setenv 'echo $ONE ${TWO-unset}')" trap-setenv

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The ways to sftp: as the Subsystem's command, by --sftp, by what the client
# asked for under every name that sshd has for it, and through a login shell.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
sftp_server=$(sed -n 's/^Subsystem sftp //p' "$BED/conf/base")
head -c 100000 /dev/urandom >"$out/data"
chmod 0640 "$out/data"

# sftp_case NAME HOST USER: a file there and back, at home, as the user.
sftp_case() {
	local name=$1 host=$2 user=$3 home

	home=$(getent passwd "$user" | cut -d: -f6)
	rm -f "$home/put" "$out/got"
	mark_log
	timeout 20 sftp -q -b - -F "$BED/ssh_config" "$host" \
		>"$out/log" 2>&1 <<-END
		put -p $out/data put
		get put $out/got
	END
	check_eq "sftp $name" "0 same $user 640" "$? $(
		cmp -s "$out/data" "$out/got" && echo same) $(
		stat -c '%U %a' "$home/put")" "$host"
	check_eq "sftp $name is service sftp" 1 "$(audit_lines | grep -c \
		"^session opened: user=$user(.* service=sftp")"
}

# As the Subsystem's command, of a server that has no ForceCommand: sshd runs
# "shell -c 'incubator --sftp'".
server subsystem alice <<-END
	Subsystem sftp $INCUBATOR --sftp
END
sed -i "\|^Subsystem sftp $sftp_server|d" "$BED/conf/subsystem"
sftp_case "as a Subsystem command" subsystem alice

# Root's forced command with --sftp: nothing but sftp, whatever is asked.
server_key only-sftp "exec $INCUBATOR --local-user bob --sftp" </dev/null
sftp_case "by root's --sftp" only-sftp bob
# A command would talk to sftp-server: wait for ever, or end with 0.
for request in id "scp -t /tmp" "rsync --server . /tmp"; do
	check_eq "--sftp runs nothing else: $request" \
		"incubator: this service allows sftp connections only, 255" \
		"$("${SSH[@]}" only-sftp "$request" 2>&1 </dev/zero), $(
		"${SSH[@]}" only-sftp "$request" >/dev/null 2>&1 </dev/zero
		echo "$?")" only-sftp
done
check_match "nor does it on a terminal" \
	"this service allows sftp connections only" \
	"$("${SSH[@]}" -tt only-sftp 2>&1 </dev/null)" only-sftp

# What the client asked for: the external server, and internal-sftp, which
# sshd would have run inside itself.
servers alice
sftp_case "asked for, own" own-alice alice
sftp_case "asked for, root" root-alice alice
for way in own root; do
	sed '/^Subsystem/d' "$BED/conf/$way-alice" >"$BED/conf/$way-internal"
	echo "Subsystem sftp internal-sftp -f LOCAL7 -l INFO" \
		>>"$BED/conf/$way-internal"
	sed "s/$way-alice/$way-internal/" "$BED/hosts/$way-alice" \
		>"$BED/hosts/$way-internal"
	sftp_case "asked for as internal-sftp, $way" "$way-internal" alice
done

# A login shell of ours gets "-c sftp-server".
server shell-incu incu </dev/null
sftp_case "through the login shell" shell-incu incu
# ... and with incubator as its own Subsystem command on top, we are not run
# in a circle.
sed 's/shell-incu/shell-sub/' "$BED/hosts/shell-incu" >"$BED/hosts/shell-sub"
sed '/^Subsystem/d' "$BED/conf/shell-incu" >"$BED/conf/shell-sub"
echo "Subsystem sftp $INCUBATOR --sftp" >>"$BED/conf/shell-sub"
timeout 20 sftp -q -b /dev/null -F "$BED/ssh_config" shell-sub \
	>/dev/null 2>&1
check_eq "sftp where shell and Subsystem are incubator" 0 $? shell-sub

# Another server, with arguments.
cat >/usr/local/bin/server <<-END
	#!/bin/sh
	echo "\$0 \$*" >$out/other
	exec $sftp_server
END
chmod 0755 /usr/local/bin/server
server_key other "exec $INCUBATOR --local-user alice --sftp \
--cmd /usr/local/bin/server -- -u 007" </dev/null
sftp_case "by another server" other alice
check_eq "with its arguments" "/usr/local/bin/server -u 007" \
	"$(cat "$out/other")"

# An account whose shell refuses logins is refused sftp too, because what the
# client asked for goes by that shell; --sftp is the administrator's word.
server_root barred
timeout 20 sftp -q -b /dev/null -F "$BED/ssh_config" root-barred \
	>/dev/null 2>&1
check_match "no sftp for a nologin shell" '^(1|255)$' $?

finish

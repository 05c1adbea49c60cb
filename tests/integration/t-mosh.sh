#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# mosh: its server is started through the session and must stay when the ssh
# connection ends, because it calls setsid(2) (I10).

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need mosh || skip_all "mosh is not installed"
servers alice

port=2300
mosh_case() {
	local host=$1 shown status

	port=$((port + 1))
	/usr/sbin/sshd -f "$BED/conf/$host" -p "$port" \
		-o ListenAddress=127.0.0.1 -E "$BED/log/$host"
	cat >>"$BED/hosts/$host" <<-END
		HostName 127.0.0.1
		Port $port
		SendEnv LANG LC_*
	END
	rm -f "$BED/out/typed" "$BED/out/go"
	/bed/bin/drive -t 15 mosh --ssh="ssh -F $BED/ssh_config" "$host" \
		>"$BED/out/shown" 2>&1 <<-END &
		expect login:alice
		send id -un >$BED/out/typed; shopt -q login_shell && echo login >>$BED/out/typed\r
		await $BED/out/go
		send exit\r
	END
	wait_for 10 grep -q login "$BED/out/typed"
	check_eq "mosh: a login shell, $host" "alice login" \
		"$(tr '\n' ' ' <"$BED/out/typed" | sed 's/ $//')" "$host"
	# What was typed went by UDP: no ssh connection is left.
	check "I10 mosh's server lives without the connection, $host" \
		wait_for 5 no_session
	check "mosh's server is still there, $host" \
		pgrep -u alice -f mosh-server
	touch "$BED/out/go"
	wait $!
	check_eq "mosh ends, $host" 0 $?
	check "nothing stays of it, $host" wait_for 5 none_of_alice
}

no_session() {
	! pgrep -x incubator && ! pgrep -f '^sshd: (alice|root)'
}
none_of_alice() {
	! pgrep -u alice
}

mosh_case own-alice
mosh_case root-alice
finish

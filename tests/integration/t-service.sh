#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Shape C: an account that may do nothing is the gateway, and a service of
# root's makes the session.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

service_start 64
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
END
gateway gw

out=$("${SSH[@]}" gw 'id -un; tty; exit 7' 2>&1)
check_eq "status" 7 $? gw
check_eq "a command runs as alice" $'alice\nnot a tty' "$out" gw
tty_case "a shell on a terminal" 3 gw <<-'END'
	expect login:alice$
	send id -un; tty\n
	expect alice
	expect /dev/pts/
	send exit 3\n
END
finish

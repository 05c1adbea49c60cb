#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A ForceCommand line that ends in "pty-broker attach": who came for something
# else than a terminal gets that, byte for byte, and no session is made.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

server forced alice <<-END
	ForceCommand exec $ENV_FILTER -- $PTY_BROKER attach main
END
via="ssh -F $BED/ssh_config"
head -c 1000000 /dev/urandom >"$out/data"
home=/home/alice

# Would have caught a word on standard output, a session, a pty between.
same_there() {
	check_same "$1" "$out/data" "$home/$2" forced
}
for how in "" -O; do
	# shellcheck disable=SC2086
	check "scp $how there" timeout 60 scp -q $how -F "$BED/ssh_config" \
		"$out/data" forced:there
	same_there "scp $how: the file" there
	rm -f "$out/back"
	# shellcheck disable=SC2086
	check "scp $how back" timeout 60 scp -q $how -F "$BED/ssh_config" \
		forced:there "$out/back"
	check_same "scp $how back: the file" "$out/data" "$out/back"
	rm "$home/there"
done
printf 'put %s there\nget there %s\n' "$out/data" "$out/sftped" |
	timeout 60 sftp -q -b - -F "$BED/ssh_config" forced >"$out/log" 2>&1
check_eq "sftp" 0 $? forced
same_there "sftp there" there
check_same "sftp back" "$out/data" "$out/sftped"

if need rsync; then
	mkdir -p "$out/tree/sub"
	cp "$out/data" "$out/tree/sub/"
	check "rsync there" timeout 60 rsync -a -e "$via" "$out/tree/" \
		forced:tree/
	check "rsync back" timeout 60 rsync -a -e "$via" forced:tree/ \
		"$out/tree2/"
	check "rsync: the same" diff -r "$out/tree" "$out/tree2"
else
	skip "rsync" "not installed"
fi

if need git; then
	git() {
		HOME=$out GIT_SSH_COMMAND=$via timeout 60 git \
			-c user.name=x -c user.email=x@example.org \
			-c init.defaultBranch=main "$@"
	}
	as_alice git init -q --bare "$home/repo"
	git init -q "$out/checkout"
	cp "$out/data" "$out/checkout/"
	git -C "$out/checkout" add data
	git -C "$out/checkout" commit -q -m one
	check "git push" git -C "$out/checkout" push -q forced:repo HEAD:main
	check "git clone" git clone -q -b main forced:repo "$out/clone"
	check_same "git: the file" "$out/data" "$out/clone/data"
	unset -f git
else
	skip "git" "not installed"
fi

check_same "a command: its output" "$out/data" \
	<("${SSH[@]}" forced cat there </dev/null)
check_same "a command: its input" "$out/data" \
	<("${SSH[@]}" forced cat <"$out/data")
"${SSH[@]}" forced 'echo out; echo err >&2; exit 9' \
	>"$out/o" 2>"$out/e" </dev/null
check_eq "a command: status and streams" "9 out err" \
	"$? $(cat "$out/o") $(cat "$out/e")"
# shellcheck disable=SC2016
check_eq "a command does not see what was asked for" "unset unset" \
	"$("${SSH[@]}" forced 'echo ${SSH_ORIGINAL_COMMAND-unset} \
		${PTY_BROKER-unset}' </dev/null)"
# shellcheck disable=SC2016
check_eq "bash -s" "sum 3" \
	"$("${SSH[@]}" forced bash -s <<<'echo sum $((1+2))')"
# shellcheck disable=SC2016
check_eq "no command, no terminal: the shell" "sum 3" \
	"$("${SSH[@]}" -T forced <<<'echo sum $((1+2))')"
check_eq "not executable" 126 \
	"$("${SSH[@]}" forced /etc/passwd >/dev/null 2>&1 </dev/null; echo $?)"
# Who asks for a command and a terminal gets both, and no session.
tty_case "a command on a terminal" 8 forced 'test -t 0 && exit 8' </dev/null
check "no session was made" test ! -e "$place"
check_nothing "passing through"

# The same line, when somebody comes for a terminal.
tty_case "a person" 4 forced <<-'END'
	expect login:alice$ 
	send echo "it is $PTY_BROKER-"\r
	expect it is main-
	send exit 4\r
END
check_nothing "a person"

finish

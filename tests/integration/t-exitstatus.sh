#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How a command ended arrives at the client exactly as with plain sshd.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

servers alice
server shell-incu incu </dev/null

# "STATUS REQUEST": the client's exit status, and which of the two messages
# the server sent.  OpenSSH's client makes 255 of every signal, so the status
# alone would not tell a death by signal from an "exit 255".
ending() {
	local err=$BED/out/err.$1 status

	"${SSH[@]}" -v "${@:2:1}" "$1" "$3" >/dev/null 2>"$err"
	status=$?
	echo "$status $(sed -n 's/.*rtype \(exit-[a-z]*\).*/\1/p' "$err")"
}

# The commands, and what a wrong program would make of them: a helper that
# returns the wait status, that adds 128 to a signal, that turns 127 into its
# own refusal, that loses what dies at once.
commands=(
	'exit 0'
	'exit 42'
	'exit 255'
	'exit 127'
	'/no/such/program'
	'exec /no/such/program'
	'/etc/passwd'
	'exec /etc'
	'kill -TERM $$'
	'kill -KILL $$'
	'kill -SEGV $$'
	'kill -HUP $$'
	'kill -PIPE $$'
	'kill -USR2 $$'
	'kill -34 $$'
)
for tty in -T -tt; do
	# With a terminal another path through the program waits for the end,
	# which these are enough for.
	[ "$tty" = -T ] || commands=('exit 42' 'exit 255' /no/such/program
		'kill -TERM $$' 'kill -KILL $$' 'kill -SEGV $$')
	for command in "${commands[@]}"; do
		for way in plain own root; do
			ending "$way-alice" "$tty" "$command" \
				>"$BED/out/end.$way" &
		done
		wait
		plain=$(cat "$BED/out/end.plain")
		for way in own root; do
			check_eq "ends like plain sshd, $way $tty: $command" \
				"$plain" "$(cat "$BED/out/end.$way")" \
				"$way-alice"
		done
	done
done
# Are the two messages told apart at all?
check_eq "a status is a status" "42 exit-status" \
	"$(ending root-alice -T 'exit 42')"
check_eq "a signal is a signal" "255 exit-signal" \
	"$(ending root-alice -T 'kill -TERM $$')"

# As a login shell: "incubator -c COMMAND".
for command in 'exit 0' 'exit 42' 'exit 255' '/no/such/program' \
	'kill -TERM $$'; do
	check_eq "ends like plain sshd, login shell: $command" \
		"$(ending plain-alice -T "$command")" \
		"$(ending shell-incu -T "$command")" shell-incu
done

# The login shell itself, ended by "exit N" and by its input's end.
for host in own-alice root-alice shell-incu; do
	"${SSH[@]}" -T "$host" <<<'exit 7'
	check_eq "login shell's exit 7, $host" 7 $? "$host"
	echo false | "${SSH[@]}" -T "$host"
	check_eq "login shell's last status, $host" 1 $? "$host"
done

# How the process itself ends, which is more than sshd passes on: the same
# signal, and no core file of root's program beside the command's own.
by_hand() {
	/bed/bin/misuse wait "$INCUBATOR" --local-user alice "$@" \
		</dev/null 2>&1 | tail -n 1
}
read -r pattern </proc/sys/kernel/core_pattern
# A pipe would start a program on the real machine.
if [ "${pattern#|}" = "$pattern" ]; then
	ulimit -c unlimited
	printf '%s - core unlimited\n' '*' root \
		>/etc/security/limits.d/core.conf
fi
for signal in 1 6 9 11 15; do
	# shellcheck disable=SC2016
	check_eq "dies by signal $signal itself, without a core" \
		"signal $signal core 0" \
		"$(by_hand -- /bin/sh -c "cd /tmp; kill -$signal "'$$')"
done
# Root is the target: then the kernel does not refuse the core by itself.
# shellcheck disable=SC2016
check_eq "dies as root by signal 11 itself, without a core" \
	"signal 11 core 0" "$(cd /tmp && /bed/bin/misuse wait "$INCUBATOR" \
		--local-user root -- /bin/sh -c 'cd /tmp; kill -11 $$' \
		</dev/null 2>&1 | tail -n 1)"
ulimit -c 0
check_eq "ends with the status itself" "status 3" \
	"$(by_hand -- /bin/sh -c 'exit 3')"
check_eq "not found is 127" "status 127" "$(by_hand -- no-such-program)"
check_eq "not found is 127, by path" "status 127" "$(by_hand -- /no/such)"
check_eq "not found is 127, --cmd" "status 127" "$(by_hand --cmd /no/such)"
check_eq "not executable is 126" "status 126" "$(by_hand -- /etc/passwd)"
check_eq "a directory is 126" "status 126" "$(by_hand -- /etc)"
printf 'no header\n' >/tmp/text
chmod 0755 /tmp/text
check_eq "of no known format is 126" "status 126" "$(by_hand -- /tmp/text)"
install -m 0700 /bin/true /tmp/roots
check_eq "executable for root only is 126" "status 126" \
	"$(by_hand -- /tmp/roots)"
check_eq "the reason of a failed exec" \
	"incubator: /no/such: No such file or directory" \
	"$("$INCUBATOR" --local-user alice -- /no/such 2>&1 </dev/null)"
# I12: what is found depends on the user's right to run it, not on root's.
mkdir -p /usr/local/bin
install -m 0700 /bin/true /usr/local/bin/onlyroot
check_eq "I12 looked up as the user: found but not his is 126" \
	"status 126" "$(by_hand -- onlyroot)"

finish

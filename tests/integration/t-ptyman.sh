#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# pty-broker(1): its examples do what they say as they are written.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"
# shellcheck source=displays.sh
. "$(dirname "$0")/displays.sh"

need make || skip_all "needs make"
page=$TOP_SRCDIR/man/pty-broker.1
read_displays "$page"
cd "$out" || exit 1

# "host" is one with nothing in its sshd_config, and ssh one that knows it.
server host alice </dev/null
mkdir bin
cat >bin/ssh <<-END
	#!/bin/sh
	exec /usr/bin/ssh -F $BED/ssh_config "\$@"
END
chmod +x bin/ssh

# typed TEXT [AS...] <SCRIPT: somebody types the command that has this text.
typed() {
	PATH=$out/bin:$PATH "$BED/bin/drive" -t 30 "${@:2}" \
		bash -c "$(commands "$1")" 2>&1
}

check_match "a shell on a host that is far away" "here-42" "$(
	typed "ssh -t host pty-broker attach work" <<-'END'
		expect login:alice
		send echo here-$((6*7))\r
		expect here-42
		hangup
	END
)" host
left_alone() {
	broker list | grep -q "^$1 .* detached$"
}
check "... stays when the terminal is closed" wait_for 20 left_alone work
check_match "what is in its viewer's environment" \
	"(^|"$'\n'")SSH_CONNECTION=UNKNOWN" "$(
	as_alice bash -c "$(commands "work.env")" 2>&1)"
check_match "somebody looks on" "here-42.*detached" "$(
	typed "attach -r work" "${AS_ALICE[@]}" <<-'END' | tr -d '\n'
		expect here-42
		send exit\r
		send \x03
		expect detached
	END
)"
check "... and touches nothing" left_alone work

# "ssh work" by an entry of ssh_config.
server work alice </dev/null
{ cat "$BED/hosts/work"; config "RemoteCommand exec"; } >entry
mv entry "$BED/hosts/work"
check_match "ssh work is the same shell" "here-42.*there-42" "$(
	"$BED/bin/drive" -t 30 "$out/bin/ssh" work <<-'END' 2>&1 | tr -d '\n'
		expect here-42
		send echo there-$((6*7))\r
		expect there-42
		send exit\r
	END
)" work
is_over() {
	! broker list | grep -q "^$1 "
}
check "... and its end is the session's" wait_for 20 is_over work

# A build that fails, and the person comes back when it is over.
install -d -o alice build
printf 'all:\n\t@echo built; exit 3\n' >build/Makefile
mapfile -t line <<<"$(commands "pty-broker new build")"
build() {
	(cd build && as_alice bash -c "$1" 2>&1)
}
build "${line[0]}" </dev/null
ended() {
	broker list | grep -q "^build .* exited with 2$"
}
check "a build that goes on" wait_for 30 ended
broker list --json >"$out/json"
check_eq "what list --json prints of it is in the page" "" \
	"$(not_told "$page" "^.It Cm list" "^.It Cm peek" <"$out/json")"
check_match "... and that it is over" '"state":"ended","status":2' \
	"$(cat "$out/json")"
check_match "... what it printed" "built" "$(build "${line[1]}")"
check_match "... and its status, make's" "^2$" "$(build "${line[2]}")"
check_eq "... which were all lines of it" 3 "${#line[@]}"

echo "developers:x:2101:alice" >>/etc/group
server forced alice </dev/null
config "Match Group developers" >>"$BED/conf/forced"
server after alice <<-END
	$(config "env-filter -- /usr/bin/pty-broker")
END
tty_case "a shell that a lost connection does not end" 255 forced <<-'END'
	expect login:alice
	send echo main-$((6*7))\r
	expect main-42
	send \r~.
END
check "... stays" wait_for 20 left_alone main
tty_case "... and is there behind another program" 0 after <<-'END'
	expect main-42
	send exit\r
END

config "Subsystem" | server serve alice
mkfifo feed
"${SSH[@]}" -s serve reconnecting-pty <feed >shown 2>&1 &
client=$!
exec 9>feed
printf '%s:24:80\n' "$(cat /proc/sys/kernel/random/uuid)" >&9
# shellcheck disable=SC2016 # for the shell there
printf '%s\n' '{"data":"echo sub-$((6*7)); exit 5\n"}' >&9
check "a subsystem" wait_for 20 grep -q sub-42 shown
exec 9>&-
wait "$client"
check_eq "... ends as its command did" 5 $?

as_alice "$PTY_BROKER" attach x -- true </dev/null 2>/dev/null
# plain <LINES: without what is another number each time.
plain() {
	sed 's/pid=[0-9]*/pid=/; s|/dev/pts/[0-9]*|/dev/pts/|' | sort -u
}
display "created: session=work" | plain >expected
logged() {
	grep -o 'pty-broker.*' "$BED/log/syslog" | sed 's/^[^ ]* //' | plain |
		grep -xF -f expected >logged
	cmp -s expected logged
}
wait_for 20 logged
check_same "what is in the log" expected logged

check_displays
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Shape B's login session: PAM in the right order and with the right facts,
# closed whatever happens, and one AUTHPRIV line for each thing that happened.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need cc || skip_all "no compiler for the PAM module that listens"
module=$BED/bin/pam_tell.so
[ -e /usr/include/security/pam_modules.h ] || skip_all "no PAM headers"
if ! cc -shared -fPIC -o "$module" \
	"$TOP_SRCDIR/tests/integration/tools/pam_tell.c" 2>"$BED/out/cc"; then
	fail "the PAM module that listens" "$(head -n 1 "$BED/out/cc")"
	finish
fi
out=$BED/out
told=$out/told
pam=/etc/pam.d/ssh-incubator
cp "$pam" "$out/pam"

# listen [ARG...]: PAM's calls are told to $told from now on.
listen() {
	: >"$told"
	chmod 0666 "$told"
	printf '%s required '"$module $told $*"'\n' auth account session \
		>"$pam"
}
calls() {
	cut -d' ' -f1 "$told" | tr '\n' ' ' | sed 's/ $//'
}
# field NAME CALL: of the first such call
field() {
	grep "^$2 " "$told" | head -n 1 | sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}
whole="acct_mgmt setcred open_session setcred"
closed="close_session setcred"

# The order.  CVE-2006-7108: login -f left acct_mgmt out.
listen
"$INCUBATOR" --local-user alice -- sh -c "echo command >>$told" </dev/null
check_eq "CVE-2006-7108 PAM's calls in order" "$whole command $closed" \
	"$(calls)"
check_eq "credentials: establish, reinitialize, delete" "32770 32776 32772" \
	"$(sed -n 's/^setcred flags=\([0-9]*\).*/\1/p' "$told" | tr '\n' ' ' |
		sed 's/ $//')"
check_eq "PAM is called as root" "" "$(grep -v '^command' "$told" |
	grep -v 'uid=0 euid=0')"
check_eq "the groups are the target's when credentials are set" \
	"1001 1001,2001,2002" "$(field gid setcred) $(field groups setcred |
		tr ',' '\n' | sort -n | tr '\n' ',' | sed 's/,$//')"
check_eq "the service and the user" "ssh-incubator alice" \
	"$(field service open_session) $(field user open_session)"

# What PAM is told of the connection.
listen
SSH_CONNECTION="192.0.2.5 1022 192.0.2.1 22" "$INCUBATOR" \
	--local-user alice -- true </dev/null
check_eq "PAM_TTY without a terminal, PAM_RHOST by sshd" \
	"ssh 192.0.2.5 -" "$(field tty open_session) $(
	field rhost open_session) $(field ruser open_session)"
listen
"$INCUBATOR" --local-user alice --remote-user carol --remote-ip 2001:db8::7 \
	-- true </dev/null
check_eq "PAM_RUSER and PAM_RHOST by option" "2001:db8::7 carol" \
	"$(field rhost open_session) $(field ruser open_session)"
listen
SSH_CONNECTION="UNKNOWN 65535 UNKNOWN 65535" "$INCUBATOR" \
	--local-user alice -- true </dev/null
check_eq "what is no address is no PAM_RHOST" "-" \
	"$(field rhost open_session)"
server_root alice
listen
got=$("${SSH[@]}" -q -tt root-alice tty)
check_eq "PAM_TTY is the terminal" "${got%$'\r'}" "$(field tty open_session)"

# CVE-2019-3842: pam_systemd reads XDG_SEAT from the process's environment
# when PAM's has none; a client must not be able to name it.
listen
XDG_SEAT=seat0 "$INCUBATOR" --local-user alice -- true </dev/null
check_eq "I5 CVE-2019-3842 no seat of the client's before PAM" "-" \
	"$(field seat open_session)"

# What PAM gives to the session: variables, groups.
listen set=GIVEN=by-pam add-group
got=$("$INCUBATOR" --local-user alice -- sh -c 'echo $GIVEN; id -G' \
	</dev/null)
check_eq "PAM's variable and PAM's group" \
	"by-pam 1001 2001 2002 2999" "$(tr ' ' '\n' <<<"$got" | sort |
		uniq | sort -k1,1 | tr '\n' ' ' | sed 's/ $//' |
		awk '{ print $NF, $1, $2, $3, $4 }')"

# I2: a module that changes the user, at any stage.
for stage in account auth session; do
	: >"$told"
	rm -f "$out/ran"
	for line in auth account session; do
		if [ "$line" = "$stage" ]; then
			echo "$line required $module $told change-user=bob"
		else
			echo "$line required $module $told"
		fi
	done >"$pam"
	got=$("$INCUBATOR" --local-user alice -- touch "$out/ran" \
		</dev/null 2>&1)
	check_match "I2 PAM changed the user in $stage: refused" \
		'^255 incubator: PAM .*changed the user$' "$? $got"
	check_eq "I2 and nothing was run" "no" \
		"$([ -e "$out/ran" ] && echo yes || echo no)"
	[ "$stage" = account ] || check_match "what was opened is closed" \
		'close_session setcred$' "$(calls)"
done

# Modules talk.  Nothing of it may get between a command and its bytes, no
# question is answered, and a person at a login shell sees the text.
listen ask tell=hello-from-pam
got=$(echo input | "$INCUBATOR" --local-user alice -- cat 2>"$out/err")
check_eq "a module's question takes nothing of stdin" "input" "$got"
check_eq "a module's text stays out of a command's stderr" "" \
	"$(cat "$out/err")"
tty_case "a module's text is shown at a login shell" 0 root-alice <<-'END'
	expect hello-from-pam
	expect login:alice$ 
	send exit\r
END

# Closed whatever happens.
closes() {
	check_match "closed after: $1" "$whole .*$closed\$" \
		"$(wait_for 5 is_closed; calls)"
}
is_closed() {
	[[ $(calls) == *$closed ]]
}
for command in 'exit 3' 'kill -KILL $$' 'kill -SEGV $$'; do
	listen
	/bed/bin/misuse wait "$INCUBATOR" --local-user alice -- \
		sh -c "$command" </dev/null 2>/dev/null
	closes "$command"
done
listen
"$INCUBATOR" --local-user alice -- /no/such </dev/null 2>/dev/null
closes "a command that is not there"
listen
"${RAW_SSH[@]}" -n root-alice sleep 1000 &
client=$!
disown
running() {
	pgrep -u alice -x sleep
}
wait_for 5 running
kill -KILL "$client"
closes "a client that was killed"

# What the modules do to the process reaches the command: limits, umask.
{
	cat "$out/pam"
	echo "session required pam_limits.so conf=$out/limits"
	echo "session optional pam_umask.so nousergroups umask=0027"
} >"$pam"
echo "alice hard nofile 777" >"$out/limits"
check_eq "PAM's limits and umask reach the command" "777 0027" \
	"$("$INCUBATOR" --local-user alice -- \
		bash -c 'echo $(ulimit -Hn) $(umask)' </dev/null)"

# Signals that reach the parent reach the session, all of it; what it does
# with them is its own affair.
ended() {
	! kill -0 "$1"
}
for signal in HUP INT QUIT TERM USR1 USR2 ALRM VTALRM PROF PWR; do
	: >"$out/sig"
	chmod 0666 "$out/sig"
	# A shell starts what runs in the background with INT ignored.
	# shellcheck disable=SC2016
	env --default-signal "$INCUBATOR" --local-user alice -- sh -c '
		trap "echo child >>/bed/out/sig; exit 5" '"$signal"'
		env --default-signal sh -c "trap \"echo grandchild >>/bed/out/sig; exit\" '"$signal"'
			echo ready >>/bed/out/sig
			while :; do sleep 0.02; done" &
		while :; do sleep 0.02; done' </dev/null 2>/dev/null &
	pid=$!
	wait_for 5 grep -q ready "$out/sig"
	kill -"$signal" "$pid"
	wait_for 5 ended "$pid" || kill -KILL "$pid"
	wait "$pid"
	check_eq "SIG$signal reaches the session" \
		"5 child grandchild ready" "$? $(wait_for 2 \
		grep -q grandchild "$out/sig"; sort "$out/sig" | tr '\n' ' ' |
		sed 's/ $//')"
	pkill -KILL -u alice
done
cp "$out/pam" "$pam"

# AUTHPRIV: who, for whom, with which key, from where, on what, how it ended.
server_key keyed "exec $INCUBATOR --local-user alice" <<-'END'
	ExposeAuthInfo yes
END
server keyed-own alice <<-END
	ExposeAuthInfo yes
	ForceCommand exec $INCUBATOR
END
key=$(ssh-keygen -lf "$BED/keys/user.pub" | cut -d' ' -f2)
mark_log
"${SSH[@]}" -n keyed 'exit 3'
check_match "AUTHPRIV: opened" "^session opened: user=alice\(1001\) \
caller=root\(0\) .*key=${key//+/\\+} addr=- tty=- pid=[0-9]+ .*service=exec" \
	"$(audit_lines | grep '^session opened: ')"
check_match "AUTHPRIV: closed" "^session closed: user=alice\(1001\) \
caller=root\(0\) .*pid=[0-9]+ .*status=\"exited with 3\"" \
	"$(audit_lines | grep '^session closed: ')"
check_eq "AUTHPRIV: one line each" "1 1" \
	"$(audit_lines | grep -c '^session opened: ') $(audit_lines |
		grep -c '^session closed: ')"
mark_log
"${SSH[@]}" -n keyed 'kill -TERM $$' 2>/dev/null
check_match "AUTHPRIV: closed by a signal" 'status="killed by SIGTERM( \(15\))?"' \
	"$(audit_lines | grep '^session closed: ')"
mark_log
got=$("${SSH[@]}" -q -tt keyed tty)
check_match "AUTHPRIV: the terminal" "tty=${got%$'\r'} " \
	"$(audit_lines | grep '^session opened: ')"
# I1: in shape A the file that names the key is the user's own.
mark_log
"${SSH[@]}" -n keyed-own true
check_match "I1 AUTHPRIV: no key that the user could have written" \
	"^session opened: user=alice\(1001\) caller=alice\(1001\) .*key=- " \
	"$(audit_lines)"
# CVE-2008-1926: nothing in a line makes two of it, or another field.
mark_log
SSH_ORIGINAL_COMMAND=x SSH_CONNECTION=$'192.0.2.9\nuser=root 1 2 3' \
	"$INCUBATOR" --local-user alice --remote-user 'eve" user="root' \
	-- true </dev/null
check_match "CVE-2008-1926 a name cannot forge a field" \
	'remote="eve\\" user=\\"root"' \
	"$(audit_lines | grep '^session opened: ')"

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Every refusal: one clear line on stderr, nothing on stdout, the status that
# says so, nothing run, and one line in AUTHPRIV.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
ran=$out/ran
# What must not run, by every road to running something.
bait=(touch "$ran")

# refused NAME STATUS REASON COMMAND...: COMMAND is refused like that; REASON
# is a regular expression that its line on stderr matches.
refused() {
	local name=$1 expected=$2 reason=$3 status problems=

	shift 3
	rm -f "$ran"
	mark_log
	"$@" </dev/null >"$out/stdout" 2>"$out/stderr"
	status=$?
	[ "$status" = "$expected" ] || problems+="status $status; "
	[ "$(wc -l <"$out/stderr")" = 1 ] || problems+="not one line; "
	grep -Eq "^incubator: .*$reason" "$out/stderr" ||
		problems+="another reason; "
	! grep -q '[[:cntrl:]]' "$out/stderr" || problems+="not printable; "
	[ ! -s "$out/stdout" ] || problems+="wrote to stdout; "
	[ ! -e "$ran" ] || problems+="ran something; "
	[ "$(audit_lines | grep -c '^refused: ')" = 1 ] ||
		problems+="audit: $(audit_lines); "
	[ "$(audit_lines | grep -c '^session opened')" = 0 ] ||
		problems+="a session was opened; "
	if [ -z "$problems" ]; then
		pass "refused: $name"
	else
		fail "refused: $name" "$problems$(cat -v "$out/stderr")"
	fi
}

# By root's hand, for a user.
root_refused() {
	refused "$1" 255 "$2" "$INCUBATOR" "${@:3}" -- "${bait[@]}"
}

# I2: names and ids that resolve to nobody, or to more than they should.
root_refused "I2 unknown user" "mallory" --local-user mallory
root_refused "I2 uid -1 in passwd" "minus" --local-user minus
root_refused "I2 gid -1 in passwd" "minusgid" --local-user minusgid
root_refused "I2 CVE-2019-14287 --uid 4294967295" "4294967295" \
	--uid 4294967295
root_refused "I2 numeric name" "1234" --local-user 1234
root_refused "I2 name of a number that is a uid" "1001" --local-user 1001
root_refused "I2 name that begins with -" "-dash" --local-user=-dash
root_refused "I2 name that begins with -, in its own word" "-dash" \
	--local-user -dash
root_refused "I2 empty name" "" --local-user ""
root_refused "I2 CVE-2008-1926 newline in the name" 'ali.*ce' \
	--local-user $'ali\nce'
root_refused "I2 escape sequence in the name" 'alice' \
	--local-user $'alice\e[2J'
root_refused "I2 C1 control character in the name" 'alice' \
	--local-user $'alice\x9b2J'
root_refused "I2 shell's characters in the name" 'alice' \
	--local-user 'alice$(id)/..'
root_refused "I2 name with a space behind" "alice" --local-user "alice "
root_refused "I2 name of 300 characters" "" \
	--local-user "$(printf 'a%.0s' {1..300})"
root_refused "I2 unknown uid" "4711" --uid 4711
root_refused "I2 home that is not absolute" "oddhome" --local-user oddhome
root_refused "I2 shell that is not absolute" "oddshell" --local-user oddshell
root_refused "root without a named target" "root must name"
refused "root without a named target, asked by the client" 255 "root" \
	env SSH_ORIGINAL_COMMAND="touch $ran" "$INCUBATOR"
refused "I1 USER and LOGNAME are no name" 255 "root" \
	env USER=alice LOGNAME=alice HOME=/home/alice "$INCUBATOR" -- \
	"${bait[@]}"

# Options that disagree with passwd and group.
root_refused "--uid of another" "uid" --local-user alice --uid 1002
root_refused "--gid of another" "gid" --local-user alice --gid 1002
root_refused "--gid 0" "gid" --local-user alice --gid 0
root_refused "one group too few" "groups" --local-user alice --groups 2001
root_refused "one group too many" "groups" --local-user alice \
	--groups 2001,2002,0
root_refused "no group at all" "groups" --local-user alice --groups 1001
root_refused "--uid that names another than --local-user" "uid" \
	--uid 0 --local-user alice

# ... and with the kernel's view of the terminal (I6).
root_refused "I6 --has-tty without one" "no terminal" \
	--local-user alice --has-tty
root_refused "I6 --has-tty=true without one" "no terminal" \
	--local-user alice --has-tty=true
root_refused "I6 --tty-name without one" "no terminal" \
	--local-user alice --tty-name pts/0
root_refused "I6 SSH_TTY does not make it one" "no terminal" \
	--local-user alice --tty-name pts/0 --has-tty
on_a_tty() {
	/bed/bin/drive -t 5 sh -c '"$@" 2>&1 >/dev/null | tr -d "\r" >'"$out/1"'
		exit 0' - "$@" </dev/null >/dev/null
	[ ! -e "$ran" ] && cat "$out/1"
}
check_match "refused: I6 --has-tty=false with one" \
	'^incubator: --has-tty: standard input is /dev/pts/' \
	"$(on_a_tty "$INCUBATOR" --local-user alice --has-tty=false -- \
		"${bait[@]}")"
check_match "refused: I6 --tty-name of another" \
	'^incubator: --tty-name pts/99: standard input is /dev/pts/' \
	"$(on_a_tty "$INCUBATOR" --local-user alice --tty-name pts/99 -- \
		"${bait[@]}")"

# A user himself: nobody else, by no option.
as_alice() {
	refused "$1" 255 "$2" setpriv --reuid 1001 --regid 1001 --init-groups \
		"${@:3}" -- "${bait[@]}"
}
as_alice "alice asks for bob" "bob: cannot switch user" \
	"$INCUBATOR" --local-user bob
as_alice "alice asks for root" "root: cannot switch user" \
	"$INCUBATOR" --local-user root
as_alice "alice asks for uid 0" "cannot switch user" "$INCUBATOR" --uid 0
as_alice "alice asks for nobody known" "mallory" \
	"$INCUBATOR" --local-user mallory
as_alice "alice says that she has root's groups" "groups" \
	"$INCUBATOR" --groups 0,2001,2002
refused "I2 a caller whom passwd does not know" 255 "uid 4711" \
	setpriv --reuid 4711 --regid 4711 --clear-groups \
	"$INCUBATOR" -- "${bait[@]}"

# PAM says no.
pam=/etc/pam.d/ssh-incubator
cp "$pam" "$out/pam"
root_refused "CVE-2006-7108 PAM account: expired" "PAM account: " \
	--local-user expired
sed -i '1i account requisite pam_deny.so' "$pam"
root_refused "PAM account: denied" "PAM account" --local-user alice
cp "$out/pam" "$pam"
sed -i '1i session requisite pam_deny.so' "$pam"
root_refused "PAM session fails" "PAM.*session" --local-user alice
cp "$out/pam" "$pam"
sed -i 's/^auth.*/auth required pam_deny.so/' "$pam"
root_refused "PAM credentials fail" "PAM.*cred" --local-user alice
cp "$out/pam" "$pam"
echo closed >/etc/nologin
root_refused "PAM account: nologin is there" "PAM account" \
	--local-user alice
rm /etc/nologin
sed -i 's/^alice:[^:]*:[0-9]*/&/; s/^bob:[^:]*:19000/bob:*:0/' /etc/shadow
root_refused "PAM account: the password must be changed" "PAM account" \
	--local-user bob
sed -i 's/^bob:\*:0/bob:*:19000/' /etc/shadow
rm "$pam"
root_refused "no PAM service of its own" "ssh-incubator" --local-user alice
echo "account required pam_no_such_module.so" >"$pam"
root_refused "PAM service with a broken line" "PAM" --local-user alice
cp "$out/pam" "$pam"

# I3: a step that fails ends it before anything runs, and is named.  Root
# without the capability stands for every reason why one may fail.
if setpriv --bounding-set -setuid true 2>/dev/null; then
	refused "I3 the uid cannot be set" 255 \
		"setuid 1001: Operation not permitted" setpriv --bounding-set -setuid --inh-caps -setuid \
		"$INCUBATOR" --local-user alice -- "${bait[@]}"
	refused "I3 the groups cannot be set" 255 "Operation not permitted" \
		setpriv --bounding-set -setgid --inh-caps -setgid \
		"$INCUBATOR" --local-user alice -- "${bait[@]}"
else
	skip "refused: I3 a step that fails" "setpriv cannot take from root"
fi

# I15: a program with privilege of its own.  Root starts it too, because a
# trap is one for whoever comes by.
install -m 0755 "$INCUBATOR" /usr/local/bin/trap
trap_refused() {
	refused "I15 $1, started by a user" 255 "$2" setpriv --reuid 1001 \
		--regid 1001 --init-groups /usr/local/bin/trap -- "${bait[@]}"
	refused "I15 $1, started by root" 255 "$2" \
		/usr/local/bin/trap --local-user alice -- "${bait[@]}"
}
chmod 4755 /usr/local/bin/trap
trap_refused "setuid" "setuid"
chown alice:alice /usr/local/bin/trap
chmod 4755 /usr/local/bin/trap
refused "I15 setuid to another user" 255 "setuid" \
	setpriv --reuid 1002 --regid 1002 --init-groups \
	/usr/local/bin/trap -- "${bait[@]}"
chown 0:5 /usr/local/bin/trap
chmod 2755 /usr/local/bin/trap
trap_refused "setgid" "setgid"
chown 0:0 /usr/local/bin/trap
chmod 0755 /usr/local/bin/trap
if need setcap && setcap cap_setuid,cap_setgid+ep /usr/local/bin/trap \
	2>/dev/null; then
	trap_refused "file capabilities" "capabilities"
else
	skip "refused: I15 file capabilities" "setcap is missing or not allowed"
fi

# Descriptors 0 to 2 closed, in every combination that leaves one to speak.
closed() {
	refused "descriptors $1 closed" 255 "descriptors" \
		bash -c '"$@" '"$2" - "$INCUBATOR" --local-user alice -- \
		"${bait[@]}"
}
closed 0 '<&-'
closed 1 '>&-'
closed "0 and 1" '<&- >&-'
for which in '2>&-' '<&- >&- 2>&-'; do
	rm -f "$ran"
	mark_log
	# shellcheck disable=SC2016
	bash -c '"$@" '"$which" - "$INCUBATOR" --local-user alice -- \
		"${bait[@]}" >"$out/stdout"
	check_eq "refused: descriptors closed $which" "255 1 no" \
		"$? $(audit_lines | grep -c '^refused: .*descriptors') $(
			[ -e "$ran" ] && echo yes || echo no)"
done

# CVE-2021-4034: an argc of zero.
refused "CVE-2021-4034 argc of zero" 255 "argv" \
	/bed/bin/misuse noargs "$INCUBATOR"

# Megabytes of arguments and environment.  The kernel itself ends at six.
for kind in arg env; do
	refused "5 MB of $kind" 255 "too large" bash -c 'ulimit -s unlimited
		exec /bed/bin/misuse big "$@"' - $kind 5000 \
		"$INCUBATOR" --local-user alice -- "${bait[@]}"
	rm -f "$ran"
	(ulimit -s unlimited; /bed/bin/misuse big $kind 10000 \
		"$INCUBATOR" --local-user alice -- "${bait[@]}") 2>"$out/2"
	check_eq "refused: 10 MB of $kind, by the kernel" "126 no" \
		"$? $([ -e "$ran" ] && echo yes || echo no)"
done

# Wrong usage: 64 and nothing run.
usage() {
	local name status

	name="usage: $(printf '%q ' "$@")"
	rm -f "$ran"
	mark_log
	"$INCUBATOR" "$@" </dev/null >"$out/stdout" 2>"$out/stderr"
	status=$?
	check_eq "$name" "64 0 no 1 1" "$status $(wc -c <"$out/stdout") $(
		[ -e "$ran" ] && echo yes || echo no) $(
		head -n 1 "$out/stderr" | grep -c '^incubator: ') $(
		audit_lines | grep -c '^refused: ')"
}
usage --no-such-option --local-user alice -- "${bait[@]}"
usage -x
usage --local-user
usage --local-user alice --shell --sftp
usage --local-user alice --shell -- "${bait[@]}"
usage --local-user alice -c "touch $ran" -- "${bait[@]}"
usage --local-user alice --uid 1001x -- "${bait[@]}"
usage --local-user alice --uid "" -- "${bait[@]}"
# 2^32 + 1001 is not 1001, and neither is " 1001" or "+1001".
usage --uid 4294968297 -- "${bait[@]}"
usage --uid " 1001" -- "${bait[@]}"
usage --uid +1001 -- "${bait[@]}"
usage --uid -1 -- "${bait[@]}"
usage --local-user alice --groups "" -- "${bait[@]}"
usage --local-user alice --groups 2001,,2002 -- "${bait[@]}"
usage --local-user alice --has-tty=perhaps -- "${bait[@]}"
usage --local-user alice --remote-ip localhost -- "${bait[@]}"
usage --local-user alice --remote-ip "192.0.2.1 x" -- "${bait[@]}"
usage --local-user alice --remote-user $'who\nami' -- "${bait[@]}"
usage --local-user alice --cmd relative -- "${bait[@]}"
# An abbreviation would change its meaning with the next release's options.
usage --local alice -- "${bait[@]}"
usage --local-user alice --shel
usage --local-user alice --sftp=1
check_match "the reason of a value too many" \
	"^incubator: --sftp: it takes no value" "$(cat "$out/stderr")"
usage --local-user alice --remote-user "" -- "${bait[@]}"
check_eq "the reason of an empty value" \
	"incubator: --remote-user: the value is empty" "$(cat "$out/stderr")"

# And through sshd, where the client sees the line and the status.
server_root mallory
server_plain root
server none root <<-END
	ForceCommand exec $INCUBATOR
END
for host in root-mallory none; do
	mark_log
	"${SSH[@]}" -n "$host" "${bait[@]}" >"$out/stdout" 2>"$out/stderr"
	check_eq "refused: through sshd, $host" "255 1 1 no" \
		"$? $(grep -c '^incubator: ' "$out/stderr") $(
		audit_lines | grep -c '^refused: ') $(
		[ -e "$ran" ] && echo yes || echo no)" "$host"
done
# Who asks for another user in his own login.
server "own-switch" alice <<-END
	ForceCommand exec $INCUBATOR --local-user bob
END
check_eq "refused: through sshd, another user" \
	"incubator: bob: cannot switch user" \
	"$("${SSH[@]}" -n own-switch "${bait[@]}" 2>&1)" own-switch
# sshd throws a subsystem's stderr away: AUTHPRIV must know.
server "own-subsystem" alice <<-END
	Subsystem refused $INCUBATOR --local-user bob
END
mark_log
"${SSH[@]}" -n -s own-subsystem refused >/dev/null 2>&1
check_eq "refused: a subsystem's refusal is in AUTHPRIV" 1 \
	"$(audit_lines | grep -c '^refused: user=bob caller=alice(1001)')"

finish

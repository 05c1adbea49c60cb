#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I5 I6: the environment of a session is plain sshd's where the client is
# well-behaved, and nothing that a hostile client sends gets into it.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
servers alice

# The same variables with the same values.  Would catch a variable of root's
# or of a shell's in between (OLDPWD, SHLVL, _), a PATH that differs, a lost
# SSH_CONNECTION, a TERM without a terminal, a LANG that did not come.
for tty in -T -tt; do
	for way in plain own root; do
		LC_TIME=de_DE.UTF-8 "${SSH[@]}" -q "$tty" \
			-o 'SendEnv LANG LC_*' "$way-alice" 'env | sort' |
			tr -d '\r' >"$out/$way"
	done
	check_same "I5 env | sort like plain sshd's, own $tty" \
		"$out/plain" "$out/own" own-alice
	# pam_motd of sshd's stack sets it; nobody has shown alice a motd.
	sed -i '/^MOTD_SHOWN=/d' "$out/plain"
	check_same "I5 env | sort like plain sshd's, root $tty" \
		"$out/plain" "$out/root" root-alice
done
check_match "LANG and LC_* are passed on" $'LANG=C.UTF-8\nLC_TIME=de_DE' \
	"$(cat "$out/root")"

# A login shell's environment, which is what most people see.
for way in plain own root; do
	"${SSH[@]}" -T "$way-alice" <<<'env | sort' | tr -d '\r' >"$out/$way"
done
check_same "I5 login shell's environment, own" "$out/plain" "$out/own"
sed -i '/^MOTD_SHOWN=/d' "$out/plain"
check_same "I5 login shell's environment, root" "$out/plain" "$out/root"

# The rest is with an sshd that lets every variable in, as the worst of
# administrators has it.  Each name with what it would have let happen.
hostile() {
	cat <<-'END'
		LD_PRELOAD=/bed/out/evil.so
		LD_LIBRARY_PATH=/bed/out
		LD_AUDIT=/bed/out/evil.so
		GLIBC_TUNABLES=glibc.malloc.check=3
		GCONV_PATH=/bed/out
		MALLOC_TRACE=/bed/out/trace
		BASH_ENV=/bed/out/evil.sh
		ENV=/bed/out/evil.sh
		IFS=x
		PS4=$(touch /bed/out/ran)
		SHELLOPTS=xtrace
		PROMPT_COMMAND=touch /bed/out/ran
		BASH_FUNC_id%%=() { touch /bed/out/ran; }
		LC_SHOCK=() { :;}; touch /bed/out/ran
		LC_PATH=../../evil
		LC_FORMAT=%n%n
		XDG_SEAT=seat0
		XDG_VTNR=1
		XDG_SESSION_CLASS=greeter
		XDG_RUNTIME_DIR=/bed/out
		DBUS_SESSION_BUS_ADDRESS=unix:path=/bed/out/bus
		GIT_SSH_COMMAND=touch /bed/out/ran
		SSH_AUTH_SOCK=/bed/out/agent
		SSH_USER_AUTH=/bed/out/auth
		SSH_TTY=/dev/pts/9
		KRB5CCNAME=/bed/out/krb
		TMPDIR=/bed/out
		USER=-f root
		LOGNAME=root
		HOME=/bed/out
		SHELL=/bed/out/evil.sh
		PATH=/bed/out
		MAIL=/bed/out/mail
		TZ=/bed/out/tz
		TERMINFO=/bed/out
		INPUTRC=/bed/out/inputrc
		PAM_USER=root
		NOTIFY_SOCKET=/bed/out/notify
		LISTEN_FDS=1
		SUDO_ASKPASS=/bed/out/evil.sh
		FRIENDLY=no
	END
}

echo 'touch /bed/out/ran' >"$out/evil.sh"
chmod 0755 "$out/evil.sh"

# hostile_server NAME LOGIN <FRAGMENT
hostile_server() {
	{ echo "AcceptEnv *"; cat; } | server "$1" "$2"
}

# SSH_ORIGINAL_COMMAND is not among them: sshd sets it itself here.
hostile_env() {
	local line vars=()

	while read -r line; do
		vars+=("$line")
	done < <(hostile)
	env "${vars[@]}" "$@"
}

# By hand the variables reach the program itself, not sshd's shell.  The
# client runs without them, or its own shell would act on them.
hostile_env "$INCUBATOR" --local-user alice -- /bed/bin/probe env \
	</dev/null >"$out/root" 2>"$out/err"
printf '%s\n' HOME=/home/alice LOGNAME=alice SHELL=/bin/bash USER=alice \
	>"$out/want"
grep -v '^PATH=' "$out/root" | grep -v '^LANG=' >"$out/got"
check_same "I5 nothing hostile through root's program" \
	"$out/want" "$out/got"
check_match "I5 CVE-2026-24061 USER is the account's" "USER=alice" \
	"$(cat "$out/root")"
check_eq "I5 PATH is ours" "" "$(grep '^PATH=.*bed' "$out/root")"

# Shape A by hand: what the user's own login says of itself stays, if it could
# be true; the files of others and what the floor names do not.
hostile_env "$(command -v setpriv)" --reuid 1001 --regid 1001 --init-groups \
	"$INCUBATOR" -- /bed/bin/probe env </dev/null 2>/dev/null |
	grep -Ev '^(PATH|LANG|MAIL|DBUS_.*|KRB5CCNAME|XDG_S.*|XDG_VTNR)=' \
	>"$out/got"
check_same "I5 nothing hostile through the user's own program" \
	"$out/want" "$out/got"

# Through sshd, one by one where the name is harmless to sshd's own shell:
# CVE-2014-2532 (a wildcard lets names with '=' in), CVE-2014-6271, I6.
hostile_server loose-own alice <<-END
	ForceCommand exec $INCUBATOR
END
server_key loose-root "exec $INCUBATOR --local-user alice" <<-'END'
	AcceptEnv *
END
for host in loose-own loose-root; do
	env LC_SHOCK='() { :;}; touch /bed/out/ran' LC_PATH=../../evil \
		LC_FORMAT=%n XDG_SEAT=seat0 SSH_TTY=/dev/pts/9 TERM=evil \
		GIT_SSH_COMMAND=evil FRIENDLY=no \
		"${SSH[@]}" -o 'SendEnv *' "$host" env >"$out/got"
	check_eq "I5 CVE-2014-6271 hostile client, $host" "" \
		"$(grep -E '^(LC_SHOCK|LC_PATH|LC_FORMAT|GIT_|FRIEND)' \
			"$out/got")" "$host"
	check_eq "I6 no SSH_TTY and no TERM without a terminal, $host" "" \
		"$(grep -E '^(SSH_TTY|TERM)=' "$out/got")" "$host"
done
check_eq "I5 CVE-2019-3842 no seat from the client" "" \
	"$(grep '^XDG_' "$out/got")"
check_eq "I5 nothing that a variable named was run" "no" \
	"$([ -e "$out/ran" ] && echo yes || echo no)"

# I6: a client without a command may send the name that says one was sent.
# With a terminal SSH_TTY is the real one.
for host in loose-own loose-root; do
	got=$(env SSH_TTY=/dev/pts/9 "${SSH[@]}" -q -tt -o SendEnv=SSH_TTY \
		"$host" 'echo "$SSH_TTY" = "$(tty)"')
	got=${got%$'\r'}
	check_eq "I6 SSH_TTY is what tty(1) says, $host" \
		"${got% = *}" "${got#* = }" "$host"
done

# SSH_ORIGINAL_COMMAND is gone for what the client asked for; who only passes
# on keeps it, for the next helper in the line.
for way in own root; do
	check_eq "SSH_ORIGINAL_COMMAND is unset, $way" "unset" \
		"$("${SSH[@]}" "$way-alice" \
			'echo ${SSH_ORIGINAL_COMMAND-unset}')"
done
server chain-own alice <<-END
	ForceCommand exec $INCUBATOR -- /bed/bin/probe env
END
server_key chain-root "exec $INCUBATOR --local-user alice -- /bed/bin/probe env" \
	</dev/null
server_key chain-c \
	"exec $INCUBATOR --local-user alice -c 'exec /bed/bin/probe env'" \
	</dev/null
for host in chain-own chain-root chain-c; do
	check_eq "SSH_ORIGINAL_COMMAND is kept when passed on, $host" \
		"SSH_ORIGINAL_COMMAND=what was asked" \
		"$("${SSH[@]}" "$host" what was asked |
			grep ^SSH_ORIGINAL_COMMAND)" "$host"
done

# PAM's variables reach a session of shape B; the floor holds against them
# too (CVE-2015-8325: ~/.pam_environment and LD_PRELOAD).
cp /etc/pam.d/ssh-incubator "$out/pam"
echo "session required pam_env.so readenv=1 envfile=$out/pamenv" \
	>>/etc/pam.d/ssh-incubator
printf '%s\n' FROM_PAM=yes LD_PRELOAD=/bed/out/evil.so \
	BASH_ENV=/bed/out/evil.sh >"$out/pamenv"
got=$("${SSH[@]}" root-alice env | grep -E '^(FROM_PAM|LD_PRELOAD|BASH_ENV)')
check_eq "I5 CVE-2015-8325 PAM's variables, but not the floor's" \
	"FROM_PAM=yes" "$got" root-alice
cp "$out/pam" /etc/pam.d/ssh-incubator

finish

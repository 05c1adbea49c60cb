#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# I5: env-filter behind a stock sshd, by each of the ways in which variables
# get there: the client's SendEnv and SetEnv with an AcceptEnv that takes all,
# ~/.ssh/environment, ~/.pam_environment.  And what people do through it.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
canary=canary8d1e7f

# filter NAME LOGIN OPTIONS <FRAGMENT
filter() {
	{ echo "ForceCommand exec $ENV_FILTER $3"; cat; } | server "$1" "$2"
}

# name verdict value: what "--accept *" makes of it.  The session's own names
# are further below.  Values have no blank, for ~/.ssh/environment's sake.
table() {
	cat <<-'END'
		FOO yes canary
		GIT_AUTHOR_NAME yes x
		GIT_PROTOCOL yes version2
		LANG yes C.UTF-8
		LC_TIME yes de_DE.UTF-8
		LANGUAGE yes de:en
		COLORTERM yes truecolor
		NO_COLOR yes 1
		LS_COLORS yes di
		PYTHONUNBUFFERED yes 1
		http_proxy yes x
		LC_PATH no ../../evil
		LC_FORMAT no %n%n
		COLORTERM2 yes x
		LINGUAS no de/evil
		LC_SHOCK no ()%20{%20:;};touch%20/bed/out/ran
		SHOCK no ()%20{%20:;};touch%20/bed/out/ran
		LD_PRELOAD no /bed/out/evil.so
		LD_LIBRARY_PATH no /bed/out
		LD_BIND_NOW no 1
		_RLD_LIST no x
		DYLD_INSERT_LIBRARIES no x
		LIBPATH no x
		SHLIB_PATH no x
		GLIBC_TUNABLES no x
		GCONV_PATH no /bed/out
		GETCONF_DIR no /bed/out
		LOCPATH no /bed/out
		NLSPATH no /bed/out
		BASH_ENV no /bed/out/evil.sh
		ENV no /bed/out/evil.sh
		PS4 no $(touch$IFS/bed/out/ran)
		PROMPT_COMMAND no touch
		FPATH no /bed/out
		ZDOTDIR no /bed/out
		NULLCMD no touch
		READNULLCMD no touch
		CDPATH no /bed/out
		GLOBIGNORE no x
		INPUTRC no /bed/out/inputrc
		HOSTALIASES no /bed/out/x
		LOCALDOMAIN no evil.example
		RES_OPTIONS no debug
		RESOLV_HOST_CONF no /etc/shadow
		KRB5_CONFIG no /bed/out/x
		KRB5_KTNAME no /bed/out/x
		TERMINFO no /bed/out
		TERMINFO_DIRS no /bed/out
		TERMCAP no /bed/out/x
		TERMPATH no /bed/out/x
		JAVA_TOOL_OPTIONS no x
		PERL5LIB no /bed/out
		PERL5OPT no -Mevil
		PERL5DB no x
		PYTHONPATH no /bed/out
		PYTHONHOME no /bed/out
		PYTHONSTARTUP no /bed/out/x
		PYTHONINSPECT no 1
		RUBYLIB no /bed/out
		RUBYOPT no -revil
		NODE_OPTIONS no --require=/bed/out/x
		GIT_SSH no touch
		GIT_SSH_COMMAND no touch
		GIT_EXTERNAL_DIFF no touch
		GIT_EXEC_PATH no /bed/out
		GIT_CONFIG_GLOBAL no /bed/out/x
		GIT_ASKPASS no touch
		PAGER no touch
		MANPAGER no touch
		LESSOPEN no |touch
		EDITOR no touch
		VISUAL no touch
		BROWSER no touch
		SUDO_ASKPASS no touch
		SUDO_UID no 0
		DOAS_USER no root
		SYSTEMD_PAGER no touch
		LISTEN_FDS no 1
		LISTEN_PID no 1
		NOTIFY_SOCKET no /bed/out/x
		MALLOC_TRACE no /bed/out/trace
		SSH_ASKPASS no touch
		SSH_SK_PROVIDER no /bed/out/evil.so
		XDG_CONFIG_HOME no /bed/out
		TMPDIR no /bed/out
		TMPPREFIX no /bed/out/x
		DBUS_SESSION_BUS_ADDRESS no unixexec:path=/bed/out/x
		XDG_RUNTIME_DIR no /bed/out
		SSH_USER_AUTH no /bed/out/x
	END
}
table | while read -r name verdict value; do
	[ "$verdict" = no ] || echo "$name=${value//%20/ }"
done | sort >"$out/want"
count=$(table | wc -l)

# Only the names of the table: what sshd and PAM set is the machine's affair.
# And not those that sshd's shell has itself.
from_table() {
	table | cut -d ' ' -f 1 >"$out/names"
	tr -d '\r' | awk -F = 'NR == FNR { known[$1] = 1; next }
		$1 in known' "$out/names" - | sort
}

probe="-- /bed/bin/probe env"

# 1. The client's SetEnv: one line of all.  sshd takes 128 at most.
filter way-setenv bob "--accept '*' $probe" <<<'AcceptEnv *'
all=
while read -r name _ value; do
	value=${value//%20/ }
	all+=" \"$name=${value//\"/}\""
done < <(table)
"${SSH[@]}" -n -o "SetEnv$all" way-setenv 2>"$out/stderr" |
	from_table >"$out/got"
check_same "I5 $count names by -o SetEnv" "$out/want" "$out/got" way-setenv

# 2. SendEnv: from the client's environment, which is there before its own
# ld.so; what that would act on is sent by -o SetEnv above.
vars=()
while read -r name _ value; do
	case $name in
	LD_* | BASH_ENV | ENV | GCONV_PATH | LOCPATH | GLIBC_*) continue ;;
	esac
	vars+=("$name=${value//%20/ }")
done < <(table)
filter way-sendenv bob "--accept '*' $probe" <<<'AcceptEnv *'
env "${vars[@]}" "${SSH[@]}" -n -o 'SendEnv *' way-sendenv \
	2>"$out/stderr" | from_table >"$out/got"
check_same "I5 ${#vars[@]} names by SendEnv" "$out/want" "$out/got" \
	way-sendenv

# 3. ~/.ssh/environment.
install -d -m 0700 -o bob -g bob /home/bob/.ssh
table | while read -r name _ value; do
	echo "$name=${value//%20/ }"
done >/home/bob/.ssh/environment
filter way-file bob "--accept '*' $probe" <<<'PermitUserEnvironment yes'
"${SSH[@]}" -n way-file 2>"$out/stderr" | from_table >"$out/got"
check_same "I5 $count names by ~/.ssh/environment" "$out/want" "$out/got" \
	way-file
rm /home/bob/.ssh/environment

# 4. ~/.pam_environment (CVE-2015-8325), where this PAM still reads it.  Its
# own syntax takes '$' and '@'.
cp /etc/pam.d/sshd "$out/pam"
sed -i '/pam_env.so/d' /etc/pam.d/sshd
echo "session required pam_env.so readenv=0 user_readenv=1" >>/etc/pam.d/sshd
table | while read -r name _ value; do
	value=${value//%20/ }
	echo "$name DEFAULT=\"${value//\$/\\\$}\""
done >/home/bob/.pam_environment
filter way-pam bob "--accept '*' $probe" </dev/null
"${SSH[@]}" -n way-pam 2>"$out/stderr" | from_table >"$out/got"
if [ -s "$out/got" ]; then
	check_same "I5 CVE-2015-8325 $count names by ~/.pam_environment" \
		"$out/want" "$out/got" way-pam
else
	skip "I5 CVE-2015-8325 $count names by ~/.pam_environment" \
		"this PAM does not read it"
fi
rm /home/bob/.pam_environment
cp "$out/pam" /etc/pam.d/sshd

check_eq "I5 CVE-2014-6271 nothing that a variable named was run" "no" \
	"$([ -e "$out/ran" ] && echo yes || echo no)"

# The session's own: the truth stays, and what a client says instead does not
# (I6, CVE-2026-24061).
for tty in -T -tt; do
	filter way-own bob "$probe" <<<'AcceptEnv *'
	server way-plain bob <<<'ForceCommand exec /bed/bin/probe env'
	lies=(SSH_TTY=/dev/pts/9 SSH_AUTH_SOCK=/bed/out/agent "USER=-f root"
		LOGNAME=root SSH_CLIENT=x SSH_CONNECTION=x)
	"${SSH[@]}" -q -n "$tty" way-plain id |
		tr -d '\r' | grep -Ev '^(_|PWD|SHLVL|OLDPWD)=' |
		sed 's/^\(SSH_[CT][^ ]*\).*/\1/' | sort >"$out/plain"
	env "${lies[@]}" "${SSH[@]}" -q -n "$tty" \
		-o 'SendEnv SSH_* USER LOGNAME' way-own id |
		tr -d '\r' |
		sed 's/^\(SSH_[CT][^ ]*\).*/\1/' | sort >"$out/got"
	check_same "I5 I6 the session's own names are plain sshd's, $tty" \
		"$out/plain" "$out/got" way-own
done

# What a value is, nobody else sees: CVE of Tailscale, 9d48dbd56 (it was on a
# command line).  Accepted and refused, with the most that we say.
filter way-canary bob "-vv --accept FOO -- /bed/bin/probe listen" \
	<<<'AcceptEnv *'
mark_log
mkfifo "$out/in"
FOO=$canary PAGER=$canary "${SSH[@]}" -o 'SendEnv *' way-canary \
	<"$out/in" >"$out/stdout" 2>"$out/stderr" &
exec 8>"$out/in"
wait_for 10 grep -q listening "$out/stdout"
pid=$(pgrep -u bob -x probe)
check_match "the canary is in the session" "FOO=$canary" \
	"$(tr '\0' '\n' <"/proc/$pid/environ")" way-canary
check_eq "... once, and under no other name" 1 \
	"$(tr '\0' '\n' <"/proc/$pid/environ" | grep -c "$canary")"
check_eq "the canary is on no command line" "" \
	"$(grep -la "${canary%f}[f]" /proc/[0-9]*/cmdline 2>/dev/null)"
exec 8>&-
wait "$!"
sync_log
check_eq "the canary is in no log" 0 \
	"$(cat "$BED/log/syslog" "$BED/log/way-canary" | grep -c "$canary")"
check_eq "the canary is not on stderr, but the refused name" "0 1" \
	"$(grep -c "$canary" "$out/stderr") $(grep -c \
		'^env-filter: PAGER: refused: ' "$out/stderr")"

# What the client asked for, and how.
filter asked bob "--accept 'GIT_*'" <<<'AcceptEnv *'
check_eq "a command, by the user's shell" "sh two words" \
	"$("${SSH[@]}" -n asked 'echo "$0" "two words"')" asked
check_eq "SSH_ORIGINAL_COMMAND is unset for it" "unset" \
	"$("${SSH[@]}" -n asked 'echo ${SSH_ORIGINAL_COMMAND-unset}')" asked
"${SSH[@]}" -n asked 'exit 42' 2>/dev/null
check_eq "its status" 42 $?
"${RAW_SSH[@]}" -v -n asked 'kill -KILL $$' 2>&1 |
	grep -q 'exit-signal'
check_eq "a death by signal is told as one" 0 $?
filter do-alice alice "" </dev/null
check_eq "a login shell: its own prompt proves it" "login" \
	"$(on_tty do-alice <<-'END' | grep -o 'login:alice' | head -n 1 | cut -d : -f 1
		expect login:alice
		send exit\r
	END
	)" do-alice
check_eq "kept for a command that comes next" "what was asked" \
	"$("${SSH[@]}" -n way-own what was asked |
		sed -n 's/^SSH_ORIGINAL_COMMAND=//p')" way-own

# scp and sftp pass through, with either server of sshd.
filter sftp-in bob "" </dev/null
sed -i 's,^Subsystem sftp .*,Subsystem sftp internal-sftp,' \
	"$BED/conf/sftp-in"
head -c 300000 /dev/urandom >"$out/file"
chmod 0644 "$out/file"
for host in asked sftp-in; do
	rm -f /home/bob/got
	timeout 20 scp -q -F "$BED/ssh_config" "$out/file" \
		"$host:/home/bob/got" 2>"$out/stderr"
	check_same "scp through $host" "$out/file" /home/bob/got "$host"
done

# As many variables as sshd takes, through as many patterns.
patterns=
vars=()
for ((i = 0; i < 128; i++)); do
	patterns+=" --accept N$i"
	vars+=("N$i=$i")
done
filter way-many bob "$patterns $probe" <<<'AcceptEnv N*'
check_eq "128 variables, 128 patterns" 128 \
	"$(env "${vars[@]}" "${SSH[@]}" -n -o 'SendEnv N*' way-many |
		grep -c '^N[0-9]')" way-many

# OpenSSH's own cases for AcceptEnv and SetEnv; and with one option less they
# must fail, or they went around us.
regress=/usr/lib/openssh/regress
# envpass OPTION...: how it ends.
envpass() {
	rm -rf /tmp/regress
	cp -a "$regress" /tmp/regress
	cd /tmp/regress || return
	timeout 120 env -i PATH="$PATH" HOME=/root USER=root LOGNAME=root \
		SHELL=/bin/bash SUDO= TEST_SHELL=sh TEST_SSH_SSH=ssh \
		TEST_SSH_PORT=4242 TEST_SSH_SSHD=/usr/sbin/sshd \
		TEST_SSH_UNSAFE_PERMISSIONS=1 \
		TEST_SSH_SSHD_CONFOPTS="$(printf '%s\n' \
			"ForceCommand exec $ENV_FILTER $*" \
			"KexAlgorithms curve25519-sha256")" \
		OBJ=/tmp/regress BUILDDIR=/tmp/regress \
		sh test-exec.sh /tmp/regress /tmp/regress/envpass.sh \
		</dev/null >"$out/envpass" 2>&1
}
if [ -f "$regress/envpass.sh" ]; then
	if envpass "--accept '_XXX_TEST*'"; then
		pass "OpenSSH's envpass through env-filter"
	else
		fail "OpenSSH's envpass through env-filter" \
			"$(tail -n 12 "$out/envpass")"
	fi
	envpass ""
	check "... and not around it" grep -qx \
		'environment not found' "$out/envpass"
else
	skip "OpenSSH's envpass through env-filter" \
		"Debian's package openssh-tests is not installed"
fi

finish

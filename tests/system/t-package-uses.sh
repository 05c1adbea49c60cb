#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The package on a clean system: that installing it changes nothing about
# logins, and then README's five uses and the gateway, each by exactly its
# lines, all of them together in the stock server's own file.
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=packaged.sh
. "$(dirname "$0")/packaged.sh"

keys=$BED/keys
for key in anna stranger anybody; do
	ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$keys/$key"
done
fingerprint() {
	ssh-keygen -lf "$keys/$1.pub" | cut -d' ' -f2
}
for host in root:root anna:root stranger:root gw:gateway gw-stranger:gateway \
	gw-anybody:gateway; do
	printf 'Host %s\nUser %s\n' "${host%:*}" "${host#*:}"
	case "$host" in
	anna:*|gw:*) printf 'IdentityFile %s\n' "$keys/anna" ;;
	*stranger:*) printf 'IdentityFile %s\n' "$keys/stranger" ;;
	*anybody:*) printf 'IdentityFile %s\n' "$keys/anybody" ;;
	*) printf 'IdentityFile %s\n' "$keys/user" ;;
	esac
done >"$BED/hosts/people"
# Somebody's way in as root before all this.
inside install -d -m 0700 /root/.ssh
cat "$keys/user.pub" >"$ROOT/root/.ssh/authorized_keys"

# comes_to NAME EXPECTED HOST [ARGS...]: what it prints, errors as well.
comes_to() {
	check_eq "$1" "$2" \
		"$("${SSH[@]}" "${@:3}" 2>&1 </dev/null | tr -d '\r' | paste -sd' ')"
}

# How sshd sees whoever comes; who listens.
server_says() {
	local user

	for user in root alice carol; do
		inside sshd -T -C "user=$user,host=x,addr=10.9.9.1"
	done
}

#
# Installing it
#
comes_to "before: somebody comes in" carol carol id -un
server_says >"$BED/out/before"
listening >"$BED/out/listening"
inside touch /root/before
install_package
# Would have caught lines in sshd_config.d, a server that is restarted for
# nothing, a socket that nobody has asked for.
server_says >"$BED/out/after"
check_same "installed: sshd is as it was" "$BED/out/before" "$BED/out/after"
check_eq "installed: sshd has no new file" '' \
	"$(inside find /etc/ssh -cnewer /root/before -type f)"
check_eq "installed: nothing more listens" "$(<"$BED/out/listening")" \
	"$(listening)"
check_eq "installed: the socket is not enabled" disabled \
	"$(inside systemctl is-enabled ssh-incubator.socket)"
check_eq "installed: nor active" inactive \
	"$(inside systemctl is-active ssh-incubator.socket)"
check_eq "installed: no unit has failed" '' "$(units_failed)"
comes_to "installed: carol comes in as before" carol carol id -un
# Would have caught a unit of another path than the program's.
check_eq "installed: the units are clean" '' "$(inside systemd-analyze verify \
	--man=no ssh-incubator.socket ssh-incubator@x.service \
	ssh-incubator-clean-up@x.service 2>&1)"
check "installed: files are what the package says" intact
check_eq "installed: nothing is setuid or setgid" '' "$(inside sh -c \
	"dpkg-query -L ssh-incubator | xargs -I@ find @ -maxdepth 0 -perm /6000")"
check_match "installed: the group is there" '^ssh-incubator:x?:[0-9]+:$' \
	"$(inside getent group ssh-incubator)"
for program in incubator env-filter pty-broker agent-forwarder; do
	check_match "installed: $program runs" '[0-9]' \
		"$(inside "$program" --version)"
done
check "installed: the configuration is right" inside incubator -t
# Would have caught an example that is in force before anybody edits it.
check_eq "installed: and empty" '' \
	"$(inside sh -c "grep -v '^ *#' $CONFIGURATION | grep .")"

#
# All of README's lines
#
for group in developers travellers agentlimited; do
	inside groupadd "$group"
done
inside usermod -aG developers dora
inside usermod -aG travellers tina
inside usermod -aG agentlimited arno

comes_to "before: root's key" root root id -un
KEY=$(cut -d' ' -f1,2 "$keys/anna.pub")
do_as_readme 1
do_as_readme 2
do_as_readme 3
inside usermod -aG sftpdrop sven
do_as_readme 4
# The agent's keys, on the client's side.
export SSH_AUTH_SOCK=$BED/out/agent
agent=$(ssh-agent -s -a "$SSH_AUTH_SOCK" |
	sed -n 's/.*_PID=\([0-9]*\);.*/\1/p')
for key in work private; do
	ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$keys/$key"
	ssh-add -q "$keys/$key"
done
FINGERPRINT=$(fingerprint work)
do_as_readme 5
reload_sshd "the five uses"
comes_to "carol, for whom there is no line" carol carol id -un

#
# 1. Own accounts, filtered variables
#
# shellcheck disable=SC2016 # the shell there expands it
variables='echo ${GIT_AUTHOR_NAME-none} ${GIT_SSH_COMMAND-none}\
 ${GIT_PAGER-none} ${LC_TIME-none} ${MINE-none}'
sends=(-o 'SendEnv GIT_* LC_* MINE')
export GIT_AUTHOR_NAME=anna GIT_SSH_COMMAND=evil GIT_PAGER=evil LC_TIME=C MINE=x
comes_to "1: who writes is let in, what runs is not" "anna none none C none" \
	"${sends[@]}" dora "$variables"
comes_to "1: nobody else's variables are" "none none none C none" \
	"${sends[@]}" carol "$variables"
unset GIT_AUTHOR_NAME GIT_SSH_COMMAND GIT_PAGER LC_TIME MINE
comes_to "1: she is herself" dora dora id -un
"${SSH[@]}" dora exit 7
check_eq "1: a status" 7 $?
printf 'expect $ \nsend exit 5\\r\n' | on_tty dora >"$BED/out/tty"
check_eq "1: a terminal" 5 $?
echo "put $README file" | "${SSH[@]:0:2}" 60 sftp -q -F "$BED/ssh_config" \
	-b - dora >"$BED/out/sftp" 2>&1
check_same "1: sftp" "$README" "$ROOT/home/dora/file"
check_match "1: README: which rule decides" 'GIT_SSH_COMMAND[^|]*refused' \
	"$("${SSH[@]}" carol "GIT_SSH_COMMAND=x $(readme_user 1)" 2>&1 |
		paste -sd '|')"

#
# 2. Mapped logins
#
# shellcheck disable=SC2016
comes_to "2: anna's key is alice" "alice alice /home/alice none" anna \
	'echo $(id -un) $USER $HOME ${SUDO_USER-none}'
# shellcheck disable=SC2016
comes_to "2: a session of hers" "tty alice anna" anna \
	'echo $XDG_SESSION_TYPE $(loginctl show-session $XDG_SESSION_ID \
		-p Name --value) $(loginctl show-session $XDG_SESSION_ID \
		-p RemoteUser --value)'
comes_to "2: nothing of root's" "cat: /etc/shadow: Permission denied" \
	anna cat /etc/shadow
check_match "2: the log has it" 'session opened: user=alice.* remote=anna' \
	"$(all_audit_lines)"
printf 'expect $ \nsend tty; exit 4\\r\nexpect /dev/pts\n' |
	on_tty anna >"$BED/out/tty"
check_eq "2: a terminal" 4 $?
# Older servers accept the key first, and then the connection is lost.
for key in root stranger; do
	check_eq "2: any other key is refused: $key" '255 ' \
		"$("${SSH[@]}" "$key" id -un 2>/dev/null </dev/null; echo $?) "
done
check_match "2: ... by sshd" 'ROOT LOGIN REFUSED' \
	"$(inside journalctl -q -o cat -t sshd -t sshd-session)"
check_match "2: no port is forwarded" 'prohibited|open failed' \
	"$("${SSH[@]}" -W 127.0.0.1:22 anna 2>&1 </dev/null)"
check_match "2: README: what it would run as" 'setuid.*prove.*exec' \
	"$(inside sh -c "$(readme_commands "$README" 2)" | paste -sd ' ')"

#
# 3. Sftp in one directory
#
files() {
	timeout 60 sftp -q -F "$BED/ssh_config" -b - "$@" 2>&1
}
echo outside >"$ROOT/srv/outside"
echo "put $README there" | files sven >"$BED/out/sftp"
check_same "3: written" "$README" "$ROOT/srv/drop/there"
check_eq "3: for the group" sftpdrop "$(inside stat -c %G /srv/drop/there)"
check_match "3: seen" 'there' "$(echo ls | files sven)"
echo "get there $BED/out/back" | files sven >"$BED/out/sftp"
check_same "3: read back" "$README" "$BED/out/back"
for path in /srv /etc /home/sven /; do
	check_match "3: $path is not listed" '(P|p)ermission denied|denied' \
		"$(echo "ls $path" | files sven)"
done
for path in /srv/outside /etc/hostname /home/sven/.bashrc \
	/srv/drop/../outside; do
	rm -f "$BED/out/got"
	check_match "3: $path is not read" 'denied' \
		"$(echo "get $path $BED/out/got" | files sven)"
	check_eq "3: ... and nothing of it came" '' \
		"$(cat "$BED/out/got" 2>/dev/null)"
done
check_match "3: nothing is written elsewhere" 'denied' \
	"$(echo "put $README /home/sven/x" | files sven)"
check_eq "3: ... and is not there" '' "$(inside find /home/sven -name x)"
echo "symlink /etc/hostname link" | files sven >"$BED/out/sftp"
check_match "3: nor read by a link" 'denied' \
	"$(echo "get link $BED/out/got" | files sven)"
check_match "3: no command" 'sftp' \
	"$("${SSH[@]}" sven cat /etc/hostname 2>&1 </dev/null)"
check_eq "3: ... and none of its output" '' \
	"$("${SSH[@]}" sven cat /etc/hostname 2>/dev/null </dev/null)"
check_match "3: no terminal" 'PTY allocation request failed' \
	"$("${SSH[@]}" -tt sven 2>&1 </dev/null)"
check_match "3: no port" 'prohibited|open failed' \
	"$("${SSH[@]}" -W 127.0.0.1:22 sven 2>&1 </dev/null)"
check_match "3: who is not of the group sees it all" 'hostname' \
	"$(echo 'ls /etc/hostname' | files carol)"
check_match "3: ... but not the directory" 'denied' \
	"$(echo 'ls /srv/drop' | files carol)"

#
# 4. Shells that stay
#
comes tina -tt tina
# shellcheck disable=SC2016
tell tina 'marker=still; echo my""pid=$$ is here'
check_shows "4: a shell" tina 'mypid=[0-9]+ is here'
shell=$(sed -n 's/.*mypid=\([0-9]*\) .*/\1/p' "$BED/out/shown.tina")
cut_off tina
check "4: it lives when the connection is cut" inside kill -0 "$shell"
comes tina -tt tina
# shellcheck disable=SC2016
tell tina 'echo $marker the""re $$'
check_shows "4: the same one is there on return" tina \
	"still there $shell"
check_shows "4: and what it had shown" tina "mypid=$shell is here"
echo "put $README file" | files tina >"$BED/out/sftp"
check_same "4: sftp passes" "$README" "$ROOT/home/tina/file"
scp -q -O -F "$BED/ssh_config" "tina:file" "$BED/out/copy" </dev/null
check_same "4: scp passes" "$README" "$BED/out/copy"
comes_to "4: a command passes" tina tina id -un
tell tina 'exit 6'
leaves tina
check_eq "4: exit ends it, with its status" 6 $?
comes_to "4: and it is gone" '' tina pty-broker list

# Without any line, by README's commands.
{ IFS= read -r attach; IFS= read -r list; } < <(readme_user 4)
as_readme() {
	local words

	read -r -a words <<<"$1"
	case "${words[0]} ${words[1]} ${words[2]}" in
	"ssh -t host") comes carol -tt carol "${words[@]:3}" ;;
	"ssh host "*) comes_to "$2" "$3" carol "${words[@]:2}" ;;
	*) fail "README: $1" "is no ssh to a host" ;;
	esac
}
as_readme "$attach"
tell carol 'echo I am he""re'
check_shows "4: README: $attach" carol 'I am here'
cut_off carol
check_match "4: README: $list" 'work .*detached' \
	"$("${SSH[@]}" carol "${list#ssh host }" 2>&1 </dev/null | paste -sd ' ')"
comes_to "4: nobody else sees it" '' tina pty-broker list
as_readme "$attach"
tell carol 'exit 2'
leaves carol
check_eq "4: and it ends" 2 $?

#
# 5. A limited agent
#
with_agent=(-A -o IdentityAgent=SSH_AUTH_SOCK)
comes_to "5: one key of two is seen" work "${with_agent[@]}" arno \
	"ssh-add -l | cut -d' ' -f3"
comes_to "5: carol's agent is as it was" "work private" "${with_agent[@]}" \
	carol "ssh-add -l | cut -d' ' -f3"
# signs NAMESPACE KEY HOST
signs() {
	"${SSH[@]}" "${with_agent[@]}" "$3" "echo '$(<"$keys/$2.pub")' >k.pub
		echo x | ssh-keygen -q -Y sign -n $1 -f k.pub" 2>&1 </dev/null |
		head -n 1
}
check_eq "5: it signs for git" "-----BEGIN SSH SIGNATURE-----" \
	"$(signs git work arno)"
check_match "5: but no file" 'refused|failed|agent' "$(signs file work arno)"
check_match "5: nor with the other key" 'refused|failed|agent|No private' \
	"$(signs git private arno)"
check_eq "5: which signs for carol" "-----BEGIN SSH SIGNATURE-----" \
	"$(signs file private carol)"
check_match "5: nothing is loaded or removed" 'refused|Failed' \
	"$("${SSH[@]}" "${with_agent[@]}" arno ssh-add -D 2>&1 </dev/null)"
check_eq "5: nothing was" 2 "$(ssh-add -l | wc -l)"
check_match "5: each signature is in the log" 'verdict=allowed.*namespace=git' \
	"$(inside journalctl -q -o cat SYSLOG_IDENTIFIER=agent-forwarder)"
# Would have caught sshd's own socket, which everybody of his finds.
other='ls -d /tmp/ssh-*/agent.* 2>/dev/null'
comes_to "5: sshd's own socket is not to be found" '' "${with_agent[@]}" arno \
	"$other"
check_match "5: which is there for carol" '^/tmp/ssh-' \
	"$("${SSH[@]}" "${with_agent[@]}" carol "$other" 2>&1 </dev/null)"
comes_to "5: without an agent he comes in, too" arno arno id -un
kill "$agent"

#
# The gateway
#
cp "$keys/anna.pub" "$ROOT/root/anna.pub"
FINGERPRINT=$(fingerprint anna)
do_as_readme 'The gateway'
comes_to "gateway: anna is alice" alice gw id -un
# Let in by sshd, and known to nobody.
cat "$keys/anybody.pub" >>"$ROOT/etc/ssh/gateway_keys"
mark_log
check_match "gateway: whom no Match names is refused" '^incubator: ' \
	"$("${SSH[@]}" gw-anybody id -un 2>&1 </dev/null)"
check_logged "gateway: and that is in the log" 'refused: '
comes_to "gateway: a stranger is refused by sshd" \
	"gateway@$ADDRESS: Permission denied (publickey)." gw-stranger id -un
comes alice -tt gw 'echo re""ady; read -r _; exit 3'
check_shows "gateway: on a terminal" alice '^ready'
check_match "gateway: who has alice" '(^|
)alice +pts/[0-9]+ ' "$(inside who)"
check_match "gateway: README: incubator --sessions" \
	'alice .*gateway' "$(inside incubator --sessions)"
tell alice go
leaves alice
check_eq "gateway: a status" 3 $?
check_match "gateway: no port" 'prohibited|open failed' \
	"$("${SSH[@]}" -W 127.0.0.1:22 gw 2>&1 </dev/null)"
comes_to "gateway: anna's other key is alice still" alice anna id -un
check_match "gateway: README: journalctl -t incubator" \
	'session opened: user=alice.*caller=gateway' \
	"$(inside sh -c "$(readme_commands "$README" 'The gateway' |
		grep journalctl)" | paste -sd ' ')"

#
# By hand
#
by_hand=$(readme_user 'By hand' | grep -- --unshare)
# shellcheck disable=SC2016
check_eq "by hand: root among processes of his own" "0 1" "$(
	printf '%s\n' 'set -- /proc/[0-9]*; echo $(id -u) $#' |
	"${SSH[@]}" carol "$by_hand" 2>&1)"

check_nothing "after all of them"
check_eq "no unit has failed" '' "$(units_failed)"
check "files are still what the package says" intact
finish

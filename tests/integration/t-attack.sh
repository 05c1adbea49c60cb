#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What an attacker with a shell account, or with a key, tried against root's
# part of a login; terminals are in t-attack-terminal.sh.  Each case says what
# it would have caught; tools/attack.c does what a shell cannot.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
attack=/bed/bin/attack
servers alice
# add_name NAME UID HOME
add_name() {
	echo "$1:x:$2:$2:The user $1:$3:/bin/sh" >>/etc/passwd
	echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
}
# As alice, by hand, without a terminal.
by_hand() {
	timeout -k 1 4 "$INCUBATOR" --local-user alice "$@" </dev/null 2>&1
}
ended() {
	! kill -0 "$1" 2>/dev/null
}
# The one that was started first: the second, for a moment, is its child.
parent_of() {
	pgrep -o -x incubator
}
parent_runs() {
	[ -n "$(parent_of)" ] && pgrep -u alice
}
nobody_left() {
	! pgrep -x incubator && ! pgrep -u alice
}
# All of alice's at once: a chain of forks is never where pkill looks.
clean_up() {
	pkill -KILL -x ssh
	pkill -KILL -x incubator
	setpriv --reuid 1001 --clear-groups sh -c 'kill -KILL -1'
	wait_for 2 nobody_left
}

# I1: pam_keyinit makes the user a keyring on his quota.  With none left it
# fails unnoticed, and the command had root's session keyring.  An account of
# this test's own: the quota is the kernel's and outlives this machine, so
# what was filled is cleared at the end.
add_name keys 1931 /
echo "keys:x:1931:" >>/etc/group
as_keys() {
	setpriv --reuid 1931 --regid 1931 --clear-groups "$attack" keyring "$1"
}
unfill() {
	as_keys clear >/dev/null
}
if ! "$attack" keyring own true 2>/dev/null; then
	skip "I1 root's keyring" "no keyctl(2) here"
else
	trap 'unfill; fail "$SCRIPT" "ended early"; finish' EXIT
	with_secret() {
		"$attack" keyring own timeout 4 "$INCUBATOR" \
			--local-user keys -- "$attack" keyring search \
			</dev/null 2>&1
	}
	check_match "root's keyring holds the secret" FOUND \
		"$("$attack" keyring own "$attack" keyring search)"
	# Twice: what was there of the user's may be freed meanwhile.
	as_keys fill >/dev/null
	read -r -t 0.3 <>"$out/.never"
	check_match "the user's quota is used up" "Disk quota exceeded" \
		"$(as_keys fill)"
	check_match "I1 root's keyring is not the user's, no quota left" \
		"^search: [^F]" "$(with_secret)"
	cp /etc/pam.d/ssh-incubator "$out/pam"
	sed -i '/pam_keyinit/d' /etc/pam.d/ssh-incubator
	check_match "I1 nor without pam_keyinit" "^search: [^F]" \
		"$(with_secret)"
	cp "$out/pam" /etc/pam.d/ssh-incubator
	check_eq "the quota is given back" "clear: SUCCEEDED" \
		"$(as_keys clear)"
	check_match "I1 nor with a quota" "^search: [^F]" "$(with_secret)"
	trap 'fail "$SCRIPT" "ended early, status $?"; finish' EXIT
fi

# I15: a copy of the program with more rights than its caller must refuse,
# whatever the name that it is started by, and where /proc cannot tell.
nobody_runs() {
	local got status

	got=$(timeout 4 "${@:2}" </dev/null 2>&1)
	status=$?
	# A sanitizer complains where there is no /proc.
	got=$(grep -v '^==' <<<"$got")
	check_match "I15 $1" "^255 incubator: [^0-9]*" "$status $got"
}
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
mount -t tmpfs tmpfs /mnt
mkdir /mnt/bound
: >/mnt/bound/file
install -m 4755 "$INCUBATOR" /mnt/setuid
ln /mnt/setuid /mnt/hard
ln -s /mnt/setuid /mnt/soft
mount --bind /mnt/setuid /mnt/bound/file
for file in setuid hard soft bound/file; do
	nobody_runs "setuid, as $file" "${as_alice[@]}" "/mnt/$file" -- id -u
done
# Without /proc the program cannot look at its own file: it ran with the
# capabilities of the file until the drop.
if need setcap; then
	install -m 0755 "$INCUBATOR" /mnt/caps
	setcap cap_setuid,cap_dac_read_search+ep /mnt/caps
	nobody_runs "file capabilities" "${as_alice[@]}" /mnt/caps -- id -u
	nobody_runs "file capabilities, no /proc" unshare -m sh -c \
		'umount -l /proc; exec "$@"' sh "${as_alice[@]}" \
		/mnt/caps -- id -u
else
	skip "I15 file capabilities" "there is no setcap"
fi
umount /mnt/bound/file
umount /mnt

# Nothing of root's parent can be reached from the session: its memory holds
# PAM's secrets, its descriptors are root's.
"${SSH[@]}" root-alice "exec $attack poke \$PPID" >"$out/poke" 2>&1
check_match "everything was tried" "setpgid: " "$(cat "$out/poke")"
check_eq "nothing of root's parent can be reached" "" \
	"$(grep SUCCEEDED "$out/poke")"

# SSH_USER_AUTH is the client's to set where AcceptEnv is too wide.  Root must
# not open what it names: a fifo stops it, a device may do something.
fifo_case() {
	mkfifo -m 0666 "$1"
	timeout 4 sh -c "echo x >'$1'; touch $out/opened" &
	local writer=$!
	SSH_USER_AUTH=$1 by_hand -- true
	check_eq "a fifo as $1 stops nobody" 0 "$?"
	kill "$writer" 2>/dev/null
	wait "$writer" 2>/dev/null
	check_eq "and is not opened" no \
		"$([ -e "$out/opened" ] && echo yes || echo no)"
	rm -f "$1" "$out/opened"
}
fifo_case "$out/fifo"
fifo_case /tmp/sshauth.fifo
# key_case NAME KEY PATH: the log says that key for that name.
key_case() {
	mark_log
	SSH_USER_AUTH=$3 by_hand -- true
	check_match "$1" "session opened: .* key=$2 " "$(audit_lines)"
}
(umask 077; echo "publickey $(cut -d' ' -f1,2 /bed/keys/user.pub)" \
	>/tmp/sshauth.test)
key=$(ssh-keygen -lf /bed/keys/user.pub | cut -d' ' -f2)
key_case "a file as sshd makes it is believed" "${key//+/\\+}" \
	/tmp/sshauth.test
cp -p /tmp/sshauth.test /root/copy
key_case "a name that sshd does not give is not" - /root/copy
ln -s /root/copy /tmp/sshauth.link
key_case "nor a symbolic link" - /tmp/sshauth.link
ln /root/copy /tmp/sshauth.hard
key_case "nor a hard link" - /tmp/sshauth.hard
rm -f /tmp/sshauth.*
server_key loose "exec $INCUBATOR --local-user alice" <<-'END'
	AcceptEnv SSH_* TZ
END
mark_log
"${SSH[@]}" -o "SetEnv=SSH_USER_AUTH=/root/copy" loose true
check_match "nor from the client, AcceptEnv SSH_*" \
	"session opened: .* key=- " "$(audit_lines)" loose

# TZ is opened by root's libc for the first line of the log: the user's fifo
# held root's process, with PAM's session, past TERM.
mkfifo -m 0600 /home/alice/fifo
chown alice /home/alice/fifo
check_eq "the client's TZ does not hold root's process" "0 ran" "$(
	timeout -k 1 3 "${RAW_SSH[@]}" -o SetEnv=TZ=/home/alice/fifo loose \
		'echo ran' >"$out/tz" 2>&1; echo "$? $(cat "$out/tz")")" loose
check_eq "nor when it refuses" 255 "$(TZ=/home/alice/fifo timeout -k 1 2 \
	"$INCUBATOR" --local-user nosuch </dev/null 2>/dev/null; echo $?)"
clean_up
rm -f /home/alice/fifo

# The user's limits, that pam_limits sets on the parent as well: a module that
# wrote to a file killed it, with root's session left open.
if [ -n "$(find /lib/*/security /usr/lib/*/security /lib/security \
	/usr/lib64/security -name pam_lastlog.so 2>/dev/null)" ]; then
	cp /etc/pam.d/ssh-incubator "$out/pam"
	echo "session optional pam_lastlog.so" >>/etc/pam.d/ssh-incubator
	echo "alice hard fsize 0" >/etc/security/limits.conf
	mark_log
	check_eq "a limit on files does not kill the parent" "ran 0" \
		"$("${SSH[@]}" root-alice 'printf "ran "'; echo $?)" root-alice
	check_match "and the session is closed" "session closed: " \
		"$(audit_lines)"
	: >/etc/security/limits.conf
	cp "$out/pam" /etc/pam.d/ssh-incubator
else
	skip "a limit on files does not kill the parent" "no pam_lastlog"
fi
# Too little of everything: it runs or it says why not, and nothing hangs.
for limit in nofile=3 nofile=4 nofile=5 nofile=6 nofile=7 nofile=8 nproc=0 \
	as=12000000 data=100000 stack=65536 fsize=0 memlock=0; do
	got=$(prlimit "--$limit:${limit#*=}" timeout -k 1 3 "$INCUBATOR" \
		--local-user alice -- /bin/sh -c 'id -u' </dev/null 2>&1)
	check_match "with --$limit it runs or refuses" \
		"^(0 1001|(1|2|12[67]|255) .+)$" "$? $got"
done
mark_log
echo "alice hard nofile 4" >/etc/security/limits.conf
timeout 3 "${RAW_SSH[@]}" root-alice true >"$out/few" 2>&1
check_match "with few files by pam_limits it runs or refuses" \
	"^(0|1|12[67]|255)$" "$?" root-alice
: >/etc/security/limits.conf

# The log names what ran: "sftp" was the client's word for what it liked.
if [ -x /usr/lib/openssh/sftp-server ]; then
	mark_log
	check_eq "more than sftp-server runs" 1001 "$("${SSH[@]}" root-alice \
		'/usr/lib/openssh/sftp-server -h 2>/dev/null; id -u')"
	check_match "and is logged as what it is" \
		"session opened: .* service=exec " "$(audit_lines)"
else
	skip "more than sftp-server is no sftp" "it is elsewhere"
fi

# Homes that are no directories, or not the user's: nothing is opened.
mkfifo -m 0666 /home/fifo
ln -s /home/loop /home/loop
ln -s /root /home/toroot
for home in fifo loop toroot; do
	add_name "u$home" 1002 "/home/$home"
	got=$(timeout -k 1 3 "$INCUBATOR" --local-user "u$home" -- \
		/bin/sh -c 'pwd; id -u' </dev/null 2>/dev/null)
	check_eq "a home that is $home" "0 / 1002" "$? ${got//$'\n'/ }"
done

# connected HOST COMMAND: a client, and root's parent, which it sets as
# "client" and "parent".
connect() {
	"${RAW_SSH[@]}" "$@" <"$out/.never" >"$out/shown" 2>&1 &
	client=$!
	disown
	wait_for 4 parent_runs
	parent=$(parent_of)
}
exec 7<>"$out/.never"

# A chain of forks: whoever signals the session process by process never gets
# to its end, and the parent stayed.
connect -T root-alice "$attack forks & $attack forks & exec sleep 30"
read -r -t 0.2 <&7
kill -KILL "$client"
check "endless forks do not hold the parent" wait_for 3 ended "$parent"
clean_up

# Alice signals whatever becomes hers while root logs her in: the child, when
# it has her id and is not yet the command.  Stopped there it held the parent,
# which neither the end of the connection nor TERM could end.  Without
# pam_keyinit, which for a moment takes her real uid in the parent itself: any
# program that opens a PAM session with it can be stopped there.
sed -i '/pam_keyinit/d' /etc/pam.d/ssh-incubator
for signal in STOP STOP STOP STOP STOP STOP KILL KILL; do
	[ "$signal" != STOP ] || [ "${was:-}" != incubator ] || continue
	setpriv --reuid 1001 --regid 1001 --clear-groups "$attack" spin \
		"$(kill -l "$signal")" 2 >"$out/hit" &
	spinner=$!
	read -r -t 0.1 <&7
	"${RAW_SSH[@]}" root-alice 'exec sleep 30' <"$out/.never" \
		>"$out/shown" 2>&1 &
	client=$!
	disown
	wait "$spinner"
	hit=$?
	was=$(cat "/proc/$(cat "$out/hit")/comm" 2>/dev/null)
	parent=$(parent_of)
	kill -KILL "$client" 2>/dev/null
	name="alice's $signal to ${was:-her process} during the login"
	if [ "$hit" != 0 ]; then
		skip "$name" "it hit nobody"
	elif [ -z "$parent" ] || wait_for 3 ended "$parent"; then
		pass "$name holds nobody"
	else
		fail "$name holds nobody" \
			"$(ps -o pid,ppid,ruid,euid,stat,comm -p "$parent")"
	fi
	clean_up
done

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The confining options in root's forced command: what each does is seen by
# alice's command, and where it cannot be done, one line names the step and
# its argument, nothing runs and no session stays open.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
ran=$out/ran
server_plain root

# With a module in the stack that tells what it was called for, if there is a
# compiler for it: a session that was opened must be closed.
told=$out/told
module=$BED/bin/pam_tell.so
if need cc && cc -shared -fPIC -o "$module" \
	"$TOP_SRCDIR/tests/integration/tools/pam_tell.c" 2>/dev/null; then
	echo "session required $module $told" >>/etc/pam.d/ssh-incubator
else
	skip "PAM's session is closed" "no compiler for the module that tells"
	told=
fi
balance() {
	[ -n "$told" ] || return 0
	[ "$(grep -c '^open_session' "$told")" = \
		"$(grep -c '^close_session' "$told")" ]
}

# confined OPTION...: root's key forces incubator with these options now.
confined() {
	server_root alice "$*"
}
# effect NAME EXPECTED COMMAND: what it says and its status, over ssh.
effect() {
	local got

	got=$("${SSH[@]}" -n root-alice "$3" 2>&1)
	check_eq "$1" "0 $2" "$? $got" root-alice
}
# cannot NAME REASON OPTION...
cannot() {
	local name=$1 reason=$2 problems="" status

	shift 2
	confined "$@"
	rm -f "$ran"
	[ -z "$told" ] || : >"$told"
	mark_log
	"${SSH[@]}" -n root-alice "touch $ran" >"$out/stdout" 2>"$out/stderr"
	status=$?
	[ "$status" = 255 ] || problems+="status $status; "
	[ "$(wc -l <"$out/stderr")" = 1 ] || problems+="not one line; "
	[ "$(cat "$out/stderr")" = "incubator: $reason" ] ||
		problems+="another reason; "
	[ ! -s "$out/stdout" ] || problems+="wrote to stdout; "
	[ ! -e "$ran" ] || problems+="ran something; "
	audit_lines >"$out/audit"
	[ "$(grep -c '^refused: ' "$out/audit")" = 1 ] &&
		grep -qF "reason=\"$reason\"" "$out/audit" ||
		problems+="audit: $(cat "$out/audit"); "
	! grep -q '^session opened' "$out/audit" ||
		problems+="a session was opened; "
	balance || problems+="PAM's session stays: $(cat "$told"); "
	! pgrep -u alice >/dev/null || problems+="left: $(pgrep -lu alice); "
	if [ -z "$problems" ]; then
		pass "cannot: $name"
	else
		fail "cannot: $name" "$problems$(cat -v "$out/stderr")" \
			root-alice
	fi
}
status_of() {
	echo "sed -n 's/^$1:[[:space:]]*//p' /proc/self/status"
}

# --umask, though PAM has set one, and --limit: above what PAM made of it too,
# because root may.  Would have caught a limit that is set after the uid.
confined --umask 027
effect "--umask" 0027 umask
confined --umask=0
effect "--umask 0" 0000 umask
echo "alice hard nofile 100" >/etc/security/limits.conf
confined --limit nofile=50:90 --limit=core=0
effect "--limit, soft and hard" "50 90 0" \
	'echo $(ulimit -Sn) $(ulimit -Hn) $(ulimit -c)'
if ((0x$(sed -n 's/^CapEff:\t//p' /proc/self/status) >> 24 & 1)); then
	confined --limit nofile=200:300
	effect "--limit above PAM's: root may" "200 300" \
		'echo $(ulimit -Sn) $(ulimit -Hn)'
else
	skip "--limit above PAM's: root may" "root has no CAP_SYS_RESOURCE"
fi
: >/etc/security/limits.conf
files_max=$(cat /proc/sys/fs/nr_open)
cannot "--limit above the kernel's" "limits nofile=1:$((files_max + 1)): \
nofile: Operation not permitted" --limit "nofile=1:$((files_max + 1))"

# --no-new-privs: sudo works without it and not with it.
confined
effect "I4 no_new_privs only when asked for" 0 "$(status_of NoNewPrivs)"
[ -f /etc/sudoers ] && effect "sudo works, not confined" root "sudo -n id -un"
confined --no-new-privs
effect "--no-new-privs" 1 "$(status_of NoNewPrivs)"
if [ -f /etc/sudoers ]; then
	got=$("${SSH[@]}" -n root-alice "sudo -n id -un" 2>&1)
	check_match "sudo does not, with --no-new-privs" \
		'^1 sudo: .*no new privileges' "$? $got"
else
	skip "sudo with and without --no-new-privs" "sudo is not there"
fi

# --bounding-set: sshd's own is what stays without it.
all=$("${SSH[@]}" -n plain-root "$(status_of CapBnd)")
no_raw=$(printf %016x $((0x$all & ~(1 << 13))))
confined
effect "I4 the bounding set is sshd's unless asked for" "$all" \
	"$(status_of CapBnd)"
confined --bounding-set=-net_raw
effect "--bounding-set -net_raw" "$no_raw" "$(status_of CapBnd)"
confined --bounding-set=-all
effect "--bounding-set -all" 0000000000000000 "$(status_of CapBnd)"
if [ -f /etc/sudoers ]; then
	check_eq "no sudo out of an empty bounding set" "" \
		"$("${SSH[@]}" -n root-alice "sudo -n id -un" 2>/dev/null)"
fi

# --ambient-caps: these and nothing else; set-user-ID root programs keep their
# own way.  10 is CAP_NET_BIND_SERVICE, 13 is CAP_NET_RAW.
confined --ambient-caps +net_raw,+net_bind_service
effect "--ambient-caps are inheritable, permitted, effective and ambient" \
	"2400 2400 2400 2400 1001" "grep -E 'Cap(Inh|Prm|Eff|Amb)' \
/proc/self/status | sed 's/.*\t0*//' | tr '\n' ' '; id -u"
if need python3; then
	effect "and let the command bind a low port" bound "python3 -c '
import socket
socket.socket().bind((\"127.0.0.1\", 81))
print(\"bound\")'"
else
	skip "and let the command bind a low port" "no python3"
fi

# --pdeathsig: a parent that is killed takes the command with it.
confined --pdeathsig TERM
"${RAW_SSH[@]}" root-alice "trap 'touch $out/orphan; exit' TERM
	touch $out/waits; while :; do sleep 0.05; done" \
	<"$out/.never" >"$out/log" 2>&1 &
client=$!
disown
wait_for 5 test -e "$out/waits"
pkill -KILL -o -x incubator
check "--pdeathsig reaches the command when its parent is killed" \
	wait_for 5 test -e "$out/orphan"
kill "$client" 2>/dev/null
pkill -KILL -u alice

# --chroot: a root of its own, below which root's path is root's alone.
jail=/srv/jail
mkdir -p "$jail"/{proc,dev,etc,tmp} /srv/loose
bind_system "$jail"
touch "$jail/in-jail"
confined --chroot "$jail"
got=$("${SSH[@]}" -n root-alice 'pwd; id -u; ls /in-jail /home' 2>"$out/err")
check_eq "--chroot" "/ 1001 /in-jail" "$(tr '\n' ' ' <<<"$got" |
	sed 's/ $//')"
check_eq "a home that is not in there is told" \
	"incubator: /home/alice: No such file or directory; the directory is /" \
	"$(head -n 1 "$out/err")"
cannot "--chroot that is not there" "chroot /srv/none, root's alone: \
No such file or directory" --chroot /srv/none
cannot "--chroot to a file" "chroot /srv/jail/in-jail, root's alone: \
Not a directory" --chroot /srv/jail/in-jail
ln -s jail /srv/link
cannot "--chroot by a symbolic link" "chroot /srv/link, root's alone: \
there is a symbolic link: Operation not permitted" --chroot /srv/link
cannot "--chroot to the user's own directory" "chroot /home/alice, root's \
alone: it, or a directory above, is not: Operation not permitted" \
	--chroot /home/alice
chmod 0775 /srv/loose
mkdir /srv/loose/jail
check_match "--chroot with a directory as descriptor 0" \
	"--chroot: descriptor 0 is a directory" "$("$INCUBATOR" --local-user \
	    alice --chroot /srv/jail -- true 2>&1 </srv)"
cannot "--chroot below what a group may write" "chroot /srv/loose/jail, root's \
alone: it, or a directory above, is not: Operation not permitted" \
	--chroot /srv/loose/jail

# --landlock-ro, --landlock-rw: these paths and no others; sudo is off, as no
# program may gain what the rules would not know of.
system=()
for dir in /usr /bin /lib /lib64 /etc; do
	[ ! -e "$dir" ] || system+=(--landlock-ro "$dir")
done
# What bash reads and scripts write to.
system+=(--landlock-ro /home/alice/.bashrc --landlock-rw /dev/null)
install -d -o alice -g alice /srv/rw /srv/ro
echo text | install -o alice /dev/stdin /srv/ro/file
confined "${system[*]}" --landlock-rw=/srv/rw --landlock-ro /srv/ro
got=$("${SSH[@]}" -n root-alice 'true' 2>&1)
if [[ $got == *"landlock: the kernel has none"* ]]; then
	skip "--landlock-*" "the kernel has no Landlock"
else
	effect "--landlock-rw is written and --landlock-ro read" "text new" \
		'echo new >/srv/rw/file; echo $(cat /srv/ro/file /srv/rw/file)'
	for denied in 'echo x >/srv/ro/file' 'rm /srv/ro/file' \
		'mv /srv/ro/file /srv/rw/' 'ln /srv/ro/file /srv/rw/hard' \
		'echo x >/tmp/new' 'ls /home' 'cat /home/alice/.profile' \
		'cat /proc/self/status' 'truncate -s 0 /srv/ro/file' \
		'mkdir /srv/ro/dir' 'ls /srv' 'cat </dev/zero | head -c 1'; do
		got=$("${SSH[@]}" -n root-alice "$denied" 2>&1)
		check_match "nothing else: $denied" "Permission denied|\
Invalid cross-device" "$got"
	done
	check_eq "the file is what it was" text "$(cat /srv/ro/file)"
	effect "Landlock brings no-new-privs" "no" \
		'sudo -n true 2>/dev/null && echo yes || echo no'
	cannot "--landlock-ro of nothing" "landlock: /srv/none: \
No such file or directory" --landlock-ro /srv/none
	cannot "the second of two paths" "landlock: \
/srv/none: No such file or directory" --landlock-ro /usr \
		--landlock-rw /srv/none
fi

# --cgroup: born in it, with all that it starts.
cgroups=
if mkdir -p /sys/fs/cgroup 2>/dev/null &&
	mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null; then
	cgroups=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	group=${cgroups%/}/confined-$$
	mkdir "$group" 2>/dev/null || cgroups=
fi
remove_group() {
	wait_for 5 rmdir "$group"
}
if [ -n "$cgroups" ]; then
	trap 'remove_group; fail "$SCRIPT" "ended early"; finish' EXIT
	confined --cgroup "$group"
	effect "--cgroup, with all that is started" 2 \
		"cat /proc/self/cgroup /proc/\$\$/cgroup | grep -c /confined-$$"
	effect "and root's parent is not in it" 0 "echo \$(for p in \
\$(cat $group/cgroup.procs); do cat /proc/\$p/comm; done 2>/dev/null |
grep -c incubator)"
	# Born frozen, as its user may have it: it never becomes the command.
	echo 1 >"$group/cgroup.freeze"
	"$INCUBATOR" --local-user alice --cgroup "$group" -- true </dev/null \
		>"$out/frozen" 2>&1 &
	frozen=$!
	for ((i = 0; i < 50; i++)); do
		[ "$(wc -l <"$group/cgroup.procs")" != 0 ] && break
		sleep 0.1
	done
	mark_log
	kill -TERM "$frozen"
	timeout 10 tail --pid="$frozen" -f /dev/null
	check_eq "TERM ends what waits for a child that is frozen" "gone 0 1" \
		"$(kill -0 "$frozen" 2>/dev/null || echo gone) $(
		wc -l <"$group/cgroup.procs") $(audit_lines |
		grep -c 'ended before the command ran')"
	kill -KILL "$frozen" 2>/dev/null
	echo 0 >"$group/cgroup.freeze"
	cannot "--cgroup of nothing" "cgroup $group/none: No such file or \
directory" --cgroup "$group/none"
	# A directory of another kind of file system would be taken for one.
	cannot "--cgroup that is no control group" \
		"cgroup /tmp: Bad file descriptor" --cgroup /tmp
	check "the group is empty afterwards" remove_group
	trap 'fail "$SCRIPT" "ended early, status $?"; finish' EXIT
else
	skip "--cgroup" "no control group of version 2 can be made here"
fi

# --unshare: each, and only what was asked for.
names="cgroup ipc mnt net pid time user uts"
mine() {
	for ns in $names; do
		readlink "/proc/self/ns/$ns"
	done
}
theirs="for ns in $names; do readlink /proc/self/ns/\$ns; done"
# differ: which of the lists' namespaces are others
differ() {
	paste -d' ' <(mine) - | awk '$1 != $2 { sub(/:.*/, "", $1)
		printf "%s%s", n++ ? "," : "", $1 }'
}
confined
check_eq "no namespace unless asked for" "" \
	"$("${SSH[@]}" -n root-alice "$theirs" | differ)"
for ns in cgroup ipc net time uts mount pid user; do
	confined --unshare "$ns"
	got=$("${SSH[@]}" -n root-alice "$theirs; ls /proc/self/fd >/dev/null" \
		2>"$out/err" | differ)
	if grep -q 'Invalid argument' "$out/err"; then
		skip "--unshare $ns" "the kernel has none"
		continue
	fi
	check_eq "--unshare $ns" "${ns/mount/mnt}" "$got" root-alice
done
confined --unshare net,ipc --unshare uts
check_eq "--unshare of several, said twice" "ipc,net,uts" \
	"$("${SSH[@]}" -n root-alice "$theirs" | differ)"
effect "a network of its own has one device, down" lo \
	"sed -n 's/^ *\([^ :]*\):.*/\1/p' /proc/net/dev"
confined --unshare pid
check_eq "--unshare pid is the user's, not root's" "1001 1" \
	"$("${SSH[@]}" -n root-alice 'echo $(id -u) $$')"

# The user's own namespace: by root any range that is not root's, by
# --setgroups deny nobody leaves a group that denies (CVE-2018-7169).
confined --map-users 0:1001:1,1:100000:1000 --map-groups 0:1001:1 \
	--setgroups deny
effect "--map-users with ranges, by root" "0 0
0 1001 1 1 100000 1000
0 1001 1
deny" 'echo $(id -u) $(id -g); echo $(cat /proc/self/uid_map)
	echo $(cat /proc/self/gid_map); cat /proc/self/setgroups'
confined --map-users 0:1001:1 --map-groups 0:1001:1
effect "CVE-2018-7169 setgroups is denied unless allowed" deny \
	'cat /proc/self/setgroups'
confined --map-users 0:1001:1 --map-groups 0:1001:1 --setgroups allow
effect "--setgroups allow" allow 'cat /proc/self/setgroups'
cannot "--map-users onto root" "--map-users: 0 outside is root" \
	--map-users 0:0:1
cannot "a range that holds root" "--map-users: 0 outside is root" \
	--map-users 5:1001:1,10:0:100
cannot "--map-groups onto root's" \
	"--map-groups: 0 outside is root's group" \
	--map-users 0:1001:1 --map-groups 0:0:1
confined --map-users 0:1001:1 --map-groups 0:1001:1
for file in /etc/shadow /root /proc/1/environ; do
	effect "root inside is nobody to root's $file" denied \
		"ls $file/ >/dev/null 2>&1 || cat $file 2>/dev/null ||
echo denied"
done

# --mount-proc: what is in there are the session's own processes.
confined --unshare pid --mount-proc
effect "--mount-proc shows the session's processes and no others" \
	"1 2 " "ls /proc | grep '^[0-9]' | sort -n | head -n 2 | tr '\n' ' '"
cannot "--mount-proc where there is no directory for it" "mount-proc \
/srv/loose/proc: No such file or directory" --unshare pid --mount-proc \
	--chroot /srv/loose
confined --unshare pid --mount-proc --chroot "$jail"
check_eq "--mount-proc within --chroot" "1 1 1001" "$("${SSH[@]}" -n root-alice \
	'echo $(cat /proc/1/comm | wc -l) $$ $(id -u)' 2>"$out/err")"

# login(1) would do all of it by its own rules.
confined --login-cmd /bin/login --umask 022
"${SSH[@]}" -n root-alice true 2>"$out/err"
check_eq "--login-cmd with any of it is wrong usage" \
	"64 incubator: --login-cmd: login(1) cannot be confined" \
	"$? $(cat "$out/err")"

finish

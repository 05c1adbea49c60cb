#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What an attacker with a shell account tried against a confined session: out
# of the root, the Landlock rules, the namespaces and the control group, from
# within, from a second login beside it, and while the session begins.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
attack=/bed/bin/attack
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
as_bob=(setpriv --reuid 1002 --regid 1002 --init-groups)
"${as_alice[@]}" unshare -Ur true 2>/dev/null || skip_all \
	"an ordinary user may make no user namespace here"
exec 7<>"$out/.never"
clean_up() {
	pkill -KILL -x ssh
	pkill -KILL -x incubator
	"${as_alice[@]}" sh -c 'kill -KILL -1' 2>/dev/null
	wait_for 2 nobody_left
}
nobody_left() {
	! pgrep -x incubator && ! pgrep -u alice
}
confined() {
	server_root alice "$*"
}
# inside COMMAND: of the confined session; what it says and its status.
inside() {
	"${SSH[@]}" -n root-alice "$1" 2>&1
	echo "status $?"
}
# fails NAME REGEX COMMAND: with this complaint.
fails() {
	local got

	got=$(inside "$3")
	check_match "$1" "$2" "$got" root-alice
	[[ $got != *"status 0" ]] || fail "$1" "it succeeded: $got"
}
# A process of alice's from before, unconfined, that holds what is wanted.
echo secret | install -o alice -g alice -m 0600 /dev/stdin /home/alice/secret
"${as_alice[@]}" sleep 1000 <"$out/.never" >/dev/null 2>&1 &
other=$!
disown

# Out of the root.
jail=/srv/jail
mkdir -p "$jail"/{proc,bed,tmp,dev}
chmod 1777 "$jail/tmp"
touch "$jail/dev/null"
mount --bind /dev/null "$jail/dev/null"
for dir in usr lib lib32 lib64 libx32 bin bed; do
	if [ -L "/$dir" ]; then
		cp -P "/$dir" "$jail/$dir"
	elif [ -d "/$dir" ]; then
		mkdir -p "$jail/$dir"
		mount --rbind "/$dir" "$jail/$dir"
	fi
done
confined --chroot "$jail" --unshare pid --mount-proc
fails "no file outside" "No such file" 'cat /home/alice/secret'
fails "not by .." "No such file" \
	'cat /../../../../home/alice/secret'
fails "not by /proc/1/root" "No such file" \
	'cat /proc/1/root/home/alice/secret'
fails "no second chroot" "Operation not permitted" \
	'mkdir -p /tmp/x; /usr/sbin/chroot /tmp/x true'
fails "no process outside is there to be signalled" "No such process" \
	"kill -KILL $other"
fails "nor to be traced" "No such process" \
	"$attack poke $other | grep attach; exit 1"
fails "no namespace of process 1 is another" "Operation not permitted" \
	'nsenter -t 1 -m true'
# With a user namespace she has CAP_SYS_CHROOT and CAP_SYS_ADMIN in there: a
# chroot(2) would be left by the second one, a root of the mounts is not.
confined --chroot "$jail" --unshare user,pid --mount-proc \
	--map-users 0:1001:1 --map-groups 0:1001:1
if need python3; then
	fails "root inside cannot leave by a second chroot" \
		"No such file" "python3 -c '
import os
fd = os.open(\"/\", os.O_RDONLY)
os.chroot(\"/tmp\")
os.fchdir(fd)
for i in range(30): os.chdir(\"..\")
os.chroot(\".\")
open(\"/home/alice/secret\")'"
else
	skip "root inside cannot leave by a second chroot" "no python3"
fi
fails "nor by taking the mounts apart" "Invalid argument|not permitted|busy|superuser" \
	'umount /; umount -l /; exec umount /usr'
check_eq "nothing of it has happened outside" "secret" \
	"$(cat /home/alice/secret)"
clean_up
"${as_alice[@]}" sleep 1000 <"$out/.never" >/dev/null 2>&1 &
other=$!
disown

# Out of Landlock's rules.
install -d -o alice -g alice /srv/box
# What one session turns is where the next would be let in.
"${as_alice[@]}" ln -s /home/alice /srv/box/pub
for path in /srv/box/pub /srv/box/pub/secret; do
	check_match "no path by a link of hers: $path" \
		"^incubator: landlock: $path: Too many levels of symbolic links" \
		"$("$INCUBATOR" --local-user alice --landlock-ro / \
		    --landlock-ro "$path" -- true </dev/null 2>&1)"
done
# Root inside, a link of hers looks like root's.
check_match "nor where she is root: /srv/box/pub" \
	"^incubator: landlock: /srv/box/pub: Too many levels of" \
	"$("$INCUBATOR" --local-user alice --map-users 0:1001:1 \
	    --landlock-ro / --landlock-ro /srv/box/pub -- true </dev/null 2>&1)"
check_match "nor where nobody has a number" \
	"^incubator: landlock: /srv/box/pub: Too many levels of" \
	"$("$INCUBATOR" --local-user alice --unshare user --landlock-ro / \
	    --landlock-ro /srv/box/pub -- true </dev/null 2>&1)"
rm /srv/box/pub
ln -s /srv/box /srv/to-box
check_eq "but by root's in a user namespace" "status 0" "$("$INCUBATOR" \
	--local-user alice --unshare user --landlock-ro / \
	--landlock-ro /srv/to-box -- true </dev/null 2>&1
	echo "status $?")"
# chroot(2) is left by who has CAP_SYS_CHROOT, a root of the mounts is not.
if need python3; then
	for who in "alice --ambient-caps sys_chroot" root; do
		# shellcheck disable=SC2086 # a name and options
		check_match "no way out of --chroot: $who" \
			"No such file" "$("$INCUBATOR" --local-user $who \
			--chroot "$jail" -- /usr/bin/python3 -c '
import os
fd = os.open("/", os.O_RDONLY)
os.chroot("/tmp")
os.fchdir(fd)
for i in range(30): os.chdir("..")
os.chroot(".")
print(os.stat("/home/alice/secret"))' </dev/null 2>&1)"
	done
fi
check_eq "but by one of root's" "status 0" "$("$INCUBATOR" --local-user \
	alice --landlock-ro / --landlock-ro /srv/to-box -- true </dev/null 2>&1
	echo "status $?")"
rules=(--landlock-rw /srv/box --landlock-rw /dev/null)
for dir in /usr /bin /lib /lib64 /bed /proc /etc/bash.bashrc \
	/home/alice/.bashrc; do
	[ ! -e "$dir" ] || rules+=(--landlock-ro "$dir")
done
confined "${rules[*]}"
got=$(inside true)
if [[ $got == "status 0" ]]; then
	fails "by a link of the session's own" "Permission denied" \
		'ln -s /home/alice /srv/box/out; cat /srv/box/out/secret'
	fails "by /proc/self/root" "Permission denied" \
		'cat /proc/self/root/home/alice/secret'
	fails "by a process of hers that is free: its root" \
		"Permission denied" "cat /proc/$other/root/home/alice/secret"
	inside "$attack poke $other" >"$out/poke"
	check_match "everything was tried on it" "setpgid: " \
		"$(cat "$out/poke")"
	check_eq "and it can be neither traced nor read" "" "$(grep -E \
		'^(attach|seize|.*/(mem|fd/0|root/etc)|process_vm|pidfd_getfd)' \
		"$out/poke" | grep SUCCEEDED)"
	fails "by mounts in a namespace of hers" "not permitted|denied" \
		'unshare -Urm mount --bind /home/alice /srv/box'
	fails "by a set-user-ID program" "new privileges|denied|not found" \
		'sudo -n cat /home/alice/secret'
	fails "by replacing the directory itself" "denied|not permitted" \
		'mv /srv/box /srv/box2'
	# A program that the session brings along is as confined as it.
	fails "by a program of its own" "Permission denied" \
		'cp /bin/cat /srv/box/cat; /srv/box/cat /home/alice/secret'
else
	skip "out of Landlock's rules" "$got"
fi

# Out of the control group.
cgroups=
if mkdir -p /sys/fs/cgroup 2>/dev/null &&
	mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null; then
	cgroups=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	cgroups=${cgroups%/}
	group=$cgroups/confined-$$
	mkdir "$group" 2>/dev/null || cgroups=
fi
remove_group() {
	wait_for 5 rmdir "$group"
}
if [ -n "$cgroups" ]; then
	trap 'clean_up; remove_group; fail "$SCRIPT" "ended early"
		finish' EXIT
	for more in "" "--map-users 0:1001:1 --unshare cgroup,mount"; do
		confined --cgroup "$group" "$more"
		fails "out of the control group, $more" "Permission denied" \
			"echo \$\$ >$cgroups/cgroup.procs"
		fails "nor a group of its own, $more" "Permission denied" \
			"mkdir $group/own"
	done
	clean_up
	check "the control group is empty afterwards" remove_group
	trap 'fail "$SCRIPT" "ended early, status $?"; finish' EXIT
else
	skip "out of the control group" \
		"no control group of version 2 can be made here"
fi

# CVE-2018-7169: a group that is there to deny is not left by a namespace.
echo denied | install -m 0604 -g devel /dev/stdin /srv/denies
drop="setpriv --clear-groups cat /srv/denies"
for maps in "--map-users 0:1001:1 --map-groups 0:1001:1" \
	"--map-users 0:1001:1 --map-groups 0:1001:1 --setgroups deny" \
	"--unshare user"; do
	confined "$maps"
	fails "CVE-2018-7169 $maps" "not permitted|Permission denied" "$drop"
	server own-alice alice <<-END
		ForceCommand exec $INCUBATOR $maps
	END
	got=$("${SSH[@]}" -n own-alice "$drop" 2>&1)
	check_match "CVE-2018-7169 own $maps" \
		'^1[0-9]* .*(not permitted|Permission denied)' "$? $got"
done
# ... and it would be, where root allows it: or this would prove nothing.
confined --map-users 0:1001:1 --map-groups 0:1001:1 --setgroups allow
check_eq "CVE-2018-7169 it is left where root allows that" \
	"denied
status 0" "$(inside "$drop")"

# From beside: into what root made, nobody comes; into a user namespace of
# hers, she does, as she is in there, and nobody else.
# session OPTION...: one that waits; its process 1 is $inner.
session() {
	confined "$@"
	"${RAW_SSH[@]}" root-alice 'exec sleep 2000' <"$out/.never" \
		>"$out/log" 2>&1 &
	disown
	wait_for 5 pgrep -f -u alice '^sleep 2000'
	inner=$(pgrep -f -u alice '^sleep 2000')
}
enter() {
	"$@" 2>&1 </dev/null
	echo "status $?"
}
session --unshare mount,pid,net,ipc,uts
for who in alice bob; do
	declare -n as=as_$who
	for ns in mount pid net ipc uts; do
		check_match "$who does not enter root's $ns namespace" \
			"(not permitted|denied).*status 1" "$(enter \
			"${as[@]}" nsenter "--$ns=/proc/$inner/ns/${ns/mount/mnt}" \
			true | tr '\n' ' ')"
	done
done
clean_up
session --unshare user,mount --map-users 0:1001:1
check_match "bob does not enter alice's user namespace" \
	"(not permitted|denied).*status 1" \
	"$(enter "${as_bob[@]}" nsenter "--user=/proc/$inner/ns/user" true |
		tr '\n' ' ')"
check_match "alice, in hers, is nobody to root" "denied.*status 1" \
	"$(enter "${as_alice[@]}" nsenter -t "$inner" -U \
		--preserve-credentials cat /etc/shadow | tr '\n' ' ')"
clean_up

# While it begins: alice stops whatever becomes hers, which may be the child
# between the drop and the command, waiting for its maps perhaps.  There it
# must hold nobody, and be as closed to her as root's own processes, or she
# writes its maps, or runs code before the rules are there.  Without
# pam_keyinit, see t-attack.sh.
sed -i '/pam_keyinit/d' /etc/pam.d/ssh-incubator
ended() {
	! kill -0 "$1" 2>/dev/null
}
caught=0
for try in 1 2 3 4 5 6 7 8; do
	confined --map-users 0:1001:1,1:100000:100 --umask 077 \
		"${rules[*]}"
	[ "$caught" -lt 2 ] || break
	"${as_alice[@]}" "$attack" spin 19 2 >"$out/hit" &
	spinner=$!
	read -r -t 0.1 <&7
	"${RAW_SSH[@]}" root-alice 'exec sleep 30' <"$out/.never" \
		>"$out/shown" 2>&1 &
	client=$!
	disown
	wait "$spinner" || { clean_up; continue; }
	hit=$(cat "$out/hit")
	if [ "$(cat "/proc/$hit/comm" 2>/dev/null)" = incubator ]; then
		caught=$((caught + 1))
		"${as_alice[@]}" "$attack" poke "$hit" >"$out/poke" 2>&1
		check_eq "alice cannot reach into the child, try $try" "" \
			"$(grep -E '^(attach|seize|/proc/.*|process_vm.*|pidfd_getfd|kcmp): S' \
			"$out/poke")"
		check_eq "nor write its maps, try $try" "no" "$("${as_alice[@]}" \
			sh -c "echo '0 1001 1' >/proc/$hit/uid_map" \
			2>/dev/null && echo yes || echo no)"
		parent=$(pgrep -o -x incubator)
		kill -KILL "$client" 2>/dev/null
		check "and its stop holds nobody, try $try" \
			wait_for 3 ended "$parent"
	fi
	clean_up
done
[ "$caught" -gt 0 ] || skip "alice cannot reach into the child" "never hit it"

finish

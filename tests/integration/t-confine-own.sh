#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The confining options for an ordinary user: alice's own login, or she by
# hand.  What needs no privilege works, what needs one names its step, and her
# user namespace gives her nothing of root's.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
ran=$out/ran
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)

# confined OPTION...: the ForceCommand of alice's own login.
confined() {
	server own-alice alice <<-END
		ForceCommand exec $INCUBATOR $*
	END
}
# effect NAME EXPECTED COMMAND
effect() {
	local got

	got=$("${SSH[@]}" -n own-alice "$3" 2>&1)
	check_eq "own: $1" "0 $2" "$? $got" own-alice
}
# cannot NAME REASON OPTION...: over ssh; the session that was opened in the
# log, where it was, is closed there too.
cannot() {
	local name=$1 reason=$2 problems="" status

	shift 2
	confined "$@"
	rm -f "$ran"
	mark_log
	"${SSH[@]}" -n own-alice "touch $ran" >"$out/stdout" 2>"$out/stderr"
	status=$?
	[ "$status" = 255 ] || problems+="status $status; "
	[ "$(cat "$out/stderr")" = "incubator: $reason" ] ||
		problems+="another reason; "
	[ ! -s "$out/stdout" ] || problems+="wrote to stdout; "
	[ ! -e "$ran" ] || problems+="ran something; "
	audit_lines >"$out/audit"
	[ "$(grep -c '^refused: user=alice ' "$out/audit")" = 1 ] ||
		problems+="audit: $(cat "$out/audit"); "
	[ "$(grep -c '^session opened: ' "$out/audit")" = \
		"$(grep -c '^session closed: ' "$out/audit")" ] ||
		problems+="a session stays open: $(cat "$out/audit"); "
	! pgrep -u alice >/dev/null || problems+="left: $(pgrep -lu alice); "
	if [ -z "$problems" ]; then
		pass "own cannot: $name"
	else
		fail "own cannot: $name" "$problems$(cat -v "$out/stderr")" \
			own-alice
	fi
}
# By hand, without a terminal.
by_hand() {
	timeout 10 "${as_alice[@]}" "$INCUBATOR" "$@" </dev/null 2>&1
}
field() {
	echo "sed -n 's/^$1:[[:space:]]*//p' /proc/self/status"
}

# What needs no privilege.
confined --umask 077 --limit nofile=44:55
effect "--umask and --limit" "0077 44 55" \
	'echo $(umask) $(ulimit -Sn) $(ulimit -Hn)'
confined --no-new-privs
effect "--no-new-privs" 1 "$(field NoNewPrivs)"
if [ -f /etc/sudoers ]; then
	got=$("${SSH[@]}" -n own-alice "sudo -n id -un" 2>&1)
	check_match "own: no sudo with --no-new-privs" \
		'^1 sudo: .*no new privileges' "$? $got"
	confined --umask 022
	effect "sudo without it" root "sudo -n id -un"
else
	skip "own: sudo with and without --no-new-privs" "there is no sudo"
fi
confined --pdeathsig HUP
effect "in place there is no parent of ours to die" "ran" "echo ran"
install -d -o alice -g alice /srv/rw
echo text | install -o alice /dev/stdin /srv/file
got=$(by_hand --landlock-ro / --landlock-rw /srv/rw --landlock-rw /dev/null \
	-- sh -c 'echo new >/srv/rw/new; cat /srv/file /srv/rw/new
	echo x >/srv/file; echo x >/home/alice/x; rm /srv/rw/new')
if [[ $got == *": Function not implemented"* ||
	$got == *": Operation not supported"* ]]; then
	skip "own: --landlock-*" "the kernel has no Landlock"
else
	check_eq "own: --landlock-*" "text new denied denied" "$(awk \
		'/^sh: .*Permission denied$/ { $0 = "denied" }
		{ printf "%s%s", n++ ? " " : "", $0 }' <<<"$got")"
	cannot "--landlock-rw of nothing" "landlock: /srv/none: \
No such file or directory" --landlock-rw /srv/none
	# Landlock adds up: a second one cannot give back.
	check_eq "own: an inner --landlock-rw gives nothing back" denied "$(
		by_hand --landlock-ro / -- "$INCUBATOR" --landlock-rw / -- \
		sh -c 'echo x 2>/dev/null >/srv/rw/more && echo written ||
			echo denied' | tail -n 1)"
fi
# A hard limit is raised by nobody but root.
confined --limit core=0 -- "$INCUBATOR" --limit core=1
check_eq "own cannot: --limit above the hard one" \
	"255 incubator: limits core=1:1: core: Operation not permitted" \
	"$("${SSH[@]}" -n own-alice true 2>"$out/err"; echo "$? $(
		cat "$out/err")")"

# What needs one: the step and its argument, and the kernel's reason.
cannot "--bounding-set" "bounding-set +all,-net_raw: Operation not permitted" \
	--bounding-set=-net_raw
cannot "--ambient-caps" "ambient-caps net_raw: Operation not permitted" \
	--ambient-caps net_raw
mkdir -p /srv/jail
for option in "--chroot /srv/jail" "--unshare mount" "--unshare net,ipc" \
	"--unshare pid"; do
	# shellcheck disable=SC2086 # the words of an option
	cannot "$option" "${option%% *}: not as root it takes --unshare user, \
too" $option
done
cannot "--cgroup to nothing" "cgroup /srv/none: No such file or directory" \
	--cgroup /srv/none
cannot "--cgroup that is none" "cgroup /srv/rw: Bad file descriptor" \
	--cgroup /srv/rw

# A user namespace of hers: she maps herself, and no other.
if ! "${as_alice[@]}" unshare -U true 2>/dev/null; then
	skip "own: --map-users and --unshare user" \
		"an ordinary user may make no user namespace here"
	finish
fi
me='echo $(id -u) $(id -g); echo $(cat /proc/self/uid_map)
	cat /proc/self/setgroups'
confined --map-users 0:1001:1 --map-groups 0:1001:1
effect "--map-users and --map-groups" "0 0
0 1001 1
deny" "$me"
confined --map-users 77:1001:1 --setgroups deny
effect "to any number inside" "77 65534
77 1001 1
deny" "$me"
cannot "--map-users 0:0:1: root is not hers" "map-ids users 0:0:1, groups \
not mapped, setgroups deny: uid_map: Operation not permitted" --map-users 0:0:1
cannot "--map-users 0:1002:1: nor is bob" "map-ids users 0:1002:1, groups \
not mapped, setgroups deny: uid_map: Operation not permitted" --map-users 0:1002:1
cannot "--map-users of a range with her in it" "map-ids users 0:1001:2, \
groups not mapped, setgroups deny: uid_map: Operation not permitted" \
	--map-users 0:1001:2
cannot "--map-groups of a group that she is in" "map-ids users 0:1001:1, \
groups 0:2001:1, setgroups deny: gid_map: Operation not permitted" \
	--map-users 0:1001:1 --map-groups 0:2001:1
cannot "CVE-2018-7169 --setgroups allow" "map-ids users 0:1001:1, groups \
0:1001:1, setgroups allow: gid_map: Operation not permitted" \
	--map-users 0:1001:1 --map-groups 0:1001:1 --setgroups allow
cannot "--unshare pid with a map of root: by the parent" "map-ids users \
0:0:1, groups not mapped, setgroups deny, by the parent: uid_map: Operation not \
permitted" --unshare user,pid --map-users 0:0:1

# With it the namespaces that she may not have without.
theirs='for ns in cgroup ipc mnt net pid time user uts; do
	readlink /proc/self/ns/$ns; done'
mine=$(eval "$theirs")
differ() {
	paste -d' ' <(echo "$mine") - | awk '$1 != $2 { sub(/:.*/, "", $1)
		printf "%s%s", n++ ? "," : "", $1 }'
}
for list in user mount,user cgroup,ipc,mount,net,pid,user,uts net,user; do
	confined --unshare "$list"
	check_eq "own: --unshare $list" "${list/mount/mnt}" \
		"$("${SSH[@]}" -n own-alice "$theirs" | differ)" own-alice
done

# In it: what takes a privilege, now that she has it there.
root_inside="--map-users 0:1001:1 --map-groups 0:1001:1"
confined "$root_inside" --bounding-set=-net_raw
effect "--bounding-set in her namespace" 0 \
	'echo $((0x$(sed -n "s/^CapBnd:.//p" /proc/self/status) >> 13 & 1))'
confined --map-users 1001:1001:1 --map-groups 1001:1001:1 \
	--ambient-caps net_raw
effect "--ambient-caps in her namespace" "0000000000002000
1001" "$(field CapAmb); id -u"
# A chroot there is one of the mounts, out of which no chroot(2) leads.
mkdir -p /srv/tree/{proc,home/alice}
for dir in usr lib lib64 bin; do
	if [ -L "/$dir" ]; then
		cp -P "/$dir" "/srv/tree/$dir"
	elif [ -d "/$dir" ]; then
		mkdir "/srv/tree/$dir"
		mount --rbind "/$dir" "/srv/tree/$dir"
	fi
done
confined "$root_inside" --unshare pid --mount-proc --chroot /srv/tree
effect "--chroot in her namespace, with --mount-proc" "/home/alice 1 home" \
	'echo $(pwd) $$ $(ls / | grep home)'
if need python3; then
	effect "CAP_SYS_CHROOT does not lead out of it" "no bed" "python3 -c '
import os
fd = os.open(\"/\", os.O_RDONLY)
os.chroot(\"/home/alice\")
os.fchdir(fd)
for i in range(20): os.chdir(\"..\")
os.chroot(\".\")
print(\"out\" if os.path.exists(\"/bed\") else \"no bed\")'"
else
	skip "CAP_SYS_CHROOT does not lead out of it" "no python3"
fi

# Root's things stay root's, whoever she is inside.
cp -p /etc/shadow "$out/shadow"
hostname=$(uname -n)
confined "$root_inside" --unshare mount,uts,net
effect "she is root there" "0" "id -u"
while read -r name attempt; do
	got=$("${SSH[@]}" -n own-alice "$attempt" 2>&1)
	status=$?
	if [ "$status" != 0 ] && [[ $got != *"not found"* ]]; then
		pass "own: as root inside: $name"
	else
		fail "own: as root inside: $name" "$status $got"
	fi
done <<'END'
read-shadow cat /etc/shadow
write-shadow echo x >>/etc/shadow
list-root ls /root
give-away chown 1002 /srv/file
to-root chown 0:0 /bed/out
kill-root kill -0 1
memory-of-1 cat /proc/1/environ
become-bob setpriv --reuid 1002 true
lose-groups setpriv --clear-groups true
set-user-id-file install -o 1 -m 4755 /bin/true /srv/rw/true
device mknod /srv/rw/null c 1 3
outer-mounts nsenter -t 1 -m true
END
cmp -s /etc/shadow "$out/shadow" || fail "own: shadow" "it has changed"
effect "and what she does there stays there" "inside tmpfs" \
	'hostname inside; mount -t tmpfs tmpfs /mnt; touch /mnt/in-there
	echo $(uname -n) $(stat -f -c %T /mnt)'
check_eq "own: nothing of it is seen outside" "$hostname no" \
	"$(uname -n) $([ -e /mnt/in-there ] && echo yes || echo no)"

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# StartupCommand: once for each boot and user, as the user and confined as his
# session, beside it and not in its way.  Would have caught: a command that
# runs at each login, or twice when two come at once; one that is root's, or
# not confined; a session that waits for it, or hangs by a descriptor that it
# holds; and a login that fails by it.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
conf=/etc/ssh-incubator/test.conf
state=/home/alice/.local/state/ssh-incubator
boot=$(cat /proc/sys/kernel/random/boot_id)
marker=$state/startup-bed.$boot
log=$state/startup-bed.log
count=$out/count
mkdir -p "${conf%/*}"

# startup COMMAND [LINE...]: what the file says from now on; nothing has run.
startup() {
	echo "StartupCommand $1" >"$conf"
	shift
	printf '%s\n' "$@" >>"$conf"
	rm -rf /home/alice/.local "$count"
}
# Until the command has come to its end, and says so by its last word.
done_in() {
	wait_for 20 grep -qx 'the end' "$1"
}
# root's forced command, and the user's own login.
way_root() {
	"$INCUBATOR" --config "$conf" --local-user alice "$@"
}
# The caller is alice already, and nothing else of root's is left to her.
way_own() {
	setpriv --reuid 1001 --regid 1001 --init-groups env HOME=/home/alice \
		"$INCUBATOR" --config "$conf" "$@"
}
server_root alice --config "$conf"
server own-alice alice <<-END
	ForceCommand exec $INCUBATOR --config $conf
END
runs() {
	local n=0

	[ ! -e "$count" ] || n=$(wc -l <"$count")
	echo "$n"
}
# On a machine that is busy a login may go on before it has heard anything;
# whether it does when it should is a test of its own.
late='going on without it'
calmly() {
	"$@" 2>&1 | grep -v "$late"
	return "${PIPESTATUS[0]}"
}
# No process of ours is left, and none that nobody has reaped.
nothing_left() {
	! pgrep -x incubator
}

# What the session and the command see of themselves: the same, but for the
# shell's own.
# shellcheck disable=SC2016 # expanded there
look='id; pwd; echo "$0 $-"; umask; ulimit -n; cat /proc/self/uid_map; '
look+='grep -E "^(Cap|NoNew|Sig(Blk|Ign)|Seccomp)" /proc/self/status; '
look+='env | grep -v ^_= | sort; echo the end'
same() {
	local name=$1 got

	shift
	got=$(calmly "$@")
	check_eq "$name: the session" 0 "$?"
	echo "$got" | grep -v -e ^SSH_ORIGINAL_COMMAND= >"$out/session"
	check "$name: the command runs to its end" done_in "$log"
	grep -v -e ^SSH_ORIGINAL_COMMAND= "$log" >"$out/startup"
	check_same "$name: the same user, groups, directory, environment" \
		"$out/session" "$out/startup"
}
over() {
	"${SSH[@]}" -n "$1" "$look"
}
for way in root own; do
	startup "$look"
	same "$way, over ssh" over "$way-alice"
	check_match "$way: it is alice" '^uid=1001\(alice\) gid=1001' \
		"$(head -n 1 "$log")"
done
startup "$look" "Directory /usr" "Umask 0027" "Limit nofile=100:200" \
	"NoNewPrivileges yes" "SetEnv COLOUR=blue"
same "confined" over root-alice
check_eq "confined: all of it" "/usr 0027 100 1 blue" "$(sed -n \
	-e '2p' -e 's/^NoNewPrivs:.//p' -e 's/^COLOUR=//p' -e '4,5p' \
	"$log" | xargs)"
startup "$look" "Directory /no/such"
nowhere="incubator: /no/such: No such file or directory; the directory is /"
got=$(calmly "${SSH[@]}" -n root-alice pwd)
check_eq "no such directory: a line, and the session begins in /" \
	"0 /|$nowhere|" "$? $(sort <<<"$got" | tr '\n' '|')"
check "no such directory: the command runs" done_in "$log"
check_eq "no such directory: and says so in its log" \
	"$nowhere" "$(head -n 1 "$log")"

# Files: where they are, whose, and what another may read.
check_eq "the files are the user's alone" \
	"700 alice $state|600 alice $log|600 alice $marker|" \
	"$(stat -c '%a %U %n' "$state" "$log" "$marker" | tr '\n' '|')"

# Once: one after the other, and all at the same time.
for way in root own; do
	startup "echo run >>$count; echo the end"
	for i in 1 2 3; do
		got=$(calmly "${SSH[@]}" -n "$way-alice" echo "$i")
		check_eq "$way: login $i" "0 $i" "$? $got"
	done
	check "$way: it runs" done_in "$log"
	check_eq "$way: once for three logins" 1 "$(runs)"

	startup "echo run >>$count; echo the end"
	pids=()
	for i in {1..10}; do
		calmly "way_$way" -- true >"$out/many.$i" </dev/null &
		pids+=($!)
	done
	bad=0
	for i in "${pids[@]}"; do
		wait "$i" || bad=$((bad + 1))
	done
	check_eq "$way: ten at once: all of them log in" "0 " \
		"$bad $(cat "$out"/many.*)"
	check "$way: ten at once: it runs" done_in "$log"
	check_eq "$way: ten at once: it runs once" 1 "$(runs)"
done

# Another boot, as its marker's name tells: it runs again, and what the last
# one said is gone.  Another host's marker is not ours.
echo noise >>"$log"
mv "$marker" "$state/startup-bed.${boot//[0-9]/0}"
: >"$state/startup-bad.$boot"
way_root -- true
ran_again() {
	[ "$(runs)" = 2 ]
}
check "another boot: it runs again" wait_for 20 ran_again
check "another boot: to its end" done_in "$log"
check_eq "another boot: the log is new" "the end" "$(cat "$log")"
check_eq "another boot: the old marker is gone, another host's is not" \
	"startup-bad.$boot startup-bed.$boot startup-bed.log" \
	"$(cd "$state" && echo *)"

# It never ends.  The session does, and nothing of it is held.
# shellcheck disable=SC2016 # expanded there
children='read -r c </proc/$$/task/$$/children; echo "<$c>"'
# shellcheck disable=SC2016 # expanded there
for way in root own; do
	startup 'echo $$; echo the end; exec sleep infinity'
	got=$(calmly "${SSH[@]}" -n "$way-alice" \
		"echo said; $children; exit 3")
	check_eq "$way: ssh returns, and the session has no child of ours" \
		"3 said|<>" "$? $(tr '\n' '|' <<<"$got" | sed 's/|$//')"
	done_in "$log"
	pid=$(head -n 1 "$log")
	check "$way: it goes on" kill -0 "$pid"
	check_eq "$way: it has these descriptors" \
		"0:/dev/null 1:$log 2:$log" "$(cd "/proc/$pid/fd" &&
		for i in *; do
			echo "$i:$(readlink "$i")"
		done | xargs)"
	# pid, name, state, parent, group, session, terminal
	read -r _ _ _ parent group session tty _ <"/proc/$pid/stat"
	check_eq "$way: nobody's child, a session of its own, no terminal" \
		"1 $pid $pid 0" "$parent $group $session $tty"
	check "$way: no process of ours stays" wait_for 20 nothing_left
	kill "$pid"

	startup 'echo $$; echo the end; exec sleep infinity'
	tty_case "$way: a person at a terminal logs in, and out" 4 \
		"$way-alice" <<-'END'
		expect login:alice$ 
		send exit 4\r
	END
	done_in "$log"
	check "$way: the terminal's end is not its end" \
		kill -0 "$(head -n 1 "$log")"
	kill "$(head -n 1 "$log")"
done

# A signal for the session at our death is none for it.
# shellcheck disable=SC2016 # expanded there
startup 'echo $$; echo the end; exec sleep infinity' "ParentDeathSignal KILL"
way_root -- true
done_in "$log"
check "ParentDeathSignal: it goes on" kill -0 "$(head -n 1 "$log")"
kill "$(head -n 1 "$log")"

# Whoever gives the machine its name does not say where the files are.
startup "echo the end"
echo '../a b' >/proc/sys/kernel/hostname
way_root -- true
echo bed >/proc/sys/kernel/hostname
check_eq "a host's name that is none" \
	"startup-.._a_b.$boot startup-.._a_b.log" "$(cd "$state" && echo *)"

# The session's input is the session's.
startup 'cat; echo the end'
got=$(echo input | calmly "${SSH[@]}" root-alice cat)
check_eq "its input is not the session's" "0 input" "$? $got"
done_in "$log"
check_eq "it has none itself" "the end" "$(cat "$log")"

# What goes wrong is a line, and not the session's affair.
goes_on() {
	local name=$1 expected=$2

	shift 2
	for _ in {1..10}; do
		got=$("$@" </dev/null 2>"$out/stderr")
		check_eq "$name: the session" "0 ran" "$? $got"
		grep -q "$late" "$out/stderr" || break
	done
	check_match "$name: a line" \
		"^incubator: startup command: $expected\$" \
		"$(grep -v 'the directory is /$' "$out/stderr")"
}
startup "echo run >>$count"
goes_on "no home" "/home/nohome: No such file or directory" \
	"$INCUBATOR" --config "$conf" --local-user nohome -- echo ran
install -d -o root -m 0755 /home/alice/.local
goes_on "a directory of root's" \
	"$state: Permission denied" \
	way_root -- echo ran
rm -rf /home/alice/.local
install -d -o alice -g alice -m 0777 /home/alice/.local{,/state} "$state"
goes_on "a directory of everybody's" \
	"$state: the directory is not the user's alone: .* not permitted" \
	way_own -- echo ran
startup "echo run >>$count" "LoginShell /usr/bin/no-such-shell"
goes_on "no shell" 'exec /usr/bin/no-such-shell: No such file or directory' \
	way_root -- /bin/echo ran
check_eq "nothing has run" 0 "$(runs)"

# A home that does not answer: the session goes on without it.
startup "echo run >>$count"
got=$(/bed/bin/misuse hang "$INCUBATOR" --config "$conf" --local-user alice \
	-- echo ran </dev/null 2>"$out/stderr")
status=$?
if [ "$status" = 77 ]; then
	skip "a home that hangs" "no seccomp with a listener"
else
	check_eq "a home that hangs: the session" "0 ran" "$status $got"
	check_eq "a home that hangs: a line" "incubator: startup command: \
nothing heard of it in 5 s; $late" "$(cat "$out/stderr")"
	check "a home that hangs: no process of ours stays" \
		wait_for 90 nothing_left
fi

# The maps of a user namespace are written by whom it is that waits.
startup "$look" "Unshare user" "MapUsers 0:1001:1" "MapGroups 0:1001:1"
got=$(calmly way_root -- id -u </dev/null)
if [ "$got" != 0 ]; then
	skip "a user namespace" "$got"
else
	check "a user namespace: it runs" done_in "$log"
	check_match "a user namespace: he is root there" '^uid=0' \
		"$(head -n 1 "$log")"
	check_eq "a user namespace: the files are his here" alice \
		"$(stat -c %U "$log")"
fi

# Landlock: nowhere to write but in the log, which was open before.
startup "echo there >/home/alice/escaped; echo the end" \
	"LandlockReadOnly / " "LandlockReadWrite $out"
got=$(calmly way_root -- sh -c "echo ran | tee $out/ran" </dev/null)
if [[ $got == *landlock* ]]; then
	skip "Landlock" "$got"
else
	check_eq "Landlock: the session" ran "$got"
	check "Landlock: it runs" done_in "$log"
	check_match "Landlock: it is confined" "Permission denied" \
		"$(cat "$log")"
	check_eq "Landlock: and nothing is there" no \
		"$([ -e /home/alice/escaped ] && echo yes || echo no)"
fi

# To explain is not to run.
startup "echo run >>$count; echo the end"
"$INCUBATOR" --config "$conf" --local-user alice --explain >/dev/null
check_eq "--explain runs nothing" no \
	"$([ -e /home/alice/.local ] && echo yes || echo no)"
finish

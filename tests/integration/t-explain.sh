#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What --explain says is what runs: the plan's steps, in order and with their
# arguments, equal the system calls that strace sees between fork and exec.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need strace || skip_all "strace is not installed"
strace -o /dev/null true 2>/dev/null || skip_all "may not trace here"
out=$BED/out
# A leak check cannot run under a tracer.
export ASAN_OPTIONS=detect_leaks=0

# Steps whose arguments are in no one system call.
opaque='ambient-caps\|bounding-set\|capabilities\|chroot\|close\|descriptors'
opaque+='\|foreground\|landlock\|limits\|parent-death\|prove\|umask'
opaque+='\|unshare'
# The steps that --explain prints, one a line: name, and arguments where the
# system call has them.
steps_said() {
	sed -n 's/^step\t[0-9]*\t\([^\t]*\)\t\{0,1\}\(.*\)/\1 \2/p' "$1" |
		sed -e 's/ and what comes from PAM at login//' \
			-e 's/^\(directory .*\) or .*/\1/' \
			-e 's/^\(exec .*\), \.\.\.$/\1/' \
			-e "s/^\\($opaque\\) .*/\\1/" \
			-e 's/^controlling-tty .*/controlling-tty/' \
			-e 's/ *$//'
}

# The same from strace's lines of the process that becomes the command.  A
# call that failed with EPERM after the drop is one of the proof's attempts.
steps_done() {
	awk '
	function step(name) {
		if (name != last)
			print name
		last = name
	}
	{ sub(/^[0-9]+ +/, "") }
	/^rt_sigaction\(.*SIG_DFL/ { step("signals"); next }
	/^rt_sigprocmask\(SIG_SETMASK, \[\]/ { step("signals"); next }
	/^setsid\(\)/ { step("new-session"); next }
	/^setpgid\(0, 0\)/ { step("new-group"); next }
	/^ioctl\(.*TIOCSPGRP/ { step("foreground"); next }
	/^ioctl\(.*TIOCSCTTY/ { step("controlling-tty"); next }
	/^dup[23]\(/ || /^fcntl\(.*(F_DUPFD|F_SETFD, 0)/ {
		step("descriptors"); next }
	/^close_range\(/ { step("close"); next }
	# Asked for the proof, and for the ambient set.
	/^capget/ { next }
	/EPERM/ || /^(getres[ug]id|getgroups|setfsuid)/ { step("prove"); next }
	/PR_CAP_AMBIENT_IS_SET/ { step("prove"); next }
	/PR_CAP_AMBIENT_CLEAR_ALL/ || /^capset/ { step("capabilities"); next }
	/^(prlimit64|setrlimit)\(/ { step("limits"); next }
	/^umask\(/ { step("umask"); next }
	/^unshare\(/ { step("unshare"); next }
	/^chroot\(/ { step("chroot"); next }
	/PR_CAPBSET_DROP/ { step("bounding-set"); next }
	/PR_SET_KEEPCAPS/ { step("keep-capabilities"); next }
	/PR_CAP_AMBIENT_RAISE/ { step("ambient-caps"); next }
	/PR_SET_PDEATHSIG/ { step("parent-death"); next }
	/PR_SET_NO_NEW_PRIVS/ { step("no-new-privs"); next }
	/^landlock_restrict_self\(/ { step("landlock"); next }
	/^setgroups\(/ {
		sub(/^[^[]*\[/, ""); sub(/\].*/, ""); gsub(/ /, "")
		step("setgroups " $0); next }
	/^setresgid\(/ { split($0, a, /[(,]/); step("setgid " a[2]); next }
	/^setresuid\(/ { split($0, a, /[(,]/); step("setuid " a[2]); next }
	# On the way up, to what pivot_root(2) takes.
	/^chdir\("\/?\.\."\)/ { step("chroot"); next }
	# The second is the fallback of the first.
	/^chdir\(/ && last ~ /^(directory|chroot)/ { next }
	/^chdir\(/ { split($0, a, /"/); step("directory " a[2]); next }
	/^execve\(/ && !/incubator/ {
		split($0, a, /"/)
		if (!execs++)
			step("exec " a[2])
		if (/ = 0$/)
			exit
	}
	' "$1"
}

# In place of the program: the program, traced, one file a process.  With -DDD
# the program keeps its place, as its caller's child and alone in its session.
calls=execve,rt_sigaction,rt_sigprocmask,setsid,setpgid,ioctl,fcntl,dup2,dup3
calls+=,close_range,setgroups,setresgid,setresuid,getresuid,getresgid
calls+=,getgroups,setuid,setgid,setfsuid,capget,capset,prctl,chdir
calls+=",prlimit64,setrlimit,umask,unshare,chroot,?landlock_restrict_self"
cat >"$out/traced" <<-END
	#!/bin/sh
	exec strace -DDD -ff -o $out/trace -s 200 -e trace=$calls $INCUBATOR "\$@"
END
chmod 0755 "$out/traced"

# The trace of the process that carried the plan out, once it is complete.
plan_trace() {
	local file

	for file in "$out"/trace.*; do
		if grep -q '^execve("'"$1"'"' "$file" 2>/dev/null &&
			grep -q '^+++ exited' "$file"; then
			echo "$file"
			return
		fi
	done
	return 1
}

# explained NAME FINAL COMMAND...: FINAL is the program that runs in the end.
# --explain goes in behind the program's name.
explained() {
	local name=$1 final=$2 i said=() run=()

	shift 2
	for i in "$@"; do
		said+=("${i//"$INCUBATOR"/"$INCUBATOR --explain"}")
		run+=("${i//"$INCUBATOR"/"$out/traced"}")
		# Where it is a word of its own.
		if [ "$i" = "$INCUBATOR" ]; then
			said[${#said[@]}-1]=$INCUBATOR
			said+=(--explain)
		fi
	done
	"${said[@]}" </dev/null 2>"$out/err" | tr -d '\r' >"$out/said"
	steps_said "$out/said" >"$out/steps.said"
	rm -f "$out"/trace.*
	"${run[@]}" </dev/null >"$out/log" 2>&1
	wait_for 5 plan_trace "$final"
	steps_done "$(plan_trace "$final")" >"$out/steps.all"
	# A process that carries the plan out itself did other things before.
	tail -n "$(wc -l <"$out/steps.said")" "$out/steps.all" \
		>"$out/steps.done"
	check_same "explain equals strace: $name" \
		"$out/steps.said" "$out/steps.done"
	grep -q ^exec "$out/steps.said" || fail "$name" "$(cat "$out/err")"
}
# only_these NAME: the child did nothing else.
only_these() {
	check_eq "and nothing else was done: $1" \
		"$(wc -l <"$out/steps.said")" "$(wc -l <"$out/steps.all")"
}
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
drive=(/bed/bin/drive -t 10)
# The terminal stays only under a parent that is called sshd.
cp /bed/bin/drive "$out/sshd-drive"
sshd_drive=("$out/sshd-drive" -t 10)

explained "root, no terminal" /bin/true \
	"$INCUBATOR" --local-user alice -- /bin/true
only_these "root, no terminal"
check_eq "the steps of a session without a terminal" \
	"new-session signals close setgroups setgid setuid capabilities prove \
directory exec " "$(cut -d' ' -f1 "$out/steps.done" | tr '\n' ' ')"
explained "root is the target" /bin/true \
	"$INCUBATOR" --local-user root -- /bin/true
only_these "root is the target"
explained "root, sshd's terminal is kept" /bin/true \
	"${sshd_drive[@]}" "$INCUBATOR" --local-user alice -- /bin/true
only_these "root, sshd's terminal is kept"
check_eq "... and so are its session and group" "" \
	"$(grep -E '^(new|controlling|foreground)' "$out/steps.done")"
explained "root by hand, a new terminal" /bin/true \
	"${drive[@]}" sh -c "$INCUBATOR --local-user alice -- /bin/true; true"
only_these "root by hand, a new terminal"
check_match "... which is the controlling one" \
	"new-session.controlling-tty.signals.descriptors" \
	"$(tr '\n' '.' <"$out/steps.done")"
explained "a hundred groups" /bin/true \
	"$INCUBATOR" --local-user many -- /bin/true
explained "own account" /bin/true "${as_alice[@]}" "$INCUBATOR" -- /bin/true
explained "own account with a terminal" /bin/true \
	"${drive[@]}" "${as_alice[@]}" "$INCUBATOR" -- /bin/true
explained "what the client asked for" /bin/bash \
	env SSH_ORIGINAL_COMMAND=id "$INCUBATOR" --local-user alice
explained "a login shell" /bin/sh "$INCUBATOR" --local-user bob
explained "a home that is closed" /bin/true \
	"$INCUBATOR" --local-user nohome -- /bin/true
explained "looked up in PATH" /usr/bin/true \
	"$INCUBATOR" --local-user alice -- true

# Confined: what each step does is one system call more.
confined=(--umask 027 --limit nofile=64 --limit core=0 --chroot /
	--unshare "net,uts" --bounding-set=-net_raw --ambient-caps sys_chroot
	--pdeathsig TERM --no-new-privs)
explained "root, confined" /bin/true \
	"$INCUBATOR" --local-user alice "${confined[@]}" -- /bin/true
only_these "root, confined"
check_eq "the steps of a session that is confined" \
	"new-session signals close unshare chroot bounding-set limits umask \
keep-capabilities setgroups setgid setuid capabilities ambient-caps prove \
no-new-privs directory parent-death exec " \
	"$(cut -d' ' -f1 "$out/steps.done" | tr '\n' ' ')"
if "${as_alice[@]}" "$INCUBATOR" --landlock-ro / -- true </dev/null \
	>/dev/null 2>&1 && strace -e landlock_restrict_self true 2>/dev/null
then
	explained "own account, confined" /bin/true "${as_alice[@]}" \
		"$INCUBATOR" --umask 027 --limit core=0 --pdeathsig TERM \
		--landlock-ro / -- /bin/true
else
	skip "own account, confined" "no Landlock, or a strace that knows none"
fi

# All of it together: every argument is there, JSON says the same, and a real
# run does these steps in this order.
jail=/srv/jail
mkdir -p "$jail"/{proc,srv,home/alice}
bind_system "$jail"
everything=(--chroot "$jail" --unshare "mount,uts,ipc,net,pid,user"
	--map-users "7:1001:1,8:5000:2" --map-groups 9:1001:1
	--setgroups allow --mount-proc --ambient-caps "+kill,+net_raw"
	--bounding-set "-all,+kill,+net_raw,+chown" --no-new-privs
	--pdeathsig USR1 --limit nofile=33:44 --limit core=0:unlimited
	--umask 0123 --landlock-ro /usr --landlock-rw /home/alice)
arguments=("clone pid" "unshare mount,uts,ipc,net" user-namespace
	"users 7:1001:1,8:5000:2" "groups 9:1001:1" "setgroups allow"
	"mount-proc $jail/proc" "chroot $jail, root's alone, by \
pivot_root" "ambient-caps kill,net_raw" "bounding-set chown,kill,net_raw"
	no-new-privs "parent-death SIGUSR1" nofile=33:44 core=0:unlimited 0123 ro:/usr
	rw:/home/alice)
run=("$INCUBATOR" --local-user alice "${everything[@]}")
"${run[@]}" --explain -- /usr/bin/true </dev/null >"$out/said" 2>"$out/err"
check_eq "--explain with all of it" 0 $?
"${run[@]}" --explain=json -- /usr/bin/true </dev/null >"$out/json"
for argument in "${arguments[@]}"; do
	check_eq "--explain shows $argument" yes "$(grep '^step' "$out/said" |
		tr '\t' ' ' | grep -qF -e "$argument" && echo yes)"
done
if need python3; then
	check "JSON has the same steps and arguments, all of it" python3 -c '
import json, sys
plan = [[s["step"], s["arguments"]] for s in json.load(open(sys.argv[1]))["plan"]]
said = [l.rstrip("\n").split("\t")[2:] for l in open(sys.argv[2])
    if l.startswith("step")]
assert plan == said, (plan, said)' "$out/json" "$out/said"
fi
"${run[@]}" -v -- /usr/bin/true </dev/null >"$out/log" 2>&1
check_eq "a run with all of it" 0 $?
sed -n 's/^incubator: step [0-9]*: //p' "$out/log" >"$out/steps.done"
sed -n 's/^step\t[0-9]*\t//p' "$out/said" | tr '\t' ' ' |
	sed -e 's/ and what comes from PAM at login//' -e 's/ $//' \
	>"$out/steps.said"
check_same "the run's steps are those that were explained, all of it" \
	"$out/steps.said" "$out/steps.done"
[ -s "$out/steps.done" ] || fail "a run with all of it" "$(cat "$out/log")"
# What it says of the shape is so: own account, a child, no child.
for want in "becomes the command:user" \
	"waits for a child:user,pid"; do
	check_match "--explain: own account ${want%%:*}" "${want%%:*}" "$(
		"${as_alice[@]}" "$INCUBATOR" --unshare "${want#*:}" --explain -- true \
		</dev/null | grep ^shape)"
done

# The environment: the same names, nothing more and nothing less.
for way in root own; do
	command=("$INCUBATOR")
	[ "$way" = root ] && command+=(--local-user alice)
	[ "$way" = own ] && command=("${as_alice[@]}" "$INCUBATOR")
	env=(env SSH_CONNECTION="192.0.2.1 1 192.0.2.2 2" LC_ALL=C FOO=bar
		LD_DEBUG_OUTPUT=/tmp/x TERM=xterm)
	"${env[@]}" "${command[@]}" --explain -- /bed/bin/probe env \
		</dev/null 2>/dev/null |
		sed -n 's/^env\t\([^\t]*\)\t.*/\1/p' | grep -vF '*' |
		sort >"$out/said"
	"${env[@]}" "${command[@]}" -- /bed/bin/probe env </dev/null |
		cut -d= -f1 | sort >"$out/had"
	check_same "explain's variables are the command's, $way" \
		"$out/said" "$out/had"
done

# It does nothing: no line in AUTHPRIV, no PAM, no child, nothing run.
mark_log
"$INCUBATOR" --local-user alice --explain -- touch "$out/ran" </dev/null \
	>"$out/said"
check_eq "--explain does nothing" "0 0 no" "$? $(audit_lines | wc -l) $(
	[ -e "$out/ran" ] && echo yes || echo no)"
check_eq "its sections in order" \
	"configuration account groups shape terminal service agent env step command " \
	"$(cut -f1 "$out/said" | uniq | tr '\n' ' ')"
check_eq "no variable's value is shown" "" \
	"$(SSH_CONNECTION="192.0.2.1 1 192.0.2.2 2" LC_ALL=secret \
		"$INCUBATOR" --local-user alice --explain -- true </dev/null |
		grep -E 'secret|192\.0')"
# A mistake in it is told, and is nobody's login: AUTHPRIV hears nothing.
"$INCUBATOR" --local-user mallory --explain -- true </dev/null \
	>"$out/said" 2>"$out/err"
check_eq "--explain refuses what would be refused" "255 0 1 0" \
	"$? $(wc -c <"$out/said") $(grep -c '^incubator: ' "$out/err") $(
	audit_lines | wc -l)"
"$INCUBATOR" --local-user alice --explain=yaml -- true </dev/null \
	>"$out/said" 2>"$out/err"
check_eq "--explain in no known form is wrong usage" "64 0" \
	"$? $(wc -c <"$out/said")"

# The service is looked for, though PAM is not asked.
mv /etc/pam.d/ssh-incubator "$out/pam"
"$INCUBATOR" --local-user alice --explain -- true </dev/null \
	>"$out/said" 2>"$out/err"
check_eq "--explain misses the PAM service, as a session would" "255 0 1" \
	"$? $(wc -c <"$out/said") $(grep -c 'no /etc/pam.d/' "$out/err")"
mv "$out/pam" /etc/pam.d/ssh-incubator

# JSON says the same.
# U+009B is a terminal's CSI, and JSON would leave it as it is.
check_eq "JSON has no C1 control in it" "0 1" \
	"$("$INCUBATOR" --local-user alice --explain=json -- /bin/true \
	    "$(printf 'x\302\233y')" </dev/null >"$out/c1"
	LC_ALL=C grep -c "$(printf '\302\233')" "$out/c1") $(
	grep -c 'x.*233y' "$out/c1")"
# Nor a byte that is of no character: a key id, for one, may be of any bytes,
# and who reads JSON would refuse the whole of it.
check_eq "JSON is UTF-8 whatever it tells of" '"x\\377y"' \
	"$("$INCUBATOR" --local-user alice --explain=json -- /bin/true \
	    "$(printf 'x\377y')" </dev/null |
	iconv -f UTF-8 -t UTF-8 2>&1 | sed -n 's/^ *\("x.*y"\)$/\1/p')"
"$INCUBATOR" --local-user alice --explain=json -- /bin/true 'a "b"' \
	</dev/null >"$out/json"
"$INCUBATOR" --local-user alice --explain -- /bin/true 'a "b"' </dev/null |
	sed -n 's/^step\t[0-9]*\t\([^\t]*\).*/\1/p' >"$out/said"
if need python3; then
	check "--explain=json is JSON" python3 -c 'import json, sys
o = json.load(open(sys.argv[1]))
assert o["account"]["name"] == "alice" and o["account"]["uid"] == 1001
assert sorted(o["account"]["groups"]) == [1001, 2001, 2002]
assert o["command"]["argv"] == ["/bin/true", "a \"b\""]
assert {"name": "HOME", "origin": "passwd"} in o["environment"]
steps = [s["step"] for s in o["plan"]]
assert steps == open(sys.argv[2]).read().split(), steps
' "$out/json" "$out/said"
else
	skip "--explain=json is JSON" "no python3 to read it"
fi

finish

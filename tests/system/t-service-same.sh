#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What alice's command inherits from the service, held against what it inherits
# from sshd when she logs in by herself, on the same system.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

record_auth
service_alice

# All that a process hands on to the next one, a line each; without what is
# another number for each login.  Each line is of a program's own /proc/self:
# a shell changes its signals as it goes on.
cat >"$ROOT/usr/local/bin/inherited" <<'END'
#!/bin/bash
numbers='s/\(pipe\|socket\):\[[0-9]*\]/\1/; s/session-[a-z0-9]*\.scope/session/'
each() {
	sed -e "s|^|$1: |" -e "$numbers" -e '$a\' | tr '\t' ' '
}
other='Name|State|Pid|Tgid|Ngid|PPid|NS[a-z]*|Vm.*|Rss.*|FDSize|Huge.*'
grep -vE "^($other|.*_switches):" /proc/self/status |
	 sed 's|^SigQ:.*/|SigQ: |' | each status
cat /proc/self/limits | each limits
grep -v ' /run/user/' /proc/self/mountinfo | each mountinfo
for file in cgroup coredump_filter cpuset loginuid oom_score_adj personality \
	setgroups timerslack_ns uid_map attr/current; do
	cat /proc/self/$file 2>&1 | each $file
done
sed -n 's/.*nice/nice/p' /proc/self/autogroup 2>&1 | each autogroup
for file in /proc/$$/ns/* /proc/$$/root /proc/$$/cwd /proc/$$/fd/[012]; do
	readlink $file | each "${file#/proc/$$/}"
done
umask | each umask
chrt -p $$ | sed "s/$$/the/" | each scheduler
ionice -p $$ | each ionice
ps -o ni=,args= -p $$ | each ps
[ "$(ps -o sid= -p $$)" -eq "$(ps -o sid= -p $PPID)" ] && echo "sid: shared" ||
	echo "sid: its own"
id | each id
awk '{ print $6, $7, $8, $9 }' /proc/keys 2>/dev/null | sort -u | each keys
env | sed -e '/^_=/d' -e 's/^\(SSH_C[A-Z]*=[^ ]*\) [0-9]*/\1 PORT/' \
	-e 's/^\(XDG_SESSION_ID\)=.*/\1=ID/' | sort | each env
if [ -t 0 ]; then
	stty -a | each stty
	stat -c '%a %U %G' "$(tty)" | each tty
	[ "$(ps -o tpgid= -p $$)" -eq "$(ps -o pgid= -p $$)" ] &&
		echo "tty: in the foreground"
fi
END
chmod 0755 "$ROOT/usr/local/bin/inherited"

# What systemd gives to services, and what could come along with that.
inside systemctl set-environment LANG=xx_XX.UTF-8 BED_MANAGER=1

# inherits NAME HOST OPTION: into that file.  Signals 32 and 33 are libc's own:
# posix_spawn(3), which make(1) starts this with, leaves them ignored, and
# sshd inherits that.
inherits() {
	"${SSH[@]}" "$3" "$2" inherited 2>&1 </dev/null | tr -d '\r' |
		sed 's/\(SigIgn: 0000000\)[01][08]\([0-9a-f]\{7\}\)$/\100\2/' \
		>"$BED/out/$1"
}
# differences FILE FILE: their names, "< status: CapBnd" for what only the
# first one has.
differences() {
	diff "$BED/out/$1" "$BED/out/$2" |
		sed -n 's/^\([<>] [^:]*: *[^ :=]*\).*/\1/p' | sort -u
}

# Would have caught whatever a unit, a socket or PAM gives her for good, and
# what sshd's PAM stack gives and ours does not.  Known to be otherwise are
#	MOTD_SHOWN, for pam_motd is not in our stack;
#	CapInh, which is empty (I4), and with sshd what its parent had.
for how in "pipes -T" "terminal -tt"; do
	name=${how% *}
	inherits plain plain-alice "${how#* }"
	inherits ours gw "${how#* }"
	# Nothing is like nothing.
	kinds='status|limits|mountinfo|cgroup|oom_score_adj|personality'
	kinds+='|timerslack_ns|umask|scheduler|ionice|ps|id|env|fd/[012]'
	for file in plain ours; do
		check_eq "$name: there is something to compare, $file" 18 \
			"$(cut -d: -f1 "$BED/out/$file" | sort -u |
			grep -cxE "$kinds|ns/(mnt|net)")"
	done
	check_match "$name: I4 nothing is inheritable" \
		$'\n''status: CapInh: 0+'$'\n' "$(cat "$BED/out/ours")"
	differences plain ours | grep -v ' status: CapInh' >"$BED/out/names"
	check_eq "$name: the same but for the message of the day" \
		"< env: MOTD_SHOWN" "$(cat "$BED/out/names")"
	[ "$(cat "$BED/out/names")" = "< env: MOTD_SHOWN" ] ||
		diff "$BED/out/plain" "$BED/out/ours" | grep '^[<>]' |
			sed 's/^/# /'
done
names='INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_|MEMORY_PRESSURE_|LISTEN_|NOTIFY_'
check_eq "nothing of systemd's, and none of its environment" '' \
	"$(grep -E "^env: ($names|REMOTE_|LANG|BED_)" "$BED/out/ours")"
# The last one is the directory itself.
check_eq "I7 no descriptor besides" "0 1 2 3" \
	"$(ssh_gw 'exec ls /proc/self/fd' | xargs)"
check_eq "I7 no descriptor besides, at a terminal" "0 1 2 3" \
	"$("${SSH[@]}" -q -tt gw 'exec ls -1 /proc/self/fd' </dev/null |
		tr -d '\r' | xargs)"

# Would have caught no_new_privs, a bounding set, and file systems that are
# read-only even for her root.
# shellcheck disable=SC2016 # the shell there expands it
words='touch /etc/bed && mount -t tmpfs none /mnt && umount /mnt
	echo "$? $(id -u) $SUDO_USER"'
check_eq "sudo works" '0 0 alice' "$(ssh_gw "sudo -n sh -c '$words'")"

# A unit that was hardened, as its comments warn: for that the comparison must
# not be blind.
mkdir -p "$ROOT/run/systemd/system/ssh-incubator@.service.d"
cat >"$ROOT/run/systemd/system/ssh-incubator@.service.d/bed.conf" <<-'END'
	[Service]
	NoNewPrivileges=yes
	PrivateTmp=yes
	LimitNOFILE=512
	Nice=3
	OOMScoreAdjust=100
	UMask=0077
	TimerSlackNSec=77777
	CapabilityBoundingSet=~CAP_SYS_BOOT
	IOSchedulingClass=idle
	SystemCallFilter=~reboot
END
inside systemctl daemon-reload
inherits hardened gw -T
inherits ours plain-alice -T
got=$(differences ours hardened)
for name in 'status: NoNewPrivs' 'status: CapBnd' 'status: Seccomp_filters' \
	'ns/mnt: mnt' 'mountinfo:' 'limits: Max' 'umask:' 'ionice:' \
	'timerslack_ns:' 'oom_score_adj:' 'ps:'; do
	check_match "a unit that was hardened shows by $name" "> $name" "$got"
done
rm -r "$ROOT/run/systemd/system/ssh-incubator@.service.d"
inside systemctl daemon-reload
inside systemctl unset-environment LANG BED_MANAGER
check_nothing "all of it"
rm "$ROOT$CONFIGURATION"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the service's session is to the rest of the system: logind, the user's
# manager, who and last, the audit trail, keyrings, the message of the day, and
# what becomes of it where there is no logind.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

record_auth
# Would have caught an administrator who is sent to look into a file that is not
# there.
rm -f "$ROOT$CONFIGURATION"
check_eq "no file: the refusal says so" "incubator: no LocalUser for this\
 login: there is no $CONFIGURATION" "$(ssh_gw true 2>&1)"
service_alice
pam=$ROOT/etc/pam.d/ssh-incubator
cp "$pam" "$BED/out/pam"

# keyring: owner, group and name of the session keyring, and whether the user
# may write to it; as system calls, there is no keyctl(1).
cat >"$ROOT/usr/local/bin/keyring" <<'END'
#!/usr/bin/perl
my $id = syscall(250, 0, -3, 0);
$id == -1 and print("none: $!\n"), exit;
my $buf = "\0" x 256;
my $n = syscall(250, 6, $id, $buf, 256);
$n == -1 and print("none: $!\n"), exit;
my (undef, $uid, $gid, undef, $name) = split(/;/, substr($buf, 0, $n - 1));
print("$uid $gid $name\n");
END
chmod 0755 "$ROOT/usr/local/bin/keyring"

# What the session itself sees.
# shellcheck disable=SC2016 # the shell there expands it
words='echo session=$XDG_SESSION_ID; echo kind=$XDG_SESSION_TYPE
	echo class=$XDG_SESSION_CLASS; echo tty=$(tty); echo keeper=$PPID
	echo runtime=$(stat -c "%n %a %U" $XDG_RUNTIME_DIR)
	echo manager=$(systemctl --user is-system-running --wait)
	echo bus=$(busctl --user --no-legend list >/dev/null && echo yes)
	echo group=$(sed -n "s/^0:://p" /proc/self/cgroup)
	echo audit=$(cat /proc/self/loginuid) $(cat /proc/self/sessionid)
	echo keyring=$(keyring)
	echo ready; read -r _; exit 3'

# look NAME TTY: the session, from outside and from inside.  Would have caught
# all that pam_systemd leaves out without a word, and another's words for who
# came from where.
look() {
	local name=$1 tty=$2 session

	session=$(held_value session)
	check_eq "$name: one session, the one it knows" "$session" \
		"$(sessions_of alice)"
	[ -n "$session" ] || return
	check_eq "$name: logind" "Active=yes Class=user\
 Leader=$(held_value keeper) Name=alice Remote=yes RemoteHost=10.9.9.1\
 RemoteUser=gateway Scope=session-$session.scope Service=ssh-incubator\
 State=active TTY=$tty Type=tty" "$(inside loginctl show-session "$session" \
		-p Active -p Class -p Leader -p Name -p Remote -p RemoteHost \
		-p RemoteUser -p Scope -p Service -p State -p TTY -p Type |
		sort | sed 's/^TTY=ssh$/TTY=/' | xargs)"
	check_eq "$name: its type and class, to itself" "tty user" \
		"$(held_value kind) $(held_value class)"
	check_eq "$name: keeper and command in its scope" \
		"/user.slice/user-1001.slice/session-$session.scope \
/user.slice/user-1001.slice/session-$session.scope" \
		"$(held_value group) $(inside sed -n 's/^0:://p' \
			"/proc/$(held_value keeper)/cgroup")"
	check_eq "$name: runtime directory" '/run/user/1001 700 alice' \
		"$(held_value runtime)"
	check_eq "$name: manager and bus of the user's" 'running yes' \
		"$(held_value manager) $(held_value bus)"
	if [ "${plain_audit%% *}" = 1001 ]; then
		check_eq "$name: the audit trail's user" 1001 \
			"$(held_value audit | cut -d' ' -f1)"
		check_ne "$name: and a session of its own there" \
			"$plain_audit" "$(held_value audit)"
		# Newer versions have numbers of their own in a container.
		[ "${plain_audit#* }" != "$plain_session" ] ||
			check_eq "$name: by its number in logind" "$session" \
				"$(held_value audit | cut -d' ' -f2)"
	else
		skip "$name: the audit trail" "no login uids in a container"
	fi
	case "$(held_value keyring)" in
	none:*)
		skip "$name: a keyring of its own" \
			"$(held_value keyring) in a container"
		;;
	*)
		check_eq "$name: a keyring of its own" "1001 1001 _ses" \
			"$(held_value keyring)"
		;;
	esac
}

# check_ne NAME OTHER GOT
check_ne() {
	if [ -n "$3" ] && [ "$2" != "$3" ]; then
		pass "$1"
	else
		fail "$1" "got <$3>"
	fi
}

hold plain-alice "$words"
plain_session=$(held_value session)
plain_audit=$(held_value audit)
release $'go\n'
check "plain: gone" wait_for 60 no_session_of alice

hold gw "$words"
look "pipes" ""
release $'go\n'
check_eq "pipes: status" 3 $?

hold -tt gw "$words"
line=$(held_value tty)
look "terminal" "${line#/dev/}"
line=${line#/dev/}

# Would have caught a login that nobody sees, or the account in her place.
if [ "$SUITE" = bookworm ]; then
	check_eq "who shows her, once" "alice $line" "$(who_is)"
	check_match "from where" "\(10.9.9.1\)$" "$(inside who)"
	check_match "last shows her, logged in" \
		"^alice +$line +10.9.9.1 .*still logged in" \
		"$(inside last -w alice)"
else
	check_match "who shows her, by logind" \
		"(^|"$'\n'")alice +$line .*\(gateway@10.9.9.1\)" "$(inside who)"
	check_eq "and the account not there" '' \
		"$(inside who | grep -E "^gateway +$line")"
	check_match "last shows her, logged in" \
		"(^|"$'\n'")alice +$line +10.9.9.1 .*still logged in" \
		"$(inside wtmpdb last)"
fi
check_match "incubator --sessions shows her" \
	"(^|"$'\n'")alice .*gateway.*$line" "$(inside "$INCUBATOR" --sessions)"
release $'go\n'
check_eq "terminal: status" 3 $?
check_nothing "both"
# Who has left in this second is still there, for some.  Would have caught a
# logout that is not written, and sshd's that is written to ours.
logout='[0-9:]+ +\([0-9+:]+\)$'
logged_out() {
	if [ "$SUITE" = bookworm ]; then
		inside last -w "$1"
	else
		inside wtmpdb last
	fi | grep -E "^$1 +$line " | head -n 1 | grep -E -- "- $logout"
}
for user in alice gateway; do
	check "last shows $user, gone" wait_for 60 logged_out "$user"
done

# What stays: the kernel and logind decide, as after any login.  Would have
# caught leftovers that are killed with the command, or with the scope that we
# are in; and with KillUserProcesses a status that is lost.
leaver='trap "" HUP; sleep 4711 >/dev/null 2>&1 & exit 7'
stays() {
	inside pgrep -u alice -f 'sleep 4711' >/dev/null
}
goes() {
	! stays
}
for tty in -T -tt; do
	"${SSH[@]}" -q "$tty" gw "$leaver"
	check_eq "a job is left ($tty): the status" 7 $?
	closing() {
		[ "$(inside loginctl show-user alice -p State --value)" = \
			closing ]
	}
	check "a job is left ($tty): the session closes" wait_for 60 closing
	check "a job is left ($tty): it stays" stays
	inside pkill -u alice -f 'sleep 4711'
	check_nothing "a job was left ($tty)"
done
mkdir -p "$ROOT/run/systemd/logind.conf.d"
printf '[Login]\nKillUserProcesses=yes\n' \
	>"$ROOT/run/systemd/logind.conf.d/bed.conf"
inside systemctl restart systemd-logind
for tty in -T -tt; do
	"${SSH[@]}" -q "$tty" gw "$leaver"
	check_eq "KillUserProcesses ($tty): the status" 7 $?
	check "KillUserProcesses ($tty): it is killed" wait_for 60 goes
	check_nothing "KillUserProcesses ($tty)"
done
rm "$ROOT/run/systemd/logind.conf.d/bed.conf"
inside systemctl restart systemd-logind

# A message of the day, for a person at a terminal only.  Would have caught
# one before the bytes of a command.
echo 'hear, hear' >"$ROOT/etc/motd"
rm "$ROOT/home/alice/.hushlogin"
echo 'session optional pam_motd.so motd=/etc/motd noupdate' >>"$pam"
on_tty gw >"$BED/out/motd" <<-'END'
	expect hear, hear
	expect $ 
	send exit 4\r
END
check_eq "the message of the day, at a terminal" 4 $?
check_eq "not before what a command prints" 'done' "$(ssh_gw echo 'done')"
: >"$ROOT/home/alice/.hushlogin"

# Where the stack makes no session.
sed -i 's/^@include common-session$/session required pam_unix.so/' "$pam"
mark_log
# shellcheck disable=SC2016 # the shell there expands it
out=$(ssh_gw 'id -un; echo ${XDG_RUNTIME_DIR-none}' 2>"$BED/out/err")
check_eq "without pam_systemd: who, and no directory" $'alice\nnone' "$out"
none='logind made no session: is pam_systemd in /etc/pam.d/ssh-incubator'
check_logged "without pam_systemd: a warning in the log" "user=alice: $none"
service_conf <<-'END'
	RequireSession yes
	Match Caller gateway
		LocalUser alice
END
mark_log
out=$(ssh_gw id -un 2>"$BED/out/err")
check_eq "RequireSession: refused" '255 ' "$? $out"
check_match "RequireSession: a line for the client" \
	"^incubator: $none\?$" "$(cat "$BED/out/err")"
check_logged "RequireSession: one for the log" \
	"refused: user=alice caller=gateway\(1003\) .*$none"
cp "$BED/out/pam" "$pam"
check_eq "RequireSession: and with it she is let in" alice \
	"$(ssh_gw id -un)"
check_nothing "RequireSession"

# A system whose logind is gone.  Would have caught a client that is told
# nothing, and a session that goes on as if nothing were.
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
	Match Caller gateway Tty yes
		RequireSession yes
END
units=(systemd-logind.service dbus-org.freedesktop.login1.service)
inside systemctl -q mask --runtime --now "${units[@]}"
mark_log
# shellcheck disable=SC2016 # the shell there expands it
out=$(ssh_gw 'id -un; echo ${XDG_SESSION_ID-none}' 2>"$BED/out/err")
check_eq "no logind: she is let in without a session" $'0 alice\nnone' \
	"$? $out"
check_logged "no logind: the log has a warning" \
	'user=alice: logind made no session'
out=$(on_tty gw 'id -un' </dev/null)
check_eq "no logind: RequireSession refuses" 255 $?
check_match "no logind: and says why" 'incubator: [^'$'\n'']*logind' "$out"
inside systemctl -q unmask --runtime "${units[@]}"
inside systemctl start systemd-logind
check_eq "logind is back, and so are sessions" alice \
	"$(on_tty gw 'id -un' </dev/null | grep -o alice)"
check_nothing "no logind"
rm "$ROOT$CONFIGURATION" "$ROOT/etc/motd"
finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Who the session is: exactly the local user, by every way in, with and
# without a terminal, and nothing more.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

servers alice bob

# I1 I3: what id(1) says.  Would catch groups left from root, the gid missing,
# a primary group that is not the passwd entry's.
alice='uid=1001(alice) gid=1001(alice) groups=1001(alice),2001(devel),2002(ops)'
bob='uid=1002(bob) gid=1002(bob) groups=1002(bob),2001(devel),2002(ops)'
for host in own-alice root-alice; do
	for tty in -T -tt; do
		got=$("${SSH[@]}" -q "$tty" "$host" id | tr -d '\r')
		check_eq "I1 I3 id by $host $tty" "$alice" "$got" "$host"
	done
done
for host in own-bob root-bob; do
	check_eq "I1 I3 id by $host" "$bob" "$("${SSH[@]}" -T "$host" id)" \
		"$host"
done

# Everything that a process can tell about itself equals plain sshd's: ids,
# capability sets, the bounding set and securebits (sudo needs them), signal
# masks, umask, directory, limits, audit id, session, descriptors, variables.
# Only what DESIGN says is different may be.
for tty in -T -tt; do
	for way in plain own root; do
		"${SSH[@]}" -q "$tty" "$way-alice" /bed/bin/probe self |
			tr -d '\r' >"$BED/out/$way"
	done
	check_same "I4 I7 process like plain sshd's, own $tty" \
		"$BED/out/plain" "$BED/out/own" own-alice
	# sshd's own PAM stack has pam_motd, which sets it; ours has not.
	sed -i '/^env MOTD_SHOWN/d' "$BED/out/plain"
	# With a terminal the session and the group in its foreground are
	# sshd's, and we lead them.
	[ "$tty" = -T ] || sed -i 's/^\(session\|group\)_leader 1/\1_leader 0/' \
		"$BED/out/plain"
	check_same "I4 I7 process like plain sshd's, root $tty" \
		"$BED/out/plain" "$BED/out/root" root-alice
done

# I7: root's own descriptors, when it is run by hand with
# more than three of them.
got=$(cd /root && "$INCUBATOR" --local-user alice -- /bed/bin/probe fds \
	</dev/null 2>&1 5</etc/shadow 9>>/bed/log/syslog | cut -d' ' -f1,2)
check_eq "I7 only 0, 1 and 2 reach the command" \
	"$(printf 'fd 0\nfd 1\nfd 2')" "$got"

# I4: no way back to root, whatever called us.  CVE-2021-41617: groups of the
# caller that the target has not.  Would catch a saved id, a setgroups that
# was left out.
if need setpriv; then
	got=$(setpriv --groups 0,5,42,1234 "$INCUBATOR" --local-user bob -- \
		id -G </dev/null)
	check_eq "I3 CVE-2021-41617 the caller's groups do not stay" \
		"1002 2001 2002" "$got"
fi
for tty in -T -tt; do
	got=$("${SSH[@]}" -q "$tty" root-alice /bed/bin/misuse regain)
	check_eq "I4 eight ways back all fail $tty" 8 \
		"$(grep -c 'Operation not permitted' <<<"$got")" root-alice
	check_eq "I4 no way back succeeds $tty" "" \
		"$(grep SUCCEEDED <<<"$got")" root-alice
done

# I4: capabilities that the caller would hand on, and signals that he ignores
# (Go does); but nohup(1) in front of us means the command.
if setpriv --inh-caps +net_raw --ambient-caps +net_raw true 2>/dev/null; then
	got=$(setpriv --inh-caps +net_raw --ambient-caps +net_raw \
		"$INCUBATOR" --local-user alice -- grep -E \
		'^Cap(Inh|Prm|Eff|Amb)' /proc/self/status </dev/null |
		cut -f2 | sort -u)
	check_eq "I4 no capability of the caller's, ambient ones included" \
		"0000000000000000" "$got"
else
	skip "I4 no capability of the caller's" "setpriv may not give one"
fi
ignored() {
	"$INCUBATOR" --local-user alice -- grep -E '^Sig(Blk|Ign)' \
		/proc/self/status </dev/null | cut -f2 | tr '\n' ' '
}
check_eq "signals that the caller ignores are at their default" \
	"0000000000000000 0000000000000000 " \
	"$(trap '' PIPE INT TERM USR1 TSTP CHLD RTMIN+3; ignored)"
check_eq "but nohup's HUP stays ignored" \
	"0000000000000000 0000000000000001 " "$(trap '' HUP; ignored)"

# The kernel keeps more than 32 groups elsewhere than fewer.
got=$("$INCUBATOR" --local-user many -- id -G </dev/null | tr ' ' '\n' |
	sort -n | tr '\n' ' ')
check_eq "I3 a hundred groups" "1009 $(seq -s ' ' 3000 3099) " "$got"

# Two names, one uid.  Root names the one it means; a user himself is who the
# kernel says, and LOGNAME only picks among his names.
as_alice() {
	runuser -u alice -- "$@" </dev/null 2>&1
}
check_eq "the named one of two names" "alicia alicia 1001" \
	"$("$INCUBATOR" --local-user alicia -- \
		sh -c 'echo $USER $LOGNAME $(id -u)' </dev/null)"
server_own alicia
# shellcheck disable=SC2016
check_eq "own login under the second name" "alicia /home/alice 1001" \
	"$("${SSH[@]}" own-alicia 'echo $USER $HOME $(id -u)')" own-alicia
check_eq "I1 LOGNAME of another user is not believed" "USER=alice" \
	"$(as_alice env LOGNAME=bob USER=root "$INCUBATOR" -- \
		env | grep ^USER=)"

# By number alone, and with all that may be said about the same user.
for options in "--uid 1001" "--local-user alice --uid 1001 --gid 1001" \
	"--local-user=alice --groups=2002,2001" \
	"--local-user alice --groups 1001,2001,2002,2001" \
	"--uid=1001 --gid=1001 --groups=1001,2002,2001"; do
	# shellcheck disable=SC2086
	got=$("$INCUBATOR" $options -- id </dev/null 2>&1)
	check_eq "named by $options" "$alice" "$got"
done

# uid 0 is a user like others where it is named, and keeps its capabilities.
server_plain root
server_root root
for way in plain root; do
	"${SSH[@]}" "$way-root" /bed/bin/probe self |
		grep -v '^env MOTD_SHOWN' >"$BED/out/$way"
done
check_same "I4 root as a named target is like plain sshd's" \
	"$BED/out/plain" "$BED/out/root" root-root
check_eq "root's second name" "toor 0" \
	"$("$INCUBATOR" --local-user toor -- \
		sh -c 'echo $USER $(id -u)' </dev/null)"

# sudo inside.  Would catch no_new_privs, an emptied bounding set, securebits.
if need sudo; then
	for host in own-alice root-alice; do
		for tty in -T -tt; do
			got=$("${SSH[@]}" -q "$tty" "$host" sudo -n id -u)
			check_eq "I4 sudo works inside, $host $tty" 0 \
				"${got%$'\r'}" "$host"
		done
	done
else
	skip "I4 sudo works inside" "sudo is not installed"
fi

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How a session of the service's ends when one of those whom it needs is
# killed, what it leaves, and what it was given: what differs from plain
# sshd's session is in this file, by name.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"

out=$BED/out
mkfifo "$out/never" "$out/pace"
chmod 0666 "$out/pace"
exec 7<>"$out/never"
gateway_account toless 1021
service_start 64
service_conf <<-'END'
	Match Caller gateway
		LocalUser alice
	Match Caller toless
		LocalUser shellless
END
gateway gw
gateway_of toless "exec $INCUBATOR --front" toless
servers alice

# What a process of the session is: ids, groups, capabilities, signals that
# are ignored, blocked or caught, limits, umask, priorities, keyring, session,
# descriptors, the names of its variables.  Would catch whatever the service
# has of its own and passes on: a signal that systemd ignores, a variable like
# INVOCATION_ID, the socket, root's keyring.
namespaces='for ns in /proc/self/ns/*; do readlink "$ns"; done
	grep -h -e ^Groups -e ^THP -e ^Speculation -e ^Cpus_a -e ^Mems_a \
		/proc/self/status; cat /proc/self/timerslack_ns
	cat /proc/self/coredump_filter; chrt -p $$ | sed "s/.*: //"
	ionice -p $$; taskset -p $$ | sed "s/.*: //"'
for tty in -T -tt; do
	for host in plain-alice gw; do
		"${SSH[@]}" -q "$tty" "$host" \
			"$namespaces; exec /bed/bin/probe self" \
			</dev/null 2>&1 |
			tr -d '\r' >"$out/$host"
	done
	# The command is hung up if the service is killed.
	sed -i 's/^pdeathsig 0$/pdeathsig 1/' "$out/plain-alice"
	# pam_motd of sshd's stack sets it; nobody has shown alice a motd.
	sed -i '/^env MOTD_SHOWN$/d' "$out/plain-alice"
	check_same "a process like plain sshd's, $tty" \
		"$out/plain-alice" "$out/gw" gw
	check_match "and that is much, $tty" \
		'mnt:.*pid:.*Groups.*SigIgn.*CapBnd.*Seccomp.*limit 15' \
		"$(tr '\n' ' ' <"$out/gw")"
	for host in plain-alice gw; do
		"${SSH[@]}" -q "$tty" "$host" 'env | sort' </dev/null |
			tr -d '\r' >"$out/$host"
	done
	sed -i '/^MOTD_SHOWN=/d' "$out/plain-alice"
	check_same "env | sort like plain sshd's, $tty" \
		"$out/plain-alice" "$out/gw" gw
done
check_eq "nothing of the service's own variables" "" \
	"$("${SSH[@]}" -q -T gw env | grep -e INVOCATION_ID -e JOURNAL_STREAM \
		-e MEMORY_PRESSURE)" gw
# Her limits come from PAM, as at sshd.
printf '%s\n' 'alice hard nofile 777' 'alice soft nofile 333' \
	>/etc/security/limits.d/alice.conf
for host in plain-alice gw; do
	check_eq "pam_limits, $host" "333 777" "$("${SSH[@]}" -q -T "$host" \
		'echo $(ulimit -Sn) $(ulimit -Hn)')" "$host"
done
rm /etc/security/limits.d/alice.conf

no_shell="incubator: /usr/bin/no-such-shell: No such file or directory"
# What is not there.  A command: her shell says so.  Her shell: we do, in one
# line, whatever was asked for.
for tty in -T -tt; do
	for host in plain-alice gw; do
		"${SSH[@]}" -q "$tty" "$host" /no/such/program \
			>"$out/1" 2>"$out/2" </dev/null
		check_eq "a command that is not there: 127, $host $tty" \
			127 $? "$host"
		cat "$out/1" "$out/2" >"$out/$host"
	done
	check_same "and who says so, $tty" "$out/plain-alice" "$out/gw"
	for command in "" true; do
		# shellcheck disable=SC2086
		got=$("${SSH[@]}" -q "$tty" toless $command 2>&1 </dev/null)
		check_eq "a shell that is not there, $tty $command" \
			"127:$no_shell" "$?:${got%$'\r'}" toless
	done
done

sessions() {
	find /run/ssh-incubator/sessions -type f ! -name '.*' 2>/dev/null
}
no_sessions() {
	[ -z "$(sessions)" ]
}
# log_in OPTION COMMAND...: a client whose pid is in $client, and whose
# session has said "up"; its status goes to $out/status.
log_in() {
	rm -f "$out/status" "$out/client"
	: >"$out/up"
	{
		"${RAW_SSH[@]}" -q "$1" gw "${@:2}" <"$out/never" \
			>"$out/up" 2>"$out/said" &
		echo $! >"$out/client"
		wait $!
		echo $? >"$out/status"
	} 2>/dev/null &
	wait_for 20 grep -q '^up' "$out/up" || fail "it begins" "$*" gw
	client=$(cat "$out/client")
}
user_process() {
	pgrep -u gateway -x sshd
}
all_gone() {
	no_incubator && none_of_alice && ! pgrep -x sshd
}
none_is() {
	! pgrep -u alice -x "$1"
}
answered() {
	[ -s "$BED/out/status" ]
}
end_all() {
	kill -KILL "$client" 2>/dev/null
	pkill -KILL -u alice
	wait_for 20 all_gone || fail "all ends" "$(ps axf)"
	wait
}

# KILL, for each of those who carry a session.  "sleep 1001" is the shell's
# child, 1002 nobody's; both are of the session.
are_there() {
	runs 1001 && runs 1002 && runs 1003
}
for tty in -T -tt; do
	for victim in front service user_process client; do
		log_in "$tty" 'sleep 1001 & (sleep 1002 &); echo up; sleep 1003
			true'
		check "all are there before: $victim $tty" \
			wait_for 20 are_there
		check_eq "and in the registry: $victim $tty" 1 \
			"$(sessions | wc -l)"
		mark_log
		case $victim in
		front) pid=$(fronts gateway) ;;
		service) pid=$(services) ;;
		user_process) pid=$(user_process) ;;
		client) pid=$client ;;
		esac
		check_eq "one to kill: $victim $tty" 1 "$(wc -w <<<"$pid")"
		kill -KILL "$pid"
		if [ "$victim" = service ]; then
			# Whoever led it; the rest is the next one's job.
			check "I10 KILL: the leader ends, $victim $tty" \
				wait_for 20 none_is bash
			wait_for 20 no_incubator
			check_eq "I10 KILL: clean-up, $victim $tty" 0 \
				"$("$INCUBATOR" --clean-up >&2; echo $?)"
		fi
		check "I10 KILL: nobody is left, $victim $tty" \
			wait_for 20 none_of_alice
		check "I10 KILL: nor of ours, $victim $tty" \
			wait_for 20 no_incubator
		check "I10 KILL: nor in the registry, $victim $tty" no_sessions
		[ "$victim" = client ] || {
			check "I10 KILL: the client hears, $victim $tty" \
				wait_for 20 answered
			check_eq "I10 KILL: 255, $victim $tty" 255 \
				"$(cat "$out/status")" gw
		}
		# The front's word was "refused", for what had been let in.
		check_eq "I10 KILL: nobody was refused, $victim $tty" "" \
			"$(audit_lines | grep refused)"
		if [ "$victim" = service ]; then
			check_match "I10 KILL: and the log, $victim $tty" \
				'session cleaned up: user=alice' \
				"$(audit_lines)"
		else
			check_match "I10 KILL: and the log, $victim $tty" \
				'session closed: .*status="connection lost"' \
				"$(audit_lines)"
			check_match "I10 KILL: PAM is closed, $victim $tty" \
				'session closed for user alice' \
				"$(audit_lines)"
		fi
		end_all
	done
done

# The service is told to end, by systemctl or at a shutdown: it passes that on
# and waits, so that the client has an answer.
for tty in -T -tt; do
	for signal in TERM HUP; do
		log_in "$tty" 'trap "echo heard; exit 7" '$signal'; echo up
			while :; do read -t 0.02 <>/bed/out/pace; done'
		mark_log
		kill -"$signal" "$(services)"
		check "$signal to the service: an answer, $tty" \
			wait_for 20 answered
		check_eq "$signal to the service: the command's, $tty" \
			"7 heard" "$(cat "$out/status") $(grep -o heard \
				"$out/up")" gw
		check "$signal to the service: all is over, $tty" \
			wait_for 20 no_incubator
		check "$signal to the service: nor in the registry, $tty" \
			no_sessions
		check_match "$signal to the service: the log, $tty" \
			'session closed: .*status="exited with 7"' \
			"$(audit_lines)"
		end_all
	done
	log_in "$tty" 'sleep 1001 & echo up; exec sleep 1002'
	kill -TERM "$(services)"
	check "TERM to the service ends who does not listen, $tty" \
		wait_for 20 answered
	check_eq "and the client has 255, $tty" 255 "$(cat "$out/status")"
	check "TERM reaches the whole session, $tty" wait_for 20 none_of_alice
	end_all
done
# Keys of a person who does not want to wait for PAM: ^C ends the login, which
# is then closed; ^Z does not stop it for ever.  The module waits for a file.
cp /etc/pam.d/ssh-incubator "$out/pam"
cat >/usr/local/bin/slow <<-'END'
	#!/bin/sh
	touch /bed/out/begun
	until [ -e /bed/out/on ]; do sleep 0.02; done
END
chmod 0755 /usr/local/bin/slow
echo "session optional pam_exec.so /usr/local/bin/slow" \
	>>/etc/pam.d/ssh-incubator
rm -f "$out/begun" "$out/on"
mark_log
on_tty gw >"$out/log" <<-END
	await $out/begun
	send \x03
	expect closed
END
check_eq "^C while PAM works ends the login" 255 $? gw
touch "$out/on"
check "^C while PAM works: nobody of ours stays" wait_for 20 no_incubator
check_match "^C while PAM works: the log" \
	'refused: user=alice .*"connection lost before the command ran"' \
	"$(audit_lines)"
check "^C while PAM works: no entry" no_sessions
rm -f "$out/begun" "$out/on"
tty_case "^Z while PAM works does not stop the login" 4 gw <<-END
	await $out/begun
	send \x1a
	touch $out/on
	expect login:alice$ 
	send exit 4\r
END
cp "$out/pam" /etc/pam.d/ssh-incubator

# A shell that a person sits at hears no TERM; it is hung up.  The person does
# nothing, and gives up with 99 if nothing happens.
rm -f "$out/at" "$out/status"
{
	on_tty gw >"$out/log" <<-END
		expect login:alice$ 
		touch $out/at
		expect closed
	END
	echo $? >"$out/status"
} &
wait_for 20 test -e "$out/at"
kill -TERM "$(services)"
check "TERM to the service ends a login shell" wait_for 20 none_of_alice
check "and all of ours" wait_for 20 no_incubator
check "and its entry" no_sessions
wait
check_eq "and the client has its answer" 255 "$(cat "$out/status")"

finish

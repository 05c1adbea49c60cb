#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The server of a path that outlives logins, and what may happen to it, to its
# files and to its directory, while people are there.

# shellcheck disable=SC2016,SC2317 # the shells of logins; what wait_for calls
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=stablepath.sh
. "$(dirname "$0")/stablepath.sh"

# agent 38.  Would have caught a path that is dead until somebody removes it
# by hand, and logins that a new server does not know.
begin a key-ann
window a
begin ben key-ben
begin c key-ann
end a
begin a key-ann
end c
old=$(server_pid)
inode=$(stat -c %i "$path")
kill -KILL "$old"
wait_for 20 is_gone "$old"
check_eq "agent 38: what is left over is a socket" "$inode" \
	"$(stat -c %i "$path")"
end a
begin b key-anew
check_eq "agent 38: the next login makes a new server" "yes" \
	"$([ "$(server_pid)" != "$old" ] && echo yes)"
check_eq "agent 38: ... which knows those that are there" "anew ben" \
	"$(in_login b "$list") $(in_login ben "$list")"
check_eq "agent 38: ... and those that have ended" anew "$(in_window "$list")"
end ben
end b
end_window

# Would have caught two servers of one path, one of which nobody can reach.
check "stop ends it" forwarder stop
check_eq "... and leaves nothing but what it knows" default.past \
	"$(ls -A "$place")"
for i in 1 2 3 4 5 6 7 8; do
	"${SSH[@]}" key-ann "$list; echo \$\$ >>$out/together; \
		while [ \$(wc -l <$out/together) -lt 8 ]; do sleep 0.05; done" \
		</dev/null >"$out/together.$i" 2>&1 &
	together[i]=$!
done
wait "${together[@]}"
check_eq "agent 38: eight at once have one server" "8 ann 1" \
	"$(cat "$out"/together.? | uniq -c | sed 's/^ *//') $(processes)"

# Would have caught somebody's file that is removed for being in the way, and
# a login that is locked out by it.
forwarder stop
"${as_alice[@]}" sh -c "echo mine >$path"
check_eq "agent 38: another file stays, and the login has its agent" \
	"ann mine Socket operation on non-socket" \
	"$("${SSH[@]}" key-ann "$list" </dev/null 2>"$out/stderr") $(
		cat "$path") $(grep -o 'Socket operation on non-socket' \
			"$out/stderr")"
rm "$path"
wait_for 20 no_process
rm -rf "$place"
"${as_alice[@]}" mkdir -m 0700 /home/alice/elsewhere
"${as_alice[@]}" ln -s /home/alice/elsewhere "$place"
check_eq "agent 38: a directory that is a link is refused" "255 0" \
	"$("${SSH[@]}" key-ann true </dev/null 2>"$out/stderr"
		echo $?) $(find /home/alice/elsewhere -mindepth 1 | wc -l)"
rm "$place"
install -d -o bob -m 0700 "$place"
check_eq "agent 38: another's directory is refused" "255" \
	"$("${SSH[@]}" key-ann true </dev/null 2>"$out/stderr"; echo $?)"
rmdir "$place"

# agent 39.  Would have caught a socket that is bound anew for each login: who
# has mounted it elsewhere holds the old one.
begin a key-ann
: >"$out/mounted"
mount --bind "$path" "$out/mounted"
window a
end a
begin b key-anew
check_eq "agent 39: a bind mount leads to the next login, too" anew \
	"$(in_window "SSH_AUTH_SOCK=$out/mounted $list")"
umount "$out/mounted"

# agent 40.
inode=$(stat -c %i "$path")
rm "$path"
wait_for 20 test -S "$path"
check_eq "agent 40: a socket that was removed comes back" "anew" \
	"$(in_window "$list")"
# It would bind a new one before the directory is empty.
old=$(server_pid)
kill -STOP "$old"
rm -rf "$place"
kill -CONT "$old"
begin c key-ann
check_eq "agent 40: without its directory a new server is made" ann \
	"$(in_login c "$list")"
end c
kill "$(cat "$out/login.b.pid")"
wait "${client[b]}"
one_process() {
	[ "$(processes)" = 1 ]
}
check "agent 40: the one without a name ends with its last login" \
	wait_for 20 one_process
end_window

# agent 41.  Would have caught a second session of a connection that takes the
# first one's lease away, or ends it.
mux=(-o "ControlPath=$out/mux")
"${RAW_SSH[@]}" -M -N -f "${mux[@]}" key-ann
begin one key-ann "${mux[@]}"
begin two key-ann "${mux[@]}"
check_eq "agent 41: two sessions of one connection" "ann ann" \
	"$(in_login one "$list") $(in_login two "$list")"
end one
check_eq "agent 41: one has ended" ann "$(in_login two "$list")"
end two
"${RAW_SSH[@]}" -O exit "${mux[@]}" key-ann 2>/dev/null

# agent 42.  Would have caught clients that are cut off by an upgrade, and one
# that needs all logins to come again.
begin a key-ann
begin ben key-ben
window a
in_window "/bed/bin/agenttalk $path list send reply \
	touch=$out/open wait=$out/go list send reply >$out/talk 2>&1 & true" >/dev/null
wait_for 20 test -e "$out/open"
old=$(server_pid)
version=$("$AGENT_FORWARDER" -V | sed 's/.* //')
sed "s/$version/9.9.9/g" "$AGENT_FORWARDER" >"$out/newer"
cat "$out/newer" >/usr/local/bin/agent-forwarder.new
chmod 0755 /usr/local/bin/agent-forwarder.new
mv /usr/local/bin/agent-forwarder.new "$AGENT_FORWARDER"
begin b key-anew
check_eq "agent 42: a newer login at the older server" "anew $old" \
	"$(in_login b "$list") $(server_pid)"
touch "$out/go"
said_twice() {
	[ "$(wc -l <"$out/talk")" = 2 ]
}
wait_for 20 said_twice
check_match "agent 42: who was connected still is" "^12 .* 12 " \
	"$(tr '\n' ' ' <"$out/talk")"
check_match "agent 42: status says which version" "version $version" \
	"$(forwarder status)"
forwarder stop
begin c key-anew
check_match "agent 42: then the new one serves" "version 9.9.9" \
	"$(forwarder status)"
check_eq "agent 42: ... all that are there" "ann ben anew anew" \
	"$(in_login a "$list") $(in_login ben "$list") $(
		in_login b "$list") $(in_login c "$list")"
for name in a b c ben; do
	end "$name"
done
end_window
forwarder stop

# Would have caught a descriptor that stays for each who came.
begin a key-ann
descriptors() {
	find "/proc/$(server_pid)/fd" -type l | wc -l
}
few() {
	[ "$(descriptors)" -le "$before" ]
}
before=$(descriptors)
in_login a "/bed/bin/agenttalk $path times=500 list send reply" \
	>"$out/talk"
for _ in 1 2 3 4 5; do
	begin c key-anew
	end c
done
check_eq "five hundred come and go" 500 "$(grep -c '^12 ' "$out/talk")"
check "... and nothing of them stays" wait_for 20 few
end a
forwarder stop

# Would have caught a record that a server of many logins does not keep.
way seen --audit <<<"$expose"
begin a seen-ann
in_login a "ssh-add -T $keys/ann-has.pub" >/dev/null
sync_log
fingerprint=$(ssh-keygen -lf "$keys/ann-has.pub" | cut -d ' ' -f 2)
check_eq "--audit: a signature is recorded, with its login" 1 \
	"$(grep -F "op=sign key=$fingerprint " "$BED/log/syslog" |
		grep -c "agent=\"pid $(cat "$out/login.a.pid")\"")"
end a
forwarder stop

# Would have caught a record that is required, and is not kept because somebody
# else has made the server.
begin a key-ann
check_match "--audit: who relies on it is not served without" \
	"^$place/s-" "$("${SSH[@]}" seen-ann 'echo $SSH_AUTH_SOCK' \
		</dev/null 2>"$out/stderr")"
check_match "... which is said" "keeps no such record" "$(cat "$out/stderr")"
end a
forwarder stop

# Would have caught a server that stays although it was told when to go.
way short --timeout 1 <<<"$expose"
begin a short-ann
end a
check "--timeout: it goes" wait_for 20 no_process
finish

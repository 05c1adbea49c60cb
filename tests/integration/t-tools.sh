#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The programs that people use over ssh, unchanged and really through the
# helper: each case that passes has left its line in AUTHPRIV as well.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
ssh_command="ssh -F $BED/ssh_config"
config=(-F "$BED/ssh_config")
servers alice

# A tree with what a copy may lose: modes, empty files, odd names, a link.
tree=$out/tree
mkdir -p "$tree/sub dir"
head -c 300000 /dev/urandom >"$tree/data"
: >"$tree/empty"
echo "name" >"$tree/sub dir/o'dd \$name"
echo "#!/bin/sh" >"$tree/program"
chmod 0755 "$tree/program"
chmod 0600 "$tree/data"
ln -s data "$tree/link"
chmod 0755 "$out"

# listing DIR: names, modes and content of the tree there.
listing() {
	(cd "$1" && find . ! -name . -printf '%P %y %m %l\n' | sort &&
		find . -type f -exec sha256sum {} + | sort)
}
listing "$tree" >"$out/list"
without_links() {
	rm -f "$1/link"
	listing "$1"
}

# through NAME SERVICE: the last case went through the helper.
through() {
	wait_for 2 opened "$2" ||
		fail "$1" "no session of service $2: $(audit_lines)"
}
opened() {
	audit_lines | grep -q "^session opened: user=alice.* service=$1"
}

copy_cases() {
	local host=$1 home=/home/alice/$1 flag service

	mkdir -p "$home"
	chown alice:alice "$home"
	for flag in -s -O; do
		service=exec
		[ "$flag" = -O ] || service="sftp"
		mark_log
		scp -q "${config[@]}" $flag -r -p "$tree" "$host:$1/scp$flag"
		rm -rf "$out/back"
		scp -q "${config[@]}" $flag -r -p "$host:$1/scp$flag" \
			"$out/back"
		without_links "$out/back" >"$out/list.back"
		cp -a "$tree" "$out/nolink"
		# scp follows links.
		rm "$out/nolink/link"
		listing "$out/nolink" >"$out/list.want"
		rm -rf "$out/nolink"
		check_same "scp $flag there and back, $host" \
			"$out/list.want" "$out/list.back" "$host"
		through "scp $flag there and back, $host" "$service"
	done
	check_eq "scp wrote as the user, $host" "alice alice 600" \
		"$(stat -c '%U %G %a' "$home/scp-O/data")"

	mark_log
	sftp -q -b - "${config[@]}" "$host" >"$out/sftp" 2>&1 <<-END
		pwd
		cd $1
		put -p $tree/program put
		chmod 0751 put
		put $tree/data
		chmod 0640 data
		rename data moved
		ls -l
		mkdir new
		rmdir new
		get -p moved $out/got.$1
		get put $out/got2.$1
	END
	check_eq "sftp put, chmod, rename, get, $host" 0 $? "$host"
	check_eq "sftp's mode bits, $host" "751 640" \
		"$(stat -c %a "$home/put" "$home/moved" | tr '\n' ' ' |
			sed 's/ $//')"
	check "sftp's content, $host" cmp "$tree/data" "$out/got.$1"
	check_match "sftp begins at home, $host" "/home/alice" \
		"$(cat "$out/sftp")"
	through "sftp put, chmod, rename, get, $host" sftp

	mark_log
	tar -C "$tree" -cf - . | "${SSH[@]}" "$host" \
		"mkdir $1/tar && tar -C $1/tar -xpf -"
	"${SSH[@]}" -n "$host" "tar -C $1/tar -cf - ." |
		(rm -rf "$out/back" && mkdir "$out/back" &&
			tar -C "$out/back" -xpf -)
	chmod 0755 "$out/back"
	listing "$out/back" >"$out/list.back"
	check_same "tar | ssh tar, $host" "$out/list" "$out/list.back" "$host"
	through "tar | ssh tar, $host" exec
}

rsync_case() {
	local host=$1

	need rsync || { skip "rsync, $host" "not installed"; return; }
	mark_log
	rsync -aq -e "$ssh_command" "$tree/" "$host:$1/rsync/"
	rm -rf "$out/back"
	rsync -aq -e "$ssh_command" "$host:$1/rsync/" "$out/back/"
	listing "$out/back" >"$out/list.back"
	check_same "rsync there and back, $host" \
		"$out/list" "$out/list.back" "$host"
	through "rsync there and back, $host" exec
}

git_case() {
	local host=$1 dir=$out/git.$1

	need git || { skip "git, $host" "not installed"; return; }
	export GIT_SSH_COMMAND=$ssh_command GIT_CONFIG_GLOBAL=/dev/null
	mark_log
	"${SSH[@]}" -n "$host" git init -q --bare "$1/repo"
	git clone -q "$host:$1/repo" "$dir" 2>/dev/null
	cp "$tree/data" "$dir/file"
	git -C "$dir" add file
	git -C "$dir" -c user.name=x -c user.email=x@example.org \
		commit -q -m one
	git -C "$dir" push -q origin HEAD:refs/heads/main
	check_eq "git push, $host" 0 $? "$host"
	git clone -q -b main "$host:$1/repo" "$dir.2"
	check "git clone, $host" cmp "$tree/data" "$dir.2/file"
	through "git clone, $host" exec
}

# Eight sessions at once over one connection: their streams and statuses must
# not be mixed up, and the terminal among them is one of its own.
multiplex_case() {
	local host=$1 path=$out/mux.$1 i pids=() statuses=

	"${RAW_SSH[@]}" -fN -T -M -S "$path" "$host"
	mark_log
	for i in {1..8}; do
		"${RAW_SSH[@]}" -S "$path" "$host" \
			"cat; echo end $i; exit $i" \
			<"$tree/data" >"$out/mux.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
		statuses+="$? "
	done
	check_eq "ControlMaster, eight sessions' statuses, $host" \
		"1 2 3 4 5 6 7 8 " "$statuses" "$host"
	statuses=
	for i in {1..8}; do
		cat "$tree/data" <(echo "end $i") >"$out/want"
		cmp -s "$out/want" "$out/mux.$i" || statuses+="$i "
	done
	check_eq "ControlMaster, eight sessions' bytes, $host" "" \
		"$statuses" "$host"
	check_eq "ControlMaster, eight sessions through, $host" 8 \
		"$(audit_lines | grep -c '^session opened: ')"
	"${RAW_SSH[@]}" -S "$path" -O exit "$host" 2>/dev/null
}

# Forwarding is sshd's, and goes on beside a session of ours.  What listens
# behind it is an ssh server of the private machine.
forward_case() {
	local host=$1 port=$2 client to

	"${SSH[@]}" -o ExitOnForwardFailure=yes -L "$port:127.0.0.1:2200" \
		-R "$((port + 1)):127.0.0.1:2200" "$host" \
		'echo up; cat' <"$out/hold" >"$out/up.$1" &
	client=$!
	exec 8>"$out/hold"
	wait_for 5 grep -q up "$out/up.$1"
	for to in "$port" "$((port + 1))"; do
		got=$("${SSH[@]}" -n -p "$to" -o ProxyCommand=none \
			-o HostName=127.0.0.1 plain-alice echo forwarded 2>&1)
		check_eq "-L and -R: port $to, $host" forwarded "$got" "$host"
	done
	exec 8>&-
	wait "$client"
	check_eq "a session with forwarding ends, $host" 0 $? "$host"
}

# Agent forwarding, shape A: the key is on the far side only as an agent.
agent_case() {
	local agent

	agent=$(ssh-agent -s -a "$out/agent")
	SSH_AUTH_SOCK=$out/agent ssh-add -q "$BED/keys/user" 2>/dev/null
	mkdir -p /home/alice/.ssh
	cat >/home/alice/nested <<-END
		Host *
			HostKeyAlias bed
			UserKnownHostsFile /home/alice/known_hosts
			ProxyCommand sudo -n /usr/sbin/sshd -i -f $BED/conf/%n
			User bob
			PreferredAuthentications publickey
	END
	cp "$BED/keys/known_hosts" /home/alice/known_hosts
	server_plain bob
	server_own bob
	check_eq "agent forwarding to a nested ssh, own-alice" "bob" \
		"$(SSH_AUTH_SOCK=$out/agent "${SSH[@]}" -A \
			-o IdentityAgent=SSH_AUTH_SOCK own-alice \
			ssh -F nested own-bob id -un </dev/null 2>&1)" \
		own-alice
	# In shape B the agent belongs to root's login: nothing of it is left.
	check_eq "no agent of root's in shape B" "unset" \
		"$(SSH_AUTH_SOCK=$out/agent "${SSH[@]}" -A \
			-o IdentityAgent=SSH_AUTH_SOCK root-alice \
			'echo ${SSH_AUTH_SOCK-unset}' </dev/null)" root-alice
	kill "$(sed -n 's/.*AGENT_PID=\([0-9]*\).*/\1/p' <<<"$agent")"
}

mkfifo "$out/hold"
/usr/sbin/sshd -f "$BED/conf/plain-alice" -p 2200 \
	-o ListenAddress=127.0.0.1 -E "$BED/log/sshd"
port=2210
for host in own-alice root-alice; do
	copy_cases "$host"
	rsync_case "$host"
	git_case "$host"
	multiplex_case "$host"
	forward_case "$host" "$((port += 10))"
done
agent_case

finish

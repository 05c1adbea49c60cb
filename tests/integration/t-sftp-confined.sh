#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# "--sftp --landlock-rw DIR": sftp, scp and sshfs work in DIR and nowhere
# else, in alice's own login by a Subsystem line and in root's by a forced
# command.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
sftp_server=$(sed -n 's/^Subsystem sftp //p' "$BED/conf/base")
box=/srv/box
install -d -o alice -g alice "$box" "$box/sub"
setpriv --reuid 1001 --regid 1001 --init-groups "$INCUBATOR" \
	--landlock-rw / -- true 2>"$out/err" </dev/null ||
	skip_all "no Landlock here: $(cat "$out/err")"

server own alice <<-END
	Subsystem sftp $INCUBATOR --sftp --landlock-rw $box
END
sed -i "\|^Subsystem sftp $sftp_server|d" "$BED/conf/own"
server_key root "exec $INCUBATOR --local-user alice --sftp --landlock-rw $box" \
	</dev/null
# What the client asked for by name is the same server with the same rules.
server_key asked "exec $INCUBATOR --local-user alice --landlock-rw $box" \
	</dev/null

# In the box: all that a client does there.
head -c 300000 /dev/urandom >"$out/data"
for host in own root asked; do
	rm -f "$out/got" "$out/soft"
	timeout 20 sftp -q -b - -F "$BED/ssh_config" "$host" \
		>"$out/log" 2>&1 <<-END
		cd $box
		put -p $out/data data
		get data $out/got
		mkdir dir
		rename data dir/moved
		ls -l dir
		ln dir/moved hard
		symlink dir/moved soft
		get soft $out/soft
		chmod 600 hard
		rm soft
		rm hard
		put $out/data dir/moved
		df $box
		rm dir/moved
		rmdir dir
		put -r $BED/conf tree
		rm tree/*
		rmdir tree
	END
	check_eq "sftp in the directory, $host" "0 same same ./sub" "$? $(
		cmp -s "$out/data" "$out/got" && echo same) $(
		cmp -s "$out/data" "$out/soft" && echo same) $(
		cd "$box" && echo ./*)" "$host"
	# scp, as of 9.0 by sftp.
	if ssh -V 2>&1 | grep -q 'OpenSSH_[1-8]\.'; then
		skip "scp in the directory, $host" "this scp speaks no sftp"
	else
		rm -f "$out/got"
		timeout 20 scp -q -F "$BED/ssh_config" "$out/data" \
			"$host:$box/sub/data" 2>"$out/err" &&
			timeout 20 scp -q -F "$BED/ssh_config" \
			"$host:$box/sub/data" "$out/got" 2>>"$out/err"
		check_eq "scp in the directory, $host" "0 same alice" "$? $(
			cmp -s "$out/data" "$out/got" && echo same) $(
			stat -c %U "$box/sub/data")" "$host"
		rm -f "$box/sub/data"
	fi
done

# Things outside: alice's own, others', the system's; with them in reach of
# every trick that a name can play.
echo secret | install -o alice -g alice -m 0600 /dev/stdin /home/alice/secret
install -d -o alice -g alice /home/alice/dir /srv/boxes
echo bobs >/home/bob/world
chmod 0644 /home/bob/world
echo inside | install -o alice -g alice /dev/stdin "$box/file"
ln -s /home/alice "$box/home"
ln -s /home/alice/secret "$box/secret"
ln -s / "$box/sub/root"
ln -s ../../home/alice "$box/relative"
mkdir "$box/mounted"
mount --bind /home/alice "$box/mounted"
before=$(cd /home/alice && find . /srv/boxes /tmp -printf '%p %m %s %U\n' |
	sort)

# one HOST COMMAND: the client's only complaint is written to $out/log.
one() {
	timeout 10 sftp -q -b - -F "$BED/ssh_config" "$1" >"$out/log" 2>&1 \
		<<<"$2"
}
# outside COMMAND: to be refused; what was not is printed by allowed HOST.
outside() {
	echo "-$1" >>"$out/attempts"
}
allowed() {
	timeout 60 sftp -b "$out/attempts" -F "$BED/ssh_config" "$1" 2>&1 |
		awk '/^sftp> / { if (n++ && !denied) print line
			line = $0; denied = 0 }
		/Permission denied|: Failure/ { denied = 1 }
		END { if (!denied) print line; print n " attempts" }'
}
: >"$out/attempts"
for dir in / /home /home/alice /tmp /etc /proc /proc/self /proc/self/fd \
	/proc/self/root /usr /usr/lib /srv "$box/.." "$box/home" \
	"$box/sub/root"; do
	outside "ls $dir/"
done
for file in /home/alice/secret "$box/home/secret" "$box/secret" \
	"$box/../../home/alice/secret" "$box/relative/secret" \
	/proc/self/root/home/alice/secret /proc/self/cwd/secret \
	"$box/sub/root/home/alice/secret" /home/bob/world /etc/shadow \
	/etc/hosts /etc/fstab /proc/self/environ /proc/self/maps /proc/1/status \
	/usr/bin/id /bin/sh /run/utmp /var/log/wtmp; do
	outside "get $file $out/stolen"
done
for file in /tmp/new /home/alice/new "$box/home/new" "$box/../boxes/new" \
	/srv/boxes/new /dev/shm/new /home/alice/secret /var/tmp/new; do
	outside "put $out/data $file"
done
outside "mkdir /home/alice/new"
outside "mkdir $box/../boxes/new"
outside "rmdir /home/alice/dir"
outside "rm /home/alice/secret"
outside "rm $box/home/secret"
outside "rename $box/file /home/alice/file"
outside "rename /home/alice/secret $box/stolen"
outside "rename $box/home/dir $box/stolen"
outside "ln /home/alice/secret $box/hard"
outside "ln $box/file /home/alice/hard"
outside "ln $box/secret /home/alice/hard"
outside "symlink $box/file /home/alice/soft"
# Would have caught a path that escapes the rules, or one of alice's rights
# that they forget.
for host in own root; do
	check_eq "nowhere else, $host" "$(wc -l <"$out/attempts") attempts" \
		"$(allowed $host)" "$host"
done
check_eq "nothing was fetched" no \
	"$([ -s "$out/stolen" ] && echo yes || echo no)"
check_eq "all outside is as it was" "$before" "$(cd /home/alice &&
	find . /srv/boxes /tmp -printf '%p %m %s %U\n' | sort)"
check_eq "nothing of it came in" "file home mounted relative secret sub" \
	"$(find "$box" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort | paste -sd' ' -)"
# A mount in the directory is a part of it, and root's to make.
one root "get $box/mounted/secret $out/mounted"
check_eq "what root mounts in the directory is in it" "0 secret" \
	"$? $(cat "$out/mounted")"
umount "$box/mounted"
# To find a name is no right of Landlock's: whether something exists, its
# size and its owner are told, and its own mode and times can be changed.
one root "ls -l /home/alice/secret"
check_match "a name outside can be looked up" "^0 .* 7 .* /home/alice/secret" \
	"$? $(tail -n 1 "$out/log")"
one root "chmod 0640 /home/alice/secret"
check_eq "and the mode of one's own file changed: Landlock has no right for it" \
	"0 640" "$? $(stat -c %a /home/alice/secret)"
# Here a mode could be all that stands between the file and others.
one root "chmod 0644 /home/bob/world"
check_eq "but no other's" 1 $?

# What is read besides, so that the server can start: this and no more.  A new
# line here is a decision, not an accident.
"$INCUBATOR" --local-user alice --sftp --landlock-rw "$box" --explain \
	</dev/null | sed -n 's/^step.*landlock\t//p' | tr ' ' '\n' |
	sort -u >"$out/list"
# In brackets: it need not exist.
sort -u >"$out/expected" <<-END
	[run:/etc/group]
	[run:/etc/ld.so.cache]
	[run:/etc/localtime]
	[run:/etc/nsswitch.conf]
	[run:/etc/passwd]
	[run:$sftp_server]
	[run:/lib64]
	[run:/lib]
	[run:/usr/lib64]
	[run:/usr/lib]
	[run:/usr/share/zoneinfo]
	[rw:/dev/null]
	rw:$box
END
check_same "the list of what the server may use" "$out/expected" "$out/list"
one root "get /etc/passwd $out/passwd"
check_same "passwd is on it" /etc/passwd "$out/passwd"
check_eq "and is not written" 1 \
	"$(one root "put $out/data /etc/passwd"; echo $?)"
check_eq "nothing but sftp runs, root" "" \
	"$("${SSH[@]}" -n root id 2>/dev/null)"
"${SSH[@]}" -n asked id >"$out/log" 2>"$out/err"
check_eq "nor what the client asked for, asked" "126 0 1" "$? $(
	wc -c <"$out/log") $(grep -c \
	'^incubator: /bin/bash: Permission denied' "$out/err")"
# The client's word for it must not widen the list for something else.
for line in "$sftp_server; cat /home/alice/secret" \
	"cat /home/alice/secret # $sftp_server" "internal-sftp && id" \
	"$sftp_server-not"; do
	"${SSH[@]}" -n asked "$line" >"$out/log" 2>"$out/err"
	check_eq "asked for $line" "126 0" "$? $(wc -c <"$out/log")"
done
check_match "a directory that is not there is named" \
	'^incubator: landlock: /srv/none: No such file' \
	"$("$INCUBATOR" --local-user alice --sftp --landlock-rw /srv/none \
		</dev/null 2>&1)"
# Of two, one to read.
install -d /srv/shared
echo shared >/srv/shared/file
server_key both "exec $INCUBATOR --local-user alice --sftp --landlock-rw $box \
--landlock-ro /srv/shared" </dev/null
one both "get /srv/shared/file $out/shared"
check_eq "--landlock-ro beside it is read" "0 shared" \
	"$? $(cat "$out/shared")"
one both "put $out/data /srv/shared/new"
check_eq "and not written" 1 $?

# sshfs, if this machine can mount such a thing at all.
if ! need sshfs; then
	skip "sshfs in the directory" "there is no sshfs"
	finish
fi
[ -e /dev/fuse ] || mknod /dev/fuse c 10 229
server_plain alice
# mounted HOST PATH
mounted() {
	timeout 10 sshfs -F "$BED/ssh_config" "$1:$2" /mnt >"$out/log" 2>&1
}
if ! mounted plain-alice /home/alice || ! umount /mnt; then
	skip "sshfs in the directory" "FUSE: $(head -n 1 "$out/log")"
	finish
fi
for host in own root; do
	mounted "$host" "$box"
	check_eq "sshfs mounts the directory, $host" 0 $? "$host"
	mkdir /mnt/dir
	cp "$out/data" /mnt/dir/data
	mv /mnt/dir /mnt/sub/dir
	check_same "sshfs writes and renames there, $host" "$out/data" \
		"$box/sub/dir/data"
	cat /mnt/home/secret /mnt/sub/root/etc/shadow >"$out/log" 2>&1
	check_eq "and is in its own place only, $host" "0" \
		"$(grep -c '^secret' "$out/log")"
	rm -r /mnt/sub/dir
	umount /mnt
	# The root can be mounted; the names in it lead nowhere.
	mounted "$host" /
	check_eq "sshfs of / shows nothing, $host" "no no inside" "$(
		[ -n "$(ls /mnt 2>/dev/null)" ] && echo yes || echo no) $(
		cat /mnt/home/alice/secret /mnt/etc/shadow >/dev/null 2>&1 &&
			echo yes || echo no) $(cat "/mnt$box/file")"
	umount /mnt
done

finish

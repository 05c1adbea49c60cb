#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What passwd's home and shell make of a session, the odd ones too.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out

# Home is entered after the drop: root could enter lockedhome, its user
# cannot, and the session begins in "/" with a line that says so.
for user in nohome lockedhome; do
	case $user in
	nohome) reason="No such file or directory" ;;
	*) reason="Permission denied" ;;
	esac
	servers "$user"
	for host in "plain-$user" "own-$user" "root-$user"; do
		"${SSH[@]}" -n "$host" 'pwd; echo $HOME; exit 4' \
			>"$out/1" 2>"$out/2"
		check_eq "$user: in / with status 4, $host" \
			"4 / /home/$user" \
			"$? $(tr '\n' ' ' <"$out/1" | sed 's/ $//')" "$host"
		check_match "$user: a line on stderr says why, $host" \
			"/home/$user: $reason" "$(cat "$out/2")"
	done
	# Twice in shape A: sshd says it for its shell, we for ours.
	check_eq "$user: one line of ours, root" 1 \
		"$(grep -c '^incubator: ' "$out/2")"
done

# A shell that refuses is asked, and refuses in its own words.
servers barred shellless noshell trailing
for host in plain-barred root-barred; do
	"${SSH[@]}" -n "$host" "touch $out/ran" >"$out/1.$host" 2>&1
	echo $? >>"$out/1.$host"
	"${SSH[@]}" -T "$host" </dev/null >"$out/2.$host" 2>&1
	echo $? >>"$out/2.$host"
done
check_same "nologin refuses a command like at plain sshd" \
	"$out/1.plain-barred" "$out/1.root-barred" root-barred
check_same "nologin refuses a login like at plain sshd" \
	"$out/2.plain-barred" "$out/2.root-barred" root-barred
check_eq "nologin ran nothing" "no" \
	"$([ -e "$out/ran" ] && echo yes || echo no)"

# A shell that is not there is not replaced by another.
check_eq "missing shell: 127 and its name" \
	"127 incubator: /usr/bin/no-such-shell: No such file or directory" \
	"$(got=$("${SSH[@]}" -n root-shellless id 2>&1); echo "$? $got")" \
	root-shellless
check_match "shell with a space behind is another file" "^127 " \
	"$("${SSH[@]}" -n root-trailing id >/dev/null 2>&1; echo "$? ")"

# No shell at all is /bin/sh.
for host in plain-noshell own-noshell root-noshell; do
	check_eq "empty shell is /bin/sh, $host" "/bin/sh sh" \
		"$("${SSH[@]}" -n "$host" 'echo $SHELL $0')" "$host"
	check_eq "empty shell, as a login shell, $host" "-sh" \
		"$(echo 'echo $0' | "${SSH[@]}" -T "$host")" "$host"
done

# A shell of ours: by our name, by another name that is our file.
ln /usr/local/sbin/incubator /usr/local/bin/other-name
cp -a /home/incu /home/linked
add_user() {
	echo "$1:x:$2:$2::$3:$4" >>/etc/passwd
	echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
}
add_user linked 1101 /home/linked /usr/local/bin/other-name
add_user broker 1102 /home/bob /usr/bin/pty-broker
for user in incu linked broker; do
	server_root "$user"
	check_eq "$user: a shell of ours is replaced by /bin/sh" \
		"/bin/sh sh" \
		"$("${SSH[@]}" -n "root-$user" 'echo $SHELL $0')" "root-$user"
	server_root "$user" --login-shell /bin/bash
	check_eq "$user: ... or by --login-shell" "/bin/bash -bash" \
		"$(echo 'echo $SHELL $0' | "${SSH[@]}" -T "root-$user")" \
		"root-$user"
done
server_root incu --login-shell "$INCUBATOR"
check_eq "--login-shell is ourselves: /bin/sh" "-sh" \
	"$(echo 'echo $0' | "${SSH[@]}" -T root-incu)" root-incu
server_root alice --login-shell /bin/sh
check_eq "--login-shell changes nobody else's shell" "-bash" \
	"$(echo 'echo $0' | "${SSH[@]}" -T root-alice)" root-alice

# By that shell and no other: -c as its owner's shell takes it.
servers bob
for host in plain-bob own-bob root-bob; do
	# shellcheck disable=SC2016
	check_eq "a command by the user's own shell, $host" \
		"sh /bin/sh $(realpath /bin/sh)" \
		"$("${SSH[@]}" -n "$host" \
			'echo $0 $SHELL $(readlink /proc/$$/exe)')" "$host"
done

# The options that say what runs.
run() {
	"$INCUBATOR" --local-user alice "$@" </dev/null 2>&1
}
check_eq "-c runs by the shell" "bash" "$(run -c 'echo $0')"
check_eq "--cmd runs directly, with arguments" \
	"$(printf '<probe>\n<argv>\n<a b>\n<>')" \
	"$(run --cmd /bed/bin/probe -- argv 'a b' '' |
		sed '1s/.*probe>/<probe>/')"
check_eq "-- ARG runs directly, no shell looks at it" \
	"$(printf '</bed/bin/probe>\n<argv>\n<$HOME;id>\n<*>')" \
	"$(run -- /bed/bin/probe argv '$HOME;id' '*')"
check_eq "--shell runs a login shell, whatever the client asked" "-bash" \
	"$(echo 'echo $0' | SSH_ORIGINAL_COMMAND=id "$INCUBATOR" \
		--local-user alice --shell)"
check_eq "-- wins over what the client asked for" "mine" \
	"$(SSH_ORIGINAL_COMMAND=id run -- echo mine)"

# I12: -- ARG is looked up in the target's PATH by the target, never in
# root's: a directory of his own, and one that root had.
mkdir -p /srv/roots /usr/local/bin
printf '#!/bin/sh\necho roots\n' >/srv/roots/which-one
printf '#!/bin/sh\necho everybodys\n' >/usr/local/bin/which-one
chmod 0755 /srv/roots /srv/roots/which-one /usr/local/bin/which-one
check_eq "I12 looked up in the session's PATH, not in root's" "everybodys" \
	"$(PATH=/srv/roots:$PATH run -- which-one)"
mkdir -p /home/alice/bin
printf '#!/bin/sh\n/usr/bin/id -u\n' >/home/alice/bin/mine
chmod 0755 /home/alice/bin/mine
chown -R alice:alice /home/alice/bin
check_eq "I12 shape A looks in the PATH of its own login" "1001" \
	"$(setpriv --reuid 1001 --regid 1001 --init-groups env \
		PATH=/home/alice/bin "$INCUBATOR" -- mine </dev/null)"

# --version and --help go to stdout and succeed; nothing else does.
check_match "--version" '^0 incubator [0-9]' \
	"$(got=$("$INCUBATOR" -V); echo "$? $got")"
"$INCUBATOR" --help >"$out/help" 2>"$out/err"
check_eq "--help" "0 yes 0" "$? $(grep -q 'usage: incubator' "$out/help" &&
	echo yes) $(wc -c <"$out/err")"

finish

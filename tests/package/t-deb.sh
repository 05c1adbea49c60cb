#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What Debian's package installs, and what its scripts do.  Would have caught:
# a file that is missing, or that appears because "make install" has learnt
# something; one that others may write; a setuid bit; a conffile that an
# upgrade would overwrite; a socket that an upgrade stops, or that installation
# enables; a plain user who keeps purge from its work; a sample configuration
# with a line that counts, or with a mistake behind the "#".
# shellcheck disable=SC2317 # check calls the functions
set -u
# shellcheck source=tests/package/lib.sh
. "$TOP_SRCDIR/tests/package/lib.sh"

need_program dpkg-deb dpkg-buildpackage dh
need_package deb
deb=$(only_one "$packages/deb/ssh-incubator_*.deb") || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
dpkg-deb -x "$deb" "$work/root" && dpkg-deb -e "$deb" "$work/control" ||
	exit 1

# Mode, owner and name of each; where units are is the release's to say.
contents()
{
	dpkg-deb --fsys-tarfile "$deb" | tar -tvf - |
	    awk '{ print $1, $2, $6 }' |
	    sed -E 's, \./lib/systemd/, ./usr/lib/systemd/,; / \.\/(lib\/|)$/d' |
	    sort -k 3
}

# Nothing that gives a privilege, nothing that others may change.
harmless()
{
	! contents | grep -vE '^[-d]rw[x-]r-[x-]r-[x-] root/root '
}

# No line for sshd, and no script that changes modes or accounts.
own_places()
{
	! contents | grep -E 'sshd_config\.d|/etc/ssh/|/etc/pam\.d/sshd' &&
	    ! grep -nE 'chmod|chown|setcap|adduser|useradd|groupdel|statoverride' \
	    "$work"/control/{postinst,prerm,postrm}
}

same "the table of contents" \
    "$(grep -v '^#' "$TOP_SRCDIR/tests/package/contents.deb")" "$(contents)"
check "all is root's, nothing is setuid or writable for others" harmless
check "nothing is for sshd's own files, no script changes modes" own_places
same "the conffiles" "/etc/pam.d/ssh-incubator
/etc/ssh-incubator/incubator.conf" "$(cat "$work/control/conffiles")"

#
# The sample configuration
#
sample=$work/root/etc/ssh-incubator/incubator.conf
incubator=$work/root/usr/sbin/incubator
chmod 0755 "$work"

# A login as it is with this configuration.
comes_to()
{
	"$incubator" --config "$1" --local-user daemon --explain 2>&1 |
	    sed "s,$1,FILE,"
}

no_line_counts()
{
	: >"$work/empty.conf"
	! grep -vnE '^(#|$)' "$sample" && "$incubator" -t --config "$sample" &&
	    comes_to "$sample" | grep -q daemon &&
	    [ "$(comes_to "$sample")" = "$(comes_to "$work/empty.conf")" ]
}

# Every line behind a "#" without a blank.
sample_is_right()
{
	local key

	key=SHA256:$(printf 'A%.0s' {1..43})
	sed -E "s/^#([A-Z]|\t[A-Z])/\1/; s/SHA256:\.\.\./$key/" "$sample" \
	    >"$work/live.conf"
	grep -q '^Match' "$work/live.conf" &&
	    "$incubator" -t --config "$work/live.conf"
}

if [ "$(id -u)" = 0 ]; then
	check "the sample configuration has no line that counts" no_line_counts
	check "with its lines it would be a configuration" sample_is_right
else
	echo "SKIP the sample configuration: needs root, as its owner"
fi

#
# The scripts, with a log in place of systemd
#

# run_script SCRIPT ARGUMENT...: what it calls, in a place of its own where
# systemd runs.
run_script()
{
	# shellcheck disable=SC2016 # the inner shell's
	CALLS=$work/calls unshare -m sh -c '
		mount -t tmpfs none /run && mkdir -p /run/systemd/system &&
		PATH=$0:$PATH exec "$@"' "$work/stubs" \
	    "$work/control/$1" "${@:2}" >/dev/null 2>&1 || echo "ended with $?"
	cat "$work/calls" && : >"$work/calls"
}

# removed_with FILE LINE: which files are told of where that one has that line.
removed_with()
{
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -c '
		mount -t tmpfs -o mode=755 none /etc &&
		mount -t tmpfs -o mode=700 none /root &&
		mkdir -p "${2%/*}" && printf "%s\n" "$3" >"$2" &&
		"$1" remove' - "$work/control/prerm" "$1" "$2" 2>&1 |
	    sed 's/^ssh-incubator: \(.*\) names its programs: .*/\1/'
}

make_stubs()
{
	local program

	mkdir "$work/stubs" && : >"$work/calls"
	for program in systemctl systemd-sysusers deb-systemd-helper \
	    deb-systemd-invoke; do
		# shellcheck disable=SC2016 # the stub's
		# Nothing is enabled, as on a machine that never had it.
		printf '#!/bin/sh\necho "${0##*/} $*" >>"$CALLS"\n%s\n' \
		    'case "$*" in *enabled*|debian-installed*) exit 1 ;; esac' \
		    >"$work/stubs/$program"
		chmod 0755 "$work/stubs/$program"
	done
}

# purged_beside UID: is /run/ssh-incubator still there after a purge, while that
# user has a process of incubator's name?  cat(1) has it, and answers when it is
# that process.
purged_beside()
{
	# shellcheck disable=SC2016 # the inner shell's
	CALLS=/dev/null unshare -m bash -c '
		mount -t tmpfs -o mode=755 none /run &&
		mount -t tmpfs -o mode=755 none /usr/sbin &&
		mkdir /run/ssh-incubator && cp /bin/cat /usr/sbin/incubator ||
			exit
		coproc setpriv --reuid "$2" /usr/sbin/incubator
		echo >&"${COPROC[1]}" && read -r _ <&"${COPROC[0]}"
		PATH=$0:$PATH "$1" purge >/dev/null 2>&1
		[ ! -d /run/ssh-incubator ] && echo gone || echo there' \
	    "$work/stubs" "$work/control/postrm" "$1"
}

# deb-systemd-invoke starts what is enabled, and leaves alone what is not.
configured="systemd-sysusers ssh-incubator.conf
deb-systemd-helper debian-installed ssh-incubator.socket
deb-systemd-helper update-state ssh-incubator.socket
systemctl --system daemon-reload
deb-systemd-invoke start ssh-incubator.socket"

if unshare -m true 2>/dev/null; then
	make_stubs
	same "installation makes the group and enables nothing" \
	    "$configured" "$(run_script postinst configure '')"
	same "an upgrade stops nothing" "" \
	    "$(run_script prerm upgrade 9.9-1; run_script postrm upgrade 9.9-1)"
	same "and restarts nothing" \
	    "$configured" "$(run_script postinst configure 0.0.1-1)"
	same "removal stops the socket and nothing else" \
	    "deb-systemd-invoke stop ssh-incubator.socket
systemctl --system daemon-reload" \
	    "$(run_script prerm remove; run_script postrm remove)"
	for line in "ForceCommand exec /usr/bin/env-filter --accept X" \
	    "	subsystem sftp /usr/sbin/incubator --sftp" \
	    "Match User a
	ForceCommand \"/usr/bin/pty-broker\"" \
	    "ForceCommand=agent-forwarder" \
	    "ForceCommand /bin/sh -c '/usr/bin/pty-broker'" \
	    "ForceCommand /usr/sbin/incubator; true"; do
		for file in sshd_config sshd_config.d/x.conf; do
			same "removal tells of ${line##*$'\n'} in $file" \
			    "/etc/ssh/$file" \
			    "$(removed_with "/etc/ssh/$file" "$line")"
		done
	done
	file=/root/.ssh/authorized_keys
	same "... and of root's key" "$file" "$(removed_with "$file" \
	    'restrict,pty,command="exec /usr/sbin/incubator" ssh-ed25519 A b')"
	same "... and of a login shell" passwd "$(removed_with /etc/passwd \
	    "a:x:1000:1000::/home/a:/usr/bin/pty-broker")"
	for line in "" "# ForceCommand /usr/sbin/incubator" \
	    "AllowUsers incubator" "Match User incubator" \
	    "ForceCommand /etc/ssh-incubator/run"; do
		same "... and of nothing else: $line" "" \
		    "$(removed_with /etc/ssh/sshd_config "$line")"
	done
	same "... in passwd either" "" "$(removed_with /etc/passwd \
	    "incubator:x:1000:1000:incubator:/home/incubator:/bin/sh")"
	# Its keeper closes it by what is there.
	same "purge leaves a session what it needs" there "$(purged_beside 0)"
	same "but not for whoever has a process of that name" gone \
	    "$(purged_beside 65534)"
else
	echo "SKIP the scripts: may not make namespaces here"
fi
exit $status

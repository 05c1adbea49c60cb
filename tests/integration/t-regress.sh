#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# OpenSSH's own regression scripts with our ForceCommand in every sshd_config
# that they use.  They mostly sleep, so all run at once, each in a copy.
# Not among them: envpass, which passes variables that an environment built
# from nothing does not take (I5), and those that set a ForceCommand of their
# own.
#
#	t-regress.sh [all]	the two that sleep for half a minute as well

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

regress=/usr/lib/openssh/regress
[ -f "$regress/test-exec.sh" ] ||
	skip_all "Debian's package openssh-tests is not installed"
need sudo || skip_all "sudo is not installed"
out=$BED/out
sftp_server=$(sed -n 's/^Subsystem sftp //p' "$BED/conf/base")
port=4300

# The scripts, and keys for all of them, which are what takes the time.
mkdir /tmp/regress
cp -a "$regress"/*.sh /tmp/regress/
find "$regress" -maxdepth 1 -type f ! -name '*.*' \
	-exec ln -s {} /tmp/regress/ \;
ln -s "$regress/config.h" /tmp/regress/
for type in $(ssh -Q key-plain | grep -v ^sk); do
	ssh-keygen -q -N '' -t "$type" -f "/tmp/regress/$type" &
done
wait

# prepare NAME OWNER: a copy of it all.
prepare() {
	cp -a /tmp/regress "/tmp/$1"
	chown -R "$2:$2" "/tmp/$1"
	# Shape B's copies are written by the target.
	chmod 0777 "/tmp/$1"
}

# regress_case SCRIPT USER COMMAND
regress_case() {
	local script=$1 user=$2 dir=/tmp/$1.$2

	prepare "$script.$user" "$user"
	port=$((port + 1))
	(
		cd "$dir" && timeout 120 setpriv --reuid "$user" \
			--regid "$user" --init-groups env -i PATH="$PATH" \
			HOME="$(getent passwd "$user" | cut -d: -f6)" \
			USER="$user" LOGNAME="$user" SHELL=/bin/bash \
			SUDO="$([ "$user" = root ] || echo sudo)" \
			TEST_SHELL=sh TEST_SSH_SSH=ssh \
			TEST_SSH_SSHD=/usr/sbin/sshd TEST_SSH_PORT=$port \
			TEST_SSH_SFTPSERVER="$sftp_server" \
			TEST_SSH_UNSAFE_PERMISSIONS=1 \
			TEST_SSH_SSHD_CONFOPTS="$(printf '%s\n' \
				"ForceCommand exec $3" \
				"KexAlgorithms curve25519-sha256")" \
			OBJ="$dir" BUILDDIR="$dir" \
			sh test-exec.sh "$dir" "$dir/$script.sh"
		echo "status $?"
	) </dev/null >"$out/$script.$user" 2>&1 &
}

mark_log
own="exit-status-signal transfer yes-head stderr-after-eof scp3 authinfo"
root="exit-status-signal transfer yes-head stderr-after-eof"
expected=30
if [ "${1:-}" = all ]; then
	own+=" exit-status stderr-data"
	root+=" exit-status stderr-data"
	expected=60
fi
for script in $own; do
	regress_case "$script" alice "$INCUBATOR"
done
for script in $root; do
	regress_case "$script" root "$INCUBATOR --local-user alice"
done
wait
for log in "$out"/*.alice "$out"/*.root; do
	name=${log##*/}
	check_eq "OpenSSH's ${name%.*}, ForceCommand of ${name##*.}" \
		"status 0" "$(tail -n 1 "$log")"
	tail -n 1 "$log" | grep -qx 'status 0' ||
		tail -n 15 "$log" | sed 's/^/# regress: /'
done
# They did go through us, and not around.
opened=$(audit_lines | grep -c '^session opened: user=alice')
check "the scripts went through incubator ($opened sessions)" \
	test "$opened" -ge "$expected"

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The package is removed while sessions are open, installed again, and purged:
# sessions end properly, and the system is as if it had never been there.
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=packaged.sh
. "$(dirname "$0")/packaged.sh"
# shellcheck source=sessions.sh
. "$(dirname "$0")/sessions.sh"

pam=/etc/pam.d/ssh-incubator
socket=ssh-incubator.socket

# Every file of the system: name, type, mode, owner, and what is in it where
# somebody could have written ours into it.  Not what changes by itself: logs,
# states, caches, apt's and dpkg's own books (their triggers and lists; what
# they remember of a package is looked at below), homes.
# shellcheck disable=SC2016 # the shell there expands it
FILES='
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run \
	-o -path /tmp -o -path /var/tmp -o -path /root -o -path /home \
	-o -path /var/log -o -path /var/lib/apt -o -path /var/cache \
	-o -path /var/lib/dpkg -o -path /var/lib/systemd/timers \
	-o -path /etc/ld.so.cache -o -path /var/lib/wtmpdb \
	-o -path /var/lib/lastlog \) -prune -o -printf "%p %M %u %g %l\n"
find /run/ssh-incubator /run/systemd/system /run/systemd/transient \
	-name "*incubator*" 2>/dev/null
find /var/lib/dpkg /var/cache /var/lib/systemd -name "*incubator*"
find /etc -xdev -type f ! -name "*-" ! -name ld.so.cache \
	-exec sha256sum {} +
'
files() {
	inside sh -c "$FILES" | sort
}

"${SSH[@]}" carol true </dev/null
check "before: nobody is in" wait_for 60 no_session_of carol
files >"$BED/out/files"
inside dpkg --get-selections >"$BED/out/selections"

install_package
ways_in
inside systemctl -q enable --now "$socket"
echo "# ours" >>"$ROOT$CONFIGURATION"
echo "# ours" >>"$ROOT$pam"
cp "$ROOT$CONFIGURATION" "$BED/out/conf"
cp "$ROOT$pam" "$BED/out/pam"

# Would have caught sessions that are killed with the package, or that need
# one of its files for their end.
all_come
check_apt "remove" remove ssh-incubator
check "remove: a line in sshd_config is told of" \
	grep -q '^ssh-incubator: /etc/ssh/.* names its programs' "$BED/out/apt"
for program in sbin/incubator bin/env-filter bin/pty-broker \
	bin/agent-forwarder libexec/ssh-incubator; do
	check "remove: /usr/$program is gone" test ! -e "$ROOT/usr/$program"
done
check_same "remove: incubator.conf is there" "$BED/out/conf" \
	"$ROOT$CONFIGURATION"
check_same "remove: the PAM file is there" "$BED/out/pam" "$ROOT$pam"
check_eq "remove: nothing of ours listens" '' \
	"$(listening | grep incubator/service)"
check_eq "remove: no unit has failed" '' "$(units_failed)"
check_eq "remove: carol comes in" carol "$("${SSH[@]}" carol id -un </dev/null)"
check_eq "remove: dora, whose line is still there, does not" 127 \
	"$("${SSH[@]}" dora id >/dev/null 2>&1 </dev/null; echo $?)"
all_go_on "remove"
all_leave "remove"

# Would have caught units that stay masked, a group that is made twice, and
# conffiles that are taken for new.
package=$(inside sh -c 'ls /root/package/ssh-incubator_*.deb')
check_apt "back" install -o Dpkg::Options::=--force-confdef \
	-o Dpkg::Options::=--force-confold "$package"
check_same "back: incubator.conf is as it was" "$BED/out/conf" \
	"$ROOT$CONFIGURATION"
check_same "back: the PAM file is as it was" "$BED/out/pam" "$ROOT$pam"
check "back: the socket can be enabled" \
	inside systemctl enable --now "$socket"
all_come
all_go_on "back"
all_leave "back"

# README, "Removing it": first the lines, then the package.
no_ways_in
inside systemctl -q disable --now "$socket"
check_apt "purge" purge ssh-incubator
check_eq "purge: carol comes in" carol "$("${SSH[@]}" carol id -un </dev/null)"
check_eq "purge: so does dora" dora "$("${SSH[@]}" dora id -un </dev/null)"
check_eq "purge: no unit has failed" '' "$(units_failed)"
# The group stays, as Debian keeps what may own files.
check_match "purge: the group" '^ssh-incubator:' \
	"$(inside getent group ssh-incubator)"
inside groupdel ssh-incubator
check_apt "purge: what it needed" autoremove --purge
check "purge: nobody is in" wait_for 60 no_session_of carol
check "purge: nobody is in" wait_for 60 no_session_of dora
inside dpkg --get-selections >"$BED/out/selections.after"
check_same "purge: the same packages" "$BED/out/selections" \
	"$BED/out/selections.after"
files >"$BED/out/files.after"
check_same "purge: nothing is left" "$BED/out/files" "$BED/out/files.after"
finish

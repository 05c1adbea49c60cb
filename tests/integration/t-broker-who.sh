#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What who(1) knows of a session of pty-broker's, whose user has no privilege:
# by the helper of libutempter, where that is installed.

. "$(dirname "$0")/lib.sh"

out=$BED/out
for program in who last pgrep; do
	need "$program" || skip_all "no $program"
done
helper=$(find /usr/lib /usr/lib64 /usr/libexec -path '*/utempter/utempter' \
	-type f 2>/dev/null | head -n 1)
[ -n "$helper" ] || skip_all "no libutempter"
[ -g "$helper" ] || skip_all "$helper is not setgid"
[ "$(stat -c %g "$helper")" = "$(stat -c %g /run/utmp)" ] ||
	skip_all "the group of $helper is not that of utmp here"
server_plain alice

# as_alice ARGS...: a login of hers without a terminal.
as_alice() {
	"${SSH[@]}" -q plain-alice "$PTY_BROKER" "$@"
}
# Line and rest of each who is here by pty-broker.
who_is() {
	who | awk '$1 == "alice" && /pty-broker/ { print $2, $NF }'
}
is_here() {
	[ "$(who_is)" = "$1" ]
}
nobody() {
	[ -z "$(who_is)" ]
}

# Would have caught a session that nobody sees, one that is seen by the pid of
# a child and so for a moment only, and an entry that outlives it.
as_alice new work -- sh -c "'tty >$out/tty; exec sleep 4801'"
check "it says where it is" wait_for 20 test -s "$out/tty"
read -r tty <"$out/tty"
line=${tty#/dev/}
check "who shows the session" wait_for 20 is_here "$line (pty-broker)"
check_eq "by the process of the session" \
	"$(pgrep -u alice -f '^pty-broker-session work ')" \
	"$(who -u | awk -v line="$line" '$2 == line { print $(NF - 1) }')"
as_alice kill work
check "and nobody afterwards" wait_for 20 nobody
logged_out() {
	last -w alice | grep -Eq "^alice +$line +pty-broker .* - "
}
check "last knows of it, ended" wait_for 20 logged_out

# Would have caught a name in who's list that belongs to nobody.
as_alice new other -- sleep 4802
check "another one" wait_for 20 eval '! nobody'
pkill -KILL -u alice -f '^pty-broker-session other '
check "killed, and not shown" wait_for 20 nobody
# and a name that is taken for ever by what it left
check_eq "the next of that name" 0 \
	"$(as_alice new other -- sleep 4803 >/dev/null 2>&1; echo $?)"
check "is shown" wait_for 20 eval '! nobody'
check_eq "once" 1 "$(who_is | wc -l)"
as_alice kill other
check "and gone" wait_for 20 nobody

# Would have caught a session that cannot be made, or cannot end, because of a
# helper that hangs.
printf '#!/bin/sh\nexec sleep 4804\n' >"$out/hangs"
chmod 0755 "$out/hangs"
mount --bind "$out/hangs" "$helper"
check_eq "a helper that hangs: made" 0 \
	"$(as_alice new work -- sleep 4805 >/dev/null 2>&1; echo $?)"
check_eq "a helper that hangs: ended" 0 \
	"$(as_alice kill work >/dev/null 2>&1; echo $?)"
check "a helper that hangs: it is gone" wait_for 20 eval \
	'! pgrep -u alice -f "sleep 480[45]" >/dev/null'
umount "$helper"

# And without it.
mount -t tmpfs tmpfs "${helper%/*}"
check_eq "no helper: made" '' "$(as_alice new work -- sleep 4806 2>&1)"
check "no helper: nobody is shown" nobody
check_eq "no helper: ended" '' "$(as_alice kill work 2>&1)"
umount "${helper%/*}"
finish

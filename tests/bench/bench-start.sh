#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How long root takes to start a program as another user: incubator beside
# runuser and su, all three with incubator's PAM stack, in turn.
#
#	bench-start.sh [ROUNDS]

# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

rounds=${1:-200}
need runuser || skip_all "runuser is not installed"
need su || skip_all "su is not installed"

# The same stack for all.
cp /etc/pam.d/ssh-incubator /etc/pam.d/runuser
cp /etc/pam.d/ssh-incubator /etc/pam.d/su

echo "start of /bin/true as another user, $rounds rounds in turn"
/bed/bin/alternate "$rounds" \
	"runuser" runuser -u alice '\--' /bin/true -- \
	"su" su -s /bin/true alice -- \
	"incubator" "$INCUBATOR" --local-user alice '\--' /bin/true -- \
	"incubator -c (by the shell)" \
	"$INCUBATOR" --local-user alice -c /bin/true -- \
	"runuser -c (by the shell)" runuser alice -c /bin/true -- \
	"setpriv (no PAM, no session)" setpriv --reuid 1001 --regid 1001 \
	--init-groups /bin/true |
	tee "$BED/out/table"
[ "${PIPESTATUS[0]}" = 0 ] || fail "bench-start" "a command failed"

# runuser leaves account management out (CVE-2006-7108 is what that was).
for ((i = 0; i < rounds; i++)); do
	/bed/bin/acctmgmt ssh-incubator alice
done | sort -n >"$BED/out/acct"
awk -v acct="$(sed -n "$((rounds / 2))p" "$BED/out/acct")" '
	/^runuser  / { clock = $2; cpu = $6 }
	/^incubator  / { our_clock = $2; our_cpu = $6 }
	END {
		printf "pam_acct_mgmt, which runuser skips: %.2f ms\n", acct
		printf "incubator to runuser plus that call: %.3f, cpu %.3f\n",
		    our_clock / (clock + acct), our_cpu / (cpu + acct)
	}' "$BED/out/table"
pass "bench-start"
finish

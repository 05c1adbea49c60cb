# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the scripts about the service share, after lib.sh: its configuration,
# who came, and what is left of sessions.

# service_conf <TEXT: what the service goes by.
service_conf() {
	mkdir -p "$ROOT${CONFIGURATION%/*}"
	cat >"$ROOT$CONFIGURATION"
}

# All who come by the account are alice.
service_alice() {
	service_conf <<-'END'
		Match Caller gateway
			LocalUser alice
	END
}

# The line of contrib/pam.d/sshd-record-auth, where that says it belongs.
record_auth() {
	local file=$ROOT/etc/pam.d/sshd line

	! grep -q -- --record-auth "$file" || return
	line=$(grep '^session' "$BED_SRC/contrib/pam.d/sshd-record-auth")
	sed -i "/^session.*pam_loginuid/a ${line//$'\t'/\\t}" "$file"
}
BED_SRC=$TOP_SRCDIR

# What sessions leave behind, a line each with its kind: nothing, if all is as
# it was.  The managers of the users stay a while.
# shellcheck disable=SC2016 # the shell there expands it
LEFT='
loginctl list-sessions --no-legend | while read -r id _ user _; do
	case $(loginctl show-session "$id" -p Class --value) in
	""|manager*) ;;
	*) echo "session $id $user" ;;
	esac
done
systemctl list-units --no-legend --plain --all "ssh-incubator@*" \
	"ssh-incubator-clean-up@*" "session-*.scope" "ssh-incubator-*.scope" | sed "s/^/unit /"
systemctl list-units --no-legend --plain --failed | sed "s/^/failed /"
find "$1/sessions" "$1/auth" -type f ! -name .lock 2>/dev/null |
	sed "s/^/record /"
who | sed "s/^/utmp /"
find /dev/pts -name "[0-9]*" | sed "s/^/pty /"
ps -e -o user:16=,pid=,args= | grep -E "^($2) |incubator" |
	grep -vE "systemd --user|\(sd-pam\)|dbus-daemon|grep |sh -c" |
	sed "s/^/process /"
grep -F "$1/service.sock" /proc/net/unix | sed -e 1d -e "s/^/socket /"
! command -v wtmpdb >/dev/null ||
	wtmpdb last | sed -n "s/.*still logged in/wtmpdb &/p"
'
LEFT_USERS='alice|bob|gateway'
left() {
	inside sh -c "$LEFT" left "$RUN_PATH" "$LEFT_USERS"
}
nothing_left() {
	[ -z "$(left)" ]
}
# check_nothing NAME: and what there is, is told.
check_nothing() {
	if wait_for 90 nothing_left; then
		pass "$1: nothing is left"
	else
		fail "$1: nothing is left" "$(left)"
		show_journal 20
	fi
}

# check_logged NAME REGEX: a line since "mark_log" matches.  A message may still
# be on its way when its sender has ended.
check_logged() {
	local name=$1 regex=$2

	logged() {
		[[ $(audit_lines) =~ $regex ]]
	}
	if wait_for 60 logged; then
		pass "$name"
	else
		fail "$name" "expected <$regex>, got <$(audit_lines)>"
	fi
}

# Who is logged in by whom, for those who come by the gateway: "alice pts/0".
who_is() {
	inside who | awk '{ print $1, $2 }' | sort
}

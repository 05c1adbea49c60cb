# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the scripts that need a booted system share.  A script sources this
# first; by itself it runs on both systems, one after the other.
#
# Set by bed.sh: SUITE; INCUBATOR, CONFIGURATION and RUN_PATH, paths of the
# system; ROOT, its root directory as we see it; ADDRESS.  The client and the
# scripts are outside, on 10.9.9.1.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -z "${SYSTEM_BED:-}" ]; then
	status=77
	for suite in bookworm trixie; do
		"$here/bed.sh" "$suite" "$0"
		result=$?
		[ "$result" -eq 77 ] || [ "$status" -eq 1 ] || status=$result
		[ "$result" -eq 77 ] || [ "$result" -eq 0 ] || status=1
	done
	exit "$status"
fi

# PASS, FAIL and SKIP, check_*, wait_for, on_tty: as in the other scripts.
# shellcheck source=../integration/lib.sh
. "$here/../integration/lib.sh"
RESULTS=$BED/out/results.$SCRIPT
: >"$RESULTS"
# Longer, for PAM, logind and a manager of the user's that has to start first.
SSH=(timeout --foreground 60 "${RAW_SSH[@]}")

# inside COMMAND...: as root in the system, in no session of it.
inside() {
	"$here/inside" "$@"
}

# forced NAME COMMAND: a key of root's that forces the command, and a host NAME
# for it.
forced() {
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$BED/keys/$1"
	printf 'restrict,pty,command="%s" %s\n' "${2//\"/\\\"}" \
		"$(cat "$BED/keys/$1.pub")" >>"$ROOT/etc/ssh/keys/root"
	printf 'Host %s\nUser root\nIdentityFile %s\n' "$1" "$BED/keys/$1" \
		>"$BED/hosts/$1"
}

# The ways in.  ARGS: options of ssh and the command, which may both stand
# behind the host.
# ssh_plain USER [ARGS...]: sshd alone.
ssh_plain() {
	"${SSH[@]}" "plain-$1" "${@:2}"
}

# ssh_gw [ARGS...]: the account gateway, whose ForceCommand is the front.
ssh_gw() {
	"${SSH[@]}" gw "$@"
}

# ssh_root_mapped [ARGS...]: root's login, whose key makes it alice's session.
ssh_root_mapped() {
	[ -e "$BED/hosts/root-alice" ] || forced root-alice \
		"exec $INCUBATOR --local-user alice --remote-user anna"
	"${SSH[@]}" root-alice "$@"
}

# The names of a user's sessions that logind knows, one a line; not that of his
# manager, which newer versions call a session too.
sessions_of() {
	local session

	for session in $(inside loginctl list-sessions --no-legend |
		awk -v user="$1" '$3 == user { print $1 }'); do
		case "$(session_property "$session" Class)" in
		''|manager*) ;;
		*) echo "$session" ;;
		esac
	done
}

# session_property SESSION NAME
session_property() {
	inside loginctl show-session "$1" -p "$2" --value
}

no_session_of() {
	[ -z "$(sessions_of "$1")" ]
}

# hold HOST [ARGS...]: a client in the background, HELD, that stays until
# "release": its input is open, its output in $BED/out/held.  Waits until the
# word "ready" came.
hold() {
	rm -f "$BED/out/hold"
	mkfifo "$BED/out/hold"
	: >"$BED/out/held"
	"${RAW_SSH[@]}" "$@" <"$BED/out/hold" >"$BED/out/held" 2>&1 &
	HELD=$!
	exec 8>"$BED/out/hold"
	wait_for 60 grep -q '^ready' "$BED/out/held" ||
		fail "$1: the session begins" "$(cat "$BED/out/held")"
}

# release [TEXT]: sends it, closes the input, and returns the status; 124 when
# the client does not end.
release() {
	# The client may be gone, and its status is what counts.
	[ $# -eq 0 ] || (trap '' PIPE && printf '%s' "$1" >&8) 2>/dev/null
	exec 8>&-
	wait_for 60 ended "$HELD" || {
		kill -KILL "$HELD"
		return 124
	}
	# bash would tell who was killed.
	wait "$HELD" 2>/dev/null
}

# Has a child of ours ended?  It is a zombie until it is waited for.
ended() {
	case "$(ps -o stat= -p "$1")" in
	''|Z*) ;;
	*) return 1 ;;
	esac
}

# held_value NAME: of the lines NAME=VALUE that the client printed.
held_value() {
	sed -n "s/^$1=//p" "$BED/out/held" | tr -d '\r'
}

# The lines of incubator's that went to AUTHPRIV since "mark_log".
# Counted, for journalctl 252 passes over the first line that matches behind a
# cursor.
mark_log() {
	LOG_MARK=$(all_audit_lines | wc -l)
}

audit_lines() {
	all_audit_lines | tail -n "+$((LOG_MARK + 1))"
}

all_audit_lines() {
	inside journalctl --sync
	inside journalctl -q -o cat SYSLOG_IDENTIFIER=incubator \
		SYSLOG_FACILITY=10
}

# A server log as the other scripts have one is in the journal here.
show_journal() {
	inside journalctl -q -n "${1:-20}" -o short-monotonic |
		sed 's/^/# journal: /'
}

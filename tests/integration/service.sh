# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What scripts about the service share, after lib.sh: the account "gateway",
# whose every login is a front, and a listener that starts the service.

SERVICE_SOCKET=/run/ssh-incubator/service.sock

# service_start [MAX]: accept, as systemd would, and run "incubator --service".
service_start() {
	mkdir -p "${SERVICE_SOCKET%/*}"
	"$BED/bin/acceptd" "$SERVICE_SOCKET" 1021 "${1:-64}" \
		"$INCUBATOR" --config "$BED/conf/incubator" --service
}

# service_conf <TEXT: what the service goes by.
service_conf() {
	cat >"$BED/conf/incubator"
}

# gateway NAME [LINE...]: host NAME, with these lines in its sshd_config.
gateway() {
	gateway_of gateway "exec $INCUBATOR --front" "$@"
}

# gateway_of ACCOUNT COMMAND NAME [LINE...]: one of another account's, or with
# something before the front.
gateway_of() {
	local account=$1 command=$2 name=$3

	shift 3
	printf '%s\n' "ForceCommand $command" \
		"DisableForwarding yes" "PermitUserRC no" "$@" |
		server "$name" "$account"
}

# gateway_account NAME UID: one more account that may ask the service.
gateway_account() {
	add_user "$1" "$2" 1020 /var/lib/gateway /bin/sh
	sed -i "s/^ssh-incubator:.*/&,$1/" /etc/group
}
add_user() {
	echo "$1:x:$2:$3::$4:$5" >>/etc/passwd
	echo "$1:*:19000:0:99999:7:::" >>/etc/shadow
}

# The processes of ours that serve the account's logins: its fronts, and the
# services of all.
fronts() {
	pgrep -u "${1:-gateway}" -x incubator
}
services() {
	pgrep -u root -x incubator
}
no_incubator() {
	! pgrep -x incubator
}
none_of_alice() {
	! pgrep -u alice
}
runs() {
	pgrep -f -x "sleep $1"
}
gone() {
	! pgrep -f -x "sleep $1"
}

# descriptors_of PID: what they are, in order, without their numbers.
descriptors_of() {
	local fd

	for fd in $(find "/proc/$1/fd" -type l -printf '%f\n' | sort -n); do
		readlink "/proc/$1/fd/$fd"
	done | sed -e 's/^\(socket\|pipe\):.*/\1/' \
		-e 's/^anon_inode:\[*\([a-z]*\).*/\1/' | tr '\n' ' ' |
		sed 's/ $//'
}

# as_gateway COMMAND...: a process of the gateway's that is in no login; with
# BY_GATEWAY before it a command is one itself, and has the pid of a "&".
BY_GATEWAY=(setpriv --reuid 1020 --regid 1020 --init-groups)
as_gateway() {
	"${BY_GATEWAY[@]}" "$@"
}

# raw WORD...: that writes to the socket by itself, see tools/rawfront.c, and
# passes pipes on.  Prints what comes back, and what a session writes.
raw() {
	as_gateway timeout 60 "$BED/bin/rawfront" "$SERVICE_SOCKET" "$@" \
		</dev/null 2>&1 | cat
}

btmp_size() {
	stat -c %s /var/log/btmp
}

# refused NAME REASON COMMAND...: status 255, one line on standard error that
# matches the regular expression, nothing on standard output; one line in the
# log, one record in btmp, and no session.  A record has the size of the first
# one, which refused_begin made.
refused() {
	local name=$1 reason=$2 problems="" status before

	shift 2
	mark_log
	before=$(btmp_size)
	"$@" </dev/null >"$BED/out/1" 2>"$BED/out/2"
	status=$?
	[ "$status" = 255 ] || problems+="status $status; "
	[ "$(wc -l <"$BED/out/2")" = 1 ] || problems+="not one line; "
	grep -Eq "^incubator: $reason" "$BED/out/2" ||
		problems+="another reason; "
	[ ! -s "$BED/out/1" ] ||
		problems+="wrote to stdout: $(cat "$BED/out/1"); "
	audit_lines >"$BED/out/audit"
	[ "$(grep -c '^refused: ' "$BED/out/audit")" = 1 ] ||
		problems+="audit: $(cat "$BED/out/audit"); "
	! grep -q '^session opened' "$BED/out/audit" ||
		problems+="a session was opened; "
	[ $(($(btmp_size) - before)) = "$REFUSED_RECORD" ] ||
		problems+="btmp grew by $(($(btmp_size) - before)); "
	if [ -z "$problems" ]; then
		pass "refused: $name"
	else
		fail "refused: $name" "$problems$(cat -v "$BED/out/2")"
	fi
}

# The service must refuse this COMMAND: to learn what btmp's records are like.
refused_begin() {
	local before

	before=$(btmp_size)
	"$@" </dev/null >/dev/null 2>&1
	REFUSED_RECORD=$(($(btmp_size) - before))
}

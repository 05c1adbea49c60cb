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
	local name=$1

	shift
	printf '%s\n' "ForceCommand exec $INCUBATOR --front" \
		"DisableForwarding yes" "PermitUserRC no" "$@" |
		server "$name" gateway
}

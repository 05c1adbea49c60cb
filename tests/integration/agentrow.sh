# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Hosts in a row, each of which forwards to the next: as root, whom sshd lets
# be a server by itself.  Each has a key of its own, and a certificate if there
# is one.  A script sources this after lib.sh, with the hosts in "row" and the
# public key that may log in in "signer"; there are two of each host: "plain",
# and "fwd" with agent-forwarder.  What is known of them is in $out/known.
# shellcheck disable=SC2154 # out, keys, and those two

# shellcheck disable=SC2154  # they are the script's
for host in $row; do
	[ -f "$keys/host-$host" ] || ssh-keygen -q -t ed25519 -N '' \
		-C "$host" -f "$keys/host-$host"
done
cp "$signer" "$BED/auth/row"
row_server() {
	local kind=$1 command=$2 host

	for host in $row; do
		cat >"$BED/conf/$kind-$host" <<-END
			HostKey $keys/host-$host
			$([ ! -f "$keys/host-$host-cert.pub" ] ||
				echo "HostCertificate $keys/host-$host-cert.pub")
			AuthorizedKeysFile $BED/auth/row
			StrictModes no
			UsePAM no
			PermitRootLogin yes
			PidFile none
			$command
		END
	done
}
row_server plain ""
row_server fwd "ForceCommand exec $AGENT_FORWARDER"
for host in $row; do
	printf '%s %s\n' "$host" "$(cat "$keys/host-$host.pub")"
done >"$out/known"
for kind in plain fwd; do
	for host in $row; do
		cat <<-END
			Host $host
				HostKeyAlias $host
				ProxyCommand /usr/sbin/sshd -i \
					-f $BED/conf/$kind-$host -E $BED/log/$kind-$host
		END
	done | sed -z 's/\\\n[ \t]*//g' >"$out/$kind.ssh"
	cat >>"$out/$kind.ssh" <<-END
		Host *
			User root
			UserKnownHostsFile $out/known
			StrictHostKeyChecking yes
			BatchMode yes
			ForwardAgent yes
			IdentityFile none
			LogLevel ERROR
			HostKeyAlgorithms ssh-ed25519
			KexAlgorithms curve25519-sha256
	END
done
# through KIND COMMAND [USER@]HOST...: run it at the end of them.
through() {
	local kind=$1 command=$2 line i

	shift 2
	line=$command
	for ((i = $#; i > 0; i--)); do
		line="ssh -F $out/$kind.ssh ${!i} $(printf %q "$line")"
	done
	timeout 60 sh -c "$line" </dev/null 2>&1
}

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# How long the output of an ssh -A session stands still while the agent asks
# its user for a signature and a second client comes: the longest pause
# between two of its lines, which are 10 ms apart, in ms, by sshd alone and with
# agent-forwarder.
#
#	bench-agentgap.sh [ROUNDS]

# shellcheck source=../integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=../integration/agents.sh
. "$(dirname "$0")/../integration/agents.sh"

rounds=${1:-5}
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"
ssh-keygen -q -t ed25519 -N '' -C one -f "$out/key"
chmod 0644 "$out/key.pub"
mkfifo -m 0666 "$out/pace"

# The user takes three seconds.
cat >"$out/askpass" <<-END
	#!/bin/sh
	: >"$out/asked"
	sleep 3
	: >"$out/answered"
	echo yes
END
chmod 0755 "$out/askpass"
DISPLAY=:0 SSH_ASKPASS=$out/askpass SSH_ASKPASS_REQUIRE=force real agent
SSH_AUTH_SOCK=$out/agent ssh-add -q -c "$out/key"
cat >"$out/program" <<-END
	cd "$out"
	echo text >/tmp/message
	ssh-keygen -q -Y sign -f key.pub -n test /tmp/message 2>/dev/null &
	until [ -e asked ]; do read -r -t 0.01 <>pace; done
	ssh-add -l >/dev/null &
	until [ -e answered ]; do
		echo tick
		read -r -t 0.01 <>pace
	done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo tick
		read -r -t 0.01 <>pace
	done
	wait
END
printf 'ForceCommand exec /bin/bash %s\n' "$out/program" | server alone alice
printf 'ForceCommand exec %s -- /bin/bash %s\n' "$AGENT_FORWARDER" \
	"$out/program" | server with alice

# gap HOST: in ms.
gap() {
	rm -f "$out"/{asked,answered} /tmp/message*
	SSH_AUTH_SOCK=$out/agent timeout 60 "${RAW_SSH[@]}" -A \
		-o IdentityAgent=SSH_AUTH_SOCK "$1" </dev/null 2>/dev/null |
		while read -r line; do
			[ "$line" != tick ] || echo "${EPOCHREALTIME/./}"
		done | awk '
		NR > 1 && $1 - last > longest { longest = $1 - last }
		{ last = $1 }
		END { printf "%d\n", longest / 1000 }'
}
for ((i = 0; i < rounds; i++)); do
	printf 'sshd alone %s ms, with agent-forwarder %s ms\n' \
		"$(gap alone)" "$(gap with)"
done
kill "$real"
pass "bench-agentgap"
finish

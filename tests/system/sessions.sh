# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A session of each kind that stays open while something is done to the
# package, after packaged.sh:
#
#	dora	her own account, by incubator (A)
#	anna	root's login, who is alice (B), with a terminal
#	gw	the same person by the service (C), with a terminal and without
#	tina	a shell that stays
#	arno	an agent at a path that stays

server=/etc/ssh/sshd_config
# What they were before.
KEPT=("$server" /etc/pam.d/sshd)

ways_in() {
	local file

	for file in "${KEPT[@]}"; do
		cp "$ROOT$file" "$BED/out/kept.${file##*/}"
	done
	ssh-keygen -q -t ed25519 -N '' -C anna -f "$BED/keys/anna"
	inside useradd --system --home-dir /var/lib/gateway --shell /bin/sh \
		--groups ssh-incubator gateway
	install -d -m 0755 "$ROOT/var/lib/gateway"
	install -d -m 0700 "$ROOT/root/.ssh"
	printf 'restrict,pty,command="%s" %s\n' \
		"exec $INCUBATOR --local-user alice --remote-user anna" \
		"$(<"$BED/keys/anna.pub")" >"$ROOT/root/.ssh/authorized_keys"
	cp "$BED/keys/anna.pub" "$ROOT/etc/ssh/gateway_keys"
	cat >>"$ROOT$server" <<-END
		Match User dora
			ForceCommand exec $INCUBATOR
		Match User tina
			ForceCommand exec /usr/bin/pty-broker attach main
		Match User arno
			ForceCommand exec /usr/bin/agent-forwarder --stable
		Match User gateway
			AuthorizedKeysFile /etc/ssh/gateway_keys
			ForceCommand exec $INCUBATOR --front
			DisableForwarding yes
		Match all
	END
	printf 'Match Caller gateway\n\tLocalUser alice\n' \
		>>"$ROOT$CONFIGURATION"
	record_auth
	printf 'Host %s\nIdentityFile %s\nUser %s\n' \
		anna "$BED/keys/anna" root gw "$BED/keys/anna" gateway \
		>"$BED/hosts/ways"
	reload_sshd "ways in"
	export SSH_AUTH_SOCK=$BED/out/agent
	[ -S "$SSH_AUTH_SOCK" ] ||
		ssh-agent -s -a "$SSH_AUTH_SOCK" >"$BED/out/agent.sh"
	ssh-keygen -q -t ed25519 -N '' -C work -f "$BED/keys/work"
	ssh-add -q "$BED/keys/work"
}

no_ways_in() {
	local file

	for file in "${KEPT[@]}"; do
		cat "$BED/out/kept.${file##*/}" >"$ROOT$file"
	done
	rm "$ROOT/root/.ssh/authorized_keys" "$ROOT/etc/ssh/gateway_keys"
	# Not while a manager of his ends.
	check "the account can go" wait_for 60 inside userdel gateway
	rmdir "$ROOT/var/lib/gateway"
	reload_sshd "no ways in"
}

with_agent=(-A -o IdentityAgent=SSH_AUTH_SOCK)

# Each says something when it is told to, and then leaves with a status.
all_come() {
	local name words

	# shellcheck disable=SC2016 # the shell there expands it
	words='echo re""ady; read -r word; echo "$word" it is $(id -un)
		read -r _; exit 3'
	comes dora dora "$words"
	comes anna -tt anna "$words"
	comes gw -tt gw "$words"
	comes pipe gw "$words"
	comes arno "${with_agent[@]}" arno \
		'echo re""ady; read -r _; ssh-add -l; read -r _; exit 3'
	comes tina -tt tina
	tell tina 'marker=still; echo re""ady'
	for name in dora anna gw pipe arno tina; do
		check_shows "$name comes in" "$name" 'ready'
	done
}

# all_go_on NAME
all_go_on() {
	local who

	for who in dora:dora anna:alice gw:alice pipe:alice; do
		tell "${who%:*}" word
		check_shows "$1: ${who%:*} goes on" "${who%:*}" \
			"^word it is ${who#*:}"
	done
	tell arno ''
	check_shows "$1: arno has his agent" arno ' work \(ED25519\)'
	# shellcheck disable=SC2016
	tell tina 'echo $marker the""re'
	check_shows "$1: tina's shell goes on" tina 'still there'
}

# comes_back NAME: to sessions of the older program by the newer one.
comes_back() {
	cut_off tina
	comes tina -tt tina
	# shellcheck disable=SC2016
	tell tina 'echo $marker back""again'
	check_shows "$1: tina's shell is there on return" tina \
		'still backagain'
	check_match "$1: arno's agent is there for his next login" work \
		"$("${SSH[@]}" "${with_agent[@]}" arno ssh-add -l \
			</dev/null 2>&1)"
}

# all_leave NAME: with the status of what they ran; and nothing stays.
all_leave() {
	local who

	for who in dora anna gw pipe arno; do
		tell "$who" ''
		leaves "$who"
		check_eq "$1: $who ends" 3 $?
	done
	tell tina 'exit 5'
	leaves tina
	check_eq "$1: tina ends" 5 $?
	# It would stay on purpose.
	inside pkill -u arno -x agent-forwarder
	# What sshd's PAM line writes at the beginning it removes at the end,
	# and without its program cannot; later logins would, or "purge".
	[ -x "$ROOT$INCUBATOR" ] || rm -f "$ROOT$RUN_PATH"/auth/[0-9]*
	check_nothing "$1"
	[ ! -x "$ROOT$INCUBATOR" ] ||
		check_eq "$1: incubator --sessions has nobody" '' \
			"$(inside "$INCUBATOR" --sessions | tail -n +2)"
}

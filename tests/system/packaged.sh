# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the scripts about the package share, after lib.sh and service.sh.
# People: carol, about whom nothing is ever configured; alice, who has no key
# of her own; dora, sven, tina and arno, for one use each.

# shellcheck source=readme.sh
. "${here:?lib.sh comes first}/readme.sh"
README=$TOP_SRCDIR/README.md
# For service.sh.
export LEFT_USERS='alice|carol|dora|sven|tina|arno|gateway'
# What apt-get takes.
export INSIDE_LIMIT=300

# apt WORD...: as an administrator who answers no question.
apt() {
	inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" \
		>"$BED/out/apt" 2>&1 </dev/null
}

# check_apt NAME WORD...
check_apt() {
	if apt "${@:2}"; then
		pass "$1"
	else
		fail "$1" "$(tail -n 5 "$BED/out/apt")"
	fi
}

# As README has it.
install_package() {
	local command

	command=$(readme_commands "$README" 'Two commands' |
		sed -n 's/^contrib\/build-package deb && //p')
	check "README: $command" inside sh -c "cd /root/package && $command"
}

# newer NUMBER: the package again, as root/newer.deb, with that number behind
# its version and all files changed that can be, conffiles as well.
newer() {
	# shellcheck disable=SC2016 # the shell there expands it
	check "there is a newer package, $1" inside sh -ec '
		cd /root
		rm -rf newer
		dpkg-deb -R package/ssh-incubator_*.deb newer
		sed -i "s/^Version: .*/&+$1/" newer/DEBIAN/control
		cd newer
		# Behind the end of what is read of a program.
		for file in usr/sbin/* usr/bin/* usr/libexec/ssh-incubator/*; do
			[ ! -f "$file" ] || printf "$1" >>"$file"
		done
		xargs sh -c "for file; do echo \"# newer \$0\" >>.\$file; done" \
			"$1" <DEBIAN/conffiles
		find . -path ./DEBIAN -prune -o -type f -printf "%P\n" |
			grep -v ^etc/ | xargs md5sum >DEBIAN/md5sums
		cd ..
		dpkg-deb -b --root-owner-group newer newer.deb' newer "$1"
}

# The whole version that is installed.
version() {
	# shellcheck disable=SC2016 # dpkg-query's own
	inside dpkg-query -W -f '${Version}' ssh-incubator
}

# Whether what is installed is as the package brought it.
intact() {
	! inside dpkg --verify ssh-incubator 2>&1 | grep -v ' c /'
}

# What listens, but for the managers of users, who come and go; and units that
# failed.
listening() {
	inside sh -c "grep -h ' 00010000 ' /proc/net/unix | grep -o '/.*' |
		grep -v ^/run/user/ | sort
		awk '\$4 == \"0A\" { print \$2 }' /proc/net/tcp /proc/net/tcp6"
}
units_failed() {
	inside systemctl list-units --failed --no-legend --plain
}

# reload_sshd NAME: as README says.
reload_sshd() {
	check "$1: sshd takes it" inside sh -c "$(
		readme_section "$README" 'Five uses' |
			sed -n 's/^    # \(sshd -t .*\)/\1/p')"
}

# What README says below a heading, on this system: lines are appended to
# files, commands of root's run.  FINGERPRINT and KEY stand for the reader's
# own.
do_as_readme() {
	local dir=$BED/out/readme block to

	rm -rf "$dir"
	mkdir "$dir"
	readme_section "$README" "$1" | readme_blocks "$dir"
	[ -e "$dir/1" ] || fail "README: $1" "there is no block"
	for ((block = 1; ; block++)); do
		[ -e "$dir/$block" ] || break
		to=$(<"$dir/$block.to")
		sed -i -e "s|SHA256:\\.\\.\\.|$FINGERPRINT|" \
			-e "s|ssh-ed25519 AAAA\\.\\.\\.|$KEY|" "$dir/$block"
		case "$to" in
		root) run_as_root "$1" "$dir/$block" ;;
		user) ;;
		/*)
			mkdir -p "$ROOT${to%/*}"
			cat "$dir/$block" >>"$ROOT$to"
			pass "README, $1: lines for $to"
			;;
		*) fail "README: $1" "no place for $(head -n 1 "$dir/$block")" ;;
		esac
	done
}
FINGERPRINT='' KEY=''

# run_as_root HEADING FILE: each line by itself, as one types them.
run_as_root() {
	local line

	while IFS= read -r line <&7; do
		check "README, $1: # $line" inside sh -c "cd /root && $line"
	done 7<"$2"
}

# readme_user HEADING: the lines of what a user runs, one each.
readme_user() {
	readme_section "$README" "$1" | sed -n 's/^    \$ //p'
}

#
# Clients that stay: each has a name, is told lines, and shows what it prints.
#
declare -A client_pid client_fd

# comes NAME HOST [ARGS...]
comes() {
	local name=$1 fd

	rm -f "$BED/out/in.$name"
	mkfifo "$BED/out/in.$name"
	: >"$BED/out/shown.$name"
	(
		not_held
		exec "${RAW_SSH[@]}" "${@:2}"
	) <"$BED/out/in.$name" >"$BED/out/shown.$name" 2>&1 &
	client_pid[$name]=$!
	exec {fd}>"$BED/out/in.$name"
	client_fd[$name]=$fd
}

# In a subshell that stays: who holds the input of a client open would keep
# him from its end.
not_held() {
	local fd

	for fd in "${client_fd[@]}"; do
		exec {fd}>&-
	done
}

# Who is gone hears nothing; that shows in what he does not say.
tell() {
	(trap '' PIPE && printf '%s\n' "${@:2}" >&"${client_fd[$1]}") 2>/dev/null
}

# shows NAME REGEX: it does, or will.
shows() {
	wait_for 60 grep -qE -- "$2" "$BED/out/shown.$1"
}

check_shows() {
	if shows "$2" "$3"; then
		pass "$1"
	else
		fail "$1" "$(cat -v "$BED/out/shown.$2")"
	fi
}

# leaves NAME: it has ended or will; its status, 124 if it does not.
leaves() {
	local fd=${client_fd[$1]}

	unset "client_fd[$1]"
	exec {fd}>&-
	wait_for 60 ended "${client_pid[$1]}" || {
		kill -KILL "${client_pid[$1]}"
		return 124
	}
	wait "${client_pid[$1]}" 2>/dev/null
}

# cut NAME: the connection is lost.
cut_off() {
	kill -KILL "${client_pid[$1]}"
	leaves "$1"
}

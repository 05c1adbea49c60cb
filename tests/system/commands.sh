#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# README's commands as they are written there, in clean Debians that have git
# and a network of packages: the demonstration, and the way from the sources
# and back.
#
#	commands.sh SUITE [tests]
#
# With "tests" contrib/run-tests --quick as well, which takes its time.

here=$(cd "$(dirname "$0")" && pwd) || exit 99
case "${1:-}" in
bookworm|trixie) ;;
*) echo "usage: commands.sh bookworm|trixie [tests]" >&2; exit 64 ;;
esac
set -u
suite=$1
# shellcheck source=readme.sh
. "$here/readme.sh"
srcdir=$(cd "${TOP_SRCDIR:-$here/../..}" && pwd) || exit 99
README=$srcdir/README.md
trees=${SI_SYSTEM_TREES:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}}
[ -n "${SI_SYSTEM_TREES:-}" ] || trees=$trees/ssh-incubator/trees
status=0

skip() {
	echo "SKIP commands-$suite: $1"
	exit 77
}

pass() {
	echo "PASS $1"
}

# fail NAME: with the end of what was said.
fail() {
	echo "FAIL $1: $(tail -n 1 "$work/said")"
	tail -n 20 "$work/said" | cat -v | sed 's/^/# /'
	status=1
}

[ "$(id -u)" = 0 ] || skip "needs root"
for program in git unshare flock; do
	command -v "$program" >/dev/null || skip "needs $program"
done
unshare -m -p -f true 2>/dev/null || skip "may not make namespaces here"
mkdir -p "$trees" || exit 99
for kind in build clean; do
	(exec 7>"$trees/$kind-$suite.lock" && flock 7 &&
		"$here/tree.sh" "$suite" "$trees" "$kind") ||
		skip "no tree, see $trees/$kind-$suite.log"
	mkdir -p "$trees/$kind-$suite.archives/partial"
done
work=$(mktemp -d) || exit 99
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 143' HUP INT TERM

# in_tree KIND COMMAND: a shell's, in root's home there; what it says is in
# $work/said.  All of a kind see what the ones before have done.
in_tree() {
	"$here/layer.sh" "$trees/$1-$suite" "$work/$1" \
		"$trees/$1-$suite.archives:/var/cache/apt/archives" \
		"$work/repository:/srv/ssh-incubator" \
		-- bash -c "$2" >"$work/said" 2>&1 </dev/null
}

# check_tree NAME KIND COMMAND
check_tree() {
	if in_tree "$2" "$3"; then
		pass "$1"
	else
		fail "$1"
	fi
}

# A repository of what is here now, to clone.
"$srcdir/contrib/copy-tree" "$work/repository" &&
	git -C "$work/repository" init -q -b main &&
	git -C "$work/repository" add -A -f &&
	git -C "$work/repository" -c user.name=test \
		-c user.email=test@localhost commit -q -m 'as it is' ||
	exit 99
for kind in build clean; do
	in_tree "$kind" 'apt-get update -q --error-on=any &&
		echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/unsafe-io' ||
		skip "no network of packages: $(tail -n 1 "$work/said")"
done

# Would have caught a package that the demonstration needs and does not name,
# and a step of it that only a machine with a network of its own can do.
check_tree "README: git clone" build \
	'git clone -q /srv/ssh-incubator ssh-incubator'
demo=$(readme_commands "$README" 'Two commands' | grep run-demo)
check_tree "README: # $demo" build "cd ssh-incubator && $demo"
steps=$(sed -n 's/^\([0-9]*\) steps, 0 not as they should be$/\1/p' \
	"$work/said")
if [ "${steps:-0}" -ge 20 ]; then
	pass "$demo: $steps steps"
else
	fail "$demo: its steps"
fi
# shellcheck disable=SC2016 # the shell there expands it
check_tree "$demo leaves the clone alone" build \
	'test -z "$(git -C ssh-incubator status --short --ignored)"'
if [ "${2:-}" = tests ]; then
	check_tree "contrib/run-tests --quick" build \
		'cd ssh-incubator && contrib/run-tests --quick'
	tail -n 15 "$work/said" | sed 's/^/# /'
fi

# The way from the sources, where a server and systemd are, and back: would
# have caught a file that "make uninstall" forgets.  Not what other packages,
# the build and accounts bring, nor the directories, which automake leaves.
FILES='find / -xdev \( -path /root -o -path /proc -o -path /sys -o -path /dev \
	-o -path /run -o -path /tmp -o -path /var -o -path /srv \
	-o -path /mnt -o -path "/etc/*-" -o -path "/etc/sub?id" \) \
	-prune -o ! -type d -print | sort'
in_tree clean 'apt-get install -q -y --no-install-recommends git &&
	git clone -q /srv/ssh-incubator ssh-incubator' || fail "git clone"
mapfile -t commands < <(readme_commands "$README" 'From source')
[ ${#commands[@]} -ge 5 ] || fail "README: From source"
before=
for command in "${commands[@]}"; do
	case "$command" in
	"make install"*)
		in_tree clean "$FILES"
		before=$(<"$work/said") ;;
	esac
	# It is not booted, and systemctl is told so.
	check_tree "README: # $command" clean \
		"cd ssh-incubator && export SYSTEMD_OFFLINE=1 && $command"
done
check_tree "from source: programs, pages, units and the group are there" clean \
	'incubator --version && env-filter --version && pty-broker --version &&
	agent-forwarder --version && getent group ssh-incubator &&
	test -f /etc/pam.d/ssh-incubator && systemd-analyze verify --man=no \
		ssh-incubator.socket ssh-incubator@x.service'
# shellcheck disable=SC2016
check_tree "from source: alice could come" clean \
	'useradd alice && incubator --local-user alice --explain
	s=$?; userdel alice; exit $s'
# Nothing runs there that "--now" could stop.
while IFS= read -r command; do
	check_tree "README: # $command" clean \
		"cd ssh-incubator && export SYSTEMD_OFFLINE=1 && ${command/ --now/}"
done < <(readme_commands "$README" 'Removing it')
in_tree clean "$FILES"
left=$(comm -13 <(echo "$before") "$work/said")
if [ -z "$left" ]; then
	pass "uninstalled: nothing is left"
else
	echo "$left" >"$work/said"
	fail "uninstalled: nothing is left"
fi
exit "$status"

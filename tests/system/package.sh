#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Build the package of these sources as README says, in a clean copy of that
# very system which has only git and a network of packages; unless it was
# built from the very same files before.
#
#	package.sh SUITE TREES SRCDIR
#
# Prints a directory, a layer to put over TREES/clean-SUITE: root/package has
# the package, /var what apt-get needs to install it without a network.  Ends
# with 77 and a reason where it cannot be built here, with 1 where it should.
#
# The steps of the build are in TREES/package-SUITE.log.

set -u
suite=$1 trees=$2 srcdir=$3
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=readme.sh
. "$here/readme.sh"
store=$trees/package-$suite log=$trees/package-$suite.log

cannot() {
	echo "$1"
	exit 77
}

failed() {
	echo "$1: $(grep -av '^$' "$log" | tail -n 1), see $log"
	exit 1
}

work=$(mktemp -d) || exit 1
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 143' HUP INT TERM
mkdir -p "$trees" || exit 1
exec 8>"$trees/package-$suite.lock"
flock 8

# What a commit of all that is there would be, also where no git is: a
# repository to be cloned, and a name for what is in it.
snapshot() {
	local git=(git -C "$work/repository")

	"$srcdir/contrib/copy-tree" "$work/repository" &&
		"${git[@]}" init -q -b main &&
		"${git[@]}" add -A -f &&
		"${git[@]}" -c user.name=test -c user.email=test@localhost \
			commit -q -m 'as it is' &&
		name=$("${git[@]}" rev-parse 'HEAD^{tree}')
}

# in_layer KIND TREE [SOURCE:TARGET ...] -- COMMAND...
in_layer() {
	"$here/layer.sh" "$2" "$work/$1" \
		"$work/repository:/srv/ssh-incubator" "${@:3}" \
		>>"$log" 2>&1 </dev/null
}

# The packages that it is built with, installed by the clone itself; kept for
# as long as it names the same.
builder() {
	local key

	key=$(cd "$work/repository/contrib" &&
		cat install-packages packages.debian | sha256sum | cut -c 1-16)
	builder=$trees/build-$suite.$key
	[ ! -d "$builder" ] || return 0
	# What was fetched once is, when the list is another.
	mkdir -p "$trees/build-$suite.archives/partial"
	in_layer build "$trees/build-$suite" -- \
		apt-get update -q --error-on=any ||
		cannot "no network of packages, see $log"
	in_layer build "$trees/build-$suite" \
		"$trees/build-$suite.archives:/var/cache/apt/archives" -- \
		bash -ec '
		# None of this is to outlive a power cut.
		echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/unsafe-io
		git clone -q /srv/ssh-incubator ssh-incubator
		ssh-incubator/contrib/install-packages build deb
		rm -r ssh-incubator' || return
	find "$trees" -maxdepth 1 -name "build-$suite.????????????????" \
		-mtime +1 -exec rm -rf --one-file-system {} +
	mv "$work/build/changes" "$builder"
	rm -rf "$work/build"
}

# What README says, in a clone.
build() {
	local commands

	commands=$(readme_commands "$srcdir/README.md" 'Two commands' |
		grep build-package | sed 's/ && .*//')
	if [ "$(grep -c . <<<"$commands")" != 1 ]; then
		echo "README has no command by which a package is built" >>"$log"
		return 1
	fi
	in_layer build "$builder:$trees/build-$suite" -- bash -ec "
		git clone -q /srv/ssh-incubator ssh-incubator
		cd ssh-incubator
		$commands
		mkdir ../package
		mv ssh-incubator_*.deb ../package
		git status --short | sed 's/^/left in the clone: /'"
}

# What apt-get would fetch, so that the system needs no network when it has
# been booted.
fetch() {
	cp -r "$work/build/changes/root/package" "$work/package"
	in_layer clean "$trees/clean-$suite" "$work/package:/srv/package" \
		-- sh -ec '
		apt-get update -q
		apt-get install -q -y --download-only \
			/srv/package/ssh-incubator_*.deb
		mkdir -p /keep/var/cache/apt /keep/var/lib/apt
		install -d -m 0700 /keep/root
		cp -a /srv/package /keep/root
		cp -a /var/cache/apt/archives /keep/var/cache/apt
		cp -a /var/lib/apt/lists /keep/var/lib/apt'
}

command -v git >/dev/null || cannot "needs git"
snapshot >"$log" 2>&1 || failed "no copy of the sources"
if [ ! -d "$store/$name" ]; then
	for kind in build clean; do
		(exec 7>"$trees/$kind-$suite.lock" && flock 7 &&
			"$here/tree.sh" "$suite" "$trees" "$kind") ||
			cannot "no tree, see $trees/$kind-$suite.log"
	done
	builder || failed "contrib/install-packages build deb"
	build || failed "contrib/build-package"
	fetch || failed "what the package depends on"
	mkdir -p "$store"
	# Nobody looks at one for longer than that.
	find "$store" -mindepth 1 -maxdepth 1 -mtime +1 \
		-exec rm -rf --one-file-system {} +
	mv "$work/clean/changes/keep" "$store/$name" || exit 1
fi
echo "$store/$name"

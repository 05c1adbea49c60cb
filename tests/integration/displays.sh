# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What a page or README shows set off from its text: commands and lines of
# files that people copy.  A script sources this after lib.sh, runs each of
# them as it is written, and ends with check_displays, which fails for one
# that it has not asked for.

displays=$BED/out/displays

# A page's: each .Dl and each .Bd -literal to a file of its own.
displays_of_page() {
	awk -v dir="$displays" '
	function text(line) {
		gsub(/\\e/, "\\", line)
		gsub(/\\&/, "", line)
		gsub(/\\\(dq/, "\"", line)
		gsub(/\\-/, "-", line)
		return line
	}
	/^\.Dl / { print text(substr($0, 5)) >(dir "/" ++n); next }
	/^\.Bd -literal/ { n++; inside = 1; next }
	/^\.Ed/ { inside = 0; next }
	inside { print text($0) >(dir "/" n) }'
}

# README's: what is indented, with the empty lines in it.
displays_of_readme() {
	awk -v dir="$displays" '
	/^    / {
		if (!inside)
			n++
		for (inside = 1; empty > 0; empty--)
			print "" >(dir "/" n)
		print substr($0, 5) >(dir "/" n)
		next
	}
	/^$/ { empty += inside; next }
	{ inside = empty = 0 }'
}

# read_displays FILE
read_displays() {
	rm -rf "$displays"
	mkdir "$displays"
	: >"$displays/asked"
	case $1 in
	*.md) displays_of_readme ;;
	*) displays_of_page ;;
	esac <"$1"
}

# display TEXT: prints the one that has this text, and notes that it was asked
# for.  Fails, and says so in what it prints, if there is none, or another one.
display() {
	local found

	found=$(grep -lF -e "$1" "$displays"/[1-9]*)
	if [ "$(grep -c . <<<"$found")" != 1 ]; then
		echo "not one display has <$1>"
		return 99
	fi
	echo "${found##*/}" >>"$displays/asked"
	cat "$found"
}

# our_programs: where they are in here, in place of where a package has them.
our_programs() {
	sed "s|/usr/s*bin/incubator|$INCUBATOR|g
		s|/usr/bin/agent-forwarder|$AGENT_FORWARDER|g
		s|/usr/bin/env-filter|$ENV_FILTER|g
		s|/usr/bin/pty-broker|$PTY_BROKER|g"
}

# commands TEXT [PROMPT]: what a person types of it, "$" by default; where a
# line ends with a backslash the next one belongs to it.
commands() {
	display "$1" | sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' |
		grep -F -e "${2:-$} " | sed "s/^.. *//" | our_programs
}

# config TEXT: lines of a file; one that a page has no room for goes on behind
# four blanks.
config() {
	display "$1" | sed -e ':a' -e 'N; $!ba' -e 's/\n\t*    \([^ ]\)/ \1/g' |
		our_programs
}

# elsewhere TEXT WHO: that one is for another test to run.
elsewhere() {
	display "$1" >/dev/null || fail "the display <$1>, for $2" "none"
}

# picture TEXT: nothing to be run or written anywhere.
picture() {
	display "$1" >/dev/null || fail "the picture with <$1>" "is not there"
}

# not_told FILE FROM TO <JSON: the names of its members that the page has not
# between two lines.
not_told() {
	local name

	grep -oE '"[a-z_]+":' | tr -d '":' | sort -u |
		while read -r name; do
			sed -n "/$2/,/$3/p" "$1" | grep -qwF -e "$name" ||
				echo "$name"
		done
}

# Would have caught an example that somebody added and nobody tried.
check_displays() {
	check_eq "each display was run" "" "$(cd "$displays" &&
		for file in [1-9]*; do
			grep -qx "$file" asked || head -n 2 "$file"
		done)"
}

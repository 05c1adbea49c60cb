#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The pages have what the programs have: each option, variable, file, exit
# status, directive and message, read from the sources, and no option and no
# directive besides.  Would have caught: an option that nobody wrote about, a
# message that was reworded and not in its page, and a default that the table
# of directives does not have.
set -u
export LC_ALL=C
cd "$TOP_SRCDIR" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
tree=tests/tree
exceptions=$tree/pages-exceptions
status=0

# verdict NAME FILE: nothing is in the file, or it is what is wrong.
verdict()
{
	if [ -s "$2" ]; then
		cat "$2"
		echo "FAIL $1"
		status=1
	else
		echo "PASS $1"
	fi
}

# words PAGE: the page without its macros, see mdoc.awk.
words()
{
	awk -f $tree/mdoc.awk man/"$1".[1-9]
}

# sources PROGRAM: its own files, then those of common/ that it reaches by
# its includes: what stands in x.h is done in x.c.
sources()
{
	local own left new

	own=$(find "helpers/$1" -name '*.[ch]' | sort)
	left=$own
	: >"$tmp/reached"
	while [ -n "$left" ]; do
		# shellcheck disable=SC2086 # a list of files
		new=$(sed -n 's/^#[ \t]*include[ \t]*"\([a-z0-9]*[a-z0-9_]*\)\.h".*/\1/p' \
		    $left | sort -u |
		    sed 's,.*,common/&.h common/&.c,' | tr ' ' '\n' |
		    grep -vxF -f "$tmp/reached" |
		    while read -r file; do
			[ ! -e "$file" ] || echo "$file"
		    done)
		[ -z "$new" ] || printf '%s\n' "$new" >>"$tmp/reached"
		left=$new
	done
	printf '%s\n' "$own"
	sort -u "$tmp/reached"
}

# exceptions KIND: those of messages, or of what else has that name.
exceptions()
{
	awk -F '|' -v kind="$1" '!/^#/ && NF == 5 && $1 == kind' $exceptions
}

programs='incubator env-filter pty-broker agent-forwarder'
for program in $programs; do
	sources "$program" >"$tmp/$program.sources"
	xargs awk -f $tree/literals.awk <"$tmp/$program.sources" \
	    >"$tmp/$program.strings"
	words "$program" >"$tmp/$program.words"
done
words incubator.conf >"$tmp/incubator.conf.words"
words ssh-incubator >"$tmp/ssh-incubator.words"

# What finds nothing wrong in nothing has not looked.
for file in "$tmp"/*.words "$tmp"/*.strings; do
	[ -s "$file" ] || { echo "FAIL ${file##*/}: nothing was read"; exit 1; }
done

# Messages.
{
	exceptions message | awk -F '|' -v OFS='\t' \
	    '{ print "except", $2, $3, $4 }'
	for page in $programs incubator.conf ssh-incubator; do
		sed "s/^/page\t$page\t/" "$tmp/$page.words"
	done
	for program in $programs; do
		sed -n "s/^common.*/reach\t&\t$program/p" \
		    "$tmp/$program.sources"
	done
	cat "$tmp"/*.strings | sort -u | sed 's/^/string\t/'
} | awk -f $tree/messages.awk >"$tmp/wrong"
verdict 'each message is in a page' "$tmp/wrong"

# options PROGRAM: as they are written, and "arg" behind one that wants one.
options()
{
	local file=helpers/$1/options.c

	sed -n 's/.*"\([a-z][a-z-]*\)", *\([a-z]*\)_argument.*/--\1 \2/p' \
	    "$file" | sed 's/ no$//; s/ optional$//; s/ required$/ arg/'
	sed -n 's/.*longopt_next(.*"+:\([A-Za-z0-9:]*\)".*/\1/p' "$file" |
	    grep -oE '[A-Za-z0-9]:?' | sed 's/^\(.\):$/-\1 arg/; s/^.$/-&/'
	# an option of agent-forwarder's for each directive of a policy
	[ "$1" != agent-forwarder ] ||
	    sed -n 's/^[ \t]*{ { "[A-Z][A-Za-z]*", "\([a-z-]*\)".*/--\1 arg/p' \
		"helpers/$1/policy.c"
}

# page_options PROGRAM: the same by the heads of its page's lists.
page_options()
{
	awk -F '\t' '$1 == "DESCRIPTION" && $3 == "head" {
		n = split($4, macros, " ")
		value = $4 ~ / (Ar|Cm):/ ? " arg" : ""
		for (i = 1; i <= n; i++)
			if (macros[i] ~ /^Fl:-?[A-Za-z0-9]/)
				print "-" substr(macros[i], 4) value
	}' "$tmp/$1.words" | sort -u
}

for program in $programs; do
	options "$program" | sort -u >"$tmp/options"
	page_options "$program" >"$tmp/told"
	{
		# what wants an argument shows one; the help names them all
		awk 'NR == FNR { told[$0] = 1; sub(/ arg$/, ""); any[$0] = 1
			next }
		/ arg$/ ? !($0 in told) : !($0 in any) {
			print "not in the page: " $0
		}' "$tmp/told" "$tmp/options"
		awk 'NR == FNR { known[$1] = 1; next }
		!($1 in known) { print "no such option: " $1 }
		' "$tmp/options" "$tmp/told"
		"$TOP_BUILDDIR/$program" --help |
		    grep -oE '(^|[^a-z-])--[a-z][a-z-]*' | sed 's/^[^-]//' |
		    awk 'NR == FNR { known[$1] = 1; next }
		!($1 in known) { print "only --help has " $1 }
		' "$tmp/options" -
		[ "$(wc -l <"$tmp/options")" -ge 10 ] ||
		    echo "only $(wc -l <"$tmp/options") options were found"
	} >"$tmp/wrong"
	verdict "$program: its options are those of its page" "$tmp/wrong"
done

# unexcused KIND PROGRAM: of the strings on stdin, a file and a word a line, the
# words of which nothing is said in the exceptions.
unexcused()
{
	awk -F '\t' -v program="$2" '
	FILENAME != "-" {
		split($0, field, "|")
		if (field[4] == "-" || field[4] == program)
			excused[field[2], field[3]] = 1
		next
	}
	!(($1, $2) in excused) && !(($1, "*") in excused) &&
	    !(("*", $2) in excused) { print $2 }
	' <(exceptions "$1") - | sort -u
}

# variables PROGRAM: what looks like the name of one.
variables()
{
	local known='HOME|USER|LOGNAME|SHELL|PATH|TERM|LANG|TZ|MAIL|DISPLAY'

	cut -f 1,3 "$tmp/$1.strings" |
	    grep -E "	([A-Z][A-Z0-9]*_[A-Z0-9_]*[=*]?|($known)=?)\$" |
	    sed 's/=$//' | unexcused variable "$1"
}

# told SECTION PROGRAM PATTERN: the words of its page, and of the page that all
# programs share, which look like this.
told()
{
	awk -F '\t' -v section="$1" '$1 == section { print $5 }' \
	    "$tmp/$2.words" "$tmp/ssh-incubator.words" |
	    grep -oE "$3" | sort -u
}

for program in $programs; do
	told ENVIRONMENT "$program" '[A-Z][A-Z0-9_]*\*?' >"$tmp/told"
	variables "$program" |
	while read -r name; do
		grep -qxF "$name" "$tmp/told" && continue
		# SSH_AUTH_INFO* has SSH_AUTH_INFO_0
		while read -r pattern; do
			# shellcheck disable=SC2254 # a pattern is meant
			case "$name" in
			$pattern) continue 2 ;;
			esac
		done < <(grep '\*$' "$tmp/told")
		echo "not in ENVIRONMENT: $name"
	done >"$tmp/wrong"
	verdict "$program: its variables are in its page" "$tmp/wrong"
done

# files PROGRAM: the paths that it knows, up to what is only known when it runs.
files()
{
	local macro

	cut -f 1,3 "$tmp/$1.strings" | grep -E '	/[a-z]' |
	    sed 's/[:%].*//' | unexcused file "$1"
	xargs cat <"$tmp/$1.sources" |
	    grep -oE '(CONFIGURATION|RUN|PROGRAMS|COMMANDS|SFTP_SERVER)_PATH' |
	    sort -u |
	while read -r macro; do
		case $macro in
		CONFIGURATION_PATH) echo /etc/ssh-incubator/incubator.conf ;;
		RUN_PATH) echo /run/ssh-incubator/ ;;
		PROGRAMS_PATH) echo /usr/libexec/ssh-incubator/ ;;
		COMMANDS_PATH) echo /usr/bin/ ;;
		SFTP_SERVER_PATH) echo /usr/lib/openssh/sftp-server ;;
		esac
	done
}

for program in $programs; do
	told FILES "$program" '[~/][A-Za-z0-9_./*%@-]+' |
	    sed 's/[.,]$//; s/%.*//' | sort -u >"$tmp/told"
	files "$program" |
	while read -r path; do
		# what is named, what is below it, or above it
		awk -v path="$path" 'index($0, path) == 1 ||
		    $0 ~ /\/$/ && index(path, $0) == 1 { found = 1 }
		END { exit !found }' "$tmp/told" ||
		    echo "not in FILES: $path"
	done >"$tmp/wrong"
	verdict "$program: its files are in its page" "$tmp/wrong"
done

# statuses PROGRAM: those that it can end with, by name.
statuses()
{
	grep -v '^common/exitcode\.' "$tmp/$1.sources" | xargs cat |
	    grep -oE 'EXITCODE_[A-Z_]+|exitcode_of_exec' |
	    sed 's/exitcode_of_exec/EXITCODE_NOT_EXECUTABLE\nEXITCODE_NOT_FOUND/' |
	    sort -u
}

for program in $programs; do
	awk -F '\t' '$1 == "EXIT STATUS" && $3 == "head" { print $5 }' \
	    "$tmp/$program.words" | grep -oE '[0-9]+' >"$tmp/told"
	statuses "$program" |
	while read -r name; do
		number=$(sed -n "s/^[ \t]*$name = \([0-9]*\),.*/\1/p" \
		    common/exitcode.h)
		grep -qx "${number:-none}" "$tmp/told" ||
		    echo "not in EXIT STATUS: $number ($name)"
	done >"$tmp/wrong"
	verdict "$program: its exit statuses are in its page" "$tmp/wrong"
done
# The steps that --explain prints.
sed -n 's/.*\.name = "\([a-z-]*\)".*/common\/planrule.c	\1/p' \
    common/planrule.c | unexcused step incubator >"$tmp/names"
awk -F '\t' '$2 == "Explanation" && $3 == "head" { print $5 }' \
    "$tmp/incubator.words" | tr -s ' ,' '\n' | sort -u |
    comm -23 "$tmp/names" - | sed 's/^/not in Explanation: /' >"$tmp/wrong"
[ "$(wc -l <"$tmp/names")" -ge 30 ] || echo 'few steps' >>"$tmp/wrong"
verdict 'incubator: its steps are in its page' "$tmp/wrong"

# directives: keyword, "first" or "all", and "none" where that can be said.
directives()
{
	{
		sed -n '/ rows\[/,/^};/p' common/conftable.c | tr -s ' \t\n' ' '
		echo
	} | sed 's/\[CONFTABLE_/\n&/g' |
	    sed -n 's/.*= { "\([A-Za-z]*\)", \([A-Z_a-z0]*\),.*/\1 \2/p' |
	    while read -r name flags; do
		case $flags in
		ADDS|SECRET) echo "$name all -" ;;
		NONE|COMMAND) echo "$name first none" ;;
		*) echo "$name first -" ;;
		esac
	done
}

# The table of the page has each, and what it says of it; below the table
# there is an entry for each.
directives | sort >"$tmp/directives"
page=$tmp/incubator.conf.words
awk -F '\t' '$1 == "DIRECTIVES" && $3 == "row" && $4 !~ /Sy:/ {
	split($5, cell, "\1")
	print cell[1], cell[3], cell[4] ~ /none/ ? "none" : "-"
}' "$page" | sort >"$tmp/told"
{
	[ "$(wc -l <"$tmp/directives")" -ge 30 ] ||
	    echo "only $(wc -l <"$tmp/directives") directives were found"
	diff "$tmp/directives" "$tmp/told"
	awk -F '\t' '$1 == "DIRECTIVES" && $3 == "row" && $5 !~ /^[A-Za-z]+\1 *[^\1 ]/ {
		print "no default: " $5
	}' "$page"
	{
		cut -d ' ' -f 1 "$tmp/directives"
		printf '%s\n' Include Match
	} | sort >"$tmp/names"
	awk -F '\t' '$1 == "DIRECTIVES" && $3 == "head" { print $5 }' "$page" |
	    sed 's/^ *//; s/ .*//' | sort | diff "$tmp/names" -
} >"$tmp/wrong"
verdict 'each directive is in incubator.conf(5), and none besides' \
    "$tmp/wrong"

# What Match can ask for.
sed -n 's/^[ \t]*\[CONFMATCH_[A-Z_]*\] = "\([a-z]*\)",/\1/p' \
    common/confmatch.c | sort >"$tmp/names"
awk -F '\t' '$1 == "MATCH" && $3 == "head" { print tolower($5) }' "$page" |
    sed 's/^ *//; s/ .*//' | sort | diff "$tmp/names" - >"$tmp/wrong"
[ "$(wc -l <"$tmp/names")" -ge 10 ] || echo 'few criteria' >>"$tmp/wrong"
verdict 'each criterion is in incubator.conf(5), and none besides' \
    "$tmp/wrong"
exit $status

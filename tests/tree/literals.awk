# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The strings of C sources, adjacent ones as one, without their escapes:
# file, "log" or "-", text, with tabs between them.  "log" is one in a call of
# the functions that say something, which is a message even if it is one word.

function flush()
{
	if (have) {
		gsub(/\\n|\\t/, " ", text)
		gsub(/\\"/, "\"", text)
		gsub(/\\\\/, "\\", text)
		print file "\t" (said ~ call ? "log" : "-") "\t" text
	}
	have = 0
	text = ""
}

# What stands between strings: the end of a statement forgets the call.
function code(part,	parts, n)
{
	if (part ~ /^[ \t]*$/)
		return
	flush()
	n = split(part, parts, /[;{}]/)
	said = n > 1 ? parts[n] : said part
}

# The rest of the line behind the string that begins here.
function string(line)
{
	have = 1
	line = substr(line, 2)
	while (match(line, /[\\"]/)) {
		text = text substr(line, 1, RSTART - 1)
		if (substr(line, RSTART, 1) == "\"")
			return substr(line, RSTART + 1)
		text = text substr(line, RSTART, 2)
		line = substr(line, RSTART + 2)
	}
	return ""
}

BEGIN {
	call = "(^|[^a-z_])(log_(warnx?|info|debug|audit)|refuse|failed|" \
	    "fail|complain)[ \t]*\\("
}
FNR == 1 {
	flush()
	comment = directive = 0
	said = ""
	file = FILENAME
}
!comment && (directive || /^[ \t]*#/) {
	flush()
	# a name for a message is a message, the name of a file is none
	if (!directive)
		kind = $0
	directive = /\\$/
	if (kind !~ /^[ \t]*#[ \t]*define/)
		next
}
{
	rest = $0
	while (comment || match(rest, /["'\/]/)) {
		if (comment) {
			if (!(at = index(rest, "*/")))
				next
			rest = substr(rest, at + 2)
			comment = 0
			continue
		}
		at = RSTART
		code(substr(rest, 1, at - 1))
		rest = substr(rest, at)
		if (substr(rest, 1, 2) == "/*") {
			comment = 1
			rest = substr(rest, 3)
		} else if (substr(rest, 1, 1) == "\"") {
			rest = string(rest)
		} else if (match(rest, /^'(\\.|[^\\])[^']*'/)) {
			flush()
			rest = substr(rest, RLENGTH + 1)
		} else {
			code("/")
			rest = substr(rest, 2)
		}
	}
	code(rest)
}
END { flush() }

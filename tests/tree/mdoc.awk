# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# A page as words without its macros, a line for each head of a list and each
# paragraph: section, subsection, "head", "text" or "row" (of a table, ^A between
# its cells), the macros, the words; with tabs between them.  An argument (Ar)
# is "%s".

function emit()
{
	if (words ~ /[^ ]/) {
		gsub(/ +/, " ", words)
		sub(/^ /, "", words)
		print section "\t" subsection "\t" kind "\t" macros "\t" words
	}
	words = macros = ""
	kind = "text"
}

function plain(s)
{
	gsub(/\\&/, "", s)
	gsub(/\\\(dq/, "\"", s)
	gsub(/\\-/, "-", s)
	gsub(/\\e/, "\\", s)
	return s
}

# Split a macro's line into args[1..n], quotes respected.
function arguments(line,	n, word)
{
	n = 0
	while (match(line, /^[ \t]*("([^"]|"")*"|[^ \t]+)/)) {
		word = substr(line, 1, RLENGTH)
		line = substr(line, RLENGTH + 1)
		sub(/^[ \t]*/, "", word)
		quoted[++n] = word ~ /^"/
		gsub(/^"|"$/, "", word)
		args[n] = word
	}
	return n
}

# Append with a blank between, unless it was forbidden or is a full stop.
function add(word)
{
	words = words (glue || word ~ /^[],.:;)]$/ ? "" : " ") word
	glue = word ~ /^[[(]$/
}

function macro(n,	i, m, word)
{
	m = ""
	for (i = 1; i <= n; i++) {
		word = args[i]
		if (!quoted[i] && word in known) {
			if (word == "Ns")
				glue = 1
			else if (word == "Ta") {
				words = words "\1"
				glue = 1
			} else if (word == "Fl" && (i == n || args[i + 1] in known))
				add("-")
			if (word in open)
				add(open[word])
			if (word in open)
				glue = 1
			if (word != "Ns")
				m = word
			continue
		}
		word = plain(word)
		macros = macros " " m ":" word
		if (m == "Ar" && word !~ /^[,:;.|=]+$/)
			word = "%s"
		if (m == "Fl" && word !~ /^[,:;.|=]+$/)
			word = "-" word
		if (m == "Xr" && word ~ /^[1-9]$/) {
			glue = 1
			word = "(" word ")"
		}
		add(word)
	}
}

BEGIN {
	n = split("Ar Fl Cm Pa Ev Ns No Op Oo Oc Pq Po Pc Dq Do Dc Sq Ql Li " \
	    "Em Sy Xr Dv Va Ic Nm Sx Ta", names, " ")
	for (i = 1; i <= n; i++)
		known[names[i]] = 1
	open["Op"] = open["Oo"] = "["
	open["Pq"] = open["Po"] = "("
	kind = "text"
}
/^\.\\"/ { next }
# a line that goes on in the next one
/[^\\]\\$/ && /^\./ {
	held = held substr($0, 1, length($0) - 1)
	next
}
held != "" {
	$0 = held $0
	held = ""
}
/^\.S[hs] / {
	emit()
	name = substr($0, 5)
	gsub(/"/, "", name)
	if (/^\.Sh/) {
		section = name
		subsection = ""
	} else
		subsection = name
	next
}
/^\.Bl -column/ { table = 1 }
/^\.El/ { table = 0 }
/^\.It/ {
	emit()
	kind = table ? "row" : "head"
	macro(arguments(substr($0, 4)))
	emit()
	next
}
/^\.(Pp|Bl|El|Bd|Ed)/ {
	emit()
	next
}
/^\.Nm *$/ {
	add(name_of_it)
	next
}
/^\.Nm [^-]/ && name_of_it == "" { name_of_it = $2 }
/^\.[A-Z]/ {
	macro(arguments(substr($0, 2)))
	next
}
{ add(plain($0)) }
END { emit() }

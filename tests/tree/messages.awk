# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Which messages are in no page.  Reads, in this order: the exceptions; the
# pages by mdoc.awk, with the page's name in front; which program reaches which
# room of common/ ("reach" file program); and the sources' strings by
# literals.awk.  Prints each message that is missing and each exception that
# excuses nothing any more.

# What is fixed in a message: the parts between its conversions, in parts[].
function split_parts(text,	n, i, all, some)
{
	gsub(/%%/, "\002", text)
	gsub(/%[-0-9.*]*(hh|h|ll|l|z|j)?[a-zA-Z]/, "\001", text)
	gsub(/\002/, "%", text)
	n = split(text, all, "\001")
	nparts = 0
	for (i = 1; i <= n; i++) {
		some = all[i]
		gsub(/[ \t]+/, " ", some)
		gsub(/^[] :;,.()"'[]+|[] :;,.()"'[]+$/, "", some)
		if (some ~ /[A-Za-z]/)
			parts[++nparts] = some
	}
}

# A message has two words at least, unless it is said at once.
function is_message(text, said,	i, n, words)
{
	if (text ~ /^usage: /)
		return 0
	split_parts(text)
	n = 0
	for (i = 1; i <= nparts; i++)
		n += gsub(/[A-Za-z][A-Za-z]+/, "&", parts[i])
	return said ? n >= 1 : n >= 2 && text ~ /[^ ] +[^ ]/
}

# Whole words only: "no such session" is not in "no such sessions".
function place(words, part, from,	at, before, after)
{
	for (;;) {
		at = index(substr(words, from), part)
		if (at == 0)
			return 0
		at += from - 1
		before = at > 1 ? substr(words, at - 1, 1) : " "
		after = substr(words, at + length(part), 1)
		if ((before !~ /[A-Za-z0-9]/ || part !~ /^[A-Za-z0-9]/) &&
		    (after !~ /[A-Za-z0-9]/ || part !~ /[A-Za-z0-9]$/))
			return at + length(part)
		from = at + 1
	}
}

# Do the parts stand in one paragraph of that place, in their order?
function stands(page, where,	k, i, at)
{
	for (k = 1; k <= count[page]; k++) {
		if (where_is[page, k] !~ ("(^|/)(" where ")$"))
			continue
		at = 1
		for (i = 1; i <= nparts && at; i++)
			at = place(text_of[page, k], parts[i], at)
		if (at)
			return 1
	}
	return 0
}

# Where an exception says that the words are: a place, "-" for nowhere, or ""
# if it says nothing.
function excused(file, text,	i)
{
	for (i = 1; i <= nexc; i++)
		if (exc_file[i] == file &&
		    (exc_text[i] == "*" || index(text, exc_text[i]))) {
			used[i] = 1
			return exc_where[i]
		}
	return ""
}

function found(file, text,	where, i, n, programs, helper)
{
	where = excused(file, text)
	if (where == "-")
		return 1
	if (where == "")
		where = "DIAGNOSTICS(/.*)?"
	split_parts(text)
	if (match(where, /^[a-z.-]+:/))
		return stands(substr(where, 1, RLENGTH - 1), \
		    substr(where, RLENGTH + 1))
	if (stands("ssh-incubator", where) || stands("incubator.conf", where))
		return 1
	if (file !~ /^common\//) {
		helper = file
		sub(/^helpers\//, "", helper)
		sub(/\/.*/, "", helper)
		return stands(helper, where)
	}
	n = split(reach[file], programs, " ")
	for (i = 1; i <= n; i++)
		if (!stands(programs[i], where)) {
			wanting = programs[i]
			return 0
		}
	return 1
}

BEGIN { FS = "\t" }
$1 == "except" {
	nexc++
	exc_file[nexc] = $2
	exc_text[nexc] = $3
	exc_where[nexc] = $4
	next
}
# A paragraph, and below the head of a list the two together.
$1 == "page" {
	k = ++count[$2]
	where_is[$2, k] = $3 ($4 == "" ? "" : "/" $4)
	text_of[$2, k] = $7
	if ($5 == "text" && before == "head") {
		where_is[$2, k + 1] = where_is[$2, k]
		text_of[$2, k + 1] = text_of[$2, k - 1] " " $7
		count[$2]++
	}
	before = $5
	next
}
$1 == "reach" {
	reach[$2] = reach[$2] " " $3
	next
}
$1 == "string" {
	if (!is_message($4, $3 == "log") || ($2, $4) in seen)
		next
	seen[$2, $4] = 1
	told++
	wanting = ""
	if (!found($2, $4))
		print $2 ": in no page" (wanting == "" ? "" : \
		    ", for " wanting) ": " $4
}
END {
	for (i = 1; i <= nexc; i++)
		if (!used[i])
			print "pages-exceptions: excuses nothing: " \
			    exc_file[i] " " exc_text[i]
	if (told < 300)
		print "only " told + 0 " messages were found"
}

# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What README tells an administrator to do, as it stands there.  Sourced.
#
# An indented block is what goes to the end of the file that the paragraph
# before it names last, in backquotes and with its whole path; or its lines
# begin with "# " for what root runs on the host, or "$ " for what a user runs.

# readme_section FILE HEADING: what stands below it, up to the next heading of
# the same rank, which is how many # the line has.
readme_section() {
	awk -v heading="$2" '
		/^#+ / {
			rank = length($1)
			name = substr($0, rank + 2)
			if (inside && rank <= inside)
				exit
			if (!inside && (name == heading ||
			    index(name, heading ". ") == 1))
				inside = rank
			next
		}
		inside' "$1"
}

# readme_blocks DIR <SECTION: its blocks, in their order: DIR/1.to is the file,
# or "root" or "user", and DIR/1 the text.
readme_blocks() {
	awk -v dir="$1" '
		function end(	to, line, i) {
			if (!n)
				return
			to = file
			if (block[1] ~ /^# /)
				to = "root"
			else if (block[1] ~ /^\$ /)
				to = "user"
			file = ""
			count++
			print to >(dir "/" count ".to")
			for (i = 1; i <= n; i++) {
				line = block[i]
				if (to == "root" || to == "user")
					line = substr(line, 3)
				print line >(dir "/" count)
			}
			n = 0
		}
		/^    / {
			block[++n] = substr($0, 5)
			next
		}
		/^$/ { if (n) blank = 1; next }
		{
			end()
			rest = $0
			while (match(rest, /`\/[^`]*`/)) {
				file = substr(rest, RSTART + 1, RLENGTH - 2)
				rest = substr(rest, RSTART + RLENGTH)
			}
		}
		END { end() }'
}

# readme_commands FILE HEADING: what root runs.
readme_commands() {
	readme_section "$1" "$2" | sed -n 's/^    # //p'
}

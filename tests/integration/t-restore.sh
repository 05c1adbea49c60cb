#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the screen showed: two viewers of one session in panes of one tmux.  A
# never left; B lost its connection before the program painted, and returned,
# at the same size, at a larger and at a smaller one.  What tmux says of both
# panes must be the same: text with its attributes, lines that are wrapped,
# the cursor, modes, margins, the title.  Would have caught: a dump at half a
# sequence, lines that are not wrapped anew as a terminal wraps them, a screen
# below vim's that does not come back, and margins of another size.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"

# shellcheck source=panes.sh
. "$(dirname "$0")/panes.sh"

screen=/usr/local/bin/pty-broker-screen

# What the programs look at.
(
	cd /home/alice || exit 1
	cp "$TOP_SRCDIR/tests/integration/lib.sh" text.sh
	seq -f 'this is line %g of a long file' 1 280000 >long
	for _ in 1 2 3 4 5 6 7 8 9; do
		printf 'wide \344\270\255\346\226\207 \303\244 e\314\201 '
		printf '\360\237\221\215 \360\237\221\250\342\200\215'
		printf '\360\237\221\251 %s \342\224\200 end\n' {1..30}
	done >wide
	# a bar as apt has it, below its own margins
	cat >bar <<'END'
printf '\0337\033[1;%dr\0338' $((LINES - 1))
for i in {1..40}; do
	printf 'unpacking package %d\n' "$i"
	printf '\0337\033[%d;1H\033[42m%d of 40\033[49m [%.*s\033[K\0338' \
	    "$LINES" "$i" "$i" '########################################'
done
printf '\rworking: %d%%' {1..99}
END
	echo "PS1='> '" >rc
	git init -q repo
	cd repo || exit 1
	for i in {1..30}; do
		git -c user.name=alice -c user.email=alice@localhost commit \
		    -q --allow-empty -m "change $i" -m "a body of $i"
	done
	chown -R alice: /home/alice
)

# returns NAME ROWS COLS: B comes back, in a window of that size.
returns() {
	resize A "$2" "$3"
	pane B "$2" "$3" "$attach"
	# A session that ends would make both panes the same.
	if wait_for 30 agree && shows B .; then
		pass "$1"
	else
		fail "$1" "see below"
		differ
	fi
	close B
	wait_for 60 has_viewers "$session" 1
}

kind=
# later KEYS SHOWN: what B, who has returned in the smallest window, and A see
# of what the program does then.
later() {
	pane B 17 61 "$attach"
	wait_for 30 agree || fail "$session, before it goes on" "differs"
	"${tmux[@]}" send-keys -t :A "$1" Enter
	if wait_for 60 shows A "$2" && wait_for 30 agree; then
		pass "$session: it goes on"
	else
		fail "$session: it goes on" "see below"
		differ
	fi
	close B
}

then=
# restores NAME PROGRAM COMMAND SHOWN [KEY SHOWN] ...: the program shows the
# first, and after each key the next, as regular expressions.
restores() {
	local name=$1 program=$2 command=$3 marker=$4

	shift 4
	need "$program" || {
		skip "$kind: $name" "needs $program"
		return
	}
	session=$kind-$name
	attach="exec $PTY_BROKER attach --restore=$kind $session"
	pane A 24 80 "cd /home/alice; $attach -- $command"
	wait_for 60 has_viewers "$session" 1
	pane B 24 80 "$attach"
	wait_for 60 has_viewers "$session" 2
	close B
	wait_for 60 has_viewers "$session" 1
	while wait_for 60 shows A "$marker" && [ $# -gt 0 ]; do
		"${tmux[@]}" send-keys -t :A "$1"
		marker=$2
		shift 2
	done
	if ! shows A "$marker"; then
		fail "$kind: $name runs" "$(shown A | head -n 30)"
	else
		returns "$kind: $name" 24 80
		if [ "$kind" = screen ]; then
			returns "$kind: $name, larger" 33 101
			returns "$kind: $name, smaller" 17 61
			# shellcheck disable=SC2086 # two words
			[ -z "$then" ] || later $then
		fi
	fi
	broker kill "$session" >/dev/null 2>&1
	close A
}

vim=$(command -v vim || command -v vim.tiny || echo vim)
all() {
	kind=$1
	restores vim "$vim" "$vim -u NONE -N -n text.sh" 'text.sh' \
		9jihello hello
	# Below it is what the shell showed.
	then=':q ,90'
	restores below-vim "$vim" 'bash --rcfile rc' '>' \
		'seq -s, 1 90' 'seq' Enter ',90' \
		"$vim -u NONE -N -n text.sh" 'text.sh$' Enter 'SPDX-License'
	then=
	restores less less 'less -N text.sh' '^ +1 ' Space 'text.sh|:' \
		/wait_for '/wait_for' Enter 'wait_for'
	restores htop htop 'htop -d 100' 'F10'
	restores top top 'top -d 1000' 'COMMAND'
	restores mc mc 'mc -d -u' '10Quit' Down 'text'
	restores dialog dialog \
		'dialog --menu Hello 15 40 5 a one b two c three' \
		three Down 'b  two'
	restores nano nano 'nano text.sh' 'Exit' Down 'Exit' xyzzy 'xyzzy'
	restores git-log git 'git -C repo -c core.pager=less log --color' \
		'change 30' Space 'change 25'
	restores man man 'man bash' 'BASH' Space 'manual|line'
	restores python python3 'python3 -q' '>>>' 'print("x" * 300)' '300\)' \
		Enter 'xxxx' '1 +' '1 \+'
	restores bar bash 'bash --rcfile rc' '>' '. ./bar' 'bar' Enter \
		'working: 99%'
	restores cat bash 'bash --rcfile rc' '>' 'cat long' 'cat' \
		Enter 'line 280000 of a long file'
	restores wide bash 'bash --rcfile rc' '>' 'cat wide' 'cat' \
		Enter 'end'
	# shellcheck disable=SC2016 # the shell in the pane expands it
	restores lines bash 'bash --rcfile rc' '>' \
		'for i in 9 70 99 33; do seq -s " " $i; done' 'seq' Enter \
		'32 33$'
}

all ring
if [ -x "$screen" ]; then
	all screen
else
	skip screen "built without libvterm"
fi
"${tmux[@]}" kill-server
finish

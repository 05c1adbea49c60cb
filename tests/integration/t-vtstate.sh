#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The modes of a terminal, held against a terminal that somebody else wrote:
# tmux.  Output S is cut at K.  A pane that gets what a returning viewer gets
# must end up as the pane that got all of S, and one whose viewer leaves at K
# as if nothing had been.  Would have caught a mode that is misread, one that
# is missing from what is painted, and a replay that a terminal answers (I13).

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need tmux || skip_all "needs tmux"
export LC_ALL=C.UTF-8
out=$BED/out
tmux=(tmux -u -f /dev/null -S "$out/tmux")
mkfifo "$out/next"

# A pane that shows one file after the other.  After each it asks the terminal
# how it is, and tells all that was answered: so it has all been read.
cat >"$out/show" <<'END'
#!/bin/bash
stty raw -echo
while read -r file; do
	cat "$file"
	printf '\033[5n'
	heard=
	until [[ $heard == *$'\033[0n' ]]; do
		IFS= read -rsN1 c </dev/tty || exit
		heard+=$c
	done
	printf '%s' "$heard" >"$file.heard.new"
	mv "$file.heard.new" "$file.heard"
done <"$1"
END
chmod +x "$out/show"
"${tmux[@]}" new-session -d -x 80 -y 24 "$out/show $out/next" 2>"$out/err" ||
	skip_all "tmux: $(head -n 1 "$out/err")"
exec 8>"$out/next"

flags='alternate=#{alternate_on} cursor=#{cursor_flag} insert=#{insert_flag}'
flags+=' keys=#{keypad_cursor_flag},#{keypad_flag} origin=#{origin_flag}'
flags+=' mouse=#{mouse_any_flag},#{mouse_standard_flag},#{mouse_button_flag}'
flags+=',#{mouse_all_flag},#{mouse_sgr_flag},#{mouse_utf8_flag}'
flags+=' wrap=#{wrap_flag} at=#{cursor_x},#{cursor_y}'
flags+=' region=#{scroll_region_upper},#{scroll_region_lower}'

# shown FILE [TITLE]: put it on the pane, print what the pane has become.
shown() {
	rm -f "$1.heard"
	echo "$1" >&8
	wait_for 60 test -e "$1.heard" || echo "no answer"
	"${tmux[@]}" display-message -p "$flags${2:+ title=#{pane_title\}}"
	"${tmux[@]}" capture-pane -e -p
}

# Behind S: a full painting, which says nothing of modes, so that each that
# is on or off shows.
{
	printf '\030\033\\\033[H\033[2J\033[4;3Hlqqqk jklm\033[4;5HXX'
	printf '\033[6;70H0123456789abcdefghij'
	printf '\033[24;1Hlast\n\033[12;1H\016lqk\017 \303\244\344\270\255 end'
} >"$out/painting"
# Before what returns: a terminal that somebody left in a bad state.
{
	printf '\033[?1000;1006;1002;2004;1;5;6h\033=\033[4h\033[5;9r'
	printf '\033(0\033)0\016\033[1;31;44m\033[?25;7l\033[?1049h'
	printf '\0337dirt\033[3;3Hmore dirt\033P+half of a str'
} >"$out/dirt"
# shellcheck disable=SC1003 # an ST ends with a backslash
# RIS does not leave tmux's alternate screen.
printf '\033[?1049l\033c\033]2;none\033\\' >"$out/plain"

# Made by hand: all that tmux follows, and text in between.
{
	printf 'some text\r\n\033[1;3mbold\033[22m\033[31mred\033[48;5;33m'
	printf 'blue\033[38;2;9;8;7m\033[4:3mcurly\033[58:2::1:2:3mof a colour'
	printf '\033[24;59m\033[7;9;53m\033[27;29;55m\033[95;105m\033[39;49;23m'
	printf '\033]2;one\a\033[?1hx\033[?1l\033=\033>\033=\033[4hin\033[4l'
	printf '\033(0lqk\033(B\033)0\016lqk\017\033[?7lwrap\033[?25l'
	printf '\033[?1000h\033[?1006h\033[?1002h\033[?1002l\033[?1003h'
	printf '\033[?2004h\033[3;20r\033[?6h\033[2;2Hx\0337\033[m\033[?6l'
	printf '\0338\033[?6l\033[35m\0337\033[m\033[22;2t'
	printf '\033]0;tw\303\266\033\\\0338\033[?1049h'
	printf '\033[2J\033[Halternate\033[1;36m\033[?1005h\033[?1005l'
	printf '\033[c\033[6n\033[>q\033]11;?\a\033[?1049l\033[m\033[r'
	printf '\033[?1003l\033[?7h\033[23;2t\033(0\033[38:5:9m\033[?25h'
} >"$out/hand"

# cuts NAME STEP: a stream, cut at each STEP bytes.
cuts() {
	local name=$1 step=$2 size k bad=0 left=0 asked=0

	cat "$out/plain" "$out/$name" "$out/painting" >"$out/whole"
	shown "$out/whole" title >"$out/expected"
	printf 'x' | cat "$out/plain" - >"$out/nothing"
	shown "$out/nothing" >"$out/untouched"
	cat "$out/$name" "$out/painting" >"$out/stream"
	size=$(stat -c %s "$out/$name")
	for ((k = 0; k <= size; k += step)); do
		"$BED/bin/vtcut" return "$k" <"$out/stream" |
			cat "$out/plain" "$out/dirt" - >"$out/cut"
		shown "$out/cut" title >"$out/got"
		if ! cmp -s "$out/expected" "$out/got"; then
			bad=$((bad + 1))
			[ "$bad" -gt 1 ] || {
				echo "# $name, back at $k:"
				diff "$out/expected" "$out/got" | cat -v |
					sed 's/^/# /'
			}
		fi
		# of what is behind K, nothing: only the test's own
		[ "$(cat "$out/cut.heard")" = $'\033[0n' ] ||
			asked=$((asked + 1))
		"$BED/bin/vtcut" leave "$k" <"$out/$name" |
			cat "$out/plain" - <(printf '\033[H\033[2Jx') \
			>"$out/cut"
		shown "$out/cut" >"$out/got"
		if ! cmp -s "$out/untouched" "$out/got"; then
			left=$((left + 1))
			[ "$left" -gt 1 ] || {
				echo "# $name, left at $k:"
				diff "$out/untouched" "$out/got" | cat -v |
					sed 's/^/# /'
			}
		fi
	done
	check_eq "$name: who returns has what who stayed has" 0 "$bad"
	check_eq "I13 $name: a replay asks nothing" 0 "$asked"
	check_eq "$name: who leaves has his terminal back" 0 "$left"
}

cuts hand 3
# What programs write, recorded for xterm.
for file in "$TOP_SRCDIR"/tests/fuzz/corpus/vtstate/recorded-*; do
	name=${file##*/}
	case "$name" in
	# made for other terminals: for tmux these are words in the wrong place
	*-linux) continue ;;
	esac
	tail -c +2 "$file" >"$out/$name"
	cuts "$name" 397
done
"${tmux[@]}" kill-server
finish

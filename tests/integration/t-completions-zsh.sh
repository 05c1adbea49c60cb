#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# contrib/completions/zsh at a real shell: what the test for bash asks.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"
# shellcheck source=completions.sh
. "$(dirname "$0")/completions.sh"

need zsh || skip_all "needs zsh"
{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"

# compadd is where every word goes through on its way to the screen.
mkdir "$out/zsh"
cat >"$out/zsh/.zshrc" <<'END'
PS1='ready> '
fpath=($COMPLETIONS/zsh $fpath)
autoload -U compinit
compinit -u -D
asked=0
compadd() {
	local -a got

	if ((! ${@[(I)-[AOD]]})); then
		builtin compadd -A got "$@"
		words_seen+=("${(@)got}")
	fi
	builtin compadd "$@"
}
spy() {
	words_seen=()
	{ _main_complete } 2>>$WORK/$MODE.err
	compstate[list]=
	compstate[insert]=
	print -rl -- "${(@)words_seen}" >$WORK/now
	/bin/mv $WORK/now $WORK/$MODE.$asked
	((asked += 1))
}
zle -C spy complete-word spy
bindkey '^I' spy
[[ $MODE != path ]] || PATH=.:
END

make_traps
make_agent
make_sessions

run_zsh() {
	ask "$1" env MODE="$1" ZDOTDIR="$out/zsh" zsh -o noglobalrcs -i
}

ask_all
run_zsh zsh
check_all

ask_hostile_path
run_zsh path
check_hostile_path

# As a person sees it, in tmux: a key with its comment, a file that is quoted.
if need tmux; then
	# shellcheck source=panes.sh
	. "$(dirname "$0")/panes.sh"
	mkdir "$out/person"
	cat >"$out/person/.zshrc" <<-END
		PS1='ready> '
		fpath=($completions/zsh \$fpath)
		autoload -U compinit
		compinit -u -D
		cd $work/cwd
		export SSH_AUTH_SOCK=$agent
	END
	typed() {
		"${tmux[@]}" send-keys -t :A C-u
		"${tmux[@]}" send-keys -t :A -l "$2"
		wait_for 20 shows A "$3"
		check_match "tmux: $1" "$3" \
			"$("${tmux[@]}" capture-pane -p -t :A)"
	}
	pane A 24 200 "env ZDOTDIR=$out/person zsh -o noglobalrcs -i"
	wait_for 20 shows A 'ready>'
	typed "a command and a session" $'pty-broker at\two\t' \
		'pty-broker attach work'
	typed "a blank in a name" $'env-filter --config z\t' \
		'--config z\\ b/'
	typed "behind =" $'env-filter --config=-l\t' '--config=-lead/'
	# zsh writes a description as it is: unseen, the comment would have
	# set the terminal's title.
	typed "a comment is text" $'agent-forwarder --allow-key \t\t' \
		'-- \^\[]0;a key has set the title\^G\$\(touch .*`touch'
	mode=tmux
	check_untouched
	close A
else
	skip "tmux" "needs tmux"
fi
finish

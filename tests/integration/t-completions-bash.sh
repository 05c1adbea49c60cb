#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# contrib/completions/bash at a real shell, with bash-completion and without.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=broker.sh
. "$(dirname "$0")/broker.sh"
# shellcheck source=completions.sh
. "$(dirname "$0")/completions.sh"

{ need ssh-agent && need ssh-add; } ||
	skip_all "needs ssh-agent and ssh-add"
library=/usr/share/bash-completion/bash_completion

# Completion functions are called by a wrapper; one within another's is no
# answer.  compopt(1) is written down too.
cat >"$out/spy" <<'END'
PS1='ready> '
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
asked=0
depth=0
compopt() {
	printf '%s\n' "$*" >>"$WORK/now"
	builtin compopt "$@"
}
spy() {
	((depth)) || : >"$WORK/now"
	depth=$((depth + 1))
	"$@" 2>>"$WORK/$MODE.err"
	depth=$((depth - 1))
	((depth)) && return
	printf '%s\n' "${COMPREPLY[@]}" >>"$WORK/now"
	mv "$WORK/now" "$WORK/$MODE.$asked"
	asked=$((asked + 1))
}
for program in incubator env-filter agent-forwarder pty-broker; do
	name=_ssh_incubator_${program//-/_}
	eval "spy_$program() { spy $name \"\$@\"; }"
	complete -F "spy_$program" "$program"
done
END
cat >"$out/rc-plain" <<'END'
for program in incubator env-filter agent-forwarder pty-broker; do
	. "$COMPLETIONS/bash/$program" 2>>"$WORK/$MODE.err"
done
END
# By the name of the program, as it is done when TAB is pressed; what does it
# has changed its name.
cat >"$out/rc-library" <<'END'
. /usr/share/bash-completion/bash_completion
loader=$(complete -p -D)
loader=${loader##*-F }
for program in incubator env-filter agent-forwarder pty-broker; do
	"${loader%% *}" "$program" 2>>"$WORK/$MODE.err"
done
END
# What a person may have set, and a pattern that matches nothing a failure.
cat >"$out/rc-odd" <<'END'
set -u
shopt -u extglob
shopt -s failglob
COMP_WORDBREAKS=${COMP_WORDBREAKS//:}
IFS=:
END
cat "$out/rc-plain" "$out/spy" >"$out/plain"
cat "$out/rc-library" "$out/spy" >"$out/library"
cat "$out/rc-plain" "$out/spy" "$out/rc-odd" >"$out/odd"
{ echo PATH=.; cat "$out/rc-plain" "$out/spy"; } >"$out/path"
echo 'PATH=.:; mv() { /bin/mv "$@"; }' >>"$out/path"
# Where bash-completion looks for what a user has installed himself.
install -d -m 0755 "$out/user"
ln -s "$completions/bash" "$out/user/completions"

make_traps
make_agent
make_sessions

run_bash() {
	ask "$1" env MODE="$1" BASH_COMPLETION_USER_DIR="$out/user" \
		bash --noprofile --rcfile "$out/$1" -i
}

ask_all
run_bash plain
check_all
run_bash odd
check_all
if [ -r "$library" ]; then
	run_bash library
	check_all
else
	skip "library" "needs bash-completion"
fi

ask_hostile_path
run_bash path
check_hostile_path

# Files are bash's business: it is asked for them, or for directories, where
# one is meant, and for nothing else.
ask_files() {
	questions=()
	question "incubator --config x"
	question "incubator --config=x"
	question "incubator --chroot x"
	question "agent-forwarder --policy \"x"
	question "env-filter -- cat x"
	question "incubator --remote-ip x"
	question "incubator -C x"
}
ask_files
run_bash plain
check_eq "a file" "-o default" "$(cat "$work/plain.0")"
check_eq "... behind =" "-o default" "$(cat "$work/plain.1")"
check_eq "a directory" "-o dirnames" "$(cat "$work/plain.2")"
check_eq "... in quotes" "-o default" "$(cat "$work/plain.3")"
check_eq "of another command" "-o default" "$(cat "$work/plain.4")"
check_eq "an address is no file" "" "$(cat "$work/plain.5")"
check_eq "neither is a criterion" "" "$(cat "$work/plain.6")"

# As a person sees it, in tmux.
# shellcheck source=panes.sh
if need tmux; then
	. "$(dirname "$0")/panes.sh"
	cat >"$out/tmux" <<-END
		PS1='ready> '
		bind 'set enable-bracketed-paste off'
		cd $work/cwd
		. $completions/bash/pty-broker
		. $completions/bash/env-filter
		. $completions/bash/agent-forwarder
		export SSH_AUTH_SOCK=$agent
	END
	# type NAME KEYS SHOWN
	typed() {
		"${tmux[@]}" send-keys -t :A C-u
		"${tmux[@]}" send-keys -t :A -l "$2"
		wait_for 20 shows A "$3"
		check_match "tmux: $1" "$3" \
			"$("${tmux[@]}" capture-pane -p -t :A)"
	}
	pane A 24 120 "bash --noprofile --rcfile $out/tmux -i"
	wait_for 20 shows A 'ready>'
	typed "a command and a session" $'pty-broker at\two\t' \
		'pty-broker attach work'
	typed "a blank in a name" $'env-filter --config z\t' \
		'--config z\\ b/'
	typed "a name that looks like an option" $'env-filter --config -l\t' \
		'--config -lead/'
	typed "behind =" $'env-filter --config=z\\ \t' '--config=z\\ b/'
	typed "a name that looks like a command" \
		$'env-filter --config \\$\t' \
		'--config \\\$\\\(touch\\ trapped\\\)'
	typed "... like two" $'env-filter --config=\\;\t' \
		'--config=\\;touch\\ trapped'
	key=$(head -n 1 <<<"$keys")
	typed "a fingerprint, broken at the colon" \
		"agent-forwarder --allow-key SHA256:${key:0:5}"$'\t' \
		"--allow-key SHA256:${key//+/\\+}"
	mode=tmux
	check_untouched
	close A
else
	skip "tmux" "needs tmux"
fi
finish

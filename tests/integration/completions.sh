# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the tests of the completions share.  A script sources this after lib.sh
# and broker.sh.
#
# Lines are typed at an interactive shell of alice's and TAB is pressed behind
# each of them; a wrapper writes down what the completion offers.  The
# directory that she is in, and that PATH ends with, is full of traps.

completions=$TOP_SRCDIR/contrib/completions
# panes.sh has a directory of this name and uses it for its socket.
work=${out:?lib.sh comes first}/alice
source_tree=$TOP_SRCDIR

# What must never happen leaves a file here.
trapped=$work/trapped
# shellcheck disable=SC2016 # it is not to be expanded, that is the point
hostile='$(touch '$trapped')`touch '$trapped'`'

make_traps() {
	local program

	install -d -m 0700 -o alice "$work" "$work/cwd"
	for program in pty-broker agent-forwarder ssh-add ssh-keygen getent \
		timeout incubator env-filter; do
		printf '#!/bin/sh\n: >%s\n' "$trapped" \
			>"$work/cwd/$program"
		chmod 0755 "$work/cwd/$program"
	done
	mkdir "$work/cwd/z b" "$work/cwd/-lead"
	touch "$work/cwd/\$(touch trapped)" "$work/cwd/\`touch trapped\`" \
		"$work/cwd/;touch trapped"
}

# An agent of alice's with two keys, one's comment hostile to the shell and to
# the terminal; $keys are their fingerprints.
title=$'\e]0;a key has set the title\a'
make_agent() {
	agent=$work/agent
	as_alice ssh-keygen -q -t ed25519 -N '' -C "$title$hostile" \
		-f "$work/k1"
	as_alice ssh-keygen -q -t ed25519 -N '' -C 'a: b' -f "$work/k2"
	as_alice ssh-agent -s -a "$agent" >/dev/null
	as_alice env SSH_AUTH_SOCK="$agent" ssh-add -q "$work/k1" "$work/k2"
	keys=$(ssh-keygen -lf "$work/k1.pub"; ssh-keygen -lf "$work/k2.pub")
	keys=$(cut -d ' ' -f 2 <<<"$keys" | sed 's/^SHA256://' | sort)
	printf 'host %s\n' "$(cut -d ' ' -f 1,2 "$work/k2.pub")" |
		as_alice sh -c 'mkdir -p ~/.ssh && cat >~/.ssh/known_hosts'
}

# Sessions: one that lives, one that has ended, one whose process is no more.
make_sessions() {
	broker new work -- sleep 100000
	broker new over -- true
	broker new dead -- sleep 100000
	wait_for 20 has_ended over || fail "$SCRIPT" "it has not ended"
	kill -KILL "$(fact dead PID)"
	wait_for 20 is_no_more dead || fail "$SCRIPT" "it has not died"
}
has_ended() {
	! broker list | grep -q "^$1 .*tached"
}
is_no_more() {
	! broker list | grep -q "^$1 "
}

# question LINE: to be typed; the answer is asked for by the same line.
questions=()
question() {
	questions+=("$1")
}

# ask MODE COMMAND ...: the shell is asked all questions.  Its rc file has a
# wrapper that makes $work/MODE.N of the N-th answer, from 0 on, and writes to
# $work/MODE.err what comes on standard error.
ask() {
	local i status

	mode=$1
	shift
	rm -f "$work/$mode".*
	for i in "${!questions[@]}"; do
		printf 'send %s\\t\n' "${questions[i]//\\/\\\\}"
		printf 'await %s\nsend \\x15\n' "$work/$mode.$i"
	done >"$out/script"
	(
		cd "$work/cwd" || exit
		{ printf 'expect ready> \n' && cat "$out/script" &&
			printf 'send exit 0\\r\n'; } |
			at_tty env WORK="$work" COMPLETIONS="$completions" \
			SSH_AUTH_SOCK="$agent" PATH="$PATH${path_end-:.:}" \
			HISTFILE=/dev/null "$@" >"$out/shown" 2>&1
	)
	status=$?
	check_eq "$mode: all is asked" 0 "$status"
	[ "$status" = 0 ] || tail -c 500 "$out/shown" | cat -v
	check_eq "$mode: nothing on standard error" "" \
		"$(cat "$work/$mode.err" 2>&1)"
}

# answer LINE: each word on a line of its own, sorted; of a list its last
# element, and without the "=" or ":" that is to be followed by something.
answer() {
	local i

	for i in "${!questions[@]}"; do
		[ "${questions[i]}" != "$1" ] || break
	done
	sed -e '/^-o /d; s/.*[,:]\([^ ]\)/\1/; s/^-\(sys_\)/\1/; s/[=:]$//; s/\\//g' \
		"$work/$mode.$i" | grep . | sort -u
}
# The words on one line.
words() {
	answer "$1" | paste -sd ' '
}
# of TEXT: its words, as those of an answer.
of() {
	tr -s ' \n' '\n' <<<"$1" | grep . | sort -u
}

# The options of a page, and those that --help names.
page_options() {
	awk '/^\.It (Fl|Cm .* Pq Fl) / {
		for (i = 2; i <= NF; i++)
			if (($(i - 1) == "Fl" || ($(i - 1) == "," &&
			    $i ~ /^-/)) && $i != "-")
				print "-" $i
	}' "$source_tree/man/$1".[18]
}
help_options() {
	"$1" --help | grep -oE '(^|[[ |])--?[A-Za-z0-9][a-z-]*' |
		sed -E 's/^[[ |]//; /^-dr$/{ s//-d\n-r/ }'
}

# has_none PROGRAM [ACT] OPTION: the program says it is unknown.  Whatever the
# option is, with the unknown one behind it nothing is done.
has_none() {
	local option=${*: -1}

	[[ $option != --* ]] || option+='='
	"${@:1:$#-1}" "$option" --no-such-option 2>&1 </dev/null |
		grep -qE -e "${*: -1}: (unknown option|no option of)"
}

# Each is accepted; and here is one that is not.
check_accepted() {
	local option none=

	for option in $(answer "$* -"; answer "$* --"); do
		! has_none "$@" "$option" || none+=" $option"
	done
	check_eq "$mode: $*: it takes what is offered" "" "$none"
}

# PROGRAM: nothing that the page or --help has is missing from the answers to
# the lines, one for each act.
check_complete() {
	local program=$1 line

	shift
	for line; do
		answer "$line -"
		answer "$line --"
	done | sort -u >"$out/offered"
	{ page_options "$program"; help_options "$program"; } | sort -u |
		grep -v '^--$' >"$out/wanted"
	[ "$(wc -l <"$out/wanted")" -gt 10 ] ||
		fail "$SCRIPT" "$program: too few options in its page"
	check_eq "$mode: $program: what page and help have is offered" "" \
		"$(comm -13 "$out/offered" "$out/wanted" | paste -sd ' ')"
}

acts='attach new list peek kill wait run serve'
ask_options() {
	local program act

	for program in incubator env-filter agent-forwarder pty-broker; do
		question "$program -"
		question "$program --"
	done
	for act in $acts; do
		question "pty-broker $act -"
		question "pty-broker $act --"
	done
	for act in status stop; do
		question "agent-forwarder $act -"
		question "agent-forwarder $act --"
	done
}
check_options() {
	local act

	has_none incubator --no-such-thing ||
		fail "$SCRIPT" "a program takes any option"
	check_accepted incubator
	check_accepted env-filter
	check_accepted agent-forwarder
	check_accepted agent-forwarder status
	check_accepted agent-forwarder stop
	check_accepted pty-broker
	for act in $acts; do
		check_accepted pty-broker "$act"
	done
	check_complete incubator incubator
	check_complete env-filter env-filter
	check_complete agent-forwarder agent-forwarder "agent-forwarder status"
	check_complete pty-broker pty-broker "pty-broker attach" \
		"pty-broker list" "pty-broker run" "pty-broker serve"
}

# table FILE NAME: the strings of a table of the source's.
table() {
	sed -n "/$2\[.*= {/,/};/p" "$source_tree/$1" | grep -o '"[^"]*"' |
		tr -d '"' | grep .
}
names() {
	table common/names.c "struct name $1" | grep -vxE 'mnt|IOT|CLD|IO'
}
operations() {
	sed -n '/^policyvalue_operation/,/^}/p' \
		"$source_tree/helpers/agent-forwarder/policyvalue.c" |
		sed -n '/names\[\]/,/;/p' | grep -o '"[^"]*"' | tr -d '"'
	echo extension
}
criteria() {
	table common/confmatch.c 'criteri[a-z_]*names\|const names' |
		grep -vx all
	printf '%s\n' user addr shape
}

# Two lines, so that both ways to write it are tried; the same words.
lists=()
list() {
	lists+=("$1" "$2" "$3")
	question "$1 $2 "
	question "$1 $2="
}
ask_lists() {
	list incubator --unshare "$(names namespaces)"
	list incubator --bounding-set "all none $(names capabilities)"
	list incubator --ambient-caps "all none $(names capabilities)"
	list incubator --limit "$(names limits)"
	list incubator --pdeathsig "$(names signals)"
	list incubator --setgroups "allow deny"
	list agent-forwarder --deny "$(operations)"
	list agent-forwarder --allow "$(operations)"
	list agent-forwarder --class "userauth sshsig other"
	list agent-forwarder --allow-key "$keys"
	list agent-forwarder --deny-key "$keys"
	list agent-forwarder --host "$(ssh-keygen -lf "$work/k2.pub" |
		cut -d ' ' -f 2 | sed 's/^SHA256://')"
	list "pty-broker attach" --restore "ring screen"
	list "pty-broker new" --size \
		"$(table helpers/pty-broker/proto.c proto_policy_names)"
	list incubator --groups "$(cut -d : -f 3 /etc/group)"
	list incubator --uid "$(getent passwd | cut -d : -f 3)"
	question "pty-broker "
	question "incubator -C "
	question "incubator --explain="
	question "incubator --forward-agent="
	question "agent-forwarder --audit="
}
check_list() {
	of "$2" >"$out/wanted"
	answer "$1" >"$out/got"
	check_same "$mode: <$1>" "$out/wanted" "$out/got"
}
check_lists() {
	local i

	for ((i = 0; i < ${#lists[@]}; i += 3)); do
		check_list "${lists[i]} ${lists[i + 1]} " "${lists[i + 2]}"
		check_list "${lists[i]} ${lists[i + 1]}=" "${lists[i + 2]}"
	done
	check_eq "$mode: pty-broker's commands" \
		"$(of "$(table helpers/pty-broker/options.c act_names)")" \
		"$(answer "pty-broker ")"
	check_eq "$mode: -C" "$(of "$(criteria)")" "$(answer "incubator -C ")"
	check_eq "$mode: --explain=" json "$(words "incubator --explain=")"
	check_eq "$mode: --forward-agent=" "filter no yes" \
		"$(words "incubator --forward-agent=")"
	check_eq "$mode: --audit=" required \
		"$(words "agent-forwarder --audit=")"
}

# NAME LINE WORDS: one answer, all of it.
ones=()
one() {
	ones+=("$1" "$2")
	question "$1"
}
ask_ones() {
	one "pty-broker attach " "work"
	one "pty-broker attach -r " "work"
	one "pty-broker attach --restore screen w" "work"
	one "pty-broker attach --restore=ring w" "work"
	one "pty-broker kill " "work"
	one "pty-broker wait " "over work"
	one "pty-broker peek " "over work"
	one "pty-broker attach work " "--"
	one "pty-broker new w" ""
	one "pty-broker list w" ""
	one "pty-broker attach -- w" ""
	one "pty-broker attach --restore=s" "screen"
	one "incubator --unshare net,pi" "pid"
	one "incubator --local-user alic" "alice alicia"
	one "incubator --local-user=alic" "alice alicia"
	one "incubator --limit no" "nofile"
	one "incubator --limit nofile=u" "unlimited"
	one "incubator --limit nofile=3:u" "unlimited"
	one "incubator --limit=nofile=3:u" "unlimited"
	one "incubator --ambient-caps chown,-sys_t" "sys_time sys_tty_config"
	one "incubator -T -C user=alic" "alice alicia"
	one "incubator -T -C user=alice,serv" "service"
	one "incubator -T -C service=" "exec sftp shell"
	one "incubator -T -C user=root,key=" "$keys"
	question "agent-forwarder s"
	one "env-filter --set LOGNA" "LOGNAME"
	one "env-filter --unset=LOGNA" "LOGNAME"
	# Of the command behind it, its own.
	one "env-filter -- pty-broker att" "attach"
	one "env-filter --accept X pty-broker attach w" "work"
	one "pty-broker run env-filter -- incubator --sf" "--sftp"
	one "pty-broker attach x -- incubator --explain=" "json"
	one "agent-forwarder --stable -- env-filter --uns" "--unset"
	one "incubator --local-user alice pty-broker new --restore r" "ring"
	# What is quoted, and what is not ours.
	one "pty-broker attach 'wo" "work"
	one "pty-broker \"attach\" w" "work"
	one "pty-broker list >/dev/null --js" "--json"
	one "pty-broker attach $hostile" ""
	one "agent-forwarder --allow-key=$hostile" ""
}
check_ones() {
	local i

	for ((i = 0; i < ${#ones[@]}; i += 2)); do
		check_eq "$mode: <${ones[i]}>" "$(of "${ones[i + 1]}" |
			paste -sd ' ')" "$(words "${ones[i]}")"
	done
	# Besides programs that begin so.
	check_eq "$mode: agent-forwarder's commands" "status stop" \
		"$(answer "agent-forwarder s" | grep -xE 'status|stop' |
		paste -sd ' ')"
}

# Nothing was run that must not be.
check_untouched() {
	check_eq "$mode: nothing was run" "" "$(find "$work" -name 'trapped')"
	rm -f "$trapped" "$work/cwd/trapped"
}

ask_all() {
	questions=()
	ones=()
	lists=()
	ask_options
	ask_lists
	ask_ones
}
check_all() {
	check_options
	check_lists
	check_ones
	check_untouched
}

# With "." first in PATH, and nothing that PATH has elsewhere.
ask_hostile_path() {
	questions=()
	question "pty-broker attach "
	question "agent-forwarder --allow-key "
	question "agent-forwarder stop "
	question "agent-forwarder --host "
	question "incubator --uid "
}
check_hostile_path() {
	local line

	for line in "${questions[@]}"; do
		check_eq "$mode: <$line>" "" "$(words "$line")"
	done
	check_untouched
}

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# env-filter by itself: what it runs, what it prints, what it refuses, and what
# stays behind.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
# With an environment of nothing but what the test says.
bare() {
	"${as_alice[@]}" env -i "$@" </dev/null
}

# refused NAME STATUS REGEX COMMAND...: nothing on stdout, one line that
# begins with our name and matches, and the status.
refused() {
	local name=$1 expected=$2 regex=$3 status

	shift 3
	"$@" >"$out/stdout" 2>"$out/stderr" </dev/null
	status=$?
	if [ "$status" = "$expected" ] && [ ! -s "$out/stdout" ] &&
		head -n 1 "$out/stderr" | grep -q '^env-filter: ' &&
		grep -qE -e "$regex" "$out/stderr"; then
		pass "$name"
	else
		fail "$name" "$status: $(cat "$out/stdout" "$out/stderr")"
	fi
}

# Help and version.
for option in -h --help; do
	"$ENV_FILTER" $option </dev/null >"$out/stdout" 2>"$out/stderr"
	check_eq "$option" "0 1 0" "$? $(grep -c '^usage: env-filter ' \
		"$out/stdout") $(wc -c <"$out/stderr")"
done
for option in -V --version; do
	check_match "$option" "^env-filter [0-9]+[.][0-9.]+$" \
		"$("$ENV_FILTER" $option </dev/null)"
done
if [ -c /dev/full ]; then
	for action in --print --explain; do
		"$ENV_FILTER" $action >/dev/full 2>"$out/stderr" </dev/null
		check_match "$action cannot be written" \
			"^255 env-filter: standard output" \
			"$? $(cat "$out/stderr")"
	done
fi

# Wrong usage: the word is named, and never a value.  Would have caught an
# abbreviation that the next release's options make another one, a rule that
# could do nothing, and a secret on a terminal.
usage() {
	local name=$1 regex=$2

	shift 2
	refused "usage: $name" 64 "$regex" "$ENV_FILTER" "$@"
	! grep -q hunter2 "$out/stderr" || fail "usage: $name" "tells a value"
}
usage "unknown option" "--wrong: unknown" --wrong=hunter2
usage "short one" "-q: unknown" -q
usage "abbreviation" "--prin: unknown" --prin
usage "abbreviation with a value" "--se: unknown" --se=A=hunter2
usage "a value where none goes" "--print: it takes no" --print=hunter2
usage "no argument" "--accept: it needs" --accept
usage "empty pattern" "--accept: the pattern is empty" --accept ''
usage "a list for a pattern" "--deny A,B: a pattern is of" --deny A,B
usage "a negated pattern" "--accept !A: a pattern is of" --accept '!A'
usage "an assignment for a pattern" "--accept A: a pattern" --accept A=hunter2
usage "a pattern for a name" "--unset A\*: a name is of" --unset 'A*'
usage "no assignment" "--set: there is no '='" --set hunter2
usage "no name" "--set: not a name" --set =hunter2
usage "--set below the floor" "--set LD_PRELOAD: ld.so loads code" \
	--set LD_PRELOAD=hunter2
usage "--set of a function" "--set A: bash may take it" --set 'A=() { hunter2'
usage "-0 without --print" "-0 goes with" -0 true
usage "--print and --explain" "exclude each other" --print --explain
usage "an empty command" "the command is empty" ''

# What is printed.
check_eq "--print" $'TERM=vt52\nLC_A=a b\nFOO=a\\134b\\012c\\303\\266' \
	"$(bare TERM=vt52 LC_A='a b' FOO=$'a\\b\nc\303\266' BAR=1 \
		"$ENV_FILTER" --accept FOO --print)"
check_eq "--print -0 gives the bytes" $'FOO=a\\b\nc\303\266|LANG=C|' \
	"$(bare FOO=$'a\\b\nc\303\266' LANG=C \
		"$ENV_FILTER" --accept FOO --print -0 | tr '\0' '|')"
check_eq "--explain names every rule, and no value" "$(printf '%s\t%s\t%s\n' \
	HOME passes "session HOME: the user's home directory, absolute" \
	LANG passes 'default LANG: locale' \
	LC_X refused "value LC_*: with '/', '%' or control characters" \
	LD_PRELOAD refused 'floor LD_*: ld.so loads code by it' \
	GIT_PAGER refused 'refused unless named GIT_PAGER: git runs it' \
	GIT_X passes '--accept GIT_*' GIT_Y refused '--deny *Y' \
	GIT_Z refused --unset 'A\033B' refused \
	'floor: not a name of [A-Za-z_][A-Za-z0-9_]*' \
	FOO refused 'nothing accepts it' SET passes --set)" \
	"$(bare HOME=/hunter2 LANG=hunter2 LC_X=/hunter2 LD_PRELOAD= \
		GIT_PAGER=hunter2 GIT_X=hunter2 GIT_Y=hunter2 GIT_Z=hunter2 \
		$'A\033B=hunter2' FOO=hunter2 "$ENV_FILTER" --accept 'GIT_*' \
		--deny '*Y' --unset GIT_Z --set SET=hunter2 --explain)"
check_eq "-v names what is refused, on stderr" \
	"env-filter: FOO: refused: nothing accepts it" \
	"$(bare FOO=hunter2 "$ENV_FILTER" -v /bin/true 2>&1)"
check_eq "--no-defaults" "FOO=1" "$(bare LANG=C TERM=vt52 FOO=1 \
	"$ENV_FILTER" --no-defaults --accept FOO --print)"

# What is run, and in what.
check_eq "I5 a command has what passed and nothing else" \
	$'LANG=C\nSET=1' \
	"$(bare LANG=C FOO=1 SHELL=sh "$ENV_FILTER" --set SET=1 -- \
		/bed/bin/probe env)"
check_eq "it becomes the command" same "$(
	sh -c 'echo $$; exec "$0" -- sh -c "echo \$\$"' "$ENV_FILTER" |
		uniq | wc -l | sed 's/^1$/same/')"
check_eq "... by the shell" same "$(SSH_ORIGINAL_COMMAND='echo $$' \
	sh -c 'echo $$; exec "$0"' "$ENV_FILTER" | uniq | wc -l |
		sed 's/^1$/same/')"
mkdir "$out/bin"
printf '#!/bin/sh\necho "PATH=$PATH"\n' >"$out/bin/looked-up"
chmod 0755 "$out/bin/looked-up"
check_eq "I12 a command is looked up in the PATH that passed" \
	"PATH=$out/bin:/bin" \
	"$(bare PATH="$out/bin:/bin" "$ENV_FILTER" looked-up)"
refused "I12 ... and in no PATH that was refused" 127 "looked-up: No such" \
	bare PATH="$out/bin" "$ENV_FILTER" --deny PATH looked-up
check_eq "without a PATH there is a default" 0 \
	"$(bare "$ENV_FILTER" true; echo $?)"
refused "127" 127 "^env-filter: /nonexistent: No such file" \
	"$ENV_FILTER" /nonexistent
refused "126" 126 "^env-filter: /etc/passwd: Permission denied" \
	"$ENV_FILTER" -- /etc/passwd
check_eq "the status is the command's" 37 \
	"$("$ENV_FILTER" sh -c 'exit 37'; echo $?)"
check_eq "a death by signal is the command's" 143 \
	"$(bash -c '"$0" sh -c "kill -TERM \$\$"; echo $?' "$ENV_FILTER" \
		2>/dev/null)"
check_eq "I7 no descriptor above 2 is passed on" "0 1 2" "$(
	"$ENV_FILTER" /bed/bin/probe fds 7</dev/null 9</dev/null |
		sed -n 's/^fd \([0-9]*\) .*/\1/p' | xargs)"

# I6: a login shell has no forced command, whatever a variable says.
check_eq "I6 a login shell runs nothing that a variable says" "" "$(
	SSH_ORIGINAL_COMMAND="touch $out/ran" bash -c \
		'exec -a -env-filter "$0"' "$ENV_FILTER" </dev/null 2>&1
	ls "$out/ran" 2>/dev/null)"

# A shell in passwd that is one of ours: /bin/sh in its place.
sed -i "s|^incu:.*|incu:x:1005:1005::/home/incu:$ENV_FILTER|" /etc/passwd
check_eq "no circle where we are the shell in passwd" "sh" "$(
	SSH_ORIGINAL_COMMAND='echo "$0"' timeout 5 setpriv --reuid 1005 \
		--regid 1005 --clear-groups "$ENV_FILTER" </dev/null)"

# Who must not run.
refused "I2 a uid that does not resolve" 255 "user: unknown user" \
	setpriv --reuid 4242 --regid 4242 --clear-groups "$ENV_FILTER" id
for which in '<&-' '>&-' '<&- >&-'; do
	refused "descriptors closed: $which" 255 "descriptors" \
		bash -c '"$@" '"$which" - "$ENV_FILTER" id
done
install -m 4755 "$ENV_FILTER" /usr/local/bin/trap
refused "I15 setuid, started by a user" 255 "setuid" \
	"${as_alice[@]}" /usr/local/bin/trap id
refused "I15 setuid, started by root" 255 "setuid" /usr/local/bin/trap id
chown 0:5 /usr/local/bin/trap
chmod 2755 /usr/local/bin/trap
refused "I15 setgid" 255 "setuid" "${as_alice[@]}" /usr/local/bin/trap id
chmod 0755 /usr/local/bin/trap
if need setcap && setcap cap_chown+ep /usr/local/bin/trap 2>/dev/null; then
	refused "I15 file capabilities" 255 "capabilities" \
		"${as_alice[@]}" /usr/local/bin/trap id
else
	skip "I15 file capabilities" "setcap is missing or not allowed"
fi

# Each refusal is one line in the log, whoever sees stderr.
mark_log
"$ENV_FILTER" --set 'LD_X=hunter2' id 2>/dev/null </dev/null
"${as_alice[@]}" "$ENV_FILTER" --wrong 2>/dev/null </dev/null
"$ENV_FILTER" --explain --wrong 2>/dev/null </dev/null
sync_log
check_eq "a refusal is one line in the log" \
	'refused: caller=root(0) pid=N reason="--set LD_X: ld.so loads code by it"
refused: caller=alice(1001) pid=N reason="--wrong: unknown option"' \
	"$(tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.*env-filter[^:]*: //p' |
		sed 's/pid=[0-9]*/pid=N/')"

# Bounds: 1000 variables by 128 patterns, and the largest value that exec(2)
# takes.
vars=() patterns=()
for ((i = 0; i < 1000; i++)); do
	vars+=("N${i}_=$i")
done
for ((i = 1; i < 128; i++)); do
	patterns+=(--accept "M$i*")
done
patterns+=(--accept 'N*_')
check_eq "1000 variables by 128 patterns" \
	"$(printf '%s\n' "${vars[@]}" | cksum)" \
	"$(bare "${vars[@]}" "$ENV_FILTER" "${patterns[@]}" --print | cksum)"
big=$(printf '%0131000d' 0)
check_eq "a value of 128 KiB" 131000 \
	"$(bare FOO="$big" "$ENV_FILTER" --accept FOO /usr/bin/env |
		sed -n 's/^FOO=//p' | tr -d '\n' | wc -c)"
check_eq "bytes above 127 pass in a value" $'X=\200\377' \
	"$(bare X=$'\200\377' "$ENV_FILTER" --accept X /usr/bin/env)"
# Would have caught a crash where a variable has no name or no '='.
printf '%s\0' '' '=x' '=' NOEQUALS 'A-B=1' $'\303\266=1' LANG=C LANG=de \
	>"$out/strange"
check_eq "no name, no '=', duplicates" $'LANG=de' "$(
	/bed/bin/misuse env "$out/strange" "$ENV_FILTER" --accept '*' \
		--print </dev/null)"

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# env-filter --config: one incubator.conf(5) for both programs, read from
# nothing but what root has written, and narrowed by options.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
etc=/etc/ssh-incubator
conf=$etc/incubator.conf
canary=canary5a20c4
mkdir -p $etc/conf.d
as_alice=(setpriv --reuid 1001 --regid 1001 --init-groups)
as_bob=(setpriv --reuid 1002 --regid 1002 --init-groups)
# With an environment of nothing but what the test says.
bare() {
	"${as_alice[@]}" env -i "$@" </dev/null
}

# refused NAME STATUS REGEX COMMAND...: nothing on stdout, the first line is
# ours, one matches, the status; and nothing was run.
refused() {
	local name=$1 expected=$2 regex=$3 status

	shift 3
	rm -f "$out/ran"
	"$@" >"$out/stdout" 2>"$out/stderr" </dev/null
	status=$?
	if [ "$status" = "$expected" ] && [ ! -s "$out/stdout" ] &&
		[ ! -e "$out/ran" ] &&
		head -n 1 "$out/stderr" | grep -q '^env-filter: ' &&
		grep -qE -e "$regex" "$out/stderr"; then
		pass "$name"
	else
		fail "$name" "$status: $(cat "$out/stdout" "$out/stderr")"
	fi
}
chmod 1777 "$out"
run=(touch "$out/ran")

refused "usage: no file" 64 "--config: it needs" "$ENV_FILTER" --config
refused "usage: a file without a name" 64 "--config: the name is empty" \
	"$ENV_FILTER" --config '' "${run[@]}"
# Would have caught a line of which the first half is obeyed by nobody.
refused "usage: two files" 64 "there can be one file only" \
	"$ENV_FILTER" --config $conf --config $conf "${run[@]}"

# Whose file it is.  Would have caught a user who accepts for himself what
# root does not, by a file that he named or could write.
own=$out/own.conf
# denied_file NAME REGEX: to run by it, to print and to explain.
denied_file() {
	local action

	refused "$1" 255 "own.conf: $2" \
		"${as_alice[@]}" "$ENV_FILTER" --config "$own" "${run[@]}"
	for action in --print --explain; do
		refused "$1, $action" 255 "own.conf: $2" "${as_alice[@]}" \
			"$ENV_FILTER" --config "$own" $action
	done
}
denied_file "a file that is not there" "No such file"
echo "AcceptEnv FOO" >"$own"
chmod 0600 "$own"
denied_file "a file that he cannot read" "Permission denied"
chmod 0664 "$own"
denied_file "a file that its group may write" "others than the owner"
chmod 0646 "$own"
denied_file "a file that others may write" "others than the owner"
chmod 0644 "$own"
chown 1002 "$own"
denied_file "another user's file" "(not owned by root|owned neither by)"
rm "$own"
mkfifo "$own"
denied_file "no regular file" "not a regular file"
rm "$own"
echo "AcceptEnv FOO" >"$own"
chown 1001 "$own"
refused "his own file is none to run by" 255 "own.conf: not owned by root" \
	"${as_alice[@]}" "$ENV_FILTER" --config "$own" "${run[@]}"
check_eq "his own file is one to print by" "FOO=1" \
	"$(bare FOO=1 BAR=1 "$ENV_FILTER" --config "$own" --print)"
check_eq "his own file is one to explain by" \
	"FOO${IFS:1:1}passes${IFS:1:1}AcceptEnv FOO, $own line 1" \
	"$(bare FOO=1 "$ENV_FILTER" --config "$own" --explain)"
# Root is not asked to believe his either.
refused "a user's file is none of root's" 255 "own.conf: not owned by root" \
	"$ENV_FILTER" --config "$own" --explain
rm "$own"
check_eq "no file is read unless it is named" "" "$(
	echo "SetEnv SET=1" >$conf
	bare "$ENV_FILTER" --print)"

# What of it counts, and what narrows it.
cat >$conf <<-'END'
	# comment
	AcceptEnv GIT_* FOO PAGER
	UnsetEnv GIT_TRACE*
	Include conf.d/*.conf
END
cat >$etc/conf.d/10-set.conf <<-'END'
	SetEnv SET=hunter2 FOO="two words"
END
variables=(LANG=hunter2 PAGER=hunter2 EDITOR=hunter2 GIT_A=hunter2
	GIT_B=hunter2 GIT_SSH=hunter2 GIT_TRACE2=hunter2 FOO=hunter2
	LD_X=hunter2 HOME=/hunter2 X=hunter2)
# rules NAME OPTION... <LINES: what --explain says, blanks for tabs.
rules() {
	local name=$1

	shift
	sed 's/  */\t/; s/\t\([a-z]*\) /\t\1\t/' >"$out/want"
	bare "${variables[@]}" "$ENV_FILTER" --config $conf "$@" --explain \
		>"$out/got" 2>"$out/stderr"
	check_same "$name" "$out/want" "$out/got"
	check_eq "$name: no value is told" 0 \
		"$(cat "$out/got" "$out/stderr" | grep -c hunter2)"
}
rules "--explain names the lines of the file" <<-END
	LANG passes default LANG: locale
	PAGER passes AcceptEnv PAGER, $conf line 2
	EDITOR refused refused unless named EDITOR: programs run it
	GIT_A passes AcceptEnv GIT_*, $conf line 2
	GIT_B passes AcceptEnv GIT_*, $conf line 2
	GIT_SSH refused refused unless named GIT_SSH: git runs it
	GIT_TRACE2 refused UnsetEnv GIT_TRACE*, $conf line 3
	FOO passes SetEnv FOO, $etc/conf.d/10-set.conf line 1
	LD_X refused floor LD_*: ld.so loads code by it
	HOME passes session HOME: the user's home directory, absolute
	X refused nothing accepts it
	SET passes SetEnv SET, $etc/conf.d/10-set.conf line 1
END
# Would have caught options that are added to the file's lists, and a place in
# the file for an option that says the same.
rules "options narrow the file" --accept 'G*' --accept X --accept GIT_SSH \
	--accept EDITOR --deny '*_B' --deny 'GIT_TRACE*' --unset HOME \
	--no-defaults --set SET=option --set MORE=1 <<-END
	LANG refused nothing accepts it
	PAGER refused refused unless named PAGER: programs run it
	EDITOR refused refused unless named EDITOR: programs run it
	GIT_A passes AcceptEnv GIT_*, $conf line 2
	GIT_B refused --deny *_B
	GIT_SSH refused refused unless named GIT_SSH: git runs it
	GIT_TRACE2 refused --deny GIT_TRACE*
	FOO passes SetEnv FOO, $etc/conf.d/10-set.conf line 1
	LD_X refused floor LD_*: ld.so loads code by it
	HOME refused --unset
	X refused nothing accepts it
	SET passes SetEnv SET, $etc/conf.d/10-set.conf line 1
	MORE passes --set
END
check_eq "what the file sets, an option does not change" \
	$'SET=hunter2\nFOO=two words\nMORE=1' \
	"$(bare "$ENV_FILTER" --config $conf --set SET=1 --set MORE=1 --print)"
chown 1001 $etc/conf.d/10-set.conf
refused "an included file that is not root's" 255 \
	"incubator.conf line 4: $etc/conf.d/10-set.conf: not owned by root" \
	"${as_alice[@]}" "$ENV_FILTER" --config $conf "${run[@]}"
rm $etc/conf.d/10-set.conf

# filter NAME LOGIN OPTIONS: this file behind a stock sshd, where sshd's own
# Match says whom it is for.
filter() {
	{
		cat "$BED/conf/base"
		printf '%s\n' "AcceptEnv *" "Match User $2" \
			"ForceCommand exec $ENV_FILTER --config $conf $3"
	} >"$BED/conf/$1"
	printf '%s\n' "Host $1" "User $2" >"$BED/hosts/$1"
}
probe="-- /bed/bin/probe env"
filter as-alice alice "$probe"
filter as-bob bob "$probe"
cat >$conf <<-'END'
	SetEnv ALL=1
	Match Caller alice
		SetEnv CALLER=alice
	Match LocalUser bob
		SetEnv LOCAL=bob
	Match Service shell
		SetEnv SERVICE=shell
	Match Service exec
		SetEnv SERVICE=exec
	Match Service sftp
		SetEnv SERVICE=sftp
	Match Tty yes
		SetEnv TTY=yes
	Match Tty no
		SetEnv TTY=no
	Match Address *
		SetEnv UNKNOWN=address
	Match Address *,!192.0.2.1 LocalUser *
		SetEnv UNKNOWN=address
	Match RemoteUser *
		SetEnv UNKNOWN=user
	Match Key *
		SetEnv UNKNOWN=key
	Match Principal *,!x
		SetEnv UNKNOWN=principal
END
# matched SSH-ARGUMENT...: which of these were set, in one line.
matched() {
	"${SSH[@]}" -q "$@" </dev/null | tr -d '\r' |
		grep -E '^(ALL|CALLER|LOCAL|SERVICE|TTY|UNKNOWN)=' |
		sort | xargs
}
# Would have caught facts that are another's, or the client's to say.
check_eq "Match Caller, Service exec, Tty no" \
	"ALL=1 CALLER=alice SERVICE=exec TTY=no" "$(matched as-alice id)" \
	as-alice
check_eq "Match LocalUser, Service shell, Tty yes" \
	"ALL=1 LOCAL=bob SERVICE=shell TTY=yes" "$(matched -tt as-bob)" as-bob
check_eq "Match Service sftp" "ALL=1 LOCAL=bob SERVICE=sftp TTY=no" \
	"$(matched -s as-bob sftp)" as-bob
check_eq "... and not what only begins like it" \
	"ALL=1 LOCAL=bob SERVICE=exec TTY=no" \
	"$(matched as-bob 'internal-sftp; id')" as-bob
check_eq "I1 the client does not say who he is" \
	"ALL=1 LOCAL=bob SERVICE=exec TTY=no" "$(LOGNAME=alice USER=alice \
		SSH_CLIENT="192.0.2.1 1 2" matched \
		-o 'SendEnv LOGNAME USER SSH_CLIENT' as-bob id)" as-bob
check_eq "by hand: a command is what was asked for" "SERVICE=exec" \
	"$(bare "$ENV_FILTER" --config $conf env | grep SERVICE)"
check_eq "by hand: nothing is a shell" "SERVICE=shell" \
	"$(bare "$ENV_FILTER" --config $conf --print | grep SERVICE)"
check_eq "I6 a login shell was not asked for a command" "SERVICE=shell" \
	"$(bare SSH_ORIGINAL_COMMAND=id bash -c 'exec -a -env-filter "$@"' - \
		"$ENV_FILTER" --config $conf --print | grep SERVICE)"
bare "$ENV_FILTER" --config $conf --explain >/dev/null 2>"$out/stderr"
check_eq "--explain tells what nobody knows, and why" \
	"5 env-filter: $conf line 16: Match does not match: address: the user \
runs this himself, and root has written nothing" \
	"$(grep -c 'does not match' "$out/stderr") $(head -n 1 "$out/stderr")"

# Who it is to be: he stays himself, or is refused.
ran() {
	bare "$ENV_FILTER" --config $conf echo ran 2>&1
}
echo "LocalUser alice" >$conf
check_eq "LocalUser is the caller" ran "$(ran)"
printf '%s\n' "Match Caller bob" "LocalUser root" >$conf
check_eq "LocalUser of somebody else's" ran "$(ran)"
printf '%s\n' "Match Caller alice" "LocalUser bob" >$conf
refused "LocalUser is another" 255 \
	"$conf line 2: LocalUser is bob, not alice" \
	"${as_alice[@]}" "$ENV_FILTER" --config $conf "${run[@]}"
echo "LocalUser %p" >$conf
refused "LocalUser is whom nobody knows" 255 \
	"$conf line 1: LocalUser: the user runs this himself" \
	"${as_alice[@]}" "$ENV_FILTER" --config $conf "${run[@]}"

# Deny is the administrator's word, and reaches the client.
filter denied alice "-- ${run[*]}"
cat >$conf <<-'END'
	Match Caller alice
		Deny "come back on Monday"
END
mark_log
refused "Deny" 255 "^env-filter: come back on Monday$" \
	"${SSH[@]}" -q denied id
sync_log
check_eq "Deny is one line in the log" \
	'refused: caller=alice(1001) pid=N reason="come back on Monday"' \
	"$(tail -n "+$((LOG_MARK + 1))" "$BED/log/syslog" |
		sed -n 's/^<8[0-7]>.*env-filter[^:]*: //p' |
		sed 's/pid=[0-9]*/pid=N/')"
refused "Deny, explained, with its line" 255 \
	"^env-filter: $conf line 2: Deny: come back on Monday$" \
	"${as_alice[@]}" "$ENV_FILTER" --config $conf --explain
check_eq "Deny of somebody else's" ran "$(
	"${as_bob[@]}" "$ENV_FILTER" --config $conf echo ran </dev/null)"

# Every mistake is told, wherever it is, and nothing runs.
cat >$conf <<-'END'
	AcceptEnv FOO
	Match Caller nobody
		Umsk 022
	SetEnv NOVALUE
	Include conf.d/*.conf
END
echo "AcceptEnv A,B" >$etc/conf.d/wrong.conf
for action in "${run[*]}" --print --explain; do
	# shellcheck disable=SC2086 # words
	refused "mistakes: nothing is done, ${action%% *}" 255 \
		"^env-filter: $conf line 3: Umsk: unknown keyword$" \
		"${as_alice[@]}" "$ENV_FILTER" --config $conf $action
	check_eq "... and each is told, with file, line and word" \
		"$conf line 3: Umsk:|$conf line 4: SetEnv:|\
$etc/conf.d/wrong.conf line 1: AcceptEnv:" \
		"$(sed 's/^env-filter: \(.* line [0-9]*: [A-Za-z]*:\).*/\1/' \
			"$out/stderr" | paste -sd '|')"
done
rm $etc/conf.d/wrong.conf

# Words that are incubator's: nothing is done, and who asks is told so.
cat >$conf <<-'END'
	ForceCommand touch /bed/out/ran
	Umask 0777
	Limit nofile=3
	Chroot /nonexistent
	LoginShell /bin/false
	NoNewPrivileges yes
	LogLevel INFO
END
rm -f "$out/ran"
check_eq "incubator's words are ignored" "ran 0022 NoNewPrivs: 0 no" "$(
	bare SSH_ORIGINAL_COMMAND="echo ran; umask; grep NoNewPrivs \
		/proc/self/status" "$ENV_FILTER" --config $conf 2>&1 |
		xargs) $([ -e "$out/ran" ] && echo yes || echo no)"
check_eq "... and -v says so" \
	"Chroot ForceCommand Limit LoginShell NoNewPrivileges Umask" \
	"$(bare "$ENV_FILTER" -v --config $conf true 2>&1 |
		sed -n 's/.*: \([A-Za-z]*\): ignored, .*/\1/p' | sort | xargs)"
echo "LogLevel VERBOSE" >$conf
check_eq "LogLevel is as -v" "env-filter: X: refused: nothing accepts it" \
	"$(bare X=1 "$ENV_FILTER" --config $conf true 2>&1)"

# Both programs, one file, one client: what passes is the same.  Would have
# caught two meanings of AcceptEnv.
cat >$conf <<-'END'
	AcceptEnv GIT_* FO? EDITOR
	UnsetEnv GIT_TRACE* LC_TIME
	SetEnv FOX="two words"
	Match Service exec LocalUser bob Tty no
		AcceptEnv HERE
	Match LocalUser alice
		AcceptEnv THERE
END
filter both-filter bob ""
server both-incubator bob <<-END
	AcceptEnv *
	ForceCommand exec $INCUBATOR --config $conf
END
sent=(GIT_A=1 GIT_SSH=1 GIT_TRACE=1 FOO=1 FOX=1 FOOO=1 EDITOR=vi PAGER=x
	LANG=C.UTF-8 LC_TIME=C LC_ALL=a/b HERE=1 THERE=1 LD_X=1 BASH_ENV=x
	"SHOCK=() { :; }" X=1)
all=
for variable in "${sent[@]}"; do
	all+=" \"$variable\""
done
for host in both-filter both-incubator; do
	"${SSH[@]}" -n -o "SetEnv$all" "$host" env 2>"$out/stderr" |
		grep -E "^($(printf '%s\n' "${sent[@]%%=*}" |
			paste -sd '|'))=" | sort >"$out/$host"
done
check_same "incubator and env-filter pass the same" "$out/both-incubator" \
	"$out/both-filter" both-filter
check_eq "... which is what the file says" \
	"EDITOR=vi FOO=1 FOX=two words GIT_A=1 HERE=1 LANG=C.UTF-8" \
	"$(paste -sd ' ' "$out/both-filter")" both-filter

# A value of the file's, nobody else sees.
filter canary bob "-vv -- /bed/bin/probe listen"
cat >$conf <<-END
	SetEnv SECRET=$canary
	Umask 022
	LogLevel DEBUG
END
mark_log
mkfifo "$out/in"
"${SSH[@]}" canary <"$out/in" >"$out/stdout" 2>"$out/stderr" &
exec 8>"$out/in"
wait_for 20 grep -q listening "$out/stdout"
pid=$(pgrep -u bob -x probe)
check_eq "the canary is in the session, once" "SECRET=$canary" \
	"$(tr '\0' '\n' <"/proc/$pid/environ" | grep "$canary")" canary
check_eq "the canary is on no command line" "" \
	"$(grep -la "${canary%4}[4]" /proc/[0-9]*/cmdline 2>/dev/null)"
exec 8>&-
wait "$!"
"${as_bob[@]}" "$ENV_FILTER" --config $conf -vv --explain \
	>"$out/explained" 2>>"$out/stderr" </dev/null
# Nor in what is said of a line that is wrong.
for line in "SetEnv $canary" "SetEnv LD_X=$canary" "SetEnv A=1 B-$canary=1" \
	"SetEnv \"A=$canary"; do
	printf '%s\n' "$line" >$conf
	refused "a wrong SetEnv" 255 "$conf line 1: SetEnv: " \
		"${as_bob[@]}" "$ENV_FILTER" --config $conf "${run[@]}"
	cat "$out/stderr" >>"$out/explained"
done
sync_log
check_eq "the canary is in no log" 0 \
	"$(cat "$BED/log/syslog" "$BED/log/canary" | grep -c "$canary")"
check_eq "the canary is on no terminal" 0 \
	"$(cat "$out/stdout" "$out/stderr" "$out/explained" |
		grep -c "$canary")"
check "... on which its name is" grep -q '^SECRET.*SetEnv SECRET, ' \
	"$out/explained"

# The example of the manual page: these lines, in these files.
page=$TOP_SRCDIR/man/env-filter.1
# block WORD: the literal text of the page that has it.
block() {
	awk -v word="$1" '/^\.Bd -literal/ { text = ""; inside = 1; next }
		/^\.Ed/ { if (inside && index(text, word)) printf "%s", text
			inside = 0; next }
		inside { text = text $0 "\n" }' "$page"
}
block "UnsetEnv" >$conf
{
	cat "$BED/conf/base"
	# A line that the page has no room for goes on behind four blanks.
	block "--config" | sed -e ':a' -e 'N; $!ba' -e 's/\n    / /g' |
		sed "s|/usr/bin/env-filter|$ENV_FILTER|"
} >"$BED/conf/example"
printf '%s\n' "Host example" "User bob" >"$BED/hosts/example"
check_match "the page's example is there" "AcceptEnv GIT_\*.*SetEnv" \
	"$(tr '\n' ' ' <$conf)"
example() {
	GIT_AUTHOR_NAME=anna GIT_TRACE=/x GIT_SSH_COMMAND=evil \
		"${SSH[@]}" -n -o 'SendEnv GIT_*' example "env |
			grep ^GIT_ | sort" | paste -sd ' '
}
check_eq "the page's example" "GIT_AUTHOR_NAME=anna" "$(example)" example
sed -i 's/Caller deploy/Caller bob/' $conf
check_eq "... for whom its Match is" "GIT_AUTHOR_NAME=anna \
GIT_SSH_COMMAND=/usr/bin/ssh -i /etc/deploy/git-key" "$(example)" example

finish

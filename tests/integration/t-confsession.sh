#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What the lines of a configuration do in a session: in alice's own login
# (shape A) and in one that root's key forces for her (shape B), by an sshd
# that lets every variable in.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
conf=$out/conf
incubate="exec $INCUBATOR --config $conf"
sftp_server=$(sed -n 's/^Subsystem sftp //p' "$BED/conf/base")

server own alice <<-END
	ForceCommand $incubate
	AcceptEnv *
END
server_key root "$incubate --local-user alice" <<<"AcceptEnv *"
lines() {
	printf '%s\n' "$@" >"$conf"
}
# say HOST COMMAND: its status and what it says, standard error too.
say() {
	local got

	got=$("${SSH[@]}" -n "${@:1:$#-1}" "${@: -1}" 2>&1)
	echo "$? $got"
}
# effect NAME EXPECTED COMMAND: in both shapes.
effect() {
	for host in own root; do
		check_eq "$1, $host" "0 $2" "$(say "$host" "$3")" "$host"
	done
}
status_of() {
	echo "sed -n 's/^$1:[[:space:]]*//p' /proc/self/status"
}

# What the client sends: names of the four kinds.
export LC_TIME=C.UTF-8 FOO=foo GIT_AUTHOR_NAME=Mallory \
	GIT_SSH_COMMAND=/bin/evil LD_DEBUG_OUTPUT=/nowhere
sent=(-o "SendEnv LANG LC_* FOO GIT_* LD_* LC_NEW")
had="env | grep -E '^(LC_TIME|FOO|GIT_|LD_)' | cut -d= -f1 | sort | xargs"
accept() {
	for host in own root; do
		check_eq "AcceptEnv $1, $host" "0 $2" \
			"$(say "${sent[@]}" "$host" "$had")" "$host"
	done
}
# Would catch a pattern that is not used, one that opens the floor, and a
# wildcard that lets in what runs code.
lines "# nothing"
accept "nothing" "LC_TIME"
lines "AcceptEnv FOO" "AcceptEnv GIT_*"
accept "FOO GIT_*" "FOO GIT_AUTHOR_NAME LC_TIME"
lines "AcceptEnv *"
accept "*" "FOO GIT_AUTHOR_NAME LC_TIME"
lines "AcceptEnv GIT_SSH_COMMAND LD_DEBUG_OUTPUT LD_*"
accept "by name, the floor too" "GIT_SSH_COMMAND LC_TIME"
lines "Match Caller nobody" "AcceptEnv *" "Match Service exec" "AcceptEnv F?O"
accept "under a Match" "FOO LC_TIME"

# SetEnv has the last word, over the client and PAM and passwd; it reaches
# below no floor, as -t says.
echo "PAMVAR=pam" >>/etc/environment
lines "# nothing"
check_eq "(PAM has a variable)" "0 pam" "$(say root 'echo $PAMVAR')"
lines 'SetEnv FOO="set  here" PAMVAR=set LC_TIME=set' 'SetEnv FOO=again X=' \
	"AcceptEnv *"
for host in own root; do
	check_eq "SetEnv wins over client and PAM, $host" \
		"0 <set  here> set set <>" "$(say "${sent[@]}" "$host" \
		'echo "<$FOO> $PAMVAR $LC_TIME <${X-unset}>"')" "$host"
done
lines "SetEnv HOME=/srv USER=x LOGNAME=y SHELL=/bin/z TERM=t"
effect "SetEnv wins over passwd" "/srv x y /bin/z t" \
	'echo $HOME $USER $LOGNAME $SHELL $TERM'

# UnsetEnv takes away, wherever it is from, but what SetEnv has set.
lines "UnsetEnv LC_* PAM* PATH" "AcceptEnv *"
for host in own root; do
	check_eq "UnsetEnv, $host" "0 foo <> <> <>" \
		"$(say "${sent[@]}" "$host" 'echo "$FOO <$LC_TIME> <$PAMVAR>" \
			"<$(/usr/bin/env | /bin/grep ^PATH=)>"')" "$host"
done
lines "UnsetEnv *" "SetEnv LC_TIME=kept"
# The shell that runs the command sets these of its own.
effect "UnsetEnv * leaves what SetEnv sets" "LC_TIME=kept" \
	"/usr/bin/env | /bin/grep -v -E '^(PWD|SHLVL|_|OLDPWD)='"
lines "UnsetEnv SSH_*"
effect "UnsetEnv of sshd's own" "" 'env | grep ^SSH_; :'

# ForceCommand: whatever was asked for.
forced='echo "<$SSH_ORIGINAL_COMMAND>" '\''a  b'\'' "#c" d#e # f'
lines "ForceCommand $forced"
# One word: a quote of the client's is a quote in there.
effect "ForceCommand for a command" \
	"<touch $out/ran '\"#> a  b #c d#e" "touch $out/ran '\"#"
for host in own root; do
	check_eq "ForceCommand for a shell, $host" "<> a  b #c d#e" \
		"$("${SSH[@]}" -T "$host" <<<"touch $out/ran")" "$host"
	check_eq "ForceCommand for a subsystem, $host" \
		"<$sftp_server> a  b #c d#e" \
		"$("${SSH[@]}" -n -s "$host" sftp)" "$host"
	check_eq "ForceCommand on a terminal, $host" "<id> a  b #c d#e" \
		"$("${SSH[@]}" -q -tt "$host" id </dev/null | tr -d '\r')" \
		"$host"
done
lines "ForceCommand exit 7"
check_eq "its status is the session's" "7 7 " \
	"$(say own id)$(say root id)"
lines "ForceCommand echo no" "Match Service exec" "ForceCommand none"
effect "ForceCommand none takes it back" yes "echo yes"
lines "ForceCommand internal-sftp"
for host in own root; do
	check_eq "ForceCommand internal-sftp serves sftp, $host" \
		"Remote working directory: /home/alice" \
		"$(timeout 20 sftp -q -b - -F "$BED/ssh_config" "$host" \
		    <<<pwd | tail -n 1)" "$host"
	"${SSH[@]}" -n "$host" "touch $out/ran" >/dev/null 2>&1
done
check_eq "... and nothing else ran" "no" \
	"$([ -e "$out/ran" ] && echo yes || echo no)"

# SftpServer: the program and its arguments, word by word.
cat >"$out/server" <<-END
	#!/bin/sh
	printf '<%s>' "\$@" >>$out/args
	exec $sftp_server
END
chmod 0755 "$out/server"
for line in "# nothing" "ForceCommand internal-sftp"; do
	: >"$out/args"
	chmod 0666 "$out/args"
	lines "SftpServer $out/server -l 'a  b' \"\" '#'" "$line"
	for host in own root; do
		timeout 20 sftp -q -b - -F "$BED/ssh_config" "$host" \
			>"$out/log" 2>&1 <<<pwd
		check_match "SftpServer, $line, $host" \
			"^0 .*: /home/alice" "$? $(tr '\n' ' ' <"$out/log")" \
			"$host"
	done
	check_eq "... with its arguments" "<-l><a  b><><#><-l><a  b><><#>" \
		"$(cat "$out/args")"
done

# Would catch a -R of the command line that is dropped: the one who wrote it
# believes that nobody can write.
lines "SftpServer $out/server -l INFO"
: >"$out/args"
for args in "" "-R" "-l INFO" "-l INFO -R" "-l"; do
	# shellcheck disable=SC2086 # words
	"$INCUBATOR" --config "$conf" --local-user alice --sftp -- $args \
		</dev/null >/dev/null 2>"$out/2"
	echo "<$args> $? $(cat "$out/2")"
done >"$out/said"
other="incubator: --sftp: the configuration's SftpServer has other arguments"
check_eq "SftpServer and arguments of --sftp agree, or nobody gets in" \
	"$(printf '%s\n' "<> 0 " "<-R> 255 $other" "<-l INFO> 0 " \
		"<-l INFO -R> 255 $other" "<-l> 255 $other")" \
	"$(cat "$out/said")"
check_eq "... and no other server ran" "<-l><INFO><-l><INFO>" \
	"$(cat "$out/args")"

# LoginShell: for the login and for what is run.
lines "LoginShell /bin/sh"
for host in own root; do
	check_eq "LoginShell, $host" "-sh /bin/sh" \
		"$("${SSH[@]}" -T "$host" <<<'echo $0 $SHELL')" "$host"
done
effect "LoginShell runs commands" "sh /bin/sh" 'echo ${0##*/} $SHELL'

# Deny: the text reaches the client and the log, each as one line, and no
# session was opened.
lines 'Deny "not today, \"friend\" (# 1)"' "ForceCommand touch $out/ran"
for host in own root; do
	for tty in -T -tt; do
		mark_log
		"${SSH[@]}" -q "$tty" "$host" id </dev/null >"$out/1" \
			2>"$out/2"
		status=$?
		cat "$out/1" "$out/2" | tr -d '\r' >"$out/said"
		audit_lines >"$out/audit"
		check_eq "Deny, $host $tty" "255 incubator: not today, \
\"friend\" (# 1)" "$status $(cat "$out/said")" "$host"
		check_match "... in one line of the log" \
			'^refused: user=[^ ]* .*reason="not today, .*friend' \
			"$(cat "$out/audit")"
		check_eq "... and no other" 1 "$(wc -l <"$out/audit")"
	done
done
lines "Deny no" "Match Service exec" "Deny none"
effect "Deny none takes it back" yes "echo yes"
check_eq "... and nothing was run before" "no" \
	"$([ -e "$out/ran" ] && echo yes || echo no)"

# LogLevel: what -v shows.
for level in INFO VERBOSE DEBUG; do
	lines "LogLevel $level"
	"${SSH[@]}" -n root true 2>"$out/$level"
done
check_eq "LogLevel INFO says nothing" "" "$(cat "$out/INFO")"
check_match "LogLevel VERBOSE shows the steps" "incubator: step [0-9]+: exec" \
	"$(cat "$out/VERBOSE")"
check "LogLevel DEBUG says no less" \
	[ "$(wc -l <"$out/DEBUG")" -ge "$(wc -l <"$out/VERBOSE")" ]
lines "LogLevel INFO"
check_match "-v says more than the file" "incubator: step 1" \
	"$("$INCUBATOR" -v --config "$conf" --local-user alice -- true \
	    </dev/null 2>&1)"

# Confinement: what the kernel says of the process.
lines "Umask 027" "Limit nofile=50:90 core=0" "NoNewPrivileges yes" \
	"ParentDeathSignal TERM"
effect "Umask, Limit and NoNewPrivileges" "0027 50 90 0 1" \
	"echo \$(umask; ulimit -Sn; ulimit -Hn; ulimit -c; $(
	status_of NoNewPrivs))"
lines "Umask 027" "NoNewPrivileges yes" "Chroot /srv" "Match Service exec" \
	"Umask none" "NoNewPrivileges no" "Chroot none"
effect "... taken back by none and no" "0022 0" \
	"echo \$(umask; $(status_of NoNewPrivs))"
dirs=()
for dir in /bin /lib /lib64 /usr /etc; do
	[ ! -e "$dir" ] || dirs+=("$dir")
done
install -d -o alice /srv/rw /srv/ro
lines "LandlockReadOnly ${dirs[*]} /srv/ro" \
	"LandlockReadWrite /srv/rw /dev/null"
got=$(say root true)
if [[ $got == *"landlock"*"not "* ]]; then
	skip "LandlockReadOnly" "the kernel has no Landlock"
else
	for host in own root; do
		check_eq "LandlockReadOnly, LandlockReadWrite, $host" \
			"rw ro-refused" "$("${SSH[@]}" -n "$host" \
			'echo $(echo x >/srv/rw/f && echo rw
			echo x >/srv/ro/f || echo ro-refused)' 2>/dev/null)" \
			"$host"
	done
fi
jail=/srv/jail
mkdir -p "$jail"
bind_system "$jail"
touch "$jail/in-jail"
lines "Chroot $jail"
check_eq "Chroot, root" "/ /in-jail" \
	"$("${SSH[@]}" -n root 'echo $(pwd; ls -d /in-jail /home)' \
	    2>/dev/null)" root
check_match "Chroot, own: only root may, and nobody gets in without" \
	"^255 incubator: --chroot: not as root" \
	"$(say own "touch $out/ran")" own
# Her own range, which both may give her.
lines "MapUsers 0:1001:1" "MapGroups 0:1001:1" "SetGroups deny" \
	"Unshare uts,ipc"
if unshare -U true 2>/dev/null && setpriv --reuid 1001 --clear-groups \
	unshare -U true 2>/dev/null; then
	effect "Unshare and MapUsers" "0 0 0 1001 1" \
		'echo $(id -u; id -g; cat /proc/self/uid_map)'
	check_eq "... in namespaces of its own" "2" "$("${SSH[@]}" -n root \
		'readlink /proc/self/ns/uts /proc/self/ns/ipc' |
		grep -vxFc "$(readlink /proc/self/ns/{uts,ipc})")" root
else
	skip "Unshare and MapUsers" "no user namespaces for users here"
fi
lines "BoundingCapabilities net_raw,net_bind_service" \
	"AmbientCapabilities net_raw"
check_eq "BoundingCapabilities and AmbientCapabilities, root" \
	"0 2400 2000 2000" "$(say root "echo \$(grep -E '^Cap(Bnd|Eff|Amb)' \
/proc/self/status | sort | sed 's/.*\t0*//' | sort -r)")" root
lines "AmbientCapabilities none" "BoundingCapabilities none"
check_eq "... none" "0 0000000000000000" \
	"$(say root "$(status_of CapBnd)")" root

group=
if mkdir -p /sys/fs/cgroup 2>/dev/null &&
	mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null; then
	group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	group=${group%/}/confsession-$$
	mkdir "$group" 2>/dev/null || group=
fi
if [ -n "$group" ]; then
	trap 'rmdir "$group"; fail "$SCRIPT" "ended early"; finish' EXIT
	lines "Cgroup $group"
	check_eq "Cgroup, root" "0 ${group##*/}" \
		"$(say root "sed -n 's,^0::.*/,,p' /proc/self/cgroup")" root
	wait_for 10 rmdir "$group"
	trap 'fail "$SCRIPT" "ended early, status $?"; finish' EXIT
else
	skip "Cgroup" "no control group of version 2 can be made here"
fi

# login(1) would do none of it.
with_login() {
	lines "$2"
	mark_log
	check_eq "--login-cmd and $2" "255 incubator: --login-cmd: $1 1" "$(
		"$INCUBATOR" --config "$conf" --local-user alice \
		    --login-cmd /bin/login -- touch "$out/ran" </dev/null \
		    >"$out/1" 2>"$out/2"
		echo "$? $(cat "$out/2")") $(audit_lines | grep -c ^refused)"
}
confined="login(1) cannot be confined, as $conf demands"
for line in "Umask 022" "Limit core=0" "Chroot /srv" "NoNewPrivileges yes" \
	"Unshare net" "AmbientCapabilities none" "LandlockReadOnly /" \
	"Cgroup /x" "ParentDeathSignal TERM"; do
	with_login "$confined" "$line"
done
with_login "login(1) does not know LoginShell: $conf line 1" \
	"LoginShell /bin/sh"
check_eq "... and nothing ran" "no" \
	"$([ -e "$out/ran" ] && echo yes || echo no)"

# A secret in SetEnv: in the session's environment, and nowhere else.
secret=canary$RANDOM$RANDOM
lines "SetEnv TOKEN=$secret" "LogLevel DEBUG"
chmod 0600 "$conf"
echo "$secret" >"$out/secret"
chmod 0600 "$out/secret"
mkfifo -m 0666 "$out/go"
mark_log
"${SSH[@]}" -n root "echo \$TOKEN; read x <$out/go; env | grep -c ^TOKEN=" \
	>"$out/1" 2>"$out/2" &
client=$!
check "(the session has begun)" wait_for 20 test -s "$out/1"
check_eq "SetEnv's value is on nobody's command line" "" \
	"$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' |
	    grep -aFf "$out/secret")"
grep -lFf "$out/secret" /proc/[0-9]*/environ 2>/dev/null >"$out/holders"
check_eq "... nor in an environment but the session's" "alice" \
	"$(xargs stat -c %U <"$out/holders" | sort -u | xargs)"
echo >"$out/go"
wait "$client"
check_eq "... the session has it" "$secret 1" "$(xargs <"$out/1")" root
check_match "... standard error was full" "incubator: step" "$(cat "$out/2")"
"$INCUBATOR" --config "$conf" --local-user alice -v --explain -- true \
	</dev/null >"$out/explain" 2>&1
check_match "... --explain names it" $'env\tTOKEN\tSetEnv' \
	"$(cat "$out/explain")"
"$INCUBATOR" --config "$conf" --local-user alice --explain=json -- true \
	</dev/null >>"$out/explain" 2>&1
check_eq "... and neither they nor the log have the value" "" \
	"$(sync_log; grep -lFf "$out/secret" "$out/2" "$out/explain" \
	    "$BED/log/syslog" "$BED/log/root")"

# The git of a shared account: who logged in is the commit's author.
echo "dev:x:1020:1020::/home/dev:/bin/sh" >>/etc/passwd
echo "dev:*:19000:0:99999:7:::" >>/etc/shadow
echo "dev:x:1020:" >>/etc/group
install -d -o 1020 -g 1020 /home/dev
ssh-keygen -q -t ed25519 -N '' -f "$BED/keys/person"
ssh-keygen -q -t ed25519 -N '' -f "$BED/keys/ca"
ca=$(ssh-keygen -lf "$BED/keys/ca.pub" | cut -d' ' -f2)
# git_by NAME COMMAND PRINCIPAL: root's login by a certificate for PRINCIPAL.
git_by() {
	server_key "$1" "$2" <<-END
		ExposeAuthInfo yes
		AcceptEnv *
	END
	echo "cert-authority,principals=\"$3\",command=\"$2\" $(
		cat "$BED/keys/ca.pub")" >"$BED/auth/$1"
	ssh-keygen -q -s "$BED/keys/ca" -I id -n "$3" "$BED/keys/person.pub"
	"${SSH[@]}" -n "${sent[@]}" -o "IdentityFile=$BED/keys/person" \
		-o "CertificateFile=$BED/keys/person-cert.pub" "$1" "$commit" \
		2>&1
}
if need git; then
	commit='rm -rf r; git init -q r 2>/dev/null && cd r &&
		git commit -q --allow-empty -m x &&
		git log --format="%an <%ae> %cn <%ce>"; echo $GIT_SSH_COMMAND'
else
	commit='echo "$GIT_AUTHOR_NAME <$GIT_AUTHOR_EMAIL>" \
		"$GIT_COMMITTER_NAME <$GIT_COMMITTER_EMAIL>"
		echo $GIT_SSH_COMMAND'
fi
sed -e "/^Match Caller root CA /s,SHA256:[^ ]*,$ca," \
	-e '/StartupCommand/d' -e '/HangupDelay/d' \
	"$TOP_SRCDIR/contrib/incubator.conf" >"$conf"
bob="Bob Example <bob@example.org>"
ssh_command=$(sed -n 's/.*GIT_SSH_COMMAND="\(.*\)"/\1/p' "$conf")
check_eq "the example's git, by RemoteUser" "$bob $bob|$ssh_command|" \
	"$(git_by git-remote "$incubate --remote-user bob@example.org \
--remote-ip 192.0.2.7" dev | tr '\n' '|')" git-remote
check_eq "the example, from elsewhere" "incubator: this account is for \
people with a certificate of ours" "$(git_by git-away \
	"$incubate --remote-ip 198.51.100.7" dev)" git-away
check_eq "the example, as root" "incubator: not an account to log in to" \
	"$(git_by git-root \
	"$incubate --remote-ip 192.0.2.7" root)" git-root
# The page's: the account is named by the line, the person by the certificate.
alice="alice@example.org"
lines "Match LocalUser dev" \
	'SetEnv GIT_SSH_COMMAND="/usr/bin/ssh -i /etc/dev/git-key"' \
	"Match LocalUser dev Principal alice" \
	"SetEnv GIT_AUTHOR_NAME=Alice GIT_COMMITTER_NAME=Alice" \
	"SetEnv GIT_AUTHOR_EMAIL=$alice GIT_COMMITTER_EMAIL=$alice" \
	"Match LocalUser dev Principal bob" \
	"SetEnv GIT_AUTHOR_EMAIL=bob@example.org"
check_eq "the page's git, by Principal" "Alice <$alice> Alice <$alice>|\
/usr/bin/ssh -i /etc/dev/git-key|" \
	"$(git_by git-principal "$incubate --local-user dev" alice |
	    tr '\n' '|')" git-principal

finish

#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# "incubator -t" and "-T": what an administrator is told of his file, with
# line and word; which files are not read at all, by root and by a user; and
# that what -T prints is itself a file that says the same.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
conf=$out/conf
fpr=SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
# Where it is depends on how the program was configured.
default=$("$INCUBATOR" -t 2>&1 | sed -n 's/^incubator: \(.*\): No such .*/\1/p')

as_alice() {
	setpriv --reuid 1001 --regid 1001 --init-groups "$@"
}

# run COMMAND...: prints the status, the number of lines on standard output,
# and standard error.
run() {
	"$@" </dev/null >"$out/1" 2>"$out/2"
	echo "$? $(wc -l <"$out/1") $(cat "$out/2")"
}

# One keyword a line: good ones, then bad ones with the reason behind a tab.
# Would catch a word that no row of the table reads, one whose mistakes are
# found in the session only, and a reason that is another word's.
good() {
	cat <<-END
		LocalUser alice
		LocalUser %p
		Deny "go away"
		Deny none
		AcceptEnv LANG LC_* X?
		UnsetEnv *
		SetEnv A=1 "B=a b" C=
		ForwardAgent no
		ForwardAgent yes
		ForwardAgent filter
		AgentPolicy /etc/policy
		AgentPolicy none
		ForceCommand echo 'a  b' # "c"
		ForceCommand none
		StartupCommand exec true
		LoginShell /bin/sh
		SftpServer /bin/sftp-server -l INFO
		Directory /srv
		Chroot /srv
		Unshare mount,uts,ipc,net,pid,user,cgroup,time
		MapUsers 0:1001:1,1:5000:10
		MapGroups 0:1001:1
		SetGroups deny
		MountProc yes
		MountProc no
		AmbientCapabilities net_raw,-chown
		AmbientCapabilities none
		BoundingCapabilities -sys_admin
		NoNewPrivileges yes
		ParentDeathSignal TERM
		Limit nofile=1:2 core=unlimited
		Umask 027
		Cgroup /sys/fs/cgroup/x
		LandlockReadOnly /usr /etc
		LandlockReadWrite /tmp
		SessionClass background
		HangupDelay 1m30s
		LogLevel VERBOSE
		Include /nowhere/*.conf
		Match all
		Match Address 192.0.2.0/24,!192.0.2.1,2001:db8::/32
		Match Caller root,!alice LocalUser=x RemoteUser * Tty yes
		Match Service shell,exec,sftp
		Match Key $fpr CA $fpr KeyId id Principal p
	END
}
bad() {
	cat <<-'END'
		Umsk 022	Umsk: unknown keyword
		Umask	Umask: missing argument
		"Umask" 022	"Umask": unknown keyword
		LocalUser %u	LocalUser: %u: neither a user name nor %p
		LocalUser a b	LocalUser: b: more than one argument
		LocalUser -f	LocalUser: -f: neither
		Deny ""	Deny: "": not a line of text
		Deny go away	Deny: away: more than one
		Deny "open	Deny: invalid quotes
		AcceptEnv A=1	AcceptEnv: A=1: not a pattern
		UnsetEnv A ""	UnsetEnv: "": not a pattern
		SetEnv A	SetEnv: not of the form NAME=VALUE
		SetEnv =1	SetEnv: not of the form
		SetEnv A=1 LD_PRELOAD=/canary	SetEnv: 
		ForwardAgent	ForwardAgent: missing argument
		ForwardAgent on	ForwardAgent: on: neither yes nor no nor filter
		ForwardAgent none	ForwardAgent: none: neither yes
		AgentPolicy policy	AgentPolicy: policy: not an absolute
		StartupCommand	StartupCommand: missing argument
		LoginShell sh	LoginShell: sh: not an absolute path
		SftpServer internal-sftp	SftpServer: internal-sftp:
		Directory ~	Directory: ~: not an absolute
		Chroot srv	Chroot: srv: not an absolute
		Unshare nets	Unshare: nets: 
		MapUsers 0:0	MapUsers: 0:0: 
		MapGroups none,	MapGroups: none,: 
		SetGroups yes	SetGroups: yes: neither allow nor deny
		MountProc true	MountProc: true: neither yes nor no
		AmbientCapabilities netraw	AmbientCapabilities: netraw: 
		BoundingCapabilities +	BoundingCapabilities: +: 
		NoNewPrivileges	NoNewPrivileges: missing argument
		ParentDeathSignal 0	ParentDeathSignal: 0: 
		Limit nofile=2:1	Limit: nofile=2:1: 
		Umask 8	Umask: 8: not an octal number up to 777
		Cgroup x	Cgroup: x: not an absolute
		LandlockReadOnly /usr etc	LandlockReadOnly: etc: not an
		LandlockReadWrite .	LandlockReadWrite: .: not an absolute
		SessionClass greeter	SessionClass: greeter: not a class
		HangupDelay 1y	HangupDelay: 1y: neither a time nor none
		LogLevel QUIET	LogLevel: QUIET: not INFO, VERBOSE or DEBUG
		Include	Include: missing argument
		Include ~/x	Include: not the name of a file
		Match	Match: missing criterion
		Match all Tty yes	Match: all: it stands alone
		Match Host x	Match: Host: unknown criterion
		Match Caller	Match: Caller: missing argument
		Match Service scp	Match: scp: it can never match
		Match Tty true	Match: true: it can never match
		Match Key MD5:00	Match: MD5:00: it can never match
		Match Address 192.0.2.1/24	Match: 
		Match Principal a,,b	Match: principal: an empty element
	END
}
good >"$conf"
check_eq "-t with each keyword says nothing" "0 0 " \
	"$(run "$INCUBATOR" -t --config "$conf")"
while IFS= read -r line; do
	printf '%s\n' "$line" >"$conf"
	got=$(run "$INCUBATOR" -t --config "$conf")
	[ "$got" = "0 0 " ] || fail "-t: $line" "$got"
done < <(good)
pass "-t with each keyword alone: $(good | wc -l) lines"

# All mistakes of a file at once, each with its own line.
{ echo "# a comment" && echo && bad | cut -f1; } >"$conf"
"$INCUBATOR" -t --config "$conf" </dev/null >"$out/1" 2>"$out/2"
check_eq "-t with all mistakes: status, and nothing on stdout" "255 0" \
	"$? $(wc -c <"$out/1")"
check_eq "... one line for each" "$(bad | wc -l)" "$(wc -l <"$out/2")"
number=2
while IFS=$'\t' read -r line reason; do
	number=$((number + 1))
	told=$(sed -n $((number - 2))p "$out/2")
	case $told in
	"incubator: $conf line $number: $reason"*) ;;
	*) fail "-t: $line" "$told" ;;
	esac
done < <(bad)
pass "-t: $(bad | wc -l) mistakes, each by file, line, word and reason"
check_eq "a value of SetEnv is not repeated" "" "$(grep canary "$out/2")"

# By line and word through the Include of another file, too.
mkdir "$out/d"
echo "Umask 8" >"$out/d/b.conf"
printf 'Umask 022\nInclude d/*.conf\n' >"$conf"
check_eq "-t: a mistake in a file that is included" "255 0 incubator: \
$out/d/b.conf line 1: Umask: 8: not an octal number up to 777" \
	"$(run "$INCUBATOR" -t --config "$conf")"
# Would catch an included file that is trusted because the first one was.
echo "Umask 022" >"$out/d/b.conf"
chown alice "$out/d/b.conf"
check_eq "an included file that is alice's" \
	"255 0 incubator: $conf line 2: a mistake, see incubator -t" \
	"$(run "$INCUBATOR" --config "$conf" --local-user alice \
		-- true)"
check_match "... of which -t says more" \
	"^255 0 incubator: $conf line 2: .*b.conf: not owned by root$" \
	"$(run "$INCUBATOR" --config "$conf" -t)"
# Would catch a file of another kind, a key for one, that is shown to clients.
echo "Secret-word-of-root" >"$conf"
check_eq "what a mistake looks like is not for the client" \
	"255 0 incubator: $conf line 1: a mistake, see incubator -t" \
	"$(run "$INCUBATOR" --config "$conf" --local-user alice -- true)"
# A login of who is not root knows of no address.
printf 'Match Address 192.0.2.1\n\tUmask 077\n' >"$conf"
check_match "-T: of alice's own login no address is believed" \
	"^0 0 incubator: .* address: the caller is not root" "$(run \
	"$INCUBATOR" -T --config "$conf" -C user=alice,addr=192.0.2.1)"
for fact in service=SFTP tty=maybe addr=foo addr=192.0.2.0/24 ca=xyz \
	'key=SHA256:*'; do
	check_match "-C $fact is nothing that could be" \
		"^64 0 incubator: -C ${fact%%=*}: nothing that could be" \
		"$(run "$INCUBATOR" -T --config "$conf" -C "$fact")"
done
check_match "-T takes no options of a login" \
	"^64 0 incubator: -t and -T are told of a login by -C" \
	"$(run "$INCUBATOR" -T --config "$conf" --local-user alice)"
printf 'LocalUser %%p\n' >"$conf"
check_match "-T: %p is never root" \
	"^255 1 incubator: $conf line 1: LocalUser %p: root is uid 0" \
	"$(run "$INCUBATOR" -T --config "$conf" -C user=root,principal=root)"
# Would catch options that are held against each other without the file.
printf 'Unshare user,pid\n' >"$conf"
check_match "what is right together with the file" "^0 [1-9][0-9]* $" \
	"$(run "$INCUBATOR" --config "$conf" --local-user alice \
		--setgroups deny --mount-proc --explain -- true)"
printf 'SftpServer /usr/lib/openssh/sftp-server\nForceCommand %s\n' \
	"internal-sftp -R" >"$conf"
check_match "arguments of internal-sftp are not lost" \
	"^255 0 incubator: ForceCommand: internal-sftp has arguments" \
	"$(run "$INCUBATOR" --config "$conf" --local-user alice -- true)"
# alice's second name; "Caller" is whom sshd let in.
printf 'Match Caller alicia\n\tDeny "not alicia"\n' >"$conf"
chmod 0644 "$conf"
echo "alicia:x:1001:1001::/home/alice:/bin/sh" >>/etc/passwd
check_match "Caller is the name of the login" "^255 0 incubator: not alicia" \
	"$(run setpriv --reuid 1001 --regid 1001 --init-groups \
		env LOGNAME=alicia "$INCUBATOR" --config "$conf" -- true)"
check_match "... if it is a name of the uid" "^0 0 $" \
	"$(run setpriv --reuid 1001 --regid 1001 --init-groups \
		env LOGNAME=bob "$INCUBATOR" --config "$conf" -- true)"
sed -i '/^alicia:/d' /etc/passwd
rm -r "$out/d"

# Which files are read.  The reason tells which check has refused.
file_case() {
	check_eq "$1" "255 0 incubator: $conf: $2" \
		"$(run timeout 10 "$INCUBATOR" -t --config "$conf")"
}
fresh() {
	rm -rf "$conf"
	echo "Umask 022" >"$conf"
}
for mode in 0664 0646 0666; do
	fresh
	chmod "$mode" "$conf"
	file_case "a file of mode $mode" "others than the owner may write it"
done
for mode in 0600 0640 0644 0444; do
	fresh
	chmod "$mode" "$conf"
	check_eq "a file of mode $mode is read" "0 0 " \
		"$(run "$INCUBATOR" -t --config "$conf")"
done
fresh
chown alice "$conf"
file_case "a file of alice's" "not owned by root"
fresh
chown 0:alice "$conf"
check_eq "a file of alice's group, which may not write it" "0 0 " \
	"$(run "$INCUBATOR" -t --config "$conf")"
# By a link to it: whose the link is, who may write the folder answers for.
fresh
ln -s "$conf" "$out/link"
ln "$conf" "$out/hard"
check_eq "a symbolic link to root's file, and a second name of it" \
	"0 0 0 0 " "$(run "$INCUBATOR" -t --config "$out/link"
	)$(run "$INCUBATOR" -t --config "$out/hard")"
rm -f "$out/link" "$out/hard"
rm -f "$conf"
ln -s /nowhere "$conf"
file_case "a link to nothing" "No such file or directory"
rm -f "$conf"
file_case "a file that is not there" "No such file or directory"
mkfifo "$conf"
file_case "a fifo, which nobody writes" "not a regular file"
rm -f "$conf"
mkdir "$conf"
file_case "a directory" "not a regular file"
rmdir "$conf"
ln -s /dev/zero "$conf"
file_case "a device that does not end" "not a regular file"
rm -f "$conf"
head -c 1048576 /dev/zero | tr '\0' '\n' >"$conf"
check_eq "a megabyte" "0 0 " "$(run "$INCUBATOR" -t --config "$conf")"
echo >>"$conf"
file_case "a byte more" "larger than a megabyte"
: >"$conf"
check_eq "an empty file" "0 0 " "$(run "$INCUBATOR" -t --config "$conf")"
# The same file in use: refused for the same reason, and nobody gets in.
for trouble in "chmod 0666" "chown alice" "rm -f"; do
	fresh
	$trouble "$conf"
	check_match "no session by that file: $trouble" "^255 0 incubator: \
$conf: [^|]*(written|write|root|No such)[^|]*$" "$(run "$INCUBATOR" \
		--config "$conf" --local-user alice -- touch "$out/ran")"
done
check_eq "... and nothing ran" "no" "$([ -e "$out/ran" ] && echo yes ||
	echo no)"

# Lines: as sshd reads them, whoever's editor wrote them.
printf 'Umask 022\r\n\r\n# x\r\nDeny "a b"\r\n' >"$conf"
check_eq "lines that end as in DOS" "0 2 umask 022|deny \"a b\"|" \
	"$("$INCUBATOR" -T --config "$conf" >"$out/1"; echo "$? $(
	    wc -l <"$out/1") $(sort -r "$out/1" | tr '\n' '|')")"
printf 'Umask 022' >"$conf"
check_eq "a last line without an end" "umask 022" \
	"$("$INCUBATOR" -T --config "$conf")"
printf 'Umask 022\0\n' >"$conf"
file_case_line() {
	check_eq "$1" "255 0 incubator: $conf line $2" \
		"$(run "$INCUBATOR" -t --config "$conf")"
}
file_case_line "a NUL" "1: NUL: not a character"
{ printf 'SetEnv A=' && head -c 300000 /dev/zero | tr '\0' 'x' && echo; } \
	>"$conf"
check_eq "a value of 300000 bytes comes back whole" 300010 \
	"$("$INCUBATOR" -T --config "$conf" | wc -c)"
{ head -c 300000 /dev/zero | tr '\0' 'x' && echo; } >"$conf"
got=$(run "$INCUBATOR" -t --config "$conf")
check_match "a keyword of 300000 bytes is told in part" \
	"^255 0 incubator: $conf line 1: x{256}: unknown keyword\$" "$got"
printf 'Um\033[2Jask 1\n' >"$conf"
"$INCUBATOR" -t --config "$conf" 2>"$out/2"
check_eq "an escape sequence is made visible" "255 0" \
	"$? $(tr -d '\n' <"$out/2" | grep -c '[[:cntrl:]]')"
for ((i = 0; i < 150; i++)); do
	echo "Umsk"
done >"$conf"
got=$(run "$INCUBATOR" -t --config "$conf")
check_eq "a hundred mistakes, and that there are more" "255 101 1" \
	"${got%% *} $(wc -l <"$out/2") $(grep -c 'too many mistakes' "$out/2")"
echo "Include $conf" >"$conf"
check_match "a file that includes itself" \
	"^255 0 incubator: .*too many files within files" \
	"$(run timeout 20 "$INCUBATOR" -t --config "$conf")"

# -T: each criterion, said and not said.
matches() {
	printf 'Match %s\n\tUmask 0%s\n' "$1" 77 >"$conf"
	"$INCUBATOR" -T --config "$conf" ${2:+-C "$2"} 2>"$out/2"
}
n=0
while IFS='|' read -r line yes no; do
	n=$((n + 1))
	check_eq "-T: Match $line with $yes" "umask 077" \
		"$(matches "$line" "$yes")"
	check_eq "-T: Match $line with $no" "" "$(matches "$line" "$no")"
	check_eq "... and nothing is told" "" "$(cat "$out/2")"
	check_eq "-T: Match $line, not said" "" "$(matches "$line" "")"
	check_eq "... and that is told" "incubator: $conf line 1: Match \
does not match: $(tr '[:upper:]' '[:lower:]' <<<"${line%% *}"): -C does \
not say" "$(cat "$out/2")"
done <<END
Caller root,!alice|caller=root|caller=bob
Caller root|user=root|user=alice
Address 192.0.2.0/24|addr=192.0.2.7|addr=192.0.3.7
Address 2001:db8::/32|Address=2001:db8::1|address=::1
Address 192.0.2.*|address=192.0.2.7|address=192.0.20.7
LocalUser *,!root|localuser=bob|localuser=root
RemoteUser bob@*|remoteuser=bob@example.org|remoteuser=alice
Service shell,exec|service=exec|service=sftp
Tty yes|tty=yes|tty=no
Key $fpr|key=$fpr|key=${fpr/%A/B}
CA $fpr|ca=$fpr|ca=${fpr/%A/B}
KeyId dev-*|keyid=dev-7|keyid=prod-7
Principal *,!root|principal=alice|principal=alice,principal=root
END
check_eq "the table of criteria was read" 13 "$n"
# Would catch a login to one's own account that is shown without the lines for
# it, and root's with those for root.
check_eq "-T: who is not root stays who he is" "umask 077" \
	"$(matches "LocalUser alice" caller=alice)"
check_eq "-T: who root is to be is not said" "" \
	"$(matches "LocalUser *" caller=root)"
check_match "... and that is told" "localuser: -C does not say" \
	"$(cat "$out/2")"
# Would catch a gateway that is shown what its users get by hand.
gateway="caller=gateway,remoteuser=anna,key=$fpr,address=192.0.2.7"
printf "Match Caller gateway RemoteUser gateway Key %s Address %s\\n%s\\n" \
	"$fpr" 192.0.2.7 "	LocalUser alice" >"$conf"
check_eq "-T: of a front, what root has written down is believed" \
	"0 1 " "$(run "$INCUBATOR" -T --config "$conf" \
		-C "shape=service,$gateway")"
check_match "-T: of its account, by hand, it is not" \
	"^0 0 incubator: .*: the caller is not root.*shape=service" \
	"$(run "$INCUBATOR" -T --config "$conf" -C "$gateway")"
check_match "-T: no other shape is said" "^64 0 incubator: -C shape: only " \
	"$(run "$INCUBATOR" -T --config "$conf" -C shape=own)"
# Would catch a fact that is not the one Match was held against.
check_match "--explain: the file says who it is to be" \
	$'fact\tlocaluser\talice' "$(echo "LocalUser alice" >"$conf"
	"$INCUBATOR" --config "$conf" --explain -- true </dev/null 2>&1)"
check_eq "-T: the file says who it is to be" "0 2 " "$(
	printf 'LocalUser bob\nMatch LocalUser bob\n\tUmask 077\n' >"$conf"
	run "$INCUBATOR" -T --config "$conf" -C caller=root)"
check_eq "-T: all of it of one key, in several -C" "umask 077" "$(
	printf 'Match Key %s CA %s KeyId i Principal p Caller root\nUmask 077\n' \
		"$fpr" "$fpr" >"$conf"
	"$INCUBATOR" -T --config "$conf" -C "key=$fpr,ca=$fpr" -C keyid=i \
		-C principal=q,principal=p -C user=root)"
# Would catch a "*" that is answered for what nobody has said.
check_eq "-T: of a key that is described, what is not said is not known" \
	"0 0 incubator: $conf line 1: Match does not match: ca: -C does not \
say" "$(printf 'Match CA *\nUmask 077\n' >"$conf"
	run "$INCUBATOR" -T --config "$conf" -C "key=$fpr")"
# Would catch a %p that is resolved by guess.
echo "LocalUser %p" >"$conf"
check_eq "-T: %p is the principal" "localuser alice" \
	"$("$INCUBATOR" -T --config "$conf" -C principal=alice)"
for principal in "" principal=a,principal=b "keyid=x" principal=-f; do
	got=$(run "$INCUBATOR" -T --config "$conf" ${principal:+-C $principal})
	check_match "-T: %p of <$principal> is nobody" \
		"^255 1 incubator: $conf line 1: LocalUser: " "$got"
done
# What is wrong only together.
printf 'AmbientCapabilities kill\nBoundingCapabilities none\n' >"$conf"
check_match "-T: lines that do not go together" \
	"^255 2 incubator: ambient-caps: " "$(run "$INCUBATOR" -T --config \
		"$conf")"
check_eq "-t cannot know that they would come together" "0 0 " \
	"$(run "$INCUBATOR" -t --config "$conf")"

# What -T prints, read as a file, prints the same.
round_trip() {
	local name=$1 lines=$2

	shift 2
	"$INCUBATOR" -T --config "$conf" "$@" >"$out/once" 2>"$out/2"
	"$INCUBATOR" -T --config "$out/once" >"$out/twice" 2>>"$out/2"
	check_same "round trip: $name" "$out/once" "$out/twice"
	check_eq "... of $lines lines" "$lines" "$(wc -l <"$out/once")"
}
cat >"$conf" <<'END'
LocalUser alice
Deny 'he said "no" \\ and # went'
AcceptEnv LANG LC_*
AcceptEnv X LANG
UnsetEnv A* ?
SetEnv "A=b c" B= 'C="' D=\\ "E=#" F==
ForwardAgent filter
AgentPolicy "/etc/a policy"
ForceCommand == echo "a  b" # 'c' \
StartupCommand	exec  true
LoginShell "/bin/my sh"
SftpServer /bin/sftp-server -l "a b" "" '#'
Directory /srv
Chroot none
Unshare pid,mount
MountProc yes
MapUsers 0:1001:1
MapGroups 0:1001:1
SetGroups deny
AmbientCapabilities none
BoundingCapabilities -all,+kill
NoNewPrivileges no
ParentDeathSignal TERM
Limit nofile=1:2 core=0
Umask none
Cgroup /x
LandlockReadOnly /usr "/a b"
LandlockReadWrite /tmp
SessionClass background
HangupDelay 1h
LogLevel INFO
END
round_trip "each keyword" 40
cp "$TOP_SRCDIR/contrib/incubator.conf" "$conf"
check_eq "the example is right" "0 0 " "$(run "$INCUBATOR" -t --config \
	"$conf")"
round_trip "the example, for nobody" 9
check_eq "... who is refused" 1 "$(grep -c '^deny "this account' "$out/once")"
ca=$(sed -n 's/^Match Caller root CA \([^ ]*\).*/\1/p' "$conf")
key=$(sed -n 's/^Match Caller root Key \([^ ]*\).*/\1/p' "$conf")
round_trip "the example, for a developer" 12 -C "caller=root,ca=$ca" \
	-C principal=dev,addr=192.0.2.7
check_eq "... who is let in" "localuser dev deny none" \
	"$(head -n 2 "$out/once" | tr '\n' ' ' | sed 's/ $//')"
# Would catch lines that are commented out because they are wrong.
sed "s/^#\\(Match\\|Require\\|\t\\)/\\1/" "$TOP_SRCDIR/contrib/incubator.conf" \
	>"$conf"
round_trip "the example, for a key of the gateway's" 11 \
	-C "shape=service,caller=gateway,key=$key"
check_eq "... is alice" "localuser alice" "$(head -n 1 "$out/once")"
cp "$TOP_SRCDIR/contrib/incubator.conf" "$conf"
round_trip "the example, for root" 10 -C "caller=root,ca=$ca" \
	-C principal=root,addr=192.0.2.7
check_eq "... who is not" \
	'localuser root deny "not an account to log in to"' \
	"$(head -n 2 "$out/once" | tr '\n' ' ' | sed 's/ $//')"
round_trip "the example, for a deploy key" 17 -C "caller=root,key=$key" \
	-C service=exec,addr=192.0.2.7

# Wrong usage.
usage() {
	check_match "usage: $1" "^64 0 incubator: $2" \
		"$(run "$INCUBATOR" "${@:3}")"
}
echo "Umask 022" >"$conf"
usage "-C without -T" "-C goes with -T" --config "$conf" -C user=x
usage "-C with -t" "-C goes with -T" -t --config "$conf" -C user=x
usage "an unknown criterion" "-C host: unknown criterion" -T \
	--config "$conf" -C host=x
usage "all is nothing to say" "-C all: unknown" -T --config "$conf" -C all=x
usage "no value" "-C user: there is no '='" -T --config "$conf" -C user
usage "an empty value" "-C user: the value is empty" -T --config "$conf" \
	-C user=
usage "an empty word" "-C : there is no '='" -T --config "$conf" -C user=x,
usage "-t and -T" "-T: two actions at once" -t -T --config "$conf"
usage "-t and a command" "-t and -T run nothing" -t --config "$conf" -- true
usage "-t and -c" "-t and -T run nothing" -t --config "$conf" -c true
usage "-T and --explain" "-t and -T run nothing" -T --explain \
	--config "$conf"
usage "-T and --shell" "-t and -T run nothing" -T --shell --config "$conf"
usage "--config without a name" "--config: the value is empty" -t --config ""

# An ordinary user: his own file he may test, and not run by.
install -o alice -g alice -m 0644 /dev/stdin /home/alice/my.conf \
	<<<"Umask 077"
mine=(--config /home/alice/my.conf)
check_eq "alice: -t of her own file" "0 0 " \
	"$(run as_alice "$INCUBATOR" -t "${mine[@]}")"
check_eq "alice: -T of her own file" "umask 077" \
	"$(as_alice "$INCUBATOR" -T "${mine[@]}")"
check_eq "alice: --explain by her own file" "0022 by root 0077 by hers" \
	"$(as_alice "$INCUBATOR" --config "$conf" --explain -- true \
	    </dev/null 2>&1 | sed -n 's/^step.*umask\t0/0/p') by root $(
	as_alice "$INCUBATOR" "${mine[@]}" --explain -- true </dev/null 2>&1 |
	    sed -n 's/^step.*umask\t0/0/p') by hers"
check_eq "alice: no session by her own file" \
	"255 0 incubator: /home/alice/my.conf: not owned by root" \
	"$(run as_alice "$INCUBATOR" "${mine[@]}" -- touch "$out/ran")"
check_eq "alice: root's file is fine" 0 \
	"$(as_alice "$INCUBATOR" --config "$conf" -- true </dev/null
	echo $?)"
chown bob /home/alice/my.conf
check_match "alice: not even a test of bob's" "owned neither by root nor by" \
	"$(run as_alice "$INCUBATOR" -t "${mine[@]}")"

# A name is matched as a whole: the beginning of one is another's.
long=$(printf 'a%.0s' {1..200})
echo "$long:x:1030:1030::/:/bin/sh" >>/etc/passwd
printf 'Match Caller %s\n\tUmask 077\nMatch Caller *,!%s\n\tDeny no\n' \
	"$long" "$long" >"$out/long"
for program in "$INCUBATOR" "$ENV_FILTER"; do
	check_eq "a long name, ${program##*/}" "0 0 " "$(run setpriv \
		--reuid 1030 --regid 1030 --clear-groups "$program" \
		--config "$out/long" -- true)"
done

# The default file: it need not be there, but what is there counts.
[ -n "$default" ] && mkdir -p "${default%/*}" 2>/dev/null ||
	default=
if [ -z "$default" ]; then
	skip "the default file" "its folder cannot be made here"
	finish
fi
rm -f "$default"
check_eq "without a default file there are sessions" "0 0 " \
	"$(run "$INCUBATOR" --local-user alice -- true)"
check_match "-t misses it, though" "^255 0 incubator: $default: No such" \
	"$(run "$INCUBATOR" -t)"
echo "Umask 8" >"$default"
check_match "a mistake in it, and nobody gets in" \
	"^255 0 incubator: $default line 1: a mistake, see incubator -t$" \
	"$(run "$INCUBATOR" --local-user alice -- true)"
ln -sf /nowhere "$default"
check_match "a link to nothing is not a file that is absent" \
	"^255 0 incubator: $default: No such" \
	"$(run "$INCUBATOR" --local-user alice -- true)"
rm -f "$default"
echo "Umask 031" >"$default"
check_eq "it is read" "0031" \
	"$("$INCUBATOR" --local-user alice -- sh -c umask </dev/null)"
check_eq "--config is instead of it" "0022" "$("$INCUBATOR" --config "$conf" \
	--local-user alice -- sh -c umask </dev/null)"
echo "Umask 022" >"$default"
chmod 0600 "$default"
check_eq "alice: a default file that she cannot read" \
	"255 0 incubator: $default: Permission denied" \
	"$(run as_alice "$INCUBATOR" -- touch "$out/ran")"
# The folder is closed: then it cannot be seen that there is none, either.
rm -f "$default"
chmod 0700 "${default%/*}"
check_eq "alice: a folder that she cannot look into" \
	"255 0 incubator: $default: Permission denied" \
	"$(run as_alice "$INCUBATOR" -- touch "$out/ran")"
check_eq "nothing ran" "no" "$([ -e "$out/ran" ] && echo yes || echo no)"

finish

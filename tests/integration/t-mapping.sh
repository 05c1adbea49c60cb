#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# Who becomes whom: root's key forces incubator with a configuration, and a
# real sshd says who came.  What nobody who may be believed has said, matches
# nothing.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

out=$BED/out
keys=$BED/keys
conf=$out/conf
incubate="exec $INCUBATOR --config $conf"

# Who came is what a session of root's says, so it must be one line each.
says() {
	local got

	got=$("$@" 2>&1 </dev/null)
	echo "$? $got"
}
# refused NAME REASON COMMAND...: status 255, one line on standard error that
# matches the regular expression, nothing on standard output, one line in the
# log and no session in it.
refused() {
	local name=$1 reason=$2 problems="" status

	shift 2
	mark_log
	"$@" </dev/null >"$out/1" 2>"$out/2"
	status=$?
	[ "$status" = 255 ] || problems+="status $status; "
	[ "$(wc -l <"$out/2")" = 1 ] || problems+="not one line; "
	grep -Eq "^incubator: $reason" "$out/2" ||
		problems+="another reason; "
	[ ! -s "$out/1" ] || problems+="wrote to stdout: $(cat "$out/1"); "
	audit_lines >"$out/audit"
	[ "$(grep -c '^refused: ' "$out/audit")" = 1 ] ||
		problems+="audit: $(cat "$out/audit"); "
	! grep -q '^session opened' "$out/audit" ||
		problems+="a session was opened; "
	if [ -z "$problems" ]; then
		pass "refused: $name"
	else
		fail "refused: $name" "$problems$(cat -v "$out/2")"
	fi
}
fingerprint() {
	ssh-keygen -lf "$1" | cut -d' ' -f2
}
# Lines of a configuration, each an argument.
map() {
	printf '%s\n' "$@" >"$conf"
}

# The ways in: by a plain key, and by a certificate, for root's own login.
ssh-keygen -q -t ed25519 -N '' -C person -f "$keys/person"
ssh-keygen -q -t ecdsa -N '' -C ca -f "$keys/ca"
# certificate NAME ID PRINCIPALS [OPTION...]
certificate() {
	cp "$keys/person.pub" "$keys/$1.pub"
	ssh-keygen -q -s "$keys/ca" -I "$2" ${3:+-n "$3"} "${@:4}" \
		"$keys/$1.pub"
}
names="alice,bob,root,toor,mallory,-x,0,dev"
certificate one id-1 alice -V -1h:+10m
certificate two id-2 alice,bob
certificate none id-0 ""
certificate expired id-x alice -V -2d:-1d
certificate root id-r root
certificate toor id-t toor
certificate mallory id-m mallory
certificate dash id-d -x
key=$(fingerprint "$keys/user.pub")
person=$(fingerprint "$keys/person.pub")
ca=$(fingerprint "$keys/ca.pub")

expose() {
	echo "ExposeAuthInfo yes"
}
expose | server_key map "$incubate"
expose | server_key cert "$incubate"
authority="cert-authority,command=\"$incubate\""
echo "$authority,principals=\"$names\" $(cat "$keys/ca.pub")" \
	>"$BED/auth/cert"
# by_cert HOST CERTIFICATE [ARG...]
by_cert() {
	"${SSH[@]}" -n -o "IdentityFile=$keys/person" \
		-o "CertificateFile=$keys/$2-cert.pub" "$1" "${@:3}"
}

# One line for each fact, the one that is and one that is not; bob is who
# nobody's line is for.  Would catch a fact that is another's, or a list that
# is read as a pattern.
is_alice() {
	map "LocalUser bob" "Match $1" "LocalUser alice"
	check_eq "Match $1: is" "0 alice" "$(says "${@:2}" id -un)" map
}
not_alice() {
	map "LocalUser bob" "Match $1" "LocalUser alice"
	check_eq "Match $1: is not" "0 bob" "$(says "${@:2}" id -un)" map
}
ssh_map=("${SSH[@]}" -n map)
is_alice "Key $key" "${ssh_map[@]}"
is_alice "Key=$person,$key Caller root" "${ssh_map[@]}"
not_alice "Key $person" "${ssh_map[@]}"
not_alice "Key *,!$key" "${ssh_map[@]}"
not_alice "Key $key Caller alice" "${ssh_map[@]}"
not_alice "CA *" "${ssh_map[@]}"
not_alice "Principal *" "${ssh_map[@]}"
not_alice "KeyId *" "${ssh_map[@]}"
is_alice "Caller root" "${ssh_map[@]}"
is_alice "Caller *,!alice" "${ssh_map[@]}"
is_alice "all" "${ssh_map[@]}"
is_alice "Tty no" "${ssh_map[@]}"
not_alice "Tty yes" "${ssh_map[@]}"
not_alice "RemoteUser *" "${ssh_map[@]}"
# Not through a socket: sshd -i on pipes does not know where anybody is.
not_alice "Address *" "${ssh_map[@]}"
cert_one=(by_cert cert one)
is_alice "CA $ca" "${cert_one[@]}"
is_alice "Key $person CA $ca KeyId id-1 Principal alice" "${cert_one[@]}"
not_alice "CA $person" "${cert_one[@]}"
not_alice "Key $ca" "${cert_one[@]}"
not_alice "KeyId id-2" "${cert_one[@]}"
is_alice "KeyId id-?" "${cert_one[@]}"
not_alice "CA $ca Principal bob" "${cert_one[@]}"
cert_two=(by_cert cert two)
is_alice "Principal bob" "${cert_two[@]}"
not_alice "Principal *,!bob" "${cert_two[@]}"

# What the client asks for, and how.
map "LocalUser root" "Match Service shell" "LocalUser alice" \
	"Match Service exec Tty no" "LocalUser bob" \
	"Match Service sftp" "LocalUser incu" \
	"Match Service exec Tty yes" "LocalUser many"
check_eq "Service shell" alice "$("${SSH[@]}" -T map <<<"id -un")" map
check_eq "Service exec" bob "$("${SSH[@]}" -n map id -un)" map
check_eq "Service sftp" "Remote working directory: /home/incu" \
	"$(timeout 20 sftp -q -b - -F "$BED/ssh_config" map <<<"pwd" |
	    tail -n 1)" map
check_eq "Tty yes" many "$("${SSH[@]}" -q -tt map id -un </dev/null |
	tr -d '\r')" map
check_eq "sftp by another name is exec" bob \
	"$("${SSH[@]}" -n map 'id -un #sftp-server')" map

# The certificate says who: %p.
map "Match CA $ca" "LocalUser %p"
check_eq "%p of one principal" "0 alice" "$(says by_cert cert one id -un)" cert
refused "%p of two principals" "$conf line 2: LocalUser: the certificate \
has 2 principals, not one$" by_cert cert two true
refused "%p that is nobody" "mallory: unknown user" by_cert cert mallory true
refused "%p that begins with -" "$conf line 2: LocalUser: the principal is \
not a user name$" by_cert cert dash true
check_eq "an expired certificate does not come so far" "255 " \
	"$(mark_log; by_cert cert expired true >"$out/1" 2>&1
	echo "$? $(audit_lines)")" cert
# By a Match LocalUser alone a second name of uid 0 would get through.
refused "%p is never root" "LocalUser %p: root is uid 0$" \
	by_cert cert root true
refused "... by no name of uid 0" "LocalUser %p: toor is uid 0$" \
	by_cert cert toor true
map "Match CA $ca" "LocalUser root"
check_eq "... but LocalUser root is" "0 root" \
	"$(says by_cert cert root id -un)" cert
map "Match LocalUser alice" "Deny 'not as alice'" "Match CA $ca" \
	"LocalUser %p"
refused "%p that is denied by his name" "not as alice$" \
	by_cert cert one true
map "Match LocalUser root" "Deny 'not as root'" "Match CA $ca" "LocalUser %p"
check_eq "... and nobody else is" "0 alice" \
	"$(says by_cert cert one id -un)" cert
map "LocalUser %p"
refused "%p without a certificate" "$conf line 1: LocalUser: there are 0 \
certificates, not one$" "${SSH[@]}" -n map true
# No principals at all: for sshd of old everybody's, so it must be allowed to
# name root's account.
expose | server_key wild "$incubate"
echo "$authority $(cat "$keys/ca.pub")" >"$BED/auth/wild"
map "Match CA $ca" "LocalUser %p"
by_cert wild none true >"$out/1" 2>"$out/2"
if grep -q '^incubator' "$out/2"; then
	refused "%p of no principal" "$conf line 2: LocalUser: the \
certificate has 0 principals, not one$" by_cert wild none true
else
	skip "%p of no principal" "this sshd lets nobody in by it"
fi

# By TrustedUserCAKeys, the principals' file forcing the command.
cp "$keys/ca.pub" "$BED/auth/trusted"
echo "command=\"$incubate\" alice" >"$BED/auth/principals"
server trusted root <<-END
	ExposeAuthInfo yes
	AuthorizedKeysFile none
	TrustedUserCAKeys $BED/auth/trusted
	AuthorizedPrincipalsFile $BED/auth/principals
	PermitRootLogin forced-commands-only
END
check_eq "%p by TrustedUserCAKeys" "0 alice" \
	"$(says by_cert trusted one id -un)" trusted

# Two keys: what one line asks is about the same one of them.
{ expose && echo "AuthenticationMethods publickey,publickey"; } |
	server_key both "$incubate"
echo "$authority,principals=\"$names\" $(cat "$keys/ca.pub")" \
	>>"$BED/auth/both"
both=(by_cert both one)
map "LocalUser %p"
server_key unsaid "$incubate" </dev/null
map "Deny 'not you'" "Match Key $key" "Deny none" "LocalUser alice"
mark_log
refused "a Deny that a Match would have taken back" "not you$" \
	"${SSH[@]}" -n unsaid true
check_match "... which the log tells" \
	"not decided: $conf line 2: Match does not match: key: there is no SSH_USER_AUTH" \
	"$(audit_lines)" unsaid
map "LocalUser %p"
mark_log
by_cert cert one true >/dev/null 2>&1
check_match "the log names the person by the certificate's key id" \
	" key=${person//+/\\+} keyid=id-1 addr=" \
	"$(audit_lines | grep '^session opened: ')" cert
check_eq "%p of the one certificate of two keys" "0 alice" \
	"$(says "${both[@]}" id -un)" both
is_alice "Key $key" "${both[@]}"
is_alice "Key $person CA $ca" "${both[@]}"
not_alice "Key $key CA $ca" "${both[@]}"
not_alice "Key *,!$key Principal alice" "${both[@]}"

# Where the client is: a server that listens.
# shellcheck disable=SC2317 # wait_for calls it
listening() {
	: 3<>/dev/tcp/127.0.0.1/2222
}
# listen NAME: as a host of its own, which is reached by TCP.
listen() {
	printf '\tHostName 127.0.0.1\n\tPort 2222\n\tProxyCommand none\n' \
		>>"$BED/hosts/$1"
	/usr/sbin/sshd -D -f "$BED/conf/$1" -E "$BED/log/$1" \
		-o Port=2222 -o ListenAddress=127.0.0.1 &
	server_pid=$!
	wait_for 20 listening
}
stop() {
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
}
if ip -o address show up dev lo 2>/dev/null | grep -q 127.0.0.1; then
	expose | server_key tcp "$incubate"
	listen tcp
	ssh_tcp=("${SSH[@]}" -n tcp)
	is_alice "Address 127.0.0.1" "${ssh_tcp[@]}"
	is_alice "Address 127.0.0.0/8 Key $key" "${ssh_tcp[@]}"
	not_alice "Address 127.0.0.0/8,!127.0.0.1" "${ssh_tcp[@]}"
	not_alice "Address 192.0.2.0/24" "${ssh_tcp[@]}"
	stop
	# Without ExposeAuthInfo nobody said which key it was.
	server_key quiet "$incubate --explain" </dev/null
	listen quiet
	map "Match Key *" "LocalUser alice"
	got=$(says "${SSH[@]}" -n quiet true)
	check_eq "without ExposeAuthInfo no Key matches, and that is told" \
		"255 incubator: $conf line 1: Match does not match: key: \
there is no SSH_USER_AUTH: sshd's ExposeAuthInfo is not set
incubator: root must name the user with --local-user or --uid, or LocalUser \
in $conf" "$got" quiet
	stop
else
	skip "Match Address" "the loopback device is not up"
fi
# Nor over pipes, where sshd knows no address.  Would catch a session without
# an address that is taken for one of somebody at the console.
server_key pipes "$incubate --explain" </dev/null
map "Match Key *" "LocalUser alice"
check_match "... nor does it over pipes" "^255 [^|]*key: there is no \
SSH_USER_AUTH" "$(says "${SSH[@]}" -n pipes true)" pipes

# What root's command line says of the client.
expose | server_key told "$incubate --remote-user bob@example.org \
--remote-ip 192.0.2.7"
ssh_told=("${SSH[@]}" -n told)
is_alice "RemoteUser bob@* Address 192.0.2.0/24" "${ssh_told[@]}"
not_alice "RemoteUser *,!bob@*" "${ssh_told[@]}"
not_alice "Address *,!192.0.2.7" "${ssh_told[@]}"

# No line that applies: nobody.
nobody="root must name the user with --local-user or --uid, or LocalUser in \
$conf$"
map "Match Key $person" "LocalUser alice"
refused "no line applies" "$nobody" "${SSH[@]}" -n map true
map "Umask 022"
refused "no line at all" "$nobody" "${SSH[@]}" -n map true
refused "... for a shell" "$nobody" "${SSH[@]}" -T map
map "LocalUser -f"
refused "a file with a mistake" "$conf line 1: a mistake, see incubator -t$" \
	"${SSH[@]}" -n map true
map "LocalUser minus"
refused "I2 a user with uid -1" "minus: " "${SSH[@]}" -n map true

# The command line against the file: it may say less, not something else.
expose | server_key named "$incubate --local-user bob"
map "LocalUser alice"
refused "--local-user of another" "$conf line 1: LocalUser is alice, not \
bob$" "${SSH[@]}" -n named true
map "LocalUser bob"
check_eq "--local-user of the same" "0 bob" \
	"$(says "${SSH[@]}" -n named id -un)" named
map "LocalUser %p"
refused "--local-user beside a %p that is nobody" "$conf line 1: LocalUser: \
there are 0 cert" "${SSH[@]}" -n named true
map "Match LocalUser bob" "Umask 027"
check_eq "Match LocalUser is about whom the command line names" "0 0027" \
	"$(says "${SSH[@]}" -n named umask)" named
# with OPTION...: the forced command has these now.
with() {
	server_key with "$incubate $*" </dev/null
}
wider="it would confine less than the configuration$"
map "LocalUser bob" "Umask 027" "Limit nofile=50:90" "Chroot /srv" \
	"LandlockReadOnly /usr"
with --umask 022
refused "a wider --umask" "--umask: $wider" "${SSH[@]}" -n with true
with --limit nofile=50:91
refused "a wider --limit" "--limit: $wider" "${SSH[@]}" -n with true
with --chroot /srv/sub
refused "a --chroot for other paths of Landlock" \
	"--chroot: the configuration's paths of Landlock would be in another \
root$" "${SSH[@]}" -n with true
with --landlock-rw /usr
refused "a wider --landlock-rw" "--landlock-ro or --landlock-rw: $wider" \
	"${SSH[@]}" -n with true
map "LocalUser bob" "Chroot /srv"
with --chroot /srvs
refused "another --chroot" "--chroot: the configuration says another$" \
	"${SSH[@]}" -n with true
map "LocalUser bob" "Umask 027" "Limit nofile=50:90 core=0"
with --umask 077 --limit nofile=40:80
check_eq "--umask and --limit that confine further" "0 0077 40 80 0" \
	"$(says "${SSH[@]}" -n with \
	'echo $(umask) $(ulimit -n) $(ulimit -Hn) $(ulimit -c)')" with
dirs=()
for dir in /bin /lib /lib64 /usr /etc; do
	[ ! -e "$dir" ] || dirs+=("$dir")
done
map "LocalUser bob" "LandlockReadOnly ${dirs[*]} /srv"
install -d /srv/a /srv/b
echo a >/srv/a/file
echo b >/srv/b/file
with
if says "${SSH[@]}" -n with true | grep -q 'not supported\|not implem'; then
	skip "--landlock-ro that confines further" "there is no Landlock"
else
	check_eq "LandlockReadOnly" "a b" "$("${SSH[@]}" -n with \
		'echo $(cat /srv/a/file /srv/b/file)' 2>/dev/null)" with
	with "${dirs[*]/#/--landlock-ro }" --landlock-ro /srv/a
	check_eq "--landlock-ro that confines further" "a" "$("${SSH[@]}" \
		-n with 'echo $(cat /srv/a/file /srv/b/file)' 2>/dev/null
		)" with
fi

# I1: the file that SSH_USER_AUTH names, by root's hand.  First that one in
# order is believed, so that those below are refused for what they are.
line="publickey $(cut -d' ' -f1,2 "$keys/user.pub")"
info=/tmp/sshauth.byhand
believe() {
	rm -rf "$info"
	printf '%s\n' "${@:-$line}" >"$info"
	chmod 0600 "$info"
}
by_hand() {
	SSH_USER_AUTH=${1-$info} SSH_CONNECTION="192.0.2.7 1 192.0.2.1 22" \
		timeout 10 "$INCUBATOR" --config "$conf" --explain -- true \
		</dev/null 2>"$out/2" | sed -n 's/^account\t\([^\t]*\).*/\1/p'
}
map "Match Key *,!$person" "LocalUser alice"
believe
check_eq "I1 a file as sshd's is believed" "alice " "$(by_hand
	) $(cat "$out/2")"
# not_believed NAME REASON [VALUE]: the file as it is now.
not_believed() {
	local got

	got=$(by_hand "${@:3}")
	check_eq "I1 not believed: $1" " incubator: $conf line 1: Match does \
not match: key: $2|incubator: root must name the user with --local-user or \
--uid, or LocalUser in $conf|" "$got $(tr '\n' '|' <"$out/2")"
	# And in earnest.
	rm -f "$out/ran"
	SSH_USER_AUTH=${3-$info} timeout 10 "$INCUBATOR" --config "$conf" \
		-- touch "$out/ran" </dev/null >"$out/1" 2>"$out/2"
	check_eq "... and no session" "255 no" \
		"$? $([ -e "$out/ran" ] && echo ran || echo no)"
}
theirs="SSH_USER_AUTH: not a file that only root can have written"
for mode in 0640 0644 0660 0666 0400; do
	believe
	chmod "$mode" "$info"
	not_believed "mode $mode" "$theirs"
done
believe
chown alice "$info"
not_believed "alice's file" "$theirs"
believe
mv "$info" /tmp/real
ln -s /tmp/real "$info"
not_believed "a symbolic link to a good one" "$theirs"
believe
ln "$info" /tmp/sshauth.other
not_believed "a file with two names" "$theirs"
rm -f /tmp/sshauth.other
rm -f "$info"
mkfifo -m 0600 "$info"
not_believed "a fifo" "$theirs"
rm -f "$info"
mkdir -m 0600 "$info"
not_believed "a directory" "$theirs"
rm -rf "$info"
not_believed "a file that is not there" \
	"SSH_USER_AUTH: the file cannot be read"
believe
cp -p "$info" /tmp/elsewhere
odd="SSH_USER_AUTH: not a name that sshd gives"
not_believed "another place" "$odd" /tmp/elsewhere
not_believed "a name that is empty" "$odd" ""
not_believed "a relative name" "$odd" tmp/sshauth.byhand
install -d -o alice /tmp/sshauth.dir
install -m 0600 "$info" /tmp/sshauth.dir/file
# Would catch a prefix that is all that is looked at: alice's folder there,
# in which she may give another's file of root's any name.
not_believed "a file of a folder with such a name" "$odd" \
	/tmp/sshauth.dir/file
not_believed "a way out of such a folder" "$odd" \
	/tmp/sshauth.dir/../elsewhere
garbage="SSH_USER_AUTH: the file is not as sshd writes it"
for text in "publickey ssh-ed25519" "publickey ssh-ed25519 AAAA" \
	"publickey ssh-rsa ${line##* }" "${line}x" "publickey  x y" \
	"$(printf '%s\n%s' "$line" "publickey ssh-ed25519 !")"; do
	believe "$text"
	not_believed "garbage: ${text:0:40}" "$garbage"
done
# No key in it is no mistake; there is none, then.
for text in "" "password" "keyboard-interactive/pam"; do
	believe "$text"
	[ -n "$text" ] || : >"$info"
	check_eq "I1 a file without a key: <$text>" " 1" \
		"$(by_hand) $(grep -c 'root must name' "$out/2")"
done

# Kinds of keys that no ssh-keygen makes here: a security key, and types that
# are newer than this program, of which a certificate's says nothing.
string() {
	printf '%b%s' "$(printf '\\0%03o' 0 0 $((${#1} >> 8)) \
		$((${#1} & 255)))" "$1"
}
blob() {
	for part in "$@"; do
		string "$part"
	done | base64 -w0
}
print_of() {
	local bytes

	bytes=$(base64 -d <<<"$1" | sha256sum | cut -d' ' -f1 |
		sed 's/../\\x&/g')
	echo "SHA256:$(printf '%b' "$bytes" | base64 -w0 | tr -d =)"
}
check_eq "(the fingerprints of this test are ssh-keygen's)" "$key" \
	"$(print_of "${line##* }")"
pk=$(printf 'p%.0s' {1..32})
for type in sk-ssh-ed25519@openssh.com ssh-newer@example.org; do
	data=$(blob "$type" "$pk" ssh:)
	map "Match Key $(print_of "$data")" "LocalUser alice"
	believe "publickey $type $data"
	check_eq "a key of the type $type" "alice " "$(by_hand
		) $(cat "$out/2")"
done
type=ssh-newer-cert-v01@openssh.com
believe "publickey $type $(blob "$type" nonce "$pk")"
for line2 in "Key *" "CA *" "KeyId *" "Principal *" "Key *,!x"; do
	map "Match $line2" "LocalUser alice"
	check_eq "a certificate of a new type: $line2" "" "$(by_hand)"
done

# Principals that are no user's name, by what sshd would have written.
map "Match LocalUser root" "Deny no" "Match CA $ca" "LocalUser %p"
long=$(printf 'a%.0s' {1..300})
while IFS='|' read -r name reason; do
	certificate odd id "$name"
	believe "publickey $(cut -d' ' -f1,2 "$keys/odd-cert.pub")"
	got=$(by_hand)
	check_match "no user: <${name:0:20}>" "^ incubator: .*$reason" \
		"$got $(cat "$out/2")"
done <<END
-x|not a user name
0|not a user name
1001|not a user name
a b|not a user name
..|unknown user
.|unknown user
a/b|not a user name
a:b|not a user name
$long|(not a user name|unknown user)
root|Deny: no
mallory|unknown user
%p|unknown user
Alice|unknown user
END

map "LocalUser %p"
believe "publickey $(cut -d' ' -f1,2 "$keys/one-cert.pub")" \
	"publickey $(cut -d' ' -f1,2 "$keys/root-cert.pub")"
check_eq "%p of two certificates" " incubator: $conf line 1: LocalUser: \
there are 2 certificates, not one" "$(by_hand) $(cat "$out/2")"

# Shape A: everybody is himself, and no file and no key make it otherwise.
server own alice <<-END
	ExposeAuthInfo yes
	ForceCommand $incubate
END
map "Umask 022"
check_eq "own login by a file: himself" "0 alice" \
	"$(says "${SSH[@]}" -n own id -un)" own
map "LocalUser alice"
check_eq "... that says so" "0 alice" \
	"$(says "${SSH[@]}" -n own id -un)" own
map "LocalUser bob"
refused "own login, LocalUser of another" "$conf line 1: LocalUser is bob, \
not alice$" "${SSH[@]}" -n own true
map "Match Key $key" "Umask 077" "Match Key *" "LocalUser bob" \
	"Match Caller alice Key *,!$person" "Deny x" \
	"Match Address *" "Deny y" "Match RemoteUser *" "Deny z" \
	"Match Caller alice" "Umask 031"
check_eq "I1 own login: no Key, Address and RemoteUser matches" "0 0031" \
	"$(says "${SSH[@]}" -n own umask)" own
sed -i "s|^ForceCommand.*|& --explain --remote-user x|" "$BED/conf/own"
"${SSH[@]}" -n own true >"$out/1" 2>"$out/2"
check_eq "... and --explain says why" "1 key|3 key|5 key|7 address|9 \
remoteuser|" "$(sed -n "s|^incubator: $conf line \([0-9]*\): Match does not \
match: \([a-z]*\): the user runs this himself, and root has written nothing|\
\1 \2|p" "$out/2" | tr '\n' '|')" own

finish

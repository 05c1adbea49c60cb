#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The package is upgraded while sessions of all kinds are open, and installed
# again: they go on and end properly, logins work meanwhile, and what the
# administrator has written and decided stays.
. "$(dirname "$0")/lib.sh"
# shellcheck source=service.sh
. "$(dirname "$0")/service.sh"
# shellcheck source=packaged.sh
. "$(dirname "$0")/packaged.sh"
# shellcheck source=sessions.sh
. "$(dirname "$0")/sessions.sh"

pam=/etc/pam.d/ssh-incubator
socket=ssh-incubator.socket
install_package
first=$(version)
ways_in
inside systemctl -q enable --now "$socket"
since() {
	inside systemctl show "$socket" -p ActiveEnterTimestampMonotonic \
		--value
}
before=$(since)
# What an administrator does to conffiles.
echo "# ours" >>"$ROOT$CONFIGURATION"
echo "# ours" >>"$ROOT$pam"
cp "$ROOT$CONFIGURATION" "$BED/out/conf"
cp "$ROOT$pam" "$BED/out/pam"

# logins_meanwhile: by all ways in, one after the other, until "stop" is there;
# what went wrong, and how many there were.
logins_meanwhile() {
	local n=0 host got

	not_held
	until [ -e "$BED/out/stop" ] && [ "$n" -ge 8 ]; do
		for host in dora anna gw carol; do
			got=$("${SSH[@]}" "$host" echo works 2>&1 </dev/null)
			[ "$got" = works ] || echo "$host: $got"
			n=$((n + 1))
		done
	done
	echo "$n" >"$BED/out/count"
}

# during NAME COMMAND...: it is done while people come and go.
during() {
	local logins

	rm -f "$BED/out/stop" "$BED/out/count"
	logins_meanwhile >"$BED/out/refused" 2>&1 &
	logins=$!
	"${@:2}"
	: >"$BED/out/stop"
	wait "$logins"
	check_eq "$1: nobody is refused meanwhile" '' "$(<"$BED/out/refused")"
	check_match "$1: and there were some" '^([89]|[1-9][0-9]+)$' \
		"$(<"$BED/out/count")"
}

# as_it_was NAME: what is the administrator's.
as_it_was() {
	check_same "$1: incubator.conf stays" "$BED/out/conf" \
		"$ROOT$CONFIGURATION"
	check_same "$1: the PAM file stays" "$BED/out/pam" "$ROOT$pam"
	check_eq "$1: the socket is enabled" enabled \
		"$(inside systemctl is-enabled "$socket")"
	check_eq "$1: and active" active \
		"$(inside systemctl is-active "$socket")"
	check_eq "$1: nobody has restarted it" "$before" "$(since)"
	check_eq "$1: no unit has failed" '' "$(units_failed)"
	check "$1: files are what the package says" intact
	check_eq "$1: systemd knows the units that are there" no \
		"$(inside systemctl show "$socket" -p NeedDaemonReload --value)"
}

# Would have caught a service that is restarted, a program that is not there
# for a moment, a socket that is closed, or a process that ends because its
# program's file is another one.
all_come
newer 1
during "upgrade" check_apt "upgrade: without a question" install \
	-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
	/root/newer.deb
check_eq "upgrade: it is the newer one" "$first+1" "$(version)"
as_it_was "upgrade"
for file in "$CONFIGURATION" "$pam"; do
	check "upgrade: the newer ${file##*/} lies beside it" \
		inside grep -qx '# newer 1' "$file.dpkg-dist"
done
all_go_on "upgrade"
comes_back "upgrade"
all_leave "upgrade"

all_come
during "again" check_apt "again: the same one" install --reinstall \
	-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
	/root/newer.deb
as_it_was "again"
all_go_on "again"
comes_back "again"
all_leave "again"

# Would have caught an upgrade that knows better than the administrator.
inside systemctl -q disable --now "$socket"
newer 2
check_apt "disabled: upgraded" install -o Dpkg::Options::=--force-confdef \
	-o Dpkg::Options::=--force-confold /root/newer.deb
check_eq "disabled: the newer one" "$first+2" "$(version)"
check_eq "disabled: the socket is disabled" disabled \
	"$(inside systemctl is-enabled "$socket")"
check_eq "disabled: and not active" inactive \
	"$(inside systemctl is-active "$socket")"
inside systemctl -q mask "$socket"
newer 3
check_apt "masked: upgraded" install -o Dpkg::Options::=--force-confdef \
	-o Dpkg::Options::=--force-confold /root/newer.deb
check_eq "masked: the socket is masked" masked \
	"$(inside systemctl is-enabled "$socket")"
check_eq "masked: no unit has failed" '' "$(units_failed)"
finish

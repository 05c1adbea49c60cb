#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# The inside of bed.sh: configure, make, and those of the tests that can run
# here.  What is known not to work under qemu-user is in the file "cannot",
# with the reason, and becomes a SKIP; whatever else fails, fails.

set -u
here=$(dirname "$0")
name=cross-$CROSS_SUITE-$CROSS_ARCH-$CROSS_CC
failed=0

pass() {
	echo "PASS $name: $1"
}

# fail WHAT [LOG]: with the end of the log below it.
fail() {
	failed=1
	echo "FAIL $name: $1"
	[ $# -lt 2 ] || tail -n 40 "$2" | sed 's/^/# /'
}

skip() {
	echo "SKIP $name: $1"
}

case $CROSS_ARCH in
amd64) triplet=x86_64-linux-gnu ;;
i386) triplet=i686-linux-gnu ;;
arm64) triplet=aarch64-linux-gnu ;;
armhf) triplet=arm-linux-gnueabihf ;;
esac

# What dpkg-buildpackage would say, and warnings fatal.
options() {
	local native

	native=$(dpkg --print-architecture)
	[ "$native" = "$CROSS_ARCH" ] || echo "--host=$triplet"
	case $CROSS_CC-$native in
	gcc-"$CROSS_ARCH") echo CC=gcc ;;
	gcc-*) echo "CC=$triplet-gcc" ;;
	clang-*) echo "CC=clang --target=$triplet" ;;
	esac
	echo --enable-werror
}

build() {
	local list

	mapfile -t list < <(options)
	cd /build || exit 99
	if ! /src/configure -q "${list[@]}" "$@" >configure.log 2>&1; then
		fail configure configure.log
	elif ! make -j "$CROSS_JOBS" all >make.log 2>&1; then
		fail make make.log
	elif ! make -j "$CROSS_JOBS" check TESTS= >check.log 2>&1; then
		fail 'make, the test programs' check.log
	else
		pass "$(sed -n "s/^CC='\(.*\)'$/\1/p" config.log |
			head -n 1), warnings fatal"
		return 0
	fi
	return 1
}

# The programs are what was asked for, every one of them.
check_kind() {
	local program kind want

	case $CROSS_ARCH in
	amd64) want=02003e ;;
	i386) want=010003 ;;
	arm64) want=0200b7 ;;
	armhf) want=010028 ;;
	esac
	for program in incubator env-filter pty-broker agent-forwarder \
	    pty-broker-session pty-broker-serve pty-broker-screen; do
		kind=$(od -An -v -tx1 -j4 -N1 $program; \
			od -An -v -tx1 --endian=little -j19 -N1 $program; \
			od -An -v -tx1 -j18 -N1 $program)
		[ "$(tr -d ' \n' <<<"$kind")" = "$want" ] ||
			fail "$program is not for $CROSS_ARCH: $kind"
	done
}

# The names that automake has for these, "usual" for what runs everywhere:
# those that need no machine of their own, and of the others one a helper.
tests() {
	# shellcheck disable=SC2016 # the variables are make's
	case "$CROSS_TESTS" in
	usual) echo '$(unit_tests) $(fuzz_targets) $(dist_tests)' \
		tests/integration/t-agent.sh ;;
	*) echo "$CROSS_TESTS" ;;
	esac
}

# The reason by which PROGRAM's case CASE is known not to work here, if any.
# A line of "cannot" is: architectures, program, case, reason; * is any.
known() {
	local archs program case reason

	while read -r archs program case reason; do
		case "$archs" in '#'*|'') continue ;; esac
		# shellcheck disable=SC2053,SC2254 # they are patterns
		[[ ,$archs, == *,$CROSS_ARCH,* ]] && [[ $1 == $program ]] &&
			[[ $2 == $case ]] && echo "$reason" && return 0
	done <"$here/cannot"
	return 1
}

# What failed, by its log: libcheck's "file:line:F:case:test:row: message" as
# "test:row", a script's "FAIL name: detail" as "name".
failures() {
	sed -n -e 's/^[^ ]*:[0-9]*:[FES]:[^:]*:\([^:]*:[0-9]*\): .*/\1/p' \
		-e 's/^FAIL \(.*\) (exit status: [0-9]*)$//' \
		-e 's/^FAIL \([^:]*\).*/\1/p' "$1" | sort -u
}

# count PROGRAM LOG RESULT
count() {
	local program=$1 log=$2 n=0 case reason

	while IFS= read -r case; do
		n=$((n + 1))
		if reason=$(known "$program" "${case// /_}"); then
			skip "$program, $case: $reason"
		else
			fail "$program, $case" "$log"
		fi
	done < <(failures "$log")
	grep '^SKIP ' "$log" | grep -v '(exit status' | sort -u
	case "$3" in
	PASS) pass "$program" ;;
	SKIP) ;;
	*)
		if [ "$n" -gt 0 ]; then
			:
		elif reason=$(known "$program" ends); then
			skip "$program: $reason"
		else
			fail "$program: ended with $3" "$log"
		fi ;;
	esac
}

# A module of PAM's that a test compiles is for the same processor.
compile_for_it() {
	printf '#!/bin/sh\nexec %s "$@"\n' "$(options | sed -n 's/^CC=//p')" \
		>/usr/local/bin/cc && chmod +x /usr/local/bin/cc &&
		rm -f /usr/bin/cc && mv /usr/local/bin/cc /usr/bin/cc
}

# The tests, one a line, without those of which nothing works here.
list_tests() {
	local test reason

	for test in $(printf 'list:\n\t@echo %s\n' "$(tests)" |
	    make -s -f Makefile -f - list); do
		if reason=$(known "$(basename "$test")" all); then
			skip "$(basename "$test"): $reason" >&3
		else
			echo "$test"
		fi
	done
}

run_tests() {
	local log

	# No signal of a test's goes to another, and the machine is slow.
	find tests -name '*.trs' -delete
	list_tests 3>&1 >tests.list
	make -k -j "$((CROSS_JOBS * 2))" check \
		TESTS="$(tr '\n' ' ' <tests.list)" >check.log 2>&1
	while IFS= read -r log; do
		count "$(basename "${log%.trs}")" "${log%.trs}.log" "$(
			sed -n 's/^:global-test-result: //p' "$log")"
	done < <(find tests -name '*.trs' | sort)
	[ -n "$(find tests -name '*.trs' | head -n 1)" ] ||
		fail 'make check: no test ran' check.log
}

build "$@" || exit 1
check_kind
if [ "$CROSS_TESTS" = none ]; then
	skip 'the tests: not asked for'
elif ! ./incubator -V >/dev/null 2>&1; then
	skip "the tests: programs of $CROSS_ARCH do not run here"
else
	compile_for_it
	run_tests
fi
exit "$failed"

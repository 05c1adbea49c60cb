#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# What a child calls between its birth and its exec: system calls, and what
# needs no lock and no memory.  The library is linked as if it were for
# carrier_be_child() alone, each function by itself; what is then missing is
# what libc would have to give.  Would have caught: an allocation or a printf
# on a path that no test takes, glibc's setresuid(3), which signals all
# threads of a process that the child only looks like, and a look into the
# passwd database.
set -u
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
status=0

verdict()
{
	if [ "$bad" -eq 0 ]; then
		echo "PASS $1"
	else
		echo "FAIL $1"
		status=1
	fi
}

# calls FUNCTION: the symbols that it needs from outside of the library, by
# whatever way it gets there.  Those that nothing left refers to stay in the
# table of symbols, so both tables are read.
calls()
{
	ld -r --gc-sections -e "$1" -o "$tmp/all" "$tmp"/*.o &&
	    nm -u "$tmp/all" >"$tmp/symbols" &&
	    objdump -r "$tmp/all" >"$tmp/references" || return 1
	sed 's/.*[Uw] //; s/@.*//' "$tmp/symbols" |
	    grep -vx _GLOBAL_OFFSET_TABLE_ | sort -u >"$tmp/missing"
	sed 's/.* //; s/[-+]0x.*//; s/@.*//' "$tmp/references" | sort -u |
	    comm -12 - "$tmp/missing"
}

for file in "$TOP_SRCDIR"/common/*.c; do
	name=$(basename "$file" .c)
	[ "$name" != login_session ] || continue	# PAM: a room of its own
	# shellcheck disable=SC2086 # TEST_CC is a command line
	(cd "$TOP_BUILDDIR" && ${TEST_CC:-cc} -std=gnu11 -O1 -w \
	    -U_FORTIFY_SOURCE -fno-stack-protector -ffunction-sections \
	    -fdata-sections -c -o "$tmp/$name.o" "$file") || exit 1
done
if ! calls carrier_init >"$tmp/parent" 2>"$tmp/why"; then
	echo "SKIP plain calls: $(head -n 1 "$tmp/why")"
	exit 77
fi

# The method sees what there is: the parent's half allocates.
bad=0
grep -qx calloc "$tmp/parent" || bad=1
verdict 'carrier_init allocates, in the parent'

# The system calls by their wrappers, which are nothing but that ...
cat >"$tmp/plain" <<'END'
_exit chdir chroot close dup3 execve fchdir fchmod fcntl fstat fstatfs
ftruncate geteuid getpgrp getpid getppid ioctl kill mkdirat mount open
openat poll prctl ptrace readlinkat recv send setpgid setsid sigaction
sigprocmask stat syscall umount2 unlinkat unshare write
END
# ... those of them that go by another name on some systems ...
cat >>"$tmp/plain" <<'END'
__fxstat __fxstat64 __xstat __xstat64 fcntl64 fstat64 fstatfs64
ftruncate64 open64 openat64 stat64
END
# ... and functions of their arguments alone; errno is the child's own.
# clang calls bcmp where memcmp is asked for no order.
cat >>"$tmp/plain" <<'END'
__errno_location bcmp memcmp memcpy memmove memset sigemptyset strcspn
strlcpy strlen strspn
END
tr -s ' ' '\n' <"$tmp/plain" | sort >"$tmp/allowed"

bad=0
calls carrier_be_child >"$tmp/child"
comm -23 "$tmp/child" "$tmp/allowed" >"$tmp/strange"
while read -r name; do
	echo "a child calls $name"
	bad=1
done <"$tmp/strange"
verdict 'a child makes system calls, and nothing else'

# Every step was among it: the table of functions was followed.
bad=0
for name in execve setsid ptrace mount chroot unshare syscall; do
	grep -qx "$name" "$tmp/child" && continue
	echo "no $name: is the child's way another one now?"
	bad=1
done
verdict 'the steps were looked at'
exit $status

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Compiler and linker flags.  None of them ever goes into CFLAGS, CPPFLAGS or
# LDFLAGS: those are the builder's.

# SI_FLAG_PROGRAM
# A large frame, a copy of a length known at run time, a switch, a loop and a
# call through a pointer: enough for the compiler to use each flag, not just to
# read it.  Clean under every warning below.
AC_DEFUN([SI_FLAG_PROGRAM], [AC_LANG_SOURCE([[
#include <stdio.h>
#include <string.h>

static int
kind(int c)
{
	switch (c) {
	case 'a':
		return 1;
	default:
		return 0;
	}
}

int
main(int argc, char **argv)
{
	char frame[16384];
	int (*call)(int) = kind;
	size_t len;
	int i, n = 0;

	for (i = 0; i < argc; i++) {
		len = strlen(argv[i]);
		if (len >= sizeof(frame))
			return 1;
		memcpy(frame, argv[i], len + 1);
		n += call(frame[0]);
	}
	return printf("%d\n", n) < 0;
}
]])])

# SI_FLAG(NAME, FLAG, IF-IT-WORKS, [IF-NOT])
# FLAG is a shell word.  It is tried together with the builder's flags and
# those that were accepted before, compiled and linked, and anything that the
# tools say about it is a no.
AC_DEFUN([SI_FLAG], [
	AC_MSG_CHECKING([whether $1 works])
	si_save_cflags=$CFLAGS
	CFLAGS="$CFLAGS $si_flags_so_far -Werror $2"
	AC_LINK_IFELSE([SI_FLAG_PROGRAM], [si_flag_ok=yes], [si_flag_ok=no])
	CFLAGS=$si_save_cflags
	AC_MSG_RESULT([$si_flag_ok])
	AS_IF([test "$si_flag_ok" = yes], [$3], [$4])
])

# SI_FLAGS(VARIABLE, FLAGS)
# Append to VARIABLE those of FLAGS that work.
AC_DEFUN([SI_FLAGS], [
	for si_flag in $2; do
		SI_FLAG([$si_flag], [$si_flag], [
			$1="$$1 $si_flag"
			si_flags_so_far="$si_flags_so_far $si_flag"
		])
	done
])

# SI_WARNINGS -> WARN_CFLAGS
AC_DEFUN([SI_WARNINGS], [
	si_flags_so_far=
	WARN_CFLAGS=
	SI_FLAGS([WARN_CFLAGS], [-Wall -Wextra -Wformat=2 -Wshadow \
-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
-Wcast-qual -Wundef -Wvla -Wnull-dereference -Wimplicit-fallthrough \
-Wlogical-op -Wduplicated-cond -Wconversion])
	AS_IF([test "$enable_werror" = yes],
	    [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
	AC_SUBST([WARN_CFLAGS])
])

# SI_FORTIFY
# Only where the builder, or his compiler's own configuration, has not decided:
# a second definition is an error under -Werror, and a lower one is a loss.
# Without optimisation glibc refuses the macro with a warning; then it is left
# out.
AC_DEFUN([SI_FORTIFY], [
	AC_MSG_CHECKING([whether _FORTIFY_SOURCE is already set])
	AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifdef _FORTIFY_SOURCE
#error decided elsewhere
#endif
	]])], [si_fortify=yes], [si_fortify=no])
	AS_IF([test "$si_fortify" = no], [AC_MSG_RESULT([yes])], [
		AC_MSG_RESULT([no])
		SI_FLAG([-D_FORTIFY_SOURCE=3], [-D_FORTIFY_SOURCE=3],
		    [HARDEN_CPPFLAGS=-D_FORTIFY_SOURCE=3],
		    [SI_FLAG([-D_FORTIFY_SOURCE=2], [-D_FORTIFY_SOURCE=2],
			[HARDEN_CPPFLAGS=-D_FORTIFY_SOURCE=2])])
	])
])

# SI_HARDENING -> HARDEN_CPPFLAGS, HARDEN_CFLAGS, HARDEN_LDFLAGS
# Off in a build with sanitizers, which find what these would cover up.
AC_DEFUN([SI_HARDENING], [
	si_flags_so_far=
	HARDEN_CPPFLAGS=
	HARDEN_CFLAGS=
	HARDEN_LDFLAGS=
	AS_IF([test "$enable_sanitizers$enable_fuzzing" != nono],
	    [si_hardening="no (sanitizers)"],
	    [test "$enable_hardening" = no], [si_hardening=no], [
		SI_FORTIFY
		SI_FLAGS([HARDEN_CFLAGS], [-fstack-protector-strong \
-fstack-clash-protection -fcf-protection=full -mbranch-protection=standard \
-ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr \
-fno-strict-overflow -fno-delete-null-pointer-checks -fPIE])
		SI_FLAGS([HARDEN_LDFLAGS], [-pie -Wl,-z,relro -Wl,-z,now \
-Wl,-z,noexecstack])
		si_hardening="${HARDEN_CPPFLAGS:-_FORTIFY_SOURCE as it was}"
		si_hardening="$si_hardening$HARDEN_CFLAGS$HARDEN_LDFLAGS"
	])
	AC_SUBST([HARDEN_CPPFLAGS])
	AC_SUBST([HARDEN_CFLAGS])
	AC_SUBST([HARDEN_LDFLAGS])
])

# SI_STATIC -> SESSION_LDFLAGS, in place of HARDEN_LDFLAGS
# For a program of which there may be a thousand: without a dynamic linker each
# needs half the memory.  Where there is no static libc, or what was linked
# does not run, it is linked as any other.  A cross compiler is believed: where
# its libc cannot do that, the start-up code for it is missing.
AC_DEFUN([SI_STATIC], [
	SESSION_LDFLAGS=$HARDEN_LDFLAGS
	AS_IF([test "$enable_sanitizers$enable_fuzzing" != nono],
	    [si_static="no (sanitizers)"],
	    [test "$enable_static_session" = no], [si_static=no], [
		AC_MSG_CHECKING([whether -static-pie works])
		si_save_cflags=$CFLAGS
		si_save_ldflags=$LDFLAGS
		CFLAGS="$CFLAGS $HARDEN_CFLAGS -fPIE -Werror"
		# To clang the one beside the other is unused.
		si_ldflags=`AS_ECHO(["$HARDEN_LDFLAGS "]) |
		    sed 's/ -pie / /'`
		si_ldflags="$si_ldflags-static-pie"
		LDFLAGS="$LDFLAGS $si_ldflags"
		AC_RUN_IFELSE([SI_FLAG_PROGRAM], [
			SESSION_LDFLAGS=$si_ldflags
			si_static=-static-pie
		], [si_static=no], [
			AC_LINK_IFELSE([SI_FLAG_PROGRAM], [
				SESSION_LDFLAGS=$si_ldflags
				si_static="-static-pie (linked, not run)"
			], [si_static=no])
		])
		CFLAGS=$si_save_cflags
		LDFLAGS=$si_save_ldflags
		AC_MSG_RESULT([$si_static])
	])
	AC_SUBST([SESSION_LDFLAGS])
])

# SI_SANITIZERS -> SAN_FLAGS, FUZZ_LDFLAGS
# These are asked for, so one that does not work is an error.
AC_DEFUN([SI_SANITIZERS], [
	si_flags_so_far=
	si_sanitizers=no
	SAN_FLAGS=
	FUZZ_LDFLAGS=
	AS_IF([test "$enable_sanitizers$enable_fuzzing" != nono], [
		SAN_FLAGS="-fsanitize=address,undefined"
		SAN_FLAGS="$SAN_FLAGS -fno-sanitize-recover=undefined"
		SAN_FLAGS="$SAN_FLAGS -fno-omit-frame-pointer"
		SI_FLAG([$SAN_FLAGS], [$SAN_FLAGS],
		    [si_sanitizers=address,undefined],
		    [AC_MSG_ERROR(m4_normalize([the sanitizers' runtime is
			missing (Debian: libasan and libubsan come with gcc,
			libclang-rt-NN-dev with clang-NN)]))])
	])
	AS_IF([test "$enable_fuzzing" = yes], [
		si_flags_so_far=$SAN_FLAGS
		SI_FLAG([-fsanitize=fuzzer-no-link],
		    [-fsanitize=fuzzer-no-link],
		    [SAN_FLAGS="$SAN_FLAGS -fsanitize=fuzzer-no-link"],
		    [AC_MSG_ERROR(m4_normalize([--enable-fuzzing needs clang
			and its libFuzzer (Debian: clang, libclang-rt-NN-dev;
			then CC=clang)]))])
		FUZZ_LDFLAGS=-fsanitize=fuzzer
		si_sanitizers="$si_sanitizers, libFuzzer targets"
	])
	AC_SUBST([SAN_FLAGS])
	AC_SUBST([FUZZ_LDFLAGS])
	AM_CONDITIONAL([SANITIZERS], [test "$si_sanitizers" != no])
	AM_CONDITIONAL([FUZZING], [test "$enable_fuzzing" = yes])
])

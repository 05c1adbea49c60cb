# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# SI_NEED_MODULE(VARIABLE, MODULE, DEBIAN-PACKAGE)
AC_DEFUN([SI_NEED_MODULE], [
	PKG_CHECK_MODULES([$1], [$2], [],
	    [AC_MSG_ERROR([$2 is missing (Debian: $3)])])
])

# SI_NEED_PAM -> PAM_LIBS
# Linux-PAM's pam.pc is younger than the systems that we build on.
AC_DEFUN([SI_NEED_PAM], [
	si_pam=yes
	AC_CHECK_HEADER([security/pam_appl.h], [], [si_pam=no])
	AC_CHECK_LIB([pam], [pam_start], [PAM_LIBS=-lpam], [si_pam=no])
	AS_IF([test "$si_pam" = no],
	    [AC_MSG_ERROR([PAM is missing (Debian: libpam0g-dev)])])
	AC_SUBST([PAM_LIBS])
])

# SI_WANT_VTERM -> VTERM_CFLAGS, VTERM_LIBS, HAVE_VTERM
# Only pty-broker-screen is linked with it.
AC_DEFUN([SI_WANT_VTERM], [
	PKG_CHECK_MODULES([VTERM], [vterm >= 0.1], [si_vterm=yes],
	    [si_vterm="no (libvterm is missing; Debian: libvterm-dev)"])
	AM_CONDITIONAL([HAVE_VTERM], [test "$si_vterm" = yes])
])

# SI_WANT_CHECK -> CHECK_CFLAGS, CHECK_LIBS, HAVE_CHECK
AC_DEFUN([SI_WANT_CHECK], [
	PKG_CHECK_MODULES([CHECK], [check >= 0.12], [si_check=yes],
	    [si_check="no (libcheck is missing; Debian: check)"])
	AM_CONDITIONAL([HAVE_CHECK], [test "$si_check" = yes])
])

# SI_NEED_BASE64 -> BASE64_LIBS
# b64_ntop() is a macro of resolv.h for a function that is in libc here and in
# libresolv there.
AC_DEFUN([SI_NEED_BASE64], [
	AC_MSG_CHECKING([where b64_ntop is])
	si_save_libs=$LIBS
	si_base64=no
	for BASE64_LIBS in "" -lresolv; do
		LIBS="$BASE64_LIBS $si_save_libs"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <sys/types.h>
#include <netinet/in.h>
#include <resolv.h>
		]], [[
			char out[8];

			return b64_ntop((const unsigned char *)"a", 1, out,
			    sizeof(out));
		]])], [si_base64="${BASE64_LIBS:-libc}"; break])
	done
	LIBS=$si_save_libs
	AC_MSG_RESULT([$si_base64])
	AS_IF([test "$si_base64" = no],
	    [AC_MSG_ERROR([b64_ntop is missing (Debian: libc6-dev)])])
	AC_SUBST([BASE64_LIBS])
])

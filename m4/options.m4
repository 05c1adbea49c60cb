# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# SI_SWITCH(NAME, DEFAULT, OPTION, HELP)
# --enable-NAME and --disable-NAME, and nothing else.
AC_DEFUN([SI_SWITCH], [
	AC_ARG_ENABLE([$1], [AS_HELP_STRING([$3], [$4])], [
		AS_CASE([$enableval], [yes|no], [],
		    [AC_MSG_ERROR([--enable-$1 takes no value])])
	], [AS_TR_SH([enable_$1])=$2])
])

AC_DEFUN([SI_OPTIONS], [
	SI_SWITCH([werror], [no],
	    [--enable-werror], [make every compiler warning an error])
	SI_SWITCH([sanitizers], [no],
	    [--enable-sanitizers], [build with ASan and UBSan, unhardened])
	SI_SWITCH([fuzzing], [no],
	    [--enable-fuzzing],
	    [build tests/fuzz for libFuzzer (clang), with sanitizers])
	SI_SWITCH([static-session], [yes],
	    [--disable-static-session],
	    [link pty-broker-session as any other program])
	SI_SWITCH([hardening], [yes],
	    [--disable-hardening], [leave hardening to the builder's flags])
])

# SI_SFTP_SERVER -> SFTP_SERVER_PATH
# A package may be built where no OpenSSH is installed, so none found is a
# note in the summary and no error.
AC_DEFUN([SI_SFTP_SERVER], [
	AC_ARG_WITH([sftp-server], [AS_HELP_STRING([--with-sftp-server=PATH],
	    [OpenSSH's sftp-server (default: the first that is found)])],
	    [], [with_sftp_server=])
	AC_MSG_CHECKING([for sftp-server])
	si_sftp_note=
	AS_CASE([$with_sftp_server],
	    [/*], [SFTP_SERVER_PATH=$with_sftp_server],
	    [''], [
		SFTP_SERVER_PATH=
		for si_path in /usr/lib/openssh/sftp-server \
		    /usr/libexec/openssh/sftp-server \
		    /usr/lib/ssh/sftp-server /usr/libexec/ssh/sftp-server \
		    /usr/libexec/sftp-server; do
			AS_IF([test -z "$SFTP_SERVER_PATH" &&
			    test -x "$si_path"], [SFTP_SERVER_PATH=$si_path])
		done
		AS_IF([test -z "$SFTP_SERVER_PATH"], [
			SFTP_SERVER_PATH=/usr/lib/openssh/sftp-server
			si_sftp_note=" (a guess: none found here)"
		])
	    ],
	    [AC_MSG_ERROR([--with-sftp-server takes an absolute path])])
	AC_MSG_RESULT([$SFTP_SERVER_PATH$si_sftp_note])
	AC_DEFINE_UNQUOTED([SFTP_SERVER_PATH], ["$SFTP_SERVER_PATH"],
	    [OpenSSH's sftp-server])
	AC_SUBST([SFTP_SERVER_PATH])
])

# SI_CONFIGURATION -> CONFIGURATION_PATH
AC_DEFUN([SI_CONFIGURATION], [
	# $sysconfdir is made of $prefix, which is not decided yet
	si_prefix=$prefix
	AS_IF([test "x$si_prefix" = xNONE], [si_prefix=$ac_default_prefix])
	CONFIGURATION_PATH=`prefix=$si_prefix; eval echo "$sysconfdir"`
	CONFIGURATION_PATH=$CONFIGURATION_PATH/ssh-incubator/incubator.conf
	AC_DEFINE_UNQUOTED([CONFIGURATION_PATH], ["$CONFIGURATION_PATH"],
	    [incubator.conf(5), unless --config names another])
	AC_SUBST([CONFIGURATION_PATH])
])

# SI_PROGRAMS -> PROGRAMS_PATH
AC_DEFUN([SI_PROGRAMS], [
	# as above; $libexecdir is made of $exec_prefix
	PROGRAMS_PATH=`prefix=$si_prefix; exec_prefix=$exec_prefix
		test "x$exec_prefix" != xNONE || exec_prefix=$prefix
		eval echo "$libexecdir"`/ssh-incubator
	AC_DEFINE_UNQUOTED([PROGRAMS_PATH], ["$PROGRAMS_PATH"],
	    [what pty-broker starts, if it is not beside it])
])

# SI_COMMANDS -> COMMANDS_PATH
AC_DEFUN([SI_COMMANDS], [
	COMMANDS_PATH=`prefix=$si_prefix; exec_prefix=$exec_prefix
		test "x$exec_prefix" != xNONE || exec_prefix=$prefix
		eval echo "$bindir"`
	AC_DEFINE_UNQUOTED([COMMANDS_PATH], ["$COMMANDS_PATH"],
	    [what incubator starts, if it is not beside it])
])

# SI_RUN -> RUN_PATH
# autoconf's own default, below $localstatedir, is no place that is emptied at
# boot, as what is kept there must be.
AC_DEFUN([SI_RUN], [
	si_run=$runstatedir
	AS_IF([test "x$si_run" = 'x${localstatedir}/run'], [si_run=/run])
	AS_CASE([$si_run], [/*], [],
	    [AC_MSG_ERROR([--runstatedir takes an absolute directory])])
	RUN_PATH=$si_run/ssh-incubator
	AC_DEFINE_UNQUOTED([RUN_PATH], ["$RUN_PATH"],
	    [what runs now: the socket, sessions, logins])
	AC_SUBST([RUN_PATH])
])

# SI_PATHS -> DEFAULT_PATH, SUPERUSER_PATH
# PATH of a session that root sets up, as the distribution's sshd has it
# compiled in.
AC_DEFUN([SI_PATHS], [
	AC_ARG_WITH([default-path], [AS_HELP_STRING([--with-default-path=PATH],
	    [PATH of a user's session (default: as sshd's)])],
	    [DEFAULT_PATH=$withval], [
		DEFAULT_PATH=/usr/local/bin:/usr/bin:/bin
		AS_IF([test -f /etc/debian_version],
		    [DEFAULT_PATH=$DEFAULT_PATH:/usr/games])
	    ])
	AC_ARG_WITH([superuser-path],
	    [AS_HELP_STRING([--with-superuser-path=PATH],
	    [PATH of a session of uid 0 (default: as sshd's)])],
	    [SUPERUSER_PATH=$withval], [
		SUPERUSER_PATH=/usr/local/sbin:/usr/local/bin
		SUPERUSER_PATH=$SUPERUSER_PATH:/usr/sbin:/usr/bin:/sbin:/bin
	    ])
	AS_CASE([$DEFAULT_PATH], [/*], [],
	    [AC_MSG_ERROR([--with-default-path takes absolute directories])])
	AS_CASE([$SUPERUSER_PATH], [/*], [],
	    [AC_MSG_ERROR([--with-superuser-path takes absolute directories])])
	AC_DEFINE_UNQUOTED([DEFAULT_PATH], ["$DEFAULT_PATH"],
	    [PATH of a user's session])
	AC_DEFINE_UNQUOTED([SUPERUSER_PATH], ["$SUPERUSER_PATH"],
	    [PATH of a session of uid 0])
])

# SI_DIRECTORY(OPTION, VARIABLE, DEFAULT, HELP)
# --with-OPTION=DIR; DEFAULT may name make's variables.
AC_DEFUN([SI_DIRECTORY], [
	AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1=DIR], [$4])],
	    [$2=$withval], [$2='$3'])
	AS_CASE([$$2], [/*|'$'*], [],
	    [AC_MSG_ERROR([--with-$1 takes an absolute directory])])
	AC_SUBST([$2])
])

# SI_COMPLETIONS -> BASH_COMPLETION_DIR, ZSH_COMPLETION_DIR
# zsh's own directory, where a distribution has none for its packages.
AC_DEFUN([SI_COMPLETIONS], [
	SI_DIRECTORY([bash-completion-dir], [BASH_COMPLETION_DIR],
	    [${datadir}/bash-completion/completions],
	    [bash's completions (default: DATADIR/bash-completion/completions)])
	SI_DIRECTORY([zsh-completion-dir], [ZSH_COMPLETION_DIR],
	    [${datadir}/zsh/site-functions],
	    [zsh's completions (default: DATADIR/zsh/site-functions)])
])

# SI_SYSTEMD -> SYSTEMD_UNIT_DIR, SYSUSERS_DIR
# By name alone, never by asking systemd: a package says where, and a "make
# install" into /usr/local leaves the system's units alone.
AC_DEFUN([SI_SYSTEMD], [
	SI_DIRECTORY([systemdsystemunitdir], [SYSTEMD_UNIT_DIR],
	    [${docdir}/examples/systemd],
	    [install the units there (default: as examples)])
	SI_DIRECTORY([sysusersdir], [SYSUSERS_DIR],
	    [${docdir}/examples/sysusers.d],
	    [install the group of the socket there (default: as an example)])
])

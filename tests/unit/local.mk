# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# check_X.c is the program check_X, for the room X or an invariant.
unit_tests = \
	%D%/check_account \
	%D%/check_authinfo \
	%D%/check_connection \
	%D%/check_drop \
	%D%/check_envfilter \
	%D%/check_environ \
	%D%/check_envrule \
	%D%/check_exitcode \
	%D%/check_log \
	%D%/check_login_session \
	%D%/check_pattern \
	%D%/check_plan \
	%D%/check_procs \
	%D%/check_pty \
	%D%/check_spawn \
	%D%/check_stdfd \
	%D%/check_step

# These make real children, by scene.c.
%C%_check_drop_SOURCES = %D%/check_drop.c %D%/scene.c %D%/scene.h
%C%_check_spawn_SOURCES = %D%/check_spawn.c %D%/scene.c %D%/scene.h
%C%_check_step_SOURCES = %D%/check_step.c %D%/scene.c %D%/scene.h

if HAVE_CHECK
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += %D%/no-libcheck.sh
endif
# check_login_session compiles the PAM module that it watches.
EXTRA_DIST += %D%/no-libcheck.sh %D%/pam_witness.c

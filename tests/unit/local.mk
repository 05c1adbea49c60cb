# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# check_MODULE.c is the program check_MODULE.
unit_tests = \
	%D%/check_account \
	%D%/check_authinfo \
	%D%/check_connection \
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
	%D%/check_stdfd

if HAVE_CHECK
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += %D%/no-libcheck.sh
endif
EXTRA_DIST += %D%/no-libcheck.sh

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Stop watches: one file each, without config.h.
check_PROGRAMS += \
	%D%/acctmgmt \
	%D%/alternate
%C%_acctmgmt_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_acctmgmt_LDADD = $(PAM_LIBS)
%C%_alternate_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_alternate_LDADD =

bench_scripts += \
	%D%/bench-login.sh \
	%D%/bench-start.sh

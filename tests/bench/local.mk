# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Stop watches: one file each, without config.h but for those that watch
# libcommon.a itself.
check_PROGRAMS += \
	%D%/acctmgmt \
	%D%/alternate \
	%D%/filtergrowth \
	%D%/spawnbench
%C%_acctmgmt_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_acctmgmt_LDADD = $(PAM_LIBS)
%C%_alternate_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_alternate_LDADD =
%C%_filtergrowth_LDADD = libcommon.a $(common_libs)
%C%_spawnbench_LDADD = libcommon.a $(common_libs)

bench_scripts += \
	%D%/bench-conf.sh \
	%D%/bench-env.sh \
	%D%/bench-login.sh \
	%D%/bench-own.sh \
	%D%/bench-spawn.sh \
	%D%/bench-start.sh

# It boots two systems: make bench-system.
bench_system_scripts += %D%/bench-service.sh

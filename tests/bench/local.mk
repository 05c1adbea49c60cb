# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Stop watches: one file each but for those that share ptyside.c or
# agentside.c, without config.h but for those that watch libcommon.a itself.
check_PROGRAMS += \
	%D%/acctmgmt \
	%D%/agentbench \
	%D%/alternate \
	%D%/filtergrowth \
	%D%/nullagent \
	%D%/ptybench \
	%D%/ptyidle \
	%D%/ptyinner \
	%D%/relaybench \
	%D%/spawnbench
%C%_acctmgmt_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_acctmgmt_LDADD = $(PAM_LIBS)
%C%_agentbench_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_agentbench_SOURCES = %D%/agentbench.c %D%/agentside.c %D%/agentside.h
%C%_agentbench_LDADD =
%C%_alternate_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_alternate_LDADD =
%C%_filtergrowth_LDADD = libcommon.a $(common_libs)
%C%_nullagent_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_nullagent_SOURCES = %D%/nullagent.c %D%/agentside.c %D%/agentside.h
%C%_nullagent_LDADD =
%C%_ptybench_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_ptybench_SOURCES = %D%/ptybench.c %D%/ptyside.c %D%/ptyside.h
%C%_ptybench_LDADD =
%C%_ptyidle_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_ptyidle_SOURCES = %D%/ptyidle.c %D%/ptyside.c %D%/ptyside.h
%C%_ptyidle_LDADD =
%C%_ptyinner_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_ptyinner_LDADD =
%C%_relaybench_CPPFLAGS = -D_GNU_SOURCE $(AM_CPPFLAGS)
%C%_relaybench_LDADD =
%C%_spawnbench_LDADD = libcommon.a $(common_libs)

bench_scripts += \
	%D%/bench-agent.sh \
	%D%/bench-agentgap.sh \
	%D%/bench-conf.sh \
	%D%/bench-env.sh \
	%D%/bench-login.sh \
	%D%/bench-own.sh \
	%D%/bench-pty.sh \
	%D%/bench-relay.sh \
	%D%/bench-spawn.sh \
	%D%/bench-start.sh

# It boots two systems: make bench-system.
bench_system_scripts += %D%/bench-service.sh

# What they printed, for people.
EXTRA_DIST += %D%/FIGURES.md

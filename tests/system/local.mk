# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Debian 12 and 13 are booted in containers, each once, and the scripts run
# against both.  They need root, a network once, and some minutes: make
# check-system.
check_PROGRAMS += %D%/tools/asklogind %D%/tools/knock
%C%_tools_asklogind_SOURCES = %D%/tools/asklogind.c $(sanitizer_options)
%C%_tools_asklogind_LDADD = libcommon.a $(common_libs)
%C%_tools_knock_SOURCES = %D%/tools/knock.c $(sanitizer_options)
%C%_tools_knock_LDADD = $(common_libs)

# bed.sh finds or makes a tree (tree.sh), fills it (fill.sh) and boots it
# (machine.sh); the scripts begin with lib.sh.
EXTRA_DIST += \
	%D%/bed.sh \
	%D%/fill.sh \
	%D%/inside \
	%D%/lib.sh \
	%D%/machine.sh \
	%D%/service.sh \
	%D%/tree.sh

# What is run there.
EXTRA_DIST += \
	%D%/t-agent.sh \
	%D%/t-bed.sh \
	%D%/t-linger.sh \
	%D%/t-rootlogin.sh \
	%D%/t-scope.sh \
	%D%/t-service-end.sh \
	%D%/t-service-killed.sh \
	%D%/t-service-same.sh \
	%D%/t-service-session.sh \
	%D%/t-service-who.sh

system_tests += \
	%D%/on-bookworm.sh \
	%D%/on-trixie.sh

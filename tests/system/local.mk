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
# (machine.sh); the scripts begin with lib.sh.  layer.sh runs something in a
# tree that is not booted: package.sh builds the package so, and commands.sh
# does what README says.
EXTRA_DIST += \
	%D%/bed.sh \
	%D%/commands.sh \
	%D%/fill-make.sh \
	%D%/fill-package.sh \
	%D%/fill.sh \
	%D%/inside \
	%D%/layer.sh \
	%D%/lib.sh \
	%D%/machine.sh \
	%D%/package-on.sh \
	%D%/package.sh \
	%D%/packaged.sh \
	%D%/readme.sh \
	%D%/service.sh \
	%D%/sessions.sh \
	%D%/tree.sh

# What is run there.
EXTRA_DIST += \
	%D%/t-agent.sh \
	%D%/t-bed.sh \
	%D%/t-linger.sh \
	%D%/t-package-remove.sh \
	%D%/t-package-upgrade.sh \
	%D%/t-package-uses.sh \
	%D%/t-rootlogin.sh \
	%D%/t-scope.sh \
	%D%/t-service-end.sh \
	%D%/t-service-killed.sh \
	%D%/t-service-same.sh \
	%D%/t-service-session.sh \
	%D%/t-service-who.sh

system_tests += \
	%D%/on-bookworm.sh \
	%D%/on-trixie.sh \
	%D%/package-on-bookworm.sh \
	%D%/package-on-trixie.sh \
	%D%/commands-on-bookworm.sh \
	%D%/commands-on-trixie.sh

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

sbin_PROGRAMS += incubator

incubator_SOURCES = \
	%D%/incubator/main.c \
	%D%/incubator/audit.c %D%/incubator/audit.h \
	%D%/incubator/backlink.c %D%/incubator/backlink.h \
	%D%/incubator/become.c %D%/incubator/become.h \
	%D%/incubator/cleanup.c %D%/incubator/cleanup.h \
	%D%/incubator/command.c %D%/incubator/command.h \
	%D%/incubator/configtest.c %D%/incubator/configtest.h \
	%D%/incubator/explainjson.c %D%/incubator/explainjson.h \
	%D%/incubator/explaintext.c %D%/incubator/explaintext.h \
	%D%/incubator/front.c %D%/incubator/front.h \
	%D%/incubator/jail.c %D%/incubator/jail.h \
	%D%/incubator/launch.c %D%/incubator/launch.h \
	%D%/incubator/login.c %D%/incubator/login.h \
	%D%/incubator/material.c %D%/incubator/material.h \
	%D%/incubator/members.c %D%/incubator/members.h \
	%D%/incubator/optclash.c %D%/incubator/optclash.h \
	%D%/incubator/options.c %D%/incubator/options.h \
	%D%/incubator/optvalue.c %D%/incubator/optvalue.h \
	%D%/incubator/origin.c %D%/incubator/origin.h \
	%D%/incubator/planner.c %D%/incubator/planner.h \
	%D%/incubator/planspace.c %D%/incubator/planspace.h \
	%D%/incubator/planwork.c %D%/incubator/planwork.h \
	%D%/incubator/policy.c %D%/incubator/policy.h \
	%D%/incubator/recordauth.c %D%/incubator/recordauth.h \
	%D%/incubator/regentry.c %D%/incubator/regentry.h \
	%D%/incubator/registry.c %D%/incubator/registry.h \
	%D%/incubator/relay.c %D%/incubator/relay.h \
	%D%/incubator/request.c %D%/incubator/request.h \
	%D%/incubator/serve.c %D%/incubator/serve.h \
	%D%/incubator/service.c %D%/incubator/service.h \
	%D%/incubator/sessenv.c %D%/incubator/sessenv.h \
	%D%/incubator/session.c %D%/incubator/session.h \
	%D%/incubator/sesstty.c %D%/incubator/sesstty.h \
	%D%/incubator/sessions.c %D%/incubator/sessions.h \
	%D%/incubator/signals.c %D%/incubator/signals.h \
	%D%/incubator/startup.c %D%/incubator/startup.h \
	%D%/incubator/supervise.c %D%/incubator/supervise.h \
	%D%/incubator/visible.c %D%/incubator/visible.h \
	%D%/incubator/wire.c %D%/incubator/wire.h \
	%D%/incubator/wirecode.c %D%/incubator/wirecode.h \
	%D%/incubator/terminal.c %D%/incubator/terminal.h \
	$(sanitizer_options)
incubator_CPPFLAGS = $(AM_CPPFLAGS) $(JSONC_CFLAGS)
incubator_LDADD = libsession.a libcommon.a $(common_libs) $(JSONC_LIBS) \
	$(PAM_LIBS)

bin_PROGRAMS += env-filter

env_filter_SOURCES = \
	%D%/env-filter/main.c \
	%D%/env-filter/audit.c %D%/env-filter/audit.h \
	%D%/env-filter/become.c %D%/env-filter/become.h \
	%D%/env-filter/options.c %D%/env-filter/options.h \
	%D%/env-filter/policy.c %D%/env-filter/policy.h \
	%D%/env-filter/serve.c %D%/env-filter/serve.h \
	%D%/env-filter/show.c %D%/env-filter/show.h \
	$(sanitizer_options)
env_filter_LDADD = libcommon.a $(common_libs)

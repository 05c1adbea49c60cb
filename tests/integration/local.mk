# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# What the scripts look through and look with.  Each is one file that stands
# alone, without config.h; modes and ptyclient ask rooms that are tested.
tools_cppflags = -D_GNU_SOURCE $(AM_CPPFLAGS)
integration_tools = \
	%D%/tools/acceptd \
	%D%/tools/agentfake \
	%D%/tools/agenttalk \
	%D%/tools/attack \
	%D%/tools/drive \
	%D%/tools/logsink \
	%D%/tools/misuse \
	%D%/tools/modes \
	%D%/tools/oddfd \
	%D%/tools/probe \
	%D%/tools/ptyclient \
	%D%/tools/rawfront \
	%D%/tools/streamtalk \
	%D%/tools/vtcut
%C%_tools_acceptd_CPPFLAGS = $(tools_cppflags)
%C%_tools_acceptd_SOURCES = %D%/tools/acceptd.c $(sanitizer_options)
%C%_tools_agentfake_CPPFLAGS = $(tools_cppflags)
%C%_tools_agentfake_SOURCES = %D%/tools/agentfake.c $(sanitizer_options)
%C%_tools_agenttalk_CPPFLAGS = $(tools_cppflags)
%C%_tools_agenttalk_SOURCES = %D%/tools/agenttalk.c $(sanitizer_options)
%C%_tools_attack_CPPFLAGS = $(tools_cppflags)
%C%_tools_attack_SOURCES = %D%/tools/attack.c $(sanitizer_options)
%C%_tools_drive_CPPFLAGS = $(tools_cppflags)
%C%_tools_drive_SOURCES = %D%/tools/drive.c $(sanitizer_options)
%C%_tools_logsink_CPPFLAGS = $(tools_cppflags)
%C%_tools_logsink_SOURCES = %D%/tools/logsink.c $(sanitizer_options)
%C%_tools_misuse_CPPFLAGS = $(tools_cppflags)
%C%_tools_misuse_SOURCES = %D%/tools/misuse.c $(sanitizer_options)
%C%_tools_modes_SOURCES = %D%/tools/modes.c $(sanitizer_options)
%C%_tools_modes_LDADD = libcommon.a $(common_libs)
%C%_tools_oddfd_CPPFLAGS = $(tools_cppflags)
%C%_tools_oddfd_SOURCES = %D%/tools/oddfd.c $(sanitizer_options)
%C%_tools_probe_CPPFLAGS = $(tools_cppflags)
%C%_tools_probe_SOURCES = %D%/tools/probe.c $(sanitizer_options)
%C%_tools_ptyclient_CPPFLAGS = $(broker_cppflags)
%C%_tools_ptyclient_SOURCES = %D%/tools/ptyclient.c \
	helpers/pty-broker/proto.c helpers/pty-broker/proto.h \
	$(sanitizer_options)
%C%_tools_ptyclient_LDADD = libcommon.a $(common_libs)
%C%_tools_rawfront_CPPFLAGS = $(tools_cppflags)
%C%_tools_rawfront_SOURCES = %D%/tools/rawfront.c $(sanitizer_options)
%C%_tools_streamtalk_CPPFLAGS = $(tools_cppflags)
%C%_tools_streamtalk_SOURCES = %D%/tools/streamtalk.c $(sanitizer_options)
# This one is made of rooms of a helper's, with config.h.
%C%_tools_vtcut_SOURCES = %D%/tools/vtcut.c $(vtstate_sources) \
	$(sanitizer_options)

if HAVE_VTERM
integration_tools += %D%/tools/paintscreen
%C%_tools_paintscreen_SOURCES = %D%/tools/paintscreen.c $(screen_sources) \
	$(sanitizer_options)
%C%_tools_paintscreen_CPPFLAGS = $(screen_cppflags)
%C%_tools_paintscreen_LDADD = libcommon.a $(common_libs) $(VTERM_LIBS)
endif

check_PROGRAMS += $(integration_tools)

# A PAM module, which is no program: the test that needs it compiles it.
EXTRA_DIST += %D%/tools/pam_tell.c

# bed.sh runs a script in a private machine, which machine.sh builds and
# accounts.sh fills; the scripts themselves begin with lib.sh.
EXTRA_DIST += \
	%D%/accounts.sh \
	%D%/agents.sh \
	%D%/agentlogin.sh \
	%D%/agentrow.sh \
	%D%/bed.sh \
	%D%/completions.sh \
	%D%/broker.sh \
	%D%/displays.sh \
	%D%/lib.sh \
	%D%/machine.sh \
	%D%/panes.sh \
	%D%/service.sh \
	%D%/stablepath.sh

# The long ones first, so that "make -j" has short ones left at the end.
integration_tests = \
	%D%/t-agentrestrict.sh \
	%D%/t-attack-service.sh \
	%D%/t-ptyviewers.sh \
	%D%/t-serve.sh \
	%D%/t-service-hostile.sh \
	%D%/t-agentlogin.sh \
	%D%/t-service-identity.sh \
	%D%/t-regress.sh \
	%D%/t-streams.sh \
	%D%/t-hangup.sh \
	%D%/t-leaks.sh \
	%D%/t-pidns.sh \
	%D%/t-exitstatus.sh \
	%D%/t-account.sh \
	%D%/t-agentfail.sh \
	%D%/t-agentframes.sh \
	%D%/t-agent.sh \
	%D%/t-agentaudit.sh \
	%D%/t-agentssh.sh \
	%D%/t-agentserver.sh \
	%D%/t-agentstable.sh \
	%D%/t-agentwarn.sh \
	%D%/t-agentlogin-end.sh \
	%D%/t-agentman.sh \
	%D%/t-attack.sh \
	%D%/t-attack-confine.sh \
	%D%/t-attack-terminal.sh \
	%D%/t-broker-who.sh \
	%D%/t-byhand.sh \
	%D%/t-conf.sh \
	%D%/t-confsession.sh \
	%D%/t-confine.sh \
	%D%/t-confman.sh \
	%D%/t-confine-own.sh \
	%D%/t-environment.sh \
	%D%/t-envconf.sh \
	%D%/t-envfilter.sh \
	%D%/t-envman.sh \
	%D%/t-envways.sh \
	%D%/t-examples.sh \
	%D%/t-explain.sh \
	%D%/t-identity.sh \
	%D%/t-incubatorman.sh \
	%D%/t-manysessions.sh \
	%D%/t-mapping.sh \
	%D%/t-mosh.sh \
	%D%/t-options.sh \
	%D%/t-ptyattach.sh \
	%D%/t-ptyattack.sh \
	%D%/t-ptydrop.sh \
	%D%/t-ptyend.sh \
	%D%/t-ptyforce.sh \
	%D%/t-ptyrun.sh \
	%D%/t-ptyhostile.sh \
	%D%/t-ptyman.sh \
	%D%/t-raw.sh \
	%D%/t-readme.sh \
	%D%/t-recordauth.sh \
	%D%/t-records.sh \
	%D%/t-refuse.sh \
	%D%/t-repaint.sh \
	%D%/t-restore.sh \
	%D%/t-service.sh \
	%D%/t-service-end.sh \
	%D%/t-service-streams.sh \
	%D%/t-service-terminal.sh \
	%D%/t-session.sh \
	%D%/t-sessions.sh \
	%D%/t-sftp.sh \
	%D%/t-sftp-confined.sh \
	%D%/t-startup.sh \
	%D%/t-terminal.sh \
	%D%/t-tools.sh \
	%D%/t-ttymode.sh \
	%D%/t-vtstate.sh
# What runs shells, and of ours only what says a word: not for sanitizers.
completion_tests = \
	%D%/t-completions-bash.sh \
	%D%/t-completions-zsh.sh
# Those that contrib/run-tests has make distcheck run: one for each program.
dist_tests = \
	%D%/t-envfilter.sh \
	%D%/t-envman.sh \
	%D%/t-ptyattach.sh \
	%D%/t-serve.sh \
	%D%/t-service.sh \
	%D%/t-session.sh
TESTS += $(completion_tests) $(integration_tests)
EXTRA_DIST += $(completion_tests) $(integration_tests)

stress_tests += \
	%D%/stress-agent.sh \
	%D%/stress-leaks.sh \
	%D%/stress-manysessions.sh \
	%D%/stress-ptydrop.sh \
	%D%/stress-ptyend.sh \
	%D%/stress-ptyviewers.sh \
	%D%/stress-raw.sh \
	%D%/stress-regress.sh

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# fuzz_NAME.c has an LLVMFuzzerTestOneInput() for one parser, corpus/NAME/
# what it was started with and what it once found.  With --enable-fuzzing the
# targets are libFuzzer's ("make fuzz"); otherwise replay.c puts the corpus
# through them in "make check".
fuzz_targets = \
	%D%/fuzz_agentcontrol \
	%D%/fuzz_agentreply \
	%D%/fuzz_agentrequest \
	%D%/fuzz_authinfo \
	%D%/fuzz_authrecord \
	%D%/fuzz_conf \
	%D%/fuzz_confine \
	%D%/fuzz_envfilter \
	%D%/fuzz_environ \
	%D%/fuzz_frame \
	%D%/fuzz_lists \
	%D%/fuzz_pattern \
	%D%/fuzz_policy \
	%D%/fuzz_proto \
	%D%/fuzz_recordfile \
	%D%/fuzz_serveid \
	%D%/fuzz_servejson \
	%D%/fuzz_sshkey \
	%D%/fuzz_ttymode \
	%D%/fuzz_vtstate \
	%D%/fuzz_wire

%C%_fuzz_agentreply_LDADD = $(fuzz_ldadd)
%C%_fuzz_agentrequest_LDADD = $(fuzz_ldadd)
%C%_fuzz_agentcontrol_LDADD = $(fuzz_ldadd)
%C%_fuzz_authinfo_LDADD = $(fuzz_ldadd)
%C%_fuzz_authrecord_LDADD = $(fuzz_ldadd)
%C%_fuzz_conf_LDADD = $(fuzz_ldadd)
%C%_fuzz_confine_LDADD = $(fuzz_ldadd)
%C%_fuzz_envfilter_LDADD = $(fuzz_ldadd)
%C%_fuzz_environ_LDADD = $(fuzz_ldadd)
%C%_fuzz_frame_LDADD = $(fuzz_ldadd)
%C%_fuzz_lists_LDADD = $(fuzz_ldadd)
%C%_fuzz_pattern_LDADD = $(fuzz_ldadd)
%C%_fuzz_policy_LDADD = $(fuzz_ldadd)
%C%_fuzz_proto_LDADD = $(fuzz_ldadd)
%C%_fuzz_recordfile_LDADD = $(fuzz_ldadd)
%C%_fuzz_serveid_LDADD = $(fuzz_ldadd)
%C%_fuzz_servejson_LDADD = $(fuzz_ldadd) $(JSONC_LIBS)
%C%_fuzz_sshkey_LDADD = $(fuzz_ldadd)
%C%_fuzz_ttymode_LDADD = $(fuzz_ldadd)
%C%_fuzz_vtstate_LDADD = $(fuzz_ldadd)
%C%_fuzz_wire_LDADD = $(fuzz_ldadd)

# Rooms of a helper's.
%C%_fuzz_agentcontrol_SOURCES = %D%/fuzz_agentcontrol.c \
	helpers/agent-forwarder/claim.c helpers/agent-forwarder/control.c \
	helpers/agent-forwarder/desk.c helpers/agent-forwarder/door.c
%C%_fuzz_agentcontrol_CPPFLAGS = $(agent_cppflags)
wire_rooms = \
	helpers/incubator/wire.c helpers/incubator/wire.h \
	helpers/incubator/wirecode.c helpers/incubator/wirecode.h
%C%_fuzz_frame_SOURCES = %D%/fuzz_frame.c $(wire_rooms)
%C%_fuzz_wire_SOURCES = %D%/fuzz_wire.c $(wire_rooms)
%C%_fuzz_agentreply_SOURCES = %D%/fuzz_agentreply.c $(agent_dialog_sources)
%C%_fuzz_agentreply_CPPFLAGS = $(agent_cppflags)
%C%_fuzz_agentrequest_SOURCES = %D%/fuzz_agentrequest.c \
	$(agent_dialog_sources)
%C%_fuzz_agentrequest_CPPFLAGS = $(agent_cppflags)
%C%_fuzz_policy_SOURCES = %D%/fuzz_policy.c $(agent_dialog_sources)
%C%_fuzz_policy_CPPFLAGS = $(agent_cppflags)
%C%_fuzz_serveid_SOURCES = %D%/fuzz_serveid.c \
	helpers/pty-broker/serveid.c helpers/pty-broker/serveid.h
%C%_fuzz_serveid_CPPFLAGS = $(broker_cppflags)
%C%_fuzz_servejson_SOURCES = %D%/fuzz_servejson.c \
	$(servejson_rooms)
%C%_fuzz_servejson_CPPFLAGS = $(broker_cppflags) $(JSONC_CFLAGS)
%C%_fuzz_vtstate_SOURCES = %D%/fuzz_vtstate.c $(vtstate_sources)
%C%_fuzz_proto_SOURCES = %D%/fuzz_proto.c $(session_sources)
%C%_fuzz_proto_CPPFLAGS = $(broker_cppflags)

if HAVE_VTERM
fuzz_targets += %D%/fuzz_screen
%C%_fuzz_screen_SOURCES = %D%/fuzz_screen.c $(screen_sources)
%C%_fuzz_screen_CPPFLAGS = $(screen_cppflags)
%C%_fuzz_screen_LDADD = $(fuzz_ldadd) $(VTERM_LIBS)
endif

EXTRA_DIST += %D%/corpus
check_PROGRAMS += $(fuzz_targets)
FUZZ_SECONDS = 10

if FUZZING
fuzz_ldadd = libcommon.a $(common_libs) $(FUZZ_LDFLAGS)
fuzz: $(fuzz_targets)
	@for target in $(fuzz_targets); do \
		name=$${target##*/fuzz_}; \
		corpus=$(abs_top_srcdir)/tests/fuzz/corpus/$$name; \
		rm -rf tests/fuzz/found-$$name && \
		mkdir -p tests/fuzz/found-$$name && \
		./$$target -max_total_time=$(FUZZ_SECONDS) -verbosity=0 \
			-print_final_stats=1 \
			-artifact_prefix=tests/fuzz/crash-$$name- \
			tests/fuzz/found-$$name $$corpus && \
		echo "PASS fuzz_$$name: $(FUZZ_SECONDS) s" || \
		{ echo "FAIL fuzz_$$name"; exit 1; }; \
	done
else
check_LIBRARIES += %D%/libreplay.a
%C%_libreplay_a_SOURCES = %D%/replay.c
fuzz_ldadd = %D%/libreplay.a libcommon.a $(common_libs)
TESTS += $(fuzz_targets)
fuzz:
	@echo 'fuzz: configure with CC=clang --enable-fuzzing first'; exit 1
endif
.PHONY: fuzz

fuzz-clean:
	rm -rf tests/fuzz/found-* tests/fuzz/crash-*
clean-local: fuzz-clean
.PHONY: fuzz-clean

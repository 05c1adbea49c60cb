# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# check_X.c is the program check_X, for the room X or an invariant.
unit_tests = \
	%D%/check_account \
	%D%/check_addrlist \
	%D%/check_agentframe \
	%D%/check_agentmessage \
	%D%/check_agentserve \
	%D%/check_agentaudit \
	%D%/check_agentoptions \
	%D%/check_auditid \
	%D%/check_agentdir \
	%D%/check_aside \
	%D%/check_authinfo \
	%D%/check_authkeep \
	%D%/check_authrecord \
	%D%/check_base64 \
	%D%/check_bindchain \
	%D%/check_choose \
	%D%/check_beside \
	%D%/check_chroot \
	%D%/check_cleanup \
	%D%/check_conduit \
	%D%/check_conduitload \
	%D%/check_conf \
	%D%/check_confcaps \
	%D%/check_conffile \
	%D%/check_confine \
	%D%/check_confined \
	%D%/check_conflex \
	%D%/check_conflimit \
	%D%/check_conflogin \
	%D%/check_confmap \
	%D%/check_confmatch \
	%D%/check_confnarrow \
	%D%/check_conftable \
	%D%/check_confread \
	%D%/check_connection \
	%D%/check_conninfo \
	%D%/check_control \
	%D%/check_create \
	%D%/check_cve \
	%D%/check_cvespace \
	%D%/check_cvetty \
	%D%/check_decimal \
	%D%/check_deliver \
	%D%/check_descriptors \
	%D%/check_dialog \
	%D%/check_drop \
	%D%/check_dropgroups \
	%D%/check_ending \
	%D%/check_envfilter \
	%D%/check_environ \
	%D%/check_envrule \
	%D%/check_envwithin \
	%D%/check_exitcode \
	%D%/check_faults \
	%D%/check_files \
	%D%/check_frame \
	%D%/check_input \
	%D%/check_keeper \
	%D%/check_keylist \
	%D%/check_landlock \
	%D%/check_leases \
	%D%/check_list \
	%D%/check_listener \
	%D%/check_lockfile \
	%D%/check_log \
	%D%/check_login_session \
	%D%/check_loginrecord \
	%D%/check_loginstate \
	%D%/check_loop \
	%D%/check_memory \
	%D%/check_names \
	%D%/check_nomalloc \
	%D%/check_nspace \
	%D%/check_once \
	%D%/check_orphan \
	%D%/check_packet \
	%D%/check_pattern \
	%D%/check_plan \
	%D%/check_planorder \
	%D%/check_planvalue \
	%D%/check_planwords \
	%D%/check_policy \
	%D%/check_policyfile \
	%D%/check_procs \
	%D%/check_proto \
	%D%/check_pty \
	%D%/check_ptyoptions \
	%D%/check_raw \
	%D%/check_rawlisten \
	%D%/check_record \
	%D%/check_recorddir \
	%D%/check_recordfile \
	%D%/check_registry \
	%D%/check_replay \
	%D%/check_ring \
	%D%/check_serveid \
	%D%/check_servejson \
	%D%/check_sessionenv \
	%D%/check_serveloop \
	%D%/check_runonce \
	%D%/check_sandbox \
	%D%/check_sessions \
	%D%/check_signdata \
	%D%/check_sizing \
	%D%/check_slim \
	%D%/check_sockpeer \
	%D%/check_spawn \
	%D%/check_sshkey \
	%D%/check_stdfd \
	%D%/check_step \
	%D%/check_sysprocattr \
	%D%/check_sysproclinux \
	%D%/check_sysprocspace \
	%D%/check_talk \
	%D%/check_terminal \
	%D%/check_ttymode \
	%D%/check_unitpath \
	%D%/check_unixsock \
	%D%/check_userdir \
	%D%/check_userplace \
	%D%/check_upstream \
	%D%/check_usage \
	%D%/check_utempter \
	%D%/check_utmpfile \
	%D%/check_vtquery \
	%D%/check_vtscan \
	%D%/check_vtstate \
	%D%/check_wire \
	%D%/check_wireagent

# The rooms of a helper's that are tested by themselves.
%C%_check_wire_SOURCES = %D%/check_wire.c \
	helpers/incubator/wire.c helpers/incubator/wire.h \
	helpers/incubator/wirecode.c helpers/incubator/wirecode.h
%C%_check_wireagent_SOURCES = %D%/check_wireagent.c \
	helpers/incubator/wireagent.c helpers/incubator/wireagent.h

# What they share: a program links what it calls.
libunit_sources = \
	%D%/agentblob.c %D%/agentblob.h \
	%D%/agentreal.c %D%/agentreal.h \
	%D%/den.c %D%/den.h \
	%D%/ends.c %D%/ends.h \
	%D%/faults.c %D%/faults.h %D%/faults_space.c \
	%D%/home.c %D%/home.h \
	%D%/letters.c %D%/letters.h \
	%D%/run.c %D%/run.h \
	%D%/scene.c %D%/scene.h \
	%D%/scenery.c \
	%D%/stage.c %D%/stage.h \
	%D%/steps.c %D%/steps.h

salon_sources = %D%/salon.c %D%/salon.h

if HAVE_CHECK
check_LIBRARIES += %D%/libunit.a
%C%_libunit_a_SOURCES = $(libunit_sources)
unit_library = %D%/libunit.a
check_PROGRAMS += $(unit_tests)

# Rooms of a helper are compiled again.
helper_cppflags = $(AM_CPPFLAGS) -iquote $(top_srcdir)/helpers/incubator
registry_sources = helpers/incubator/regentry.c helpers/incubator/registry.c
%C%_check_registry_SOURCES = %D%/check_registry.c $(registry_sources)
%C%_check_registry_CPPFLAGS = $(helper_cppflags)
%C%_check_agentdir_SOURCES = %D%/check_agentdir.c $(registry_sources) \
	helpers/incubator/agentdir.c
%C%_check_agentdir_CPPFLAGS = $(helper_cppflags)
%C%_check_cleanup_SOURCES = %D%/check_cleanup.c $(registry_sources) \
	helpers/incubator/agentdir.c helpers/incubator/cleanup.c
%C%_check_cleanup_CPPFLAGS = $(helper_cppflags)
%C%_check_sessions_SOURCES = %D%/check_sessions.c \
	$(registry_sources) helpers/incubator/sessions.c \
	helpers/incubator/visible.c
%C%_check_sessions_CPPFLAGS = $(helper_cppflags) $(JSONC_CFLAGS)
%C%_check_sessions_LDADD = $(LDADD) $(JSONC_LIBS)
%C%_check_runonce_SOURCES = %D%/check_runonce.c \
	helpers/pty-broker/leader.c helpers/pty-broker/outer.c \
	helpers/pty-broker/runloop.c helpers/pty-broker/runonce.c
%C%_check_runonce_CPPFLAGS = $(broker_cppflags)
%C%_check_utempter_SOURCES = %D%/check_utempter.c \
	helpers/pty-broker/utempter.c helpers/pty-broker/utempterpath.c
%C%_check_utempter_CPPFLAGS = $(broker_cppflags)

%C%_check_serveid_SOURCES = %D%/check_serveid.c \
	helpers/pty-broker/serveid.c helpers/pty-broker/serveid.h
%C%_check_serveid_CPPFLAGS = $(broker_cppflags)
%C%_check_servejson_SOURCES = %D%/check_servejson.c \
	$(servejson_rooms)
%C%_check_servejson_CPPFLAGS = $(broker_cppflags) $(JSONC_CFLAGS)
%C%_check_servejson_LDADD = $(LDADD) $(JSONC_LIBS)
%C%_check_serveloop_SOURCES = %D%/check_serveloop.c $(servejson_rooms) \
	helpers/pty-broker/serve/serveend.c \
	helpers/pty-broker/serve/serveloop.c helpers/pty-broker/proto.c
%C%_check_serveloop_CPPFLAGS = $(broker_cppflags) $(JSONC_CFLAGS)
%C%_check_serveloop_LDADD = $(LDADD) $(JSONC_LIBS)

%C%_check_list_SOURCES = %D%/check_list.c \
	helpers/pty-broker/audit.c helpers/pty-broker/list.c
%C%_check_list_CPPFLAGS = $(broker_cppflags)
%C%_check_ptyoptions_SOURCES = %D%/check_ptyoptions.c \
	helpers/pty-broker/options.c helpers/pty-broker/optvalue.c \
	helpers/pty-broker/proto.c
%C%_check_ptyoptions_CPPFLAGS = $(broker_cppflags)
%C%_check_sessionenv_SOURCES = %D%/check_sessionenv.c \
	helpers/pty-broker/sessionenv.c
%C%_check_sessionenv_CPPFLAGS = $(broker_cppflags)

# What agent-forwarder lets through, compiled once for all of its tests.
check_LIBRARIES += %D%/libdialog.a
%C%_libdialog_a_SOURCES = $(agent_dialog_sources)
%C%_libdialog_a_CPPFLAGS = $(agent_cppflags)
dialog_ldadd = %D%/libdialog.a $(LDADD)
%C%_check_agentframe_SOURCES = %D%/check_agentframe.c \
	helpers/agent-forwarder/agentframe.c
%C%_check_agentframe_CPPFLAGS = $(agent_cppflags)
%C%_check_agentserve_SOURCES = %D%/check_agentserve.c \
	%D%/agentstage.c %D%/agentstage.h $(agent_serve_sources) \
	helpers/agent-forwarder/caller.c
%C%_check_agentserve_CPPFLAGS = $(agent_cppflags)
%C%_check_agentserve_LDADD = $(dialog_ldadd)
%C%_check_agentaudit_SOURCES = %D%/check_agentaudit.c \
	helpers/agent-forwarder/audit.c helpers/agent-forwarder/auditline.c \
	helpers/agent-forwarder/exename.c
%C%_check_agentaudit_CPPFLAGS = $(agent_cppflags)
%C%_check_agentaudit_LDADD = $(dialog_ldadd)
%C%_check_agentoptions_SOURCES = %D%/check_agentoptions.c \
	helpers/agent-forwarder/optclash.c helpers/agent-forwarder/options.c \
	helpers/agent-forwarder/optvalue.c \
	helpers/agent-forwarder/stablename.c
%C%_check_agentoptions_CPPFLAGS = $(agent_cppflags)
%C%_check_agentoptions_LDADD = $(dialog_ldadd)
%C%_check_sandbox_SOURCES = %D%/check_sandbox.c \
	helpers/agent-forwarder/sandbox.c helpers/agent-forwarder/syscalls.c
%C%_check_sandbox_CPPFLAGS = $(agent_cppflags)
%C%_check_agentmessage_CPPFLAGS = $(agent_cppflags)
%C%_check_agentmessage_LDADD = $(dialog_ldadd)
%C%_check_bindchain_CPPFLAGS = $(agent_cppflags)
%C%_check_bindchain_LDADD = $(dialog_ldadd)
%C%_check_keylist_CPPFLAGS = $(agent_cppflags)
%C%_check_keylist_LDADD = $(dialog_ldadd)
%C%_check_signdata_CPPFLAGS = $(agent_cppflags)
%C%_check_signdata_LDADD = $(dialog_ldadd)
%C%_check_dialog_CPPFLAGS = $(agent_cppflags)
%C%_check_dialog_LDADD = $(dialog_ldadd)
%C%_check_upstream_SOURCES = %D%/check_upstream.c \
	helpers/agent-forwarder/exclusive.c helpers/agent-forwarder/lease.c \
	helpers/agent-forwarder/siblings.c helpers/agent-forwarder/upstream.c
%C%_check_upstream_CPPFLAGS = $(agent_cppflags)
%C%_check_usage_CPPFLAGS = $(agent_cppflags)
%C%_check_usage_LDADD = $(dialog_ldadd)
%C%_check_policyfile_CPPFLAGS = $(agent_cppflags)
%C%_check_policyfile_LDADD = $(dialog_ldadd)
%C%_check_policy_CPPFLAGS = $(agent_cppflags)
%C%_check_policy_LDADD = $(dialog_ldadd)

# The session's program is found in the folder in which all are built.
%C%_check_create_SOURCES = %D%/check_create.c \
	helpers/pty-broker/birth.c helpers/pty-broker/companion.c \
	helpers/pty-broker/create.c helpers/pty-broker/leader.c \
	helpers/pty-broker/proto.c helpers/pty-broker/sessionenv.c \
	helpers/pty-broker/utempter.c helpers/pty-broker/utempterpath.c
%C%_check_create_CPPFLAGS = $(AM_CPPFLAGS) \
	-iquote $(top_srcdir)/helpers/pty-broker \
	-DCOMPANIONS_PATH='"$(abs_top_builddir)"'
%C%_check_create_DEPENDENCIES = $(unit_library) libcommon.a \
	pty-broker-session$(EXEEXT)

%C%_check_choose_SOURCES = %D%/check_choose.c \
	helpers/agent-forwarder/choose.c helpers/agent-forwarder/kin.c \
	helpers/agent-forwarder/logins.c
%C%_check_choose_CPPFLAGS = $(agent_cppflags)
%C%_check_control_SOURCES = %D%/check_control.c \
	helpers/agent-forwarder/claim.c helpers/agent-forwarder/control.c \
	helpers/agent-forwarder/desk.c helpers/agent-forwarder/door.c
%C%_check_control_CPPFLAGS = $(agent_cppflags)
%C%_check_leases_SOURCES = %D%/check_leases.c \
	helpers/agent-forwarder/claim.c helpers/agent-forwarder/leasefile.c \
	helpers/agent-forwarder/logins.c
%C%_check_leases_CPPFLAGS = $(agent_cppflags)

%C%_check_raw_SOURCES = %D%/check_raw.c \
	helpers/agent-forwarder/door.c helpers/agent-forwarder/raw.c
%C%_check_raw_CPPFLAGS = $(agent_cppflags)
%C%_check_rawlisten_SOURCES = %D%/check_rawlisten.c \
	helpers/agent-forwarder/rawlisten.c
%C%_check_rawlisten_CPPFLAGS = $(agent_cppflags)

# A session of pty-broker, and who comes to it.
check_LIBRARIES += %D%/libsalon.a
%C%_libsalon_a_SOURCES = $(salon_sources) $(session_sources)
%C%_libsalon_a_CPPFLAGS = $(broker_cppflags)
salon_ldadd = %D%/libsalon.a $(LDADD)
%C%_check_deliver_CPPFLAGS = $(broker_cppflags)
%C%_check_deliver_LDADD = $(salon_ldadd)
%C%_check_ending_CPPFLAGS = $(broker_cppflags)
%C%_check_ending_LDADD = $(salon_ldadd)
%C%_check_loop_CPPFLAGS = $(broker_cppflags)
%C%_check_loop_LDADD = $(salon_ldadd)
%C%_check_proto_CPPFLAGS = $(broker_cppflags)
%C%_check_proto_LDADD = $(salon_ldadd)
%C%_check_replay_CPPFLAGS = $(broker_cppflags)
%C%_check_replay_LDADD = $(salon_ldadd)
%C%_check_sizing_CPPFLAGS = $(broker_cppflags)
%C%_check_sizing_LDADD = $(salon_ldadd)
%C%_check_talk_CPPFLAGS = $(broker_cppflags)
%C%_check_talk_LDADD = $(salon_ldadd)
%C%_check_files_CPPFLAGS = $(broker_cppflags)
%C%_check_files_LDADD = $(salon_ldadd)
%C%_check_slim_SOURCES = %D%/check_slim.c \
	helpers/pty-broker/session/slim.c
%C%_check_slim_CPPFLAGS = $(broker_cppflags)
%C%_check_record_CPPFLAGS = $(broker_cppflags)
%C%_check_record_LDADD = $(salon_ldadd)
%C%_check_input_CPPFLAGS = $(broker_cppflags)
%C%_check_input_LDADD = $(salon_ldadd)
%C%_check_keeper_CPPFLAGS = $(broker_cppflags)
%C%_check_keeper_LDADD = $(salon_ldadd)

if HAVE_VTERM
unit_tests += %D%/check_screen %D%/check_watch
%C%_check_screen_SOURCES = %D%/check_screen.c $(screen_sources)
%C%_check_screen_CPPFLAGS = $(screen_cppflags)
%C%_check_screen_LDADD = $(LDADD) $(VTERM_LIBS)
%C%_check_watch_SOURCES = %D%/check_watch.c $(screen_sources) \
	helpers/pty-broker/screen/watch.c helpers/pty-broker/proto.c
%C%_check_watch_CPPFLAGS = $(screen_cppflags)
%C%_check_watch_LDADD = $(LDADD) $(VTERM_LIBS)
endif

TESTS += $(unit_tests)
else
TESTS += %D%/no-libcheck.sh
EXTRA_DIST += $(libunit_sources) $(salon_sources)
endif
# Compiled by check_login_session and check_loginrecord.
EXTRA_DIST += %D%/no-libcheck.sh %D%/pam_witness.c \
	%D%/fakedb.c %D%/fakedb.h
%C%_check_vtquery_SOURCES = %D%/check_vtquery.c $(vtstate_sources)
%C%_check_vtquery_CPPFLAGS = $(broker_cppflags)
%C%_check_vtscan_SOURCES = %D%/check_vtscan.c $(vtstate_sources)
%C%_check_vtscan_CPPFLAGS = $(broker_cppflags)
%C%_check_vtstate_SOURCES = %D%/check_vtstate.c $(vtstate_sources)
%C%_check_vtstate_CPPFLAGS = $(broker_cppflags)

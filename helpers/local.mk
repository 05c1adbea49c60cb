# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

sbin_PROGRAMS += incubator

incubator_SOURCES = \
	%D%/incubator/main.c \
	%D%/incubator/agentdir.c %D%/incubator/agentdir.h \
	%D%/incubator/audit.c %D%/incubator/audit.h \
	%D%/incubator/backlink.c %D%/incubator/backlink.h \
	%D%/incubator/become.c %D%/incubator/become.h \
	%D%/incubator/cleanup.c %D%/incubator/cleanup.h \
	%D%/incubator/command.c %D%/incubator/command.h \
	%D%/incubator/configtest.c %D%/incubator/configtest.h \
	%D%/incubator/explainjson.c %D%/incubator/explainjson.h \
	%D%/incubator/explaintext.c %D%/incubator/explaintext.h \
	%D%/incubator/forwarder.c %D%/incubator/forwarder.h \
	%D%/incubator/front.c %D%/incubator/front.h \
	%D%/incubator/frontagent.c %D%/incubator/frontagent.h \
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
	%D%/incubator/sessagent.c %D%/incubator/sessagent.h \
	%D%/incubator/session.c %D%/incubator/session.h \
	%D%/incubator/sesstty.c %D%/incubator/sesstty.h \
	%D%/incubator/sessions.c %D%/incubator/sessions.h \
	%D%/incubator/signals.c %D%/incubator/signals.h \
	%D%/incubator/startup.c %D%/incubator/startup.h \
	%D%/incubator/supervise.c %D%/incubator/supervise.h \
	%D%/incubator/visible.c %D%/incubator/visible.h \
	%D%/incubator/wire.c %D%/incubator/wire.h \
	%D%/incubator/wireagent.c %D%/incubator/wireagent.h \
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
	%D%/env-filter/options.c %D%/env-filter/options.h \
	%D%/env-filter/policy.c %D%/env-filter/policy.h \
	%D%/env-filter/serve.c %D%/env-filter/serve.h \
	%D%/env-filter/show.c %D%/env-filter/show.h \
	$(sanitizer_options)
env_filter_LDADD = libcommon.a $(common_libs)

# Where what the programs of pty-broker share is included from; for its tests,
# too.
broker_cppflags = $(AM_CPPFLAGS) -iquote $(top_srcdir)/helpers/pty-broker \
	-iquote $(top_srcdir)/helpers/pty-broker/session \
	-iquote $(top_srcdir)/helpers/pty-broker/serve

bin_PROGRAMS += pty-broker

pty_broker_SOURCES = \
	%D%/pty-broker/main.c \
	%D%/pty-broker/act.c %D%/pty-broker/act.h \
	%D%/pty-broker/attach.c %D%/pty-broker/attach.h \
	%D%/pty-broker/audit.c %D%/pty-broker/audit.h \
	%D%/pty-broker/birth.c %D%/pty-broker/birth.h \
	%D%/pty-broker/client.c %D%/pty-broker/client.h \
	%D%/pty-broker/companion.c %D%/pty-broker/companion.h \
	%D%/pty-broker/create.c %D%/pty-broker/create.h \
	%D%/pty-broker/feed.c %D%/pty-broker/feed.h \
	%D%/pty-broker/leader.c %D%/pty-broker/leader.h \
	%D%/pty-broker/list.c %D%/pty-broker/list.h \
	%D%/pty-broker/nest.c %D%/pty-broker/nest.h \
	%D%/pty-broker/obtain.c %D%/pty-broker/obtain.h \
	%D%/pty-broker/options.c %D%/pty-broker/options.h \
	%D%/pty-broker/optvalue.c %D%/pty-broker/optvalue.h \
	%D%/pty-broker/outer.c %D%/pty-broker/outer.h \
	%D%/pty-broker/place.h \
	%D%/pty-broker/proto.c %D%/pty-broker/proto.h \
	%D%/pty-broker/serve.c %D%/pty-broker/serve.h \
	%D%/pty-broker/serveid.c %D%/pty-broker/serveid.h \
	%D%/pty-broker/serveprogram.h \
	%D%/pty-broker/runloop.c %D%/pty-broker/runloop.h \
	%D%/pty-broker/runonce.c %D%/pty-broker/runonce.h \
	%D%/pty-broker/sessionenv.c %D%/pty-broker/sessionenv.h \
	%D%/pty-broker/utempter.c %D%/pty-broker/utempter.h \
	%D%/pty-broker/utempterpath.c %D%/pty-broker/utempterpath.h \
	%D%/pty-broker/viewterm.c %D%/pty-broker/viewterm.h \
	%D%/pty-broker/visit.c %D%/pty-broker/visit.h \
	%D%/pty-broker/session/setup.h \
	$(sanitizer_options)
pty_broker_CPPFLAGS = $(broker_cppflags)
pty_broker_LDADD = libcommon.a $(common_libs)

# What follows a terminal's state; the tests compile it, too.
vtstate_sources = \
	%D%/pty-broker/vtkeys.c %D%/pty-broker/vtkeys.h \
	%D%/pty-broker/vtmode.c %D%/pty-broker/vtmode.h \
	%D%/pty-broker/vtout.c %D%/pty-broker/vtout.h \
	%D%/pty-broker/vtpaint.c \
	%D%/pty-broker/vtpen.c %D%/pty-broker/vtpen.h \
	%D%/pty-broker/vtquery.c %D%/pty-broker/vtquery.h \
	%D%/pty-broker/vtscan.c %D%/pty-broker/vtscan.h \
	%D%/pty-broker/vtsgr.c %D%/pty-broker/vtsgr.h \
	%D%/pty-broker/vtstate.c %D%/pty-broker/vtstate.h \
	%D%/pty-broker/vttext.c %D%/pty-broker/vttext.h \
	%D%/pty-broker/vttitle.c %D%/pty-broker/vttitle.h

pkglibexec_PROGRAMS = pty-broker-serve pty-broker-session

# All of a session but its main(); the tests compile it, too.
session_sources = \
	%D%/pty-broker/session/deliver.c %D%/pty-broker/session/deliver.h \
	%D%/pty-broker/session/detach.c %D%/pty-broker/session/detach.h \
	%D%/pty-broker/session/ending.c %D%/pty-broker/session/ending.h \
	%D%/pty-broker/session/farewell.c %D%/pty-broker/session/farewell.h \
	%D%/pty-broker/session/files.c %D%/pty-broker/session/files.h \
	%D%/pty-broker/session/guests.c %D%/pty-broker/session/guests.h \
	%D%/pty-broker/session/hearing.c %D%/pty-broker/session/hearing.h \
	%D%/pty-broker/session/history.c %D%/pty-broker/session/history.h \
	%D%/pty-broker/session/input.c %D%/pty-broker/session/input.h \
	%D%/pty-broker/session/keeper.c %D%/pty-broker/session/keeper.h \
	%D%/pty-broker/session/loop.c %D%/pty-broker/session/loop.h \
	%D%/pty-broker/session/output.c %D%/pty-broker/session/output.h \
	%D%/pty-broker/session/record.c %D%/pty-broker/session/record.h \
	%D%/pty-broker/session/replay.c %D%/pty-broker/session/replay.h \
	%D%/pty-broker/session/session.c %D%/pty-broker/session/session.h \
	%D%/pty-broker/session/sizing.c %D%/pty-broker/session/sizing.h \
	%D%/pty-broker/session/slim.c %D%/pty-broker/session/slim.h \
	%D%/pty-broker/session/talk.c %D%/pty-broker/session/talk.h \
	%D%/pty-broker/session/viewer.c %D%/pty-broker/session/viewer.h \
	%D%/pty-broker/session/setup.h \
	%D%/pty-broker/companion.c %D%/pty-broker/companion.h \
	%D%/pty-broker/proto.c %D%/pty-broker/proto.h \
	%D%/pty-broker/place.h \
	%D%/pty-broker/utempter.c %D%/pty-broker/utempter.h \
	$(vtstate_sources)

pty_broker_session_SOURCES = \
	%D%/pty-broker/session/main.c \
	$(session_sources) \
	$(sanitizer_options)
pty_broker_session_CPPFLAGS = $(broker_cppflags)
pty_broker_session_LDADD = libcommon.a
pty_broker_session_LDFLAGS = -Wl,--as-needed $(SESSION_LDFLAGS) $(SAN_FLAGS)

pty_broker_serve_SOURCES = \
	%D%/pty-broker/serve/main.c \
	%D%/pty-broker/serve/serveend.c %D%/pty-broker/serve/serveend.h \
	%D%/pty-broker/serve/servejson.c %D%/pty-broker/serve/servejson.h \
	%D%/pty-broker/serve/serveloop.c %D%/pty-broker/serve/serveloop.h \
	%D%/pty-broker/serve/serveascii.c %D%/pty-broker/serve/serveascii.h \
	%D%/pty-broker/serve/servescan.c %D%/pty-broker/serve/servescan.h \
	%D%/pty-broker/audit.c %D%/pty-broker/audit.h \
	%D%/pty-broker/proto.c %D%/pty-broker/proto.h \
	%D%/pty-broker/serveprogram.h \
	$(sanitizer_options)
pty_broker_serve_CPPFLAGS = $(broker_cppflags) $(JSONC_CFLAGS)
pty_broker_serve_LDADD = libcommon.a $(common_libs) $(JSONC_LIBS)

# What a terminal shows, beside the bytes' way; the tests compile it, too.
screen_sources = \
	%D%/pty-broker/screen/bytes.c %D%/pty-broker/screen/bytes.h \
	%D%/pty-broker/screen/control.c %D%/pty-broker/screen/control.h \
	%D%/pty-broker/screen/cutter.c %D%/pty-broker/screen/cutter.h \
	%D%/pty-broker/screen/dump.c %D%/pty-broker/screen/dump.h \
	%D%/pty-broker/screen/grid.c %D%/pty-broker/screen/grid.h \
	%D%/pty-broker/screen/line.c %D%/pty-broker/screen/line.h \
	%D%/pty-broker/screen/modes.c %D%/pty-broker/screen/modes.h \
	%D%/pty-broker/screen/paint.c %D%/pty-broker/screen/paint.h \
	%D%/pty-broker/screen/pen.c %D%/pty-broker/screen/pen.h \
	%D%/pty-broker/screen/reflow.c %D%/pty-broker/screen/reflow.h \
	%D%/pty-broker/screen/screen.c %D%/pty-broker/screen/screen.h \
	%D%/pty-broker/screen/state.c %D%/pty-broker/screen/state.h \
	%D%/pty-broker/screen/vtlib.c %D%/pty-broker/screen/vtlib.h
screen_cppflags = $(broker_cppflags) \
	-iquote $(top_srcdir)/helpers/pty-broker/screen $(VTERM_CFLAGS)

if HAVE_VTERM
pkglibexec_PROGRAMS += pty-broker-screen

pty_broker_screen_SOURCES = \
	%D%/pty-broker/screen/main.c \
	%D%/pty-broker/screen/watch.c %D%/pty-broker/screen/watch.h \
	%D%/pty-broker/proto.c %D%/pty-broker/proto.h \
	$(screen_sources) \
	$(sanitizer_options)
pty_broker_screen_CPPFLAGS = $(screen_cppflags)
pty_broker_screen_LDADD = libcommon.a $(common_libs) $(VTERM_LIBS)
endif

# Where agent-forwarder's rooms are included from; for its tests, too.
agent_cppflags = $(AM_CPPFLAGS) -iquote $(top_srcdir)/helpers/agent-forwarder

# What it lets through; the tests compile it, too.
agent_dialog_sources = \
	%D%/agent-forwarder/agentproto.h \
	%D%/agent-forwarder/bindchain.c %D%/agent-forwarder/bindchain.h \
	%D%/agent-forwarder/deed.c %D%/agent-forwarder/deed.h \
	%D%/agent-forwarder/dialog.c %D%/agent-forwarder/dialog.h \
	%D%/agent-forwarder/judge.c %D%/agent-forwarder/judge.h \
	%D%/agent-forwarder/keylist.c %D%/agent-forwarder/keylist.h \
	%D%/agent-forwarder/message.c %D%/agent-forwarder/message.h \
	%D%/agent-forwarder/policy.c %D%/agent-forwarder/policy.h \
	%D%/agent-forwarder/policyfile.c %D%/agent-forwarder/policyfile.h \
	%D%/agent-forwarder/policyrules.h \
	%D%/agent-forwarder/policyvalue.c %D%/agent-forwarder/policyvalue.h \
	%D%/agent-forwarder/signdata.c %D%/agent-forwarder/signdata.h \
	%D%/agent-forwarder/usage.c %D%/agent-forwarder/usage.h

# What serves it; the tests compile it, too, with a caller.c and an audit.c.
agent_serve_sources = \
	%D%/agent-forwarder/agentframe.c %D%/agent-forwarder/agentframe.h \
	%D%/agent-forwarder/conn.c %D%/agent-forwarder/conn.h \
	%D%/agent-forwarder/connall.c %D%/agent-forwarder/connall.h \
	%D%/agent-forwarder/connrecord.c %D%/agent-forwarder/connrecord.h \
	%D%/agent-forwarder/conns.c %D%/agent-forwarder/conns.h \
	%D%/agent-forwarder/connstate.h \
	%D%/agent-forwarder/connup.c %D%/agent-forwarder/connup.h \
	%D%/agent-forwarder/door.c %D%/agent-forwarder/door.h \
	%D%/agent-forwarder/lease.c %D%/agent-forwarder/lease.h \
	%D%/agent-forwarder/poller.c %D%/agent-forwarder/poller.h \
	%D%/agent-forwarder/servelimits.h \
	%D%/agent-forwarder/serveloop.c %D%/agent-forwarder/serveloop.h \
	%D%/agent-forwarder/upstream.c %D%/agent-forwarder/upstream.h

# The path that outlives a login: its server, and who comes to it.
agent_stable_sources = \
	%D%/agent-forwarder/choose.c %D%/agent-forwarder/choose.h \
	%D%/agent-forwarder/claim.c %D%/agent-forwarder/claim.h \
	%D%/agent-forwarder/control.c %D%/agent-forwarder/control.h \
	%D%/agent-forwarder/desk.c %D%/agent-forwarder/desk.h \
	%D%/agent-forwarder/hub.c %D%/agent-forwarder/hub.h \
	%D%/agent-forwarder/hubbirth.c %D%/agent-forwarder/hubbirth.h \
	%D%/agent-forwarder/hubfiles.c %D%/agent-forwarder/hubfiles.h \
	%D%/agent-forwarder/hubtell.c %D%/agent-forwarder/hubtell.h \
	%D%/agent-forwarder/hubtenants.c %D%/agent-forwarder/hubtenants.h \
	%D%/agent-forwarder/identity.c %D%/agent-forwarder/identity.h \
	%D%/agent-forwarder/kin.c %D%/agent-forwarder/kin.h \
	%D%/agent-forwarder/leasefile.c %D%/agent-forwarder/leasefile.h \
	%D%/agent-forwarder/logins.c %D%/agent-forwarder/logins.h \
	%D%/agent-forwarder/pastfile.c %D%/agent-forwarder/pastfile.h \
	%D%/agent-forwarder/stable.c %D%/agent-forwarder/stable.h \
	%D%/agent-forwarder/status.c %D%/agent-forwarder/status.h \
	%D%/agent-forwarder/terms.c %D%/agent-forwarder/terms.h \
	%D%/agent-forwarder/statusline.c %D%/agent-forwarder/statusline.h \
	%D%/agent-forwarder/tenancy.c %D%/agent-forwarder/tenancy.h

# The same for bytes, whatever they mean.
agent_raw_sources = \
	%D%/agent-forwarder/raw.c %D%/agent-forwarder/raw.h \
	%D%/agent-forwarder/rawlisten.c %D%/agent-forwarder/rawlisten.h \
	%D%/agent-forwarder/rawsession.c %D%/agent-forwarder/rawsession.h

bin_PROGRAMS += agent-forwarder

agent_forwarder_SOURCES = \
	%D%/agent-forwarder/main.c \
	%D%/agent-forwarder/act.c %D%/agent-forwarder/act.h \
	%D%/agent-forwarder/audit.c %D%/agent-forwarder/audit.h \
	%D%/agent-forwarder/auditline.c %D%/agent-forwarder/auditline.h \
	%D%/agent-forwarder/caller.c %D%/agent-forwarder/caller.h \
	%D%/agent-forwarder/detach.c %D%/agent-forwarder/detach.h \
	%D%/agent-forwarder/ending.c %D%/agent-forwarder/ending.h \
	%D%/agent-forwarder/exclusive.c %D%/agent-forwarder/exclusive.h \
	%D%/agent-forwarder/exename.c %D%/agent-forwarder/exename.h \
	%D%/agent-forwarder/optclash.c %D%/agent-forwarder/optclash.h \
	%D%/agent-forwarder/options.c %D%/agent-forwarder/options.h \
	%D%/agent-forwarder/optvalue.c %D%/agent-forwarder/optvalue.h \
	%D%/agent-forwarder/stablename.c %D%/agent-forwarder/stablename.h \
	%D%/agent-forwarder/ownpolicy.c %D%/agent-forwarder/ownpolicy.h \
	%D%/agent-forwarder/ownsock.c %D%/agent-forwarder/ownsock.h \
	%D%/agent-forwarder/refusal.c %D%/agent-forwarder/refusal.h \
	%D%/agent-forwarder/sandbox.c %D%/agent-forwarder/sandbox.h \
	%D%/agent-forwarder/served.c %D%/agent-forwarder/served.h \
	%D%/agent-forwarder/serving.c %D%/agent-forwarder/serving.h \
	%D%/agent-forwarder/session.c %D%/agent-forwarder/session.h \
	%D%/agent-forwarder/stablerun.c %D%/agent-forwarder/stablerun.h \
	%D%/agent-forwarder/siblings.c %D%/agent-forwarder/siblings.h \
	%D%/agent-forwarder/syscalls.c %D%/agent-forwarder/syscalls.h \
	%D%/agent-forwarder/syslogline.c %D%/agent-forwarder/syslogline.h \
	$(agent_dialog_sources) $(agent_raw_sources) \
	$(agent_serve_sources) $(agent_stable_sources) \
	$(sanitizer_options)
agent_forwarder_CPPFLAGS = $(agent_cppflags)
agent_forwarder_LDADD = libcommon.a $(common_libs)

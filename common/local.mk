# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Convenience archives: linked into the programs, never installed.
noinst_LIBRARIES += libcommon.a libsession.a

# From the ground up; tests/tree/t-includes.sh holds the order.
libcommon_a_SOURCES = \
	%D%/base64.c %D%/base64.h \
	%D%/bigendian.c %D%/bigendian.h \
	%D%/deadline.c %D%/deadline.h \
	%D%/decimal.c %D%/decimal.h \
	%D%/names.c %D%/names.h \
	%D%/exitcode.c %D%/exitcode.h \
	%D%/invocation.c %D%/invocation.h \
	%D%/log.c %D%/log.h \
	%D%/longopt.c %D%/longopt.h \
	%D%/pattern.c %D%/pattern.h \
	%D%/sigreset.c %D%/sigreset.h \
	%D%/stdfd.c %D%/stdfd.h \
	%D%/beside.c %D%/beside.h \
	%D%/start.c %D%/start.h \
	%D%/account.c %D%/account.h \
	%D%/rundir.c %D%/rundir.h \
	%D%/userdir.c %D%/userdir.h \
	%D%/lockfile.c %D%/lockfile.h \
	%D%/recordfile.c %D%/recordfile.h \
	%D%/recorddir.c %D%/recorddir.h \
	%D%/sshblob.c %D%/sshblob.h \
	%D%/sshkey.c %D%/sshkey.h \
	%D%/authinfo.c %D%/authinfo.h \
	%D%/auditid.c %D%/auditid.h \
	%D%/conninfo.c %D%/conninfo.h \
	%D%/authrecord.c %D%/authrecord.h \
	%D%/authkeep.c %D%/authkeep.h \
	%D%/connection.c %D%/connection.h \
	%D%/environ.c %D%/environ.h \
	%D%/addrlist.c %D%/addrlist.h \
	%D%/envfault.c %D%/envfault.h \
	%D%/envfilter.c %D%/envfilter.h \
	%D%/envname.c %D%/envname.h \
	%D%/envrule.c %D%/envrule.h \
	%D%/procs.c %D%/procs.h \
	%D%/pty.c %D%/pty.h \
	%D%/ttymode.c %D%/ttymode.h \
	%D%/unitpath.c %D%/unitpath.h \
	%D%/libsystemd.c %D%/libsystemd.h \
	%D%/logind.c %D%/logind.h \
	%D%/scope.c %D%/scope.h \
	%D%/aside.c %D%/aside.h \
	%D%/linger.c %D%/linger.h \
	%D%/userplace.c %D%/userplace.h \
	%D%/utmpfile.c %D%/utmpfile.h \
	%D%/logindb.c %D%/logindb.h \
	%D%/loginstate.c %D%/loginstate.h \
	%D%/loginrecord.c %D%/loginrecord.h \
	%D%/unixsock.c %D%/unixsock.h \
	%D%/unixat.c %D%/unixat.h \
	%D%/sockpeer.c %D%/sockpeer.h \
	%D%/frame.c %D%/frame.h \
	%D%/packet.c %D%/packet.h \
	%D%/ring.c %D%/ring.h \
	%D%/flowpool.c %D%/flowpool.h \
	%D%/flow.c %D%/flow.h \
	%D%/conduit.c %D%/conduit.h \
	%D%/listener.c %D%/listener.h \
	%D%/caps.c %D%/caps.h \
	%D%/cgroup.c %D%/cgroup.h \
	%D%/planstep.h \
	%D%/planwords.c %D%/planwords.h \
	%D%/planvalue.c %D%/planvalue.h \
	%D%/planrule.c %D%/planrule.h \
	%D%/plan.c %D%/plan.h \
	%D%/confcaps.c %D%/confcaps.h \
	%D%/conflimit.c %D%/conflimit.h \
	%D%/confmap.c %D%/confmap.h \
	%D%/confine.c %D%/confine.h \
	%D%/confnarrow.c %D%/confnarrow.h \
	%D%/conflex.c %D%/conflex.h \
	%D%/conffile.c %D%/conffile.h \
	%D%/confmatch.c %D%/confmatch.h \
	%D%/confvalue.c %D%/confvalue.h \
	%D%/conftable.c %D%/conftable.h \
	%D%/confread.c %D%/confread.h \
	%D%/conf.c %D%/conf.h \
	%D%/conflogin.c %D%/conflogin.h \
	%D%/walk.c %D%/walk.h \
	%D%/landlock.c %D%/landlock.h \
	%D%/nspace.c %D%/nspace.h \
	%D%/once.c %D%/once.h \
	%D%/prove.c %D%/prove.h %D%/rawid.h \
	%D%/step.c %D%/step.h \
	%D%/newproc.c %D%/newproc.h \
	%D%/carrier.c %D%/carrier.h %D%/spawnreport.h \
	%D%/spawn.c %D%/spawn.h \
	%D%/successor.c %D%/successor.h

# By itself, so that a program without PAM does not link it.
libsession_a_SOURCES = %D%/login_session.c %D%/login_session.h

# What a program links after the archives.
common_libs = $(LIBBSD_LIBS) $(LIBMD_LIBS) $(BASE64_LIBS)

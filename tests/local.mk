# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# A test is a program or a script that ends with 0, or 77 for "cannot run
# here".  Programs print libcheck's line, scripts print "PASS name",
# "FAIL name" or "SKIP name: reason" for each thing that they look at.
# tests/tree/t-listed.sh fails if a file is in none of these lists.

TEST_EXTENSIONS = .sh

test_env = \
	INCUBATOR='$(abs_top_builddir)/incubator'; export INCUBATOR; \
	ENV_FILTER='$(abs_top_builddir)/env-filter'; export ENV_FILTER; \
	PTY_BROKER='$(abs_top_builddir)/pty-broker'; export PTY_BROKER; \
	AGENT_FORWARDER='$(abs_top_builddir)/agent-forwarder'; \
	export AGENT_FORWARDER; \
	TOP_SRCDIR='$(abs_top_srcdir)'; export TOP_SRCDIR; \
	TOP_BUILDDIR='$(abs_top_builddir)'; export TOP_BUILDDIR; \
	TEST_CC='$(CC) $(AM_CPPFLAGS) $(JSONC_CFLAGS)'; export TEST_CC; \
	SFTP_SERVER='$(SFTP_SERVER_PATH)'; export SFTP_SERVER; \
	SANITIZERS='$(SAN_FLAGS)'; export SANITIZERS; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS; \
	CK_DEFAULT_TIMEOUT=60; export CK_DEFAULT_TIMEOUT;
AM_TESTS_ENVIRONMENT = $(test_env)

# For every test program that does not say otherwise.
LDADD = $(unit_library) libsession.a libcommon.a $(CHECK_LIBS) $(common_libs) $(PAM_LIBS)

# Rooms that several tests compile again.
servejson_rooms = \
	helpers/pty-broker/serve/servejson.c \
	helpers/pty-broker/serve/servejson.h \
	helpers/pty-broker/serve/serveascii.c \
	helpers/pty-broker/serve/serveascii.h \
	helpers/pty-broker/serve/servescan.c \
	helpers/pty-broker/serve/servescan.h

check_LIBRARIES =
stress_tests =
system_tests =
cross_tests =
package_tests =
bench_scripts =
bench_system_scripts =

include %D%/unit/local.mk
include %D%/fuzz/local.mk
include %D%/tree/local.mk
include %D%/integration/local.mk
include %D%/system/local.mk
include %D%/cross/local.mk
include %D%/package/local.mk
include %D%/bench/local.mk

EXTRA_DIST += %D%/.clang-tidy $(stress_tests) $(system_tests) \
	$(cross_tests) $(package_tests) \
	$(bench_scripts) $(bench_system_scripts)

# The long ones, one at a time: they count what they leave behind.
check-stress: all $(check_PROGRAMS)
	@set -- $(stress_tests); \
	test $$# -gt 0 || { echo 'check-stress: no test yet'; exit 0; }; \
	$(MAKE) $(AM_MAKEFLAGS) -j1 check TESTS="$$*"

# Those that boot a system of their own.
check-system: all $(check_PROGRAMS)
	@set -- $(system_tests); \
	test $$# -gt 0 || { echo 'check-system: no test yet'; exit 0; }; \
	$(MAKE) $(AM_MAKEFLAGS) -j1 check TESTS="$$*"

# Builds of its own, one at a time, of a copy of the sources.
check-cross: distdir
	@SI_CROSS_SRCDIR='$(abs_top_builddir)/$(distdir)'; \
	export SI_CROSS_SRCDIR; status=0; \
	for script in $(cross_tests); do \
		$(srcdir)/$$script || test $$? -eq 77 || status=1; \
	done; \
	rm -rf '$(distdir)'; exit $$status

# Those that build packages and look at them; one at a time, for they share
# what was built.
check-packages:
	@set -- $(package_tests); \
	$(MAKE) $(AM_MAKEFLAGS) -j1 check check_PROGRAMS= check_LIBRARIES= \
		TESTS="$$*"

bench: all $(check_PROGRAMS)
	@$(test_env) set -- $(bench_scripts); \
	test $$# -gt 0 || { echo 'bench: none yet'; exit 0; }; \
	for script in "$$@"; do \
		$(srcdir)/$$script || exit 1; \
	done

# As check-system, what cannot boot one is skipped.
bench-system: all $(check_PROGRAMS)
	@$(test_env) set -- $(bench_system_scripts); \
	for script in "$$@"; do \
		$(srcdir)/$$script || test $$? -eq 77 || exit 1; \
	done

.PHONY: check-stress check-system check-cross check-packages bench bench-system

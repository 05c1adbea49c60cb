# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# What the scripts look through and look with.
check_PROGRAMS += \
	%D%/tools/drive \
	%D%/tools/logsink \
	%D%/tools/misuse \
	%D%/tools/probe

# bed.sh runs a script in a private machine, which machine.sh builds and
# accounts.sh fills; the scripts themselves begin with lib.sh.
EXTRA_DIST += \
	%D%/accounts.sh \
	%D%/bed.sh \
	%D%/lib.sh \
	%D%/machine.sh

integration_tests = \
	%D%/t-environment.sh \
	%D%/t-exitstatus.sh \
	%D%/t-identity.sh \
	%D%/t-streams.sh
TESTS += $(integration_tests)
EXTRA_DIST += $(integration_tests)

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# What the sources promise about themselves.
tree_tests = \
	%D%/t-copies.sh \
	%D%/t-headers.sh \
	%D%/t-includes.sh \
	%D%/t-listed.sh \
	%D%/t-pages.sh \
	%D%/t-plaincalls.sh
TESTS += $(tree_tests)
EXTRA_DIST += $(tree_tests)
EXTRA_DIST += %D%/literals.awk %D%/mdoc.awk %D%/messages.awk \
	%D%/pages-exceptions

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# What "make deb" and "make rpm" give.  They take minutes, and build what they
# look at: make check-packages.
EXTRA_DIST += \
	%D%/contents.deb \
	%D%/contents.rpm \
	%D%/differences \
	%D%/lib.sh \
	%D%/rpm.sh

package_tests += \
	%D%/t-deb.sh \
	%D%/t-lintian.sh \
	%D%/t-reproducible.sh \
	%D%/t-rpm.sh \
	%D%/t-rpm-install.sh \
	%D%/t-rpm-reproducible.sh \
	%D%/t-rpmlint.sh \
	%D%/t-same-contents.sh \
	%D%/t-spec.sh
CLEANFILES += packages-deb.log packages-rpm.log

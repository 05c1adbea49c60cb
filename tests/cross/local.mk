# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# Other compilers, and other processors: make check-cross.  They need root,
# Debian's packages, a network once, and half an hour.  Sources that are
# configured in place cannot be configured again, so what is built is a copy
# of what "make dist" would pack.
EXTRA_DIST += \
	%D%/bed.sh \
	%D%/cannot \
	%D%/inside.sh \
	%D%/machine.sh \
	%D%/tree.sh

cross_tests += \
	%D%/on-arm64.sh \
	%D%/on-i386.sh \
	%D%/on-armhf.sh \
	%D%/on-clang-arm64.sh \
	%D%/on-trixie-clang.sh \
	%D%/on-trixie-gcc.sh

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

EXTRA_DIST += \
	%D%/install-packages \
	%D%/lint \
	%D%/lint-exceptions \
	%D%/packages.debian \
	%D%/run-demo \
	%D%/run-tests

# To read and to copy from, nothing that takes effect by being installed.
sshd_examplesdir = $(docdir)/examples/sshd_config
dist_sshd_examples_DATA = \
	%D%/sshd_config/env-filter.conf \
	%D%/sshd_config/login-shell.conf \
	%D%/sshd_config/mapped-by-certificate.conf \
	%D%/sshd_config/mapped-guest.conf \
	%D%/sshd_config/own-account.conf \
	%D%/sshd_config/root-mapped.conf \
	%D%/sshd_config/sftp-confined.conf \
	%D%/sshd_config/sftp.conf
conf_examplesdir = $(docdir)/examples
dist_conf_examples_DATA = %D%/incubator.conf
pam_examplesdir = $(docdir)/examples/pam.d
dist_pam_examples_DATA = \
	%D%/pam.d/ssh-incubator \
	%D%/pam.d/ssh-incubator.redhat

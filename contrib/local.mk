# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

EXTRA_DIST += \
	%D%/build-package \
	%D%/copy-tree \
	%D%/dist-tar \
	%D%/install-packages \
	%D%/lint \
	%D%/lint-exceptions \
	%D%/packages.debian \
	%D%/run-demo \
	%D%/run-tests

# The rpm.  The spec is in the tarball, for rpmbuild -ta.
EXTRA_DIST += \
	%D%/rpm/build \
	%D%/rpm/macros.debian \
	%D%/rpm/rpmlint.toml \
	%D%/rpm/ssh-incubator.rpmlintrc \
	%D%/rpm/ssh-incubator.spec

# To read and to copy from, nothing that takes effect by being installed.
sshd_examplesdir = $(docdir)/examples/sshd_config
dist_sshd_examples_DATA = \
	%D%/sshd_config/agent-forwarder.conf \
	%D%/sshd_config/env-filter.conf \
	%D%/sshd_config/gateway.conf \
	%D%/sshd_config/login-shell.conf \
	%D%/sshd_config/mapped-by-certificate.conf \
	%D%/sshd_config/mapped-guest.conf \
	%D%/sshd_config/own-account.conf \
	%D%/sshd_config/pty-broker.conf \
	%D%/sshd_config/root-mapped.conf \
	%D%/sshd_config/sftp-confined.conf \
	%D%/sshd_config/sftp.conf
conf_examplesdir = $(docdir)/examples
dist_conf_examples_DATA = %D%/incubator.conf
pam_examplesdir = $(docdir)/examples/pam.d
dist_pam_examples_DATA = \
	%D%/pam.d/sshd-record-auth \
	%D%/pam.d/ssh-incubator \
	%D%/pam.d/ssh-incubator.redhat \
	%D%/pam.d/ssh-incubator.suse

# Found by the names of the programs; what begins with _ssh is shared.
bash_completiondir = $(BASH_COMPLETION_DIR)
dist_bash_completion_DATA = \
	%D%/completions/bash/_ssh-incubator \
	%D%/completions/bash/agent-forwarder \
	%D%/completions/bash/env-filter \
	%D%/completions/bash/incubator \
	%D%/completions/bash/pty-broker
zsh_completiondir = $(ZSH_COMPLETION_DIR)
dist_zsh_completion_DATA = \
	%D%/completions/zsh/_agent-forwarder \
	%D%/completions/zsh/_env-filter \
	%D%/completions/zsh/_incubator \
	%D%/completions/zsh/_pty-broker \
	%D%/completions/zsh/_ssh_incubator

# The root service.  With --with-systemdsystemunitdir=DIR and
# --with-sysusersdir=DIR the units and the group are installed there, as a
# package does; else they are examples too.
systemd_unitdir = $(SYSTEMD_UNIT_DIR)
nodist_systemd_unit_DATA = \
	%D%/systemd/ssh-incubator.socket \
	%D%/systemd/ssh-incubator@.service \
	%D%/systemd/ssh-incubator-clean-up@.service
sysusersdir = $(SYSUSERS_DIR)
dist_sysusers_DATA = %D%/sysusers.d/ssh-incubator.conf
EXTRA_DIST += \
	%D%/systemd/ssh-incubator.socket.in \
	%D%/systemd/ssh-incubator@.service.in \
	%D%/systemd/ssh-incubator-clean-up@.service.in
CLEANFILES += $(nodist_systemd_unit_DATA)

# Paths as make knows them: configure has them with ${prefix} in.
fill_in = sed -e 's,[@]sbindir[@],$(sbindir),g' -e 's,[@]RUN_PATH[@],$(RUN_PATH),g'
%D%/systemd/ssh-incubator.socket: %D%/systemd/ssh-incubator.socket.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(fill_in) '$(srcdir)/$@.in' >'$@.tmp' && mv '$@.tmp' '$@'
%D%/systemd/ssh-incubator@.service: %D%/systemd/ssh-incubator@.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(fill_in) '$(srcdir)/$@.in' >'$@.tmp' && mv '$@.tmp' '$@'
%D%/systemd/ssh-incubator-clean-up@.service: %D%/systemd/ssh-incubator-clean-up@.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(fill_in) '$(srcdir)/$@.in' >'$@.tmp' && mv '$@.tmp' '$@'

# Packages.  The folder debian/ of the package's source is %D%/debian without
# "build"; the configuration is for both packages, and has no line that counts.
EXTRA_DIST += \
	%D%/debian/build \
	%D%/debian/changelog \
	%D%/debian/control \
	%D%/debian/copyright \
	%D%/debian/rules \
	%D%/debian/source/format \
	%D%/debian/source/lintian-overrides \
	%D%/debian/ssh-incubator.install \
	%D%/debian/ssh-incubator.lintian-overrides \
	%D%/debian/ssh-incubator.postrm \
	%D%/debian/ssh-incubator.prerm \
	%D%/debian/tests/control \
	%D%/debian/tests/login \
	%D%/etc/incubator.conf

# All that was built is in packages/deb and packages/rpm, and what is to be
# installed in the build folder, too.
deb: dist
	$(AM_V_GEN)rm -rf packages/$@ && $(MKDIR_P) packages/$@ && \
	$(srcdir)/contrib/debian/build $(distdir).tar.xz packages/$@ && \
	rm -f $(PACKAGE)_*.deb && cp packages/$@/$(PACKAGE)_*.deb .
rpm: dist
	$(AM_V_GEN)rm -rf packages/$@ && $(MKDIR_P) packages/$@ && \
	$(srcdir)/contrib/rpm/build $(distdir).tar.xz packages/$@ && \
	rm -f $(PACKAGE)-[0-9]*.rpm && cp packages/$@/$(PACKAGE)-[0-9]*.rpm .
clean-local: packages-clean
packages-clean:
	rm -rf packages
CLEANFILES += $(PACKAGE)_*.deb $(PACKAGE)-[0-9]*.rpm
.PHONY: deb rpm packages-clean

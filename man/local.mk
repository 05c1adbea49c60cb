# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

dist_man_MANS += %D%/agent-forwarder.1 %D%/env-filter.1 %D%/incubator.8 \
	%D%/incubator.conf.5 %D%/pty-broker.1 %D%/ssh-incubator.7

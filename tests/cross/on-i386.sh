#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# 32 bits without an emulator: sizes and offsets, ids by other system calls,
# and the filter of agent-forwarder as it is on such a kernel.
exec "$(dirname "$0")/bed.sh" bookworm i386 gcc

#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# All t-*.sh of this folder on a booted Debian 12: systemd 252, OpenSSH 9.2,
# utmp.
exec "$(dirname "$0")/bed.sh" bookworm

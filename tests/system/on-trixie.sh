#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# All t-*.sh of this folder on a booted Debian 13: systemd 257, OpenSSH 10.0,
# wtmpdb and lastlog2 instead of utmp, wtmp and lastlog.
exec "$(dirname "$0")/bed.sh" trixie

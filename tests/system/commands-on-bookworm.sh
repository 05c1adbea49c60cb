#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# README's commands on a clean Debian 12.
exec "$(dirname "$0")/commands.sh" bookworm

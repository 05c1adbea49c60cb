#!/bin/sh
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# 32 bits on a processor that aligns.
exec "$(dirname "$0")/bed.sh" bookworm armhf gcc

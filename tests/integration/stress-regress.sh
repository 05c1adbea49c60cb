#!/bin/bash
# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors
#
# t-regress.sh with the scripts that sleep most of their time.

exec "$(dirname "$0")/t-regress.sh" all

# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors


#!/bin/sh
# SPDX-License-Identifier: ISC
# Make configure and Makefile.in, which are not in the repository.
cd "$(dirname "$0")" || exit 1
exec autoreconf --force --install --warnings=all

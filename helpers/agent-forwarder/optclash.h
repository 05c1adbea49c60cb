/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTCLASH_H
#define OPTCLASH_H

#include <stddef.h>

struct options;

/*
 * Do the options go together?  The words behind them are looked at, too: with
 * "status" and "stop" the name is taken from there.
 * Returns 0, or -1 with the reason in "why".
 */
int optclash_find(struct options *opt, char *why, size_t size);

#endif

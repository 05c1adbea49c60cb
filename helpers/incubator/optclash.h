/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTCLASH_H
#define OPTCLASH_H

struct options;

/*
 * What is right alone, but wrong together.  Returns NULL if nothing is, or
 * the reason in words.
 */
const char *optclash_find(const struct options *opt);

#endif

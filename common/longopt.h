/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LONGOPT_H
#define LONGOPT_H

#include <stddef.h>

struct option;

/*
 * The next option, as getopt_long(3), with three differences: a long option
 * is written out, because a line in sshd_config must not change its meaning
 * with the next release's options; nothing is printed; and of "--option=value"
 * only the option is ever told.  "shorts" begins with "+:".
 * Returns the option's value; -1 after the last one (optind is then the index
 * of the first argument); or with the reason in words in "why", '?' for an
 * option that there is not and ':' for one whose argument is missing.
 */
int longopt_next(int argc, char **argv, const char *shorts,
    const struct option *longs, char *why, size_t size);

#endif

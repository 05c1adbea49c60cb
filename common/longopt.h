/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LONGOPT_H
#define LONGOPT_H

#include <stddef.h>
#include <stdio.h>

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

/*
 * An option's value as it is written: "--name", or "-c".  Returns buf.
 */
#define LONGOPT_WRITTEN_SIZE 32
const char *longopt_written(const struct option *longs, int c,
    char buf[LONGOPT_WRITTEN_SIZE]);

/*
 * Answer -h, with the usage, or -V, with the program's name and version, on
 * "out".  Returns 0, or -1 with the reason in "why".
 */
int longopt_answer(int c, const char *program, const char *usage, FILE *out,
    char *why, size_t size);

#endif

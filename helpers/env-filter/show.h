/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SHOW_H
#define SHOW_H

struct envfilter;
struct policy;

/*
 * What passed, on standard output: NAME=VALUE lines with control characters
 * made visible, or with "nul" the bytes as they are and a NUL after each.
 * Returns the exit status, after a line on stderr if it is not 0.
 */
int show_variables(const struct envfilter *filter, int nul);

/*
 * Each variable's name, what became of it and by which rule (of a file, with
 * the line), in fields with tabs between, and never a value.  Returns as
 * above.
 */
int show_verdicts(const struct envfilter *filter,
    const struct policy *policy);

/* The names that were refused, on stderr, with -v. */
void show_refused(const struct envfilter *filter,
    const struct policy *policy);

#endif

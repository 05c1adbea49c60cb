/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>

/*
 * The words of the man pages for the kernel's numbers, one table for both
 * directions.
 */
enum names_table {
	NAMES_CAPABILITY,	/* capabilities(7): "net_admin" for 12 */
	NAMES_LIMIT,		/* getrlimit(2): "nofile" for RLIMIT_NOFILE */
	NAMES_NAMESPACE,	/* unshare(1): "net" for CLONE_NEWNET */
	NAMES_SIGNAL,		/* signal(7): "TERM" for SIGTERM */
};

/* What a set of capabilities has room for; the kernel knows fewer. */
#define NAMES_CAPABILITY_MAX 63

/*
 * Find the number of a word of "len" bytes, upper or lower case.  The prefix
 * of the C name ("CAP_", "RLIMIT_", "SIG") may be there, CLONE_NEW* may not.
 * Known besides: cap_N for a number up to NAMES_CAPABILITY_MAX (setpriv(1)); a
 * signal's number, which is never 0, and RTMIN, RTMIN+n, RTMAX, RTMAX-n.
 * Returns 0 with the number in *value, or -1.
 */
int names_find(enum names_table table, const char *word, size_t len,
    unsigned int *value);

/*
 * The word for a number, without a prefix, in small letters but for signals;
 * a static string, or NULL if there is none (a real-time signal, a capability
 * that is newer than we are).
 */
const char *names_of(enum names_table table, unsigned int value);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OBTAIN_H
#define OBTAIN_H

#include <stddef.h>

#include "proto.h"

struct account;
struct options;

/* Who asks, and for what. */
struct obtain_facts {
	const struct options *opt;
	const struct account *account;
	char *const *envp;
	const char *term;	/* for a new one; NULL: as envp has it */
	struct proto_size size;	/* the same; 0 and 0: the terminal's */
};

/* What came of it. */
struct obtained {
	int sock;		/* connected and greeted */
	int made;		/* by us: nothing was printed before */
	int status;		/* to end with, if it failed */
	char why[512];		/* ... and the line */
};

/*
 * Connect to the session opt->name, wherever it is.  Returns 0 or -1.
 */
int obtain_existing(const struct obtain_facts *facts, struct obtained *got);

/*
 * The same, and make it if there is none.  With "only_new" one that is there
 * is a failure, and nothing is connected to.
 */
int obtain_session(const struct obtain_facts *facts, int only_new,
    struct obtained *got);

#endif

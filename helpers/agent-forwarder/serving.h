/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVING_H
#define SERVING_H

#include <sys/types.h>

#include <stddef.h>

#include "upstream.h"

struct ending;
struct options;
struct policy;

/* What a process serves that has one agent for all who connect. */
struct serving {
	const struct options *opt;
	const struct policy *policy;	/* of the options, and of the file */
	const char *name;	/* of the upstream, for the records */
	const char *path;	/* where it is */
	int at;			/* an O_PATH descriptor of it, or -1 */
	int listener;		/* O_NONBLOCK */
	uid_t peer;		/* who may connect besides root */
	struct upstream_self self;
	int dir;		/* where it has to remove something, or -1 */
	struct ending *ending;
	void (*ready)(void *ctx);	/* called when it serves */
	void *ctx;
};

/*
 * Confine this process, say that it serves, and serve until it is time to
 * end.  Nothing that it needs is looked for after it has said so.
 * Returns 0; or -1 with the reason in "why".
 */
int serving_run(const struct serving *serving, char *why, size_t size);

#endif

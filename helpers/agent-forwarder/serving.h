/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVING_H
#define SERVING_H

#include <sys/types.h>

#include <stddef.h>

#include "upstream.h"

struct audit;
struct ending;
struct options;
struct policy;
struct serve_limits;

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

/* Its parts, for who serves more than one agent. */

/* The limits that the options ask for. */
void serving_limits(struct serve_limits *limits, const struct options *opt);

/*
 * The record that the options ask for, for audit_close(), and what it asks for
 * executables in *exename (exename.h), or -1.  To be opened before this
 * process is confined.  Returns NULL with the reason in "why".
 */
struct audit *serving_audit(const struct options *opt, int *exename,
    char *why, size_t size);

/* Confine this process to "dir" (sandbox.h).  Returns 0, or -1 with errno. */
int serving_confine(int dir, struct audit *audit);

#endif

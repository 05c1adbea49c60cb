/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ASIDE_H
#define ASIDE_H

#include <stddef.h>

/*
 * A job that may take too long, or load what this process is better without,
 * done by a child of its own.  There all signals are blocked, and the limits
 * of a user that PAM may have set here (file size, memory, time) are lifted
 * where that is allowed.
 */

/* What a result may be long: it is sent in one piece. */
#define ASIDE_MAX_RESULT 4096

/* The way from the job to who waits for it. */
struct aside;

typedef void aside_job(void *ctx, struct aside *aside);

/*
 * In the job: tell the result, as far as it is known.  It may be told again,
 * and the last one counts.
 */
void aside_tell(struct aside *aside, const void *result);

/*
 * Do the job in a child, and wait for its end, but no longer than "ms": then
 * it is killed.  *result, of "size" bytes, is what the job told last, or as it
 * was.  No signal is handled meanwhile; afterwards there may be a SIGCHLD.
 * Returns 0 if the job came to its end; or -1 with errno, ETIMEDOUT if it was
 * killed, ECANCELED if it died.
 */
int aside_run(aside_job *job, void *ctx, void *result, size_t size, int ms);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "flowpool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a pipe holds.  More than the buffers of a socket is of no use, and a
 * user has no more than 64 MiB of pipes before the kernel makes them small
 * (pipe(7), pipe-user-pages-soft).
 */
#define PIPE_SIZE (256 * 1024)

/* Pipes that are kept open while nobody needs them. */
#define SPARE_MAX 2

struct flowpool {
	unsigned char buffer[FLOWPOOL_BUFFER];
	struct flowpipe spare[SPARE_MAX];
	unsigned int spares;
	unsigned int lent, lent_max;
};

struct flowpool *
flowpool_new(unsigned int pipes)
{
	struct flowpool *pool = malloc(sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->spares = pool->lent = 0;
	pool->lent_max = pipes;
	return pool;
}

static void
close_pipe(struct flowpipe *pipe)
{
	(void)close(pipe->in);
	(void)close(pipe->out);
	pipe->in = pipe->out = -1;
}

void
flowpool_free(struct flowpool *pool)
{
	if (pool == NULL)
		return;
	while (pool->spares > 0)
		close_pipe(&pool->spare[--pool->spares]);
	free(pool);
}

unsigned char *
flowpool_buffer(struct flowpool *pool)
{
	return pool->buffer;
}

void
flowpool_wipe(struct flowpool *pool, size_t len)
{
	explicit_bzero(pool->buffer, len);
}

int
flowpool_take(struct flowpool *pool, struct flowpipe *pipe)
{
	int fds[2];

	if (pool->lent == pool->lent_max) {
		errno = EAGAIN;
		return -1;
	}
	if (pool->spares > 0)
		*pipe = pool->spare[--pool->spares];
	else {
		if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1)
			return -1;
		pipe->out = fds[0];
		pipe->in = fds[1];
		/* a small one works as well */
		(void)fcntl(pipe->in, F_SETPIPE_SZ, PIPE_SIZE);
	}
	pool->lent++;
	return 0;
}

void
flowpool_give(struct flowpool *pool, struct flowpipe *pipe, int empty)
{
	if (pipe->in == -1)
		return;
	pool->lent--;
	if (!empty || pool->spares == SPARE_MAX) {
		close_pipe(pipe);
		return;
	}
	pool->spare[pool->spares++] = *pipe;
	pipe->in = pipe->out = -1;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVEEND_H
#define SERVEEND_H

#include <stddef.h>

/*
 * A side of the client's, standard input or output, without waiting and
 * without O_NONBLOCK: that belongs to the open file description, which may be
 * somebody else's as well.  They are called when poll(2) says that there is
 * something to be done, and do no more than can be done at once.
 */

/* Returns 1 if the descriptor is a socket, as sshd gives them; or 0. */
int serveend_is_socket(int fd);

/*
 * Read what is there.  Returns 1 with how much, in *n; 0 for not now; or -1
 * for the end, and for an error too: nobody is there any more.
 */
int serveend_read(int fd, int socket, void *buf, size_t size, size_t *n);

/*
 * Write what there is room for.  Returns 1 with how much, in *n; 0 for not
 * now; or -1 if nobody will ever read it.
 */
int serveend_write(int fd, int socket, const void *buf, size_t size,
    size_t *n);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VIEWTERM_H
#define VIEWTERM_H

#include <termios.h>

#include "proto.h"

/* The terminal of a viewer: descriptors 0 and 1 of this process. */
struct viewterm {
	int is_raw;
	struct termios before;
};

/* Make it raw, and remember what it was.  Returns 0, or -1 with errno. */
int viewterm_raw(struct viewterm *term);

/* Put the modes back.  Safe where it never was raw. */
void viewterm_put_back(struct viewterm *term);

/* Its window.  All zero if it has none. */
void viewterm_size(struct proto_size *size);

/*
 * A descriptor of an open file of its own, so that its O_NONBLOCK is nobody
 * else's, close-on-exec.  Returns -1 where the two are not one terminal, or
 * it cannot be opened (it may be another user's).
 */
int viewterm_open_anew(void);

#endif

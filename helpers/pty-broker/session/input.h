/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

#include "packet.h"

struct session;

/*
 * What was typed and the pty did not take yet: nothing is ever dropped, and
 * nobody is read from before it is empty.
 */
struct input {
	size_t at, len;
	unsigned char buf[PACKET_MAX];
};

/* Is there room: may somebody be read from?  1 or 0. */
int input_is_open(const struct session *session);

/* Hand bytes to the program, at most PACKET_MAX; input_is_open() said so. */
void input_type(struct session *session, const unsigned char *data,
    size_t len);

/* The pty may take more. */
void input_flush(struct session *session);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OUTER_H
#define OUTER_H

#include <sys/types.h>

#include <stddef.h>
#include <termios.h>

struct winsize;

/*
 * Standard input and output of this process: a terminal, pipes, sockets,
 * files, each one thing or the other.
 */
struct outer {
	int in, out;		/* to be polled */
	int in_tty, out_tty;
	int out_socket;
	int is_raw;
	struct termios before;
};

/*
 * Begin to use them.  Where it is possible with open files of our own, whose
 * O_NONBLOCK is nobody else's.
 */
void outer_open(struct outer *outer);

/* Puts the terminal back, if it was made raw. */
void outer_close(struct outer *outer);

/*
 * The modes and the size of the terminal, of standard input's first.  Both
 * return 0, or -1 with errno if there is none.
 */
int outer_modes(const struct outer *outer, struct termios *modes);
int outer_size(const struct outer *outer, struct winsize *size);

/* A whole one passes everything; and is lent back to its shell. */
void outer_make_raw(struct outer *outer);
void outer_put_back(struct outer *outer);

/*
 * As read(2) and write(2), and they do not wait after poll(2) has said that
 * they need not.
 */
ssize_t outer_read(const struct outer *outer, void *buf, size_t size);
ssize_t outer_write(const struct outer *outer, const void *buf, size_t len);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef TTYMODE_H
#define TTYMODE_H

#include <sys/types.h>

#include <termios.h>

/*
 * The modes of a terminal as an SSH client sends them (RFC 4254 section 8,
 * IUTF8 by RFC 8160): opcodes with an argument of four bytes, then an end,
 * which may be missing.  Read and written as OpenSSH does it, to the byte.
 */

enum ttymode_result {
	TTYMODE_APPLIED,	/* what this system knows of them is in *t */
	TTYMODE_VOID,		/* bytes behind their end: none counts */
	TTYMODE_TRUNCATED,	/* an argument has less than four bytes */
};

/*
 * Apply "len" bytes of modes to *t, which is as the terminal has it.  Of
 * opcodes and values that this system does not know nothing is made, and the
 * rest counts.  *t is changed by TTYMODE_APPLIED alone.  sshd goes on after
 * TTYMODE_VOID with the terminal as it was, and ends the connection after
 * TTYMODE_TRUNCATED.
 */
enum ttymode_result ttymode_apply(const void *modes, size_t len,
    struct termios *t);

/* Room for whatever ttymode_encode() writes. */
#define TTYMODE_SIZE 512

/*
 * Write the modes of *t to buf, their end included.
 * Returns how many bytes that took, or -1 with errno: ENOSPC.
 */
ssize_t ttymode_encode(const struct termios *t, unsigned char *buf,
    size_t size);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RUNONCE_H
#define RUNONCE_H

#include <stddef.h>

struct invocation;
struct winsize;

/* The modes of a terminal as ttymode.h has them. */
#define RUNONCE_MODES_MAX 2048
struct runonce_modes {
	unsigned char bytes[RUNONCE_MODES_MAX];
	size_t len;
};

/*
 * Read modes in hexadecimal, two digits a byte; "" is no modes.
 * Returns NULL, or why they cannot be read, a static string: what would make
 * sshd end the connection is among it.
 */
const char *runonce_read_modes(const char *hex, struct runonce_modes *modes);

/* One command on a new terminal. */
struct runonce_facts {
	const struct invocation *run;	/* located (invocation.h) */
	char *const *envp;		/* ours, of which its own is made */
	int passes_on;			/* SSH_ORIGINAL_COMMAND is for it */
	const char *term;		/* TERM; NULL: as it is, "": none */
	/*
	 * NULL: those of the terminal that we are at, and its size follows
	 * that terminal's; without one as the kernel makes it, and 24x80.
	 */
	const struct runonce_modes *modes;
	const struct winsize *size;
};

/*
 * Run it, and pass what comes on standard input to its terminal, and what it
 * writes there to standard output, all of it (I9).  The end of standard input
 * is typed, as the character for it, where that terminal has one.  When
 * nobody takes the output any more the terminal is hung up.  HUP and TERM
 * hang it up, too, and end this.  Takes the signals of the process over.
 * Returns how to end, as wait(2) has it, for exitcode_end_as(): as the
 * command; or 255, 126 or 127 with a line on standard error.
 */
int runonce_command(const struct runonce_facts *facts);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef EXITCODE_H
#define EXITCODE_H

#include <stddef.h>

/* What the exit status of every helper means when it is not the command's. */
enum exitcode {
	EXITCODE_USAGE = 64,		/* sysexits.h EX_USAGE */
	EXITCODE_NOT_EXECUTABLE = 126,	/* POSIX sh */
	EXITCODE_NOT_FOUND = 127,	/* POSIX sh */
	EXITCODE_RECORDING = 254,	/* a required recording failed */
	EXITCODE_REFUSED = 255,		/* refused, or could not be set up */
};

/* The status for a failed execve(2): 127 for ENOENT or ENOTDIR, else 126. */
int exitcode_of_exec(int err);

/*
 * Describe a wait(2) status in words, "exited with 3" or "killed by SIGTERM",
 * in buf.  Returns buf.
 */
const char *exitcode_describe(int wstatus, char *buf, size_t size);

/*
 * End this process the way "wstatus" (from waitpid(2), exited or signaled)
 * says another one ended: the same status, or the same signal without a core
 * file.  The one function of the library that does not return.
 */
void exitcode_end_as(int wstatus) __attribute__((noreturn));

#endif

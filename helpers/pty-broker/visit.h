/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VISIT_H
#define VISIT_H

/*
 * Come to a session without attaching, over the connected socket "sock".  Each
 * returns the exit status, after a line on stderr if it failed.
 */

/* Print what its screen shows, as a terminal would be sent it. */
int visit_peek(int sock, const char *name);

/* Hang it up, and wait until nothing is left of it. */
int visit_kill(int sock, const char *name);

/* Wait for its end, and end in the same way. */
int visit_wait(int sock, const char *name);

#endif

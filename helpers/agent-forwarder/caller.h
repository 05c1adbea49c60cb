/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CALLER_H
#define CALLER_H

#include "sockpeer.h"

#define CALLER_EXE_SIZE 256

/* Who has connected, by the kernel's word (invariant I1). */
struct caller {
	struct sockpeer peer;	/* its start by sockpeer_birth() alone */
	/*
	 * The path of his executable, printable ASCII; "" as long as nobody
	 * has asked for it (exename.h), or if it cannot be seen.
	 */
	char exe[CALLER_EXE_SIZE];
};

/*
 * Ask the kernel who connected to "fd", which is accepted.
 * If that process is gone already, and has left the connection to a child, as
 * ssh -f does, his number is 0: it may be another's by now.
 * Returns 0, and caller_close() is due; or -1 with errno: ENOTCONN if it
 * cannot be seen from here.
 */
int caller_look(struct caller *caller, int fd);

/* Close what is open of it; the numbers stay. */
void caller_close(struct caller *caller);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSTTY_H
#define SESSTTY_H

#include "pty.h"

struct request;

/*
 * The terminal of a session: none, its own that it keeps, a new pty, or the
 * front's; and what has to be put back when the session is over.
 */
struct sesstty {
	const struct request *req;
	char name[PTY_NAME_SIZE];	/* "" for none */
	int master, slave;	/* of the new pty, or -1 */
	int given;		/* the one that was given away, or -1 */
	struct pty_owner owner;	/* ... and whose it was */
};

/*
 * All but the last return 0, or -1 after a line that says what failed.
 * sesstty_close() is due in any case.
 */

/* Find it, or open the new one. */
int sesstty_open(struct sesstty *tty, const struct request *req);

/* Make it the target's, if root has it to give. */
int sesstty_give(struct sesstty *tty);

/* Take it away from everybody else who has it open: see terminal_revoke(). */
int sesstty_revoke(struct sesstty *tty);

/* Close what would delay its end here: the slave of the new one. */
void sesstty_let_go(struct sesstty *tty);

/* Put it back, if that is ours to do, and close it. */
void sesstty_close(struct sesstty *tty);

#endif

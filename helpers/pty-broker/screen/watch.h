/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef WATCH_H
#define WATCH_H

/*
 * Follow a session that speaks proto.h on this socket, until it ends,
 * and answer each DUMP_WANTED:
 *
 *	DUMP_HEAD	offset
 *	DUMP ...	bytes: the body
 *	DUMP_END	bytes: the tail
 *
 * A viewer gets, in this order: what makes a terminal fresh; the body, which
 * switches to the alternate screen where that is in use; the program's other
 * modes but for the margins; the tail, which sets those and puts the cursor
 * where it is; and the program's output from the offset on, which is always
 * between two sequences and characters.  Nothing of it asks the terminal.
 * Returns 0 at the end, or -1 with errno: EPROTO if something of the output
 * is missing, ENOMEM.
 */
int watch_run(int sock);

#endif

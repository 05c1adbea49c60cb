/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RELAY_H
#define RELAY_H

#include <poll.h>

/*
 * Stands between root's terminal and the new one of a session that root
 * started by hand (I16): bytes pass, the terminal itself does not.
 */
struct relay;

#define RELAY_POLLFDS 2

/*
 * Relay between the terminal on our descriptors 0 to 2 and "master", whose
 * other side is "slave": the new terminal gets the outer one's modes and
 * size, and the outer one is made raw if the session is to have all of it
 * (standard input and output are both the terminal).
 * Returns NULL with errno.
 */
struct relay *relay_new(int master, int slave);

/* Puts the outer terminal back as it was.  The master stays the caller's. */
void relay_free(struct relay *relay);

/* What poll(2) is to watch. */
void relay_poll(const struct relay *relay, struct pollfd fds[RELAY_POLLFDS]);

/*
 * Move what can be moved after poll(2).  Returns 0, or -1 if the outer
 * terminal is gone.
 */
int relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLFDS]);

/*
 * After the command's end: move what it wrote, until the kernel says that no
 * more will come (I9), or that those who still could have not written.  No
 * more than a pty holds: somebody may go on writing for ever.  "stop" is
 * asked between the parts and ends it by 1.
 */
void relay_drain(struct relay *relay, int (*stop)(void));

/*
 * Says whether the shell has the outer terminal, and its input is due as soon
 * as we are in the foreground.  fg(1) of a running job sends no signal: call
 * relay_resume() now and then.  1 or 0.
 */
int relay_waits_for_foreground(const struct relay *relay);

/*
 * The outer terminal is gone: hang the new one up as well, so that whoever
 * still has it reads its end.  The caller's descriptor of the master stays
 * his to close and leads nowhere: there is nothing to move from then on.
 */
void relay_hang_up(struct relay *relay);

/* The outer terminal has another size. */
void relay_resize(struct relay *relay);

/* Around a stop of this process: lend the outer terminal back to its shell. */
void relay_suspend(struct relay *relay);
void relay_resume(struct relay *relay);

#endif

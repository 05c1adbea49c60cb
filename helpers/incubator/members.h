/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef MEMBERS_H
#define MEMBERS_H

struct supervise;

/*
 * Who belongs to a session that is supervised: the processes of the child's
 * POSIX session, and the child itself.  Where that session is ours as well,
 * not we; and where somebody else's shell leads it, the child alone.  Whoever
 * called setsid(2) has left.  Without /proc the child is all that we can name.
 *
 * A child that has ended must not be reaped before the last of these calls:
 * its pid is the session's number, and would be another's to have.
 */

/* Does this process lead its POSIX session?  1 or 0. */
int members_led_by_us(void);

/* Send a signal to all of them, to the child in any case. */
void members_signal(const struct supervise *sup, int sig);

/*
 * Has the child ended?  1 or 0.  It is not reaped.  A stop that nobody else
 * would undo is undone.
 */
int members_child_ended(const struct supervise *sup);

/*
 * Is any of them still there?  1 or 0.  In shape A, of those whom this
 * process may send a signal.
 */
int members_left(const struct supervise *sup);

/*
 * Kill them, and those whom they start meanwhile.  The child too where it has
 * left the session, if it is process 1 of a pid namespace.  Returns when
 * nobody is left, 0; or after two seconds, -1: a dead NFS or FUSE server can
 * hold even a killed process.
 */
int members_kill(const struct supervise *sup);

#endif

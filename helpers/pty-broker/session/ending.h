/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENDING_H
#define ENDING_H

struct session;

/* Before the first turn of the loop: "timeout" is the session's. */
void ending_open(struct session *session);

/* Children have ended: reap them. */
void ending_reap(struct session *session);

/*
 * The pty was read as far as it goes.  If the leader is gone, that was all,
 * and the session is over: whoever still holds the pty is hung up.
 */
void ending_drained(struct session *session);

/*
 * Once a turn, behind what is delivered, because a log that hangs is to hold
 * up nobody's screen: if the session is over, say so in the log.  Its name is
 * free before that, if somebody knows how it ended.
 */
void ending_tell(struct session *session);

/* A viewer came, or went. */
void ending_viewers(struct session *session);

/* Hang up the session's processes, and kill what is left a little later. */
void ending_kill(struct session *session);

#endif

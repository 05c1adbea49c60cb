/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

/*
 * The signals that the parent of a session hears.  Handlers only take note:
 * PAM's modules run in between, and a child of theirs must not inherit a
 * blocked or an ignored signal.
 */

/*
 * Begin to take note.  A signal that was ignored before stays ignored, so
 * that nohup(1) in front keeps its meaning.
 */
void signals_catch(void);

/*
 * Hold the signals back from now on, so that they only arrive in ppoll(2)
 * with the mask that this returns.
 */
const sigset_t *signals_hold(void);

/* Say whether the signal has come since the last time.  1 or 0. */
int signals_take(int sig);

/* The "i"th signal that is passed on to the session, or 0 past the end. */
int signals_forwarded(unsigned int i);

#endif

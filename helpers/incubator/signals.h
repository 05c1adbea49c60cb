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
 * Begin to take note; to be called again after code that may have changed a
 * disposition, a module of PAM's for one.  With "shared", what the terminal's
 * driver sends to the foreground (^C, ^\, ^Z) is not noted: the command is in
 * our group and has it already.  Not so ^Z if it "is_init": process 1 of a
 * namespace does not stop by it, so its stop would not tell us.  A signal
 * that was ignored before stays ignored, so that nohup(1) in front keeps its
 * meaning.
 */
void signals_catch(int shared, int is_init);

/*
 * From now on the terminal's driver cannot stop this process: a process of
 * the target's that joins our group would otherwise stop us by reading in the
 * background.
 */
void signals_ignore_terminal(void);

/*
 * Hold the signals back, so that they only arrive in ppoll(2) with the mask
 * that this returns; and let them come again.
 */
const sigset_t *signals_hold(void);
void signals_release(void);

/*
 * Stop this process as ^Z would have: not at all, if there is nobody who
 * could continue it.  Returns when it goes on.
 */
void signals_stop(void);

/*
 * Have the kernel send this process the signal when its parent dies; 0 is
 * none.  Returns 0, or -1 with errno: ESRCH if the parent has died already.
 */
int signals_from_parent(int sig);

/* Say whether the signal has come since the last time.  1 or 0. */
int signals_take(int sig);

/* The "i"th signal that is passed on to the session, or 0 past the end. */
int signals_forwarded(unsigned int i);

#endif

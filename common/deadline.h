/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DEADLINE_H
#define DEADLINE_H

/*
 * A moment by which something must have happened, in ms of the clock that
 * nobody sets.  One deadline bounds a job of many waits, however the other
 * side spreads out what it does.
 */

/* The moment now. */
long long deadline_now(void);

/* The moment "ms" from now; a negative number is none. */
long long deadline_in(int ms);

/* How many ms are left, for poll(2): 0 when it has passed. */
int deadline_left(long long deadline);

#endif

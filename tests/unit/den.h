/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DEN_H
#define DEN_H

#include <sys/types.h>

/*
 * A directory of this process's own, and what somebody may have put into it.
 * den_make() makes it with mode 0700 below /tmp, and den_remove() removes it
 * with all that is in it.  A failed assertion ends the test.
 */
void den_make(void);
void den_remove(void);

/* A name in it, or the den for ""; a static string, of the last eight. */
const char *den_path(const char *name);

/* A descriptor of a directory in it, close-on-exec. */
int den_open(const char *name);

enum den_kind {
	DEN_NOTHING,
	DEN_FILE,
	DEN_DIRECTORY,
	DEN_LINK,		/* to what is called "target" beside it */
	DEN_FIFO,
	DEN_SOCKET,		/* bound, and closed again */
};

/* Put that there, with that mode, whatever the umask is. */
void den_plant(enum den_kind kind, const char *name, mode_t mode);

/* What is there by that name? */
enum den_kind den_kind_of(const char *name);
mode_t den_mode(const char *name);

/* Give it to nobody (scene.h), for who is root. */
void den_give_away(const char *name);

/*
 * Run that in "count" children, which all begin when the last one is there.
 * Returns how many of them returned 0; a child that returns 1 did not, and any
 * other end is a failed assertion.
 */
int den_crowd(int count, int (*job)(int));

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HOME_H
#define HOME_H

/*
 * A home for what is done once (PLAN_ONCE).  home_make() makes an empty one,
 * which everybody can enter, and has the step of steps.h begin there; its
 * files are in "way/state".  home_remove() removes it with all that is in it,
 * if it was made.  A failed assertion ends the test.
 */
void home_make(void);
void home_remove(void);

/* The names that home_make() gives to the step. */
#define HOME_BELOW "way/state"
#define HOME_MARKER "run-h.01234567-89ab"
#define HOME_LOG "run-h.log"

/* The path of a name in the home; a static string, of the last eight. */
const char *home_path(const char *name);

/* The path of a file of the step's: HOME_BELOW/name. */
const char *home_file(const char *name);

/* What is in a file, cut at some length; "" if it is not there. */
const char *home_read(const char *path);

/* Make a file with this in it. */
void home_write(const char *path, const char *text);

#endif

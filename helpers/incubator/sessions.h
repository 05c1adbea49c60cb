/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSIONS_H
#define SESSIONS_H

/*
 * Print the sessions that live, the oldest first: a table with a line of
 * headings, one word a column, "-" for what is unknown or none; or, with
 * "json", an array of objects, with null for that.
 * Returns the exit status, after a line on stderr if it is not 0.
 */
int sessions_print(int json);

#endif

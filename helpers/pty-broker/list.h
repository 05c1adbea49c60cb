/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LIST_H
#define LIST_H

/*
 * Print the sessions of this user, in the order of their names, as a table or
 * as JSON.  No session is asked, so one that is stopped delays nothing.
 * Returns the exit status, after a line on stderr if it failed.
 */
int list_sessions(char *const *envp, const char *home, int json);

#endif

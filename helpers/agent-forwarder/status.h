/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STATUS_H
#define STATUS_H

/*
 * Print the servers of this user's stable paths, or the one of that name
 * (NULL: all), with their logins: for people, or with "json" as an array.
 * Returns the exit status: 0, or 255 if there is none of that name, or one
 * does not answer, which was said on stderr.
 */
int status_print(char *const *envp, const char *home, const char *name,
    int json);

/*
 * End the server of that name (NULL: the default one), and wait until it is
 * gone.  The logins that are there get the next one.
 * Returns the exit status, the same.
 */
int status_stop(char *const *envp, const char *home, const char *name);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FRONT_H
#define FRONT_H

struct options;

/*
 * Shape C, the user's side: ask the service for the session that the client
 * wants, hand it the descriptors 0 to 2, keep none of them, and wait for the
 * end of it or of the connection.  "envp" is what sshd gave.
 * Does not return where the session had a status: this process ends the same
 * way.  Else returns the exit status, after a line that says what failed.
 */
int front_run(const struct options *opt, char *const *envp);

#endif

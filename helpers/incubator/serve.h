/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVE_H
#define SERVE_H

struct backlink;
struct options;

/*
 * One login, from what is said of it to its end: who asks, what applies to
 * him, what runs, and then its explanation, or the command itself.
 * "envp" is what the client's side gave.  "link" is the front that asks, in
 * shape C; else NULL, and the command line and the kernel say who asks.
 * Returns the exit status, unless this process became the command or ended
 * as it did.  In shape C the front has been told it.
 */
int serve_login(const struct options *opt, char *const *envp,
    struct backlink *link);

/* Nobody's login: refuse it with this reason.  Returns the exit status. */
int serve_nobody(const char *reason);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSION_H
#define SESSION_H

struct session_facts;

/* The PAM service of shape B. */
#define SESSION_PAM_SERVICE "ssh-incubator"

/*
 * Shape B: open a login session of the target, run the command in it, close
 * it.  Does not return: the process ends as the command ended, or with a
 * line that says why not.
 */
void session_run(const struct session_facts *facts)
    __attribute__((noreturn));

#endif

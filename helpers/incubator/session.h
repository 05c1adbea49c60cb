/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSION_H
#define SESSION_H

struct session_facts;

/*
 * Open a login session of the target, run the command in it, close it; in
 * shape A, where the plan needs a child, wait for that alone.  Does not
 * return where this process ends as the command ended, or after a line that
 * says why there is none.  In shape C it is the front that ends so, and this
 * returns 0.
 */
int session_run(const struct session_facts *facts);

#endif

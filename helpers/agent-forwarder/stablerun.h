/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STABLERUN_H
#define STABLERUN_H

struct session_facts;

/*
 * As session_run(), with the path that outlives this login.  A server that
 * does not answer, or cannot do what is asked, is no reason to be without an
 * agent: then the session gets one of its own.
 */
int stablerun(const struct session_facts *facts);

#endif

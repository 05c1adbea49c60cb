/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef EXPLAIN_H
#define EXPLAIN_H

struct session_facts;

/*
 * Print who, the environment (names and where each came from), the plan and
 * the command, as lines of tab-separated fields or as one JSON object; do
 * nothing else.  What only PAM can know is marked.
 * Returns the exit status, after a line on stderr if it is not 0.
 */
int explain_text(const struct session_facts *facts);
int explain_json(const struct session_facts *facts);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef EXPLAINTEXT_H
#define EXPLAINTEXT_H

struct session_facts;

/*
 * Print lines of fields, with tabs between them:
 * what of the configuration counts, who, the environment (names and where each
 * came from), the plan and the command; do nothing else.  What only PAM can
 * know is marked.
 * Returns the exit status, after a line on stderr if it is not 0.
 */
int explaintext_print(const struct session_facts *facts);

#endif

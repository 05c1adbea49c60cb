/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef EXPLAINJSON_H
#define EXPLAINJSON_H

struct session_facts;

/*
 * Print one JSON object:
 * what of the configuration counts, who, the environment (names and where each
 * came from), the plan and the command; do nothing else.  What only PAM can
 * know is marked.
 * Returns the exit status, after a line on stderr if it is not 0.
 */
int explainjson_print(const struct session_facts *facts);

#endif

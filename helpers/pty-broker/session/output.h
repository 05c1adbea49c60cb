/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OUTPUT_H
#define OUTPUT_H

struct session;

/* Before the first turn of the loop: watch the pty. */
int output_open(struct session *session);

/* Take what the program wrote, and hand it on. */
void output_pull(struct session *session);

#endif

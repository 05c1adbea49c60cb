/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HEARING_H
#define HEARING_H

struct session;

/*
 * Go on reading from all viewers: what they type, as far as there is room for
 * it, and what they say.
 */
void hearing_all(struct session *session);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HISTORY_H
#define HISTORY_H

#include <sys/types.h>

#include "vtstate.h"

struct ring;

/*
 * What a program wrote last, and what everything that it wrote before had
 * made of the terminal.
 */
struct history {
	struct ring *ring;
	struct vtstate state;		/* as of the ring's oldest byte */
};

/* Returns 0, or -1 with errno. */
int history_open(struct history *history, size_t size);

/*
 * Read once from "fd", at most RING_SLACK bytes.  As read(2).
 */
ssize_t history_read(struct history *history, int fd);

/*
 * The state as of "offset", which lies in the ring: what a terminal is in
 * that was told everything up to there.
 */
void history_state_at(const struct history *history,
    unsigned long long offset, struct vtstate *state);

/*
 * The first offset at which no sequence and no character is cut, and the
 * state there.
 */
unsigned long long history_clean_begin(const struct history *history,
    struct vtstate *state);

#endif

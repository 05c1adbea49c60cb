/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef REPLAY_H
#define REPLAY_H

#include <stddef.h>

struct viewer;

/*
 * What a viewer gets who returns, or was too slow: a fresh screen, the modes
 * as of the ring's oldest byte, and the ring from the first place on at which
 * nothing is cut, without the terminal's queries (I13).
 * Returns 0, or -1 with errno.
 */
int replay_begin(struct viewer *viewer);

/*
 * Of the next "n" bytes of it: how many go to him as they are, and how many
 * behind them are left out.
 */
void replay_portion(const struct viewer *viewer, const unsigned char *p,
    size_t n, size_t *pass, size_t *skip);

/* These are done with. */
void replay_follow(struct viewer *viewer, const unsigned char *p, size_t n);

/* From here on it is the stream itself. */
void replay_end(struct viewer *viewer);

/* Put "len" bytes before what he gets next.  Returns 0, or -1 with errno. */
int replay_add_text(struct viewer *viewer, const void *text, size_t len);

#endif

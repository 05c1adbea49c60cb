/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTKEYS_H
#define VTKEYS_H

#include <stdint.h>

struct vtout;
struct vtscan;

/* How many there may be on a stack; a further one pushes out the oldest. */
#define VTKEYS_MAX 8

/* The keyboard protocol of kitty, on one of the two screens. */
struct vtkeys {
	uint8_t flags[VTKEYS_MAX];	/* flags[depth] are in force */
	uint8_t depth;
};

/* Follow a CSI ... u that is over: < pops, = sets, > pushes. */
void vtkeys_change(struct vtkeys *keys, const struct vtscan *sc);

/*
 * Write, for the screen that is shown: what makes a fresh stack this one, what
 * takes it back, and what makes any stack fresh.
 */
void vtkeys_set(const struct vtkeys *keys, struct vtout *out);
void vtkeys_undo(const struct vtkeys *keys, struct vtout *out);
void vtkeys_fresh(struct vtout *out);

#endif

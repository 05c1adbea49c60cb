/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTMODE_H
#define VTMODE_H

#include <stdint.h>

struct vtout;

/* Modes that are not in the table and are on: as many as are kept. */
#define VTMODE_UNKNOWN 8

/*
 * The modes of a terminal that are on or off: DECSET and DECRST (private),
 * SM and RM (ANSI).  The screens, 47, 1047 and 1049, and the saved cursor,
 * 1048, are not among them.
 */
struct vtmode {
	uint64_t on;			/* a bit a row of the table */
	uint64_t seen;			/* the program has said so */
	uint64_t saved;			/* by XTSAVE */
	uint16_t unknown[VTMODE_UNKNOWN];	/* private; 0: none */
	uint8_t last[2];		/* row + 1: the one touched last */
};

void vtmode_init(struct vtmode *modes);

/* A program turns a mode on or off. */
void vtmode_change(struct vtmode *modes, int private, int number, int on);

/* A program has a private mode kept, and set as it was then. */
void vtmode_save(struct vtmode *modes, int number);
void vtmode_restore(struct vtmode *modes, int number);

/* What DECSTR resets. */
void vtmode_soft_reset(struct vtmode *modes);

/* Returns 1 if a mode is on, else 0. */
int vtmode_is_on(const struct vtmode *modes, int private, int number);

/*
 * Write what turns the modes of a fresh terminal into these; these into what
 * a shell expects; and those of any terminal into a fresh one's.
 */
void vtmode_set(const struct vtmode *modes, struct vtout *out);
void vtmode_undo(const struct vtmode *modes, struct vtout *out);
void vtmode_fresh(struct vtout *out);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTPEN_H
#define VTPEN_H

#include "vtsgr.h"

struct vtout;
struct vtscan;

/* What a terminal prints with, and saves together with the cursor. */
struct vtpen {
	struct vtsgr sgr;
	struct vtpen_charset {
		uint8_t slot;		/* one of ()*+-./ ; 0: ASCII */
		uint8_t inter, final;
	} charset[4];			/* G0 to G3 */
	uint8_t locked;			/* which of them prints */
	uint8_t origin;			/* DECOM, only while it is saved */
};

/*
 * An ESC sequence that is over: does it choose a character set?
 * Returns 1 if so, else 0.
 */
int vtpen_escape(struct vtpen *pen, const struct vtscan *sc);

/* Returns 1 if it is a fresh terminal's, else 0. */
int vtpen_is_plain(const struct vtpen *pen);

/* Write what makes a fresh terminal print with it, and what takes it back. */
void vtpen_set(const struct vtpen *pen, struct vtout *out);
void vtpen_undo(const struct vtpen *pen, struct vtout *out);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTTITLE_H
#define VTTITLE_H

#include <stdint.h>

struct vtout;
struct vtscan;

/* A title is cut behind so many bytes, at a character. */
#define VTTITLE_MAX 256
#define VTTITLE_KEPT_MAX 128
#define VTTITLE_COLOUR_MAX 24
#define VTTITLE_PUSHED_MAX 10

/* What OSC and the like set: the title, and three colours. */
struct vttitle {
	char text[VTTITLE_MAX + 1];
	char kept[VTTITLE_KEPT_MAX + 1];	/* the one pushed first */
	char colour[3][VTTITLE_COLOUR_MAX + 1];	/* OSC 10, 11 and 12 */
	uint8_t known;		/* 0; '0' with the icon's, '2' without */
	uint8_t kept_known;	/* the same of the one that is kept */
	uint8_t pushed;		/* titles that the terminal keeps */
	uint8_t palette;	/* OSC 4 has set something */
};

/* Follow an OSC that is over, and a CSI 22 t (push) or 23 t (pop). */
void vttitle_osc(struct vttitle *title, const struct vtscan *sc);
void vttitle_window(struct vttitle *title, const struct vtscan *sc);

/* Write what sets them in a terminal, and what takes them back. */
void vttitle_set(const struct vttitle *title, struct vtout *out);
void vttitle_undo(const struct vttitle *title, struct vtout *out);

#endif

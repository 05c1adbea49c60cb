/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTSGR_H
#define VTSGR_H

#include <stddef.h>
#include <stdint.h>

struct vtout;
struct vtscan_param;

enum vtsgr_kind {
	VTSGR_DEFAULT = 0,
	VTSGR_BASIC,		/* of 16, by 30 to 37 and 90 to 97 */
	VTSGR_INDEX,		/* of 256 */
	VTSGR_RGB,
};

/* How what is printed looks. */
struct vtsgr {
	uint16_t on;		/* a bit an attribute */
	uint8_t underline;	/* 0 to 5, or 21 */
	uint8_t font;		/* 0 to 9; the Linux console's tables, too */
	struct vtsgr_colour {
		uint8_t kind;
		uint8_t value[3];
	} colour[3];		/* foreground, background, underline */
};

/*
 * Follow the SGR that these bytes begin with, if it is a whole one, and one of
 * those that nearly all are.  Returns where it ends; if it is not, "p".
 */
const unsigned char *vtsgr_read(struct vtsgr *sgr, const unsigned char *p,
    const unsigned char *end);

/* Follow one SGR. */
void vtsgr_change(struct vtsgr *sgr, const struct vtscan_param *params,
    size_t n);

/* Write what makes a terminal that prints plainly print like this. */
void vtsgr_set(const struct vtsgr *sgr, struct vtout *out);

/* Write what makes a terminal that prints like this print plainly. */
void vtsgr_undo(const struct vtsgr *sgr, struct vtout *out);

#endif

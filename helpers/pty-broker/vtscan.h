/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTSCAN_H
#define VTSCAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where sequences for a terminal, and characters, begin and end.  By value:
 * no memory of its own, and any piece of the output may come next.
 */

/* What is kept of a sequence; a title of 256 bytes and its number fit. */
#define VTSCAN_TEXT 264

enum vtscan_state {
	VTSCAN_IN_GROUND = 0,
	VTSCAN_IN_ESCAPE,
	VTSCAN_IN_CSI,
	VTSCAN_IN_STRING,
	VTSCAN_IN_STRING_ESCAPE,	/* its ESC may be half of its end */
};

struct vtscan {
	unsigned char state;		/* enum vtscan_state */
	unsigned char pending;		/* bytes that a character still needs;
					 * in a sequence, with "all": 1 behind
					 * what may be the first of a C1 */
	unsigned char all;		/* BEL, ENQ and C1 are of interest */
	unsigned char kind;		/* of a string: ] P X ^ _ k */
	unsigned char prefix;		/* of a CSI: < = > ? or 0 */
	unsigned char inter[2];		/* intermediate bytes, or 0 */
	unsigned char final;		/* the last byte, or the control */
	unsigned char bad;		/* no terminal would take it */
	unsigned char cut;		/* there was more than "text" holds */
	unsigned char c1;		/* with "all": one of U+0080 to U+009F
					 * in it, where terminals differ */
	unsigned short len;
	unsigned char text[VTSCAN_TEXT];	/* parameters, or a string */
};

enum vtscan_event {
	VTSCAN_END,		/* all bytes were read */
	VTSCAN_CONTROL,		/* SO or SI, with "all" BEL or ENQ; perhaps
				 * in a sequence that goes on */
	VTSCAN_BROKEN,		/* CAN, SUB or a character broke one off */
	VTSCAN_ESCAPE,		/* these three are over, and may be looked at */
	VTSCAN_CSI,
	VTSCAN_STRING,
};

struct vtscan_param {
	uint16_t value;		/* at most 65535; 0 if it is left out */
	uint8_t given;		/* it is not */
	uint8_t sub;		/* a ':' stands before it */
};
#define VTSCAN_PARAMS 32

/*
 * Begin between sequences.  With "all" BEL and ENQ in a text are told, too,
 * and U+0080 to U+009F are controls.
 */
void vtscan_init(struct vtscan *sc, int all);

/*
 * Read from *p on, at most to "end", until something is over; *p is moved
 * behind it.  "began", unless it is NULL, becomes where the sequence began, if
 * that was in these bytes; or the first of those that broke off each other.
 * Returns what is over.
 */
enum vtscan_event vtscan_next(struct vtscan *sc, const unsigned char **p,
    const unsigned char *end, const unsigned char **began);

/* Returns 1 between sequences and characters, else 0. */
int vtscan_is_clean(const struct vtscan *sc);

/*
 * Read until between sequences and characters.  A sequence that another one
 * breaks off ends before that.
 * Returns how many bytes that took; n if it is still not there.
 */
size_t vtscan_clean(struct vtscan *sc, const unsigned char *p, size_t n);

/*
 * The parameters of a CSI that is over.  Returns how many there are, at most
 * VTSCAN_PARAMS; the rest is left out.
 */
size_t vtscan_params(const struct vtscan *sc,
    struct vtscan_param params[VTSCAN_PARAMS]);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PEN_H
#define PEN_H

#include <stddef.h>
#include <stdint.h>

/* How a cell looks: what SGR sets. */
struct pen {
	uint32_t fg, bg;	/* colours, see below; 0 is the default */
	uint32_t line;		/* of the underline */
	uint16_t attr;		/* PEN_... */
};

/*
 * A colour is a kind and a value, so that it can be said again in the words
 * that it was said in: a terminal may show 31 and 38;5;1 differently.
 */
#define PEN_BASIC 0x01000000u	/* 0 to 15, by 30 to 37 and 90 to 97 */
#define PEN_INDEXED 0x02000000u	/* 0 to 255, by 38;5 */
#define PEN_RGB 0x03000000u	/* by 38;2 */
#define PEN_KIND 0x03000000u
#define PEN_VALUE 0x00ffffffu

#define PEN_BOLD 0x0001u
#define PEN_DIM 0x0002u
#define PEN_ITALIC 0x0004u
#define PEN_BLINK 0x0008u
#define PEN_REVERSE 0x0010u
#define PEN_HIDDEN 0x0020u
#define PEN_STRIKE 0x0040u
#define PEN_OVERLINE 0x0080u
#define PEN_UNDER 0x0700u	/* 0 none, 1 single, 2 double, ... 5 dashed */
#define PEN_UNDER_SHIFT 8
#define PEN_GRAPHICS 0x0800u	/* DEC's line drawing set, no matter of SGR */

/* One number of a control sequence. */
struct param {
	int value;		/* -1: left out */
	int more;		/* a colon follows: the next belongs to it */
};

/* Do what SGR with these numbers does. */
void pen_apply(struct pen *pen, const struct param *param, int n);

/* Returns 1 if both look the same. */
int pen_equal(const struct pen *a, const struct pen *b);

/*
 * Write the SGR that makes this pen of any other, without its character set.
 * Returns the length.
 */
#define PEN_TEXT 128
size_t pen_text(const struct pen *pen, char buf[PEN_TEXT]);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CUTTER_H
#define CUTTER_H

#include <stddef.h>
#include <stdint.h>

#include "pen.h"

/*
 * Cuts what a program wrote into text, controls and sequences, and says of
 * each byte whether it is inside of one.  Strings (titles, pictures, what is
 * asked of a terminal) end here: no cell ever changes by them.
 */

#define CUTTER_PARAMS 32

struct csi {
	char leader;		/* <, =, > or ?; or 0 */
	char intermediate;	/* 0x20 to 0x2f; or 0 */
	char final;
	int n;
	struct param param[CUTTER_PARAMS];
};

struct cutter_calls {
	/* ASCII that is seen, and one whole character of UTF-8 */
	void (*text)(void *arg, const char *text, size_t n);
	void (*glyph)(void *arg, const char *text, size_t n);
	void (*control)(void *arg, unsigned char control);
	void (*escape)(void *arg, char intermediate, char final);
	void (*csi)(void *arg, const struct csi *csi);
};

enum cutter_state {
	CUTTER_GROUND, CUTTER_UTF8, CUTTER_ESCAPE, CUTTER_CSI, CUTTER_STRING,
	CUTTER_STRING_ESCAPE
};

#define CUTTER_CONTROLS 16

/* To begin with, all zero. */
struct cutter {
	enum cutter_state state;
	uint64_t inside;	/* bytes of what is not yet whole */
	char utf8[4];
	int have, want, broken;
	int bell_ends;		/* this string may end with BEL */
	int passed;		/* this sequence means nothing to anybody */
	struct csi csi;
	/* controls amid a sequence are done when it is whole */
	unsigned char controls[CUTTER_CONTROLS];
	int ncontrols;
};

void cutter_feed(struct cutter *cutter, const unsigned char *data, size_t n,
    const struct cutter_calls *calls, void *arg);

#endif

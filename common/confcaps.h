/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFCAPS_H
#define CONFCAPS_H

#include <stddef.h>
#include <stdint.h>

enum confcaps_set {
	CONFCAPS_AMBIENT,	/* begins empty */
	CONFCAPS_BOUNDING,	/* begins full if the first element is signed */
};

/*
 * Read capabilities as setpriv(1) has them: elements with commas between
 * them, each a name, cap_N or "all", with "+" or without a sign to add it and
 * with "-" to take it away, from left to right.  setpriv(1) changes the set
 * that there is; here the set begins empty, but the bounding set with all of
 * its 64 bits if the first element has a sign: "-sys_admin" is all the
 * others.  "none" stands alone and is the empty set.  For the ambient set
 * "all" is what the running kernel knows, since it refuses what it does not.
 * Returns 0 with the set in *caps, or -1 with the reason in "why".
 */
int confcaps_read(enum confcaps_set set, const char *list, uint64_t *caps,
    char *why, size_t size);

#endif

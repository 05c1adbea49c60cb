/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CAPS_H
#define CAPS_H

#include <stdint.h>

/*
 * This process's capabilities (capabilities(7)) as sets of 64 bits, bit n for
 * the capability of number n.  Plain system calls only, so that a child may
 * call them between its birth and its exec.
 */
struct caps {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

/* Each returns 0, or -1 with errno. */
int caps_get(struct caps *caps);
int caps_set(const struct caps *caps);

/*
 * Leave exactly "keep" in the permitted and the inheritable set, and nothing
 * in the effective and the ambient one.
 */
int caps_reduce(uint64_t keep);

/* Make these inheritable, and raise each in the ambient set. */
int caps_raise_ambient(uint64_t caps);

/* Drop all but "keep" from the bounding set and the inheritable one. */
int caps_bound(uint64_t keep);

/* What is in the ambient set.  A kernel without one (before 4.3) has none. */
uint64_t caps_ambient(void);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVESCAN_H
#define SERVESCAN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where one JSON object ends in a stream, and what must not reach a parser:
 * see servescan.c.  To begin with, all zero; by value.
 */
struct servescan {
	size_t size;		/* how much of the object was seen */
	size_t marks;		/* how many brackets and commas it has */
	unsigned int depth;	/* brackets that are open */
	uint32_t braces;	/* a bit for each: is it a brace? */
	int in_string;
	int in_name;		/* a member's name comes next, or is here */
	int escape;		/* how far into \uXXXX, 0 for not at all */
	int zeros;		/* all of its digits so far are 0 */
	int more;		/* bytes that a character still needs */
	unsigned char low, high;	/* bounds of the next of them */
};

/* The longest object, the most brackets and commas, the most levels of them. */
#define SERVESCAN_MAX ((size_t)1024 * 1024)
#define SERVESCAN_MARKS ((size_t)4096)
#define SERVESCAN_DEPTH 32

/*
 * Look at the next bytes, which are the beginning of an object or go on with
 * one.  *used is how many of them belong to it and were found right.
 * Returns 1 if the object ends there, and then *scan is as it was to begin
 * with; 0 if it goes on behind them all; -1 if the byte there is wrong, with
 * the reason in words in *why, a static string.
 */
int servescan_bytes(struct servescan *scan, const char *bytes, size_t len,
    size_t *used, const char **why);

#endif

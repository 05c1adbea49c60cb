/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFMAP_H
#define CONFMAP_H

#include <stddef.h>

/*
 * What the kernel takes: so many ranges, in one write(2) of less than a page
 * (user_namespaces(7)).
 */
#define CONFMAP_RANGES 340
#define CONFMAP_BYTES 4095

/*
 * Read the ranges of a user namespace, INSIDE:OUTSIDE:COUNT with commas
 * between them (unshare(1)).  Numbers are decimal and below 4294967295, which
 * means "no id" and is never in a range; no two ranges overlap.
 * Returns 0 with the lines for uid_map or gid_map in *map, for the caller to
 * free; or -1 with the reason in "why".
 */
int confmap_read(const char *text, char **map, char *why, size_t size);

/*
 * Find an id outside in the lines that confmap_read() made; NULL is no line.
 * Returns 0 with what it is called inside in *inside, or -1.
 */
int confmap_inside(const char *map, unsigned int outside,
    unsigned int *inside);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Linked into programs that run whole under ASan, whose environment is
 * somebody else's to decide.  No search for leaks at their end: it fails in
 * a process that is not dumpable, and a program that ends leaves its memory
 * to the kernel.  Unit tests and fuzz targets do search.
 */

#include "config.h"

const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

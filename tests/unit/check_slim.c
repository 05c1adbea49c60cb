/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a session gives back when it is alone, and that it has the rest still.
 * Each test is a process of its own, so what a wrong page costs is a crash of
 * that one.
 */

#include "config.h"
#include "slim.h"

#include <check.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* Before its version 21 clang has no macro of gcc's for it. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OTHER_MALLOC
#endif
#endif
#if !defined(OTHER_MALLOC) && (defined(__SANITIZE_ADDRESS__) || \
    !defined(__GLIBC__))
#define OTHER_MALLOC
#endif

#define DEEP ((size_t)128 * 1024)
#define PIECE ((size_t)1024)
#define PIECES 512

/* More than a kernel maps at once where one byte is read. */
#define CONSTANTS ((size_t)4096 * 1024)

/* Initialised, so that it is in the file with another value. */
static volatile int written = 7;

static const char constants[CONSTANTS] = { 1 };

static int pagemap = -1;

/* By way of a table that ld.so has filled. */
static size_t (*volatile length)(const char *) = strlen;

static void
setup(void)
{
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ne(pagemap, -1);
}

/*
 * How many of the whole pages there this process has (proc(5)).  It reads no
 * constant, which would bring back those around it.
 */
static size_t
pages(uintptr_t from, uintptr_t to)
{
	static uint64_t entries[CONSTANTS / 4096];
	const uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
	size_t first = (from + size - 1) / size, n, i, count = 0;
	ssize_t got;

	n = to / size - first;
	got = pread(pagemap, entries, n * 8, (off_t)first * 8);
	if (got != (ssize_t)n * 8)
		return (size_t)-1;
	for (i = 0; i < n; i++)
		count += (size_t)(entries[i] >> 63);
	return count;
}

__attribute__((noinline)) static void
go_deep(void)
{
	volatile char frame[DEEP];
	size_t i;

	for (i = 0; i < sizeof(frame); i += 512)
		frame[i] = 1;
	ck_assert_int_eq(frame[DEEP - 512], 1);
}

/* Would have caught a session that keeps the deepest stack it ever had. */
START_TEST(stack)
{
	volatile char here[8192];
	const uintptr_t to = (uintptr_t)here - 32768;
	size_t i;

	for (i = 0; i < sizeof(here); i++)
		here[i] = (char)(i % 101);
	go_deep();
	ck_assert_uint_ge(pages(to - DEEP / 2, to), 1);
	slim_down();
	ck_assert_uint_eq(pages(to - DEEP / 2, to), 0);
	/* ... and one that gives back what it stands on. */
	for (i = 0; i < sizeof(here); i++)
		ck_assert_int_eq(here[i], (char)(i % 101));
	go_deep();
}
END_TEST

/*
 * Would have caught code and constants that stay although nobody needs them,
 * and variables that have the values of the file again.
 */
START_TEST(file)
{
	const volatile char *at = constants;
	const uintptr_t from = (uintptr_t)constants, to = from + CONSTANTS;
	size_t i, sum = 0, all, left;

	written = 8;
	for (i = 0; i < CONSTANTS; i += 512)
		sum += (unsigned char)at[i];
	all = pages(from, to);
	slim_down();
	left = pages(from, to);
	ck_assert_uint_eq(sum, 1);
	ck_assert_uint_eq(all, CONSTANTS / (size_t)sysconf(_SC_PAGESIZE) -
	    (from % (uintptr_t)sysconf(_SC_PAGESIZE) != 0));
	ck_assert_uint_le(left, all / 2);
	ck_assert_int_eq(written, 8);
	ck_assert_int_eq(at[0], 1);
	ck_assert_uint_eq(length("abc"), 3);
}
END_TEST

/* Would have caught a heap that is as large as it ever was, or is lost. */
START_TEST(heap)
{
#ifdef OTHER_MALLOC
	(void)puts("SKIP slim, heap: another malloc");
#else
	static char *pieces[PIECES];
	uintptr_t from, to;
	size_t i;

	for (i = 0; i < PIECES; i++) {
		ck_assert_ptr_nonnull(pieces[i] = malloc(PIECE));
		memset(pieces[i], 'x', PIECE);
	}
	/* The first ones may be in what others have left. */
	from = (uintptr_t)pieces[PIECES / 2];
	to = (uintptr_t)pieces[PIECES - 2];
	ck_assert_uint_gt(to, from + PIECES / 4 * PIECE);
	/* The last one holds the rest in its place. */
	for (i = 0; i < PIECES - 1; i++)
		free(pieces[i]);
	ck_assert_uint_ge(pages(from, to), 1);
	slim_down();
	ck_assert_uint_eq(pages(from, to), 0);
	for (i = 0; i < PIECE; i++)
		ck_assert_int_eq(pieces[PIECES - 1][i], 'x');
	free(pieces[PIECES - 1]);
#endif
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("slim");
	TCase *tcase = tcase_create("slim");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, stack);
	tcase_add_test(tcase, file);
	tcase_add_test(tcase, heap);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

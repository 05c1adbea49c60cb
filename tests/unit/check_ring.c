/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The last bytes of a stream, beside a plain array of all of them. */

#include "config.h"
#include "ring.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define STREAM ((size_t)100000)

static unsigned char stream[STREAM];

static void
setup(void)
{
	size_t i;

	for (i = 0; i < STREAM; i++)
		stream[i] = (unsigned char)(i * 31 ^ i >> 8);
}

static void
add(struct ring *ring, size_t n)
{
	memcpy(ring_room(ring), stream + ring_end(ring), n);
	ring_add(ring, n);
}

/* All that it holds is as it came, from whatever offset. */
static void
check_holds(const struct ring *ring)
{
	unsigned long long at;
	const unsigned char *p;
	size_t n;

	for (at = ring_begin(ring); at <= ring_end(ring); at += 61) {
		p = ring_from(ring, at, &n);
		ck_assert_uint_eq(n, ring_end(ring) - at);
		ck_assert_int_eq(memcmp(p, stream + at, n), 0);
	}
}

/*
 * Would have caught a piece that is broken where the memory ends, and bytes
 * that are gone before anybody could look at them.
 */
START_TEST(any_sizes)
{
	static const size_t sizes[] = { 1, 100, 4095, 4096, 4097, 12288 };
	static const size_t steps[] = { 1, 4096, 17, 0, 4095, 2048, 999 };
	struct ring *ring = ring_new(sizes[_i]);
	size_t i = 0, n, surplus;

	ck_assert_ptr_nonnull(ring);
	ck_assert_uint_eq(ring_size(ring), sizes[_i]);
	for (;;) {
		n = steps[i++ % (sizeof(steps) / sizeof(steps[0]))];
		if (ring_end(ring) + n > STREAM)
			break;
		add(ring, n);
		surplus = ring_surplus(ring);
		check_holds(ring);
		ring_drop(ring, surplus);
		ck_assert_uint_eq(ring_surplus(ring), 0);
		ck_assert_uint_eq(ring_end(ring) - ring_begin(ring),
		    ring_end(ring) < sizes[_i] ? ring_end(ring) : sizes[_i]);
		check_holds(ring);
	}
	ring_free(ring);
}
END_TEST

/* Would have caught a size that wraps. */
START_TEST(impossible)
{
	ck_assert_ptr_null(ring_new(0));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_ptr_null(ring_new(SIZE_MAX));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_ptr_null(ring_new(SIZE_MAX / 8 + 1));
	ck_assert_int_eq(errno, EINVAL);
	ring_free(NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ring");
	TCase *tc = tcase_create("ring");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, any_sizes, 0, 6);
	tcase_add_test(tc, impossible);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

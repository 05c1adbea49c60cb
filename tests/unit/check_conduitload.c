/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Two-way copy when there is much of it, when there are many, and when system
 * calls do as they may.  With CONDUIT_MIB in the environment the first of them
 * moves so many MiB.
 */

#include "config.h"
#include "conduit.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "ends.h"
#include "run.h"
#include "scene.h"

#define KIB ((size_t)1024)
#define MIB (KIB * 1024)
#define PAIRS (ENDS_KINDS * ENDS_KINDS)

static int before, injecting;
static struct ends ends;
static uint32_t dice = 88172645;

static uint32_t
throw(uint32_t sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 17;
	dice ^= dice << 5;
	return dice % sides;
}

/*
 * These stand before the library's.  While it is "injecting", every third call
 * is interrupted by a signal, and each moves less than it was asked for.
 * Returns 1 if it is to fail.
 */
static int
inject(size_t *len)
{
	if (!injecting)
		return 0;
	if (throw(3) == 0) {
		errno = EINTR;
		return 1;
	}
	*len = 1 + throw(*len > 5000 ? 5000 : (uint32_t)*len);
	return 0;
}

ssize_t
read(int fd, void *buf, size_t len)
{
	return inject(&len) ? -1 : syscall(SYS_read, fd, buf, len);
}

ssize_t
write(int fd, const void *buf, size_t len)
{
	return inject(&len) ? -1 : syscall(SYS_write, fd, buf, len);
}

ssize_t
send(int fd, const void *buf, size_t len, int flags)
{
	return inject(&len) ? -1 : syscall(SYS_sendto, fd, buf, len, flags,
	    NULL, 0);
}

ssize_t
splice(int from, off64_t *at, int to, off64_t *to_at, size_t len,
    unsigned int flags)
{
	return inject(&len) ? -1 : syscall(SYS_splice, from, at, to, to_at,
	    len, flags);
}

static void
setup(void)
{
	before = scene_descriptors();
	ends_setup();
}

static void
teardown(void)
{
	injecting = 0;
	ends_teardown();
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
join(int i)
{
	ends_join(&ends, (enum ends_kind)(i % ENDS_KINDS),
	    (enum ends_kind)(i / ENDS_KINDS));
}

/*
 * Would have caught a relay that takes what nobody fetches, until there is no
 * memory any more; and bytes lost where it waits.
 */
START_TEST(agent_8_back_pressure)
{
	const char *mib = getenv("CONDUIT_MIB");
	const size_t size = mib != NULL ? strtoul(mib, NULL, 10) * MIB :
	    12 * MIB;
	size_t sent, got = 0;
	ptrdiff_t n;

	join(_i);
	sent = ends_stuff(&ends, 0);
	while (got < size) {
		n = sent >= size ? 0 : ends_send(&ends, 0, sent,
		    1 + throw(80000));
		sent += n > 0 ? (size_t)n : 0;
		/* in fits, and slower than it comes */
		if (throw(4) == 0) {
			n = ends_receive(&ends, 1, got, 1 + throw(200000));
			got += n > 0 ? (size_t)n : 0;
		}
		(void)ends_turn(0);
		ck_assert_uint_lt(sent - got, ENDS_ON_THE_WAY);
	}
	ends_finish(&ends, 0);
	ends_expect(&ends, 1, got, sent - got);
	ends_expect_end(&ends, 1);
	ends_part(&ends);
}
END_TEST

/* Would have caught descriptors, or memory, that stay behind. */
START_TEST(agent_9_many)
{
	int i, first = 0;

	for (i = 0; i < 1500; i++) {
		join(i % PAIRS);
		ends_send_all(&ends, 0, 0, i % 7 == 0 ? 30 * KIB : 1);
		if (i % 3 == 0)
			ends_expect(&ends, 1, 0, 1);
		if (i % 5 == 0)
			ends_close(&ends, i % 2);
		ends_part(&ends);
		if (i == 100)
			first = scene_descriptors();
	}
	ck_assert_int_eq(scene_descriptors(), first);
}
END_TEST

/* Would have caught a short write taken for a whole one, and EINTR. */
START_TEST(agent_10_interrupted)
{
	join(_i);
	injecting = 1;
	ends_exchange(&ends, MIB / 2);
	injecting = 0;
	ends_part(&ends);
}
END_TEST

/*
 * One who does not read, and who has the pipes that there are.  Would have
 * caught others who wait for him; and pipes or buffers of who is idle.
 */
START_TEST(among_others)
{
	static struct ends others[40];
	int i, open;

	for (i = 0; i < 20; i++)
		ends_join(&others[i], ENDS_UNIX, ENDS_UNIX);
	for (i = 0; i < 19; i++) {
		size_t sent = 0;
		ptrdiff_t n;

		do {
			n = ends_send(&others[i], 0, sent, 64 * KIB);
			sent += n > 0 ? (size_t)n : 0;
		} while (n > 0 || ends_turn(5) > 0);
	}
	ends_send_all(&others[19], 0, 0, 100 * KIB);
	ends_expect(&others[19], 1, 0, 100 * KIB);
	for (i = 0; i < 19; i++) {
		ends_close(&others[i], 1);
		ends_expect_over(&others[i]);
		ends_part(&others[i]);
	}
	/* the last one's descriptors, epoll's, and no more than two pipes */
	open = scene_descriptors();
	ck_assert_int_le(open, before + 4 + 1 + 4);
	ends_part(&others[19]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conduitload");
	TCase *tc = tcase_create("conduitload");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, getenv("CONDUIT_MIB") != NULL ? 3600 : 120);
	tcase_add_loop_test(tc, agent_8_back_pressure, 0, PAIRS);
	tcase_add_test(tc, agent_9_many);
	tcase_add_loop_test(tc, agent_10_interrupted, 0, PAIRS);
	tcase_add_test(tc, among_others);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}

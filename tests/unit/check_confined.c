/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a command may no longer do: its capabilities and limits, seen from the
 * command.  Its files are in check_landlock.c.
 */

#include "config.h"
#include "caps.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <check.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "spawn.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define ZEROES "0000000000000000"

static volatile long *seen;

static void
setup(void)
{
	scene_begin();
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(seen != MAP_FAILED);
	*seen = -1;
}

static void
look_at_securebits(void *ctx, const struct plan *plan,
    const struct spawn_report *report)
{
	(void)ctx;
	(void)plan;
	(void)report;
	*seen = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
}

/* Would have caught a root that is root again by the exec. */
START_TEST(securebits_are_exact)
{
	const unsigned long bits = _i == 0 ?
	    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED : SECBIT_NO_CAP_AMBIENT_RAISE;

	if (!steps_has(SCENE_ROOT, "securebits_are_exact"))
		return;
	steps_of(PLAN_SECUREBITS)->u.securebits = bits;
	steps_say("cat /proc/self/status");
	steps_add(STEPS_BASIC | STEP(SECUREBITS) | STEP(DIRECTORY));
	scene_run(look_at_securebits, NULL);
	ck_assert_int_eq(*seen, (long)bits);
	ck_assert_int_eq(strcmp(scene_field("CapEff:"), ZEROES) == 0, _i == 0);
}
END_TEST

/* A set of /proc/self/status. */
static unsigned long long
field_set(const char *name)
{
	return strtoull(scene_field(name), NULL, 16);
}

static unsigned long long
own_bounding_set(void)
{
	unsigned long long set = 0;
	int cap;

	for (cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			set |= 1ULL << cap;
	return set;
}

static const uint64_t boundings[] = { 0, 1, 0x20, ~UINT64_C(0),
	~UINT64_C(1), UINT64_C(1) << 40, UINT64_C(0x5555555555555555) };

/*
 * Would have caught the first or the last capability left in the set, and those
 * that root has through it because they are inheritable, as in a container.
 */
START_TEST(bounding_set_is_lowered)
{
	const unsigned long long before = own_bounding_set();
	struct caps caps;

	if (!steps_has(SCENE_ROOT, "bounding_set_is_lowered"))
		return;
	ck_assert_int_eq(caps_get(&caps), 0);
	caps.inheritable = caps.permitted;
	ck_assert_int_eq(caps_set(&caps), 0);
	steps_of(PLAN_BOUNDING_SET)->u.caps = boundings[_i];
	steps_say("cat /proc/self/status");
	steps_add(STEPS_BASIC | STEP(BOUNDING_SET));
	scene_run(NULL, NULL);
	ck_assert_uint_eq(field_set("CapBnd:"), before & boundings[_i]);
	/* root's exec gives no more than that */
	ck_assert_uint_eq(field_set("CapEff:"), before & boundings[_i]);
	ck_assert_uint_eq(own_bounding_set(), before);
}
END_TEST

static const struct {
	uint64_t kept;
	uint64_t ambient;
} keeps[] = {
	{ 0x20, 0x20 }, { 0x21, 0x21 }, { 0x21, 0x20 }, { 0x20, 0 }, { 0, 0 },
};

/*
 * Over the change of ids.  Would have caught capabilities that the exec takes
 * away again, and those that nobody asked for.
 */
START_TEST(ambient_capabilities_reach_the_command)
{
	const uint64_t kept = keeps[_i].kept, ambient = keeps[_i].ambient;

	if (!steps_has(SCENE_ROOT, "ambient_capabilities_reach_the_command"))
		return;
	steps_of(PLAN_CAPABILITIES)->u.caps = kept;
	steps_of(PLAN_AMBIENT)->u.caps = ambient;
	steps_of(PLAN_PROVE)->u.prove.caps = kept;
	steps_say("cat /proc/self/status");
	steps_add(STEPS_BASIC | STEPS_IDENTITY);
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nUid:"), "64901 64901 64901 64901");
	ck_assert_uint_eq(field_set("CapAmb:"), ambient);
	ck_assert_uint_eq(field_set("CapEff:"), ambient);
	ck_assert_uint_eq(field_set("CapPrm:"), ambient);
	ck_assert_uint_eq(field_set("CapInh:"), kept);
}
END_TEST

/* Would have caught all that root has made inheritable with it. */
START_TEST(ambient_capabilities_alone)
{
	struct caps caps;

	if (!steps_has(SCENE_ROOT, "ambient_capabilities_alone"))
		return;
	ck_assert_int_eq(caps_get(&caps), 0);
	steps_say("cat /proc/self/status");
	steps_add(STEPS_BASIC | STEP(AMBIENT));
	scene_run(NULL, NULL);
	ck_assert_uint_eq(field_set("CapAmb:"), 1U << STEPS_CAPABILITY);
	ck_assert_uint_eq(field_set("CapInh:"),
	    caps.inheritable | 1U << STEPS_CAPABILITY);
}
END_TEST

static const struct {
	struct plan_limit limit;
	const char *name;
	const char *want;
} limits[] = {
	{ { RLIMIT_NOFILE, 17, 19 }, "Max open files", "17 19 files" },
	{ { RLIMIT_CORE, 0, 0 }, "Max core file size", "0 0 bytes" },
	{ { RLIMIT_CPU, 7, RLIM_INFINITY }, "Max cpu time",
	    "7 unlimited seconds" },
	{ { RLIMIT_FSIZE, 1 << 20, 1 << 21 }, "Max file size",
	    "1048576 2097152 bytes" },
	{ { RLIMIT_NPROC, 1000, 1001 }, "Max processes",
	    "1000 1001 processes" },
};

/*
 * Would have caught soft and hard exchanged, one of two that is left out, and
 * a limit on our own files that the steps behind it run into.
 */
START_TEST(limits_hold)
{
	struct plan_limit list[2];
	struct rlimit before, after;

	list[0] = limits[_i].limit;
	list[1].resource = RLIMIT_MSGQUEUE;
	list[1].soft = 5;
	list[1].hard = 6;
	ck_assert_int_eq(getrlimit((__rlimit_resource_t)list[0].resource,
	    &before), 0);
	if (before.rlim_max < list[0].hard) {
		printf("SKIP limits_hold %s: ours is lower\n",
		    limits[_i].name);
		return;
	}
	steps_of(PLAN_LIMITS)->u.limits.list = list;
	steps_of(PLAN_LIMITS)->u.limits.count = 2;
	steps_say("exec </proc/$$/limits; "
	    "while read -r l; do echo \"$l\"; done");
	steps_add(STEPS_BASIC | STEP(LIMITS));
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field(limits[_i].name), limits[_i].want);
	ck_assert_str_eq(scene_field("Max msgqueue size"), "5 6 bytes");
	ck_assert_int_eq(getrlimit((__rlimit_resource_t)list[0].resource,
	    &after), 0);
	ck_assert(before.rlim_cur == after.rlim_cur &&
	    before.rlim_max == after.rlim_max);
}
END_TEST

static const mode_t masks[] = { 0, 022, 027, 0777 };

/* Would have caught a mask that is ours, or that ours has become. */
START_TEST(umask_is_set)
{
	char want[16];

	(void)umask(011);
	steps_of(PLAN_UMASK)->u.mask = masks[_i];
	(void)snprintf(want, sizeof(want), "%04o\n", (unsigned int)masks[_i]);
	steps_say("umask");
	steps_add(STEPS_BASIC | STEP(UMASK));
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, want);
	ck_assert_uint_eq(umask(022), 011);
}
END_TEST

/* Would have caught a setuid program that gives a confined user all back. */
START_TEST(no_new_privileges)
{
	steps_say("cat /proc/self/status");
	steps_add(STEPS_BASIC | (_i ? STEP(NO_NEW_PRIVS) : 0));
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("NoNewPrivs:"), _i ? "1" : "0");
	ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confined");
	TCase *tc = tcase_create("confined");

	tcase_add_checked_fixture(tc, setup, scene_end);
	tcase_add_loop_test(tc, securebits_are_exact, 0, 2);
	tcase_add_loop_test(tc, bounding_set_is_lowered, 0,
	    NROWS(boundings));
	tcase_add_loop_test(tc, ambient_capabilities_reach_the_command, 0,
	    NROWS(keeps));
	tcase_add_test(tc, ambient_capabilities_alone);
	tcase_add_loop_test(tc, limits_hold, 0, NROWS(limits));
	tcase_add_loop_test(tc, umask_is_set, 0, NROWS(masks));
	tcase_add_loop_test(tc, no_new_privileges, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

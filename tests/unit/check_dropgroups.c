/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariants I3 and I4 for the groups: as many as there can be, and those
 * that are left as they are.
 */

#include "config.h"
#include "spawn.h"

#include <check.h>
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "plan.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define UID SCENE_UID
#define GID SCENE_GID

/* Add a plan's part with these groups, and these in its proof. */
static void
drop_to(const gid_t *list, size_t count, const gid_t *proven, size_t nproven)
{
	stage_ids(UID, GID, list, count, 0);
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(UID, GID, proven, nproven);
}

/* The groups of a process, against the last so many below 65536. */
static void
expect_groups(pid_t pid, size_t count)
{
	char path[64], *line = NULL, *p, *end;
	unsigned long want = 65536 - count;
	size_t size = 0, n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	ck_assert_ptr_nonnull(f = fopen(path, "re"));
	do
		ck_assert_int_ge(getline(&line, &size, f), 0);
	while (strncmp(line, "Groups:", 7) != 0);
	(void)fclose(f);
	for (p = line + 7; strtoul(p, &end, 10), end != p; p = end, n++)
		ck_assert_uint_eq(strtoul(p, NULL, 10), want + n);
	ck_assert_uint_eq(n, count);
	free(line);
}

static const size_t counts[] = { 0, 1, 64, 65536 };

/*
 * None, one, what NFS can carry and more, and all that the kernel takes.
 * Would have caught a list that is cut, or one with room for fewer.
 */
START_TEST(I3_I4_any_number_of_groups)
{
	static gid_t list[65537];
	const size_t count = counts[_i / 4];
	const int variant = _i % 4;
	size_t i;
	pid_t pid;

	for (i = 0; i < 65537; i++)
		list[i] = (gid_t)(count == 65536 ? i : 65535 - i);
	if (variant == 0) {
		drop_to(list, count, list, count);
		pid = stage_start();
		expect_groups(pid, count);
		stage_stop(pid);
		scene_expect_nothing_left();
		return;
	}
	scene_output();
	scene_basics();
	if (variant == 1) {
		/* one less than it has, or one more than it can */
		if (count > 0)
			drop_to(list, count, list, count - 1);
		else
			drop_to(list, 65537, list, 65537);
	} else if (variant == 2) {
		drop_to(list, count, list, count + 1);
	} else {
		static gid_t other[65537];

		memcpy(other, list, sizeof(other));
		other[count / 2] = 70000;
		drop_to(list, count, other, count > 0 ? count : 1);
	}
	scene_script("echo ran");
	if (variant == 1 && count == 0)
		scene_fails(PLAN_GROUPS, EINVAL);
	else
		scene_fails(PLAN_PROVE, EPERM);
}
END_TEST

/* Would have caught three ids of one number taken for one. */
START_TEST(I3_I4_uid_gid_and_the_only_group)
{
	static const gid_t only[] = { UID };
	static const uid_t uids[] = { UID, UID + 1, UID, UID };
	static const gid_t gids[] = { UID, UID, UID + 1, UID };

	scene_output();
	scene_basics();
	stage_ids(UID, UID, only, 1, 0);
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(uids[_i], gids[_i], only, _i == 3 ? 0 : 1);
	scene_cat("/proc/self/status");
	if (_i > 0) {
		scene_fails(PLAN_PROVE, EPERM);
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nUid:"), "64901 64901 64901 64901");
	ck_assert_str_eq(scene_field("\nGid:"), "64901 64901 64901 64901");
	ck_assert_str_eq(scene_field("\nGroups:"), "64901");
}
END_TEST

static const gid_t have[] = { 64911, 64912, 64913 };
static const gid_t others[] = { 64911, 64912, 64914 };
static const gid_t more[] = { 64911, 64912, 64913, 64914 };
static const gid_t unmapped[] = { 65534, 65534, 65534 };

static const struct {
	const gid_t *list;
	size_t count;
	int inside;		/* of a namespace without setgroups(2) */
	int passes;
} left[] = {
	{ have, 3, 0, 1 },
	{ have, 2, 0, 0 },
	{ more, 4, 0, 0 },
	{ others, 3, 0, 0 },
	{ have, 0, 0, 0 },
	/* what has no name inside is all the same there */
	{ unmapped, 3, 1, 1 },
	{ have, 3, 1, 0 },
	{ more, 4, 1, 0 },
	{ unmapped, 0, 1, 0 },
};

/*
 * An ordinary user cannot set groups, so a plan leaves them as they are.
 * Would have caught a list that is taken for true because nothing was called.
 */
START_TEST(I4_kept_groups_are_proven)
{
	const int inside = left[_i].inside;
	struct caps caps;

	if (inside && !stage_can("I4_kept_groups_are_proven", CLONE_NEWUSER))
		return;
	/* A container's root may have some that a change of ids leaves. */
	ck_assert_int_eq(caps_get(&caps), 0);
	caps.inheritable = 0;
	ck_assert_int_eq(caps_set(&caps), 0);
	stage_be_nobody(have, 3);
	if (inside) {
		stage_namespaces(PLAN_CLONE, CLONE_NEWUSER);
		stage_map(0, PLAN_SETGROUPS_DENY, 1);
	}
	scene_output();
	scene_basics();
	stage_ids(inside ? 0 : UID, inside ? 0 : GID, left[_i].list,
	    left[_i].count, 1);
	scene_prove(inside ? 0 : UID, inside ? 0 : GID, left[_i].list,
	    left[_i].count);
	scene_cat("/proc/self/status");
	if (!left[_i].passes) {
		scene_fails(PLAN_PROVE, EPERM);
		ck_assert_str_eq(scene.failed.detail,
		    "supplementary groups");
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nGroups:"), inside ?
	    "65534 65534 65534" : "64911 64912 64913");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("dropgroups");
	TCase *tc = tcase_create("dropgroups");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, I3_I4_any_number_of_groups, 0,
	    4 * NROWS(counts));
	tcase_add_loop_test(tc, I3_I4_uid_gid_and_the_only_group, 0, 4);
	tcase_add_loop_test(tc, I4_kept_groups_are_proven, 0, NROWS(left));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	if (geteuid() != 0) {
		printf("SKIP check_dropgroups: not root\n");
		return 77;
	}
	return run_suite(suite());
}

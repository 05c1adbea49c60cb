/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariants I3 and I4: root's steps that give up what he is, on real
 * children.  The proof is made to fail in every way: one that never fails
 * proves nothing.  How many groups there may be is in check_dropgroups.c.
 */

#include "config.h"
#include "spawn.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define UID SCENE_UID
#define GID SCENE_GID
#define ZEROES "0000000000000000"

/* Each line of /proc/self/status that belongs to an identity. */
START_TEST(I3_I4_the_whole_drop)
{
	uid_t ruid, euid, suid;

	scene_output();
	scene_basics();
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(UID, GID, scene_groups, SCENE_GROUPS);
	scene_cat("/proc/self/status");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nUid:"), "64901 64901 64901 64901");
	ck_assert_str_eq(scene_field("\nGid:"), "64902 64902 64902 64902");
	ck_assert_str_eq(scene_field("\nGroups:"), "64902 64903 64904");
	ck_assert_str_eq(scene_field("CapInh:"), ZEROES);
	ck_assert_str_eq(scene_field("CapPrm:"), ZEROES);
	ck_assert_str_eq(scene_field("CapEff:"), ZEROES);
	ck_assert_str_eq(scene_field("CapAmb:"), ZEROES);
	/* what sudo needs stays */
	ck_assert_str_ne(scene_field("CapBnd:"), ZEROES);
	ck_assert_str_eq(scene_field("NoNewPrivs:"), "0");
	/* and we are who we were: the memory was shared */
	ck_assert_int_eq(getresuid(&ruid, &euid, &suid), 0);
	ck_assert_uint_eq(ruid | euid | suid, 0);
}
END_TEST

static const gid_t fewer[] = { GID, 64903 };
static const gid_t more[] = { GID, 64903, 64904, 64905 };
static const gid_t others[] = { GID, 64903, 64905 };
static const gid_t again[] = { 64904, GID, GID, 64903, 64904 };

static const struct {
	uid_t uid;
	gid_t gid;
	const gid_t *list;
	size_t count;
	const char *detail;	/* what must be named; NULL: it passes */
} proofs[] = {
	{ UID, GID, scene_groups, SCENE_GROUPS, NULL },
	{ UID, GID, again, 5, NULL },		/* a set is a set */
	{ UID + 1, GID, scene_groups, SCENE_GROUPS, "user" },
	{ 0, GID, scene_groups, SCENE_GROUPS, "user" },
	{ UID, GID + 1, scene_groups, SCENE_GROUPS, "group" },
	{ UID, 0, scene_groups, SCENE_GROUPS, "group" },
	{ UID, GID, fewer, 2, "groups" },
	{ UID, GID, more, 4, "groups" },
	{ UID, GID, others, 3, "groups" },
	{ UID, GID, scene_groups, 0, "groups" },
};

/* Would have caught a proof that looks at less than all of it, row by row. */
START_TEST(I4_a_wrong_proof_fails)
{
	scene_output();
	scene_basics();
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(proofs[_i].uid, proofs[_i].gid, proofs[_i].list,
	    proofs[_i].count);
	scene_script("echo ran");
	if (proofs[_i].detail == NULL) {
		scene_run(NULL, NULL);
		ck_assert_str_eq(scene.said, "ran\n");
		return;
	}
	scene_fails(PLAN_PROVE, EPERM);
	ck_assert_ptr_nonnull(scene.failed.detail);
	ck_assert_ptr_nonnull(strstr(scene.failed.detail, proofs[_i].detail));
}
END_TEST

/* Without a drop in the plan: what is proven is what the process is. */
START_TEST(I4_nothing_dropped_nothing_proven)
{
	gid_t own[1024];
	int n = getgroups(NROWS(own), own);

	ck_assert_int_ge(n, 0);
	scene_output();
	scene_basics();
	scene_prove(_i ? UID : 0, getgid(), own, (size_t)n);
	scene_script("echo ran");
	if (_i)
		scene_fails(PLAN_PROVE, EPERM);
	else
		scene_run(NULL, NULL);
}
END_TEST

/* One of the three ids only: enough to come back. */
START_TEST(I4_all_three_ids)
{
	static const uid_t ids[][3] = { { UID, 0, 0 }, { 0, UID, 0 },
	    { 0, 0, UID } };
	gid_t own[1024];
	int n = getgroups(NROWS(own), own);

	ck_assert_int_ge(n, 0);
	scene_output();
	scene_basics();
	if (_i < 3) {
		ck_assert_int_eq(setresuid(ids[_i][0], ids[_i][1],
		    ids[_i][2]), 0);
		scene_prove(_i == 1 ? UID : 0, getegid(), own, (size_t)n);
	} else {
		ck_assert_int_eq(setresgid(ids[_i - 3][0], ids[_i - 3][1],
		    ids[_i - 3][2]), 0);
		scene_prove(0, getegid(), own, (size_t)n);
	}
	scene_script("echo ran");
	scene_fails(PLAN_PROVE, EPERM);
	/* LeakSanitizer wants to be somebody who may trace us */
	ck_assert_int_eq(setresuid(0, 0, 0), 0);
}
END_TEST

static void
become_inheritable(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	ck_assert_int_eq(syscall(SYS_capget, &header, data), 0);
	data[0].inheritable = data[0].permitted;
	ck_assert_int_eq(syscall(SYS_capset, &header, data), 0);
}

/*
 * Root's login may leave capabilities that survive setuid(2).  Would have
 * caught a drop that empties none, and a proof that does not look: without
 * the step, the proof must fail.
 */
START_TEST(I4_capabilities_do_not_survive)
{
	int with_step = _i & 1;

	if (_i & 2)
		become_inheritable();
	else
		ck_assert_int_eq(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), 0);
	scene_output();
	scene_basics();
	scene_drop();
	if (with_step)
		scene_kind(PLAN_CAPABILITIES);
	scene_prove(UID, GID, scene_groups, SCENE_GROUPS);
	scene_cat("/proc/self/status");
	if (!with_step) {
		scene_fails(PLAN_PROVE, EPERM);
		ck_assert_ptr_nonnull(scene.failed.detail);
		ck_assert_ptr_nonnull(strstr(scene.failed.detail, "capab"));
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("CapInh:"), ZEROES);
	ck_assert_str_eq(scene_field("CapPrm:"), ZEROES);
	ck_assert_str_eq(scene_field("CapAmb:"), ZEROES);
}
END_TEST

#define CHOWN (UINT64_C(1) << CAP_CHOWN)
#define BIND (UINT64_C(1) << CAP_NET_BIND_SERVICE)
#define SETUID (UINT64_C(1) << CAP_SETUID)

static const struct {
	int keep;		/* keep-capabilities before setuid */
	int with_step;		/* and capabilities behind it ... */
	uint64_t caps;		/* ... which leaves these */
	uint64_t proven;
	const char *inherited;	/* what is left; NULL: the proof fails */
} kept[] = {
	{ 1, 1, CHOWN, CHOWN, "0000000000000001" },
	{ 1, 1, CHOWN | BIND, CHOWN | BIND, "0000000000000401" },
	{ 1, 1, 0, 0, ZEROES },
	/* by one that would be a way back, there is none yet */
	{ 1, 1, SETUID, SETUID, "0000000000000080" },
	{ 1, 1, CHOWN, 0, NULL },
	{ 1, 1, CHOWN | BIND, CHOWN, NULL },
	{ 1, 1, CHOWN, CHOWN | BIND, NULL },
	{ 1, 1, 0, CHOWN, NULL },
	{ 1, 1, CHOWN, BIND, NULL },
	{ 1, 0, 0, 0, NULL },
	{ 1, 0, 0, CHOWN, NULL },
	{ 0, 0, 0, CHOWN, NULL },
};

/*
 * What was asked to stay stays, and nothing else.  Would have caught a proof
 * that leaves capabilities out because some were asked for.
 */
START_TEST(I4_kept_capabilities_are_proven)
{
	const struct plan_step prove = { .kind = PLAN_PROVE,
	    .u.prove = { .uid = UID, .gid = GID, .list = scene_groups,
	    .count = SCENE_GROUPS, .caps = kept[_i].proven } };

	if (!stage_has_caps("I4_kept_capabilities_are_proven",
	    CHOWN | BIND | SETUID))
		return;
	scene_output();
	scene_basics();
	if (kept[_i].keep)
		scene_kind(PLAN_KEEP_CAPABILITIES);
	scene_drop();
	if (kept[_i].with_step)
		stage_caps(PLAN_CAPABILITIES, kept[_i].caps);
	scene_add(&prove);
	scene_cat("/proc/self/status");
	if (kept[_i].inherited == NULL) {
		scene_fails(PLAN_PROVE, EPERM);
		ck_assert_str_eq(scene.failed.detail, "capabilities");
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nUid:"), "64901 64901 64901 64901");
	ck_assert_str_eq(scene_field("CapInh:"), kept[_i].inherited);
	/* a program of no capabilities has them by the ambient set only */
	ck_assert_str_eq(scene_field("CapPrm:"), ZEROES);
	ck_assert_str_eq(scene_field("CapEff:"), ZEROES);
	ck_assert_str_eq(scene_field("CapAmb:"), ZEROES);
}
END_TEST

/*
 * Would have caught the caller's ambient capability, which the command has
 * when it was asked to stay inheritable and no more.
 */
START_TEST(I4_callers_ambient_do_not_survive)
{
	const struct plan_step prove = { .kind = PLAN_PROVE,
	    .u.prove = { .uid = UID, .gid = GID, .list = scene_groups,
	    .count = SCENE_GROUPS, .caps = CHOWN } };

	if (!stage_has_caps("I4_callers_ambient_do_not_survive", CHOWN |
	    UINT64_C(1) << CAP_SETPCAP))
		return;
	become_inheritable();
	ck_assert_int_eq(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
	    CAP_CHOWN, 0, 0), 0);
	/* SECBIT_NO_SETUID_FIXUP: what setuid(2) takes otherwise */
	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, 4, 0, 0, 0), 0);
	scene_output();
	scene_basics();
	scene_drop();
	stage_caps(PLAN_CAPABILITIES, CHOWN);
	scene_add(&prove);
	scene_cat("/proc/self/status");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("CapAmb:"), ZEROES);
	ck_assert_str_eq(scene_field("CapEff:"), ZEROES);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("drop");
	TCase *tc = tcase_create("drop");

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_test(tc, I3_I4_the_whole_drop);
	tcase_add_loop_test(tc, I4_a_wrong_proof_fails, 0, NROWS(proofs));
	tcase_add_loop_test(tc, I4_nothing_dropped_nothing_proven, 0, 2);
	tcase_add_loop_test(tc, I4_all_three_ids, 0, 6);
	tcase_add_loop_test(tc, I4_capabilities_do_not_survive, 0, 4);
	tcase_add_loop_test(tc, I4_kept_capabilities_are_proven, 0,
	    NROWS(kept));
	tcase_add_test(tc, I4_callers_ambient_do_not_survive);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	if (geteuid() != 0) {
		printf("SKIP check_drop: not root\n");
		return 77;
	}
	return run_suite(suite());
}

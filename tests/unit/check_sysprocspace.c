/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * As check_sysprocattr.c, for namespaces and who one is in them.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

/* We are an ordinary user, or root; of no group but his own. */
static void
be(int nobody)
{
	if (nobody && geteuid() == 0)
		stage_be_nobody(NULL, 0);
	else if (!nobody)
		ck_assert_int_eq(setgroups(0, NULL), 0);
}

/*
 * Would have caught maps that are not there when the command begins, and
 * setgroups allowed, or denied, against what was said; an ordinary user may
 * not allow it.
 */
START_TEST(TestCloneNEWUSERAndRemap)
{
	const int nobody = _i >= 2, allow = _i & 1;

	if (!stage_can("TestCloneNEWUSERAndRemap", CLONE_NEWUSER))
		return;
	be(nobody);
	stage_namespaces(PLAN_CLONE, CLONE_NEWUSER);
	stage_map(0, allow ? PLAN_SETGROUPS_ALLOW : PLAN_SETGROUPS_DENY, 1);
	scene_output();
	scene_basics();
	scene_script("echo is $(id -u) $(id -g) $(cat /proc/self/setgroups)");
	if (nobody && allow) {
		scene_fails(PLAN_MAP_IDS, EPERM);
		ck_assert_str_eq(scene.failed.detail, "gid_map");
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, allow ? "is 0 0 allow\n" :
	    "is 0 0 deny\n");
}
END_TEST

/*
 * Nobody has groups to leave, and setgroups(2) is denied.  Would have caught
 * a login that cannot be, for a call that was not needed; and one that was
 * needed, and did nothing.
 */
START_TEST(TestEmptyCredGroupsDisableSetgroups)
{
	const int call = _i & 1;

	if (!stage_can("TestEmptyCredGroupsDisableSetgroups", CLONE_NEWUSER))
		return;
	be(_i >= 2);
	stage_namespaces(PLAN_CLONE, CLONE_NEWUSER);
	stage_map(0, PLAN_SETGROUPS_DENY, 1);
	scene_output();
	scene_basics();
	stage_ids(0, 0, NULL, 0, !call);
	scene_prove(0, 0, NULL, 0);
	scene_cat("/proc/self/status");
	if (call) {
		scene_fails(PLAN_GROUPS, EPERM);
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nUid:"), "0 0 0 0");
	ck_assert_str_eq(scene_field("\nGid:"), "0 0 0 0");
	ck_assert_str_eq(scene_field("\nGroups:"), "");
}
END_TEST

/* Would have caught a command that still has our network. */
START_TEST(TestUnshare)
{
	char ours[128];

	if (!stage_can("TestUnshare", CLONE_NEWNET))
		return;
	(void)strlcpy(ours, stage_link("/proc/self/ns/net"), sizeof(ours));
	stage_namespaces(_i ? PLAN_CLONE : PLAN_UNSHARE, CLONE_NEWNET);
	scene_output();
	scene_basics();
	scene_script("readlink /proc/self/ns/net; cat /proc/net/dev");
	scene_run(NULL, NULL);
	ck_assert_int_eq(strncmp(scene.said, "net:[", 5), 0);
	ck_assert_ptr_null(strstr(scene.said, ours));
	/* its loopback, which has not carried a byte */
	ck_assert_int_eq(strncmp(scene_field(" lo:"), "0 0 0 ", 6), 0);
	ck_assert_ptr_null(strstr(scene.said, "eth0:"));
	ck_assert_str_eq(stage_link("/proc/self/ns/net"), ours);
}
END_TEST

static const gid_t callers[] = { 64911, 64912 };

/* Would have caught the caller's groups, left to who asked for none. */
START_TEST(TestGroupCleanup)
{
	ck_assert_int_eq(setgroups(2, callers), 0);
	scene_output();
	scene_basics();
	stage_ids(0, 0, NULL, 0, 0);
	scene_prove(0, 0, NULL, 0);
	scene_script("id; cat /proc/self/status");
	scene_run(NULL, NULL);
	ck_assert_int_eq(strncmp(scene.said, "uid=0(root) gid=0(root)", 23),
	    0);
	ck_assert_str_eq(scene_field("\nGroups:"), "");
}
END_TEST

/*
 * In a user namespace they go where setgroups is allowed; where it is denied
 * they stay, have no name there, and are proven to be no more than that.
 */
START_TEST(TestGroupCleanupUserNamespace)
{
	static const gid_t unmapped[] = { 65534, 65534 };
	const int allow = _i;

	if (!stage_can("TestGroupCleanupUserNamespace", CLONE_NEWUSER))
		return;
	ck_assert_int_eq(setgroups(2, callers), 0);
	stage_namespaces(PLAN_CLONE, CLONE_NEWUSER);
	stage_map(0, allow ? PLAN_SETGROUPS_ALLOW : PLAN_SETGROUPS_DENY, 1);
	scene_output();
	scene_basics();
	stage_ids(0, 0, unmapped, allow ? 0 : 2, !allow);
	scene_prove(0, 0, unmapped, allow ? 0 : 2);
	scene_script("id; cat /proc/self/status");
	scene_run(NULL, NULL);
	ck_assert_int_eq(strncmp(scene.said, "uid=0(root) gid=0(root)", 23),
	    0);
	ck_assert_str_eq(scene_field("\nGroups:"), allow ? "" :
	    "65534 65534");
}
END_TEST

/*
 * systemd(1) shares every mount with everybody.  Would have caught a mount of
 * the command's that is seen outside, then or later.
 */
START_TEST(TestUnshareMountNameSpace)
{
	char dir[] = "/tmp/check_sysproc.XXXXXX", version[64];
	const struct plan_step step = { .kind = PLAN_MOUNT_PROC,
	    .u.proc = dir };
	pid_t pid;

	if (!stage_can("TestUnshareMountNameSpace", CLONE_NEWNS))
		return;
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_SHARED, NULL),
	    0);
	stage_namespaces(_i ? PLAN_CLONE : PLAN_UNSHARE, CLONE_NEWNS);
	scene_add(&step);
	pid = stage_start();
	(void)snprintf(version, sizeof(version), "/proc/%d/root%s/version",
	    (int)pid, dir);
	ck_assert_int_eq(access(version, F_OK), 0);
	(void)snprintf(version, sizeof(version), "%s/version", dir);
	ck_assert_int_eq(access(version, F_OK), -1);
	stage_stop(pid);
	ck_assert_msg(rmdir(dir) == 0, "%s: %s", dir, strerror(errno));
}
END_TEST

/* The same in another root, and with nothing of the old one left. */
START_TEST(TestUnshareMountNameSpaceChroot)
{
	const char *root;
	char proc[64];
	const struct plan_step step = { .kind = PLAN_MOUNT_PROC,
	    .u.proc = proc };

	if (!stage_can("TestUnshareMountNameSpaceChroot", CLONE_NEWNS) ||
	    (root = stage_make_root("TestUnshareMountNameSpaceChroot")) ==
	    NULL)
		return;
	(void)snprintf(proc, sizeof(proc), "%s/proc", root);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_SHARED, NULL),
	    0);
	scene_output();
	scene_basics();
	stage_namespaces(PLAN_UNSHARE, CLONE_NEWNS);
	scene_add(&step);
	stage_chroot(root, 0, _i);
	scene_script("pwd; test -r /proc/version && test ! -e /tmp && "
	    "echo there; test ! -e /proc/self/cwd/tmp && echo here");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "/\nthere\nhere\n");
	(void)strlcat(proc, "/version", sizeof(proc));
	ck_assert_int_eq(access(proc, F_OK), -1);
	stage_remove_root();
	ck_assert_int_eq(access(root, F_OK), -1);
}
END_TEST

/*
 * The child writes its own maps.  Would have caught maps that only a parent
 * can write; root inside may do there what root may.
 */
START_TEST(TestUnshareUidGidMapping)
{
	if (!stage_can("TestUnshareUidGidMapping", CLONE_NEWUSER |
	    CLONE_NEWNS))
		return;
	be(1);
	stage_namespaces(PLAN_UNSHARE, CLONE_NEWUSER | CLONE_NEWNS);
	stage_map(0, PLAN_SETGROUPS_DENY, 0);
	scene_output();
	scene_basics();
	scene_script("id -u; id -g; cat /proc/self/setgroups; "
	    "exec /usr/sbin/chroot / echo done");
	if (_i == 0) {
		scene_run(NULL, NULL);
		ck_assert_str_eq(scene.said, "0\n0\ndeny\ndone\n");
		return;
	}
	/* and so does a process in place, which has no parent that could */
	if (fork() == 0) {
		(void)spawn_here(scene.plan, NULL, NULL, &scene.failed);
		_exit(1);
	}
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	(void)wait(NULL);
	ck_assert_str_eq(scene.said, "0\n0\ndeny\ndone\n");
}
END_TEST

/* Would have caught a clone(2) that takes this flag for a signal. */
START_TEST(TestCloneTimeNamespace)
{
	char ours[128];

	if (!stage_can("TestCloneTimeNamespace", PLAN_NEWTIME))
		return;
	(void)strlcpy(ours, stage_link("/proc/self/ns/time"), sizeof(ours));
	stage_namespaces(PLAN_CLONE, PLAN_NEWTIME);
	scene_output();
	scene_basics();
	scene_script("readlink /proc/self/ns/time");
	scene_run(NULL, NULL);
	ck_assert_int_eq(strncmp(scene.said, "time:[", 6), 0);
	ck_assert_ptr_null(strstr(scene.said, ours));
	ck_assert_str_eq(stage_link("/proc/self/ns/time"), ours);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sysprocspace");
	TCase *tc = tcase_create("sysprocspace");

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	if (geteuid() == 0) {
		tcase_add_loop_test(tc, TestUnshare, 0, 2);
		tcase_add_test(tc, TestGroupCleanup);
		tcase_add_loop_test(tc, TestGroupCleanupUserNamespace, 0, 2);
		tcase_add_loop_test(tc, TestUnshareMountNameSpace, 0, 2);
		tcase_add_loop_test(tc, TestUnshareMountNameSpaceChroot, 0,
		    2);
		tcase_add_test(tc, TestCloneTimeNamespace);
	} else {
		printf("SKIP check_sysprocspace root's cases: not root\n");
	}
	/* the last two rows of each are an ordinary user's */
	tcase_add_loop_test(tc, TestCloneNEWUSERAndRemap,
	    geteuid() == 0 ? 0 : 2, 4);
	tcase_add_loop_test(tc, TestEmptyCredGroupsDisableSetgroups,
	    geteuid() == 0 ? 0 : 2, 4);
	tcase_add_loop_test(tc, TestUnshareUidGidMapping, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The holes that others had in ids, groups, descriptors and the making of a
 * process, each by its name and held against a plan.  Those of terminals are
 * in check_cvetty.c, those of namespaces in check_cvespace.c; CVE-2017-1000367
 * is in check_procs.c.
 */

#include "config.h"
#include "spawn.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "procs.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define NONE ((uid_t)-1)

/* sudo -u#-1: setresuid(2) takes it for "as it is", which is root. */
static const struct {
	uid_t uid;
	gid_t gid, group;
	enum plan_kind kind;
	int err;
} minus_ones[] = {
	{ NONE, SCENE_GID, SCENE_GID, PLAN_PROVE, EPERM },
	{ SCENE_UID, NONE, SCENE_GID, PLAN_PROVE, EPERM },
	{ SCENE_UID, SCENE_GID, NONE, PLAN_GROUPS, EINVAL },
	/* what would be -1 in calls of 16 bits is somebody */
	{ 65535, 65535, 65535, PLAN_KINDS, 0 },
};

START_TEST(CVE_2019_14287_minus_one_is_nobody)
{
	const gid_t group = minus_ones[_i].group;

	scene_output();
	scene_basics();
	stage_ids(minus_ones[_i].uid, minus_ones[_i].gid, &group, 1, 0);
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(minus_ones[_i].uid, minus_ones[_i].gid, &group, 1);
	scene_cat("/proc/self/status");
	if (minus_ones[_i].err != 0) {
		scene_fails(minus_ones[_i].kind, minus_ones[_i].err);
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("\nUid:"), "65535 65535 65535 65535");
	ck_assert_str_eq(scene_field("\nGid:"), "65535 65535 65535 65535");
	ck_assert_str_eq(scene_field("\nGroups:"), "65535");
}
END_TEST

/* sshd ran AuthorizedKeysCommand as a user, in the groups of its own. */
START_TEST(CVE_2021_41617_callers_groups_do_not_stay)
{
	static const gid_t callers[] = { 0, 27, 64903, 64999 };
	char why[256];

	ck_assert_int_eq(setgroups(4, callers), 0);
	scene_output();
	scene_basics();
	if (_i == 0) {
		scene_drop();
		scene_kind(PLAN_CAPABILITIES);
		scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
		scene_cat("/proc/self/status");
		scene_run(NULL, NULL);
		ck_assert_str_eq(scene_field("\nGroups:"),
		    "64902 64903 64904");
		return;
	}
	/* left out in the plan, or left as they are: not his, so refused */
	stage_ids(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS, 1);
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	scene_script("echo ran");
	ck_assert_int_eq(plan_check(scene.plan, why, sizeof(why)), 0);
	scene_fails(PLAN_PROVE, EPERM);
	ck_assert_str_eq(scene.failed.detail, "supplementary groups");
}
END_TEST

/*
 * A process that has this very pid; 0 where none can be made.  With "tell" it
 * makes a user namespace, and writes a byte there.
 */
static pid_t
fork_as(pid_t pid, int tell)
{
#ifdef SYS_clone3
	uint64_t args[10] = { 0 };
	long r;

	args[4] = SIGCHLD;
	args[8] = (uint64_t)(uintptr_t)&pid;
	args[9] = 1;
	r = syscall(SYS_clone3, args, sizeof(args));
	if (r == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (tell != -1)
			(void)!write(tell, unshare(CLONE_NEWUSER) == 0 ?
			    "y" : "n", 1);
		for (;;)
			(void)pause();
	}
	return r == -1 ? 0 : (pid_t)r;
#else
	(void)pid;
	(void)tell;
	errno = ENOSYS;
	return 0;
#endif
}

/*
 * su(1) killed whoever had got the pid of a child that was gone.  Would have
 * caught a pidfd of the number and not of the process, and a session that is
 * known by its number only.
 */
START_TEST(CVE_2017_2616_no_signal_to_who_comes_after)
{
	struct spawn_child child = { .want_pidfd = 1 };
	struct pollfd pfd = { .events = POLLIN };
	pid_t other;

	scene_kind(PLAN_NEW_SESSION);
	scene_basics();
	scene_script("exit 0");
	ck_assert_int_eq(spawn_start(scene.plan, NULL, NULL, &child,
	    &scene.failed), 0);
	pfd.fd = child.report;
	ck_assert_int_eq(poll(&pfd, 1, 10000), 1);
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), 1);
	ck_assert_int_eq(waitpid(child.pid, NULL, 0), child.pid);
	if ((other = fork_as(child.pid, -1)) == 0) {
		printf("SKIP CVE_2017_2616: no pid of one's choice: %s\n",
		    strerror(errno));
		return;
	}
	ck_assert_int_eq(other, child.pid);
	ck_assert_int_eq((int)syscall(SYS_pidfd_send_signal, child.pidfd,
	    SIGKILL, NULL, 0U), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_int_eq(procs_signal_session(child.pid, SIGKILL, 0), 0);
	ck_assert_int_eq(waitpid(other, NULL, WNOHANG), 0);
	(void)kill(other, SIGKILL);
	ck_assert_int_eq(waitpid(other, NULL, 0), other);
	(void)close(child.pidfd);
}
END_TEST

/* Asks for maps and waits; whoever comes after has a namespace, too. */
static void
spawn_that_asks(struct spawn_child *child)
{
	static const struct plan_step map = { .kind = PLAN_MAP_IDS,
	    .u.map = { .uids = "0 100000 1\n", .by_parent = 1 } };
	const struct plan_step space = { .kind = PLAN_CLONE,
	    .u.namespaces = CLONE_NEWUSER };
	struct pollfd pfd = { .events = POLLIN };

	scene_add(&space);
	scene_basics();
	scene_add(&map);
	scene_script("exit 0");
	ck_assert_int_eq(spawn_start(scene.plan, NULL, NULL, child,
	    &scene.failed), 0);
	pfd.fd = child->report;
	ck_assert_int_eq(poll(&pfd, 1, 10000), 1);
}

/*
 * The same for what is written, with root's rights, for a process by its
 * number.  Would have caught maps that a stranger is given.
 */
START_TEST(CVE_2017_2616_no_maps_for_who_comes_after)
{
	struct spawn_child child = { .pid = 0 };
	char path[64], map[64] = "";
	int fds[2], fd;
	pid_t other;

	if (!stage_can("CVE_2017_2616_no_maps", CLONE_NEWUSER))
		return;
	spawn_that_asks(&child);
	ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child.pid, NULL, 0), child.pid);
	ck_assert_int_eq(pipe(fds), 0);
	if ((other = fork_as(child.pid, fds[1])) == 0) {
		printf("SKIP CVE_2017_2616_no_maps: no pid of one's choice: "
		    "%s\n", strerror(errno));
		return;
	}
	ck_assert_int_eq(read(fds[0], map, 1), 1);
	ck_assert_int_eq(map[0], 'y');
	(void)spawn_hear(&child, &scene.failed);
	(void)snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)other);
	ck_assert_int_ne(fd = open(path, O_RDONLY), -1);
	ck_assert_int_eq(read(fd, map, sizeof(map)), 0);
	(void)kill(other, SIGKILL);
	ck_assert_int_eq(waitpid(other, NULL, 0), other);
}
END_TEST

/* pkexec(1) read its environment for its argv, because argc was 0. */
START_TEST(CVE_2021_4034_argc_is_never_0)
{
	static const char *const cat[] = { "/bin/cat", NULL };
	static const char *const empty[] = { NULL };
	static const char *const blank[] = { "", "/proc/self/cmdline", NULL };
	char why[256] = "";

	scene_output();
	scene_basics();
	scene_exec(cat, _i == 0 ? NULL : _i == 1 ? empty : blank);
	if (_i < 2) {
		ck_assert_int_eq(plan_check(scene.plan, why, sizeof(why)),
		    -1);
		ck_assert_str_eq(why, "exec has no argv[0]");
		return;
	}
	/* an empty name is one */
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "");
	ck_assert_int_eq(memcmp(scene.said, "\0/proc/self/cmdline",
	    sizeof("\0/proc/self/cmdline")), 0);
}
END_TEST

/*
 * sshd made the sockets of a user's forwarding as root.  Would have caught a
 * file system uid that stayed root's, and a umask of the caller's.
 */
START_TEST(CVE_2016_10010_what_he_makes_is_his)
{
	const struct plan_step mask = { .kind = PLAN_UMASK,
	    .u.mask = 0027 };
	char dir[] = "/tmp/check_cve.XXXXXX", path[64];
	const struct plan_step home = { .kind = PLAN_DIRECTORY,
	    .u.dir = { dir, NULL } };
	struct stat st;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chown(dir, SCENE_UID, SCENE_GID), 0);
	(void)umask(0);
	scene_output();
	scene_basics();
	scene_add(&mask);
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	scene_add(&home);
	scene_script("exec mkfifo made");
	scene_run(NULL, NULL);
	(void)snprintf(path, sizeof(path), "%s/made", dir);
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_uint_eq(st.st_uid, SCENE_UID);
	ck_assert_uint_eq(st.st_gid, SCENE_GID);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(umask(0), 0);
	(void)unlink(path);
	(void)rmdir(dir);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cve");
	TCase *tc = tcase_create("cve");

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, CVE_2019_14287_minus_one_is_nobody, 0,
	    NROWS(minus_ones));
	tcase_add_loop_test(tc, CVE_2021_41617_callers_groups_do_not_stay, 0,
	    2);
	tcase_add_test(tc, CVE_2017_2616_no_signal_to_who_comes_after);
	tcase_add_test(tc, CVE_2017_2616_no_maps_for_who_comes_after);
	tcase_add_loop_test(tc, CVE_2021_4034_argc_is_never_0, 0, 3);
	tcase_add_test(tc, CVE_2016_10010_what_he_makes_is_his);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	if (geteuid() != 0) {
		printf("SKIP check_cve: not root\n");
		return 77;
	}
	return run_suite(suite());
}

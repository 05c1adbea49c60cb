/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * As check_sysprocattr.c, for what else Linux gives: control groups, pidfds,
 * capabilities, and a parent's death.
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
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

/* A control group of our own in the one that we are in; or NULL. */
static const char *
make_cgroup(void)
{
	static char path[512];
	char line[512], dir[256] = "", mine[256] = "";
	FILE *f;

	ck_assert_ptr_nonnull(f = fopen("/proc/self/mounts", "re"));
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%*s %255s cgroup2 ", path) == 1 &&
		    strstr(line, " cgroup2 ") != NULL)
			(void)strlcpy(dir, path, sizeof(dir));
	(void)fclose(f);
	ck_assert_ptr_nonnull(f = fopen("/proc/self/cgroup", "re"));
	while (fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "0::%255s", mine);
	(void)fclose(f);
	if (*dir == '\0' || *mine == '\0')
		return NULL;
	(void)snprintf(path, sizeof(path), "%s%s/check_sysproc.%d", dir,
	    mine, (int)getpid());
	return mkdir(path, 0755) == 0 ? path : NULL;
}

/* Would have caught a command that is charged to us; by path, and by fd. */
START_TEST(TestUseCgroupFD)
{
	const char *path = make_cgroup();
	struct plan_step step = { .kind = PLAN_CGROUP };
	int tries;

	if (path == NULL) {
		printf("SKIP TestUseCgroupFD: no control group can be made\n");
		return;
	}
	step.u.cgroup.path = _i ? path : NULL;
	step.u.cgroup.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(step.u.cgroup.fd, -1);
	scene.descriptors = scene_descriptors();
	scene_add(&step);
	scene_output();
	scene_basics();
	scene_cat("/proc/self/cgroup");
	scene_run(NULL, NULL);
	(void)close(step.u.cgroup.fd);
	/* It is busy until the kernel has buried who was in it. */
	for (tries = 0; tries < 200 && rmdir(path) == -1; tries++)
		(void)usleep(10000);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_ptr_nonnull(strstr(scene_field("0::"),
	    strrchr(path, '/')));
}
END_TEST

/* A child with a pidfd.  0 once it is the command, or -1 if it failed. */
static int
start_with_pidfd(struct spawn_child *child)
{
	struct pollfd pfd = { .events = POLLIN };
	int r;

	child->want_pidfd = 1;
	ck_assert_int_eq(spawn_start(scene.plan, NULL, NULL, child,
	    &scene.failed), 0);
	pfd.fd = child->report;
	while ((r = spawn_hear(child, &scene.failed)) == 0)
		ck_assert_int_eq(poll(&pfd, 1, 10000), 1);
	return r == 1 ? 0 : -1;
}

/*
 * Would have caught a descriptor of somebody else's, one that the next
 * command inherits, and one left over, or named, after a failure.
 */
static void
expect_a_pidfd(int fails)
{
	static const char *const none[] = { "/no/such", NULL };
	struct spawn_child child;
	int wstatus;

	scene_basics();
	if (fails)
		scene_exec(none, none);
	else
		scene_script("exec sleep 60");
	ck_assert_int_eq(start_with_pidfd(&child), fails ? -1 : 0);
	if (fails) {
		ck_assert_int_eq(child.pidfd, -1);
		ck_assert_int_eq(scene.failed.err, ENOENT);
		ck_assert_int_eq(waitpid(child.pid, NULL, 0), child.pid);
		scene_expect_nothing_left();
		return;
	}
	ck_assert_int_gt(child.pidfd, 2);
	ck_assert_int_eq(fcntl(child.pidfd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq((int)syscall(SYS_pidfd_send_signal, child.pidfd,
	    SIGINT, NULL, 0U), 0);
	ck_assert_int_eq(waitpid(child.pid, &wstatus, 0), child.pid);
	ck_assert_int_eq(wstatus, SIGINT);
	(void)close(child.pidfd);
	scene_expect_nothing_left();
}

START_TEST(TestPidFD)
{
	expect_a_pidfd(_i);
}
END_TEST

START_TEST(TestPidFDWithUserNS)
{
	if (!stage_can("TestPidFDWithUserNS", CLONE_NEWUSER))
		return;
	stage_namespaces(PLAN_CLONE, CLONE_NEWUSER);
	expect_a_pidfd(_i);
}
END_TEST

/* A time namespace is had by clone3(2) only. */
START_TEST(TestPidFDClone3)
{
	if (!stage_can("TestPidFDClone3", PLAN_NEWTIME))
		return;
	stage_namespaces(PLAN_CLONE, PLAN_NEWTIME);
	expect_a_pidfd(_i);
}
END_TEST

/* These two, and as /proc shows them. */
#define AMBIENT (UINT64_C(1) << CAP_SYS_TIME | UINT64_C(1) << CAP_SYSLOG)
#define AMBIENT_TEXT "0000000402000000"

/* Become that user with these two, and see what his command has. */
static void
expect_ambient(uid_t uid, gid_t gid, int kept)
{
	const struct plan_step prove = { .kind = PLAN_PROVE,
	    .u.prove = { .uid = uid, .gid = gid, .caps = AMBIENT } };

	scene_output();
	scene_basics();
	scene_kind(PLAN_KEEP_CAPABILITIES);
	stage_ids(uid, gid, NULL, 0, kept);
	stage_caps(PLAN_CAPABILITIES, AMBIENT);
	stage_caps(PLAN_AMBIENT, AMBIENT);
	scene_add(&prove);
	scene_cat("/proc/self/status");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("CapInh:"), AMBIENT_TEXT);
	ck_assert_str_eq(scene_field("CapPrm:"), AMBIENT_TEXT);
	ck_assert_str_eq(scene_field("CapEff:"), AMBIENT_TEXT);
	ck_assert_str_eq(scene_field("CapAmb:"), AMBIENT_TEXT);
}

/* Would have caught capabilities lost at setuid(2), and one too many. */
START_TEST(TestAmbientCaps)
{
	if (!stage_has_caps("TestAmbientCaps", AMBIENT))
		return;
	expect_ambient(SCENE_UID, SCENE_GID, 0);
	ck_assert_str_eq(scene_field("\nUid:"), "64901 64901 64901 64901");
}
END_TEST

/* The same by an ordinary user, who is somebody else in there. */
START_TEST(TestAmbientCapsUserns)
{
	if (!stage_can("TestAmbientCapsUserns", CLONE_NEWUSER))
		return;
	if (geteuid() == 0)
		stage_be_nobody(NULL, 0);
	stage_namespaces(PLAN_CLONE, CLONE_NEWUSER);
	stage_map(65534, PLAN_SETGROUPS_DENY, 1);
	expect_ambient(65534, 65534, 1);
	ck_assert_str_eq(scene_field("\nUid:"), "65534 65534 65534 65534");
}
END_TEST

/* It ends by itself, should nobody tell it to. */
static const char until_told[] =
	"trap 'echo told; exit 0' USR1; echo ready; i=0; "
	"while test $i -lt 50; do i=$((i + 1)); sleep 0.1; done; echo alone";

/* The parent, which leaves as soon as the command can hear of it. */
static void
start_and_leave(void)
{
	char line[8];

	if (spawn(scene.plan, NULL, NULL, &scene.failed) == -1)
		_exit(1);
	if (read(0, line, 6) != 6)
		_exit(2);
	_exit(0);
}

/*
 * The kernel forgets the signal when ids change, and getppid(2) is 0 in a pid
 * namespace, parent or not.  Would have caught a command that outlives who
 * watched over it, and one that is told of a death that was none.
 */
START_TEST(TestDeathSignalSetuid)
{
	const struct plan_step death = { .kind = PLAN_PARENT_DEATH,
	    .u.signal = SIGUSR1 };
	int ready[2], fds[3], wstatus;
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { fds, 3 } };
	pid_t pid;

	if (_i & 2 && !stage_can("TestDeathSignalSetuid", CLONE_NEWPID))
		return;
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	ck_assert_int_eq(pipe(ready), 0);
	if (_i & 2)
		stage_namespaces(PLAN_CLONE, CLONE_NEWPID);
	fds[0] = 0;
	fds[1] = ready[1];
	fds[2] = 2;
	scene_add(&step);
	scene_basics();
	if (_i & 1) {
		scene_drop();
		scene_kind(PLAN_CAPABILITIES);
		scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	}
	scene_add(&death);
	scene_script(until_told);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)dup2(ready[0], 0);
		start_and_leave();
	}
	(void)close(ready[1]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	scene_listen(ready[0]);
	ck_assert_str_eq(scene.said, "told\n");
	ck_assert_int_gt(waitpid(-1, &wstatus, 0), 0);
	ck_assert_int_eq(wstatus, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sysproclinux");
	TCase *tc = tcase_create("sysproclinux");

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, TestUseCgroupFD, 0, 2);
	tcase_add_loop_test(tc, TestPidFD, 0, 2);
	tcase_add_loop_test(tc, TestPidFDWithUserNS, 0, 2);
	tcase_add_loop_test(tc, TestPidFDClone3, 0, 2);
	tcase_add_test(tc, TestAmbientCapsUserns);
	if (geteuid() == 0) {
		tcase_add_test(tc, TestAmbientCaps);
		tcase_add_loop_test(tc, TestDeathSignalSetuid, 0, 4);
	} else {
		printf("SKIP check_sysproclinux root's cases: not root\n");
		tcase_add_loop_test(tc, TestDeathSignalSetuid, 0, 1);
	}
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Where a command is put: control groups, namespaces, maps and mounts, as the
 * command itself sees them.
 */

#include "config.h"
#include "nspace.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

static void
teardown(void)
{
	scene_remove_cgroup();
	scene_end();
}

/* Only a child that was born there gets there: no write(2) of one byte. */
static void
only_at_birth(void)
{
	scene_deny_only(SYS_write, 2, 1, EXDEV);
}

/* A kernel before 5.7, or a sandbox. */
static void
without_clone3(void)
{
	scene_deny(SYS_clone3, ENOSYS);
}

/* clone3(2), but older than its way into a control group: 5.3 to 5.6. */
static void
with_short_clone3(void)
{
	scene_deny(SYS_clone3, E2BIG);
}

static void
in_place(void)
{
	(void)close(scene.out[0]);
	(void)spawn_here(scene.plan, NULL, NULL, &scene.failed);
	_exit(99);
}

static const struct {
	void (*before)(void);
	int by_fd;
} cgroups[] = {
	{ only_at_birth, 0 }, { only_at_birth, 1 }, { without_clone3, 0 },
	{ without_clone3, 1 }, { with_short_clone3, 0 }, { in_place, 0 },
	{ in_place, 1 },
};

/*
 * Would have caught a command that runs outside of its limits for a moment,
 * and one that stays outside because the kernel is old.
 */
START_TEST(into_a_control_group)
{
	struct plan_step *step = steps_of(PLAN_CGROUP);
	const char *path, *name;
	char want[64];
	int wstatus;
	pid_t pid;

	if (!steps_has(SCENE_CGROUP, "into_a_control_group"))
		return;
	ck_assert_ptr_nonnull(path = scene_cgroup());
	step->u.cgroup.path = cgroups[_i].by_fd ? NULL : path;
	if (cgroups[_i].by_fd)
		ck_assert_int_ne(step->u.cgroup.fd = open(path, O_RDONLY |
		    O_CLOEXEC), -1);
	steps_say("grep ^0:: /proc/self/cgroup");
	steps_add(STEPS_BASIC | STEP(CGROUP));
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		cgroups[_i].before();
		if ((pid = spawn(scene.plan, NULL, NULL,
		    &scene.failed)) == -1)
			_exit(98);
		_exit(waitpid(pid, &wstatus, 0) == pid && wstatus == 0 ? 0 :
		    97);
	}
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x", (unsigned int)wstatus);
	name = strrchr(path, '/');
	ck_assert_int_lt(snprintf(want, sizeof(want), "%s\n", name),
	    (int)sizeof(want));
	ck_assert_msg(strstr(scene.said, want) != NULL, "in %s", scene.said);
}
END_TEST

static const struct {
	unsigned int bit;
	const char *name;
	int for_children;	/* unshare(2) does not move its caller */
} spaces[] = {
	{ CLONE_NEWCGROUP, "cgroup", 0 }, { CLONE_NEWIPC, "ipc", 0 },
	{ CLONE_NEWNET, "net", 0 }, { CLONE_NEWNS, "mnt", 0 },
	{ CLONE_NEWPID, "pid", 1 }, { CLONE_NEWUSER, "user", 0 },
	{ CLONE_NEWUTS, "uts", 0 }, { PLAN_NEWTIME, "time", 1 },
};

/* Compare what the command said with our own: only that one differs. */
static void
expect_only_new(const char *name)
{
	char path[64], own[64], field[16];
	ssize_t n;
	int i, is_new;

	for (i = 0; i < NROWS(spaces); i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s",
		    spaces[i].name);
		if ((n = readlink(path, own, sizeof(own) - 1)) == -1)
			continue;
		own[n] = '\0';
		(void)snprintf(field, sizeof(field), "\n%s ", spaces[i].name);
		is_new = strcmp(scene_field(field), own) != 0;
		ck_assert_msg(is_new == (strcmp(spaces[i].name, name) == 0),
		    "%s: %s, was %s", name, scene_field(field), own);
	}
}

/* Would have caught a namespace that is not the one that was asked for. */
START_TEST(each_namespace)
{
	const int by_clone = _i % 2 == 0, row = _i / 2;
	const enum plan_kind kind = by_clone ? PLAN_CLONE : PLAN_UNSHARE;
	const unsigned int bit = spaces[row].bit;
	int needs = bit == CLONE_NEWUSER ? SCENE_USERS :
	    bit == PLAN_NEWTIME ? SCENE_TIME : SCENE_MOUNTS;

	if (!by_clone && spaces[row].for_children)
		return;
	if (!steps_has(bit == CLONE_NEWUSER ? needs : SCENE_ROOT | needs,
	    spaces[row].name))
		return;
	steps_of(kind)->u.namespaces = bit;
	steps_say("echo; cd /proc/self/ns; "
	    "for n in cgroup ipc net mnt pid user uts time; do "
	    "echo $n $(readlink $n); done");
	steps_add(STEPS_BASIC | UINT64_C(1) << kind);
	scene_run(NULL, NULL);
	expect_only_new(spaces[row].name);
}
END_TEST

/*
 * Where "/" is shared, as systemd makes it.  Would have caught a mount of the
 * command's that everybody has.
 */
START_TEST(mounts_are_private)
{
	const enum plan_kind kind = _i == 0 ? PLAN_CLONE : PLAN_UNSHARE;
	char dir[] = "/tmp/check_nspace.XXXXXX", script[128];
	int seen;

	if (!steps_has(SCENE_ROOT | SCENE_MOUNTS, "mounts_are_private"))
		return;
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_SHARED, NULL),
	    0);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	steps_of(kind)->u.namespaces = CLONE_NEWNS;
	(void)snprintf(script, sizeof(script), "mount -t tmpfs none %s && "
	    "echo x >%s/seen && cat %s/seen", dir, dir, dir);
	steps_say(script);
	steps_add(STEPS_BASIC | UINT64_C(1) << kind);
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "x\n");
	(void)snprintf(script, sizeof(script), "%s/seen", dir);
	seen = access(script, F_OK) == 0;
	if (seen)
		(void)umount(dir);
	(void)rmdir(dir);
	ck_assert(!seen);
}
END_TEST

static const struct {
	const char *uids;
	const char *gids;
	enum plan_setgroups setgroups;
	int by_parent;
	/* uid, gid, /proc/self/setgroups, uid_map, gid_map */
	const char *want;
} maps[] = {
	{ "0 0 1\n", "0 0 1\n", PLAN_SETGROUPS_DENY, 0,
	    "0 0 deny, 0 0 1, 0 0 1\n" },
	{ "5 0 1\n", "6 0 1\n", PLAN_SETGROUPS_DENY, 0,
	    "5 6 deny, 5 0 1, 6 0 1\n" },
	{ "5 0 1\n", "6 0 1\n", PLAN_SETGROUPS_DENY, 1,
	    "5 6 deny, 5 0 1, 6 0 1\n" },
	{ "0 0 1\n", "0 0 1\n", PLAN_SETGROUPS_ALLOW, 1,
	    "0 0 allow, 0 0 1, 0 0 1\n" },
	{ "0 100000 10\n10 200000 2\n20 0 1\n", "7 0 1\n1 100000 5\n",
	    PLAN_SETGROUPS_DENY, 1,
	    "20 7 deny, 0 100000 10 10 200000 2 20 0 1, "
	    "7 0 1 1 100000 5\n" },
	{ NULL, "0 0 1\n", PLAN_SETGROUPS_DENY, 1,
	    "65534 0 deny, , 0 0 1\n" },
	{ "0 0 1\n", NULL, PLAN_SETGROUPS_ALLOW, 1,
	    "0 65534 allow, 0 0 1,\n" },
};

/* Would have caught ids of somebody else's, and CVE-2018-7169's setgroups. */
START_TEST(maps_are_as_they_were_asked_for)
{
	const enum plan_kind kind = maps[_i].by_parent ? PLAN_CLONE :
	    PLAN_UNSHARE;
	struct plan_step *map = steps_of(PLAN_MAP_IDS);

	if (!steps_has(SCENE_ROOT | SCENE_USERS,
	    "maps_are_as_they_were_asked_for"))
		return;
	steps_of(kind)->u.namespaces = CLONE_NEWUSER;
	map->u.map.uids = maps[_i].uids;
	map->u.map.gids = maps[_i].gids;
	map->u.map.setgroups = maps[_i].setgroups;
	map->u.map.by_parent = maps[_i].by_parent;
	steps_say("cd /proc/self; echo $(id -u) $(id -g) $(cat setgroups), "
	    "$(echo $(cat uid_map)), $(echo $(cat gid_map))");
	steps_add(STEPS_BASIC | STEP(MAP_IDS) | UINT64_C(1) << kind);
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, maps[_i].want);
}
END_TEST

/*
 * A proc(5) of its own.  Would have caught a command that sees, and by
 * /proc/PID/root reaches, what is outside.
 */
START_TEST(proc_shows_only_what_is_inside)
{
	if (!steps_has(SCENE_ROOT | SCENE_MOUNTS,
	    "proc_shows_only_what_is_inside"))
		return;
	steps_of(PLAN_CLONE)->u.namespaces = CLONE_NEWNS | CLONE_NEWPID;
	steps_say("echo $$ /proc/[0-9]*; grep ' /proc ' /proc/self/mountinfo | "
	    "tail -n 1 | cut -d ' ' -f 6");
	steps_add(STEPS_BASIC | STEP(CLONE) | STEP(MOUNT_PROC));
	scene_run(NULL, NULL);
	ck_assert_int_eq(strncmp(scene.said, "1 /proc/1\n", 10), 0);
	ck_assert_ptr_nonnull(strstr(scene.said, "nosuid"));
	ck_assert_ptr_nonnull(strstr(scene.said, "nodev"));
	ck_assert_ptr_nonnull(strstr(scene.said, "noexec"));
	/* and ours is what it was */
	ck_assert_int_eq(access("/proc/self/fd", F_OK), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("nspace");
	TCase *tc = tcase_create("nspace");

	tcase_add_checked_fixture(tc, scene_begin, teardown);
	tcase_add_loop_test(tc, into_a_control_group, 0, NROWS(cgroups));
	tcase_add_loop_test(tc, each_namespace, 0, 2 * NROWS(spaces));
	tcase_add_loop_test(tc, mounts_are_private, 0, 2);
	tcase_add_loop_test(tc, maps_are_as_they_were_asked_for, 0,
	    NROWS(maps));
	tcase_add_test(tc, proc_shows_only_what_is_inside);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

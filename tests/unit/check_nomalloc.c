/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Nothing is allocated between a child's birth and its exec: it has a copy of
 * every lock, held or not, or it has its parent's memory.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "home.h"
#include "plan.h"
#include "run.h"
#include "scene.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/*
 * A count of what other processes than this one allocate.  It is in a page
 * that even a real fork shares.  ASan has a malloc of its own to defend.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_OWN_MALLOC 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#undef HAVE_OWN_MALLOC
#define HAVE_OWN_MALLOC 0
#endif
#ifndef HAVE_OWN_MALLOC
#define HAVE_OWN_MALLOC 1
#endif

#if HAVE_OWN_MALLOC
static volatile int *allocations;
static pid_t counting_for;

/* glibc's, by the names that it gives them beside the public ones. */
void *libc_malloc(size_t) __asm__("__libc_malloc");
void *libc_calloc(size_t, size_t) __asm__("__libc_calloc");
void *libc_realloc(void *, size_t) __asm__("__libc_realloc");
void libc_free(void *) __asm__("__libc_free");

static void
count_if_child(void)
{
	if (allocations != NULL && syscall(SYS_getpid) != counting_for)
		++*allocations;
}

void *
malloc(size_t size)
{
	count_if_child();
	return libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	count_if_child();
	return libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	count_if_child();
	return libc_realloc(p, size);
}

void
free(void *p)
{
	count_if_child();
	libc_free(p);
}
#endif

static const struct {
	steps_set with;		/* in the order of enum plan_kind */
	unsigned int clone, unshare;
	int needs;
	int own;		/* a user namespace behind the identity */
} plans[] = {
	{ STEP(NEW_SESSION) | STEP(DIRECTORY), 0, 0, 0, 0 },
	{ STEP(NEW_GROUP) | STEP(LIMITS) | STEP(UMASK) | STEP(PARENT_DEATH) |
	    STEP(DIRECTORY), 0, 0, 0, 0 },
	{ STEP(NO_NEW_PRIVS) | STEP(LANDLOCK), 0, 0, SCENE_LANDLOCK, 0 },
	{ STEP(NEW_SESSION) | STEP(ONCE) | STEP(DIRECTORY), 0, 0, 0, 0 },
	{ STEP(CGROUP), 0, 0, SCENE_CGROUP, 0 },
	/* all that root can ask for at once */
	{ STEP(CLONE) | STEP(NEW_SESSION) | STEP(LIMITS) | STEP(UMASK) |
	    STEP(UNSHARE) | STEP(MOUNT_PROC) | STEP(CHROOT) |
	    STEP(SECUREBITS) | STEP(BOUNDING_SET) | STEPS_IDENTITY |
	    STEP(PARENT_DEATH) | STEP(NO_NEW_PRIVS) | STEP(DIRECTORY) |
	    STEP(LANDLOCK), CLONE_NEWNS | CLONE_NEWPID, CLONE_NEWUTS,
	    SCENE_ROOT | SCENE_MOUNTS | SCENE_LANDLOCK, 0 },
	/* all that a user can */
	{ STEP(CLONE) | STEP(MAP_IDS) | STEP(MOUNT_PROC) | STEP(CHROOT) |
	    STEP(BOUNDING_SET) | STEP(AMBIENT) | STEP(DIRECTORY),
	    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID, 0,
	    SCENE_USERS | SCENE_MOUNTS, 0 },
	{ STEP(UNSHARE) | STEP(MAP_IDS), 0, CLONE_NEWUSER,
	    SCENE_ROOT | SCENE_USERS, 0 },
	/* the user's own namespace, made once he is proven */
	{ STEP(GROUPS) | STEP(GID) | STEP(UID) | STEP(CAPABILITIES) |
	    STEP(PROVE), 0, 0, SCENE_ROOT | SCENE_USERS, 1 },
};

static void
add_own(void)
{
	static const enum plan_kind kinds[] = { PLAN_SIGNALS,
	    PLAN_DESCRIPTORS, PLAN_CLOSE, PLAN_GROUPS, PLAN_GID, PLAN_UID,
	    PLAN_CAPABILITIES, PLAN_PROVE, PLAN_USER_NAMESPACE, PLAN_MAP_IDS,
	    PLAN_BOUNDING_SET, PLAN_EXEC };
	static int fds[3];
	int i;

	fds[0] = 0;
	fds[1] = scene.out[1];
	fds[2] = 2;
	steps_of(PLAN_DESCRIPTORS)->u.fds.list = fds;
	steps_of(PLAN_CAPABILITIES)->u.caps = 0;
	steps_of(PLAN_PROVE)->u.prove.caps = 0;
	steps_of(PLAN_MAP_IDS)->u.map.uids = "0 64901 1\n";
	steps_of(PLAN_MAP_IDS)->u.map.gids = "0 64902 1\n";
	for (i = 0; i < NROWS(kinds); i++)
		scene_add(steps_of(kinds[i]));
	ck_assert_int_eq(plan_check(scene.plan, scene.said,
	    sizeof(scene.said)), 0);
}

static void
teardown(void)
{
	scene_remove_cgroup();
	home_remove();
	scene_end();
}

/* Returns 0 if it cannot be carried out here. */
static int
make_plan(int row)
{
	const char *lack = scene_lacks(plans[row].needs);

	if (lack != NULL) {
		printf("SKIP the_child_allocates_nothing %d: %s\n", row,
		    lack);
		return 0;
	}
	if (plans[row].needs & SCENE_CGROUP)
		ck_assert_ptr_nonnull(steps_of(PLAN_CGROUP)->u.cgroup.path =
		    scene_cgroup());
	if (plans[row].with & STEP(ONCE))
		home_make();
	steps_of(PLAN_CLONE)->u.namespaces = plans[row].clone;
	steps_of(PLAN_UNSHARE)->u.namespaces = plans[row].unshare;
	steps_of(PLAN_MAP_IDS)->u.map.by_parent = plans[row].clone != 0 ||
	    plans[row].own;
	if (plans[row].own)
		add_own();
	else
		steps_add(STEPS_BASIC | plans[row].with);
	return 1;
}

/*
 * Would have caught one malloc(3) between fork and exec: in the middle of a
 * plan, in a note, or in the report of a failure.
 */
START_TEST(the_child_allocates_nothing)
{
#if HAVE_OWN_MALLOC
	static char nothing[] = "/no/such";
	static char *none[] = { nothing, NULL };
	static void *volatile block;
	const int fails = _i % 2;
	pid_t pid;

	if (fails)
		steps_of(PLAN_EXEC)->u.exec.candidates = none;
	if (!make_plan(_i / 2))
		return;
	counting_for = getpid();
	allocations = mmap(NULL, sizeof(*allocations), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(allocations != MAP_FAILED);
	if (fails) {
		scene_fails(PLAN_EXEC, ENOENT);
	} else {
		scene_run(NULL, NULL);
		ck_assert_str_eq(plans[_i / 2].with & STEP(ONCE) ?
		    home_read(home_file(HOME_LOG)) : scene.said, "ran\n");
	}
	ck_assert_int_eq(*allocations, 0);
	/* the count does work: this child allocates, and frees */
	if ((pid = fork()) == 0) {
		block = malloc(1);
		free(block);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(*allocations, 2);
	allocations = NULL;
#else
	if (_i == 0)
		printf("SKIP the_child_allocates_nothing: ASan's malloc\n");
	(void)make_plan;
#endif
}
END_TEST

/* Every kind of step is in one of the plans, but for the terminal's. */
START_TEST(every_kind_is_there)
{
	const steps_set terminal = STEP(FOREGROUND) | STEP(CONTROLLING_TTY) |
	    STEP(NO_TTY) | STEP(TRACE);
	steps_set all = STEPS_BASIC | STEP(USER_NAMESPACE) | terminal;
	int i;

	for (i = 0; i < NROWS(plans); i++)
		all |= plans[i].with;
	ck_assert_uint_eq(all, (UINT64_C(1) << PLAN_KINDS) - 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("nomalloc");
	TCase *tc = tcase_create("nomalloc");

	tcase_add_checked_fixture(tc, scene_begin, teardown);
	tcase_add_loop_test(tc, the_child_allocates_nothing, 0,
	    2 * NROWS(plans));
	tcase_add_test(tc, every_kind_is_there);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

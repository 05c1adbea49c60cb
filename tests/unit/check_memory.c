/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Who has whose memory, and that nothing in the parent's is changed, nor left
 * there.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* Private to each process, unless they have one memory. */
static volatile int mark;

/* The same for all of them. */
static volatile int *notes;

static void
setup(void)
{
	scene_begin();
	notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(notes != MAP_FAILED);
}

static void
note_that_writes(void *ctx, const struct plan *of,
    const struct spawn_report *report)
{
	(void)ctx;
	(void)of;
	(void)report;
	mark = 1;
	*notes = 1;
}

static const struct {
	steps_set with;
	unsigned int clone, unshare;
	int needs;
	int shared;
} plans[] = {
	{ STEP(DIRECTORY), 0, 0, 0, 1 },
	{ STEP(DIRECTORY) | STEP(NEW_SESSION) | STEP(LIMITS) | STEP(UMASK) |
	    STEP(NO_NEW_PRIVS), 0, 0, 0, 1 },
	{ STEP(DIRECTORY) | STEP(CLONE) | STEP(CHROOT),
	    CLONE_NEWNS | CLONE_NEWPID, 0, SCENE_ROOT | SCENE_MOUNTS, 1 },
	{ STEP(DIRECTORY) | STEP(UNSHARE), 0, CLONE_NEWUTS,
	    SCENE_ROOT | SCENE_MOUNTS, 1 },
	{ STEP(DIRECTORY) | STEPS_IDENTITY, 0, 0, SCENE_ROOT, 0 },
	{ STEP(DIRECTORY) | STEP(CLONE), CLONE_NEWUSER, 0, SCENE_USERS, 0 },
	{ STEP(DIRECTORY) | STEP(UNSHARE), 0, CLONE_NEWUSER, SCENE_USERS, 0 },
	{ STEP(DIRECTORY) | STEP(USER_NAMESPACE), 0, 0, SCENE_USERS, 0 },
	{ STEP(DIRECTORY) | STEP(CLONE) | STEP(MAP_IDS), CLONE_NEWUSER, 0,
	    SCENE_ROOT | SCENE_USERS, 0 },
};

/*
 * Would have caught memory of root's in a process of somebody else's id, who
 * can stop it, or read it from inside his user namespace; and a parent of any
 * size that is copied for nothing.
 */
START_TEST(memory_is_shared_with_nobody_else)
{
	const char *lack = scene_lacks(plans[_i].needs);

	if (lack != NULL) {
		printf("SKIP memory_is_shared_with_nobody_else %d: %s\n", _i,
		    lack);
		return;
	}
	steps_of(PLAN_CLONE)->u.namespaces = plans[_i].clone;
	steps_of(PLAN_UNSHARE)->u.namespaces = plans[_i].unshare;
	steps_of(PLAN_MAP_IDS)->u.map.by_parent = 1;
	steps_add(STEPS_BASIC | plans[_i].with);
	scene_run(note_that_writes, NULL);
	ck_assert_int_eq(*notes, 1);
	ck_assert_int_eq(mark, plans[_i].shared);
}
END_TEST

/* Who does not wait for the exec cannot stand still until then. */
START_TEST(spawn_start_shares_nothing)
{
	struct spawn_child child = { .want_pidfd = _i };
	struct pollfd pfd = { .events = POLLIN };

	steps_add(STEPS_BASIC | STEP(DIRECTORY));
	ck_assert_int_eq(spawn_start(scene.plan, note_that_writes, NULL,
	    &child, &scene.failed), 0);
	pfd.fd = child.report;
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), 1);
	ck_assert_int_eq(*notes, 1);
	ck_assert_int_eq(mark, 0);
	if (_i) {
		/* of the child, and of nobody else */
		pfd.fd = child.pidfd;
		ck_assert_int_ne(fcntl(child.pidfd, F_GETFD) & FD_CLOEXEC, 0);
		ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
		(void)close(child.pidfd);
	}
	ck_assert_int_eq(waitpid(child.pid, NULL, 0), child.pid);
	scene_expect_nothing_left();
}
END_TEST

static void
handler(int sig)
{
	mark += sig;
}

/*
 * Would have caught a mask that stays full, a handler that is lost or that
 * runs in the child, and memory that the child has left its traces in.
 */
START_TEST(the_parent_is_as_it_was)
{
	const int by_fork = _i & 1, fails = _i >> 1;
	struct sigaction action, after;
	sigset_t some, now;
	int sig, same = 0;

	if (by_fork && geteuid() != 0) {
		printf("SKIP the_parent_is_as_it_was %d: not root\n", _i);
		return;
	}
	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
	(void)sigemptyset(&some);
	(void)sigaddset(&some, SIGUSR2);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &some, NULL), 0);
	if (fails)
		steps_of(PLAN_DIRECTORY)->u.dir.fallback = NULL;
	steps_add(STEPS_BASIC | STEP(DIRECTORY) | STEP(LIMITS) | STEP(UMASK) |
	    (by_fork ? STEPS_IDENTITY : 0));
	(void)umask(077);
	if (fails)
		scene_fails(PLAN_DIRECTORY, ENOENT);
	else
		scene_run(NULL, NULL);
	ck_assert_uint_eq(umask(022), 077);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	for (sig = 1; sig < NSIG; sig++)
		same += sigismember(&now, sig) == sigismember(&some, sig);
	ck_assert_int_eq(same, NSIG - 1);
	ck_assert_int_eq(sigaction(SIGUSR1, NULL, &after), 0);
	ck_assert(after.sa_handler == handler);
	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert_int_eq(mark, SIGUSR1);
}
END_TEST

/* How many mappings there are. */
static int
mappings(void)
{
	static char buf[4096];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC), lines = 0;
	ssize_t n, i;

	ck_assert_int_ne(fd, -1);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			lines += buf[i] == '\n';
	(void)close(fd);
	return lines;
}

static const struct {
	steps_set with;
	int fails;
} many[] = {
	{ 0, 0 }, { 0, 1 }, { STEPS_IDENTITY, 0 }, { STEPS_IDENTITY, 1 },
};

/* Would have caught a stack or a socket for every child there ever was. */
START_TEST(nothing_is_left_of_many)
{
	static char none[] = "/no/such", true_path[] = "/bin/true";
	static char *paths[] = { NULL, NULL };
	int i, before = 0;
	pid_t pid;

	if (many[_i].with != 0 && geteuid() != 0) {
		printf("SKIP nothing_is_left_of_many %d: not root\n", _i);
		return;
	}
	paths[0] = many[_i].fails ? none : true_path;
	steps_of(PLAN_EXEC)->u.exec.candidates = paths;
	steps_add(STEPS_BASIC | many[_i].with);
	for (i = 0; i < 200; i++) {
		pid = spawn(scene.plan, NULL, NULL, &scene.failed);
		ck_assert_int_eq(pid == -1, many[_i].fails);
		if (pid != -1)
			ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		if (i == 9)
			before = mappings();
	}
	/* a sanitizer keeps some of what was freed */
	ck_assert_int_lt(mappings(), before + 20);
	scene_expect_nothing_left();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_checked_fixture(tc, setup, scene_end);
	tcase_add_loop_test(tc, memory_is_shared_with_nobody_else, 0,
	    NROWS(plans));
	tcase_add_loop_test(tc, spawn_start_shares_nothing, 0, 2);
	tcase_add_loop_test(tc, the_parent_is_as_it_was, 0, 4);
	tcase_add_loop_test(tc, nothing_is_left_of_many, 0, NROWS(many));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

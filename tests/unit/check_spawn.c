/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What spawn promises whatever the plan is: each step's failure is reported
 * as that step, nothing is left of a child that failed, and nothing is
 * allocated in one.  What the steps do is in check_step.c and check_drop.c.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "scene.h"

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

static const char *const no_program[] = { "/no/such", NULL };

static void
add_home(void)
{
	const struct plan_step step = { .kind = PLAN_DIRECTORY,
	    .u.dir = { "/no/such", "/" } };

	scene_add(&step);
}

static void
add_identity(void)
{
	if (geteuid() != 0)
		return;
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
}

/* What a process under test has seen; in memory that it shares with us. */
struct outcome {
	int pid;		/* what spawn returned */
	struct spawn_report report;
	int notes;		/* how often it was told, rightly */
	int children;		/* whether there is one left */
	int descriptors;	/* how many are open afterwards */
};

static struct outcome *outcome;

static void
setup(void)
{
	scene_begin();
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(outcome != MAP_FAILED);
}

/* Make one system call fail, here and in every child from now on. */
static void
deny(long number, unsigned int err)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { NROWS(filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
	    (unsigned long)(uintptr_t)&program, 0, 0) == -1)
		_exit(77);
}

/* Run the plan where that system call fails, and a second one if not 0. */
static void
spawn_denied(long number, long second, unsigned int err)
{
	int wstatus;
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		deny(number, err);
		if (second != 0)
			deny(second, err);
		outcome->pid = spawn(scene.plan, NULL, NULL,
		    &outcome->report);
		outcome->children = waitpid(-1, NULL, WNOHANG) != -1 ||
		    errno != ECHILD;
		outcome->descriptors = scene_descriptors();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "no seccomp: %#x", (unsigned int)wstatus);
	ck_assert_int_eq(outcome->pid, -1);
	ck_assert_int_eq(outcome->children, 0);
	ck_assert_int_eq(outcome->descriptors, scene.descriptors);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "");
}

static const struct {
	enum plan_kind kind;
	long number;
	long second;		/* where there are two ways, or 0 */
	int err;		/* as reported; 0: as it was denied */
} steps[] = {
	{ PLAN_SIGNALS, SYS_rt_sigprocmask, 0, 0 },
	{ PLAN_NEW_SESSION, SYS_setsid, 0, 0 },
	{ PLAN_NEW_GROUP, SYS_setpgid, 0, 0 },
	{ PLAN_FOREGROUND, SYS_ioctl, 0, 0 },
	{ PLAN_CONTROLLING_TTY, SYS_ioctl, 0, 0 },
	{ PLAN_DESCRIPTORS, SYS_dup3, 0, 0 },
	{ PLAN_CLOSE, SYS_close_range, SYS_getdents64, 0 },
	{ PLAN_DIRECTORY, SYS_chdir, 0, 0 },
	{ PLAN_EXEC, SYS_execve, 0, 0 },
#define STEPS_WITHOUT_ROOT 9
	{ PLAN_GROUPS, SYS_setgroups, 0, 0 },
	{ PLAN_GID, SYS_setresgid, 0, 0 },
	{ PLAN_UID, SYS_setresuid, 0, 0 },
	{ PLAN_CAPABILITIES, SYS_capset, 0, 0 },
	{ PLAN_PROVE, SYS_capget, 0, 0 },
	{ PLAN_PROVE, SYS_getresuid, 0, 0 },
	{ PLAN_PROVE, SYS_getresgid, 0, 0 },
	/* a list that cannot be read is not the one it should be */
	{ PLAN_PROVE, SYS_getgroups, 0, EPERM },
};

/*
 * I3: any failure ends the child before exec.  Would have caught an answer
 * of the kernel that nobody looks at, and a report of the wrong step.
 */
START_TEST(I3_each_step_can_fail)
{
	enum plan_kind kind = steps[_i].kind;
	const struct plan_step *step;

	if (kind == PLAN_NEW_GROUP || kind == PLAN_FOREGROUND)
		scene_kind(PLAN_NEW_GROUP);
	else
		scene_kind(PLAN_NEW_SESSION);
	if (kind == PLAN_FOREGROUND || kind == PLAN_CONTROLLING_TTY)
		scene_kind(kind);
	scene_output();
	scene_basics();
	add_identity();
	add_home();
	scene_script("echo ran");
	spawn_denied(steps[_i].number, steps[_i].second, EXDEV);
	step = plan_at(scene.plan, outcome->report.step);
	ck_assert_ptr_nonnull(step);
	ck_assert_str_eq(plan_kind_name(step->kind), plan_kind_name(kind));
	ck_assert_int_eq(outcome->report.err, steps[_i].err != 0 ?
	    steps[_i].err : EXDEV);
}
END_TEST

/* Would have caught "no child" reported as the failure of a step. */
START_TEST(no_child_could_be_made)
{
	struct rlimit limit, few;
	int lowest;

	scene_output();
	scene_basics();
	scene_script("echo ran");
	ck_assert_int_ne(lowest = dup(0), -1);
	(void)close(lowest);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = (rlim_t)lowest;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(spawn(scene.plan, NULL, NULL, &scene.failed), -1);
	ck_assert_uint_eq(scene.failed.step, plan_count(scene.plan));
	ck_assert_int_eq(scene.failed.err, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	scene_expect_nothing_left();
	spawn_denied(SYS_clone, 0, EAGAIN);
	ck_assert_uint_eq(outcome->report.step, plan_count(scene.plan));
	ck_assert_int_eq(outcome->report.err, EAGAIN);
}
END_TEST

/* Runs in the child: what it saw goes to memory that both share. */
static void
note(void *ctx, const struct plan *of, const struct spawn_report *report)
{
	if (ctx == &scene && of == scene.plan)
		outcome->notes++;
	outcome->pid = (int)syscall(SYS_getpid);
	outcome->report = *report;
}

/* Would have caught a note that ends the plan, or that nobody is told. */
START_TEST(a_note_is_no_failure)
{
	scene_output();
	scene_basics();
	add_home();
	scene_script("echo $$");
	scene_run(_i ? note : NULL, &scene);
	ck_assert_int_eq(outcome->notes, _i);
	if (_i) {
		ck_assert_int_eq(atoi(scene.said), outcome->pid);
		ck_assert_uint_eq(outcome->report.step, 3);
		ck_assert_int_eq(outcome->report.err, ENOENT);
	}
}
END_TEST

/* The child is stopped here, as any process of its user may stop it. */
static void
note_that_stops(void *ctx, const struct plan *of,
    const struct spawn_report *report)
{
	(void)ctx;
	(void)of;
	(void)report;
	(void)kill((pid_t)syscall(SYS_getpid), SIGSTOP);
}

/*
 * Between the drop and the exec any process of the user can stop the child.
 * Would have caught root's parent that stands still with it, the session
 * open; a report that says too much too early, and one that is not closed.
 */
START_TEST(a_child_that_is_stopped_holds_nobody_up)
{
	struct spawn_child child = { 0, 0 };
	struct pollfd pfd = { .events = POLLIN };
	int wstatus;

	scene_output();
	scene_basics();
	add_home();
	if (_i)
		scene_script("exit 42");
	else
		scene_exec(no_program, no_program);
	ck_assert_int_eq(spawn_start(scene.plan, note_that_stops, NULL,
	    &child, &scene.failed), 0);
	ck_assert_int_gt(child.pid, 0);
	ck_assert_int_ne(fcntl(child.report, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(waitpid(child.pid, &wstatus, WUNTRACED), child.pid);
	ck_assert_int_eq(WIFSTOPPED(wstatus), 1);
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), 0);
	pfd.fd = child.report;
	ck_assert_int_eq(poll(&pfd, 1, 0), 0);
	ck_assert_int_eq(kill(child.pid, SIGCONT), 0);
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), _i ? 1 : -1);
	ck_assert_int_eq(child.report, -1);
	if (_i == 0) {
		ck_assert_uint_eq(scene.failed.step, 4);
		ck_assert_int_eq(scene.failed.err, ENOENT);
	}
	/* it is ours to reap, and nothing else is left */
	ck_assert_int_eq(waitpid(child.pid, &wstatus, 0), child.pid);
	ck_assert_int_eq(WIFEXITED(wstatus), 1);
	if (_i)
		ck_assert_int_eq(WEXITSTATUS(wstatus), 42);
	scene_expect_nothing_left();
}
END_TEST

/* In place: the same process, and one that comes back only to fail. */
START_TEST(here_becomes_the_command)
{
	char want[64];
	int wstatus;
	pid_t pid;

	scene_output();
	scene_basics();
	add_home();
	scene_script(_i ? "echo $$; pwd; ls /proc/$$/fd" : "true");
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (_i == 0)
			deny(SYS_execve, EXDEV);
		if (spawn_here(scene.plan, note, &scene, &scene.failed) != -1)
			_exit(1);
		_exit(scene.failed.step == 4 && scene.failed.err == EXDEV ?
		    42 : 2);
	}
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, _i ? 0 : W_EXITCODE(42, 0));
	ck_assert_int_eq(outcome->notes, 1);
	ck_assert_int_eq(outcome->pid, pid);
	ck_assert_uint_eq(outcome->report.step, 3);
	ck_assert_int_eq(outcome->report.err, ENOENT);
	(void)snprintf(want, sizeof(want), "%d\n/\n0\n1\n2\n", (int)pid);
	ck_assert_str_eq(scene.said, _i ? want : "");
}
END_TEST

/*
 * The child has a copy of every lock, held or not.  Would have caught one
 * malloc(3) between fork and exec: in the middle of a plan, in a note, or in
 * the report of a failure.
 */
START_TEST(the_child_allocates_nothing)
{
#if HAVE_OWN_MALLOC
	static void *volatile block;
	pid_t pid;

	counting_for = getpid();
	allocations = mmap(NULL, sizeof(*allocations), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(allocations != MAP_FAILED);
	scene_kind(PLAN_NEW_SESSION);
	scene_output();
	scene_basics();
	add_identity();
	add_home();
	if (_i) {
		scene_exec(no_program, no_program);
		scene_fails(PLAN_EXEC, ENOENT);
	} else {
		scene_cat("/dev/null");
		scene_run(NULL, NULL);
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
#endif
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spawn");
	TCase *tc = tcase_create("spawn");
	int root = geteuid() == 0;

	if (!root)
		printf("SKIP check_spawn identity steps: not root\n");
	tcase_add_checked_fixture(tc, setup, scene_end);
	tcase_add_loop_test(tc, I3_each_step_can_fail, 0,
	    root ? NROWS(steps) : STEPS_WITHOUT_ROOT);
	tcase_add_test(tc, no_child_could_be_made);
	tcase_add_loop_test(tc, a_note_is_no_failure, 0, 2);
	tcase_add_loop_test(tc, a_child_that_is_stopped_holds_nobody_up, 0,
	    2);
	tcase_add_loop_test(tc, here_becomes_the_command, 0, 2);
	tcase_add_loop_test(tc, the_child_allocates_nothing, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}

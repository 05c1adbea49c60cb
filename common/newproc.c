/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A child by clone(2), whose flags fork(2) and posix_spawn(3) do not give,
 * where one of them is wanted.  clone3(2) is used only for what needs it,
 * because some sandboxes refuse it.
 */

#include "config.h"
#include "newproc.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "planstep.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#define INTO_CGROUP UINT64_C(0x200000000)

/* Enough for the steps and what they call, above a guard. */
#define STACK_SIZE ((size_t)256 * 1024)
#define GUARD_SIZE ((size_t)64 * 1024)

/* clone3(2)'s arguments, as of Linux 5.7. */
struct clone3_args {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};

/* As fork(2): the child goes on from here, on a copy of this stack. */
static pid_t
make_by_clone3(struct newproc *how, int (*run)(void *), void *ctx)
{
#ifdef SYS_clone3
	struct clone3_args args;
	long pid;

	memset(&args, 0, sizeof(args));
	args.flags = how->namespaces;
	args.exit_signal = SIGCHLD;
	if (how->want_pidfd) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uint64_t)(uintptr_t)&how->pidfd;
	}
	if (how->cgroup != -1) {
		args.flags |= INTO_CGROUP;
		args.cgroup = (uint64_t)how->cgroup;
		how->in_cgroup = 1;
	}
	if ((pid = syscall(SYS_clone3, &args, sizeof(args))) == 0)
		_exit(run(ctx));
	return (pid_t)pid;
#else
	(void)how;
	(void)run;
	(void)ctx;
	errno = ENOSYS;
	return -1;
#endif
}

/* The plainest of children needs no stack of its own. */
static pid_t
make_by_fork(int (*run)(void *), void *ctx)
{
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(run(ctx));
	return pid;
}

static pid_t
make_by_clone(struct newproc *how, int (*run)(void *), void *ctx)
{
	int flags = (int)how->namespaces | SIGCHLD, err;
	char *stack;
	pid_t pid;

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (stack == MAP_FAILED)
		return -1;
	if (how->share)
		flags |= CLONE_VM | CLONE_VFORK;
	if (how->want_pidfd)
		flags |= CLONE_PIDFD;
	pid = mprotect(stack, GUARD_SIZE, PROT_NONE) == -1 ? -1 :
	    clone(run, stack + STACK_SIZE, flags, ctx, &how->pidfd);
	err = errno;
	(void)munmap(stack, STACK_SIZE);
	errno = err;
	return pid;
}

/* clone(2) had no pidfd before Linux 5.2, and emulators ignore the flag. */
static void
find_pidfd(struct newproc *how, pid_t pid)
{
#ifdef SYS_pidfd_open
	if (how->want_pidfd && how->pidfd == -1)
		how->pidfd = (int)syscall(SYS_pidfd_open, pid, 0U);
#else
	(void)how;
	(void)pid;
#endif
}

/*
 * No such call; one that knows less (before 5.7); or a sandbox's refusal.
 * Where it was the control group's, the child will hear it again.
 */
static int
is_lack_of_clone3(int err)
{
	return err == ENOSYS || err == E2BIG || err == EINVAL ||
	    err == EPERM;
}

pid_t
newproc_make(struct newproc *how, int (*run)(void *), void *ctx)
{
	pid_t pid = -1;
	int err;

	how->pidfd = -1;
	how->in_cgroup = 0;
	errno = ENOSYS;
	if (how->cgroup != -1 || (how->namespaces & PLAN_NEWTIME) != 0)
		pid = make_by_clone3(how, run, ctx);
	if (pid == -1 && (how->namespaces & PLAN_NEWTIME) == 0 &&
	    is_lack_of_clone3(errno)) {
		how->in_cgroup = 0;
		pid = how->share || how->want_pidfd || how->namespaces != 0 ?
		    make_by_clone(how, run, ctx) : make_by_fork(run, ctx);
	}
	err = errno;
	if (pid != -1)
		find_pidfd(how, pid);
	errno = err;
	return pid;
}

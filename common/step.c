/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "step.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "prove.h"
#include "rawid.h"
#include "stdfd.h"

static int
step_signals(void)
{
	/* As the kernel has it, on any machine: all zero is SIG_DFL. */
	const unsigned long action[8] = { 0 };
	struct sigaction before;
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++) {
		/* nohup(1) in front of us means the command. */
		if (sig == SIGHUP && sigaction(sig, NULL, &before) == 0 &&
		    before.sa_handler == SIG_IGN)
			continue;
		/* libc keeps 32 and 33 to itself, though they are inherited. */
		(void)syscall(SYS_rt_sigaction, sig, action, NULL, _NSIG / 8);
	}
	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
step_foreground(int fd)
{
	pid_t self = getpid();

	return ioctl(fd, TIOCSPGRP, &self);
}

/*
 * Two passes, because a source can be another's target: first every source
 * below 3 that is out of its place moves up, then all move in.
 */
static int
step_descriptors(const int fds[3])
{
	int from[3], i;

	for (i = 0; i < 3; i++) {
		from[i] = fds[i];
		if (fds[i] < 3 && fds[i] != i &&
		    (from[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3)) == -1)
			return -1;
	}
	for (i = 0; i < 3; i++) {
		if (from[i] == i) {
			if (fcntl(i, F_SETFD, 0) == -1)
				return -1;
		} else if (dup3(from[i], i, 0) == -1)
			return -1;
	}
	return 0;
}

static int
step_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	memset(data, 0, sizeof(data));
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 &&
	    errno != EINVAL)
		return -1;
	return (int)syscall(SYS_capset, &header, data);
}

static int
step_directory(const struct plan_step *step,
    const struct step_context *context, const char **detail)
{
	if (chdir(step->u.dir.path) == 0)
		return 0;
	if (step->u.dir.fallback == NULL)
		return -1;
	if (context->note != NULL)
		context->note(context->ctx, errno, NULL);
	*detail = step->u.dir.fallback;
	return chdir(step->u.dir.fallback);
}

/*
 * As execvp(3), over a list that was made before the fork, and without its
 * second try by sh: what the kernel cannot run is not executable.
 */
static int
step_exec(const struct plan_step *step)
{
	int i, denied = 0;

	errno = ENOENT;
	for (i = 0; step->u.exec.candidates[i] != NULL; i++) {
		(void)execve(step->u.exec.candidates[i], step->u.exec.argv,
		    step->u.exec.envp);
		if (errno == EACCES)
			denied = 1;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	if (denied)
		errno = EACCES;
	return -1;
}

int
step_run(const struct plan_step *step, const struct step_context *context,
    const char **detail)
{
	*detail = NULL;
	switch (step->kind) {
	case PLAN_SIGNALS:
		return step_signals();
	case PLAN_NEW_SESSION:
		return setsid() == -1 ? -1 : 0;
	case PLAN_NEW_GROUP:
		return setpgid(0, 0);
	case PLAN_FOREGROUND:
		return step_foreground(step->u.fd);
	case PLAN_CONTROLLING_TTY:
		/* 1: whoever of the user's took it first has lost it. */
		return ioctl(step->u.fd, TIOCSCTTY, 1);
	case PLAN_DESCRIPTORS:
		return step_descriptors(step->u.fds);
	case PLAN_CLOSE:
		return stdfd_closefrom(STDERR_FILENO + 1, context->keep);
	case PLAN_GROUPS:
		return (int)syscall(RAWID(setgroups), step->u.groups.count,
		    step->u.groups.list);
	case PLAN_GID:
		return (int)syscall(RAWID(setresgid), step->u.gid, step->u.gid,
		    step->u.gid);
	case PLAN_UID:
		return (int)syscall(RAWID(setresuid), step->u.uid, step->u.uid,
		    step->u.uid);
	case PLAN_CAPABILITIES:
		return step_capabilities();
	case PLAN_PROVE:
		return prove_drop(step, context->scratch, context->room,
		    detail);
	case PLAN_DIRECTORY:
		return step_directory(step, context, detail);
	case PLAN_EXEC:
		return step_exec(step);
	case PLAN_KINDS:
		break;
	}
	errno = EINVAL;
	return -1;
}

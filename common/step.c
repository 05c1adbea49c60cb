/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "step.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "plan.h"

/* 32-bit systems have a second set of calls, for ids of more than 16 bits. */
#ifdef SYS_setresuid32
#define RAW(name) SYS_##name##32
#else
#define RAW(name) SYS_##name
#endif

static int
step_signals(void)
{
	struct sigaction action;
	sigset_t none;
	int sig;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	/* Ignored ones too: Go and nohup pass them on, sshd does not. */
	for (sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &action, NULL);
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
close_range_of(unsigned int first, unsigned int last)
{
	struct rlimit limit;
	unsigned int fd;

	if (first > last || syscall(SYS_close_range, first, last, 0U) == 0)
		return 0;
	if (errno != ENOSYS)
		return -1;
	/* Before Linux 5.9.  A descriptor can outlive a lowered limit. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	for (fd = first; fd <= last && fd < limit.rlim_max; fd++)
		(void)close((int)fd);
	return 0;
}

static int
step_close(int keep)
{
	if (keep < 3)
		return close_range_of(3, ~0U);
	if (close_range_of(3, (unsigned int)keep - 1) == -1)
		return -1;
	return close_range_of((unsigned int)keep + 1, ~0U);
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
prove_ids(const struct plan_step *step, const char **detail)
{
	uid_t ruid, euid, suid, uid = step->u.prove.uid;
	gid_t rgid, egid, sgid, gid = step->u.prove.gid;

	errno = EPERM;
	*detail = "user id";
	if (syscall(RAW(getresuid), &ruid, &euid, &suid) == -1 ||
	    ruid != uid || euid != uid || suid != uid)
		return -1;
	*detail = "group id";
	if (syscall(RAW(getresgid), &rgid, &egid, &sgid) == -1 ||
	    rgid != gid || egid != gid || sgid != gid)
		return -1;
	return 0;
}

static int
prove_groups(const struct plan_step *step, const struct step_context *context,
    const char **detail)
{
	long n;

	*detail = "supplementary groups";
	n = syscall(RAW(getgroups), (int)context->room, context->scratch);
	if (n < 0 || !account_groups_equal(context->scratch, (size_t)n,
	    step->u.prove.list, step->u.prove.count)) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

static int
prove_capabilities(const char **detail)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	unsigned int left = 0;
	size_t i;
	int cap;

	*detail = "capabilities";
	if (syscall(SYS_capget, &header, data) == -1)
		return -1;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		left |= data[i].permitted | data[i].effective |
		    data[i].inheritable;
	errno = EPERM;
	if (left != 0)
		return -1;
	*detail = "ambient capabilities";
	for (cap = 0; cap < 64; cap++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0,
		    0) == 1)
			return -1;
	return 0;
}

/*
 * Every way back is tried, and each must fail: what the kernel says now is
 * one thing, what it lets this process do is the other.
 */
static int
prove_no_way_back(const struct plan_step *step, const char **detail)
{
	const uid_t same_uid = (uid_t)-1, old_uid = step->u.prove.old_uid;
	const gid_t same_gid = (gid_t)-1, old_gid = step->u.prove.old_gid;

	/* What the calls below leave in errno is EPERM, if all is well. */
	errno = EPERM;
	*detail = "uid 0 comes back";
	if (syscall(RAW(setresuid), 0, 0, 0) == 0 ||
	    syscall(RAW(setresuid), same_uid, 0, same_uid) == 0 ||
	    syscall(RAW(setuid), 0) == 0)
		return -1;
	*detail = "the old uid comes back";
	if (old_uid != step->u.prove.uid &&
	    (syscall(RAW(setresuid), same_uid, old_uid, same_uid) == 0 ||
	    syscall(RAW(setuid), old_uid) == 0))
		return -1;
	*detail = "the old gid comes back";
	if (old_gid != step->u.prove.gid &&
	    (syscall(RAW(setresgid), same_gid, old_gid, same_gid) == 0 ||
	    syscall(RAW(setgid), old_gid) == 0))
		return -1;
	*detail = "groups can be set";
	if (syscall(RAW(setgroups), 0, NULL) == 0)
		return -1;
	/* setfsuid(2) cannot fail; asked twice, it tells the truth. */
	*detail = "the file system uid comes back";
	(void)syscall(RAW(setfsuid), old_uid);
	if ((uid_t)syscall(RAW(setfsuid), -1) != step->u.prove.uid)
		return -1;
	*detail = NULL;
	return 0;
}

static int
step_prove(const struct plan_step *step, const struct step_context *context,
    const char **detail)
{
	if (prove_ids(step, detail) == -1 ||
	    prove_groups(step, context, detail) == -1)
		return -1;
	/* Root keeps his capabilities, and every way is his. */
	if (step->u.prove.uid == 0)
		return 0;
	if (prove_capabilities(detail) == -1)
		return -1;
	return prove_no_way_back(step, detail);
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

/* As execvp(3), but over a list that was made before the fork. */
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
		return ioctl(step->u.fd, TIOCSCTTY, 0);
	case PLAN_DESCRIPTORS:
		return step_descriptors(step->u.fds);
	case PLAN_CLOSE:
		return step_close(context->keep);
	case PLAN_GROUPS:
		return (int)syscall(RAW(setgroups), step->u.groups.count,
		    step->u.groups.list);
	case PLAN_GID:
		return (int)syscall(RAW(setresgid), step->u.gid, step->u.gid,
		    step->u.gid);
	case PLAN_UID:
		return (int)syscall(RAW(setresuid), step->u.uid, step->u.uid,
		    step->u.uid);
	case PLAN_CAPABILITIES:
		return step_capabilities();
	case PLAN_PROVE:
		return step_prove(step, context, detail);
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

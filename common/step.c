/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "step.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "caps.h"
#include "cgroup.h"
#include "landlock.h"
#include "names.h"
#include "nspace.h"
#include "once.h"
#include "planstep.h"
#include "prove.h"
#include "rawid.h"
#include "sigreset.h"
#include "stdfd.h"

/* What step_run() was given. */
struct work {
	const struct plan_step *step;
	const struct step_context *context;
	const char **detail;
};

/*
 * One function a kind, all of one form; the table at the end says which is
 * whose.
 */
typedef int step_function(const struct work *work);

/* Born there, if the kernel could do that. */
static int
step_cgroup(const struct work *work)
{
	if (work->context->in_cgroup)
		return 0;
	return cgroup_enter(work->step->u.cgroup.path,
	    work->step->u.cgroup.fd);
}

/* The namespaces are there already; what is left is to settle in them. */
static int
step_clone(const struct work *work)
{
	if (work->context->born)
		return nspace_settle(work->step->u.namespaces, work->detail);
	*work->detail = "no child is made";
	errno = EINVAL;
	return -1;
}

static int
step_new_session(const struct work *work __attribute__((unused)))
{
	return setsid() == -1 ? -1 : 0;
}

static int
step_new_group(const struct work *work)
{
	return setpgid(0, work->step->u.pgid);
}

static int
step_foreground(const struct work *work)
{
	pid_t group = getpgrp();

	return ioctl(work->step->u.fd, TIOCSPGRP, &group);
}

static int
step_controlling_tty(const struct work *work)
{
	/* 1: whoever of the user's took it first has lost it. */
	return ioctl(work->step->u.fd, TIOCSCTTY, 1);
}

static int
step_no_tty(const struct work *work)
{
	return ioctl(work->step->u.fd, TIOCNOTTY);
}

static int
step_signals(const struct work *work __attribute__((unused)))
{
	return sigreset_all();
}

/*
 * Two passes, because a source can be another's target: first every source
 * that is in the way and out of its place moves up, then all move in.
 */
static int
step_descriptors(const struct work *work)
{
	const int n = (int)work->step->u.fds.count;
	const int *list = work->step->u.fds.list;
	int *from = work->context->fds, i;

	for (i = 0; i < n; i++) {
		from[i] = list[i];
		if (list[i] >= 0 && list[i] < n && list[i] != i &&
		    (from[i] = fcntl(list[i], F_DUPFD_CLOEXEC, n)) == -1)
			return -1;
	}
	for (i = 0; i < n; i++) {
		if (from[i] == PLAN_NO_FD) {
			(void)close(i);
		} else if (from[i] == i) {
			if (fcntl(i, F_SETFD, 0) == -1)
				return -1;
		} else if (dup3(from[i], i, 0) == -1)
			return -1;
	}
	return 0;
}

static int
step_close(const struct work *work)
{
	return stdfd_close_on_exec(STDERR_FILENO + 1 +
	    (int)work->step->u.more);
}

static uint64_t
in_64_bits(rlim_t value)
{
	return value == RLIM_INFINITY ? UINT64_MAX : value;
}

static int
step_limits(const struct work *work)
{
	const struct plan_limit *limit = work->step->u.limits.list;
	uint64_t value[2];	/* the kernel's struct, on any machine */
	size_t i;

	for (i = 0; i < work->step->u.limits.count; i++) {
		value[0] = in_64_bits(limit[i].soft);
		value[1] = in_64_bits(limit[i].hard);
		*work->detail = names_of(NAMES_LIMIT,
		    (unsigned int)limit[i].resource);
		if (syscall(SYS_prlimit64, 0, limit[i].resource, value,
		    NULL) == -1)
			return -1;
	}
	return 0;
}

static int
step_umask(const struct work *work)
{
	/* It cannot fail, but can be refused; glibc's wrapper hides that. */
	return syscall(SYS_umask, work->step->u.mask) == -1 ? -1 : 0;
}

static int
step_unshare(const struct work *work)
{
	return nspace_unshare(work->step->u.namespaces, work->detail);
}

static int
step_user_namespace(const struct work *work)
{
	return nspace_unshare(CLONE_NEWUSER, work->detail);
}

static int
step_map_ids(const struct work *work)
{
	if (!work->step->u.map.by_parent)
		return nspace_map_self(work->step, work->detail);
	if (work->context->born)
		return work->context->map(work->context->ctx, work->detail);
	*work->detail = "no child is made";
	errno = EINVAL;
	return -1;
}

static int
step_chroot(const struct work *work)
{
	return nspace_chroot(work->step, work->detail);
}

static int
step_mount_proc(const struct work *work)
{
	return nspace_mount_proc(work->step->u.proc);
}

static int
step_securebits(const struct work *work)
{
	return prctl(PR_SET_SECUREBITS, work->step->u.securebits, 0, 0, 0);
}

static int
step_bounding_set(const struct work *work)
{
	return caps_bound(work->step->u.caps);
}

static int
step_groups(const struct work *work)
{
	if (work->step->u.groups.kept)
		return 0;
	return (int)syscall(RAWID(setgroups), work->step->u.groups.count,
	    work->step->u.groups.list);
}

static int
step_keep_capabilities(const struct work *work __attribute__((unused)))
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
}

static int
step_gid(const struct work *work)
{
	const gid_t gid = work->step->u.gid;

	return (int)syscall(RAWID(setresgid), gid, gid, gid);
}

static int
step_uid(const struct work *work)
{
	const uid_t uid = work->step->u.uid;

	return (int)syscall(RAWID(setresuid), uid, uid, uid);
}

static int
step_capabilities(const struct work *work)
{
	return caps_reduce(work->step->u.caps);
}

static int
step_ambient(const struct work *work)
{
	return caps_raise_ambient(work->step->u.caps);
}

static int
step_prove(const struct work *work)
{
	return prove_drop(work->step, work->context->scratch,
	    work->context->room, work->detail);
}

/*
 * Asked for after the parent's death, the kernel would wait for that of
 * whoever inherited us.  Not by getppid(2) alone: across a pid namespace it
 * is 0, alive or not.
 */
static int
step_parent_death(const struct work *work)
{
	if (prctl(PR_SET_PDEATHSIG, work->step->u.signal, 0, 0, 0) == -1)
		return -1;
	if (!work->context->orphaned(work->context->ctx))
		return 0;
	(void)kill(getpid(), work->step->u.signal);
	*work->detail = "the parent is gone";
	errno = ESRCH;
	return -1;
}

static int
step_no_new_privs(const struct work *work __attribute__((unused)))
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int
step_once(const struct work *work)
{
	return once_begin(work->step, work->detail);
}

static int
step_directory(const struct work *work)
{
	if (chdir(work->step->u.dir.path) == 0)
		return 0;
	if (work->step->u.dir.fallback == NULL)
		return -1;
	work->context->note(work->context->ctx, errno, NULL);
	*work->detail = work->step->u.dir.fallback;
	return chdir(work->step->u.dir.fallback);
}

/*
 * As execvp(3), over a list that was made before the fork, and without its
 * second try by sh: what the kernel cannot run is not executable.
 */
static int
step_exec(const struct work *work)
{
	char *const *paths = work->step->u.exec.candidates;
	int i, denied = 0;

	errno = ENOENT;
	for (i = 0; paths[i] != NULL; i++) {
		(void)execve(paths[i], work->step->u.exec.argv,
		    work->step->u.exec.envp);
		if (errno == EACCES)
			denied = 1;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	if (denied)
		errno = EACCES;
	return -1;
}

static int
step_landlock(const struct work *work)
{
	return landlock_restrict(work->step->u.landlock.list,
	    work->step->u.landlock.count, work->detail);
}

static int
step_trace(const struct work *work __attribute__((unused)))
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 ? -1 : 0;
}

static step_function *const functions[PLAN_KINDS] = {
	[PLAN_CGROUP] = step_cgroup,
	[PLAN_CLONE] = step_clone,
	[PLAN_NEW_SESSION] = step_new_session,
	[PLAN_NEW_GROUP] = step_new_group,
	[PLAN_FOREGROUND] = step_foreground,
	[PLAN_CONTROLLING_TTY] = step_controlling_tty,
	[PLAN_NO_TTY] = step_no_tty,
	[PLAN_SIGNALS] = step_signals,
	[PLAN_DESCRIPTORS] = step_descriptors,
	[PLAN_CLOSE] = step_close,
	[PLAN_LIMITS] = step_limits,
	[PLAN_UMASK] = step_umask,
	[PLAN_UNSHARE] = step_unshare,
	[PLAN_USER_NAMESPACE] = step_user_namespace,
	[PLAN_MAP_IDS] = step_map_ids,
	[PLAN_MOUNT_PROC] = step_mount_proc,
	[PLAN_CHROOT] = step_chroot,
	[PLAN_SECUREBITS] = step_securebits,
	[PLAN_BOUNDING_SET] = step_bounding_set,
	[PLAN_GROUPS] = step_groups,
	[PLAN_KEEP_CAPABILITIES] = step_keep_capabilities,
	[PLAN_GID] = step_gid,
	[PLAN_UID] = step_uid,
	[PLAN_CAPABILITIES] = step_capabilities,
	[PLAN_AMBIENT] = step_ambient,
	[PLAN_PROVE] = step_prove,
	[PLAN_PARENT_DEATH] = step_parent_death,
	[PLAN_NO_NEW_PRIVS] = step_no_new_privs,
	[PLAN_ONCE] = step_once,
	[PLAN_DIRECTORY] = step_directory,
	[PLAN_LANDLOCK] = step_landlock,
	[PLAN_TRACE] = step_trace,
	[PLAN_EXEC] = step_exec,
};

int
step_run(const struct plan_step *step, const struct step_context *context,
    const char **detail)
{
	const struct work work = { step, context, detail };

	*detail = NULL;
	if ((unsigned int)step->kind < PLAN_KINDS)
		return functions[step->kind](&work);
	errno = EINVAL;
	return -1;
}

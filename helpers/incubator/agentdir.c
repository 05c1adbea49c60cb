/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the target, who owns the socket and nothing around it, and everybody
 * who kills the keeper.  The socket is bound while root alone can enter its
 * directory, and given away then: no name that the target could have made is
 * ever looked up here.
 */

#include "config.h"
#include "agentdir.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "aside.h"
#include "listener.h"
#include "planstep.h"
#include "procs.h"
#include "regentry.h"
#include "registry.h"
#include "rundir.h"
#include "stdfd.h"
#include "step.h"

#define DIRECTORY "agent"
#define SOCKET "socket"

/* For the child that becomes the target and listens, in ms. */
#define PATIENCE 5000

/* How many keepers a login looks at. */
#define LOOKS 64

static const char *run_path = RUN_PATH;

void
agentdir_use(const char *path)
{
	run_path = path;
}

static int
open_directory(int parent, const char *name)
{
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
}

/* Plain system calls only: the warden does it, too. */
static void
remove_from(int parent, const char *name)
{
	const int fd = open_directory(parent, name);

	if (fd != -1) {
		(void)unlinkat(fd, SOCKET, 0);
		(void)close(fd);
	}
	(void)unlinkat(parent, name, AT_REMOVEDIR);
}

/* Become the target for good, and prove it (I3, I4).  Returns 0 or -1. */
static int
become(const struct account *target)
{
	const struct plan_step steps[] = {
		{ .kind = PLAN_GROUPS },
		{ .kind = PLAN_GID, .u.gid = target->gid },
		{ .kind = PLAN_UID, .u.uid = target->uid },
		{ .kind = PLAN_CAPABILITIES },
		{ .kind = PLAN_PROVE, .u.prove = {
			.uid = target->uid, .gid = target->gid } },
	};
	gid_t scratch[1];
	const struct step_context context = { .scratch = scratch, .room = 1 };
	const char *detail;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (step_run(&steps[i], &context, &detail) == -1)
			return -1;
	return 0;
}

struct listening {
	const struct account *target;
	int sock;
};

/*
 * Whose process listened last is what a client is told of the socket; for the
 * target, it is the target.
 */
static void
listen_as_target(void *ctx, struct aside *aside)
{
	const struct listening *listening = ctx;
	int result;

	result = become(listening->target) == -1 ? errno :
	    listen(listening->sock, SOMAXCONN) == -1 ? errno : 0;
	aside_tell(aside, &result);
}

static int
give_to(const struct account *target, int fd, int sock)
{
	struct listening listening = { target, sock };
	int result = EPROTO;

	if (fchownat(fd, SOCKET, target->uid, target->gid,
	    AT_SYMLINK_NOFOLLOW) == -1 ||
	    aside_run(listen_as_target, &listening, &result, sizeof(result),
	    PATIENCE) == -1)
		return -1;
	errno = result;
	if (result != 0 || fchown(fd, 0, target->gid) == -1)
		return -1;
	return fchmod(fd, S_IRWXU | S_IXGRP);
}

/* A name that is there already is a keeper's who had our pid and birth. */
static int
make(const struct agentdir *dir, const struct account *target, int *listener)
{
	int fd, err;

	if (mkdirat(dir->parent, dir->name, S_IRWXU) == -1)
		return -1;
	*listener = -1;
	fd = open_directory(dir->parent, dir->name);
	/* PAM or a set-group-id directory may have had its way with it. */
	if (fd != -1 && fchown(fd, 0, 0) == 0 && fchmod(fd, S_IRWXU) == 0 &&
	    (*listener = listener_bind(fd, SOCKET, SOCK_STREAM)) != -1 &&
	    give_to(target, fd, *listener) == 0) {
		(void)close(fd);
		return 0;
	}
	err = errno;
	if (*listener != -1)
		(void)close(*listener);
	if (fd != -1)
		(void)close(fd);
	remove_from(dir->parent, dir->name);
	errno = err;
	return -1;
}

/*
 * Wait until the keeper is gone, with all signals blocked.  Whoever else sends
 * a signal, a shutdown or loginctl(1), sends it to the keeper as well, and he
 * may still have work.
 */
static void
keep_watch(const struct agentdir *dir, pid_t keeper)
{
	sigset_t term;
	int sig;

	(void)setsid();
	/* It holds nothing of the session's open (I7, I16). */
	if (stdfd_leave(STDIN_FILENO, STDERR_FILENO) == -1 ||
	    (dir->parent != 3 && dup2(dir->parent, 3) == -1) ||
	    stdfd_closefrom(4) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == -1)
		return;
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	while (getppid() == keeper)
		(void)sigwait(&term, &sig);
	remove_from(3, dir->name);
}

/* Without one the next login sweeps. */
static pid_t
start_warden(const struct agentdir *dir)
{
	const pid_t keeper = getpid();
	sigset_t all, before;
	pid_t pid;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	if ((pid = fork()) == 0) {
		keep_watch(dir, keeper);
		_exit(0);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

void
agentdir_close(struct agentdir *dir)
{
	const int err = errno;

	if (dir->parent == -1)
		return;
	remove_from(dir->parent, dir->name);
	if (dir->warden != -1) {
		(void)kill(dir->warden, SIGKILL);
		while (waitpid(dir->warden, NULL, 0) == -1 && errno == EINTR)
			continue;
	}
	(void)close(dir->parent);
	dir->parent = -1;
	errno = err;
}

int
agentdir_open(struct agentdir *dir, const struct account *target,
    int *listener)
{
	struct registry_entry self = { .keeper = getpid() };
	struct procs_stat st;
	int n;

	if (procs_stat(self.keeper, &st) == -1)
		return -1;
	self.keeper_start = st.start;
	regentry_name(&self, dir->name);
	n = snprintf(dir->path, sizeof(dir->path), "%s/" DIRECTORY "/%s/"
	    SOCKET, run_path, dir->name);
	if (n < 0 || (size_t)n >= sizeof(dir->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	dir->parent = rundir_make(run_path, DIRECTORY, 0711);
	if (dir->parent == -1)
		return -1;
	/* Before there is a listener, of which it would have a copy. */
	dir->warden = start_warden(dir);
	if (make(dir, target, listener) == 0)
		return 0;
	agentdir_close(dir);
	return -1;
}

/* One that nobody can look at is taken for alive. */
static int
is_gone(const char *name)
{
	struct registry_entry entry;
	struct procs_stat st;

	if (regentry_read_name(name, &entry) == -1)
		return 0;
	if (kill(entry.keeper, 0) == -1 && errno == ESRCH)
		return 1;
	return procs_stat(entry.keeper, &st) == 0 &&
	    (st.start != entry.keeper_start || st.ended);
}

void
agentdir_sweep(void)
{
	const int fd = rundir_open(run_path, DIRECTORY);
	const struct dirent *entry;
	int looks = LOOKS;
	DIR *list;

	if (fd == -1)
		return;
	if ((list = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return;
	}
	while (looks-- > 0 && (entry = readdir(list)) != NULL)
		if (is_gone(entry->d_name))
			remove_from(dirfd(list), entry->d_name);
	(void)closedir(list);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "nspace.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "planstep.h"
#include "walk.h"

int
nspace_settle(unsigned int namespaces, const char **detail)
{
	if ((namespaces & CLONE_NEWNS) == 0)
		return 0;
	*detail = "private mounts";
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return -1;
	*detail = NULL;
	return 0;
}

int
nspace_unshare(unsigned int namespaces, const char **detail)
{
	if (unshare((int)namespaces) == -1)
		return -1;
	return nspace_settle(namespaces, detail);
}

/* The whole text in one write, as the kernel wants it. */
static int
write_file(int dir, const char *name, const char *text)
{
	const size_t len = strlen(text);
	int err, fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, len);
	err = n == -1 ? errno : EIO;
	(void)close(fd);
	errno = err;
	return n != -1 && (size_t)n == len ? 0 : -1;
}

/* "/proc/PID", or "/proc/self", without printf(3). */
static void
name_process(pid_t pid, char path[32])
{
	char digits[16];
	size_t n = 0, i = strlen("/proc/");

	if (pid == 0) {
		(void)strlcpy(path, "/proc/self", 32);
		return;
	}
	for (; pid > 0; pid /= 10)
		digits[n++] = (char)('0' + pid % 10);
	(void)strlcpy(path, "/proc/", 32);
	while (n > 0)
		path[i++] = digits[--n];
	path[i] = '\0';
}

/*
 * The group map of who may not set groups in the outer namespace is accepted
 * only once nobody inside may either.  No such file: a kernel before 3.19.
 */
static int
map_groups(const struct plan_step *step, int dir, const char **detail)
{
	*detail = "setgroups";
	if (write_file(dir, "setgroups", step->u.map.setgroups ==
	    PLAN_SETGROUPS_ALLOW ? "allow" : "deny") == -1 &&
	    errno != ENOENT)
		return -1;
	*detail = "gid_map";
	if (step->u.map.gids != NULL &&
	    write_file(dir, "gid_map", step->u.map.gids) == -1)
		return -1;
	*detail = NULL;
	return 0;
}

int
nspace_open_process(pid_t pid)
{
	char path[32];

	name_process(pid, path);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int
nspace_map(const struct plan_step *step, int dir, const char **detail)
{
	*detail = "/proc";
	if (dir == -1) {
		errno = ENOENT;
		return -1;
	}
	*detail = "uid_map";
	if (step->u.map.uids != NULL &&
	    write_file(dir, "uid_map", step->u.map.uids) == -1)
		return -1;
	return map_groups(step, dir, detail);
}

int
nspace_map_self(const struct plan_step *step, const char **detail)
{
	int dir = nspace_open_process(0), err, r;

	r = nspace_map(step, dir, detail);
	err = errno;
	if (dir != -1)
		(void)close(dir);
	errno = err;
	return r;
}

int
nspace_mount_proc(const char *path)
{
	return mount("proc", path, "proc", MS_NOSUID | MS_NODEV |
	    MS_NOEXEC, NULL);
}

/* Does the kernel call "." so?  -1 with errno: it has no name. */
static int
is_at(const char *name)
{
	const size_t size = strlen(name) + 1;
	char path[PATH_MAX];
	const long len = syscall(SYS_getcwd, path, sizeof(path));

	if (len == -1)
		return -1;
	return len == (long)size && memcmp(path, name, size) == 0;
}

/*
 * To the outermost directory of the mount namespace.  A directory that the
 * root does not contain has its name from there (getcwd(2), NOTES).
 */
static int
climb(void)
{
	int i, r;

	/* A name has no more parts than that. */
	for (i = 0; i < PATH_MAX; i++) {
		if ((r = is_at("(unreachable)/")) != 0)
			return r == 1 ? 0 : -1;
		if (chdir("..") == -1)
			return -1;
	}
	errno = ELOOP;
	return -1;
}

/*
 * pivot_root(2) takes the root's place, and what is around that stays: where
 * we were started in a chroot(2) ourselves, a command that may do that, too,
 * would get there.  So the outermost directory becomes the root first, in the
 * way in which one leaves a chroot(2); "." stays what it is.  Mounts that
 * nspace_settle() did not reach are made private, or others would lose theirs
 * when they go.
 */
static int
take_outermost_root(void)
{
	const int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *detail;
	int err, r = -1;

	if (here != -1 && root != -1 && chroot(".") == 0 &&
	    fchdir(root) == 0 && climb() == 0 && chroot(".") == 0 &&
	    nspace_settle(CLONE_NEWNS, &detail) == 0)
		r = fchdir(here);
	err = errno;
	if (here != -1)
		(void)close(here);
	if (root != -1)
		(void)close(root);
	errno = err;
	return r;
}

/*
 * The directory becomes a mount by being bound to itself; then it and the
 * old root change places, one on the other, and the old one goes
 * (pivot_root(2)).
 */
static int
pivot(int dir, const char *path, const char **detail)
{
	int is_root;

	*detail = "bind";
	if (fchdir(dir) == -1 || (is_root = is_at("/")) == -1 ||
	    mount(".", ".", NULL, MS_BIND | MS_REC, NULL) == -1)
		return -1;
	/*
	 * The mount that is there now; "." is still what is below it, and so
	 * is "/", but not what ".." comes to.
	 */
	*detail = "the new mount";
	if (chdir(is_root ? "/.." : path) == -1)
		return -1;
	*detail = "the outermost root";
	if (take_outermost_root() == -1)
		return -1;
	*detail = "pivot_root";
	if (syscall(SYS_pivot_root, ".", ".") == -1)
		return -1;
	*detail = "unmount of the old root";
	if (umount2(".", MNT_DETACH) == -1)
		return -1;
	*detail = NULL;
	return chdir("/");
}

static int
change_root(int dir)
{
	if (fchdir(dir) == -1 || chroot(".") == -1)
		return -1;
	return chdir("/");
}

int
nspace_chroot(const struct plan_step *step, const char **detail)
{
	const char *path = step->u.root.path;
	int err, r, dir;

	dir = step->u.root.trusted ? walk_open(path,
	    WALK_DIRECTORIES_OF_ROOT, detail) :
	    open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return -1;
	r = step->u.root.pivot ? pivot(dir, path, detail) : change_root(dir);
	err = errno;
	(void)close(dir);
	errno = err;
	return r;
}

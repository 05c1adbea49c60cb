/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "stage.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caps.h"
#include "pty.h"
#include "scene.h"

/* Private mounts, too: a container may refuse those alone. */
static int
try_namespaces(unsigned int namespaces)
{
	if (unshare((int)namespaces) == -1)
		return errno;
	if ((namespaces & CLONE_NEWNS) != 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return errno;
	return 0;
}

int
stage_can(const char *name, unsigned int namespaces)
{
	int wstatus;
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		_exit(try_namespaces(namespaces));
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	if (wstatus == 0)
		return 1;
	printf("SKIP %s: namespaces: %s\n", name,
	    strerror(WEXITSTATUS(wstatus)));
	return 0;
}

int
stage_has_caps(const char *name, uint64_t want)
{
	struct caps caps;

	ck_assert_int_eq(caps_get(&caps), 0);
	if ((caps.permitted & want) == want)
		return 1;
	printf("SKIP %s: not all of root's capabilities are here\n", name);
	return 0;
}

void
stage_be_nobody(const gid_t *groups, size_t count)
{
	ck_assert_int_eq(setgroups(count, groups), 0);
	ck_assert_int_eq(setresgid(SCENE_GID, SCENE_GID, SCENE_GID), 0);
	ck_assert_int_eq(setresuid(SCENE_UID, SCENE_UID, SCENE_UID), 0);
	/* as a process that was started by him: /proc/self is his */
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
}

void
stage_namespaces(enum plan_kind kind, unsigned int namespaces)
{
	const struct plan_step step = { .kind = kind,
	    .u.namespaces = namespaces };

	scene_add(&step);
}

void
stage_caps(enum plan_kind kind, uint64_t caps)
{
	const struct plan_step step = { .kind = kind, .u.caps = caps };

	scene_add(&step);
}

void
stage_map(unsigned int inside, enum plan_setgroups setgroups, int by_parent)
{
	static char uids[64], gids[64];
	const struct plan_step step = { .kind = PLAN_MAP_IDS,
	    .u.map = { uids, gids, setgroups, by_parent } };

	(void)snprintf(uids, sizeof(uids), "%u %u 1\n", inside,
	    (unsigned int)getuid());
	(void)snprintf(gids, sizeof(gids), "%u %u 1\n", inside,
	    (unsigned int)getgid());
	scene_add(&step);
}

void
stage_ids(uid_t uid, gid_t gid, const gid_t *list, size_t count, int kept)
{
	struct plan_step step = { .kind = PLAN_GROUPS,
	    .u.groups = { .list = list, .count = count, .kept = kept } };

	scene_add(&step);
	step.kind = PLAN_GID;
	step.u.gid = gid;
	scene_add(&step);
	step.kind = PLAN_UID;
	step.u.uid = uid;
	scene_add(&step);
}

void
stage_chroot(const char *path, int trusted, int pivot)
{
	const struct plan_step step = { .kind = PLAN_CHROOT,
	    .u.root = { path, trusted, pivot } };

	scene_add(&step);
}

static char root[] = "/tmp/check_root.XXXXXX";

/* A directory of this machine's, or a link like it where it is one. */
static int
add_to_root(const char *name)
{
	char from[32], to[64], target[64];
	ssize_t n;

	(void)snprintf(from, sizeof(from), "/%s", name);
	(void)snprintf(to, sizeof(to), "%s/%s", root, name);
	n = readlink(from, target, sizeof(target) - 1);
	if (n > 0) {
		target[n] = '\0';
		return symlink(target, to);
	}
	if (access(from, F_OK) == -1)
		return 0;
	if (mkdir(to, 0755) == -1)
		return -1;
	return mount(from, to, NULL, MS_BIND | MS_REC, NULL);
}

static int
fill_root(void)
{
	static const char *const names[] = { "usr", "bin", "sbin", "lib",
	    "lib64" };
	char path[64];
	size_t i;

	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", root, "tmpfs", 0, "mode=755") == -1)
		return -1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (add_to_root(names[i]) == -1)
			return -1;
	(void)snprintf(path, sizeof(path), "%s/etc", root);
	if (mkdir(path, 0755) == -1)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/proc", root);
	return mkdir(path, 0755);
}

const char *
stage_make_root(const char *name)
{
	(void)strlcpy(root + sizeof(root) - 7, "XXXXXX", 7);
	ck_assert_ptr_nonnull(mkdtemp(root));
	if (fill_root() == 0)
		return root;
	printf("SKIP %s: a root directory: %s\n", name, strerror(errno));
	stage_remove_root();
	return NULL;
}

void
stage_remove_root(void)
{
	(void)umount2(root, MNT_DETACH);
	(void)rmdir(root);
}

static char directory[] = "/tmp/check_stage.XXXXXX";

const char *
stage_file(const char *name)
{
	static char path[320];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

const char *
stage_program(void)
{
	static char path[64];

	(void)snprintf(path, sizeof(path), "%s/program", directory);
	return path;
}

void
stage_make_files(void)
{
	struct stat st;
	int from, to;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chmod(directory, 0755), 0);
	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ne(from, -1);
	ck_assert_int_eq(fstat(from, &st), 0);
	to = open(stage_program(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0755);
	ck_assert_int_ne(to, -1);
	while (sendfile(to, from, NULL, (size_t)st.st_size) > 0)
		continue;
	ck_assert_int_eq(lseek(to, 0, SEEK_CUR), st.st_size);
	(void)close(from);
	(void)close(to);
	ck_assert_int_eq(chmod(stage_program(), 0755), 0);
}

void
stage_remove_files(void)
{
	struct dirent *entry;
	DIR *dir = opendir(directory);

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		(void)unlink(stage_file(entry->d_name));
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(directory);
}

const char *
stage_link(const char *path)
{
	static char target[128];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	ck_assert_msg(n > 0, "%s: %s", path, strerror(errno));
	target[n] = '\0';
	return target;
}

void
stage_lead_session(void (*body)(int tty))
{
	char name[PTY_NAME_SIZE];
	int master, slave, wstatus;
	pid_t pid;

	if (pty_open(&master, &slave, name) == -1) {
		ck_assert_msg(errno == EACCES || errno == ENOENT, "pty: %s",
		    strerror(errno));
		printf("SKIP a session on a terminal: no pty: %s\n",
		    strerror(errno));
		return;
	}
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)alarm(20);
		ck_assert_int_ne(setsid(), -1);
		ck_assert_int_eq(ioctl(slave, TIOCSCTTY, 0), 0);
		body(slave);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x", (unsigned int)wstatus);
	(void)close(master);
	(void)close(slave);
}

/* The other end of its input keeps each command waiting. */
static struct {
	pid_t pid;
	int input;
} waiting[2];

static size_t
slot_of(pid_t pid)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (waiting[i].pid == pid)
			return i;
	ck_abort_msg("no command %d waits", (int)pid);
	return 0;
}

pid_t
stage_start(void)
{
	static int fds[3];
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { fds, 3 } };
	const size_t slot = slot_of(0);
	char why[256];
	int input[2];

	ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
	fds[0] = input[0];
	fds[1] = scene.out[1];
	fds[2] = 2;
	scene_add(&step);
	scene_basics();
	scene_cat("-");
	ck_assert_msg(plan_check(scene.plan, why, sizeof(why)) == 0, "%s",
	    why);
	waiting[slot].pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_msg(waiting[slot].pid > 0, "step %zu: %s",
	    scene.failed.step, strerror(scene.failed.err));
	waiting[slot].input = input[1];
	(void)close(input[0]);
	return waiting[slot].pid;
}

void
stage_stop(pid_t pid)
{
	const size_t slot = slot_of(pid);
	int wstatus;

	(void)close(waiting[slot].input);
	waiting[slot].pid = 0;
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A file's name is its keeper's pid and birth, which together name one process
 * for ever: whether an entry is stale is seen from its name.  A keeper that
 * nobody can look at (/proc hides it, or is not there) is taken for alive:
 * what is cleaned up too early hangs up somebody who works.
 */

#include "config.h"
#include "registry.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "procs.h"
#include "recorddir.h"
#include "recordfile.h"
#include "regentry.h"
#include "rundir.h"

#define DIRECTORY "sessions"
/* No record, by its name; root's alone, or anybody could hold it. */
#define LOCK ".lock"
/*
 * What a login may be held up by: entries that are cleaned up, at 40 us and
 * what their records cost, which is seconds where somebody has these locked:
 * then one is enough; and keepers whose births are looked at, at 12 us.
 */
#define QUICK_MAX 4
#define QUICK_PATIENCE 250	/* ms */
#define QUICK_LOOKS 32

static const char *run_path = RUN_PATH;

void
registry_use(const char *path)
{
	run_path = path;
}

static int
write_entry(int dir, const struct registry_entry *entry)
{
	struct recordfile *rec;
	char name[REGENTRY_NAME_SIZE];
	int r, saved;

	if ((rec = regentry_print(entry)) == NULL)
		return -1;
	regentry_name(entry, name);
	r = recorddir_write(dir, name, rec, 0644);
	saved = errno;
	recordfile_free(rec);
	errno = saved;
	return r;
}

int
registry_add(struct registry_entry *entry)
{
	struct procs_stat st;

	if (procs_stat(getpid(), &st) == -1)
		return -1;
	entry->keeper = getpid();
	entry->keeper_start = st.start;
	if (entry->since == 0)
		entry->since = time(NULL);
	return registry_update(entry);
}

int
registry_update(struct registry_entry *entry)
{
	struct procs_stat st;
	int dir, r, saved;

	if (entry->child != 0 && entry->child_start == 0) {
		if (procs_stat(entry->child, &st) == -1)
			return -1;
		entry->child_start = st.start;
	}
	if ((dir = rundir_make(run_path, DIRECTORY, 0755)) == -1)
		return -1;
	r = write_entry(dir, entry);
	saved = errno;
	(void)close(dir);
	errno = saved;
	return r;
}

int
registry_remove(const struct registry_entry *entry)
{
	char name[REGENTRY_NAME_SIZE];
	int dir, r, saved;

	if ((dir = rundir_open(run_path, DIRECTORY)) == -1)
		return -1;
	regentry_name(entry, name);
	r = recorddir_remove(dir, name);
	saved = errno;
	(void)close(dir);
	errno = saved;
	return r;
}

/*
 * Without a look at its birth, which is not cheap, a pid that has become
 * another process's passes for the keeper.  A zombie keeps nothing any more.
 */
static int
is_gone(const struct registry_entry *entry, int look)
{
	struct procs_stat st;

	if (kill(entry->keeper, 0) == -1 && errno == ESRCH)
		return 1;
	return look && procs_stat(entry->keeper, &st) == 0 &&
	    (st.start != entry->keeper_start || st.ended);
}

/*
 * Read an entry whose name has been read: 1, with the record that it borrows
 * from; 0 if it is none; or -1 if another time it might be one, for we are
 * short of something.
 */
static int
read_entry(int dir, const char *name, struct registry_entry *entry,
    struct recordfile **rec)
{
	struct stat st;

	/* The directory is root's, or ours: rundir.h has looked. */
	if (fstat(dir, &st) == -1)
		return -1;
	*rec = recorddir_read(dir, name, st.st_uid);
	if (*rec == NULL)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ||
		    errno == EIO ? -1 : 0;
	if (regentry_parse(*rec, entry) == 0)
		return 1;
	recordfile_free(*rec);
	return 0;
}

static void
call_with(int dir, const char *name, struct registry_entry *entry,
    registry_call *call, void *ctx)
{
	struct recordfile *rec;

	if (read_entry(dir, name, entry, &rec) == 1) {
		call(ctx, entry);
		recordfile_free(rec);
	}
}

int
registry_each(registry_call *call, void *ctx)
{
	struct registry_entry entry;
	struct recorddir_list list;
	int dir, r;
	size_t i;

	if ((dir = rundir_open(run_path, DIRECTORY)) == -1)
		return errno == ENOENT ? 0 : -1;
	if ((r = recorddir_list(dir, &list)) == 0) {
		for (i = 0; i < list.count; i++)
			if (regentry_read_name(list.names[i], &entry) == 0 &&
			    !is_gone(&entry, 1))
				call_with(dir, list.names[i], &entry, call,
				    ctx);
		recorddir_list_free(&list);
	}
	(void)close(dir);
	return r;
}

/* Returns a descriptor, or -1 with errno: EWOULDBLOCK. */
static int
take_lock(int dir, enum registry_effort effort)
{
	const int wait = effort == REGISTRY_ALL ? 0 : LOCK_NB;
	int fd, r, saved;

	fd = openat(dir, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC, 0600);
	if (fd == -1)
		return -1;
	do
		r = flock(fd, LOCK_EX | wait);
	while (r == -1 && errno == EINTR && wait == 0);
	if (r == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

/* Returns 1 if there is more to be done about the entry, later. */
static int
sweep_one(int dir, const char *name, struct registry_entry *entry,
    registry_sweeper *call, void *ctx)
{
	struct recordfile *rec;
	int r;

	if ((r = read_entry(dir, name, entry, &rec)) == 1) {
		/* Who cannot be kept in mind would never be done with. */
		r = call(ctx, entry) == 1 && write_entry(dir, entry) == 0;
		recordfile_free(rec);
	}
	/* One that is no entry goes, too: it is nobody's. */
	if (r == 0)
		(void)recorddir_remove(dir, name);
	return r == 1;
}

static int
sweep(int dir, enum registry_effort effort, registry_sweeper *call, void *ctx)
{
	const long long deadline = deadline_in(QUICK_PATIENCE);
	struct registry_entry entry;
	struct recorddir_list list;
	int most = effort == REGISTRY_ALL ? INT_MAX : QUICK_MAX;
	int looks = effort == REGISTRY_ALL ? INT_MAX : QUICK_LOOKS;
	int left = 0;
	const char *name;
	size_t i;

	if (recorddir_sweep(dir) == -1 || recorddir_list(dir, &list) == -1)
		return -1;
	for (i = 0; i < list.count && most > 0; i++) {
		/* Not always the same ones: those behind have their turn. */
		name = list.names[(i + (size_t)getpid()) % list.count];
		if (regentry_read_name(name, &entry) == -1 ||
		    !is_gone(&entry, looks-- > 0))
			continue;
		left += sweep_one(dir, name, &entry, call, ctx);
		if (effort == REGISTRY_QUICK && deadline_left(deadline) == 0)
			break;
		most--;
	}
	recorddir_list_free(&list);
	return left;
}

int
registry_sweep(enum registry_effort effort, registry_sweeper *call, void *ctx)
{
	int dir, lock, r, saved;

	if ((dir = rundir_open(run_path, DIRECTORY)) == -1)
		return errno == ENOENT ? 0 : -1;
	if ((lock = take_lock(dir, effort)) == -1)
		r = errno == EWOULDBLOCK ? 0 : -1;
	else
		r = sweep(dir, effort, call, ctx);
	saved = errno;
	if (lock != -1)
		(void)close(lock);
	(void)close(dir);
	errno = saved;
	return r;
}

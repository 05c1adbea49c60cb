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

#include "decimal.h"
#include "procs.h"
#include "recorddir.h"
#include "recordfile.h"
#include "rundir.h"

#define DIRECTORY "sessions"
/* No record, by its name; root's alone, or anybody could hold it. */
#define LOCK ".lock"
/*
 * What a login may be held up by: entries that are cleaned up, at some 40 us
 * and what that costs, and keepers whose births are looked at, at 12 us.
 */
#define QUICK_MAX 16
#define QUICK_LOOKS 32
#define NAME_SIZE 40

static const char *run_path = RUN_PATH;

void
registry_use(const char *path)
{
	run_path = path;
}

static void
make_name(const struct registry_entry *entry, char name[NAME_SIZE])
{
	(void)snprintf(name, NAME_SIZE, "%d-%llu", (int)entry->keeper,
	    entry->keeper_start);
}

/* Written in one way only: no sign, no blank, no zero before it. */
static int
read_name(const char *name, struct registry_entry *entry)
{
	const char *dash = strchr(name, '-');
	char again[NAME_SIZE];
	uint64_t pid, start;

	if (dash == NULL || decimal_read(name, (size_t)(dash - name), INT_MAX,
	    &pid) == -1 || decimal_read(dash + 1, strlen(dash + 1),
	    UINT64_MAX, &start) == -1 || pid == 0)
		return -1;
	entry->keeper = (pid_t)pid;
	entry->keeper_start = start;
	make_name(entry, again);
	return strcmp(name, again) == 0 ? 0 : -1;
}

static int
set_text(struct recordfile *rec, const char *name, const char *value)
{
	return value == NULL || *value == '\0' ? 0 :
	    recordfile_set(rec, name, value);
}

static int
set_number(struct recordfile *rec, const char *name, unsigned long long value)
{
	return recordfile_set_number(rec, name, value);
}

static struct recordfile *
make_record(const struct registry_entry *entry)
{
	struct recordfile *rec = recordfile_new();
	int saved;

	if (rec != NULL && set_text(rec, "USER", entry->user) == 0 &&
	    set_number(rec, "UID", entry->uid) == 0 &&
	    set_text(rec, "CALLER", entry->caller) == 0 &&
	    set_text(rec, "ADDRESS", entry->address) == 0 &&
	    set_text(rec, "TTY", entry->tty) == 0 &&
	    set_text(rec, "SERVICE", entry->service) == 0 &&
	    set_text(rec, "SHAPE", entry->shape) == 0 &&
	    set_number(rec, "CHILD", (unsigned int)entry->child) == 0 &&
	    set_number(rec, "CHILD_START", entry->child_start) == 0 &&
	    set_number(rec, "SID", (unsigned int)entry->sid) == 0 &&
	    set_number(rec, "SINCE", (unsigned long long)entry->since) == 0 &&
	    set_text(rec, "SESSION", entry->session) == 0 &&
	    set_text(rec, "RECORDS", entry->records) == 0 &&
	    (entry->hangup_delay < 0 || set_number(rec, "HANGUP_DELAY",
	    (unsigned long long)entry->hangup_delay) == 0))
		return rec;
	saved = errno;
	recordfile_free(rec);
	errno = saved;
	return NULL;
}

static const char *
get_text(const struct recordfile *rec, const char *name)
{
	const char *value = recordfile_get(rec, name);

	return value != NULL ? value : "";
}

/* 0 for what is not there, but -1 for what is no number. */
static int
get_number(const struct recordfile *rec, const char *name, uint64_t max,
    uint64_t *value)
{
	*value = 0;
	return recordfile_number(rec, name, max, value) == -1 &&
	    errno != ENOENT ? -1 : 0;
}

static int
get_processes(const struct recordfile *rec, struct registry_entry *entry)
{
	uint64_t child, start, sid;

	if (get_number(rec, "CHILD", INT_MAX, &child) == -1 ||
	    get_number(rec, "CHILD_START", UINT64_MAX, &start) == -1 ||
	    get_number(rec, "SID", INT_MAX, &sid) == -1)
		return -1;
	/* Whom a signal may reach: nobody's session but those two. */
	if (child == 1 || sid == 1 || (sid != 0 && sid != child &&
	    sid != (uint64_t)entry->keeper))
		return -1;
	entry->child = (pid_t)child;
	entry->child_start = start;
	entry->sid = (pid_t)sid;
	return 0;
}

static int
get_entry(const struct recordfile *rec, struct registry_entry *entry)
{
	uint64_t uid, since, delay;

	entry->user = get_text(rec, "USER");
	entry->caller = get_text(rec, "CALLER");
	entry->address = get_text(rec, "ADDRESS");
	entry->tty = get_text(rec, "TTY");
	entry->service = get_text(rec, "SERVICE");
	entry->shape = get_text(rec, "SHAPE");
	entry->session = get_text(rec, "SESSION");
	entry->records = get_text(rec, "RECORDS");
	if (*entry->user == '\0' ||
	    recordfile_number(rec, "UID", UINT32_MAX - 1, &uid) == -1 ||
	    get_number(rec, "SINCE", INT64_MAX, &since) == -1 ||
	    get_number(rec, "HANGUP_DELAY", INT_MAX, &delay) == -1 ||
	    get_processes(rec, entry) == -1)
		return -1;
	entry->uid = (uid_t)uid;
	entry->since = (time_t)since;
	entry->hangup_delay = recordfile_get(rec, "HANGUP_DELAY") != NULL ?
	    (long)delay : -1;
	return 0;
}

static int
write_entry(const struct registry_entry *entry)
{
	struct recordfile *rec;
	char name[NAME_SIZE];
	int dir, r = -1, saved;

	if ((rec = make_record(entry)) == NULL)
		return -1;
	make_name(entry, name);
	if ((dir = rundir_make(run_path, DIRECTORY, 0755)) != -1)
		r = recorddir_write(dir, name, rec, 0644);
	saved = errno;
	if (dir != -1)
		(void)close(dir);
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

	if (entry->child != 0) {
		if (procs_stat(entry->child, &st) == -1)
			return -1;
		entry->child_start = st.start;
	}
	return write_entry(entry);
}

int
registry_remove(const struct registry_entry *entry)
{
	char name[NAME_SIZE];
	int dir, r, saved;

	if ((dir = rundir_open(run_path, DIRECTORY)) == -1)
		return -1;
	make_name(entry, name);
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
 * Of an entry whose name has been read.  Returns 0; or -1 if it might be read
 * another time, for we are short of something.
 */
static int
hand_out(int dir, const char *name, struct registry_entry *entry,
    registry_call *call, void *ctx)
{
	struct recordfile *rec;
	struct stat st;

	/* The directory is root's, or ours: rundir.h has looked. */
	if (fstat(dir, &st) == -1)
		return -1;
	rec = recorddir_read(dir, name, st.st_uid);
	if (rec == NULL)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ||
		    errno == EIO ? -1 : 0;
	if (get_entry(rec, entry) == 0)
		call(ctx, entry);
	recordfile_free(rec);
	return 0;
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
			if (read_name(list.names[i], &entry) == 0 &&
			    !is_gone(&entry, 1))
				(void)hand_out(dir, list.names[i], &entry,
				    call, ctx);
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

static int
sweep(int dir, enum registry_effort effort, registry_call *call, void *ctx)
{
	struct registry_entry entry;
	struct recorddir_list list;
	int left = effort == REGISTRY_ALL ? INT_MAX : QUICK_MAX;
	int looks = effort == REGISTRY_ALL ? INT_MAX : QUICK_LOOKS;
	const char *name;
	size_t i;

	if (recorddir_sweep(dir) == -1 || recorddir_list(dir, &list) == -1)
		return -1;
	for (i = 0; i < list.count && left > 0; i++) {
		/* Not always the same ones: those behind have their turn. */
		name = list.names[(i + (size_t)getpid()) % list.count];
		if (read_name(name, &entry) == -1 ||
		    !is_gone(&entry, looks-- > 0))
			continue;
		/* One that is no entry goes, too: it is nobody's. */
		if (hand_out(dir, name, &entry, call, ctx) == 0)
			(void)recorddir_remove(dir, name);
		left--;
	}
	recorddir_list_free(&list);
	return 0;
}

int
registry_sweep(enum registry_effort effort, registry_call *call, void *ctx)
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

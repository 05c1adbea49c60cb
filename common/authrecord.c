/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces a process of the login's uid that asks root for somebody else's
 * account.  It chooses what it asks, when, and of which process it is a
 * child; it chooses neither the record nor what /proc says of it.
 */

#include "config.h"
#include "authrecord.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procs.h"
#include "recorddir.h"
#include "recordfile.h"
#include "rundir.h"

/* More generations than a command line has helpers are somebody's game. */
#define GENERATIONS_MAX 64

static const char gone[] = "the process has ended";
static const char no_line[] = "no record of the login: it has ended, or "
    "there is no line with --record-auth in sshd's PAM file";

void
authrecord_free(struct authrecord *rec)
{
	authinfo_free(&rec->auth);
	memset(rec, 0, sizeof(*rec));
}

const char *
authrecord_name(uint32_t session, char buf[AUTHRECORD_NAME_SIZE])
{
	(void)snprintf(buf, AUTHRECORD_NAME_SIZE, "%u", session);
	return buf;
}

int
authrecord_is_kept(const struct authrecord_keeper *keeper)
{
	return procs_lives(keeper->pid, keeper->start);
}

int
authrecord_write(int dir, uint32_t session, const struct authrecord *rec,
    const char *auth_info)
{
	struct recordfile *file;
	char name[AUTHRECORD_NAME_SIZE];
	int r = -1, saved;

	if ((file = recordfile_new()) == NULL)
		return -1;
	if (recordfile_set(file, "USER", rec->user) == 0 &&
	    recordfile_set_number(file, "LOGINUID", rec->loginuid) == 0 &&
	    recordfile_set_number(file, "KEEPER",
	    (uint64_t)rec->keeper.pid) == 0 &&
	    recordfile_set_number(file, "KEEPER_START",
	    rec->keeper.start) == 0 &&
	    recordfile_set(file, "CONNECTION", rec->connection.text) == 0 &&
	    recordfile_set(file, "AUTH_INFO", auth_info) == 0)
		r = recorddir_write(dir, authrecord_name(session, name), file,
		    0600);
	saved = errno;
	recordfile_free(file);
	errno = saved;
	return r;
}

static int
get_keeper(const struct recordfile *file, struct authrecord_keeper *keeper)
{
	uint64_t pid, start;

	if (recordfile_number(file, "KEEPER", INT32_MAX, &pid) == -1 ||
	    recordfile_number(file, "KEEPER_START", UINT64_MAX,
	    &start) == -1) {
		errno = EINVAL;
		return -1;
	}
	keeper->pid = (pid_t)pid;
	keeper->start = start;
	return 0;
}

int
authrecord_keeper(int dir, const char *name, struct authrecord_keeper *keeper)
{
	struct recordfile *file;
	int r, saved;

	if ((file = recorddir_read(dir, name, geteuid())) == NULL)
		return -1;
	r = get_keeper(file, keeper);
	saved = errno;
	recordfile_free(file);
	errno = saved;
	return r;
}

/* Returns 0, or -1 if that is no record of ours; then errno may be ENOMEM. */
static int
take(const struct recordfile *file, struct authrecord *rec)
{
	const char *user = recordfile_get(file, "USER");
	const char *connection = recordfile_get(file, "CONNECTION");
	const char *auth_info = recordfile_get(file, "AUTH_INFO");
	uint64_t loginuid;

	errno = EINVAL;
	if (user == NULL || connection == NULL || auth_info == NULL ||
	    strlcpy(rec->user, user, sizeof(rec->user)) >=
	    sizeof(rec->user) || !account_name_ok(user) ||
	    conninfo_parse(connection, &rec->connection) == -1 ||
	    get_keeper(file, &rec->keeper) == -1 ||
	    recordfile_number(file, "LOGINUID", UINT32_MAX - 1,
	    &loginuid) == -1) {
		errno = EINVAL;
		return -1;
	}
	rec->loginuid = (uid_t)loginuid;
	return authinfo_parse(auth_info, &rec->auth);
}

int
authrecord_read(int dir, uint32_t session, struct authrecord *rec)
{
	char name[AUTHRECORD_NAME_SIZE];
	struct recordfile *file;
	int r, saved;

	memset(rec, 0, sizeof(*rec));
	file = recorddir_read(dir, authrecord_name(session, name), geteuid());
	if (file == NULL)
		return -1;
	r = take(file, rec);
	saved = errno;
	recordfile_free(file);
	if (r == -1)
		authrecord_free(rec);
	errno = saved;
	return r;
}

/*
 * From child to parent up to the keeper.  Who was born before his child has
 * not taken over the pid of the child's parent since.
 */
static int
descends(pid_t pid, const struct authrecord_keeper *keeper)
{
	struct procs_stat st;
	unsigned long long born = UINT64_MAX;
	int i;

	for (i = 0; i < GENERATIONS_MAX && pid > 0; i++) {
		if (procs_stat(pid, &st) == -1 || st.start > born)
			return 0;
		if (pid == keeper->pid)
			return st.start == keeper->start && !st.ended;
		born = st.start;
		pid = st.ppid;
	}
	return 0;
}

static int
is_uid_of(const char *user, uid_t uid)
{
	enum account_error err;
	struct account *account = account_by_name(user, &err);
	int r;

	if (account == NULL)
		return 0;
	r = account->uid == uid;
	account_free(account);
	return r;
}

/* The record's own words against the kernel's.  Returns a reason, or NULL. */
static const char *
objection(const struct authrecord *rec, const struct auditid *id, pid_t pid,
    uid_t uid)
{
	if (!authrecord_is_kept(&rec->keeper))
		return "the sshd process of the login has ended";
	if (!descends(pid, &rec->keeper))
		return "the process has left the login that is recorded, or "
		    "was never in it";
	if (rec->loginuid != id->loginuid)
		return "the record of the login has another login uid";
	if (!is_uid_of(rec->user, uid))
		return "the record of the login is of another user";
	return NULL;
}

static const char *
disbelief(int err)
{
	switch (err) {
	case ENOENT:
		return no_line;
	case EPERM:
	case ELOOP:
		return "the record of the login could have been written by "
		    "somebody but root";
	case EINVAL:
	case EFBIG:
	case E2BIG:
		return "the record of the login is not as --record-auth "
		    "writes it";
	default:
		return "the record of the login cannot be read";
	}
}

/* Is it still the process that was looked at first? */
static int
is_still(pid_t pid, int pidfd, const struct procs_stat *before)
{
	struct pollfd watch = { .fd = pidfd, .events = POLLIN };

	return procs_lives(pid, before->start) &&
	    (pidfd == -1 || poll(&watch, 1, 0) == 0);
}

int
authrecord_find_in(int dir, const struct auditid *id, pid_t pid, int pidfd,
    uid_t uid, struct authrecord *rec, const char **why)
{
	struct procs_stat before;

	memset(rec, 0, sizeof(*rec));
	*why = gone;
	if (procs_stat(pid, &before) == -1)
		return -1;
	if (authrecord_read(dir, id->session, rec) == -1) {
		*why = disbelief(errno);
		return -1;
	}
	*why = objection(rec, id, pid, uid);
	if (*why == NULL && !is_still(pid, pidfd, &before))
		*why = gone;
	if (*why == NULL)
		return 0;
	authrecord_free(rec);
	return -1;
}

int
authrecord_find(pid_t pid, int pidfd, uid_t uid, struct authrecord *rec,
    const char **why)
{
	struct procs_stat before;
	struct auditid id;
	int dir, r;

	memset(rec, 0, sizeof(*rec));
	*why = gone;
	if (procs_stat(pid, &before) == -1)
		return -1;
	if (auditid_read(pid, &id) == -1) {
		*why = auditid_strerror(errno);
		return -1;
	}
	if ((dir = rundir_open(RUN_PATH, AUTHRECORD_DIRECTORY)) == -1) {
		*why = errno == ENOENT ? no_line :
		    "the directory of the records cannot be trusted or read";
		return -1;
	}
	r = authrecord_find_in(dir, &id, pid, pidfd, uid, rec, why);
	(void)close(dir);
	/* What was read of it in the beginning was of the same process. */
	if (r == 0 && !is_still(pid, pidfd, &before)) {
		authrecord_free(rec);
		*why = gone;
		r = -1;
	}
	return r;
}

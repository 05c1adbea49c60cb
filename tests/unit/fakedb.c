/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * In place of libwtmpdb and liblastlog2, and of the PAM modules that use them:
 * built as a shared object by check_loginrecord.  Rows stay in the order in
 * which they came, and that is the order of their times.
 */

#include "fakedb.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int callback(void *, int, char **, char **);

int64_t wtmpdb_login(const char *, int, const char *, uint64_t, const char *,
    const char *, const char *, char **);
int wtmpdb_logout(const char *, int64_t, uint64_t, char **);
int64_t wtmpdb_get_id(const char *, const char *, char **);
int wtmpdb_read_all(const char *, callback *, char **);
int ll2_write_entry(void *, const char *, int64_t, const char *,
    const char *, const char *, char **);

static struct fakedb_row rows[64];
static int count;

/* Read all that there is.  Returns a descriptor, or -1 if it must not work. */
static int
begin(const char *path, char **error)
{
	const char *mood = getenv(FAKEDB_MOOD);
	const char *file = getenv(FAKEDB_PATH);
	int fd;

	if (mood != NULL && strcmp(mood, "hang") == 0)
		for (;;)
			(void)pause();
	if (path != NULL || (mood != NULL && strcmp(mood, "fail") == 0)) {
		*error = strdup("not today");
		return -1;
	}
	if (file == NULL || (fd = open(file, O_RDWR | O_CLOEXEC)) == -1)
		return -1;
	for (count = 0; pread(fd, &rows[count], sizeof(rows[0]),
	    FAKEDB_HEADER + count * (off_t)sizeof(rows[0])) ==
	    (ssize_t)sizeof(rows[0]); count++)
		continue;
	return fd;
}

static int
end(int fd)
{
	unsigned char counter[4];

	if (pread(fd, counter, 4, FAKEDB_COUNTER) != 4)
		return -1;
	counter[3]++;
	if (pwrite(fd, counter, 4, FAKEDB_COUNTER) != 4 || pwrite(fd, rows,
	    (size_t)count * sizeof(rows[0]), FAKEDB_HEADER) == -1)
		return -1;
	return close(fd);
}

static int64_t
add(int64_t type, const char *user, uint64_t login, const char *tty,
    const char *host, const char *service, char **error)
{
	struct fakedb_row *row;
	int fd = begin(NULL, error);

	if (fd == -1)
		return -1;
	row = &rows[count++];
	memset(row, 0, sizeof(*row));
	row->id = count;
	row->type = type;
	row->login = login;
	(void)snprintf(row->user, sizeof(row->user), "%s", user);
	(void)snprintf(row->tty, sizeof(row->tty), "%s", tty);
	(void)snprintf(row->host, sizeof(row->host), "%s", host);
	(void)snprintf(row->service, sizeof(row->service), "%s", service);
	return end(fd) == 0 ? row->id : -1;
}

int64_t
wtmpdb_login(const char *path, int type, const char *user, uint64_t login,
    const char *tty, const char *host, const char *service, char **error)
{
	return path != NULL ? -1 :
	    add(type, user, login, tty, host, service, error);
}

int
ll2_write_entry(void *context, const char *user, int64_t login,
    const char *tty, const char *host, const char *service, char **error)
{
	return context == NULL && add(-1, user, (uint64_t)login, tty, host,
	    service, error) > 0 ? 0 : -1;
}

int
wtmpdb_logout(const char *path, int64_t id, uint64_t logout, char **error)
{
	int fd = begin(path, error), i;

	for (i = 0; fd != -1 && i < count; i++)
		if (rows[i].id == id) {
			rows[i].logout = logout;
			return end(fd);
		}
	if (fd != -1)
		(void)close(fd);
	return -1;
}

int64_t
wtmpdb_get_id(const char *path, const char *tty, char **error)
{
	int fd = begin(path, error), i;

	if (fd == -1)
		return -1;
	(void)close(fd);
	for (i = count - 1; i >= 0; i--)
		if (rows[i].logout == 0 && strcmp(rows[i].tty, tty) == 0)
			return rows[i].id;
	*error = strdup("none");
	return -2;
}

int
wtmpdb_read_all(const char *path, callback *look, char **error)
{
	static const char *const names[] = { "ID", "Type", "User", "Login",
	    "Logout", "TTY", "RemoteHost", "Service" };
	char id[24], type[24], login[24], logout[24];
	int fd = begin(path, error), i;

	if (fd == -1)
		return -1;
	(void)close(fd);
	for (i = count - 1; i >= 0; i--) {
		struct fakedb_row *row = &rows[i];
		char *values[] = { id, type, row->user, login,
		    row->logout != 0 ? logout : NULL, row->tty, row->host,
		    row->service };

		(void)snprintf(id, sizeof(id), "%lld", (long long)row->id);
		(void)snprintf(type, sizeof(type), "%lld",
		    (long long)row->type);
		(void)snprintf(login, sizeof(login), "%llu",
		    (unsigned long long)row->login);
		(void)snprintf(logout, sizeof(logout), "%llu",
		    (unsigned long long)row->logout);
		if (look(NULL, 8, values, (char **)names) != 0)
			return -1;
	}
	return 0;
}

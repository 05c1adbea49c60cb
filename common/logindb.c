/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The functions are declared here as their pages have them, so that no header
 * of theirs is needed; the versions in the names of the libraries promise that
 * they stay so.  A default database is asked for by NULL: the library knows
 * its place, or the service that writes it.
 */

#include "config.h"
#include "logindb.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bigendian.h"
#include "decimal.h"

/* What wtmpdb calls a USER_PROCESS; utmp(5) has another number for it. */
#define WTMPDB_USER_PROCESS 3

typedef int64_t wtmpdb_login(const char *, int, const char *, uint64_t,
    const char *, const char *, const char *, char **);
typedef int wtmpdb_logout(const char *, int64_t, uint64_t, char **);
typedef int64_t wtmpdb_get_id(const char *, const char *, char **);
typedef int wtmpdb_row(void *, int, char **, char **);
typedef int wtmpdb_read_all(const char *, wtmpdb_row *, char **);
typedef int ll2_write_entry(void *, const char *, int64_t, const char *,
    const char *, const char *, char **);

/* In the header of every SQLite database: 32 bits, the highest byte first. */
#define COUNTER_OFFSET 24

static uint64_t
read_counter(const char *database)
{
	const int fd = open(database, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned char bytes[4] = { 0 };
	ssize_t n;

	if (fd == -1)
		return 0;
	n = pread(fd, bytes, sizeof(bytes), COUNTER_OFFSET);
	/* Not while this process has the database open: locks would go. */
	(void)close(fd);
	return n == (ssize_t)sizeof(bytes) ? bigendian_get(bytes) : 0;
}

int
logindb_exists(const struct logindb *db)
{
	return access(db->databases[0], F_OK) == 0 ||
	    (db->databases[1] != NULL && access(db->databases[1], F_OK) == 0);
}

uint64_t
logindb_mark(const struct logindb *db)
{
	uint64_t mark = read_counter(db->databases[0]) << 32;

	if (db->databases[1] != NULL)
		mark |= read_counter(db->databases[1]);
	return mark;
}

static int
is_module(struct dl_phdr_info *info, size_t size, void *module)
{
	const char *base;

	(void)size;
	if (info->dlpi_name == NULL)
		return 0;
	base = strrchr(info->dlpi_name, '/');
	return strcmp(base != NULL ? base + 1 : info->dlpi_name,
	    (const char *)module) == 0;
}

int
logindb_by_pam(const struct logindb *db, uint64_t mark)
{
	char module[64];

	if (strlcpy(module, db->module, sizeof(module)) >= sizeof(module))
		return 0;
	return dl_iterate_phdr(is_module, module) != 0 &&
	    logindb_mark(db) != mark;
}

/* ISO C has no cast from object to function. */
static int
find(void *library, const char *name, void *function)
{
	void *symbol = dlsym(library, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol == NULL ? -1 : 0;
}

static void *
load(const struct logindb *db)
{
	void *library = dlopen(db->library, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		errno = ELIBACC;
	return library;
}

static int
unload(void *library, int r)
{
	const int err = errno;

	(void)dlclose(library);
	errno = err;
	return r;
}

static int
fail(int err)
{
	errno = err;
	return -1;
}

int
logindb_wtmp_login(const struct logindb *db,
    const struct logindb_login *login, uint64_t *id)
{
	wtmpdb_login *write_login;
	char *error = NULL;
	int64_t row;
	void *library;

	if ((library = load(db)) == NULL)
		return -1;
	if (find(library, "wtmpdb_login", &write_login) == -1)
		return unload(library, fail(ELIBACC));
	row = write_login(NULL, WTMPDB_USER_PROCESS, login->user, login->usec,
	    login->line, login->host != NULL ? login->host : "",
	    login->service, &error);
	free(error);
	if (row < 0)
		return unload(library, fail(EIO));
	*id = (uint64_t)row;
	return unload(library, 0);
}

/* The row that is looked for; wtmpdb_read_all() has no way to hand it on. */
static const struct logindb_row *wanted;
static uint64_t found;		/* or 0 */
static int taken;		/* ours has a logout, by somebody else */

static int
column(int count, char **values, char **names, const char *name,
    const char **value)
{
	int i;

	for (i = 0; i < count; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0) {
			*value = values[i] != NULL ? values[i] : "";
			return 0;
		}
	return -1;
}

/* Rows come with the last login first.  Not 0 ends the reading. */
static int
look_at(void *unused, int count, char **values, char **names)
{
	const char *id, *user, *login, *logout, *tty;
	uint64_t number, usec;

	(void)unused;
	if (column(count, values, names, "ID", &id) == -1 ||
	    column(count, values, names, "User", &user) == -1 ||
	    column(count, values, names, "Login", &login) == -1 ||
	    column(count, values, names, "Logout", &logout) == -1 ||
	    column(count, values, names, "TTY", &tty) == -1 ||
	    decimal_read(id, strlen(id), INT64_MAX, &number) == -1 ||
	    decimal_read(login, strlen(login), UINT64_MAX, &usec) == -1)
		return 0;
	if (usec < wanted->from && !taken)
		return 1;
	if (usec > wanted->to || strcmp(tty, wanted->line) != 0 ||
	    (!taken && strcmp(user, wanted->user) != 0))
		return 0;
	if (!taken && *logout != '\0') {
		taken = !wanted->shared;
		return 0;
	}
	found = *logout == '\0' ? number : 0;
	return 1;
}

/*
 * The number of the last row of the line that has no logout is found without
 * sorting all.  If that is not ours, somebody logged in at this terminal after
 * us, or our row has been rotated away or closed: then all are looked at.
 *
 * sshd knows of no row of ours, and writes its logout to the last that is open,
 * too.  That was ours if it was there first; then its own, the one before on
 * the line, is left for us.
 */
static int
find_row(void *library, const struct logindb_row *row, uint64_t *id)
{
	wtmpdb_get_id *get_id;
	wtmpdb_read_all *read_all;
	char *error = NULL;

	if (find(library, "wtmpdb_get_id", &get_id) == -1 ||
	    find(library, "wtmpdb_read_all", &read_all) == -1)
		return fail(ELIBACC);
	*id = row->id;
	if (row->id != 0 && get_id(NULL, row->line, &error) ==
	    (int64_t)row->id) {
		free(error);
		return 0;
	}
	free(error);
	error = NULL;
	wanted = row;
	found = 0;
	taken = 0;
	(void)read_all(NULL, look_at, &error);
	free(error);
	*id = found;
	return found != 0 ? 0 : fail(ENOENT);
}

int
logindb_wtmp_logout(const struct logindb *db, const struct logindb_row *row,
    uint64_t usec)
{
	wtmpdb_logout *write_logout;
	char *error = NULL;
	void *library;
	uint64_t id;
	int r = -1;

	if ((library = load(db)) == NULL)
		return -1;
	if (find(library, "wtmpdb_logout", &write_logout) == -1)
		errno = ELIBACC;
	else if (find_row(library, row, &id) == 0) {
		r = write_logout(NULL, (int64_t)id, usec, &error) < 0 ?
		    fail(EIO) : 0;
		free(error);
	}
	return unload(library, r);
}

int
logindb_lastlog(const struct logindb *db, const struct logindb_login *login)
{
	ll2_write_entry *write_entry;
	char *error = NULL;
	void *library;
	int r;

	if ((library = load(db)) == NULL)
		return -1;
	if (find(library, "ll2_write_entry", &write_entry) == -1)
		return unload(library, fail(ELIBACC));
	r = write_entry(NULL, login->user, (int64_t)(login->usec / 1000000),
	    login->line, login->host != NULL ? login->host : "",
	    login->service, &error);
	free(error);
	return unload(library, r == 0 ? 0 : fail(EIO));
}

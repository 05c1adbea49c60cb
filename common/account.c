/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I2: what does not resolve, runs nothing.  Everything in here
 * fails closed: a database that is out of reach is a refusal, not an empty
 * answer, and so is an entry that could mean somebody else.  (For groups libc
 * does not tell the one from the other: what it drops, the user lacks.)
 */

#include "config.h"
#include "account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_MAX_BYTES (ACCOUNT_NAME_SIZE - 1)
#define GROUPS_MAX 65536	/* NGROUPS_MAX of Linux */

int
account_name_ok(const char *name)
{
	int digits = 1;
	size_t i;

	if (*name == '\0' || *name == '-')
		return 0;
	for (i = 0; name[i] != '\0'; i++) {
		unsigned char c = (unsigned char)name[i];

		if (i >= NAME_MAX_BYTES || c <= ' ' || c == 0x7f ||
		    c == ':' || c == '/')
			return 0;
		if (c < '0' || c > '9')
			digits = 0;
	}
	return !digits;
}

const char *
account_strerror(enum account_error err)
{
	switch (err) {
	case ACCOUNT_OK:
		return "no error";
	case ACCOUNT_BAD_NAME:
		return "not a valid user name";
	case ACCOUNT_UNKNOWN:
		return "unknown user";
	case ACCOUNT_BAD_ID:
		return "uid or gid is -1";
	case ACCOUNT_BAD_ENTRY:
		return "home or shell is not an absolute printable path";
	case ACCOUNT_LOOKUP:
	case ACCOUNT_GROUPS:
		return strerror(errno);
	}
	return "unknown error";
}

void
account_free(struct account *account)
{
	if (account == NULL)
		return;
	free(account->name);
	free(account->home);
	free(account->shell);
	free(account->groups);
	free(account);
}

static int
lookup_groups(struct account *account)
{
	int count = 64, room;
	gid_t *list = NULL, *bigger;

	do {
		room = count;
		if ((bigger = reallocarray(list, (size_t)room,
		    sizeof(*list))) == NULL) {
			free(list);
			return -1;
		}
		list = bigger;
		if (getgrouplist(account->name, account->gid, list,
		    &count) != -1) {
			account->groups = list;
			account->ngroups = (size_t)count;
			return 0;
		}
		if (count <= room)
			count = 2 * room;
	} while (count <= GROUPS_MAX);
	free(list);
	errno = ERANGE;
	return -1;
}

static int
is_path(const char *text)
{
	if (*text != '/')
		return 0;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return 0;
	return 1;
}

static struct account *
copy_entry(const struct passwd *pw, enum account_error *err)
{
	const char *home = *pw->pw_dir != '\0' ? pw->pw_dir : "/";
	const char *shell = *pw->pw_shell != '\0' ? pw->pw_shell : "/bin/sh";
	struct account *account;

	/* NSS may give a name other than the one that was asked for. */
	if (!account_name_ok(pw->pw_name)) {
		*err = ACCOUNT_BAD_NAME;
		return NULL;
	}
	if (pw->pw_uid == (uid_t)-1 || pw->pw_gid == (gid_t)-1) {
		*err = ACCOUNT_BAD_ID;
		return NULL;
	}
	if (!is_path(home) || !is_path(shell)) {
		*err = ACCOUNT_BAD_ENTRY;
		return NULL;
	}
	*err = ACCOUNT_LOOKUP;
	if ((account = calloc(1, sizeof(*account))) == NULL)
		return NULL;
	account->uid = pw->pw_uid;
	account->gid = pw->pw_gid;
	if ((account->name = strdup(pw->pw_name)) == NULL ||
	    (account->home = strdup(home)) == NULL ||
	    (account->shell = strdup(shell)) == NULL)
		goto fail;
	*err = ACCOUNT_GROUPS;
	if (lookup_groups(account) == -1)
		goto fail;
	*err = ACCOUNT_OK;
	return account;
fail:
	account_free(account);
	return NULL;
}

/*
 * POSIX: NULL with errno 0 is "no such user".  Several NSS modules leave one
 * of the other values for the same thing (getpwnam(3) lists them).
 */
static enum account_error
absent(void)
{
	switch (errno) {
	case 0:
	case ENOENT:
	case ESRCH:
		return ACCOUNT_UNKNOWN;
	default:
		return ACCOUNT_LOOKUP;
	}
}

struct account *
account_by_name(const char *name, enum account_error *err)
{
	const struct passwd *pw;

	if (!account_name_ok(name)) {
		*err = ACCOUNT_BAD_NAME;
		return NULL;
	}
	errno = 0;
	if ((pw = getpwnam(name)) == NULL) {
		*err = absent();
		return NULL;
	}
	return copy_entry(pw, err);
}

struct account *
account_by_uid(uid_t uid, const char *hint, enum account_error *err)
{
	const struct passwd *pw;

	if (uid == (uid_t)-1) {
		*err = ACCOUNT_BAD_ID;
		return NULL;
	}
	if (hint != NULL && account_name_ok(hint) &&
	    (pw = getpwnam(hint)) != NULL && pw->pw_uid == uid)
		return copy_entry(pw, err);
	errno = 0;
	if ((pw = getpwuid(uid)) == NULL) {
		*err = absent();
		return NULL;
	}
	return copy_entry(pw, err);
}

const char *
account_name_of(uid_t uid, const char *hint, char *buf, size_t size)
{
	const struct passwd *pw = NULL;

	if (hint != NULL && account_name_ok(hint))
		pw = getpwnam(hint);
	if (pw == NULL || pw->pw_uid != uid)
		pw = getpwuid(uid);
	if (pw != NULL && account_name_ok(pw->pw_name))
		(void)strlcpy(buf, pw->pw_name, size);
	else
		(void)snprintf(buf, size, "%u", (unsigned int)uid);
	return buf;
}

static int
is_subset(const gid_t *a, size_t na, const gid_t *b, size_t nb)
{
	size_t i, j = 0, n;

	/* From where the last one was: two lists in one order take one pass. */
	for (i = 0; i < na; i++) {
		for (n = 0; n < nb && b[j] != a[i]; n++)
			j = j + 1 < nb ? j + 1 : 0;
		if (n == nb)
			return 0;
	}
	return 1;
}

int
account_groups_equal(const gid_t *a, size_t na, const gid_t *b, size_t nb)
{
	return is_subset(a, na, b, nb) && is_subset(b, nb, a, na);
}

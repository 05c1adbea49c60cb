/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <sys/types.h>

/* Room for any name that may be looked up, see account_name_ok(). */
#define ACCOUNT_NAME_SIZE 257

/*
 * One local user as passwd(5) and group(5) know him, looked up once and
 * copied, so that what was checked is what is used.
 */
struct account {
	char *name;
	uid_t uid;
	gid_t gid;
	char *home;		/* as in passwd; "/" if empty */
	char *shell;		/* as in passwd; /bin/sh if empty */
	gid_t *groups;		/* the supplementary set, primary included */
	size_t ngroups;
};

enum account_error {
	ACCOUNT_OK,
	ACCOUNT_BAD_NAME,	/* empty, too long, digits, '-', control... */
	ACCOUNT_UNKNOWN,	/* no such user */
	ACCOUNT_BAD_ID,		/* uid or gid is (uid_t)-1 */
	ACCOUNT_BAD_ENTRY,	/* home or shell: relative or unprintable */
	ACCOUNT_LOOKUP,		/* the database failed; errno says how */
	ACCOUNT_GROUPS,		/* the group list could not be made; errno */
};

/*
 * Say whether "name" may be looked up at all (invariant I2): 1 to 256 bytes,
 * no leading '-', not all digits, no '/', ':', space or control character.
 * Returns 1 or 0.
 */
int account_name_ok(const char *name);

/*
 * Look a user up by name, or by uid.  A uid can have several names: "hint" is
 * used if it resolves to that very uid, else the database's first one; NULL
 * for no hint.
 * Returns an account to be freed with account_free(), or NULL with *err.
 */
struct account *account_by_name(const char *name, enum account_error *err);
struct account *account_by_uid(uid_t uid, const char *hint,
    enum account_error *err);

/*
 * A name for a uid, and no more, for a message: "hint" if that is one, else
 * the database's first; the uid in digits if it has none.  Returns buf.
 */
const char *account_name_of(uid_t uid, const char *hint, char *buf,
    size_t size);

void account_free(struct account *account);

/* The reason in words, without the name; errno's words for ACCOUNT_LOOKUP. */
const char *account_strerror(enum account_error err);

/*
 * Compare two group lists as sets: order and repetition do not matter.
 * Returns 1 if they are the same, else 0.
 */
int account_groups_equal(const gid_t *a, size_t na, const gid_t *b, size_t nb);

#endif

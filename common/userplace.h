/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef USERPLACE_H
#define USERPLACE_H

#include <stddef.h>

/*
 * The directories in which what a helper keeps for a user can be found:
 * "below", ssh-incubator/pty for one, in his runtime directory, and in
 * ~/.local/state, which stays when the other one is removed at logout.  All
 * private to him (common/userdir).
 *
 * Who serves a name there has NAME.lock (bytes below), NAME.sock and others.
 */
struct userplace {
	int dir;		/* for openat(2) */
	char *path;		/* of it, for messages and for the shell */
	int runtime;		/* below a runtime directory */
	int fleeting;		/* removed when the user has logged out */
};

/* XDG_RUNTIME_DIR, /run/user/UID and the one in the home. */
#define USERPLACE_MAX 3

/* The bytes of NAME.lock (common/lockfile). */
enum {
	USERPLACE_CREATING = 0,	/* held by who makes or removes it */
	USERPLACE_ALIVE = 1,	/* held by who serves it */
};

/*
 * Is that a name that may be given to it: letters, digits, '.', '_' and '-',
 * at most 64, and no '.' in front?  1 or 0.
 */
int userplace_name_ok(const char *name);

/* NAME and "suffix" (".sock"), one of its files.  Returns buf. */
#define USERPLACE_FILE_SIZE 80
const char *userplace_file(char buf[USERPLACE_FILE_SIZE], const char *name,
    const char *suffix);

/*
 * The other way round: is that the file of a name with "suffix"?  1, with the
 * name in the buffer, or 0.
 */
int userplace_named(const char *file, const char *suffix,
    char name[USERPLACE_FILE_SIZE]);

/*
 * Open the places that are there, in the order in which they are looked
 * through.  XDG_RUNTIME_DIR counts only where it is a directory of our own
 * that nobody else can write; /run/user/UID is looked at whether or not the
 * environment speaks of it, so that all logins see the same.  One that
 * somebody else could have filled is left out, and the first such is told in
 * words at "why" ("" for none).
 * Returns how many, each for userplace_close(); or -1 with errno ENOMEM.
 */
int userplace_all(struct userplace places[USERPLACE_MAX], const char *below,
    char *const *envp, const char *home, char *why, size_t size);

/*
 * Open the place for what outlives its login, and make it.  It is in the
 * runtime directory where that stays for as long as anything may: the user
 * lingers (loginctl(1)), or logind does not manage it.  Elsewhere, and where
 * it cannot be written, it is in the home; where the home cannot be written in
 * the runtime directory all the same, "fleeting".
 * Returns 0, with the reason at "why"; or -1 with errno, and what was wrong at
 * "why": EPERM, ELOOP, ENOTDIR for a directory that is not private.
 */
struct account;
int userplace_new(struct userplace *place, const char *below,
    char *const *envp, const struct account *account, char *why, size_t size);

/*
 * The same for what ends with its login: the runtime directory, if there is
 * one, stays for so long.  Where it cannot be written, in the home.
 */
int userplace_for_login(struct userplace *place, const char *below,
    char *const *envp, const struct account *account, char *why, size_t size);

/*
 * Find the place in which one of that name is served.
 * Returns 0 and the place, for userplace_close(); or -1 with errno: ENOENT for
 * none, EINVAL for no name; or what was wrong with its lock's file.
 */
int userplace_find(struct userplace *place, const char *below,
    char *const *envp, const char *home, const char *name);

/* errno stays. */
void userplace_close(struct userplace *place);

#endif

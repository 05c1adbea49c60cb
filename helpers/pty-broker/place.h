/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLACE_H
#define PLACE_H

#include <stddef.h>

/*
 * The directories in which a user's sessions can be found: ssh-incubator/pty
 * below his runtime directory, and below ~/.local/state, which stays when the
 * other one is removed at logout.  All private to him (common/userdir).
 *
 * Files of a session there: NAME.lock (bytes below), NAME.sock and others.
 */
struct place {
	int dir;		/* for openat(2) */
	char *path;		/* of it, for messages and for the shell */
	int runtime;		/* below a runtime directory */
	int fleeting;		/* removed when the user has logged out */
};

/* XDG_RUNTIME_DIR, /run/user/UID and the one in the home. */
#define PLACE_MAX 3

/* Below one of those. */
#define PLACE_BELOW "ssh-incubator/pty"

/* The bytes of NAME.lock (common/lockfile). */
enum {
	PLACE_CREATING = 0,	/* held by who makes or removes a session */
	PLACE_ALIVE = 1,	/* held by the session's broker */
};

/*
 * Is that the name of a session: letters, digits, '.', '_' and '-', at most
 * 64, and no '.' in front?  1 or 0.
 */
int place_name_ok(const char *name);

/* NAME and "suffix" (".sock"), a session's file.  Returns buf. */
#define PLACE_FILE_SIZE 80
const char *place_file(char buf[PLACE_FILE_SIZE], const char *name,
    const char *suffix);

/*
 * Open the places that are there, in the order in which they are looked
 * through.  XDG_RUNTIME_DIR counts only where it is a directory of our own
 * that nobody else can write; /run/user/UID is looked at whether or not the
 * environment speaks of it, so that all logins see the same.  One that
 * somebody else could have filled is left out, and the first such is told in
 * words at "why" ("" for none).
 * Returns how many, each for place_close(); or -1 with errno ENOMEM.
 */
int place_all(struct place places[PLACE_MAX], char *const *envp,
    const char *home, char *why, size_t size);

/*
 * Open the place in which a new session is to be made, and make it.  It is in
 * the runtime directory where that stays for as long as the session may: the
 * user lingers (loginctl(1)), or logind does not manage it.  Elsewhere, and
 * where it cannot be written, it is in the home; where the home cannot be
 * written in the runtime directory all the same, "fleeting".
 * Returns 0, with the reason at "why"; or -1 with errno, and what was wrong at
 * "why": EPERM, ELOOP, ENOTDIR for a directory that is not private.
 */
struct account;
int place_new(struct place *place, char *const *envp,
    const struct account *account, char *why, size_t size);

/*
 * Find the place in which a session of that name lives.
 * Returns 0 and the place, for place_close(); or -1 with errno: ENOENT for
 * none, EINVAL for no name; or what was wrong with its lock's file.
 */
int place_find(struct place *place, char *const *envp, const char *home,
    const char *name);

/* errno stays. */
void place_close(struct place *place);

#endif

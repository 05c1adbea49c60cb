/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces an environment that may name anything, a runtime directory that logind
 * removes under a session that lives on, and a home that may be read-only,
 * missing or shared between hosts (common/lockfile.c).
 */

#include "config.h"
#include "userplace.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "environ.h"
#include "linger.h"
#include "lockfile.h"
#include "logind.h"
#include "userdir.h"

#define STATE ".local/state"
#define NAME_LONGEST 64

/* What may hold a place. */
struct bases {
	const char *xdg;	/* XDG_RUNTIME_DIR, if it is another one */
	char logind[64];	/* /run/user/UID; "" if that is not ours */
	char *state;
	const char *below;	/* what the place is called in them */
};

int
userplace_name_ok(const char *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._-";
	const size_t len = strspn(name, plain);

	return len > 0 && len <= NAME_LONGEST && name[len] == '\0' &&
	    name[0] != '.';
}

const char *
userplace_file(char buf[USERPLACE_FILE_SIZE], const char *name,
    const char *suffix)
{
	(void)snprintf(buf, USERPLACE_FILE_SIZE, "%s%s", name, suffix);
	return buf;
}

int
userplace_named(const char *file, const char *suffix,
    char name[USERPLACE_FILE_SIZE])
{
	const size_t all = strlen(file), end = strlen(suffix);

	if (all <= end || all >= USERPLACE_FILE_SIZE ||
	    strcmp(file + all - end, suffix) != 0)
		return 0;
	memcpy(name, file, all - end);
	name[all - end] = '\0';
	return userplace_name_ok(name);
}

void
userplace_close(struct userplace *place)
{
	const int saved = errno;

	if (place->dir != -1)
		(void)close(place->dir);
	free(place->path);
	place->dir = -1;
	place->path = NULL;
	errno = saved;
}

static int
open_place(struct userplace *place, const struct bases *bases,
    const char *base, int make)
{
	place->runtime = base != bases->state;
	place->fleeting = 0;
	place->dir = -1;
	if (asprintf(&place->path, "%s/%s", base, bases->below) == -1) {
		place->path = NULL;
		errno = ENOMEM;
		return -1;
	}
	if ((place->dir = userdir_open(base, bases->below, make)) != -1)
		return 0;
	userplace_close(place);
	return -1;
}

/* Errors that say that somebody else could have had a hand in it. */
static int
is_refusal(int err)
{
	return err == EPERM || err == ELOOP || err == ENOTDIR;
}

static void
say(char *why, size_t size, const struct bases *bases, const char *base,
    int err)
{
	(void)snprintf(why, size, "%s/%s: %s", base, bases->below,
	    err == EPERM ? "not private to its user" : strerror(err));
}

/* Is it a directory of ours that nobody else can write?  1 or 0. */
static int
is_own(const char *path, struct stat *st)
{
	return path[0] == '/' && stat(path, st) == 0 && S_ISDIR(st->st_mode) &&
	    st->st_uid == geteuid() &&
	    (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static void
free_bases(struct bases *bases)
{
	const int saved = errno;

	free(bases->state);
	errno = saved;
}

static int
find_bases(struct bases *bases, char *const *envp, const char *home)
{
	struct stat a, b;

	(void)snprintf(bases->logind, sizeof(bases->logind), "/run/user/%lu",
	    (unsigned long)geteuid());
	if (!is_own(bases->logind, &a))
		bases->logind[0] = '\0';
	bases->xdg = environ_lookup(envp, "XDG_RUNTIME_DIR");
	if (bases->xdg != NULL && (!is_own(bases->xdg, &b) ||
	    (bases->logind[0] != '\0' && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino)))
		bases->xdg = NULL;
	if (asprintf(&bases->state, "%s/%s", home, STATE) != -1)
		return 0;
	bases->state = NULL;
	errno = ENOMEM;
	return -1;
}

int
userplace_all(struct userplace places[USERPLACE_MAX], const char *below,
    char *const *envp, const char *home, char *why, size_t size)
{
	const char *order[USERPLACE_MAX];
	struct bases bases = { .below = below };
	int count = 0, i;

	if (size > 0)
		*why = '\0';
	if (find_bases(&bases, envp, home) == -1)
		return -1;
	order[0] = bases.xdg;
	order[1] = bases.logind;
	order[2] = bases.state;
	for (i = 0; i < USERPLACE_MAX; i++) {
		if (order[i] == NULL || *order[i] == '\0')
			continue;
		if (open_place(&places[count], &bases, order[i], 0) == 0)
			count++;
		else if (errno != ENOENT && size > 0 && *why == '\0')
			say(why, size, &bases, order[i], errno);
	}
	free_bases(&bases);
	return count;
}

/* Make what is missing on the way, as private.  Returns 0, or -1. */
static int
make_way(const char *home, const char *state)
{
	const mode_t mask = umask(S_IRWXG | S_IRWXO);
	char *local = NULL;
	int r = -1, saved;

	if (asprintf(&local, "%s/.local", home) == -1) {
		local = NULL;
		errno = ENOMEM;
	} else if ((mkdir(local, S_IRWXU) == 0 || errno == EEXIST) &&
	    (mkdir(state, S_IRWXU) == 0 || errno == EEXIST))
		r = 0;
	saved = errno;
	free(local);
	(void)umask(mask);
	errno = saved;
	return r;
}

static int
open_state(struct userplace *place, const struct bases *bases,
    const char *home)
{
	if (home[0] != '/') {
		errno = ENOENT;
		return -1;
	}
	if (make_way(home, bases->state) == -1)
		return -1;
	return open_place(place, bases, bases->state, 1);
}

/* By the runtime directory.  Returns 0 or -1, with "why". */
static int
open_runtime(struct userplace *place, const struct bases *bases, int stays,
    char *why, size_t size)
{
	const char *base = bases->xdg != NULL ? bases->xdg : bases->logind;

	if (open_place(place, bases, base, 1) == -1) {
		say(why, size, bases, base, errno);
		return -1;
	}
	place->fleeting = !stays;
	return 0;
}

int
userplace_new(struct userplace *place, const char *below, char *const *envp,
    const struct account *account, char *why, size_t size)
{
	struct bases bases = { .below = below };
	int r = -1, stays, there;

	if (find_bases(&bases, envp, account->home) == -1) {
		(void)snprintf(why, size, "%s", strerror(errno));
		return -1;
	}
	there = bases.xdg != NULL || bases.logind[0] != '\0';
	/* One that is not logind's own is nobody's to remove but the user's. */
	stays = bases.xdg != NULL || !logind_present() ||
	    linger_is_on(account->name);
	(void)snprintf(why, size, "%s", !there ? "no runtime directory" :
	    stays ? "the runtime directory stays" :
	    "the runtime directory goes at logout");
	if (there && stays) {
		r = open_runtime(place, &bases, stays, why, size);
		if (r == 0 || is_refusal(errno))
			goto out;
	}
	r = open_state(place, &bases, account->home);
	if (r == -1) {
		say(why, size, &bases, bases.state, errno);
		if (!is_refusal(errno) && there && !stays)
			r = open_runtime(place, &bases, stays, why, size);
	}
out:
	free_bases(&bases);
	return r;
}

int
userplace_for_login(struct userplace *place, const char *below,
    char *const *envp, const struct account *account, char *why, size_t size)
{
	struct bases bases = { .below = below };
	int r = -1;

	if (find_bases(&bases, envp, account->home) == -1) {
		(void)snprintf(why, size, "%s", strerror(errno));
		return -1;
	}
	(void)strlcpy(why, "no runtime directory", size);
	if (bases.xdg != NULL || bases.logind[0] != '\0') {
		r = open_runtime(place, &bases, 1, why, size);
		if (r == 0 || is_refusal(errno))
			goto out;
	}
	r = open_state(place, &bases, account->home);
	if (r == -1)
		say(why, size, &bases, bases.state, errno);
out:
	free_bases(&bases);
	return r;
}

int
userplace_find(struct userplace *place, const char *below, char *const *envp,
    const char *home, const char *name)
{
	struct userplace places[USERPLACE_MAX];
	char file[USERPLACE_FILE_SIZE];
	int count, err = ENOENT, found = 0, held, i;

	if (!userplace_name_ok(name)) {
		errno = EINVAL;
		return -1;
	}
	if ((count = userplace_all(places, below, envp, home, NULL, 0)) == -1)
		return -1;
	(void)userplace_file(file, name, ".lock");
	for (i = 0; i < count; i++) {
		held = found ? 0 : lockfile_is_held(places[i].dir, file,
		    USERPLACE_ALIVE);
		if (held == 1) {
			*place = places[i];
			found = 1;
			continue;
		}
		if (held == -1 && errno != ENOENT)
			err = errno;
		userplace_close(&places[i]);
	}
	if (found)
		return 0;
	errno = err;
	return -1;
}

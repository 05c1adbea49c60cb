/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef JAIL_H
#define JAIL_H

#include <stddef.h>

struct account;
struct command;
struct confine;
struct plan_path;

/* What a confinement comes to for one session. */
struct jail {
	unsigned int namespaces;	/* all of them: CLONE_NEW* */
	struct plan_path *paths;	/* for Landlock */
	size_t npaths;
	char *proc;		/* where a new proc(5) is mounted, or NULL */
};

/*
 * Fill in *jail.  Where the command is OpenSSH's sftp-server, the paths are
 * those that were asked for and what that program itself has to read and
 * execute before it can serve anybody.
 * Returns 0, or -1 with errno; jail_free() is due in either case.
 */
int jail_build(struct jail *jail, const struct confine *confine,
    const struct command *command, const struct account *target);
void jail_free(struct jail *jail);

/*
 * Can the confinement be, and may it?  By root: a map that root writes may
 * name any id, and whoever is mapped can be become; root's own are refused to
 * others.  By the user himself: most of it takes a user namespace, and the
 * kernel's "Operation not permitted" would not say so.
 * Returns 0; or -1 with the reason in "why".
 */
int jail_check(const struct confine *confine, const struct account *target,
    int by_root, char *why, size_t size);

#endif

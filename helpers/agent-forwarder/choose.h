/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CHOOSE_H
#define CHOOSE_H

struct kin;
struct login;
struct logins;

/*
 * Whose agent a caller gets: that of his own login, which is
 *
 *	the nearest of his ancestors that holds a lease,
 *	else the one in whose POSIX session he is,
 *	else the newest of his audit session;
 *
 * else, or where that one does not answer, the newest of the same person, as
 * logins.h has it, whose own login may have ended; else the newest that is
 * shared.  Who insists on more than hints is found by the kernel's word alone.
 * One that does not answer ("hangs" says so) comes after all others of the
 * same person.
 * Returns it, or NULL for nobody.
 */
struct login *choose_login(const struct logins *logins, const struct kin *kin,
    int (*hangs)(const struct login *));

#endif

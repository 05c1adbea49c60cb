/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UTMPFILE_H
#define UTMPFILE_H

#include <sys/types.h>

#include <time.h>
#include <utmpx.h>

/*
 * The files of utmp(5) and lastlog: who is here, who was, who last, and who
 * was refused.  A file that is missing is how a system says that it does not
 * keep it: none is ever made.  What is no regular file is not written.
 *
 * The strings in an entry fill their fields; one that is as long as its field
 * has no NUL.
 */

struct utmpfile_login {
	const char *user;
	const char *line;	/* the terminal without "/dev/" */
	const char *host;	/* a numeric address, or NULL */
	pid_t pid;
	struct timespec when;
};

/*
 * Make an entry of type USER_PROCESS or LOGIN_PROCESS.  What is too long is
 * cut.  ut_session is the session of the process, ut_addr_v6 the address in
 * network order, one of IPv4 in its first word.
 */
void utmpfile_fill(struct utmpx *entry, short type,
    const struct utmpfile_login *login);

/*
 * Put an entry in the place of its line, so that a terminal has one entry,
 * and keep in *before who stood there; its ut_type is EMPTY for nobody.  The
 * entry takes over the ut_id of the place, by which other programs find it.
 * Returns 0, or -1 with errno: EAGAIN if somebody has the file locked.
 */
int utmpfile_take(const char *path, struct utmpx *entry,
    struct utmpx *before);

/*
 * If the place of the line is still ours (a USER_PROCESS, this pid), put
 * *instead there; or, if that is NULL, what says that the terminal is free.
 * Returns 0, or -1 with errno: ENOENT if it is not ours any more.
 */
int utmpfile_release(const char *path, const char *line, pid_t pid,
    const struct utmpx *instead);

/*
 * The entry of a logout, for wtmp: with the line and the pid of the login, but
 * nobody's name.
 */
void utmpfile_fill_logout(struct utmpx *entry, const char *line, pid_t pid);

/*
 * Append to wtmp.  Who keeps the file locked, which every reader can, delays
 * it by half a second and does not prevent it.
 * Returns 0, or -1 with errno.
 */
int utmpfile_append(const char *path, const struct utmpx *entry);

/*
 * Append to btmp: there may be passwords in it that were typed as a name, so
 * only if the file is root's and nobody but a group reads it, as sshd does.
 * Returns 0, or -1 with errno: EPERM for a file of another kind.
 */
int utmpfile_append_refused(const char *path, const struct utmpx *entry);

/*
 * Write time, line and host of an entry to lastlog, at the place of the uid;
 * but not for a uid above LASTLOG_UID_MAX of the file "login_defs", as who has
 * large uids does not want a large file.
 * Returns 0, or -1 with errno: ERANGE for such a uid.
 */
int utmpfile_lastlog(const char *path, const char *login_defs, uid_t uid,
    const struct utmpx *entry);

#endif

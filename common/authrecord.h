/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUTHRECORD_H
#define AUTHRECORD_H

#include <sys/types.h>

#include "account.h"
#include "auditid.h"
#include "authinfo.h"
#include "conninfo.h"

/*
 * Who came by ssh, as sshd told PAM: a file in RUN_PATH/auth, which root alone
 * can enter, under the number of the login's audit session.  authkeep.h
 * writes and removes it, from sshd's own PAM session; it lives as long as
 * that.
 */
#define AUTHRECORD_DIRECTORY "auth"

/* The sshd process that has the login's PAM session open, and its birth. */
struct authrecord_keeper {
	pid_t pid;
	unsigned long long start;	/* as in procs_stat */
};

struct authrecord {
	char user[ACCOUNT_NAME_SIZE];
	uid_t loginuid;
	struct conninfo connection;
	struct authrecord_keeper keeper;
	struct authinfo auth;	/* no keys: a password, for one */
};

/* What holds an authinfo.  One that is all zero may be freed, too. */
void authrecord_free(struct authrecord *rec);

/*
 * Find the record of the login that a process belongs to, and hold it against
 * all that the kernel says of the process (invariant I1): the number of its
 * login, its login uid, "uid" as that of the record's user, and that it
 * descends from the sshd process which had the record written, alive still.
 * The last is what tells two logins apart that have one number, because sshd
 * itself was started from within a login.  A process that was given to init
 * has left its login: tmux, say, which other logins reach too.
 *
 * "pid" is the asking process, "uid" whom the socket or getuid(2) says it is;
 * it may be ourselves.  "pidfd" is where the caller holds the process, so that
 * nobody else has been given its pid since it asked: SO_PEERPIDFD says that;
 * with -1, or a pidfd by the pid, only that it is one process throughout.
 * Returns 0 with the record, for authrecord_free(); or -1 with the reason in
 * *why, a static string, and nothing in it.
 */
int authrecord_find(pid_t pid, int pidfd, uid_t uid, struct authrecord *rec,
    const char **why);

/* The same in a directory that rundir_open() has opened, for a login "id". */
int authrecord_find_in(int dir, const struct auditid *id, pid_t pid,
    int pidfd, uid_t uid, struct authrecord *rec, const char **why);

/*
 * Write a record, with the text of which rec->auth was made; one that was
 * there is replaced.  Returns 0, or -1 with errno, EFBIG for one.
 */
int authrecord_write(int dir, uint32_t session, const struct authrecord *rec,
    const char *auth_info);

/*
 * Read a record, which is written by us.  Returns 0 with it, to be freed, or
 * -1 with errno: ENOENT, EPERM for a file that somebody else could have
 * written, EINVAL for one that is no such record.
 */
int authrecord_read(int dir, uint32_t session, struct authrecord *rec);

/* Of a record, by the name of its file, only who keeps it; the same way. */
int authrecord_keeper(int dir, const char *file,
    struct authrecord_keeper *keeper);

/* Say whether that very process is still there.  1 or 0. */
int authrecord_is_kept(const struct authrecord_keeper *keeper);

#define AUTHRECORD_NAME_SIZE 12

/* The name of the file.  Returns buf. */
const char *authrecord_name(uint32_t session,
    char buf[AUTHRECORD_NAME_SIZE]);

#endif

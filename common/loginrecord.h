/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGINRECORD_H
#define LOGINRECORD_H

#include <sys/types.h>

#include "logindb.h"
#include "loginstate.h"

/*
 * What who(1), last(1), lastlog(8) and lastb(8) know of a session.  As with
 * sshd, that is sessions with a terminal: one without leaves no record here,
 * unless PAM makes one, which PAM closes, or who comes after a killed process.
 * Whatever a system does not keep is left out, and nothing that fails here is
 * a reason to refuse a login: so nothing returns an error.
 *
 * A terminal has one entry in utmp.  sshd has made one for its own login; ours
 * stands in its place while the session lasts, and then sshd's again.
 */

struct loginrecord {
	const char *user;
	uid_t uid;
	const char *tty;	/* "/dev/pts/0", or NULL for none */
	const char *host;	/* a numeric address, or NULL */
	const char *service;	/* the name of the PAM service */
	/* Has to live as long as the session: the dead are not shown. */
	pid_t pid;
};

/*
 * To be called before PAM opens the session, so that what its modules record
 * is not recorded twice.  Makes an empty state.
 */
void loginrecord_prepare(struct loginstate *state);

/*
 * Record a login; after PAM has opened the session.  Takes some ms, and never
 * more than three seconds, with signals blocked.
 */
void loginrecord_open(const struct loginrecord *record,
    struct loginstate *state);

/*
 * Record the logout: before PAM closes the session, and before sshd can know
 * of its end, as sshd's own logout goes to whose entry the terminal has then.
 * sshd's entry comes back if ours is still there and sshd's process too.
 * Another process of root's may do this, when the one that opened is gone.
 */
void loginrecord_close(const struct loginstate *state);

/*
 * Record somebody who was refused, in btmp; tty may be NULL.  This one is for
 * logins without a terminal, too.
 */
void loginrecord_refused(const char *user, const char *host, const char *tty,
    pid_t pid);

/* Where records are kept, and how long to wait for all of them. */
struct loginrecord_places {
	const char *utmp, *wtmp, *lastlog, *btmp;
	const char *login_defs;
	struct logindb wtmpdb, lastlog2;
	int patience;		/* ms */
};

/* For tests: other places; they have to stay.  NULL for the system's. */
void loginrecord_use(const struct loginrecord_places *places);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGIN_H
#define LOGIN_H

#include <sys/types.h>

#include "login_session.h"
#include "loginrecord.h"
#include "registry.h"

struct session_facts;

/* The PAM service of shapes B and C. */
#define LOGIN_PAM_SERVICE "ssh-incubator"

/*
 * That somebody is logged in, as far as it is said outside of the session
 * itself: PAM's session, logind's, the records that who(1) and last(1) read,
 * and our own list of sessions.  Opened in this order, by root alone; the
 * records are closed before PAM's session, and the list is told last, for it
 * is what somebody else goes by if we do not come so far.
 */
struct login {
	const struct session_facts *facts;
	struct login_session_facts pam_facts;
	struct login_session *pam;
	struct loginstate records;
	char records_text[LOGINSTATE_TEXT_SIZE];
	struct registry_entry entry;
	int entered;
};

/*
 * "tty" is the session's, "" for none.  In shape A, and for login(1) that
 * does all of it by itself, there is nothing to open.
 * Returns 0; or -1 after a line that says what refused, with login_close()
 * due in either case.
 */
int login_open(struct login *login, const struct session_facts *facts,
    const char *tty);

/*
 * The command runs in a child that leads a POSIX session, or is in ours: that
 * is what is left of it should we be killed.
 */
void login_started(struct login *login, pid_t child);

/*
 * What must be closed before sshd can know that the session has ended; then
 * all the rest.  The second does the first, if that was not done.
 */
void login_close_records(struct login *login);
void login_close(struct login *login);

#endif

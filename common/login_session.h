/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGIN_SESSION_H
#define LOGIN_SESSION_H

#include <sys/types.h>

#include <stddef.h>

struct account;

/*
 * A login session of one user, opened and closed by root through PAM.  The
 * process that opens it keeps it and closes it; the command is a child made
 * in between.  The only room that links PAM.
 */
struct login_session;

/* Receives what PAM's modules say to the user, one message at a time. */
typedef void login_session_message(void *ctx, const char *text);

struct login_session_facts {
	const char *service;	/* PAM service name */
	const char *tty;	/* PAM_TTY: "/dev/pts/0", or NULL for none */
	const char *rhost;	/* PAM_RHOST, a numeric address, or NULL */
	const char *ruser;	/* PAM_RUSER, or NULL */
	const char *class;	/* XDG_SESSION_CLASS for PAM, or NULL */
	login_session_message *message;	/* may be NULL */
	void *ctx;
};

/*
 * Say whether PAM has a file of its own for the service: without one,
 * pam_start(3) quietly takes the service "other".  Returns 1 or 0.
 */
int login_session_service_exists(const char *service);

/*
 * Returns a session, not yet open, that borrows account and facts; or NULL
 * with errno.
 */
struct login_session *login_session_new(const struct account *account,
    const struct login_session_facts *facts);

/*
 * Open it: account management (always, whoever authenticated:
 * CVE-2006-7108), gid and groups, credentials, session, credentials again;
 * before all of it, a session keyring without anything of root's in it.
 * Modules read the process's environment, so nothing of a client's may be in
 * it by then (CVE-2019-3842).  No module ever gets an answer to a question.
 * PAM_TTY is "ssh" without a terminal, as sshd has it, but unset where there
 * is a class: for that word pam_systemd(8) takes "user" whatever is said.
 * A demanded password change and a user that a module changed are refusals.
 * Afterwards the process has the account's gid and groups, and whatever
 * limits, umask, keyring and audit id the modules gave it, for its child.
 * Returns 0, or -1 with login_session_error() saying why and everything that
 * was opened closed again.
 */
int login_session_open(struct login_session *session);

/* What went wrong, in words, "step: reason"; valid until the next call. */
const char *login_session_error(const struct login_session *session);

/* The variables that PAM set, NULL-terminated; owned by the session. */
char *const *login_session_env(const struct login_session *session);

/* The groups after PAM, pam_group's included; owned by the session. */
const gid_t *login_session_groups(const struct login_session *session,
    size_t *count);

/*
 * Close the session, delete the credentials, end PAM.  Goes on after an
 * error.  Returns 0, or -1 with login_session_error() saying what failed
 * first.
 */
int login_session_close(struct login_session *session);

/* Closes it too if it is still open. */
void login_session_free(struct login_session *session);

#endif

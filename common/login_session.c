/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * PAM in the order on which sshd, login and systemd agree, see the header.
 * The modules run as root and are root's choice; what the user can put in
 * their way (his files, his groups, his name) is theirs to distrust.  What
 * this file distrusts is their answer: a user that a module changed is not
 * the one who was authorised.
 */

#include "config.h"
#include "login_session.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <security/pam_appl.h>

#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"

struct login_session {
	const struct account *account;
	const struct login_session_facts *facts;
	pam_handle_t *pam;
	int last;		/* what the last call of PAM returned */
	int has_credentials;
	int is_open;
	char **env;
	gid_t *groups;
	size_t ngroups;
	char said[128];		/* what a module last told the user */
	char error[384];
};

/*
 * The places where Linux-PAM looks as it is built by the distributions; one
 * that it does not know would let "other" slip in.  An /etc/pam.conf counts
 * only where there is no /etc/pam.d (pam.conf(5)).
 */
static const char *const service_dirs[] = {
	"/etc/pam.d", "/usr/lib/pam.d",
};

int
login_session_service_exists(const char *service)
{
	struct stat st;
	char path[512];
	size_t i;
	int n;

	if (strchr(service, '/') != NULL)
		return 0;
	for (i = 0; i < sizeof(service_dirs) / sizeof(service_dirs[0]); i++) {
		n = snprintf(path, sizeof(path), "%s/%s", service_dirs[i],
		    service);
		if (n > 0 && (size_t)n < sizeof(path) &&
		    stat(path, &st) == 0 && S_ISREG(st.st_mode))
			return 1;
	}
	return 0;
}

/*
 * Nobody sits at this conversation: sshd has authenticated, and stdin belongs
 * to the command.  So text is passed on and every question fails.
 */
static int
converse(int count, const struct pam_message **messages,
    struct pam_response **responses, void *ctx)
{
	struct login_session *session = ctx;
	int i;

	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	for (i = 0; i < count; i++)
		if (messages[i]->msg_style != PAM_TEXT_INFO &&
		    messages[i]->msg_style != PAM_ERROR_MSG)
			return PAM_CONV_ERR;
	if ((*responses = calloc((size_t)count,
	    sizeof(**responses))) == NULL)
		return PAM_BUF_ERR;
	for (i = 0; i < count; i++) {
		if (messages[i]->msg_style == PAM_ERROR_MSG)
			(void)strlcpy(session->said, messages[i]->msg,
			    sizeof(session->said));
		if (session->facts->message != NULL)
			session->facts->message(session->facts->ctx,
			    messages[i]->msg);
	}
	return PAM_SUCCESS;
}

struct login_session *
login_session_new(const struct account *account,
    const struct login_session_facts *facts)
{
	struct login_session *session;

	if ((session = calloc(1, sizeof(*session))) == NULL)
		return NULL;
	session->account = account;
	session->facts = facts;
	return session;
}

/* Keeps the first error.  Returns -1. */
static int
fail(struct login_session *session, const char *step, const char *reason)
{
	if (*session->error == '\0')
		(void)snprintf(session->error, sizeof(session->error),
		    "%s: %s", step, reason);
	return -1;
}

static int
fail_pam(struct login_session *session, const char *step)
{
	char reason[256];

	/* "Authentication failure" is all that pam_nologin(8) returns. */
	(void)snprintf(reason, sizeof(reason), "%s%s%s",
	    pam_strerror(session->pam, session->last),
	    *session->said != '\0' ? ": " : "", session->said);
	return fail(session, step, reason);
}

static int
set_item(struct login_session *session, int item, const char *value)
{
	if (value == NULL)
		return 0;
	session->last = pam_set_item(session->pam, item, value);
	return session->last == PAM_SUCCESS ? 0 :
	    fail_pam(session, "PAM item");
}

static int
start(struct login_session *session)
{
	const struct pam_conv conv = { converse, session };
	const struct login_session_facts *facts = session->facts;
	const char *tty = facts->tty;

	if (tty == NULL && facts->class == NULL)
		tty = "ssh";
	session->last = pam_start(facts->service, session->account->name,
	    &conv, &session->pam);
	if (session->last != PAM_SUCCESS) {
		(void)fail_pam(session, "PAM start");
		session->pam = NULL;
		return -1;
	}
	if (set_item(session, PAM_RHOST, facts->rhost) == -1 ||
	    set_item(session, PAM_RUSER, facts->ruser) == -1 ||
	    set_item(session, PAM_TTY, tty) == -1)
		return -1;
	return 0;
}

static int
check_user(struct login_session *session, const char *step)
{
	const void *user = NULL;

	session->last = pam_get_item(session->pam, PAM_USER, &user);
	if (session->last != PAM_SUCCESS)
		return fail_pam(session, step);
	if (user == NULL || strcmp(user, session->account->name) != 0)
		return fail(session, step, "a module changed the user");
	return 0;
}

static int
manage_account(struct login_session *session)
{
	session->last = pam_acct_mgmt(session->pam, 0);
	if (session->last == PAM_NEW_AUTHTOK_REQD)
		return fail(session, "PAM account",
		    "the password must be changed first");
	if (session->last != PAM_SUCCESS)
		return fail_pam(session, "PAM account");
	return check_user(session, "PAM account");
}

/*
 * Before the credentials, which may add groups of their own.  The list is the
 * one that was checked, not a second answer of the database's.
 */
static int
become_group(struct login_session *session)
{
	const struct account *account = session->account;

	if (setresgid(account->gid, account->gid, account->gid) == -1 ||
	    setgroups(account->ngroups, account->groups) == -1)
		return fail(session, "groups", strerror(errno));
	return 0;
}

/*
 * In PAM's environment and not in ours, where a client's could be as well;
 * and late, so that no earlier module has the last word on it.
 */
static int
set_class(struct login_session *session)
{
	char text[128];
	int n;

	if (session->facts->class == NULL)
		return 0;
	n = snprintf(text, sizeof(text), "XDG_SESSION_CLASS=%s",
	    session->facts->class);
	if (n < 0 || (size_t)n >= sizeof(text))
		return fail(session, "PAM session class",
		    strerror(ENAMETOOLONG));
	session->last = pam_putenv(session->pam, text);
	return session->last == PAM_SUCCESS ? 0 :
	    fail_pam(session, "PAM session class");
}

/*
 * The credentials twice: the documentation of Linux-PAM wants them before the
 * session, that of RFC 86.0 after it, and modules follow either.
 */
static int
open_session(struct login_session *session)
{
	/* What was said so far was no reason to refuse. */
	*session->said = '\0';
	session->last = pam_setcred(session->pam,
	    PAM_ESTABLISH_CRED | PAM_SILENT);
	if (session->last != PAM_SUCCESS)
		return fail_pam(session, "PAM credentials");
	session->has_credentials = 1;
	if (set_class(session) == -1)
		return -1;
	session->last = pam_open_session(session->pam, 0);
	if (session->last != PAM_SUCCESS)
		return fail_pam(session, "PAM session");
	session->is_open = 1;
	session->last = pam_setcred(session->pam,
	    PAM_REINITIALIZE_CRED | PAM_SILENT);
	if (session->last != PAM_SUCCESS)
		return fail_pam(session, "PAM credentials");
	*session->said = '\0';
	return check_user(session, "PAM session");
}

/* What the modules left behind for the child. */
static int
collect(struct login_session *session)
{
	int n;

	if ((session->env = pam_getenvlist(session->pam)) == NULL)
		return fail(session, "PAM environment", strerror(ENOMEM));
	if ((n = getgroups(0, NULL)) == -1)
		return fail(session, "groups", strerror(errno));
	session->groups = calloc((size_t)n + 1, sizeof(*session->groups));
	if (session->groups == NULL ||
	    (n = getgroups(n, session->groups)) == -1)
		return fail(session, "groups", strerror(errno));
	session->ngroups = (size_t)n;
	return 0;
}

/*
 * Containers forbid the call to everybody in them, by a filter that every
 * child inherits: then nobody can use a keyring of root's either.
 */
static int
has_no_keyrings(int err)
{
	if (err == ENOSYS || err == EOPNOTSUPP)
		return 1;
	return err == EPERM && syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
	    KEY_SPEC_PROCESS_KEYRING, 0) == -1 && errno == EPERM;
}

/*
 * pam_keyinit(8) makes the user a keyring, on his quota: where he has used
 * that up it fails, and as an "optional" module it fails unnoticed.  Then his
 * command must find an empty keyring and not root's.
 */
static int
leave_keyring(struct login_session *session)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 &&
	    !has_no_keyrings(errno))
		return fail(session, "session keyring", strerror(errno));
	return 0;
}

int
login_session_open(struct login_session *session)
{
	*session->error = '\0';
	if (!login_session_service_exists(session->facts->service)) {
		(void)snprintf(session->error, sizeof(session->error),
		    "PAM service: there is no /etc/pam.d/%s",
		    session->facts->service);
		return -1;
	}
	if (leave_keyring(session) == -1 || start(session) == -1 ||
	    manage_account(session) == -1 || become_group(session) == -1 ||
	    open_session(session) == -1 || collect(session) == -1) {
		(void)login_session_close(session);
		return -1;
	}
	return 0;
}

const char *
login_session_error(const struct login_session *session)
{
	return session->error;
}

char *const *
login_session_env(const struct login_session *session)
{
	return session->env;
}

const gid_t *
login_session_groups(const struct login_session *session, size_t *count)
{
	*count = session->ngroups;
	return session->groups;
}

int
login_session_close(struct login_session *session)
{
	int failed = *session->error != '\0';

	if (session->pam == NULL)
		return failed ? -1 : 0;
	if (session->is_open) {
		session->last = pam_close_session(session->pam, PAM_SILENT);
		if (session->last != PAM_SUCCESS)
			failed = fail_pam(session, "PAM session close");
	}
	if (session->has_credentials) {
		session->last = pam_setcred(session->pam,
		    PAM_DELETE_CRED | PAM_SILENT);
		if (session->last != PAM_SUCCESS)
			failed = fail_pam(session, "PAM credentials delete");
	}
	(void)pam_end(session->pam, session->last);
	session->pam = NULL;
	session->is_open = session->has_credentials = 0;
	return failed ? -1 : 0;
}

void
login_session_free(struct login_session *session)
{
	size_t i;

	if (session == NULL)
		return;
	(void)login_session_close(session);
	for (i = 0; session->env != NULL && session->env[i] != NULL; i++)
		free(session->env[i]);
	free(session->env);
	free(session->groups);
	free(session);
}

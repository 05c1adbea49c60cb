/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Runs as root in the middle of everybody's login, so it asks nobody but
 * passwd and group, as sshd has just done, and waits for nothing.  Faces the
 * user who logs in: what a client sends as "env" never reaches PAM's
 * environment, but pam_env with user_readenv=1 reads a file of the user's
 * into it.  sshd sets SSH_AUTH_INFO_0 just before the session's modules run,
 * so the line in its PAM file has to stand before that module.
 */

#include "config.h"
#include "authkeep.h"

#include <errno.h>
#include <string.h>

#include "account.h"
#include "recorddir.h"

/* The value if the entry is NAME=VALUE of that name, else NULL. */
static const char *
value_of(const char *entry, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(entry, name, len) == 0 && entry[len] == '=' ?
	    entry + len + 1 : NULL;
}

/* Where pam_exec's own part begins; at the end if there is none. */
static char *const *
items(char *const *envp)
{
	char *const *found = NULL;

	for (; *envp != NULL; envp++)
		if (value_of(*envp, "PAM_SERVICE") != NULL)
			found = envp;
	return found != NULL ? found : envp;
}

const char *
authkeep_item(char *const *envp, const char *name)
{
	const char *value = NULL, *got;

	for (envp = items(envp); *envp != NULL; envp++)
		if ((got = value_of(*envp, name)) != NULL)
			value = got;
	return value;
}

/* A variable of PAM's environment, in which each name is there once. */
static const char *
variable(char *const *envp, const char *name)
{
	char *const *end = items(envp);
	const char *value;

	for (; envp != end; envp++)
		if ((value = value_of(*envp, name)) != NULL)
			return value;
	return NULL;
}

int
authkeep_is_ssh(char *const *envp)
{
	return variable(envp, "SSH_AUTH_INFO_0") != NULL;
}

/*
 * sshd gives PAM_RHOST and SSH_CONNECTION one address, unless UseDNS has made
 * a name of the first.  Nobody but sshd sets an item, so where both are
 * addresses the item proves the variable.
 */
static int
agrees(const struct conninfo *conn, const char *rhost)
{
	if (rhost == NULL || strcmp(rhost, "UNKNOWN") == 0)
		return *conn->address == '\0';
	return !conninfo_is_address(rhost) ||
	    strcmp(rhost, conn->address) == 0;
}

static const char *
take_user(struct authrecord *rec, const char *user, const struct auditid *id)
{
	enum account_error err;
	struct account *account;
	const char *why = NULL;

	if (user == NULL)
		return "there is no PAM_USER: not started by pam_exec";
	if ((account = account_by_name(user, &err)) == NULL)
		return "PAM_USER is nobody";
	if (account->uid != id->loginuid)
		why = "the login uid is not the user's: pam_loginuid has to "
		    "stand before this line";
	(void)strlcpy(rec->user, user, sizeof(rec->user));
	rec->loginuid = id->loginuid;
	account_free(account);
	return why;
}

static const char *
take_client(struct authrecord *rec, char *const *envp)
{
	const char *connection = variable(envp, "SSH_CONNECTION");
	const char *auth_info = variable(envp, "SSH_AUTH_INFO_0");

	/* OpenSSH before 8.0 does not tell. */
	if (conninfo_parse(connection != NULL ? connection :
	    CONNINFO_UNKNOWN, &rec->connection) == -1)
		return "SSH_CONNECTION is not as sshd writes it";
	if (connection != NULL && !agrees(&rec->connection,
	    authkeep_item(envp, "PAM_RHOST")))
		return "SSH_CONNECTION and PAM_RHOST are of two clients";
	if (auth_info == NULL)
		return "there is no SSH_AUTH_INFO_0: not started by sshd";
	if (authinfo_parse(auth_info, &rec->auth) == -1)
		return "SSH_AUTH_INFO_0 is not as sshd writes it";
	return NULL;
}

static int
is_same(const struct authrecord_keeper *a, const struct authrecord_keeper *b)
{
	return a->pid == b->pid && a->start == b->start;
}

/* Two logins with one number: sshd was started from within a login. */
static int
is_taken(int dir, uint32_t session, const struct authrecord_keeper *keeper)
{
	struct authrecord_keeper other;
	char name[AUTHRECORD_NAME_SIZE];

	return authrecord_keeper(dir, authrecord_name(session, name),
	    &other) == 0 && !is_same(&other, keeper) &&
	    authrecord_is_kept(&other);
}

int
authkeep_store(int dir, const struct auditid *id,
    const struct authrecord_keeper *keeper, char *const *envp,
    const char **why)
{
	struct authrecord rec = { .keeper = *keeper };
	int saved = 0;

	authkeep_sweep(dir, id->session);
	if ((*why = take_user(&rec, authkeep_item(envp, "PAM_USER"),
	    id)) == NULL)
		*why = take_client(&rec, envp);
	if (*why == NULL && is_taken(dir, id->session, keeper))
		*why = "another login has the same audit session: sshd was "
		    "started from within a login";
	if (*why == NULL && authrecord_write(dir, id->session, &rec,
	    variable(envp, "SSH_AUTH_INFO_0")) == -1) {
		saved = errno;
		*why = "the record cannot be written";
	}
	authrecord_free(&rec);
	errno = saved;
	return *why == NULL ? 0 : -1;
}

int
authkeep_remove(int dir, const struct auditid *id,
    const struct authrecord_keeper *keeper)
{
	struct authrecord_keeper other;
	char name[AUTHRECORD_NAME_SIZE];

	if (authrecord_keeper(dir, authrecord_name(id->session, name),
	    &other) == -1)
		return errno == ENOENT ? 0 : -1;
	/* Of su within the login, say, whose PAM file has our line, too. */
	if (!is_same(&other, keeper))
		return 0;
	return recorddir_remove(dir, name) == -1 && errno != ENOENT ? -1 : 0;
}

void
authkeep_sweep(int dir, uint32_t seed)
{
	struct recorddir_list list;
	struct authrecord_keeper keeper;
	const char *name;
	size_t i;

	(void)recorddir_sweep(dir);
	if (recorddir_list(dir, &list) == -1)
		return;
	for (i = 0; i < list.count && i < AUTHKEEP_SWEEP_MAX; i++) {
		name = list.names[(seed + i) % list.count];
		if (authrecord_keeper(dir, name, &keeper) == 0 &&
		    !authrecord_is_kept(&keeper))
			(void)recorddir_remove(dir, name);
	}
	recorddir_list_free(&list);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever can write this process's environment: in shape A the user
 * himself, so that nothing here counts; in shape B a client, by an AcceptEnv
 * that is too wide; in shape C the front, of which only the kernel's word
 * about its process counts.
 */

#include "config.h"
#include "origin.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "authrecord.h"
#include "backlink.h"
#include "command.h"
#include "conflogin.h"
#include "confmatch.h"
#include "conninfo.h"
#include "environ.h"
#include "logind.h"
#include "options.h"
#include "request.h"
#include "sockpeer.h"

/* Where sshd makes the file that it names in SSH_USER_AUTH. */
#define AUTHINFO_PREFIX "/tmp/sshauth."

/* "ADDRESS PORT ..." as sshd gives it; left empty where it gives none. */
static void
find_address(struct request *req, const struct options *opt,
    char *const *envp)
{
	const char *text = opt->remote_ip;
	size_t len;

	if (text == NULL)
		text = environ_lookup(envp, "SSH_CONNECTION");
	if (text == NULL)
		return;
	len = strcspn(text, " ");
	if (len == 0 || len >= sizeof(req->address))
		return;
	memcpy(req->address, text, len);
	req->address[len] = '\0';
	if (!conninfo_is_address(req->address))
		req->address[0] = '\0';
}

/* Why the file is not believed. */
static const char *
disbelief(int err)
{
	switch (err) {
	case EPERM:
	case ELOOP:
		return "SSH_USER_AUTH: not a file that only root can have "
		    "written";
	case EINVAL:
		return "SSH_USER_AUTH: the file is not as sshd writes it";
	default:
		return "SSH_USER_AUTH: the file cannot be read";
	}
}

/*
 * A name that sshd would not give is the client's: one in a folder could lead
 * anywhere.
 */
static int
is_sshds_name(const char *path)
{
	const size_t len = strlen(AUTHINFO_PREFIX);

	return strncmp(path, AUTHINFO_PREFIX, len) == 0 &&
	    strchr(path + len, '/') == NULL;
}

static void
take_first_key(struct request *req)
{
	if (req->auth.nkeys > 0)
		(void)strlcpy(req->key, req->auth.keys[0]->fingerprint,
		    sizeof(req->key));
}

/*
 * What sshd told PAM about the login that the process belongs to, if root has
 * had it written down.  Returns 0, or -1 with the reason.
 */
static int
find_record(struct request *req, pid_t pid, int pidfd, const char **why)
{
	struct authrecord rec;

	if (authrecord_find(pid, pidfd, req->caller_uid, &rec, why) == -1)
		return -1;
	(void)strlcpy(req->caller, rec.user, sizeof(req->caller));
	(void)strlcpy(req->address, rec.connection.address,
	    sizeof(req->address));
	req->connection = rec.connection;
	req->auth = rec.auth;
	memset(&rec.auth, 0, sizeof(rec.auth));
	authrecord_free(&rec);
	take_first_key(req);
	return 0;
}

/* Behind a front nothing that is only said counts. */
static void
find_of_front(struct request *req)
{
	const struct sockpeer *peer = &req->link->peer;

	if (find_record(req, peer->pid, peer->certain ? peer->pidfd : -1,
	    &req->keys_unknown) == 0)
		return;
	/*
	 * For PAM and the log, though not for Match; of a front that has ended
	 * the number may be another login's process.
	 */
	if (logind_remote_host(peer->pid, req->address,
	    sizeof(req->address)) == -1 || !sockpeer_lives(peer) ||
	    !conninfo_is_address(req->address))
		req->address[0] = '\0';
}

static void
find_keys(struct request *req, char *const *envp)
{
	const char *path = environ_lookup(envp, "SSH_USER_AUTH");

	if (req->shape != REQUEST_ROOT)
		req->keys_unknown = conflogin_not_roots;
	else if (path == NULL && *req->address == '\0' &&
	    environ_lookup(envp, "SSH_CONNECTION") == NULL)
		return;		/* nobody came by ssh */
	else if (path == NULL)
		req->keys_unknown = "there is no SSH_USER_AUTH: sshd's "
		    "ExposeAuthInfo is not set";
	else if (!is_sshds_name(path))
		req->keys_unknown = "SSH_USER_AUTH: not a name that sshd "
		    "gives";
	else if (authinfo_read(path, 0, &req->auth) == -1)
		req->keys_unknown = disbelief(errno);
	if (req->keys_unknown != NULL)
		return;
	take_first_key(req);
	/* A host's key is none of the user's, but worth to be logged. */
	if (req->auth.nkeys == 0 &&
	    authinfo_fingerprint(path, 0, req->key) == -1)
		req->key[0] = '\0';
}

void
origin_find(struct request *req, const struct options *opt, char *const *envp)
{
	if (req->link != NULL) {
		find_of_front(req);
		return;
	}
	find_address(req, opt, envp);
	find_keys(req, envp);
}

void
origin_facts(struct confmatch_facts *facts, const struct request *req,
    const struct options *opt, char *const *envp)
{
	struct confmatch_fact *fact = facts->fact;
	const char *unknown = req->shape == REQUEST_OWN ?
	    conflogin_not_roots : NULL;

	memset(facts, 0, sizeof(*facts));
	fact[CONFMATCH_CALLER].value = req->caller;
	fact[CONFMATCH_REMOTE_USER].value = req->remote_user;
	fact[CONFMATCH_REMOTE_USER].unknown = unknown;
	fact[CONFMATCH_ADDRESS].value = *req->address != '\0' ?
	    req->address : NULL;
	/* Behind a front both are known from the record, or neither is. */
	fact[CONFMATCH_ADDRESS].unknown = req->shape == REQUEST_SERVICE ?
	    req->keys_unknown : unknown;
	fact[CONFMATCH_LOCAL_USER].value = req->target != NULL ?
	    req->target->name : NULL;
	fact[CONFMATCH_SERVICE].value = command_asked(opt, envp);
	fact[CONFMATCH_TTY].value = isatty(STDIN_FILENO) ? "yes" : "no";
	facts->keys = req->auth.keys;
	facts->nkeys = req->auth.nkeys;
	facts->keys_unknown = req->keys_unknown;
}

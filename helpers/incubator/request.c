/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever can write the command line or the environment.  Every
 * statement that is made there is held against passwd and the kernel, and one
 * that disagrees ends the login: a line that says more than is true was
 * written for another user or another machine.
 */

#include "config.h"
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "backlink.h"
#include "environ.h"
#include "invocation.h"
#include "jail.h"
#include "options.h"
#include "origin.h"
#include "policy.h"
#include "terminal.h"

static struct account *
by_name(const char *name, const char *empty, char *why, size_t size)
{
	enum account_error err = ACCOUNT_OK;
	struct account *target = account_by_name(name, &err);

	if (target == NULL)
		(void)snprintf(why, size, "%.256s: %s",
		    *name != '\0' ? name : empty, account_strerror(err));
	return target;
}

static struct account *
by_uid(uid_t uid, const char *hint, char *why, size_t size)
{
	enum account_error err = ACCOUNT_OK;
	struct account *target = account_by_uid(uid, hint, &err);

	if (target == NULL)
		(void)snprintf(why, size, "uid %u: %s", (unsigned int)uid,
		    account_strerror(err));
	return target;
}

static int
is_in(gid_t gid, const gid_t *list, size_t count)
{
	while (count > 0)
		if (list[--count] == gid)
			return 1;
	return 0;
}

/* The primary group may be named among the others or left out. */
static int
groups_agree(const struct options *opt, const struct account *target)
{
	size_t i;

	for (i = 0; i < target->ngroups; i++)
		if (target->groups[i] != target->gid &&
		    !is_in(target->groups[i], opt->groups, opt->ngroups))
			return 0;
	for (i = 0; i < opt->ngroups; i++)
		if (!is_in(opt->groups[i], target->groups, target->ngroups))
			return 0;
	return 1;
}

/* Returns 0, or -1 with the first statement that is not true. */
static int
check_identity(const struct request *req, const struct options *opt,
    char *why, size_t size)
{
	const struct account *t = req->target;

	if (opt->has_uid && opt->uid != t->uid) {
		(void)snprintf(why, size, "--uid %u: %s has uid %u",
		    (unsigned int)opt->uid, t->name, (unsigned int)t->uid);
		return -1;
	}
	if (opt->has_gid && opt->gid != t->gid) {
		(void)snprintf(why, size, "--gid %u: %s has gid %u",
		    (unsigned int)opt->gid, t->name, (unsigned int)t->gid);
		return -1;
	}
	if (opt->has_groups && !groups_agree(opt, t)) {
		(void)snprintf(why, size, "--groups: %s is in other groups",
		    t->name);
		return -1;
	}
	return 0;
}

static int
check_tty(const struct request *req, const struct options *opt, char *why,
    size_t size)
{
	const char *name = opt->tty_name;
	int has_tty = isatty(STDIN_FILENO);
	const char *real = *req->tty != '\0' ? req->tty :
	    has_tty ? "a terminal without a name" : "no terminal";

	if (opt->has_tty != -1 && opt->has_tty != has_tty) {
		(void)snprintf(why, size, "--has-tty: standard input is %s",
		    real);
		return -1;
	}
	if (name == NULL)
		return 0;
	if (strncmp(name, "/dev/", 5) == 0)
		name += 5;
	if (*req->tty == '\0' ||
	    strcmp(name, req->tty + strlen("/dev/")) != 0) {
		(void)snprintf(why, size,
		    "--tty-name %s: standard input is %s", name, real);
		return -1;
	}
	return 0;
}

/* Who asks: whoever started this process, or the front's user (I1). */
static void
find_caller(struct request *req, const char *hint)
{
	req->caller_uid = req->link != NULL ? req->link->peer.uid : getuid();
	(void)account_name_of(req->caller_uid, req->link != NULL ? NULL :
	    hint, req->caller, sizeof(req->caller));
	if (req->link != NULL)
		req->shape = REQUEST_SERVICE;
	else
		req->shape = req->caller_uid == 0 ? REQUEST_ROOT :
		    REQUEST_OWN;
}

void
request_of_front(struct request *req, struct backlink *link)
{
	memset(req, 0, sizeof(*req));
	req->link = link;
	find_caller(req, NULL);
}

int
request_by_root(const struct request *req)
{
	return req->shape != REQUEST_OWN;
}

static enum request_terminal
choose_terminal(const struct request *req)
{
	if (req->shape == REQUEST_ROOT)
		return terminal_choose();
	if (!isatty(STDIN_FILENO))
		return REQUEST_NO_TERMINAL;
	return req->shape == REQUEST_SERVICE ? REQUEST_TAKE_TERMINAL :
	    REQUEST_KEEP_TERMINAL;
}

int
request_begin(struct request *req, const struct options *opt,
    char *const *envp, char *why, size_t size)
{
	find_caller(req, environ_lookup(envp, "LOGNAME"));
	req->remote_user = req->link != NULL ? req->caller : opt->remote_user;
	if (pty_name(STDIN_FILENO, req->tty) == -1)
		req->tty[0] = '\0';
	origin_find(req, opt, envp);
	if (opt->local_user != NULL)
		req->target = by_name(opt->local_user, "--local-user", why,
		    size);
	else if (opt->has_uid || req->shape == REQUEST_OWN)
		req->target = by_uid(opt->has_uid ? opt->uid :
		    req->caller_uid, environ_lookup(envp, "LOGNAME"), why,
		    size);
	else
		return 0;
	return req->target != NULL ? 0 : -1;
}

/* Whom the command line does not name, the files must. */
static int
find_target(struct request *req, const struct policy *policy, char *why,
    size_t size)
{
	if (req->target != NULL)
		return 0;
	if (policy->local_user == NULL) {
		(void)snprintf(why, size, req->shape != REQUEST_SERVICE ?
		    "root must name the user with --local-user or --uid, or "
		    "LocalUser in %s" : policy->conf != NULL ?
		    "no LocalUser for this login in %s" :
		    "no LocalUser for this login: there is no %s",
		    policy->path);
		return -1;
	}
	req->target = by_name(policy->local_user, "LocalUser", why, size);
	if (req->target == NULL)
		return -1;
	/* A Match LocalUser went by the name as it was written. */
	if (strcmp(req->target->name, policy->local_user) != 0) {
		(void)snprintf(why, size, "LocalUser %s: passwd has him as %s",
		    policy->local_user, req->target->name);
		return -1;
	}
	/* Root only when named: by the file, not by a certificate. */
	if (req->target->uid == 0 && policy->by_principal) {
		(void)snprintf(why, size, "LocalUser %%p: %s is uid 0",
		    req->target->name);
		return -1;
	}
	return 0;
}

int
request_finish(struct request *req, const struct options *opt,
    const struct policy *policy, char *why, size_t size)
{
	if (find_target(req, policy, why, size) == -1)
		return -1;
	if (req->shape == REQUEST_OWN &&
	    req->target->uid != req->caller_uid) {
		(void)snprintf(why, size, "%s: cannot switch user",
		    req->target->name);
		return -1;
	}
	if (check_identity(req, opt, why, size) == -1 ||
	    check_tty(req, opt, why, size) == -1)
		return -1;
	if (jail_check(&policy->confine, req->target,
	    request_by_root(req), why, size) == -1)
		return -1;
	req->terminal = choose_terminal(req);
	req->shell = invocation_shell(policy->login_shell != NULL ?
	    policy->login_shell : req->target->shell, opt->login_shell);
	return 0;
}

void
request_free(struct request *req)
{
	account_free(req->target);
	req->target = NULL;
	authinfo_free(&req->auth);
}

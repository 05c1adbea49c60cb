/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "sessenv.h"

#include <errno.h>
#include <string.h>

#include "account.h"
#include "envfilter.h"
#include "environ.h"
#include "envrule.h"
#include "pattern.h"
#include "request.h"

/* The facts of the connection are sshd's to tell, and not PAM's. */
static const char *const not_from_pam[] = {
	"SSH_AUTH_INFO*", "SSH_CLIENT=*", "SSH_CONNECTION*",
	"SSH_ORIGINAL_COMMAND=*", "SSH_TTY=*", "SSH_USER_AUTH=*",
};

/*
 * PAM has the last word on everything else.  The floor holds for PAM as well:
 * pam_env(8) can be told to read a file of the user's (CVE-2015-8325).
 */
static int
take_from_pam(struct environ *env, char *const *pam)
{
	const size_t n = sizeof(not_from_pam) / sizeof(not_from_pam[0]);
	size_t i;

	for (; *pam != NULL; pam++) {
		for (i = 0; i < n; i++)
			if (pattern_match(*pam, not_from_pam[i]))
				break;
		if (i == n && environ_put(env, *pam, "PAM") == -1 &&
		    errno != EPERM && errno != EINVAL)
			return -1;
	}
	return 0;
}

static int
take_from_passwd(struct environ *env, const struct request *req)
{
	const struct account *target = req->target;

	/* An entry that the floor refuses is no entry to log in with. */
	if (environ_set(env, "USER", target->name, "passwd") == -1 ||
	    environ_set(env, "LOGNAME", target->name, "passwd") == -1 ||
	    environ_set(env, "HOME", target->home, "passwd") == -1 ||
	    environ_set(env, "PATH", target->uid == 0 ? SUPERUSER_PATH :
	    DEFAULT_PATH, "default") == -1 ||
	    environ_set(env, "SHELL", req->shell,
	    req->shell == target->shell ? "passwd" : "instead") == -1)
		return -1;
	return 0;
}

/*
 * What the login that led here has, and this session may: by the tables, and
 * by the configuration's AcceptEnv.
 */
static int
take_from_login(struct environ *env, const struct sessenv_facts *facts)
{
	const struct envrule_facts rule = {
		.uid = facts->req->target->uid,
		.tty = facts->req->terminal != REQUEST_NO_TERMINAL,
		.own = facts->req->shape == REQUEST_OWN,
	};
	struct envfilter_rules rules = *facts->rules;
	const struct envfilter_verdict *verdict;
	struct envfilter *filter;
	size_t i;
	int r = 0;

	/* These come when everybody else has spoken. */
	rules.nset = 0;
	if ((filter = envfilter_apply(&rules, &rule, facts->envp)) == NULL)
		return -1;
	for (i = 0; r == 0 &&
	    (verdict = envfilter_at(filter, i)) != NULL; i++)
		if (verdict->passes)
			r = environ_set(env, verdict->name,
			    environ_get(envfilter_environ(filter),
			    verdict->name), verdict->reason == NULL ?
			    verdict->rule : "login");
	envfilter_free(filter);
	return r;
}

/*
 * Behind a front the client's side is not sshd's, so that what sshd told root
 * takes the place of what is said there.
 */
static int
take_connection(struct environ *env, const char *text)
{
	char client[CONNINFO_SIZE], *p;
	size_t len;

	if (*text == '\0')
		return 0;
	/* Address, port, and sshd's own port without its address. */
	(void)strlcpy(client, text, sizeof(client));
	len = strcspn(client, " ") + 1;
	len += strcspn(client + len, " ") + 1;
	if ((p = strrchr(client, ' ')) == NULL || client + len > p)
		return 0;
	memmove(client + len, p + 1, strlen(p + 1) + 1);
	if (environ_set(env, "SSH_CLIENT", client, "sshd's record") == -1)
		return -1;
	return environ_set(env, "SSH_CONNECTION", text, "sshd's record");
}

/* The configuration's last word; it has each name of SetEnv once. */
static int
take_from_file(struct environ *env, const struct envfilter_rules *rules)
{
	const char *name;
	size_t i = 0, j;

	while ((name = environ_at(env, i, NULL)) != NULL) {
		for (j = 0; j < rules->ndeny; j++)
			if (pattern_match(name, rules->deny[j]))
				break;
		if (j < rules->ndeny)
			environ_unset(env, name);
		else
			i++;
	}
	for (i = 0; i < rules->nset; i++)
		if (environ_put(env, rules->set[i], "SetEnv") == -1)
			return -1;
	return 0;
}

/* By hand there is no SSH connection, and nothing says that there is. */
static int
set_tty(struct environ *env, const char *tty)
{
	if (*tty == '\0' || environ_get(env, "SSH_CONNECTION") == NULL)
		return 0;
	return environ_set(env, "SSH_TTY", tty, "terminal");
}

struct environ *
sessenv_build(const struct sessenv_facts *facts)
{
	struct environ *env;
	const char *asked;

	if ((env = environ_new()) == NULL)
		return NULL;
	if (take_from_passwd(env, facts->req) == -1 ||
	    take_from_login(env, facts) == -1 ||
	    take_connection(env, facts->req->connection.text) == -1 ||
	    (facts->pam != NULL && take_from_pam(env, facts->pam) == -1) ||
	    set_tty(env, facts->tty) == -1 ||
	    (facts->agent != NULL && environ_set(env, "SSH_AUTH_SOCK",
	    facts->agent, "ForwardAgent") == -1))
		goto fail;
	asked = environ_lookup(facts->envp, "SSH_ORIGINAL_COMMAND");
	if (facts->passes_on && asked != NULL &&
	    environ_set(env, "SSH_ORIGINAL_COMMAND", asked, "client") == -1 &&
	    errno != EPERM)
		goto fail;
	if (take_from_file(env, facts->rules) == -1)
		goto fail;
	return env;
fail:
	environ_free(env);
	return NULL;
}

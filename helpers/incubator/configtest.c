/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "configtest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
#include "policy.h"

/* A login that nobody has made: facts, and the one key that they are about. */
struct imagined {
	struct confmatch_facts facts;
	struct sshkey key;
	struct sshkey_cert cert;
	struct sshkey *keys[1];
	int by_service;		/* a front has asked for it */
	char *memory;		/* of the words, cut up */
};

static const char not_said[] = "-C does not say";
/* The gateway's account is the one such caller whom a file maps by key. */
static const char not_roots[] = "the caller is not root: nobody who may be "
    "believed says it (of a login by --front: shape=service)";
static char nothing[] = "";

/* Room for "count" principals at most. */
static int
imagine_nothing(struct imagined *login, size_t count)
{
	int i;

	memset(login, 0, sizeof(*login));
	for (i = 0; i < CONFMATCH_FACTS; i++)
		login->facts.fact[i].unknown = not_said;
	login->facts.keys_unknown = not_said;
	login->facts.keys = login->keys;
	login->keys[0] = &login->key;
	login->cert.role = SSHKEY_USER;
	/* Of a key that is described at all, each thing by itself. */
	for (i = 0; i < CONFMATCH_ALL - CONFMATCH_KEY; i++)
		login->facts.key_unknown[i] = not_said;
	(void)strlcpy(login->key.fingerprint, "-",
	    sizeof(login->key.fingerprint));
	login->cert.key_id = nothing;
	login->cert.principals = calloc(count + 1,
	    sizeof(*login->cert.principals));
	return login->cert.principals != NULL ? 0 : -1;
}

static void
forget(struct imagined *login)
{
	free(login->cert.principals);
	free(login->memory);
}

/* Returns 0, or -1 if there is no such criterion. */
static int
find_criterion(const char *name, enum confmatch_criterion *criterion)
{
	/* sshd's names for whom it let in, and from where */
	if (strcasecmp(name, "user") == 0)
		name = confmatch_name(CONFMATCH_CALLER);
	else if (strcasecmp(name, "addr") == 0)
		name = confmatch_name(CONFMATCH_ADDRESS);
	return confmatch_find(name, criterion) == 0 &&
	    *criterion != CONFMATCH_ALL ? 0 : -1;
}

static void
imagine_key(struct imagined *login, enum confmatch_criterion criterion,
    char *value)
{
	struct sshkey_cert *cert = &login->cert;

	login->facts.nkeys = 1;
	login->facts.keys_unknown = NULL;
	login->facts.key_unknown[criterion - CONFMATCH_KEY] = NULL;
	if (criterion == CONFMATCH_KEY) {
		(void)strlcpy(login->key.fingerprint, value,
		    sizeof(login->key.fingerprint));
		return;
	}
	login->key.cert = cert;
	if (criterion == CONFMATCH_CA)
		(void)strlcpy(cert->ca, value, sizeof(cert->ca));
	else if (criterion == CONFMATCH_KEY_ID)
		cert->key_id = value;
	else
		cert->principals[cert->nprincipals++] = value;
}

/* Hold a value against the form that it has in a Match: 0, or -1. */
static int
has_form(enum confmatch_criterion criterion, char *value)
{
	char *name = (char *)(uintptr_t)confmatch_name(criterion);
	struct confmatch match;
	char why[128];

	switch (criterion) {
	case CONFMATCH_ADDRESS:
	case CONFMATCH_SERVICE:
	case CONFMATCH_TTY:
	case CONFMATCH_KEY:
	case CONFMATCH_CA:
		break;
	default:
		return 0;
	}
	/* A fact is no pattern, and an address no network. */
	if (strpbrk(value, "*?!") != NULL ||
	    (criterion == CONFMATCH_ADDRESS && strchr(value, '/') != NULL))
		return -1;
	if (confmatch_parse((char *const[]){ name, value }, 2, &match, why,
	    sizeof(why)) == -1)
		return -1;
	confmatch_free(&match);
	return 0;
}

/* One "key=value" of -C.  Returns NULL, or what is wrong with it. */
static const char *
imagine(struct imagined *login, char *word)
{
	char *value = strchr(word, '=');
	enum confmatch_criterion criterion;

	if (value == NULL)
		return "there is no '='";
	*value++ = '\0';
	/* No criterion of Match, but what decides whose word counts. */
	if (strcasecmp(word, "shape") == 0) {
		login->by_service = strcmp(value, "service") == 0;
		return login->by_service ? NULL : "only \"service\" is said "
		    "here; the others follow from the caller";
	}
	if (find_criterion(word, &criterion) == -1)
		return "unknown criterion";
	if (*value == '\0')
		return "the value is empty";
	if (has_form(criterion, value) == -1)
		return "nothing that could be: see Match in "
		    "incubator.conf(5)";
	if (criterion < CONFMATCH_FACTS) {
		login->facts.fact[criterion].value = value;
		login->facts.fact[criterion].unknown = NULL;
	} else
		imagine_key(login, criterion, value);
	return NULL;
}

static int
is_uid0(const char *name)
{
	enum account_error err;
	struct account *account = account_by_name(name, &err);
	const int r = account != NULL ? account->uid == 0 :
	    strcmp(name, "root") == 0;

	account_free(account);
	return r;
}

/*
 * Who is not root stays who he is, and nothing that he says of his key and
 * his address is believed; who root is to be, the file may say where -C does
 * not.  The service knows of a front what root wrote down, and calls whoever
 * is behind it by the account's name.
 */
static void
imagine_caller(struct imagined *login)
{
	struct confmatch_facts *facts = &login->facts;
	struct confmatch_fact *fact = facts->fact;
	const char *caller = fact[CONFMATCH_CALLER].value;

	if (login->by_service) {
		fact[CONFMATCH_REMOTE_USER] = fact[CONFMATCH_CALLER];
		return;
	}
	if (caller == NULL || is_uid0(caller))
		return;
	fact[CONFMATCH_ADDRESS].unknown = not_roots;
	fact[CONFMATCH_REMOTE_USER].unknown = not_roots;
	facts->keys_unknown = not_roots;
	if (fact[CONFMATCH_LOCAL_USER].value == NULL) {
		fact[CONFMATCH_LOCAL_USER].value = caller;
		fact[CONFMATCH_LOCAL_USER].unknown = NULL;
	}
}

/* Returns 0, or -1 after a line that says why. */
static int
imagine_all(struct imagined *login, const struct options *opt)
{
	size_t i, len = 1, count = 0;
	const char *wrong;
	char *next, *word;

	for (i = 0; i < opt->ncriteria; i++)
		len += strlen(opt->criteria[i]) + 1;
	if (imagine_nothing(login, len) == -1 ||
	    (login->memory = calloc(1, len)) == NULL) {
		log_warn("-C");
		return -1;
	}
	for (i = 0; i < opt->ncriteria; i++) {
		(void)strlcat(login->memory, count++ > 0 ? "," : "", len);
		(void)strlcat(login->memory, opt->criteria[i], len);
	}
	next = login->memory;
	while (count > 0 && (word = strsep(&next, ",")) != NULL)
		if ((wrong = imagine(login, word)) != NULL) {
			log_warnx("-C %s: %s", word, wrong);
			return -1;
		}
	imagine_caller(login);
	return 0;
}

/* What is wrong only where it all comes together. */
static int
tell_faults(struct conf_settings *settings)
{
	const struct conf_value *value =
	    settings->words[CONFTABLE_LOCAL_USER].values;
	const char *fault;
	char why[128];
	int r = 0;

	policy_tell_unknown(settings);
	if (settings->why_nobody[0] != '\0') {
		log_warnx("%s line %u: LocalUser: %s", value->file,
		    value->line, settings->why_nobody);
		r = -1;
	}
	if (settings->local_user != NULL && strcmp(value->text, "%p") == 0 &&
	    is_uid0(settings->local_user)) {
		log_warnx("%s line %u: LocalUser %%p: %s is uid 0",
		    value->file, value->line, settings->local_user);
		r = -1;
	}
	fault = policy_agent_fault(policy_agent(conf_text(settings,
	    CONFTABLE_FORWARD_AGENT)), conf_text(settings,
	    CONFTABLE_AGENT_POLICY));
	if (fault != NULL) {
		log_warnx("%s", fault);
		r = -1;
	}
	if (confine_check(&settings->confine, why, sizeof(why)) == -1) {
		log_warnx("%s", why);
		r = -1;
	}
	return r;
}

/* Returns how many there are. */
static size_t
tell_errors(const struct conf *conf)
{
	size_t i;

	for (i = 0; conf_error(conf, i) != NULL; i++)
		log_warnx("%s", conf_error(conf, i));
	return i;
}

static int
show(const struct conf *conf, const struct confmatch_facts *facts)
{
	struct conf_settings *settings;
	int status = EXITCODE_REFUSED;
	char why[512];
	char *text;

	if ((settings = conf_apply(conf, facts, why, sizeof(why))) == NULL) {
		log_warnx("%s", why);
		return status;
	}
	text = conf_print(settings);
	if (text == NULL || fputs(text, stdout) == EOF || fflush(stdout) != 0)
		log_warn("standard output");
	else if (tell_faults(settings) == 0)
		status = 0;
	free(text);
	conf_settings_free(settings);
	return status;
}

/* -T: returns the exit status. */
static int
show_login(const struct conf *conf, const struct options *opt)
{
	int status = EXITCODE_USAGE;
	struct imagined login;

	if (imagine_all(&login, opt) == 0)
		status = show(conf, &login.facts);
	forget(&login);
	return status;
}

int
configtest_run(const struct options *opt)
{
	int status = EXITCODE_REFUSED;
	struct conf *conf;
	char why[512];

	if ((conf = policy_read(opt, 1, why, sizeof(why))) == NULL)
		log_warnx("%s", why);
	else if (tell_errors(conf) == 0)
		status = opt->action == OPTIONS_TEST ? 0 :
		    show_login(conf, opt);
	conf_free(conf);
	return status;
}

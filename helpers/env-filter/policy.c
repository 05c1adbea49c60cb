/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the user himself, as whom this runs: nothing that he could have
 * written says who he is or with which key he came (I1), and to run a command
 * by it the file must be root's.
 */

#include "config.h"
#include "policy.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "conflogin.h"
#include "invocation.h"
#include "log.h"
#include "options.h"

/* What env-filter does; the rest of the words is incubator's. */
static const enum conftable_word words[] = {
	CONFTABLE_LOCAL_USER, CONFTABLE_DENY, CONFTABLE_ACCEPT_ENV,
	CONFTABLE_UNSET_ENV, CONFTABLE_SET_ENV, CONFTABLE_LOG_LEVEL,
};

static int
is_ours(enum conftable_word word)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i] == word)
			return 1;
	return 0;
}

/* Into facts that are all zero.  "caller" is borrowed, as the rest is. */
static void
gather(struct confmatch_facts *facts, const struct policy_login *login,
    const char *caller)
{
	struct confmatch_fact *fact = facts->fact;

	fact[CONFMATCH_CALLER].value = caller;
	fact[CONFMATCH_LOCAL_USER].value = login->user;
	fact[CONFMATCH_SERVICE].value = invocation_service(login->asked,
	    login->by_hand);
	fact[CONFMATCH_TTY].value = isatty(STDIN_FILENO) ? "yes" : "no";
	fact[CONFMATCH_REMOTE_USER].unknown = conflogin_not_roots;
	fact[CONFMATCH_ADDRESS].unknown = conflogin_not_roots;
	facts->keys_unknown = conflogin_not_roots;
}

static int
take_file(struct policy *policy, const struct options *opt,
    const struct policy_login *login, char *why, size_t size)
{
	const int runs = opt->action == OPTIONS_COMMAND;
	struct confmatch_facts facts = { .nkeys = 0 };
	char caller[ACCOUNT_NAME_SIZE];

	(void)strlcpy(why, "out of memory", size);
	policy->conf = conf_read(opt->config, runs ? 0 : getuid());
	if (policy->conf == NULL)
		return -1;
	gather(&facts, login, account_name_of(getuid(), login->user,
	    caller, sizeof(caller)));
	policy->settings = conf_apply(policy->conf, &facts, why, size);
	if (policy->settings == NULL ||
	    conflogin_check_user(policy->settings, login->user, why,
	    size) == -1 ||
	    conflogin_check_deny(policy->settings, !runs, why, size) == -1)
		return -1;
	policy->verbosity = conflogin_verbosity(policy->settings,
	    policy->verbosity);
	if (conflogin_make_rules(policy->settings, &policy->file) == 0)
		return 0;
	(void)strlcpy(why, strerror(errno), size);
	return -1;
}

int
policy_make(struct policy *policy, const struct options *opt,
    const struct policy_login *login, char *why, size_t size)
{
	memset(policy, 0, sizeof(*policy));
	policy->rules = opt->rules;
	policy->verbosity = opt->verbosity;
	if (opt->config == NULL)
		return 0;
	policy->rules.within = &policy->file;
	return take_file(policy, opt, login, why, size);
}

void
policy_free(struct policy *policy)
{
	conflogin_free_rules(&policy->file);
	conf_settings_free(policy->settings);
	conf_free(policy->conf);
	memset(policy, 0, sizeof(*policy));
}

void
policy_tell_mistakes(const struct policy *policy)
{
	size_t i;

	if (policy->conf == NULL || conf_error(policy->conf, 0) == NULL)
		return;
	for (i = 1; conf_error(policy->conf, i) != NULL; i++)
		log_warnx("%s", conf_error(policy->conf, i));
}

void
policy_tell_ignored(const struct policy *policy)
{
	const struct conf_settings *settings = policy->settings;
	const struct conf_value *value;
	char line[512];
	size_t i;
	int word;

	if (settings == NULL)
		return;
	for (i = 0; i < settings->nunknown; i++)
		log_warnx("%s", conflogin_unknown(settings, i, line,
		    sizeof(line)));
	for (word = 0; word < CONFTABLE_WORDS; word++) {
		if (settings->words[word].count == 0 ||
		    is_ours((enum conftable_word)word))
			continue;
		value = settings->words[word].values;
		log_warnx("%s line %u: %s: ignored, this is for incubator(8)",
		    value->file, value->line,
		    conftable_row((enum conftable_word)word)->name);
	}
}

const struct conf_value *
policy_source(const struct policy *policy,
    const struct envfilter_verdict *verdict)
{
	const struct conf_settings *settings = policy->settings;
	const char *pattern = verdict->pattern;
	size_t i, j;

	if (settings == NULL || pattern == NULL)
		return NULL;
	/* The very string, not one like it: that may be an option's. */
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (j = 0; j < settings->words[words[i]].count; j++)
			if (settings->words[words[i]].values[j].text ==
			    pattern)
				return &settings->words[words[i]].values[j];
	return NULL;
}

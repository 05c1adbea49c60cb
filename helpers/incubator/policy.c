/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever writes the command line, who may be another than he who
 * writes the file: options narrow what the file says, and where the two
 * disagree nobody logs in.
 */

#include "config.h"
#include "policy.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "conflogin.h"
#include "confnarrow.h"
#include "log.h"
#include "options.h"

#define PLACE_SIZE 320

void
policy_tell_unknown(const struct conf_settings *settings)
{
	char line[512];
	size_t i;

	for (i = 0; i < settings->nunknown; i++)
		log_warnx("%s", conflogin_unknown(settings, i, line,
		    sizeof(line)));
}

struct conf *
policy_read(const struct options *opt, int may_be_own, char *why, size_t size)
{
	const char *path = opt->config != NULL ? opt->config :
	    CONFIGURATION_PATH;
	struct conf *conf = conf_read(path, may_be_own ? getuid() : 0);

	if (conf == NULL)
		(void)snprintf(why, size, "%.256s: %s", path,
		    strerror(errno));
	return conf;
}

static int
is_absent(const char *path)
{
	struct stat st;

	return lstat(path, &st) == -1 && errno == ENOENT;
}

static int
take_lists(struct policy *policy)
{
	const struct conf_settings *settings = policy->settings;

	if (conflogin_make_rules(settings, &policy->env) == -1)
		return -1;
	if (settings->words[CONFTABLE_SFTP_SERVER].count == 0)
		return 0;
	policy->sftp_server = (char **)(uintptr_t)conflogin_texts(settings,
	    CONFTABLE_SFTP_SERVER);
	return policy->sftp_server != NULL ? 0 : -1;
}

static int
is_yes(const struct conf_settings *settings, enum conftable_word word)
{
	const char *text = conf_text(settings, word);

	return text != NULL && strcmp(text, "yes") == 0;
}

enum policy_agent
policy_agent(const char *text)
{
	if (text == NULL || strcmp(text, "no") == 0)
		return POLICY_AGENT_NO;
	return strcmp(text, "yes") == 0 ? POLICY_AGENT_YES :
	    POLICY_AGENT_FILTER;
}

const char *
policy_agent_fault(enum policy_agent agent, const char *file)
{
	return agent == POLICY_AGENT_YES && file != NULL ?
	    "AgentPolicy needs ForwardAgent filter" : NULL;
}

static void
take_words(struct policy *policy)
{
	const struct conf_settings *settings = policy->settings;
	const char *text;
	unsigned int seconds;

	policy->local_user = settings->local_user;
	text = conf_text(settings, CONFTABLE_LOCAL_USER);
	policy->by_principal = text != NULL && strcmp(text, "%p") == 0;
	policy->agent = policy_agent(conf_text(settings,
	    CONFTABLE_FORWARD_AGENT));
	policy->agent_policy = conf_text(settings, CONFTABLE_AGENT_POLICY);
	policy->force_command = conf_text(settings, CONFTABLE_FORCE_COMMAND);
	policy->login_shell = conf_text(settings, CONFTABLE_LOGIN_SHELL);
	policy->directory = conf_text(settings, CONFTABLE_DIRECTORY);
	policy->startup_command = conf_text(settings,
	    CONFTABLE_STARTUP_COMMAND);
	policy->session_class = conf_text(settings, CONFTABLE_SESSION_CLASS);
	policy->require_session = is_yes(settings, CONFTABLE_REQUIRE_SESSION);
	policy->revoke_terminal = is_yes(settings, CONFTABLE_REVOKE_TERMINAL);
	if ((text = conf_text(settings, CONFTABLE_HANGUP_DELAY)) != NULL &&
	    confvalue_seconds(text, &seconds) == 0)
		policy->hangup_delay = (long)seconds;
	policy->verbosity = conflogin_verbosity(settings, policy->verbosity);
}

/* Root has to be told whom he is to serve, and nobody has said it. */
static int
is_for_nobody(const struct conf_settings *settings,
    const struct options *opt)
{
	return settings->local_user == NULL && opt->local_user == NULL &&
	    !opt->has_uid && getuid() == 0;
}

/*
 * For the log, and not for the client: a Match that might have let him in.
 */
static void
log_unknown(const struct conf_settings *settings, const struct options *opt)
{
	char line[512];

	if (settings->nunknown > 0 &&
	    (conf_text(settings, CONFTABLE_DENY) != NULL ||
	    settings->why_nobody[0] != '\0' ||
	    is_for_nobody(settings, opt)))
		log_audit(LOG_NOTICE, "not decided: %s",
		    conflogin_unknown(settings, 0, line, sizeof(line)));
}

/*
 * Of a mistake the file and the line.  What stands there is for root to read:
 * it may be a file of another kind, and the client would see it.
 */
static void
tell_place(const char *error, char *why, size_t size)
{
	const char *p = strstr(error, " line ");
	const size_t len = p != NULL ? strspn(p + 6, "0123456789") : 0;

	if (len == 0)
		(void)strlcpy(why, error, size);
	else
		(void)snprintf(why, size, "%.*s: a mistake, see incubator -t",
		    (int)(p + 6 + len - error), error);
}

/* What the file says; the options come on top of it. */
static int
take_file(struct policy *policy, const struct options *opt,
    const struct confmatch_facts *facts, char *why, size_t size)
{
	size_t i;

	policy->conf = policy_read(opt,
	    opt->explain != OPTIONS_EXPLAIN_NO, why, size);
	if (policy->conf == NULL)
		return -1;
	if (conf_error(policy->conf, 0) != NULL &&
	    opt->explain == OPTIONS_EXPLAIN_NO) {
		tell_place(conf_error(policy->conf, 0), why, size);
		return -1;
	}
	for (i = 1; conf_error(policy->conf, 0) != NULL &&
	    conf_error(policy->conf, i) != NULL; i++)
		log_warnx("%s", conf_error(policy->conf, i));
	policy->settings = conf_apply(policy->conf, facts, why, size);
	if (policy->settings == NULL)
		return -1;
	if (opt->explain == OPTIONS_EXPLAIN_NO)
		log_unknown(policy->settings, opt);
	if (opt->explain != OPTIONS_EXPLAIN_NO)
		policy_tell_unknown(policy->settings);
	if (conflogin_check_user(policy->settings,
	    facts->fact[CONFMATCH_LOCAL_USER].value, why, size) == -1 ||
	    conflogin_check_deny(policy->settings,
	    opt->explain != OPTIONS_EXPLAIN_NO, why, size) == -1)
		return -1;
	if (policy->settings->local_user != NULL)
		policy->facts.fact[CONFMATCH_LOCAL_USER].value =
		    policy->settings->local_user;
	policy->confine = policy->settings->confine;
	confine_init(&policy->settings->confine);
	take_words(policy);
	if (take_lists(policy) == -1) {
		(void)strlcpy(why, "out of memory", size);
		return -1;
	}
	return 0;
}

/* login(1) drops the privileges by its own rules, and knows no others. */
static int
check_login(const struct policy *policy, const struct options *opt,
    char *why, size_t size)
{
	static const enum conftable_word words[] = {
		CONFTABLE_STARTUP_COMMAND, CONFTABLE_LOGIN_SHELL,
		CONFTABLE_DIRECTORY, CONFTABLE_SESSION_CLASS,
		CONFTABLE_HANGUP_DELAY, CONFTABLE_REQUIRE_SESSION,
	};
	char place[PLACE_SIZE];
	size_t i;

	if (opt->login_cmd == NULL)
		return 0;
	if (confine_is_set(&policy->confine)) {
		(void)snprintf(why, size, "--login-cmd: login(1) cannot be "
		    "confined, as %.256s demands", policy->path);
		return -1;
	}
	if (policy->agent != POLICY_AGENT_NO) {
		(void)strlcpy(why, "--login-cmd: login(1) does not know "
		    "ForwardAgent", size);
		return -1;
	}
	for (i = 0; policy->settings != NULL &&
	    i < sizeof(words) / sizeof(words[0]); i++)
		if (conf_text(policy->settings, words[i]) != NULL) {
			(void)snprintf(why, size, "--login-cmd: login(1) does "
			    "not know %s: %s", conftable_row(words[i])->name,
			    conflogin_place(policy->settings, words[i], place,
			    sizeof(place)));
			return -1;
		}
	return 0;
}

/* What is given to one server is not left out of another in silence. */
static int
has_other_args(const struct policy *policy, const struct options *opt)
{
	char *const *said = opt->args, *const *args = policy->sftp_server + 1;

	if (said[0] == NULL)
		return 0;
	for (; *said != NULL && *args != NULL; said++, args++)
		if (strcmp(*said, *args) != 0)
			return 1;
	return *said != *args;
}

/*
 * Who gives arguments to one server may mean to forbid something: they are
 * not lost to another.  Returns NULL, or what is wrong.
 */
static const char *
check_sftp(const struct policy *policy, const struct options *opt)
{
	static const char internal[] = "internal-sftp";
	const char *forced = policy->force_command;

	if (policy->sftp_server == NULL)
		return NULL;
	if (forced != NULL &&
	    strncmp(forced, internal, sizeof(internal) - 1) == 0) {
		forced += sizeof(internal) - 1;
		if (*forced == ' ' && forced[strspn(forced, " ")] != '\0')
			return "ForceCommand: internal-sftp has arguments, "
			    "and SftpServer others";
	}
	if (!opt->sftp)
		return NULL;
	if (opt->cmd != NULL && strcmp(opt->cmd, policy->sftp_server[0]) != 0)
		return "--cmd: the configuration says another SftpServer";
	return has_other_args(policy, opt) ? "--sftp: the configuration's "
	    "SftpServer has other arguments" : NULL;
}

/*
 * What the file says of the agent, narrowed.  Of two policies nobody can tell
 * here which lets more through, and one of the two is the one that stands
 * where no file is named.  Returns NULL, or what is wrong.
 */
static const char *
narrow_agent(struct policy *policy, const struct options *opt)
{
	const int said = policy->settings != NULL &&
	    policy->settings->words[CONFTABLE_FORWARD_AGENT].count > 0;
	const enum policy_agent wanted = policy_agent(opt->forward_agent);
	const char *file = opt->agent_policy;

	if (file != NULL && policy->agent_policy == NULL && said &&
	    policy->agent == POLICY_AGENT_FILTER)
		return "--agent-policy: the configuration names none";
	if (file != NULL && policy->agent_policy != NULL &&
	    strcmp(file, policy->agent_policy) != 0)
		return "--agent-policy: the configuration says another";
	if (opt->forward_agent != NULL) {
		if (said && wanted > policy->agent)
			return "--forward-agent: the configuration lets less "
			    "through";
		policy->agent = wanted;
	}
	if (file != NULL)
		policy->agent_policy = file;
	return policy_agent_fault(policy->agent, policy->agent_policy);
}

static int
add_options(struct policy *policy, const struct options *opt, char *why,
    size_t size)
{
	const char *wrong;
	char reason[128];

	if ((wrong = check_sftp(policy, opt)) != NULL ||
	    (wrong = narrow_agent(policy, opt)) != NULL) {
		(void)strlcpy(why, wrong, size);
		return -1;
	}
	if (confnarrow(&policy->confine, &opt->confine, reason,
	    sizeof(reason)) == -1) {
		(void)snprintf(why, size, "--%s", reason);
		return -1;
	}
	return check_login(policy, opt, why, size);
}

int
policy_make(struct policy *policy, const struct options *opt,
    const struct confmatch_facts *facts, char *why, size_t size)
{
	char reason[128];

	memset(policy, 0, sizeof(*policy));
	policy->path = opt->config != NULL ? opt->config :
	    CONFIGURATION_PATH;
	policy->facts = *facts;
	policy->verbosity = opt->verbosity;
	policy->hangup_delay = -1;
	confine_init(&policy->confine);
	if ((opt->config != NULL || !is_absent(policy->path)) &&
	    take_file(policy, opt, facts, why, size) == -1)
		return -1;
	if (add_options(policy, opt, why, size) == -1)
		return -1;
	if (confine_check(&policy->confine, reason, sizeof(reason)) == 0)
		return 0;
	/* Without a file it is the command line that is wrong. */
	policy->misused = policy->settings == NULL;
	(void)snprintf(why, size, "%s%s", policy->misused ? "--" : "",
	    reason);
	return -1;
}

void
policy_free(struct policy *policy)
{
	conflogin_free_rules(&policy->env);
	free(policy->sftp_server);
	confine_free(&policy->confine);
	conf_settings_free(policy->settings);
	conf_free(policy->conf);
	memset(policy, 0, sizeof(*policy));
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conninfo.h"
#include "longopt.h"
#include "optclash.h"
#include "optvalue.h"

static const char usage_text[] =
    "usage: incubator [-v] [--config FILE] [--local-user USER] [--uid UID]\n"
    "           [--gid GID] [--groups GID,...] [--remote-user WHO]\n"
    "           [--remote-ip ADDR] [--has-tty[=BOOL]] [--tty-name pts/N]\n"
    "           [--login-cmd PATH] [--login-shell PATH] [--shell | --sftp]\n"
    "           [--cmd PATH] [--forward-agent[=yes|filter|no]]\n"
    "           [--agent-policy FILE] [--explain[=json]] [CONFINE ...] [--]\n"
    "           [COMMAND [ARG ...]]\n"
    "       incubator [OPTION ...] -c COMMAND\n"
    "       incubator -t [--config FILE]\n"
    "       incubator -T [--config FILE] [-C CRITERION=VALUE,...]\n"
    "       incubator [-v] --front[=SOCKET]\n"
    "       incubator [-v] [--config FILE] --service\n"
    "       incubator --sessions [--json]\n"
    "       incubator --record-auth\n"
    "       incubator [-v] --clean-up\n"
    "       incubator -h | --help | -V | --version\n"
    "CONFINE is any of\n"
    "  as setpriv(1)  --ambient-caps CAP,...  --bounding-set CAP,...\n"
    "                 --no-new-privs | --nnp  --pdeathsig SIGNAL\n"
    "  as unshare(1)  --unshare NAMESPACE,...  --mount-proc\n"
    "                 --map-users INSIDE:OUTSIDE:COUNT,...\n"
    "                 --map-groups INSIDE:OUTSIDE:COUNT,...\n"
    "                 --setgroups allow|deny\n"
    "  as prlimit(1)  --limit RESOURCE=SOFT[:HARD]\n"
    "  and besides    --cgroup DIR  --chroot DIR  --umask MASK\n"
    "                 --landlock-ro PATH  --landlock-rw PATH\n"
    "See incubator(8).\n";

enum {
	OPT_AGENT_POLICY = UCHAR_MAX + 1,
	OPT_CLEAN_UP,
	OPT_CMD,
	OPT_CONFIG,
	OPT_EXPLAIN,
	OPT_FORWARD_AGENT,
	OPT_FRONT,
	OPT_GID,
	OPT_GROUPS,
	OPT_HAS_TTY,
	OPT_JSON,
	OPT_LOCAL_USER,
	OPT_LOGIN_CMD,
	OPT_LOGIN_SHELL,
	OPT_RECORD_AUTH,
	OPT_REMOTE_IP,
	OPT_REMOTE_USER,
	OPT_SERVICE,
	OPT_SESSIONS,
	OPT_SFTP,
	OPT_SHELL,
	OPT_TTY_NAME,
	OPT_UID,
	OPT_CONFINE,	/* and enum confine_word counted up from here */
};

/* An option that confine_take() reads. */
#define CONFINEMENT(name, has_argument, word) \
	{ name, has_argument, NULL, OPT_CONFINE + CONFINE_##word }

static const struct option long_options[] = {
	{ "agent-policy", required_argument, NULL, OPT_AGENT_POLICY },
	{ "clean-up", no_argument, NULL, OPT_CLEAN_UP },
	{ "cmd", required_argument, NULL, OPT_CMD },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "explain", optional_argument, NULL, OPT_EXPLAIN },
	{ "forward-agent", optional_argument, NULL, OPT_FORWARD_AGENT },
	{ "front", optional_argument, NULL, OPT_FRONT },
	{ "gid", required_argument, NULL, OPT_GID },
	{ "groups", required_argument, NULL, OPT_GROUPS },
	{ "has-tty", optional_argument, NULL, OPT_HAS_TTY },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "local-user", required_argument, NULL, OPT_LOCAL_USER },
	{ "login-cmd", required_argument, NULL, OPT_LOGIN_CMD },
	{ "login-shell", required_argument, NULL, OPT_LOGIN_SHELL },
	{ "record-auth", no_argument, NULL, OPT_RECORD_AUTH },
	{ "remote-ip", required_argument, NULL, OPT_REMOTE_IP },
	{ "remote-user", required_argument, NULL, OPT_REMOTE_USER },
	{ "service", no_argument, NULL, OPT_SERVICE },
	{ "sessions", no_argument, NULL, OPT_SESSIONS },
	{ "sftp", no_argument, NULL, OPT_SFTP },
	{ "shell", no_argument, NULL, OPT_SHELL },
	{ "tty-name", required_argument, NULL, OPT_TTY_NAME },
	{ "uid", required_argument, NULL, OPT_UID },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	CONFINEMENT("ambient-caps", required_argument, AMBIENT_CAPS),
	CONFINEMENT("bounding-set", required_argument, BOUNDING_SET),
	CONFINEMENT("cgroup", required_argument, CGROUP),
	CONFINEMENT("chroot", required_argument, CHROOT),
	CONFINEMENT("landlock-ro", required_argument, LANDLOCK_RO),
	CONFINEMENT("landlock-rw", required_argument, LANDLOCK_RW),
	CONFINEMENT("limit", required_argument, LIMIT),
	CONFINEMENT("map-groups", required_argument, MAP_GROUPS),
	CONFINEMENT("map-users", required_argument, MAP_USERS),
	CONFINEMENT("mount-proc", no_argument, MOUNT_PROC),
	CONFINEMENT("no-new-privs", no_argument, NO_NEW_PRIVS),
	/* setpriv(1) has both */
	CONFINEMENT("nnp", no_argument, NO_NEW_PRIVS),
	CONFINEMENT("pdeathsig", required_argument, PDEATHSIG),
	CONFINEMENT("setgroups", required_argument, SETGROUPS),
	CONFINEMENT("umask", required_argument, UMASK),
	CONFINEMENT("unshare", required_argument, UNSHARE),
	{ NULL, 0, NULL, 0 },
};

static int
take_explain(struct options *opt, const char *text)
{
	opt->explain = text == NULL ? OPTIONS_EXPLAIN_TEXT :
	    OPTIONS_EXPLAIN_JSON;
	return text == NULL || strcmp(text, "json") == 0 ? 0 : -1;
}

/* Which action an option is; OPTIONS_SESSION if it is none. */
static enum options_action
action_of(int c)
{
	switch (c) {
	case 't':
		return OPTIONS_TEST;
	case 'T':
		return OPTIONS_SHOW;
	case OPT_FRONT:
		return OPTIONS_FRONT;
	case OPT_SERVICE:
		return OPTIONS_SERVICE;
	case OPT_SESSIONS:
		return OPTIONS_SESSIONS;
	case OPT_CLEAN_UP:
		return OPTIONS_CLEAN_UP;
	case OPT_RECORD_AUTH:
		return OPTIONS_RECORD_AUTH;
	default:
		return OPTIONS_SESSION;
	}
}

static int
take_action(struct options *opt, int c, const char *text)
{
	opt->action = action_of(c);
	return text != NULL ? optvalue_path(text, &opt->socket) : 0;
}

static int
take_groups(struct options *opt, const char *text)
{
	free(opt->groups);
	opt->has_groups = 1;
	return optvalue_ids(text, &opt->groups, &opt->ngroups);
}

/* Where an option's path is kept; NULL: its argument is none. */
static const char **
path_of(struct options *opt, int c)
{
	switch (c) {
	case OPT_AGENT_POLICY:
		return &opt->agent_policy;
	case OPT_CMD:
		return &opt->cmd;
	case OPT_LOGIN_CMD:
		return &opt->login_cmd;
	case OPT_LOGIN_SHELL:
		return &opt->login_shell;
	default:
		return NULL;
	}
}

/* Returns 0, or -1 if the argument is not of the option's form. */
static int
take_option(struct options *opt, int c, const char *text)
{
	const char **path = path_of(opt, c);

	if (path != NULL)
		return optvalue_path(text, path);
	switch (c) {
	case 'v':
		opt->verbosity++;
		return 0;
	case 'c':
		opt->shell_command = text;
		return 0;
	case 'C':
		opt->criteria[opt->ncriteria++] = text;
		return 0;
	case OPT_CONFIG:
		opt->config = text;
		return *text != '\0' ? 0 : -1;
	case OPT_EXPLAIN:
		return take_explain(opt, text);
	case OPT_FORWARD_AGENT:
		return optvalue_agent(text, &opt->forward_agent);
	case OPT_GID:
		opt->has_gid = 1;
		return optvalue_id(text, &opt->gid);
	case OPT_GROUPS:
		return take_groups(opt, text);
	case OPT_HAS_TTY:
		return optvalue_bool(text, &opt->has_tty);
	case OPT_JSON:
		opt->json = 1;
		return 0;
	case OPT_LOCAL_USER:
		opt->local_user = text;
		return 0;
	case OPT_REMOTE_IP:
		opt->remote_ip = text;
		return conninfo_is_address(text) ? 0 : -1;
	case OPT_REMOTE_USER:
		opt->remote_user = text;
		return optvalue_is_printable(text) ? 0 : -1;
	case OPT_SFTP:
		opt->sftp = 1;
		return 0;
	case OPT_SHELL:
		opt->shell = 1;
		return 0;
	case OPT_TTY_NAME:
		/* be-child ssh says --tty-name= where there is none. */
		opt->tty_name = *text == '\0' ? NULL : text;
		return *text == '\0' || optvalue_is_printable(text) ? 0 : -1;
	case OPT_UID:
		opt->has_uid = 1;
		return optvalue_id(text, &opt->uid);
	default:
		return -1;
	}
}

/* Returns 0, or -1 with the option, its argument and the reason in "why". */
static int
take(struct options *opt, int c, const char *text, char *why, size_t size)
{
	const int again = opt->action != OPTIONS_SESSION;
	const char *reason = "not a valid value";
	char name[LONGOPT_WRITTEN_SIZE], what[128];

	if (action_of(c) != OPTIONS_SESSION) {
		if (take_action(opt, c, text) == 0 && !again)
			return 0;
	} else if (c < OPT_CONFINE) {
		if (take_option(opt, c, text) == 0)
			return 0;
	} else {
		if (confine_take(&opt->confine,
		    (enum confine_word)(c - OPT_CONFINE), text, what,
		    sizeof(what)) == 0)
			return 0;
		reason = what;
	}
	(void)longopt_written(long_options, c, name);
	if (action_of(c) != OPTIONS_SESSION && again)
		(void)snprintf(why, size, "%s: two actions at once", name);
	else if (text != NULL && *text == '\0')
		(void)snprintf(why, size, "%s: the value is empty", name);
	else
		(void)snprintf(why, size, "%s: %.300s: %s", name,
		    text != NULL ? text : "", reason);
	return -1;
}

static enum options_result
print_and_end(int c, char *why, size_t size)
{
	return longopt_answer(c, "incubator", usage_text, stdout, why,
	    size) == 0 ? OPTIONS_DONE : OPTIONS_WRONG;
}

enum options_result
options_parse(struct options *opt, int argc, char **argv, char *why,
    size_t size)
{
	const char *reason;
	int c;

	memset(opt, 0, sizeof(*opt));
	opt->has_tty = -1;
	confine_init(&opt->confine);
	/* There can be no more than there are words. */
	opt->criteria = calloc((size_t)argc + 1, sizeof(*opt->criteria));
	if (opt->criteria == NULL) {
		(void)strlcpy(why, "out of memory", size);
		return OPTIONS_WRONG;
	}
	while ((c = longopt_next(argc, argv, "+:c:C:htTvV", long_options, why,
	    size)) != -1) {
		if (c == 'h' || c == 'V')
			return print_and_end(c, why, size);
		if (c == '?' || c == ':')
			return c == '?' ? OPTIONS_UNKNOWN : OPTIONS_WRONG;
		if (take(opt, c, optarg, why, size) == -1)
			return OPTIONS_WRONG;
	}
	opt->args = argv + optind;
	/*
	 * Started as a login shell, with nothing to run: then there is no
	 * forced command, and SSH_ORIGINAL_COMMAND is somebody's invention.
	 */
	if (argv[0][0] == '-' && opt->shell_command == NULL && !opt->sftp &&
	    opt->cmd == NULL && opt->args[0] == NULL)
		opt->shell = 1;
	if ((reason = optclash_find(opt)) != NULL) {
		(void)strlcpy(why, reason, size);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

void
options_free(struct options *opt)
{
	free(opt->groups);
	opt->groups = NULL;
	free(opt->criteria);
	opt->criteria = NULL;
	confine_free(&opt->confine);
}

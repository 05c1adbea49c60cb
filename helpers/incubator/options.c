/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "options.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "longopt.h"

static const char usage_text[] =
    "usage: incubator [-v] [--local-user USER] [--uid UID] [--gid GID]\n"
    "           [--groups GID,...] [--remote-user WHO] [--remote-ip ADDR]\n"
    "           [--has-tty[=BOOL]] [--tty-name pts/N] [--login-cmd PATH]\n"
    "           [--login-shell PATH] [--shell | --sftp] [--cmd PATH]\n"
    "           [--explain[=json]] [--] [COMMAND [ARG ...]]\n"
    "       incubator [OPTION ...] -c COMMAND\n"
    "       incubator -h | --help | -V | --version\n"
    "See incubator(8).\n";

enum {
	OPT_CMD = UCHAR_MAX + 1,
	OPT_EXPLAIN,
	OPT_GID,
	OPT_GROUPS,
	OPT_HAS_TTY,
	OPT_LOCAL_USER,
	OPT_LOGIN_CMD,
	OPT_LOGIN_SHELL,
	OPT_REMOTE_IP,
	OPT_REMOTE_USER,
	OPT_SFTP,
	OPT_SHELL,
	OPT_TTY_NAME,
	OPT_UID,
};

static const struct option long_options[] = {
	{ "cmd", required_argument, NULL, OPT_CMD },
	{ "explain", optional_argument, NULL, OPT_EXPLAIN },
	{ "gid", required_argument, NULL, OPT_GID },
	{ "groups", required_argument, NULL, OPT_GROUPS },
	{ "has-tty", optional_argument, NULL, OPT_HAS_TTY },
	{ "help", no_argument, NULL, 'h' },
	{ "local-user", required_argument, NULL, OPT_LOCAL_USER },
	{ "login-cmd", required_argument, NULL, OPT_LOGIN_CMD },
	{ "login-shell", required_argument, NULL, OPT_LOGIN_SHELL },
	{ "remote-ip", required_argument, NULL, OPT_REMOTE_IP },
	{ "remote-user", required_argument, NULL, OPT_REMOTE_USER },
	{ "sftp", no_argument, NULL, OPT_SFTP },
	{ "shell", no_argument, NULL, OPT_SHELL },
	{ "tty-name", required_argument, NULL, OPT_TTY_NAME },
	{ "uid", required_argument, NULL, OPT_UID },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Decimal digits and nothing else; ids are 32 bits wide on Linux. */
static int
parse_id(const char *text, size_t len, unsigned int *id)
{
	unsigned long long value = 0;
	size_t i;

	if (len == 0 || len > 10)
		return -1;
	for (i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -1;
		value = 10 * value + (unsigned long long)(text[i] - '0');
	}
	if (value > UINT_MAX)
		return -1;
	*id = (unsigned int)value;
	return 0;
}

static int
parse_groups(struct options *opt, const char *text)
{
	size_t len;

	free(opt->groups);
	opt->ngroups = 0;
	opt->has_groups = 1;
	opt->groups = calloc(strlen(text) / 2 + 1, sizeof(*opt->groups));
	if (opt->groups == NULL)
		return -1;
	for (;;) {
		len = strcspn(text, ",");
		if (parse_id(text, len, &opt->groups[opt->ngroups]) == -1)
			return -1;
		opt->ngroups++;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

static int
parse_bool(const char *text, int *value)
{
	static const char *const words[2][5] = {
		{ "false", "0", "f", "no", "off" },
		{ "true", "1", "t", "yes", "on" },
	};
	size_t i;

	*value = 1;
	if (text == NULL)
		return 0;
	for (i = 0; i < 10; i++) {
		*value = i >= 5;
		if (strcasecmp(text, words[i / 5][i % 5]) == 0)
			return 0;
	}
	return -1;
}

static int
parse_explain(const char *text, enum options_explain *explain)
{
	if (text != NULL && strcmp(text, "json") != 0)
		return -1;
	*explain = text == NULL ? OPTIONS_EXPLAIN_TEXT : OPTIONS_EXPLAIN_JSON;
	return 0;
}

/* Not getaddrinfo(3): "1" is 0.0.0.1 to it. */
int
options_is_address(const char *text)
{
	unsigned char binary[sizeof(struct in6_addr)];
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (len >= sizeof(address))
		return 0;
	memcpy(address, text, len);
	address[len] = '\0';
	if (text[len] == '\0' && inet_pton(AF_INET, address, binary) == 1)
		return 1;
	for (text += len; *text != '\0'; text++)
		if (!isgraph((unsigned char)*text))
			return 0;
	return inet_pton(AF_INET6, address, binary) == 1;
}

/* Something that is written to a log, to PAM and to utmp. */
static int
is_printable(const char *text)
{
	if (*text == '\0' || strlen(text) > 256)
		return 0;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return 0;
	return 1;
}

static int
take_path(const char **path, const char *text)
{
	*path = text;
	return *text == '/' ? 0 : -1;
}

/* Returns 0, or -1 if the argument is not of the option's form. */
static int
take_option(struct options *opt, int c, const char *text)
{
	switch (c) {
	case 'v':
		opt->verbosity++;
		return 0;
	case 'c':
		opt->shell_command = text;
		return 0;
	case OPT_CMD:
		return take_path(&opt->cmd, text);
	case OPT_EXPLAIN:
		return parse_explain(text, &opt->explain);
	case OPT_GID:
		opt->has_gid = 1;
		return parse_id(text, strlen(text), &opt->gid);
	case OPT_GROUPS:
		return parse_groups(opt, text);
	case OPT_HAS_TTY:
		return parse_bool(text, &opt->has_tty);
	case OPT_LOCAL_USER:
		opt->local_user = text;
		return 0;
	case OPT_LOGIN_CMD:
		return take_path(&opt->login_cmd, text);
	case OPT_LOGIN_SHELL:
		return take_path(&opt->login_shell, text);
	case OPT_REMOTE_IP:
		opt->remote_ip = text;
		return options_is_address(text) ? 0 : -1;
	case OPT_REMOTE_USER:
		opt->remote_user = text;
		return is_printable(text) ? 0 : -1;
	case OPT_SFTP:
		opt->sftp = 1;
		return 0;
	case OPT_SHELL:
		opt->shell = 1;
		return 0;
	case OPT_TTY_NAME:
		/* be-child ssh says --tty-name= where there is none. */
		opt->tty_name = *text == '\0' ? NULL : text;
		return *text == '\0' || is_printable(text) ? 0 : -1;
	case OPT_UID:
		opt->has_uid = 1;
		return parse_id(text, strlen(text), &opt->uid);
	default:
		return -1;
	}
}

static const char *
option_name(int c)
{
	const struct option *o;

	for (o = long_options; o->name != NULL; o++)
		if (o->val == c)
			return o->name;
	return "c";
}

/* What is right alone, but wrong together.  Returns NULL, or the reason. */
static const char *
conflict(const struct options *opt)
{
	int have_args = opt->args[0] != NULL;

	if (opt->shell && opt->sftp)
		return "--shell and --sftp exclude each other";
	if (opt->shell_command != NULL && (opt->shell || opt->sftp ||
	    opt->cmd != NULL || have_args))
		return "-c goes with no other command";
	if (opt->shell && (opt->cmd != NULL || have_args))
		return "--shell goes with no other command";
	if (have_args && opt->args[0][0] == '\0' && opt->cmd == NULL &&
	    !opt->sftp)
		return "the command is empty";
	return NULL;
}

void
options_usage(FILE *out)
{
	(void)fputs(usage_text, out);
}

static enum options_result
print_and_end(int c, char *why, size_t size)
{
	if (c == 'h')
		options_usage(stdout);
	else
		(void)puts("incubator " PACKAGE_VERSION);
	if (fflush(stdout) == 0)
		return OPTIONS_DONE;
	(void)snprintf(why, size, "standard output: %s", strerror(errno));
	return OPTIONS_WRONG;
}

enum options_result
options_parse(struct options *opt, int argc, char **argv, char *why,
    size_t size)
{
	const char *reason;
	int c;

	memset(opt, 0, sizeof(*opt));
	opt->has_tty = -1;
	while ((c = longopt_next(argc, argv, "+:c:hvV", long_options, why,
	    size)) != -1) {
		if (c == 'h' || c == 'V')
			return print_and_end(c, why, size);
		if (c == '?' || c == ':')
			return c == '?' ? OPTIONS_UNKNOWN : OPTIONS_WRONG;
		if (take_option(opt, c, optarg) == -1) {
			(void)snprintf(why, size, "--%s: %.300s%s",
			    option_name(c), optarg, *optarg != '\0' ?
			    ": not a valid value" : "the value is empty");
			return OPTIONS_WRONG;
		}
	}
	opt->args = argv + optind;
	/*
	 * Started as a login shell, with nothing to run: then there is no
	 * forced command, and SSH_ORIGINAL_COMMAND is somebody's invention.
	 */
	if (argv[0][0] == '-' && opt->shell_command == NULL && !opt->sftp &&
	    opt->cmd == NULL && opt->args[0] == NULL)
		opt->shell = 1;
	if ((reason = conflict(opt)) != NULL) {
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
}

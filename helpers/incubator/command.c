/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "options.h"
#include "request.h"

const char *
command_service_name(enum command_service service)
{
	switch (service) {
	case COMMAND_SHELL:
		return "shell";
	case COMMAND_EXEC:
		return "exec";
	case COMMAND_SFTP:
		return "sftp";
	}
	return "unknown";
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * login(1) of util-linux asks PAM for the service "remote" once it hears -h,
 * and where there is none it refuses, so there the address is left out.
 */
static int
choose_login(struct command *command, const struct options *opt,
    const struct request *req)
{
	static char dash_f[] = "-f", dash_h[] = "-h", dash_p[] = "-p";
	size_t i = 0;

	if ((command->argv0 = strdup(base_name(opt->login_cmd))) == NULL ||
	    (command->line = strdup(req->address)) == NULL)
		return -1;
	command->is_login = 1;
	command->path = opt->login_cmd;
	command->argv[i++] = command->argv0;
	command->argv[i++] = dash_p;
	if (*command->line != '\0' && access("/etc/pam.d/remote", F_OK) == 0) {
		command->argv[i++] = dash_h;
		command->argv[i++] = command->line;
	}
	command->argv[i++] = dash_f;
	command->argv[i++] = req->target->name;
	return 0;
}

/* argv[0] begins with '-': the sign of a login shell since Version 7. */
static int
choose_login_shell(struct command *command, const struct options *opt,
    const struct request *req)
{
	command->service = COMMAND_SHELL;
	if (opt->login_cmd != NULL && req->shape == REQUEST_ROOT &&
	    isatty(STDIN_FILENO))
		return choose_login(command, opt, req);
	if (asprintf(&command->argv0, "-%s", base_name(req->shell)) == -1) {
		command->argv0 = NULL;
		return -1;
	}
	command->path = req->shell;
	command->argv[0] = command->argv0;
	return 0;
}

static int
choose_shell_command(struct command *command, const struct request *req)
{
	static char minus_c[] = "-c";

	if ((command->argv0 = strdup(base_name(req->shell))) == NULL)
		return -1;
	command->path = req->shell;
	command->argv[0] = command->argv0;
	command->argv[1] = minus_c;
	command->argv[2] = command->line;
	return 0;
}

/* The program at "path", or the first of args, with the (other) args. */
static int
choose_program(struct command *command, const char *path, char **args)
{
	size_t i = 0;

	if (path != NULL) {
		if ((command->argv0 = strdup(base_name(path))) == NULL)
			return -1;
		command->argv[i++] = command->argv0;
		command->path = path;
	} else {
		command->path = args[0];
		command->search = strchr(args[0], '/') == NULL;
	}
	while (*args != NULL)
		command->argv[i++] = *args++;
	return 0;
}

/* Is the program the line's first word? */
static int
begins_with(const char *line, const char *program)
{
	size_t len = strlen(program);

	return strncmp(line, program, len) == 0 &&
	    (line[len] == '\0' || line[len] == ' ' || line[len] == '\t');
}

/* Does the line run that program, and nothing that a shell adds to it? */
static int
runs(const char *line, const char *program)
{
	return begins_with(line, program) && line[strspn(line,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789 \t-_./:,=+@%")] == '\0';
}

#define INTERNAL_SFTP "internal-sftp"

/*
 * What the client asked for, by the target's shell as sshd would have it run.
 * internal-sftp is sshd's name for a server inside itself; here it is the
 * external one, which takes the same arguments.  It too goes by the shell, so
 * that an account whose shell refuses logins refuses this one.
 */
static int
choose_asked(struct command *command, const struct request *req,
    const char *line)
{
	const char *server = SFTP_SERVER_PATH;
	int r;

	if (begins_with(line, INTERNAL_SFTP))
		r = asprintf(&command->line, "exec %s%s", server,
		    line + strlen(INTERNAL_SFTP));
	else
		r = asprintf(&command->line, "%s", line);
	if (r == -1) {
		command->line = NULL;
		return -1;
	}
	if (runs(line, INTERNAL_SFTP) || runs(line, server))
		command->service = COMMAND_SFTP;
	return choose_shell_command(command, req);
}

/*
 * The subsystem's command is whatever sshd_config says it is; any of them has
 * this word in it.
 */
const char *
command_objection(const struct options *opt, char *const *envp)
{
	const char *line = request_getenv(envp, "SSH_ORIGINAL_COMMAND");
	const int by_ssh = request_getenv(envp, "SSH_CONNECTION") != NULL;

	if (!opt->sftp || !by_ssh)
		return NULL;
	if (isatty(STDIN_FILENO) ||
	    (line != NULL && *line != '\0' && strstr(line, "sftp") == NULL))
		return "this service allows sftp connections only";
	return NULL;
}

int
command_choose(struct command *command, const struct options *opt,
    const struct request *req, char *const *envp)
{
	const char *line = request_getenv(envp, "SSH_ORIGINAL_COMMAND");
	size_t n;

	memset(command, 0, sizeof(*command));
	for (n = 0; opt->args[n] != NULL; n++)
		continue;
	command->argv = calloc(n + 8, sizeof(*command->argv));
	if (command->argv == NULL)
		return -1;
	command->service = COMMAND_EXEC;
	if (opt->sftp) {
		command->service = COMMAND_SFTP;
		return choose_program(command, opt->cmd != NULL ? opt->cmd :
		    SFTP_SERVER_PATH, opt->args);
	}
	if (opt->shell)
		return choose_login_shell(command, opt, req);
	if (opt->cmd != NULL || opt->args[0] != NULL) {
		command->passes_on = 1;
		return choose_program(command, opt->cmd, opt->args);
	}
	if (opt->shell_command != NULL) {
		command->passes_on = 1;
		if ((command->line = strdup(opt->shell_command)) == NULL)
			return -1;
		if (runs(command->line, SFTP_SERVER_PATH))
			command->service = COMMAND_SFTP;
		return choose_shell_command(command, req);
	}
	if (line != NULL && *line != '\0')
		return choose_asked(command, req, line);
	return choose_login_shell(command, opt, req);
}

int
command_in_place(const struct command *command, const struct request *req)
{
	return req->shape == REQUEST_OWN || (command->is_login &&
	    req->terminal == REQUEST_KEEP_TERMINAL);
}

/* "dir/name", or "./name" for the empty element that POSIX allows. */
static char *
join(const char *dir, size_t len, const char *name)
{
	char *joined;

	if (asprintf(&joined, "%.*s/%s", len > 0 ? (int)len : 1,
	    len > 0 ? dir : ".", name) == -1)
		return NULL;
	return joined;
}

int
command_locate(struct command *command, const char *path)
{
	size_t n = 2, i = 0, len;
	const char *p;

	for (p = path; command->search && *p != '\0'; p++)
		n += *p == ':';
	command->candidates = calloc(n + 1, sizeof(*command->candidates));
	if (command->candidates == NULL)
		return -1;
	if (!command->search) {
		command->candidates[0] = strdup(command->path);
		return command->candidates[0] == NULL ? -1 : 0;
	}
	for (p = path;; p += len + 1) {
		len = strcspn(p, ":");
		command->candidates[i] = join(p, len, command->path);
		if (command->candidates[i++] == NULL)
			return -1;
		if (p[len] == '\0')
			return 0;
	}
}

void
command_free(struct command *command)
{
	size_t i;

	for (i = 0; command->candidates != NULL &&
	    command->candidates[i] != NULL; i++)
		free(command->candidates[i]);
	free(command->candidates);
	free(command->argv);
	free(command->argv0);
	free(command->line);
	memset(command, 0, sizeof(*command));
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "environ.h"
#include "options.h"
#include "policy.h"
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

/*
 * login(1) of util-linux asks PAM for the service "remote" once it hears -h,
 * and where there is none it refuses, so there the address is left out.
 */
static int
choose_login(struct command *command, const struct options *opt,
    const struct request *req)
{
	static char dash_f[] = "-f", dash_h[] = "-h", dash_p[] = "-p";
	char *args[6], **arg = args;

	if ((command->run.line = strdup(req->address)) == NULL)
		return -1;
	command->is_login = 1;
	*arg++ = dash_p;
	if (*req->address != '\0' && access("/etc/pam.d/remote", F_OK) == 0) {
		*arg++ = dash_h;
		*arg++ = command->run.line;
	}
	*arg++ = dash_f;
	*arg++ = req->target->name;
	*arg = NULL;
	return invocation_program(&command->run, opt->login_cmd, args);
}

static int
choose_login_shell(struct command *command, const struct options *opt,
    const struct request *req)
{
	command->service = COMMAND_SHELL;
	if (opt->login_cmd != NULL && req->shape == REQUEST_ROOT &&
	    isatty(STDIN_FILENO))
		return choose_login(command, opt, req);
	return invocation_login_shell(&command->run, req->shell);
}

/*
 * The subsystem's command is whatever sshd_config says it is; any of them has
 * this word in it.
 */
const char *
command_objection(const struct options *opt, char *const *envp)
{
	const char *line = environ_lookup(envp, "SSH_ORIGINAL_COMMAND");
	const int by_ssh = environ_lookup(envp, "SSH_CONNECTION") != NULL;

	if (!opt->sftp || !by_ssh)
		return NULL;
	if (isatty(STDIN_FILENO) ||
	    (line != NULL && *line != '\0' && strstr(line, "sftp") == NULL))
		return "this service allows sftp connections only";
	return NULL;
}

/* ForceCommand: whatever was asked for, by the user's shell. */
static int
choose_forced(struct command *command, const struct policy *policy,
    const struct request *req)
{
	command->passes_on = 1;
	if (invocation_asked(&command->run, req->shell,
	    policy->force_command) == -1)
		return -1;
	if (invocation_is_sftp(&command->run))
		command->service = COMMAND_SFTP;
	return 0;
}

static int
choose(struct command *command, const struct options *opt,
    const struct request *req, char *const *envp)
{
	const char *line = environ_lookup(envp, "SSH_ORIGINAL_COMMAND");

	if (opt->sftp) {
		command->service = COMMAND_SFTP;
		return invocation_program(&command->run, opt->cmd != NULL ?
		    opt->cmd : SFTP_SERVER_PATH, opt->args);
	}
	if (opt->shell)
		return choose_login_shell(command, opt, req);
	if (opt->cmd != NULL || opt->args[0] != NULL) {
		command->passes_on = 1;
		return invocation_program(&command->run, opt->cmd, opt->args);
	}
	if (opt->shell_command != NULL) {
		command->passes_on = 1;
		if (invocation_shell_command(&command->run, req->shell,
		    opt->shell_command) == -1)
			return -1;
	} else if (line == NULL || *line == '\0')
		return choose_login_shell(command, opt, req);
	else if (invocation_asked(&command->run, req->shell, line) == -1)
		return -1;
	if (invocation_is_sftp(&command->run))
		command->service = COMMAND_SFTP;
	return 0;
}

int
command_choose(struct command *command, const struct options *opt,
    const struct policy *policy, const struct request *req,
    char *const *envp)
{
	int r;

	memset(command, 0, sizeof(*command));
	command->service = COMMAND_EXEC;
	r = policy->force_command != NULL ?
	    choose_forced(command, policy, req) :
	    choose(command, opt, req, envp);
	if (r == -1 || command->service != COMMAND_SFTP ||
	    policy->sftp_server == NULL)
		return r;
	invocation_free(&command->run);
	memset(&command->run, 0, sizeof(command->run));
	return invocation_program(&command->run, policy->sftp_server[0],
	    policy->sftp_server + 1);
}

const char *
command_asked(const struct options *opt, char *const *envp)
{
	const char *line = opt->shell_command != NULL ? opt->shell_command :
	    environ_lookup(envp, "SSH_ORIGINAL_COMMAND");

	if (opt->sftp)
		return command_service_name(COMMAND_SFTP);
	if (opt->shell)
		return command_service_name(COMMAND_SHELL);
	/* By hand what follows the options is what is asked for. */
	return invocation_service(line,
	    environ_lookup(envp, "SSH_CONNECTION") == NULL &&
	    (opt->cmd != NULL || opt->args[0] != NULL));
}

int
command_in_place(const struct command *command, const struct request *req)
{
	return req->shape == REQUEST_OWN || (command->is_login &&
	    req->terminal == REQUEST_KEEP_TERMINAL);
}

void
command_free(struct command *command)
{
	invocation_free(&command->run);
	memset(command, 0, sizeof(*command));
}

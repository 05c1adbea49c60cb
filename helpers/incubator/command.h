/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef COMMAND_H
#define COMMAND_H

#include "invocation.h"

struct options;
struct policy;
struct request;

enum command_service {
	COMMAND_SHELL,		/* a login shell */
	COMMAND_EXEC,		/* a command */
	COMMAND_SFTP,		/* sftp-server, directly or by the shell */
};

/*
 * What runs, and what the client's request was understood as.
 */
struct command {
	enum command_service service;
	int is_login;		/* login(1) takes the session over */
	int passes_on;		/* SSH_ORIGINAL_COMMAND stays for it */
	struct invocation run;
};

/* What the client asked for, as far as that can be told.  For Match. */
const char *command_asked(const struct options *opt, char *const *envp);

/* Returns 0, or -1 with errno; command_free() is due in either case. */
int command_choose(struct command *command, const struct options *opt,
    const struct policy *policy, const struct request *req,
    char *const *envp);

/*
 * With --sftp, whether the client asked for something else: a command, or a
 * terminal.  It would talk to sftp-server, and hang or end with 0.
 * Returns NULL if not, else the reason to refuse.
 */
const char *command_objection(const struct options *opt, char *const *envp);

/*
 * Says whether this process becomes the command itself: in shape A, and for
 * login(1) on a terminal that it may keep.  1 or 0.
 */
int command_in_place(const struct command *command,
    const struct request *req);

void command_free(struct command *command);

/* "shell", "exec" or "sftp". */
const char *command_service_name(enum command_service service);

#endif

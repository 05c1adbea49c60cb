/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFVALUE_H
#define CONFVALUE_H

#include <stddef.h>

/* Of a message, in bytes. */
#define CONFVALUE_MESSAGE_MAX 400

/*
 * The values of incubator.conf(5) that are no words of confinement: each of
 * these functions holds one argument of a directive against its form.  "i" is
 * which of them it is, from 0.
 * They return 0; or -1 with the reason in "why", the value not in it.
 */
typedef int confvalue_reader(const char *value, size_t i, char *why,
    size_t size);

confvalue_reader confvalue_user;	/* a user's name, or "%p" */
confvalue_reader confvalue_message;	/* one line of text, not too long */
confvalue_reader confvalue_pattern;	/* for names of variables */
confvalue_reader confvalue_assignment;	/* NAME=VALUE above the floor */
confvalue_reader confvalue_command;	/* for a shell */
confvalue_reader confvalue_flag;	/* "yes" or "no" */
confvalue_reader confvalue_agent;	/* "yes", "no" or "filter" */
confvalue_reader confvalue_class;	/* logind's class of a session */
confvalue_reader confvalue_delay;	/* a time, or "none" */
confvalue_reader confvalue_path;	/* absolute */
confvalue_reader confvalue_program;	/* an absolute path, and arguments */
confvalue_reader confvalue_level;	/* what to log */

/*
 * A time in sshd_config(5)'s format ("90", "1m30s").
 * Returns 0 with *seconds, at most INT_MAX of them, or -1.
 */
int confvalue_seconds(const char *text, unsigned int *seconds);

/*
 * The verbosity (as log_init() has it) of a LogLevel: 0, 1, 2.  Returns -1 if
 * it is none.
 */
int confvalue_verbosity(const char *text);

#endif

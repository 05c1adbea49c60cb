/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSIONENV_H
#define SESSIONENV_H

struct create_facts;

/* In the environment of a session, its name. */
#define SESSIONENV_MARK "PTY_BROKER"

/*
 * The environment of a session's command: ours, as it would be for a command
 * that we become, but for what is of the one connection only.  SSH_TTY names
 * the session's own terminal, if there was one; SSH_AUTH_SOCK a path that
 * stays.
 * Returns a vector for execve(2), whose strings are partly envp's; it and they
 * are never freed: an exec follows.  NULL with errno.
 */
char **sessionenv_make(char *const *envp, const struct create_facts *facts,
    const char *tty);

#endif

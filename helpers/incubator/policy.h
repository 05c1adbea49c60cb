/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICY_H
#define POLICY_H

#include <stddef.h>

#include "confine.h"

struct options;

/*
 * What applies to one session: the options of the command line, narrowed by
 * what incubator.conf(5) says of this login.  Strings are the options' own or
 * the configuration's.
 */
struct policy {
	int verbosity;
	struct confine confine;		/* checked and complete */
	const char *login_shell;	/* in place of passwd's, or NULL */
	const char *directory;		/* in place of the home, or NULL */
	const char *startup_command;	/* once for each boot, or NULL */
	const char *session_class;	/* for pam_systemd, or NULL */
	long hangup_delay;		/* s, or -1: nothing is killed */
};

/*
 * Put it together.  Returns 0; or -1 with the reason in "why".  In both cases
 * policy_free() is due.
 */
int policy_make(struct policy *policy, const struct options *opt, char *why,
    size_t size);
void policy_free(struct policy *policy);

#endif

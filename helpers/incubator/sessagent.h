/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSAGENT_H
#define SESSAGENT_H

#include "agentdir.h"
#include "forwarder.h"

struct session_facts;

/*
 * A session's way to the agent of the login that led to it (ForwardAgent):
 * root's own process serves it in shape B, the front in shape C, since only
 * who logged in can open what sshd has made for him.
 */
struct sessagent {
	struct agentdir dir;
	struct forwarder forwarder;	/* shape B */
	int served;
};

#define SESSAGENT_NONE { .dir.parent = -1, .forwarder.pid = -1 }

/* Does the policy want one, in a shape that has any use for it?  1 or 0. */
int sessagent_wanted(const struct session_facts *facts);

/*
 * Why it cannot be had all the same, as far as that can be seen before.
 * Returns NULL, or a static string.
 */
const char *sessagent_objection(const struct session_facts *facts);

/*
 * Open one that is SESSAGENT_NONE, before anything of PAM's: what serves it is
 * of the login, and has neither the limits nor the control group of the
 * session.  What cannot be is told by log_info(), and the session goes on
 * without.
 * Returns 0; or -1 if the front is gone.  sessagent_close() is due in either
 * case.
 */
int sessagent_open(struct sessagent *agent, const struct session_facts *facts);

/* The path for SSH_AUTH_SOCK, or NULL. */
const char *sessagent_path(const struct sessagent *agent);

void sessagent_close(struct sessagent *agent);

#endif

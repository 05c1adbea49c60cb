/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LINGER_H
#define LINGER_H

#include <stddef.h>

/*
 * What systemd-logind(8) does to a session when its user has logged out.
 * Where it has to be asked, a child asks, so that this process loads nothing.
 */

/*
 * Do that user's manager and runtime directory stay without a login of his
 * (loginctl enable-linger)?  1 or 0.
 */
int linger_is_on(const char *user);

enum linger_end {
	LINGER_STAYS,		/* nothing ends it */
	LINGER_SESSION,		/* it goes with its login: KillUserProcesses */
	LINGER_MANAGER,		/* it goes with the user's manager: no linger */
};

/*
 * Would this process be ended, after the last logout at the latest?
 * Returns one of the above, or -1 with errno if that is not to be known.
 */
int linger_would_kill(const char *user);

/*
 * Move this process to a scope of its own in its user's manager, out of the
 * login that it was started in.  "program" is the helper's, "session" a name
 * as userplace_name_ok() wants it.  What it has started before stays where
 * it is.
 * Returns 0; or -1 with errno, and the reason at "why".
 */
int linger_enter_scope(const char *program, const char *session, char *why,
    size_t size);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "choose.h"

#include <string.h>

#include "kin.h"
#include "logins.h"
#include "procs.h"

static struct login *
by_ancestry(const struct logins *logins, const struct kin *kin)
{
	struct login *login;
	size_t i;

	for (i = 0; i < kin->count; i++) {
		login = logins_find(logins, kin->line[i].pid,
		    kin->line[i].start);
		if (login != NULL)
			return login;
	}
	return NULL;
}

/*
 * A session whose number is that of a login's living process is that login's,
 * whoever of it has been given to init.
 */
static struct login *
by_session(const struct logins *logins, const struct kin *kin)
{
	struct procs_stat st;
	struct login *login;

	for (login = logins->newest; login != NULL; login = login->next)
		if (kin->count > 0 && procs_stat(login->pid, &st) == 0 &&
		    st.start == login->start && st.sid == kin->sid)
			return login;
	return NULL;
}

static int
is_of_audit(const struct login_facts *facts, const struct kin *kin)
{
	return facts->has_audit && facts->audit == kin->audit;
}

/* What the caller was, if he has a login at all; live ones before past ones. */
static const struct login_facts *
find_facts(const struct logins *logins, const struct kin *kin,
    struct login **own)
{
	struct login *login;
	size_t i, at;

	if (!kin->has_audit || !logins_audit_is_sound(logins, kin->audit))
		return NULL;
	for (login = logins->newest; login != NULL; login = login->next)
		if (is_of_audit(&login->facts, kin)) {
			*own = login;
			return &login->facts;
		}
	/* The last one first: it is what such a number means by now. */
	for (i = 0; i < logins->npast; i++) {
		at = (logins->next_past + LOGINS_PAST - 1 - i) % LOGINS_PAST;
		if (is_of_audit(&logins->past[at], kin))
			return &logins->past[at];
	}
	return NULL;
}

/* Hints do not lead to who insists on more. */
static int
is_same(const struct login *login, const struct login_facts *facts)
{
	return strcmp(login->facts.who, facts->who) == 0 &&
	    (!login->exclusive || facts->certain);
}

/* One that hangs is better than none: it may come back. */
static struct login *
newest_of(const struct logins *logins, const struct login_facts *facts,
    int (*hangs)(const struct login *), struct login *own)
{
	struct login *login, *last = own;

	for (login = logins->newest; login != NULL; login = login->next) {
		if (!is_same(login, facts))
			continue;
		if (!hangs(login))
			return login;
		if (last == NULL)
			last = login;
	}
	return last;
}

struct login *
choose_login(const struct logins *logins, const struct kin *kin,
    int (*hangs)(const struct login *))
{
	const struct login_facts *facts = NULL;
	struct login *own = by_ancestry(logins, kin), *login = NULL;

	if (own == NULL)
		own = by_session(logins, kin);
	if (own != NULL)
		facts = &own->facts;
	else
		facts = find_facts(logins, kin, &own);
	if (own != NULL && !hangs(own))
		return own;
	if (facts != NULL)
		login = newest_of(logins, facts, hangs, own);
	if (login != NULL)
		return login;
	for (login = logins->newest; login != NULL; login = login->next)
		if (login->shared && !hangs(login))
			break;
	return login;
}

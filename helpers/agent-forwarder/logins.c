/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces logins of several people on one account.  None of them is kept from
 * another's agent by what stands here alone: processes of one user are not.
 * It is there so that nobody uses another's by accident.
 */

#include "config.h"
#include "logins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditid.h"
#include "claim.h"

static void
find_who(struct login *login, const struct claim *claim, int as_root)
{
	struct login_facts *facts = &login->facts;
	const int hints = !claim->exclusive;

	facts->certain = 1;
	if (facts->key[0] != '\0' && claim->certain && as_root) {
		(void)snprintf(facts->who, sizeof(facts->who), "key %s",
		    facts->key);
	} else if (facts->key[0] != '\0' && hints) {
		facts->certain = 0;
		(void)snprintf(facts->who, sizeof(facts->who), "key %s",
		    facts->key);
	} else if (facts->has_audit) {
		(void)snprintf(facts->who, sizeof(facts->who), "audit %lu",
		    (unsigned long)facts->audit);
	} else if (facts->connection[0] != '\0' && hints) {
		facts->certain = 0;
		(void)snprintf(facts->who, sizeof(facts->who), "connection %s",
		    facts->connection);
	} else {
		(void)snprintf(facts->who, sizeof(facts->who),
		    "process %d %llu", (int)login->pid, login->start);
	}
}

struct login *
logins_add(struct logins *logins, const struct claim *claim, pid_t pid,
    unsigned long long start, int as_root)
{
	struct login *login = calloc(1, sizeof(*login));
	struct auditid id;

	if (login == NULL)
		return NULL;
	login->number = ++logins->last;
	login->pid = pid;
	login->start = start;
	login->since = claim->since != 0 ? claim->since : time(NULL);
	login->shared = claim->shared;
	login->exclusive = claim->exclusive;
	memcpy(login->facts.key, claim->key, sizeof(claim->key));
	/* Without an address it is everybody's. */
	if (strcmp(claim->connection, CONNINFO_UNKNOWN) != 0)
		memcpy(login->facts.connection, claim->connection,
		    sizeof(claim->connection));
	if (auditid_read(pid, &id) == 0) {
		login->facts.has_audit = 1;
		login->facts.audit = id.session;
	}
	find_who(login, claim, as_root);
	login->next = logins->newest;
	logins->newest = login;
	logins->count++;
	return login;
}

struct login *
logins_find(const struct logins *logins, pid_t pid, unsigned long long start)
{
	struct login *login;

	for (login = logins->newest; login != NULL; login = login->next)
		if (login->pid == pid && login->start == start)
			break;
	return login;
}

struct login *
logins_before(const struct logins *logins, uint32_t number)
{
	struct login *login = logins->newest;

	while (number != 0 && login != NULL && login->number >= number)
		login = login->next;
	return login;
}

static int
are_same(const struct login_facts *a, const struct login_facts *b)
{
	return a->certain == b->certain && a->has_audit == b->has_audit &&
	    a->audit == b->audit && strcmp(a->who, b->who) == 0 &&
	    strcmp(a->key, b->key) == 0 &&
	    strcmp(a->connection, b->connection) == 0;
}

void
logins_remember(struct logins *logins, const struct login_facts *facts)
{
	size_t i;

	for (i = 0; i < logins->npast; i++)
		if (are_same(&logins->past[i], facts))
			return;
	logins->past[logins->next_past] = *facts;
	logins->next_past = (logins->next_past + 1) % LOGINS_PAST;
	if (logins->npast < LOGINS_PAST)
		logins->npast++;
}

void
logins_end(struct logins *logins, struct login *login)
{
	struct login **at = &logins->newest;

	while (*at != NULL && *at != login)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = login->next;
	logins->count--;
	logins_remember(logins, &login->facts);
	free(login);
}

/* What is known of both, and not the same. */
static int
differ(const char *a, const char *b)
{
	return *a != '\0' && *b != '\0' && strcmp(a, b) != 0;
}

/* Two of one session who are not of one login. */
static int
clash(const struct login_facts *a, const struct login_facts *b)
{
	return differ(a->key, b->key) || differ(a->connection, b->connection);
}

/* The next one of that audit session, live ones first; NULL after the last. */
static const struct login_facts *
next_of(const struct logins *logins, uint32_t audit, const struct login **live,
    size_t *past)
{
	const struct login_facts *facts;

	while (*live != NULL) {
		facts = &(*live)->facts;
		*live = (*live)->next;
		if (facts->has_audit && facts->audit == audit)
			return facts;
	}
	while (*past < logins->npast) {
		facts = &logins->past[(*past)++];
		if (facts->has_audit && facts->audit == audit)
			return facts;
	}
	return NULL;
}

int
logins_audit_is_sound(const struct logins *logins, uint32_t audit)
{
	const struct login_facts *key = NULL, *connection = NULL, *facts;
	const struct login *live = logins->newest;
	size_t past = 0;

	while ((facts = next_of(logins, audit, &live, &past)) != NULL) {
		if ((key != NULL && clash(key, facts)) ||
		    (connection != NULL && clash(connection, facts)))
			return 0;
		if (facts->key[0] != '\0')
			key = facts;
		if (facts->connection[0] != '\0')
			connection = facts;
	}
	return 1;
}

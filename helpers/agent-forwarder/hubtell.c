/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "hubtell.h"

#include <unistd.h>

#include "logins.h"
#include "recordfile.h"
#include "tenancy.h"
#include "terms.h"

struct number {
	const char *name;
	uint64_t value;
};

static int
set_all(struct recordfile *rec, const struct number *numbers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (recordfile_set_number(rec, numbers[i].name,
		    numbers[i].value) == -1)
			return -1;
	return 0;
}

static int
tell_login(const struct login *login, struct recordfile *rec)
{
	const struct number numbers[] = {
		{ "CERTAIN", (uint64_t)login->facts.certain },
		{ "PID", (uint64_t)login->pid },
		{ "SINCE", (uint64_t)login->since },
		{ "SHARED", (uint64_t)login->shared },
		{ "EXCLUSIVE", (uint64_t)login->exclusive },
	};

	if (recordfile_set(rec, "WHO", login->facts.who) == -1 ||
	    set_all(rec, numbers, sizeof(numbers) / sizeof(numbers[0])) == -1)
		return -1;
	return tenancy_tell(login->holder, rec);
}

static int
tell_all(const struct hubtell_facts *facts, struct recordfile *rec)
{
	const struct number numbers[] = {
		{ "PID", (uint64_t)getpid() },
		{ "SINCE", (uint64_t)facts->since },
		{ "LOGINS", facts->logins->count },
		{ "CONNECTIONS", facts->connections },
		{ "TURNED_AWAY", facts->turned_away },
	};

	if (recordfile_set(rec, "VERSION", PACKAGE_VERSION) == -1)
		return -1;
	if (set_all(rec, numbers, sizeof(numbers) / sizeof(numbers[0])) == -1)
		return -1;
	return terms_tell(facts->terms, rec);
}

struct recordfile *
hubtell(const struct hubtell_facts *facts, uint32_t before, uint32_t *number)
{
	struct recordfile *rec = recordfile_new();
	const struct login *login = NULL;

	if (before != 1)
		login = logins_before(facts->logins, before);
	*number = login != NULL ? login->number : 0;
	if (rec != NULL && (login != NULL ? tell_login(login, rec) :
	    tell_all(facts, rec)) == 0)
		return rec;
	recordfile_free(rec);
	return NULL;
}

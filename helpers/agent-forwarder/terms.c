/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "terms.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "recordfile.h"

/* Those that are numbers, in seconds where they are times; -1: not said. */
struct number {
	const char *name;	/* in a record */
	const char *option;
	long long value;
};
#define NUMBERS 4

static long long
seconds(int ms)
{
	return ms == -1 ? -1 : ms / 1000;
}

static void
list(const struct terms *terms, struct number numbers[NUMBERS])
{
	numbers[0] = (struct number){ "TIMEOUT", "--timeout",
	    seconds(terms->timeout_ms) };
	numbers[1] = (struct number){ "LIST_TIMEOUT", "--list-timeout",
	    seconds(terms->list_ms) };
	numbers[2] = (struct number){ "SIGN_TIMEOUT", "--sign-timeout",
	    seconds(terms->sign_ms) };
	numbers[3] = (struct number){ "MAX_CONNECTIONS", "--max-connections",
	    terms->connections != 0 ? (long long)terms->connections : -1 };
}

int
terms_said(const struct terms *terms)
{
	return terms->timeout_ms != -1 || terms->list_ms != -1 ||
	    terms->sign_ms != -1 || terms->connections != 0 ||
	    terms->audit_file != NULL;
}

int
terms_tell(const struct terms *terms, struct recordfile *rec)
{
	struct number numbers[NUMBERS];
	int i;

	list(terms, numbers);
	for (i = 0; i < NUMBERS; i++)
		if (recordfile_set_number(rec, numbers[i].name,
		    (uint64_t)numbers[i].value) == -1)
			return -1;
	/* Also where there is none: that is another thing than not to tell. */
	return recordfile_set(rec, "AUDIT_FILE",
	    terms->audit_file != NULL ? terms->audit_file : "");
}

static void
add(char *line, size_t size, const char *option, const char *value)
{
	const size_t have = strlen(line);

	(void)snprintf(line + have, size - have, "%s%s%s%s",
	    have > 0 ? ", " : "", option, value != NULL ? " " : "",
	    value != NULL ? value : "");
}

int
terms_differ(const struct terms *wish, const struct recordfile *rec,
    char *line, size_t size)
{
	const char *file = recordfile_get(rec, "AUDIT_FILE");
	struct number numbers[NUMBERS];
	char value[24];
	uint64_t has;
	int i;

	*line = '\0';
	list(wish, numbers);
	for (i = 0; i < NUMBERS; i++) {
		if (numbers[i].value == -1 || recordfile_number(rec,
		    numbers[i].name, UINT64_MAX, &has) == -1 ||
		    has == (uint64_t)numbers[i].value)
			continue;
		(void)snprintf(value, sizeof(value), "%llu",
		    (unsigned long long)has);
		add(line, size, numbers[i].option, value);
	}
	if (wish->audit_file != NULL && file != NULL && *file == '\0')
		add(line, size, "no --audit-file", NULL);
	else if (wish->audit_file != NULL && file != NULL &&
	    strcmp(file, wish->audit_file) != 0)
		add(line, size, "--audit-file", file);
	return *line != '\0';
}

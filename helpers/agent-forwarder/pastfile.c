/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "pastfile.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decimal.h"
#include "logins.h"
#include "recorddir.h"
#include "recordfile.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define BOOT_SIZE 40
#define NAME_ROOM 80

/* As many as have a line, beside that of the boot. */
#define ENTRIES 60

static const char *
boot(char buf[BOOT_SIZE])
{
	const int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd != -1) {
		n = read(fd, buf, BOOT_SIZE - 1);
		(void)close(fd);
	}
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

/* The i-th newest that has a number by which it can be found. */
static const struct login_facts *
nth(const struct logins *logins, size_t i)
{
	const size_t at = (logins->next_past + LOGINS_PAST - 1 - i) %
	    LOGINS_PAST;

	return i < logins->npast ? &logins->past[at] : NULL;
}

static int
add_entry(struct recordfile *rec, unsigned int i,
    const struct login_facts *facts)
{
	char name[16], value[LOGINS_WHO_SIZE + 128];

	(void)snprintf(name, sizeof(name), "PAST%u", i);
	(void)snprintf(value, sizeof(value), "%lu,%s,%s,%s",
	    (unsigned long)facts->audit, facts->who, facts->key,
	    facts->connection);
	return recordfile_set(rec, name, value);
}

void
pastfile_write(int dir, const char *name, const struct logins *logins)
{
	struct recordfile *rec = recordfile_new();
	const struct login_facts *facts;
	char id[BOOT_SIZE], file[NAME_ROOM];
	unsigned int count = 0;
	size_t i;
	int r;

	if (rec == NULL)
		return;
	r = *boot(id) == '\0' ? -1 : recordfile_set(rec, "BOOT", id);
	for (i = 0; r == 0 && count < ENTRIES &&
	    (facts = nth(logins, i)) != NULL; i++)
		if (facts->has_audit)
			r = add_entry(rec, count++, facts);
	(void)snprintf(file, sizeof(file), "%s.past", name);
	if (r == 0 && count > 0)
		(void)recorddir_write(dir, file, rec, 0600);
	recordfile_free(rec);
}

/* Up to the next comma, if there is room for it.  Returns 0 or -1. */
static int
take_word(const char **at, char *word, size_t size)
{
	const size_t len = strcspn(*at, ",");

	if (len >= size)
		return -1;
	memcpy(word, *at, len);
	word[len] = '\0';
	*at += len;
	if (**at == ',')
		++*at;
	return 0;
}

static void
remember(struct logins *logins, const char *value)
{
	struct login_facts facts = { .has_audit = 1 };
	char number[16];
	uint64_t audit;

	if (take_word(&value, number, sizeof(number)) == -1 ||
	    decimal_read(number, strlen(number), UINT32_MAX, &audit) == -1 ||
	    take_word(&value, facts.who, sizeof(facts.who)) == -1 ||
	    take_word(&value, facts.key, sizeof(facts.key)) == -1 ||
	    take_word(&value, facts.connection,
	    sizeof(facts.connection)) == -1 || *value != '\0')
		return;
	facts.audit = (uint32_t)audit;
	logins_remember(logins, &facts);
}

void
pastfile_read(int dir, const char *name, struct logins *logins)
{
	char id[BOOT_SIZE], file[NAME_ROOM], entry[16];
	const char *value, *its;
	struct recordfile *rec;
	unsigned int i;

	(void)snprintf(file, sizeof(file), "%s.past", name);
	if ((rec = recorddir_read(dir, file, geteuid())) == NULL)
		return;
	its = recordfile_get(rec, "BOOT");
	if (its != NULL && *boot(id) != '\0' && strcmp(its, id) == 0) {
		/* The newest comes last, to be the first again. */
		for (i = ENTRIES; i-- > 0;) {
			(void)snprintf(entry, sizeof(entry), "PAST%u", i);
			if ((value = recordfile_get(rec, entry)) != NULL)
				remember(logins, value);
		}
	}
	recordfile_free(rec);
}

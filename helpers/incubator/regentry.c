/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Root wrote what is read here, perhaps of another version; it says which
 * processes are hung up, so what is not as it should be is no entry at all.
 */

#include "config.h"
#include "regentry.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "recordfile.h"
#include "registry.h"

void
regentry_name(const struct registry_entry *entry, char name[REGENTRY_NAME_SIZE])
{
	(void)snprintf(name, REGENTRY_NAME_SIZE, "%d-%llu", (int)entry->keeper,
	    entry->keeper_start);
}

/* Written in one way only: no sign, no blank, no zero before it. */
int
regentry_read_name(const char *name, struct registry_entry *entry)
{
	const char *dash = strchr(name, '-');
	char again[REGENTRY_NAME_SIZE];
	uint64_t pid, start;

	if (dash == NULL || decimal_read(name, (size_t)(dash - name), INT_MAX,
	    &pid) == -1 || decimal_read(dash + 1, strlen(dash + 1),
	    UINT64_MAX, &start) == -1 || pid == 0)
		return -1;
	entry->keeper = (pid_t)pid;
	entry->keeper_start = start;
	regentry_name(entry, again);
	return strcmp(name, again) == 0 ? 0 : -1;
}

static int
set_text(struct recordfile *rec, const char *name, const char *value)
{
	return value == NULL || *value == '\0' ? 0 :
	    recordfile_set(rec, name, value);
}

static int
set_number(struct recordfile *rec, const char *name, unsigned long long value)
{
	return recordfile_set_number(rec, name, value);
}

struct recordfile *
regentry_print(const struct registry_entry *entry)
{
	struct recordfile *rec = recordfile_new();
	int saved;

	if (rec != NULL && set_text(rec, "USER", entry->user) == 0 &&
	    set_number(rec, "UID", entry->uid) == 0 &&
	    set_text(rec, "CALLER", entry->caller) == 0 &&
	    set_text(rec, "ADDRESS", entry->address) == 0 &&
	    set_text(rec, "TTY", entry->tty) == 0 &&
	    set_text(rec, "SERVICE", entry->service) == 0 &&
	    set_text(rec, "SHAPE", entry->shape) == 0 &&
	    set_number(rec, "CHILD", (unsigned int)entry->child) == 0 &&
	    set_number(rec, "CHILD_START", entry->child_start) == 0 &&
	    set_number(rec, "SID", (unsigned int)entry->sid) == 0 &&
	    set_number(rec, "SINCE", (unsigned long long)entry->since) == 0 &&
	    set_text(rec, "SESSION", entry->session) == 0 &&
	    set_text(rec, "RECORDS", entry->records) == 0 &&
	    (entry->hangup_delay < 0 || set_number(rec, "HANGUP_DELAY",
	    (unsigned long long)entry->hangup_delay) == 0) &&
	    set_number(rec, "HUNGUP", entry->hungup) == 0)
		return rec;
	saved = errno;
	recordfile_free(rec);
	errno = saved;
	return NULL;
}

static const char *
get_text(const struct recordfile *rec, const char *name)
{
	const char *value = recordfile_get(rec, name);

	return value != NULL ? value : "";
}

/* 0 for what is not there, but -1 for what is no number. */
static int
get_number(const struct recordfile *rec, const char *name, uint64_t max,
    uint64_t *value)
{
	*value = 0;
	return recordfile_number(rec, name, max, value) == -1 &&
	    errno != ENOENT ? -1 : 0;
}

static int
get_processes(const struct recordfile *rec, struct registry_entry *entry)
{
	uint64_t child, start, sid;

	if (get_number(rec, "CHILD", INT_MAX, &child) == -1 ||
	    get_number(rec, "CHILD_START", UINT64_MAX, &start) == -1 ||
	    get_number(rec, "SID", INT_MAX, &sid) == -1)
		return -1;
	/* Whom a signal may reach: nobody's session but those two. */
	if (child == 1 || sid == 1 || (sid != 0 && sid != child &&
	    sid != (uint64_t)entry->keeper))
		return -1;
	entry->child = (pid_t)child;
	entry->child_start = start;
	entry->sid = (pid_t)sid;
	return 0;
}

int
regentry_parse(const struct recordfile *rec, struct registry_entry *entry)
{
	uint64_t uid, since, delay, hungup;

	entry->user = get_text(rec, "USER");
	entry->caller = get_text(rec, "CALLER");
	entry->address = get_text(rec, "ADDRESS");
	entry->tty = get_text(rec, "TTY");
	entry->service = get_text(rec, "SERVICE");
	entry->shape = get_text(rec, "SHAPE");
	entry->session = get_text(rec, "SESSION");
	entry->records = get_text(rec, "RECORDS");
	if (*entry->user == '\0' ||
	    recordfile_number(rec, "UID", UINT32_MAX - 1, &uid) == -1 ||
	    get_number(rec, "SINCE", INT64_MAX, &since) == -1 ||
	    get_number(rec, "HANGUP_DELAY", INT_MAX, &delay) == -1 ||
	    get_number(rec, "HUNGUP", INT64_MAX, &hungup) == -1 ||
	    get_processes(rec, entry) == -1)
		return -1;
	entry->uid = (uid_t)uid;
	entry->since = (time_t)since;
	entry->hangup_delay = recordfile_get(rec, "HANGUP_DELAY") != NULL ?
	    (long)delay : -1;
	entry->hungup = hungup;
	return 0;
}

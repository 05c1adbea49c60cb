/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "procs.h"
#include "recorddir.h"
#include "recordfile.h"
#include "session.h"
#include "viewer.h"

/* A name, and what stands behind it. */
#define FILE_NAME 80

const char *const record_names[RECORD_FACTS] = {
	[RECORD_AGENT] = "SSH_AUTH_SOCK",
	[RECORD_DISPLAY] = "DISPLAY",
	[RECORD_CONNECTION] = "SSH_CONNECTION",
};

static const char *
file_name(const struct record *record, const char *what, char buf[FILE_NAME])
{
	(void)snprintf(buf, FILE_NAME, "%s.%s", record->name, what);
	return buf;
}

void
record_hear(struct viewer *viewer, const struct packet *packet)
{
	const char *text = (const char *)packet->data, *name;
	size_t i, n;

	if (memchr(text, '\0', packet->len) != NULL)
		return;
	for (i = 0; i < RECORD_FACTS; i++) {
		name = record_names[i];
		n = strlen(name);
		if (packet->len <= n || text[n] != '=' ||
		    strncmp(text, name, n) != 0 || viewer->facts[i] != NULL)
			continue;
		viewer->facts[i] = strndup(text + n + 1, packet->len - n - 1);
	}
}

/*
 * Point the link at the agent of the newest viewer that has one.  It is
 * replaced in one step: who follows it finds the old agent or the new one.
 */
static void
link_agent(const struct session *session)
{
	const struct record *record = &session->record;
	char link[FILE_NAME], next[FILE_NAME + 4];
	const struct viewer *viewer = session->viewers;

	/* Who only looks on lends nobody his keys. */
	while (viewer != NULL && (viewer->gone || !viewer->attached ||
	    (viewer->flags & PROTO_READONLY) ||
	    viewer->facts[RECORD_AGENT] == NULL))
		viewer = viewer->next;
	if (viewer == NULL)
		return;
	(void)file_name(record, "agent", link);
	(void)snprintf(next, sizeof(next), ".%s", link);
	(void)unlinkat(record->dir, next, 0);
	if (symlinkat(viewer->facts[RECORD_AGENT], record->dir, next) == 0 &&
	    renameat(record->dir, next, record->dir, link) == -1)
		(void)unlinkat(record->dir, next, 0);
}

static void
write_env(const struct record *record)
{
	struct recordfile *rec = recordfile_new();
	char file[FILE_NAME];
	size_t i, n = 0;

	if (rec == NULL)
		return;
	(void)file_name(record, "env", file);
	for (i = 0; i < RECORD_FACTS; i++)
		n += record->facts[i] != NULL && recordfile_set(rec,
		    record_names[i], record->facts[i]) == 0;
	/* An empty one cannot be written: what the last one had goes. */
	if (n > 0)
		(void)recorddir_write(record->dir, file, rec, 0600);
	else
		(void)unlinkat(record->dir, file, 0);
	recordfile_free(rec);
}

void
record_arrived(struct session *session, struct viewer *viewer)
{
	struct record *record = &session->record;
	size_t i;

	record->attached = time(NULL);
	if (!(viewer->flags & PROTO_READONLY)) {
		for (i = 0; i < RECORD_FACTS; i++) {
			free(record->facts[i]);
			record->facts[i] = viewer->facts[i] == NULL ? NULL :
			    strdup(viewer->facts[i]);
		}
		write_env(record);
		link_agent(session);
	}
	record_write(session);
}

void
record_forget(struct session *session, struct viewer *viewer)
{
	size_t i;

	if ((viewer->attached || viewer->leaving) && !viewer->peeks &&
	    !(viewer->flags & PROTO_KEEPER)) {
		session->record.detached = time(NULL);
		link_agent(session);
		record_write(session);
	}
	for (i = 0; i < RECORD_FACTS; i++)
		free(viewer->facts[i]);
}

static void
set_time(struct recordfile *rec, const char *name, time_t when)
{
	if (when != 0)
		(void)recordfile_set_number(rec, name, (uint64_t)when);
}

void
record_write(const struct session *session)
{
	const struct record *record = &session->record;
	struct recordfile *rec = recordfile_new();
	char file[FILE_NAME];

	if (rec == NULL)
		return;
	(void)recordfile_set_number(rec, "PID", (uint64_t)getpid());
	(void)recordfile_set_number(rec, "LEADER", (uint64_t)session->leader);
	(void)recordfile_set(rec, "TTY", record->tty);
	(void)recordfile_set_number(rec, "VIEWERS", viewer_count(session));
	set_time(rec, "MADE", record->made);
	set_time(rec, "ATTACHED", record->attached);
	set_time(rec, "DETACHED", record->detached);
	if (session->over)
		(void)recordfile_set_number(rec, "STATUS",
		    (uint64_t)session->status);
	(void)recorddir_write(record->dir, file_name(record, "info", file),
	    rec, 0600);
	recordfile_free(rec);
}

void
record_moved(const struct session *session)
{
	write_env(&session->record);
	link_agent(session);
	record_write(session);
}

void
record_remove(const struct record *record)
{
	static const char *const all[] = { "info", "env", "agent" };
	char file[FILE_NAME];
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)unlinkat(record->dir, file_name(record, all[i], file), 0);
}

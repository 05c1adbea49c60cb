/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "list.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "exitcode.h"
#include "lockfile.h"
#include "log.h"
#include "place.h"
#include "recorddir.h"
#include "recordfile.h"
#include "userplace.h"

/* One line of it. */
struct entry {
	const char *name;
	const char *tty;
	uint64_t pid, leader, viewers, made, attached, detached, wstatus;
	int ended;
};

/* What is missing is 0. */
static uint64_t
number(const struct recordfile *rec, const char *name)
{
	uint64_t value;

	return recordfile_number(rec, name, UINT64_MAX, &value) == 0 ?
	    value : 0;
}

static void
fill(struct entry *e, const char *name, const struct recordfile *rec)
{
	const char *tty = recordfile_get(rec, "TTY");

	e->name = name;
	e->tty = tty != NULL ? tty : "-";
	e->pid = number(rec, "PID");
	e->leader = number(rec, "LEADER");
	e->viewers = number(rec, "VIEWERS");
	e->made = number(rec, "MADE");
	e->attached = number(rec, "ATTACHED");
	e->detached = number(rec, "DETACHED");
	e->wstatus = number(rec, "STATUS");
	e->ended = recordfile_get(rec, "STATUS") != NULL;
}

/* In UTC, as RFC 3339 has it. */
static const char *
when(uint64_t at, char buf[32])
{
	const time_t t = (time_t)at;
	struct tm tm;

	if (at == 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return "-";
	return buf;
}

static const char *
state(const struct entry *e, char buf[64])
{
	char words[48];

	if (e->ended)
		(void)snprintf(buf, 64, "%s", exitcode_describe(
		    (int)e->wstatus, words, sizeof(words)));
	else if (e->viewers > 0)
		(void)snprintf(buf, 64, "attached (%llu)",
		    (unsigned long long)e->viewers);
	else
		(void)snprintf(buf, 64, "detached");
	return buf;
}

static void
print_row(const struct entry *e)
{
	char made[32], words[64];

	(void)printf("%-20s %-20s %-10s %7llu %s\n", e->name, when(e->made,
	    made), strncmp(e->tty, "/dev/", 5) == 0 ? e->tty + 5 : e->tty,
	    (unsigned long long)e->leader, state(e, words));
}

static void
print_time(const char *name, uint64_t at)
{
	char buf[32];

	if (at == 0)
		(void)printf(",\"%s\":null", name);
	else
		(void)printf(",\"%s\":\"%s\"", name, when(at, buf));
}

/* Every string here is of letters, digits and what needs no quoting. */
static void
print_object(const struct entry *e)
{
	const int status = (int)e->wstatus;

	(void)printf("{\"name\":\"%s\",\"tty\":\"%s\",\"pid\":%llu,"
	    "\"leader\":%llu,\"viewers\":%llu", e->name, e->tty,
	    (unsigned long long)e->pid, (unsigned long long)e->leader,
	    (unsigned long long)e->viewers);
	print_time("created", e->made);
	print_time("attached", e->attached);
	print_time("detached", e->detached);
	(void)printf(",\"state\":\"%s\"", e->ended ? "ended" :
	    e->viewers > 0 ? "attached" : "detached");
	if (e->ended && WIFSIGNALED(status))
		(void)printf(",\"signal\":%d", WTERMSIG(status));
	else if (e->ended)
		(void)printf(",\"status\":%d", WEXITSTATUS(status));
	(void)putchar('}');
}

/* A tty's name is a path: nothing in it needs quoting. */
static int
is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";

	return text[strspn(text, plain)] == '\0';
}

static void
print_file(const struct userplace *place, const char *file, int json,
    unsigned long *count)
{
	char name[USERPLACE_FILE_SIZE], info[USERPLACE_FILE_SIZE];
	struct recordfile *rec;
	struct entry e;

	/* What is left of one that was killed is none. */
	if (!userplace_named(file, ".lock", name) ||
	    lockfile_is_held(place->dir, file, USERPLACE_ALIVE) != 1)
		return;
	/* It lives, whatever has become of what it wrote of itself. */
	rec = recorddir_read(place->dir, userplace_file(info, name, ".info"),
	    geteuid());
	if (rec == NULL && (rec = recordfile_new()) == NULL)
		return;
	fill(&e, name, rec);
	if (!is_plain(e.tty))
		e.tty = "-";
	if (json)
		(void)fputs(*count == 0 ? "\n" : ",\n", stdout);
	else if (*count == 0)
		(void)printf("%-20s %-20s %-10s %7s %s\n", "NAME", "CREATED",
		    "TTY", "PID", "STATE");
	if (json)
		print_object(&e);
	else
		print_row(&e);
	++*count;
	recordfile_free(rec);
}

static int
print_place(const struct userplace *place, int json, unsigned long *count)
{
	struct recorddir_list list;
	size_t i;

	if (recorddir_list(place->dir, &list) == -1)
		return -1;
	for (i = 0; i < list.count; i++)
		print_file(place, list.names[i], json, count);
	recorddir_list_free(&list);
	return 0;
}

int
list_sessions(char *const *envp, const char *home, int json)
{
	struct userplace places[USERPLACE_MAX];
	unsigned long count = 0;
	char why[512];
	int n, i, status = 0;

	n = userplace_all(places, PLACE_BELOW, envp, home, why,
	    sizeof(why));
	if (n == -1)
		return audit_refused("out of memory");
	if (why[0] != '\0')
		log_warnx("%s", why);
	if (json)
		(void)putchar('[');
	for (i = 0; i < n; i++) {
		if (print_place(&places[i], json, &count) == -1) {
			log_warn("%s", places[i].path);
			status = EXITCODE_REFUSED;
		}
		userplace_close(&places[i]);
	}
	if (json)
		(void)puts(count > 0 ? "\n]" : "]");
	if (fflush(stdout) == 0)
		return status;
	log_warn("standard output");
	return EXITCODE_REFUSED;
}

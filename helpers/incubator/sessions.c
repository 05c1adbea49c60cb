/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * For anybody who may log in.  Names and addresses are of others' choice, and
 * may not reach the reader's terminal as they are.
 */

#include "config.h"
#include "sessions.h"

#include <json.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exitcode.h"
#include "log.h"
#include "registry.h"
#include "visible.h"

/* The entries, whose strings are copies. */
struct list {
	struct registry_entry *entries;
	size_t count;
	int failed;		/* out of memory */
};

static void
free_entry(struct registry_entry *entry)
{
	/* They are ours, whatever the registry says of its own. */
	free((void *)(uintptr_t)entry->user);
	free((void *)(uintptr_t)entry->caller);
	free((void *)(uintptr_t)entry->address);
	free((void *)(uintptr_t)entry->tty);
	free((void *)(uintptr_t)entry->service);
	free((void *)(uintptr_t)entry->shape);
	free((void *)(uintptr_t)entry->session);
}

static int
copy_entry(struct registry_entry *to, const struct registry_entry *from)
{
	*to = *from;
	to->user = strdup(from->user);
	to->caller = strdup(from->caller);
	to->address = strdup(from->address);
	to->tty = strdup(from->tty);
	to->service = strdup(from->service);
	to->shape = strdup(from->shape);
	to->session = strdup(from->session);
	to->records = NULL;
	if (to->user != NULL && to->caller != NULL && to->address != NULL &&
	    to->tty != NULL && to->service != NULL && to->shape != NULL &&
	    to->session != NULL)
		return 0;
	free_entry(to);
	return -1;
}

static void
collect(void *ctx, const struct registry_entry *entry)
{
	struct list *list = ctx;
	struct registry_entry *more;

	if (list->failed)
		return;
	more = reallocarray(list->entries, list->count + 1, sizeof(*more));
	if (more != NULL)
		list->entries = more;
	if (more == NULL || copy_entry(&more[list->count], entry) == -1)
		list->failed = 1;
	else
		list->count++;
}

static void
free_list(struct list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free_entry(&list->entries[i]);
	free(list->entries);
}

/* Of one second, in the order in which their keepers were started. */
static int
compare(const void *a, const void *b)
{
	const struct registry_entry *x = a, *y = b;

	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	if (x->keeper_start != y->keeper_start)
		return x->keeper_start < y->keeper_start ? -1 : 1;
	return (x->keeper > y->keeper) - (x->keeper < y->keeper);
}

enum column { USER, FROM, CALLER, SINCE, TTY, PID, SESSION, SERVICE, COLUMNS };

static const char *const headings[COLUMNS] = {
	"USER", "FROM", "CALLER", "SINCE", "TTY", "PID", "SESSION", "SERVICE",
};

static char *
print_time(time_t when)
{
	char text[32];
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		return strdup("-");
	return strdup(text);
}

static char *
print_pid(pid_t pid)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	return strdup(text);
}

static char *
print_word(const char *text)
{
	return *text != '\0' ? visible_word(text) : strdup("-");
}

/* Returns a new string, or NULL with errno. */
static char *
cell(const struct registry_entry *entry, enum column column)
{
	switch (column) {
	case USER:
		return print_word(entry->user);
	case FROM:
		return print_word(entry->address);
	case CALLER:
		return print_word(entry->caller);
	case SINCE:
		return print_time(entry->since);
	case TTY:
		return print_word(strncmp(entry->tty, "/dev/", 5) == 0 ?
		    entry->tty + 5 : entry->tty);
	case PID:
		return print_pid(entry->keeper);
	case SESSION:
		return print_word(entry->session);
	case SERVICE:
	case COLUMNS:
		break;
	}
	return print_word(entry->service);
}

/* No blanks behind the last. */
static void
print_cell(const char *text, enum column column, const size_t *widths)
{
	if (column == COLUMNS - 1)
		(void)printf("%s\n", text);
	else
		(void)printf("%-*s  ", (int)widths[column], text);
}

/* The first round measures, the second prints; -1 with errno. */
static int
go_through(const struct list *list, size_t *widths, int print)
{
	enum column column;
	size_t i;
	char *text;

	for (i = 0; i < list->count; i++)
		for (column = 0; column < COLUMNS; column++) {
			if ((text = cell(&list->entries[i], column)) == NULL)
				return -1;
			if (print)
				print_cell(text, column, widths);
			else if (strlen(text) > widths[column])
				widths[column] = strlen(text);
			free(text);
		}
	return 0;
}

static int
print_table(const struct list *list)
{
	size_t widths[COLUMNS];
	enum column column;

	for (column = 0; column < COLUMNS; column++)
		widths[column] = strlen(headings[column]);
	if (go_through(list, widths, 0) == -1)
		return -1;
	for (column = 0; column < COLUMNS; column++)
		print_cell(headings[column], column, widths);
	return go_through(list, widths, 1);
}

/* null for what is unknown or none. */
static void
add_text(struct json_object *object, const char *key, const char *text)
{
	(void)json_object_object_add(object, key,
	    *text != '\0' ? visible_json(text) : NULL);
}

static void
add_number(struct json_object *object, const char *key, int64_t number)
{
	(void)json_object_object_add(object, key,
	    json_object_new_int64(number));
}

static struct json_object *
json_entry(const struct registry_entry *entry)
{
	struct json_object *object = json_object_new_object();

	add_text(object, "user", entry->user);
	add_number(object, "uid", (int64_t)entry->uid);
	add_text(object, "caller", entry->caller);
	add_text(object, "address", entry->address);
	add_number(object, "since", (int64_t)entry->since);
	add_text(object, "tty", entry->tty);
	add_number(object, "pid", (int64_t)entry->keeper);
	if (entry->child != 0)
		add_number(object, "child", (int64_t)entry->child);
	else
		(void)json_object_object_add(object, "child", NULL);
	add_text(object, "session", entry->session);
	add_text(object, "service", entry->service);
	add_text(object, "shape", entry->shape);
	return object;
}

static int
print_json(const struct list *list)
{
	struct json_object *array = json_object_new_array();
	const char *text;
	size_t i;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	for (i = 0; i < list->count; i++)
		(void)json_object_array_add(array,
		    json_entry(&list->entries[i]));
	/* An empty array is pretty as "[", newline, "]". */
	text = json_object_to_json_string_ext(array,
	    JSON_C_TO_STRING_NOSLASHESCAPE |
	    (list->count > 0 ? JSON_C_TO_STRING_PRETTY : 0));
	if (text != NULL)
		(void)printf("%s\n", text);
	(void)json_object_put(array);
	return text != NULL ? 0 : -1;
}

/* Said of the object that was at fault; the list is freed. */
static int
finish(struct list *list, const char *fault)
{
	if (fault != NULL)
		log_warn("%s", fault);
	free_list(list);
	return fault != NULL ? EXITCODE_REFUSED : 0;
}

int
sessions_print(int json)
{
	struct list list = { 0 };

	if (registry_each(collect, &list) == -1)
		return finish(&list, RUN_PATH "/sessions");
	if (list.failed)
		return finish(&list, "the list of sessions");
	if (list.count > 0)
		qsort(list.entries, list.count, sizeof(*list.entries),
		    compare);
	if ((json ? print_json(&list) : print_table(&list)) == -1)
		return finish(&list, "the list of sessions");
	if (fflush(stdout) != 0 || ferror(stdout))
		return finish(&list, "standard output");
	return finish(&list, NULL);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the front's side: its bytes are read by root, and anybody who may
 * write to the service's socket can have written them.
 */

#include "config.h"
#include "wirecode.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bigendian.h"

/* What an empty string takes. */
#define STRING_LEAST ((size_t)4)

/* Where we are in a request's bytes. */
struct cursor {
	const unsigned char *at;
	size_t left;
	char *strings;		/* where the next string goes */
	const char *fault;	/* what is wrong with it */
};

static int
bad(struct cursor *cur, const char *fault)
{
	cur->fault = fault;
	return -1;
}

static int
get_u32(struct cursor *cur, size_t *value)
{
	if (cur->left < 4)
		return bad(cur, "it ends too early");
	*value = bigendian_get(cur->at);
	cur->at += 4;
	cur->left -= 4;
	return 0;
}

static int
get_flag(struct cursor *cur, int *value)
{
	if (cur->left < 1)
		return bad(cur, "it ends too early");
	if (*cur->at > 1)
		return bad(cur, "neither yes nor no");
	*value = *cur->at;
	cur->at++;
	cur->left--;
	return 0;
}

/*
 * The string's NUL and it take no more room than its length and it did, so
 * that all fit into a block of the request's size.
 */
static int
get_string(struct cursor *cur, char **string)
{
	size_t len;

	if (get_u32(cur, &len) == -1)
		return -1;
	if (len > WIRECODE_STRING_MAX)
		return bad(cur, "a string of over 128 KiB");
	if (len > cur->left)
		return bad(cur, "a string that is longer than the rest");
	if (memchr(cur->at, '\0', len) != NULL)
		return bad(cur, "a NUL in a string");
	*string = cur->strings;
	memcpy(cur->strings, cur->at, len);
	cur->strings[len] = '\0';
	cur->strings += len + 1;
	cur->at += len;
	cur->left -= len;
	return 0;
}

/* Is it NAME=VALUE? */
static int
is_assignment(const char *string)
{
	const char *equals = strchr(string, '=');

	return equals != NULL && equals != string;
}

static int
has_control(const char *string)
{
	const unsigned char *p = (const unsigned char *)string;

	while (*p != '\0' && *p >= 0x20 && *p != 0x7f)
		p++;
	return *p != '\0';
}

/* What is wrong with the terminal, or NULL. */
static const char *
tty_fault(int has_tty, const char *tty)
{
	if (!has_tty && *tty != '\0')
		return "the name of a terminal, and none";
	if (strlen(tty) >= PTY_NAME_SIZE)
		return "a name of a terminal that is too long";
	if (has_control(tty))
		return "a control character in the name of a terminal";
	return NULL;
}

static int
get_command(struct cursor *cur, struct wire_request *req)
{
	int present;

	if (get_flag(cur, &present) == -1)
		return -1;
	if (!present)
		return 0;
	if (get_string(cur, &req->command) == -1)
		return -1;
	if (*req->command == '\0')
		req->command = NULL;
	return 0;
}

/* The vector is a block of its own; req->env is freed by whoever called. */
static int
get_environment(struct cursor *cur, struct wire_request *req)
{
	size_t count;

	if (get_u32(cur, &count) == -1)
		return -1;
	/* Before there is memory for them: this many have no room there. */
	if (count > cur->left / STRING_LEAST)
		return bad(cur, "more variables than there is room for");
	req->env = calloc(count + 1, sizeof(char *));
	if (req->env == NULL)
		return -1;
	for (req->nenv = 0; req->nenv < count; req->nenv++) {
		char **variable = &req->env[req->nenv];

		if (get_string(cur, variable) == -1)
			return -1;
		if (!is_assignment(*variable))
			return bad(cur, "a variable that is not NAME=VALUE");
	}
	return 0;
}

static int
get_terminal(struct cursor *cur, struct wire_request *req)
{
	const char *fault;
	char *name;

	if (get_flag(cur, &req->has_tty) == -1 ||
	    get_string(cur, &name) == -1)
		return -1;
	if ((fault = tty_fault(req->has_tty, name)) != NULL)
		return bad(cur, fault);
	memcpy(req->tty, name, strlen(name) + 1);
	return 0;
}

int
wirecode_decode(const void *bytes, size_t len, struct wire_request *req,
    char *why, size_t size)
{
	struct cursor cur = { .at = bytes, .left = len };

	memset(req, 0, sizeof(*req));
	if (len <= WIRECODE_MAX && (cur.strings = malloc(len + 1)) == NULL)
		goto fail;
	req->memory = cur.strings;
	if (len > WIRECODE_MAX)
		(void)bad(&cur, "it is over 1 MiB");
	else if (get_command(&cur, req) == 0 &&
	    get_environment(&cur, req) == 0 && get_terminal(&cur, req) == 0) {
		if (cur.left == 0)
			return 0;
		(void)bad(&cur, "bytes behind its end");
	}
fail:
	/* Without a fault there was no memory. */
	(void)snprintf(why, size, "request: %s", cur.fault != NULL ?
	    cur.fault : strerror(ENOMEM));
	wirecode_free(req);
	errno = cur.fault != NULL ? EPROTO : ENOMEM;
	return -1;
}

void
wirecode_free(struct wire_request *req)
{
	free(req->env);
	free(req->memory);
	memset(req, 0, sizeof(*req));
}

/* Add the room for a string.  Returns 0, or -1 with errno. */
static int
add_room(size_t *room, const char *string)
{
	const size_t len = strlen(string);

	*room += STRING_LEAST + len;
	if (len <= WIRECODE_STRING_MAX && *room <= WIRECODE_MAX)
		return 0;
	errno = E2BIG;
	return -1;
}

/* How many bytes a request takes, in *room.  Returns 0, or -1 with errno. */
static int
measure(const struct wire_request *req, size_t *room)
{
	size_t i;

	*room = 1 + STRING_LEAST + 1;
	if (req->command != NULL && add_room(room, req->command) == -1)
		return -1;
	for (i = 0; i < req->nenv; i++) {
		if (add_room(room, req->env[i]) == -1)
			return -1;
		if (!is_assignment(req->env[i]))
			goto invalid;
	}
	if (tty_fault(req->has_tty, req->tty) == NULL)
		return add_room(room, req->tty);
invalid:
	errno = EINVAL;
	return -1;
}

static unsigned char *
put_u32(unsigned char *at, size_t value)
{
	bigendian_put(at, (uint32_t)value);
	return at + 4;
}

static unsigned char *
put_string(unsigned char *at, const char *string)
{
	const size_t len = strlen(string);

	at = put_u32(at, len);
	memcpy(at, string, len);
	return at + len;
}

int
wirecode_encode(const struct wire_request *req, void **bytes, size_t *len)
{
	const int present = req->command != NULL && *req->command != '\0';
	unsigned char *at;
	size_t i, room;

	if (measure(req, &room) == -1)
		return -1;
	if ((*bytes = at = malloc(room)) == NULL)
		return -1;
	*at++ = (unsigned char)present;
	if (present)
		at = put_string(at, req->command);
	at = put_u32(at, req->nenv);
	for (i = 0; i < req->nenv; i++)
		at = put_string(at, req->env[i]);
	*at++ = req->has_tty != 0;
	at = put_string(at, req->tty);
	*len = (size_t)(at - (unsigned char *)*bytes);
	return 0;
}

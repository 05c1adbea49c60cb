/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "loginstate.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"

/*
 * The text: NAME=VALUE for each of these, in this order, blanks in between.
 * Numbers are decimal; in strings and fields, which need no NUL, what could
 * not stand in a word is %XX.  The last word is "end".
 */
enum kind { NUMBER, STRING, FIELD };

#define STATE(kind, member) kind, offsetof(struct loginstate, member), \
    sizeof(((struct loginstate *)NULL)->member)

static const struct field {
	const char *name;
	enum kind kind;
	size_t offset, size;
} fields[] = {
	{ "written", STATE(NUMBER, written) },
	{ "pid", STATE(NUMBER, pid) },
	{ "line", STATE(STRING, line) },
	{ "user", STATE(STRING, user) },
	{ "row", STATE(NUMBER, row) },
	{ "from", STATE(NUMBER, from) },
	{ "to", STATE(NUMBER, to) },
	{ "was-type", STATE(NUMBER, before.ut_type) },
	{ "was-pid", STATE(NUMBER, before.ut_pid) },
	{ "was-start", STATE(NUMBER, before_start) },
	{ "was-line", STATE(FIELD, before.ut_line) },
	{ "was-id", STATE(FIELD, before.ut_id) },
	{ "was-user", STATE(FIELD, before.ut_user) },
	{ "was-host", STATE(FIELD, before.ut_host) },
	{ "was-session", STATE(NUMBER, before.ut_session) },
	{ "was-sec", STATE(NUMBER, before.ut_tv.tv_sec) },
	{ "was-usec", STATE(NUMBER, before.ut_tv.tv_usec) },
	{ "was-address", STATE(FIELD, before.ut_addr_v6) },
};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@+-";

/* Numbers of two, four and eight bytes, all of them from 0. */
static uint64_t
get_number(const void *at, size_t size)
{
	uint64_t wide;
	uint32_t word;
	uint16_t half;

	switch (size) {
	case sizeof(half):
		memcpy(&half, at, size);
		return half;
	case sizeof(word):
		memcpy(&word, at, size);
		return word;
	default:
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
}

static void
set_number(void *at, size_t size, uint64_t wide)
{
	const uint32_t word = (uint32_t)wide;
	const uint16_t half = (uint16_t)wide;

	if (size == sizeof(half))
		memcpy(at, &half, size);
	else if (size == sizeof(word))
		memcpy(at, &word, size);
	else
		memcpy(at, &wide, sizeof(wide));
}

struct out {
	char *text;
	size_t size, len;	/* len may be more than there is room for */
};

static void
put(struct out *out, char byte)
{
	if (out->len < out->size)
		out->text[out->len] = byte;
	out->len++;
}

static void
put_text(struct out *out, const char *text)
{
	while (*text != '\0')
		put(out, *text++);
}

static void
put_bytes(struct out *out, const char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char byte;
	size_t i;

	for (i = 0; i < len; i++) {
		byte = (unsigned char)bytes[i];
		if (byte != '\0' && strchr(plain, byte) != NULL) {
			put(out, bytes[i]);
			continue;
		}
		put(out, '%');
		put(out, digits[byte >> 4]);
		put(out, digits[byte & 15]);
	}
}

static void
put_field(struct out *out, const struct loginstate *state,
    const struct field *field)
{
	const char *at = (const char *)state + field->offset;
	size_t len = field->size;
	char number[24];

	put_text(out, field->name);
	put(out, '=');
	if (field->kind == NUMBER) {
		(void)snprintf(number, sizeof(number), "%" PRIu64,
		    get_number(at, field->size));
		put_text(out, number);
		return;
	}
	if (field->kind == STRING)
		len = strnlen(at, field->size - 1);
	while (len > 0 && at[len - 1] == '\0')
		len--;
	put_bytes(out, at, len);
}

int
loginstate_print(const struct loginstate *state, char *text, size_t size)
{
	struct out out = { .text = text, .size = size };
	size_t i;

	for (i = 0; i < NFIELDS; i++) {
		put_field(&out, state, &fields[i]);
		put(&out, ' ');
	}
	/* Without it a text that is cut might be one. */
	put_text(&out, "end");
	put(&out, '\0');
	if (out.len <= size)
		return 0;
	errno = ENOSPC;
	return -1;
}

static int
hex(char digit)
{
	return digit >= '0' && digit <= '9' ? digit - '0' :
	    digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Returns 0, or -1 if it is no such word or longer than "size". */
static int
get_bytes(const char *word, size_t len, char *bytes, size_t size)
{
	size_t i, n = 0;
	int high, low;

	for (i = 0; i < len; i++, n++) {
		if (n >= size)
			return -1;
		if (word[i] != '%') {
			bytes[n] = word[i];
			continue;
		}
		if (len - i < 3 || (high = hex(word[i + 1])) == -1 ||
		    (low = hex(word[i + 2])) == -1)
			return -1;
		bytes[n] = (char)(high << 4 | low);
		i += 2;
	}
	return 0;
}

static int
parse_field(const char *word, size_t len, struct loginstate *state,
    const struct field *field)
{
	char *at = (char *)state + field->offset;
	const size_t name = strlen(field->name);
	uint64_t number;

	if (len <= name || strncmp(word, field->name, name) != 0 ||
	    word[name] != '=')
		return -1;
	word += name + 1;
	len -= name + 1;
	if (field->kind != NUMBER)
		return get_bytes(word, len, at, field->kind == STRING ?
		    field->size - 1 : field->size);
	if (decimal_read(word, len, UINT64_MAX >> (64 - 8 * field->size),
	    &number) == -1)
		return -1;
	set_number(at, field->size, number);
	return 0;
}

/* What a login can have left; kill(2) and its kin see none of the rest. */
static int
makes_sense(const struct loginstate *state)
{
	return state->written == 0 || (*state->line != '\0' &&
	    *state->user != '\0' && state->pid > 0 &&
	    (state->before.ut_type == EMPTY ||
	    state->before.ut_type == USER_PROCESS ||
	    state->before.ut_type == LOGIN_PROCESS));
}

/*
 * What could be written in two ways (a zero in front, a NUL within a string,
 * %61 for "a") is found by writing it again, and what comes behind it, too.
 */
int
loginstate_parse(const char *text, struct loginstate *state)
{
	char again[LOGINSTATE_TEXT_SIZE];
	const char *word = text;
	size_t i, len;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < NFIELDS; i++) {
		len = strcspn(word, " ");
		if (parse_field(word, len, state, &fields[i]) == -1)
			break;
		word += len + (word[len] == ' ');
	}
	if (i == NFIELDS && makes_sense(state) &&
	    loginstate_print(state, again, sizeof(again)) == 0 &&
	    strcmp(again, text) == 0)
		return 0;
	memset(state, 0, sizeof(*state));
	errno = EINVAL;
	return -1;
}

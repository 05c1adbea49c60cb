/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * It faces the client, who may be a program that somebody else has written
 * for somebody's browser: what is not as it should be ends the stream, and
 * nothing of the message in which it stands is passed on.
 */

#include "config.h"
#include "servejson.h"

#include <errno.h>
#include <json.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "serveascii.h"
#include "servescan.h"

struct servejson {
	struct json_tokener *tokener;
	struct json_object *object;	/* the last message, or NULL */
	struct servescan scan;
	unsigned long long count;	/* of messages begun */
	char *text;			/* this one's, if a read cut it */
	size_t size;			/* of that */
	size_t room;			/* for that */
	char *bytes;			/* what data_b64 was decoded to */
	int wrong;
	char why[160];
};

struct servejson *
servejson_new(void)
{
	struct servejson *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	/* It counts what is in the innermost brackets for a level, too. */
	reader->tokener = json_tokener_new_ex(SERVESCAN_DEPTH + 1);
	if (reader->tokener == NULL) {
		free(reader);
		errno = ENOMEM;
		return NULL;
	}
	/* Not VALIDATE_UTF8, see servescan.c. */
	json_tokener_set_flags(reader->tokener, JSON_TOKENER_STRICT |
	    JSON_TOKENER_ALLOW_TRAILING_CHARS);
	return reader;
}

void
servejson_free(struct servejson *reader)
{
	if (reader == NULL)
		return;
	(void)json_object_put(reader->object);
	json_tokener_free(reader->tokener);
	free(reader->bytes);
	free(reader->text);
	free(reader);
}

const char *
servejson_why(const struct servejson *reader)
{
	return reader->why;
}

static const struct servejson_message nothing = { .data = "" };

static enum servejson_result wrong(struct servejson *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static enum servejson_result
wrong(struct servejson *reader, const char *fmt, ...)
{
	char what[96];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	(void)snprintf(reader->why, sizeof(reader->why), "message %llu: %s",
	    reader->count, what);
	reader->wrong = 1;
	return SERVEJSON_WRONG;
}

/*
 * A member of this type.  Returns 1; 0 if there is none, or null; or -1 if it
 * is of another.
 */
static int
member(struct servejson *reader, const char *name, enum json_type type,
    struct json_object **value)
{
	if (!json_object_object_get_ex(reader->object, name, value) ||
	    *value == NULL)
		return 0;
	return json_object_is_type(*value, type) ? 1 : -1;
}

static int
take_number(struct servejson *reader, const char *name, unsigned short *number)
{
	struct json_object *value;
	int64_t n;

	switch (member(reader, name, json_type_int, &value)) {
	case 0:
		return 0;
	case 1:
		/* What is beyond 64 bits is brought to their bounds. */
		n = json_object_get_int64(value);
		if (n >= 0 && n <= UINT16_MAX) {
			*number = (unsigned short)n;
			return 0;
		}
		break;
	}
	(void)wrong(reader, "%s is not a whole number from 0 to 65535", name);
	return -1;
}

static int
take_size(struct servejson *reader, struct servejson_message *message)
{
	unsigned short rows = 0, cols = 0;

	if (take_number(reader, "height", &rows) == -1 ||
	    take_number(reader, "width", &cols) == -1)
		return -1;
	if (rows > 0 && cols > 0) {
		message->rows = rows;
		message->cols = cols;
	}
	return 0;
}

static int
take_text(struct servejson *reader, const char *name, const char **text,
    size_t *len)
{
	struct json_object *value;
	int has = member(reader, name, json_type_string, &value);

	if (has == -1) {
		(void)wrong(reader, "%s is not a string", name);
		return -1;
	}
	*text = has ? json_object_get_string(value) : "";
	*len = has ? (size_t)json_object_get_string_len(value) : 0;
	return 0;
}

static int
take_data(struct servejson *reader, struct servejson_message *message)
{
	const char *base64;
	size_t len;

	if (take_text(reader, "data", &message->data, &message->len) == -1 ||
	    take_text(reader, "data_b64", &base64, &len) == -1)
		return -1;
	if (len == 0)
		return 0;
	if (message->len > 0) {
		(void)wrong(reader, "both data and data_b64");
		return -1;
	}
	free(reader->bytes);
	if ((reader->bytes = malloc(BASE64_ROOM(len))) == NULL) {
		(void)wrong(reader, "out of memory");
		return -1;
	}
	if (base64_decode(base64, len, reader->bytes, &message->len) == -1) {
		(void)wrong(reader, "data_b64 is not base64");
		return -1;
	}
	message->data = reader->bytes;
	return 0;
}

/*
 * In one piece: of a number that is cut into two json-c 0.16 takes what it
 * would not take of one that is whole, "1-2" for one.
 */
static enum servejson_result
parse(struct servejson *reader, const char *text, size_t len)
{
	struct json_tokener *tokener = reader->tokener;
	enum json_tokener_error error;
	size_t size, end;
	char *ascii;

	if ((ascii = serveascii_text(text, len, &size)) == NULL)
		return wrong(reader, "out of memory");
	json_tokener_reset(tokener);
	reader->object = json_tokener_parse_ex(tokener, ascii, (int)size);
	free(ascii);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	if (error == json_tokener_success && end == size)
		return SERVEJSON_MESSAGE;
	if (error == json_tokener_success || error == json_tokener_continue)
		return wrong(reader, "not one object");
	return wrong(reader, "byte %zu: %s",
	    serveascii_place(text, len, end) + 1,
	    json_tokener_error_desc(error));
}

/* The rest comes with another read. */
static enum servejson_result
keep(struct servejson *reader, const char *bytes, size_t len)
{
	size_t room = reader->room;
	char *text;

	while (room - reader->size < len)
		room = room == 0 ? 4096 : 2 * room;
	if (room > reader->room) {
		if ((text = realloc(reader->text, room)) == NULL)
			return wrong(reader, "out of memory");
		reader->text = text;
		reader->room = room;
	}
	memcpy(reader->text + reader->size, bytes, len);
	reader->size += len;
	return SERVEJSON_NONE;
}

static void
forget(struct servejson *reader)
{
	free(reader->text);
	reader->text = NULL;
	reader->size = reader->room = 0;
}

/* A message is whole, the end of it being these bytes. */
static enum servejson_result
finish(struct servejson *reader, const char *bytes, size_t len,
    struct servejson_message *message)
{
	enum servejson_result result;

	if (reader->size == 0)
		result = parse(reader, bytes, len);
	else if ((result = keep(reader, bytes, len)) == SERVEJSON_NONE)
		result = parse(reader, reader->text, reader->size);
	forget(reader);
	if (result == SERVEJSON_MESSAGE &&
	    (take_size(reader, message) == -1 ||
	    take_data(reader, message) == -1)) {
		*message = nothing;
		result = SERVEJSON_WRONG;
	}
	return result;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
blanks(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && is_blank(bytes[i]))
		i++;
	return i;
}

enum servejson_result
servejson_read(struct servejson *reader, const char *bytes, size_t len,
    size_t *used, struct servejson_message *message)
{
	const char *why;
	size_t skip, n;

	*message = nothing;
	(void)json_object_put(reader->object);
	reader->object = NULL;
	skip = *used = reader->size > 0 ? 0 : blanks(bytes, len);
	if (reader->wrong)
		return SERVEJSON_WRONG;
	if (skip == len)
		return SERVEJSON_NONE;
	if (reader->size == 0)
		reader->count++;
	switch (servescan_bytes(&reader->scan, bytes + skip, len - skip, &n,
	    &why)) {
	case 1:
		*used = skip + n;
		return finish(reader, bytes + skip, n, message);
	case 0:
		*used = skip + n;
		return keep(reader, bytes + skip, n);
	default:
		return wrong(reader, "byte %zu: %s", reader->size + n + 1,
		    why);
	}
}

int
servejson_end(struct servejson *reader)
{
	if (reader->wrong)
		return -1;
	if (reader->size == 0)
		return 0;
	(void)wrong(reader, "the input ends in the middle of it");
	return -1;
}

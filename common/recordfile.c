/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Root wrote what is parsed here, but values in it are others' (a name, an
 * address, a certificate's words), and the reader may be of another version.
 * There is one text for a record: what could be read in two ways is refused.
 */

#include "config.h"
#include "recordfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

struct line {
	char *name;
	char *value;
};

struct recordfile {
	size_t count;
	struct line lines[RECORDFILE_MAX_LINES];
};

struct recordfile *
recordfile_new(void)
{
	return calloc(1, sizeof(struct recordfile));
}

void
recordfile_free(struct recordfile *rec)
{
	size_t i;

	if (rec == NULL)
		return;
	for (i = 0; i < rec->count; i++) {
		free(rec->lines[i].name);
		free(rec->lines[i].value);
	}
	free(rec);
}

/* Returns the line's place, or "count" if there is none of that name. */
static size_t
find(const struct recordfile *rec, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < rec->count; i++)
		if (strncmp(rec->lines[i].name, name, len) == 0 &&
		    rec->lines[i].name[len] == '\0')
			break;
	return i;
}

/* ASCII, whatever the locale says of letters. */
static int
is_name(const char *name, size_t len)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	const size_t letters = 26, all = sizeof(plain) - 1;
	size_t i;

	if (len == 0 || len > RECORDFILE_MAX_NAME)
		return 0;
	for (i = 0; i < len; i++)
		if (memchr(plain, name[i], i == 0 ? letters : all) == NULL)
			return 0;
	return 1;
}

/* Takes the value, on success alone. */
static int
put(struct recordfile *rec, const char *name, size_t len, char *value)
{
	const size_t at = find(rec, name, len);

	if (at < rec->count) {
		free(rec->lines[at].value);
		rec->lines[at].value = value;
		return 0;
	}
	if (at == RECORDFILE_MAX_LINES) {
		errno = E2BIG;
		return -1;
	}
	if ((rec->lines[at].name = strndup(name, len)) == NULL)
		return -1;
	rec->lines[at].value = value;
	rec->count++;
	return 0;
}

int
recordfile_set(struct recordfile *rec, const char *name, const char *value)
{
	char *copy;

	if (!is_name(name, strlen(name))) {
		errno = EINVAL;
		return -1;
	}
	if ((copy = strdup(value)) == NULL)
		return -1;
	if (put(rec, name, strlen(name), copy) == 0)
		return 0;
	free(copy);
	return -1;
}

int
recordfile_set_number(struct recordfile *rec, const char *name, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return recordfile_set(rec, name, text);
}

const char *
recordfile_get(const struct recordfile *rec, const char *name)
{
	const size_t at = find(rec, name, strlen(name));

	return at < rec->count ? rec->lines[at].value : NULL;
}

int
recordfile_number(const struct recordfile *rec, const char *name, uint64_t max,
    uint64_t *value)
{
	const char *text = recordfile_get(rec, name);

	if (text == NULL) {
		errno = ENOENT;
		return -1;
	}
	if (decimal_read(text, strlen(text), max, value) == 0)
		return 0;
	errno = EINVAL;
	return -1;
}

static int
is_plain(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e && c != '\\';
}

/* Returns the end of what was written; the caller has made room. */
static char *
encode(char *to, const char *value)
{
	unsigned char c;

	for (; (c = (unsigned char)*value) != '\0'; value++) {
		if (is_plain(c)) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '\\';
		*to++ = (char)('0' + (c >> 6));
		*to++ = (char)('0' + ((c >> 3) & 7));
		*to++ = (char)('0' + (c & 7));
	}
	return to;
}

char *
recordfile_print(const struct recordfile *rec, size_t *len)
{
	size_t i, room = 1;
	char *text, *to;

	if (rec->count == 0) {
		errno = EINVAL;
		return NULL;
	}
	/* Four bytes for one at the worst; all is in memory: no sum wraps. */
	for (i = 0; i < rec->count; i++)
		room += strlen(rec->lines[i].name) + 2 +
		    4 * strlen(rec->lines[i].value);
	if ((text = malloc(room)) == NULL)
		return NULL;
	for (i = 0, to = text; i < rec->count; i++) {
		const size_t n = strlen(rec->lines[i].name);

		memcpy(to, rec->lines[i].name, n);
		to += n;
		*to++ = '=';
		to = encode(to, rec->lines[i].value);
		*to++ = '\n';
	}
	*to = '\0';
	*len = (size_t)(to - text);
	if (*len <= RECORDFILE_MAX_BYTES)
		return text;
	free(text);
	errno = EFBIG;
	return NULL;
}

static int
octal(const char *from, unsigned char *c)
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < 3; i++) {
		if (from[i] < '0' || from[i] > '7')
			return -1;
		n = 8 * n + (unsigned int)(from[i] - '0');
	}
	/* NUL has no place in a value, a plain byte is not written so. */
	if (n == 0 || n > 0xff || is_plain((unsigned char)n))
		return -1;
	*c = (unsigned char)n;
	return 0;
}

/* Returns NULL with errno, the value otherwise. */
static char *
decode(const char *from, size_t len)
{
	const char *end = from + len;
	unsigned char c;
	char *value, *to;

	if ((value = malloc(len + 1)) == NULL)
		return NULL;
	for (to = value; from < end; *to++ = (char)c) {
		c = (unsigned char)*from++;
		if (is_plain(c))
			continue;
		if (c != '\\' || end - from < 3 || octal(from, &c) == -1) {
			free(value);
			errno = EINVAL;
			return NULL;
		}
		from += 3;
	}
	*to = '\0';
	return value;
}

static int
read_line(struct recordfile *rec, const char *line, size_t len)
{
	const char *equals = memchr(line, '=', len);
	size_t n = equals != NULL ? (size_t)(equals - line) : 0;
	char *value;

	if (!is_name(line, n) || find(rec, line, n) < rec->count) {
		errno = EINVAL;
		return -1;
	}
	if ((value = decode(equals + 1, len - n - 1)) == NULL)
		return -1;
	if (put(rec, line, n, value) == 0)
		return 0;
	free(value);
	return -1;
}

struct recordfile *
recordfile_parse(const char *text, size_t len)
{
	const char *end = text + len, *newline;
	struct recordfile *rec;

	if (len == 0 || len > RECORDFILE_MAX_BYTES) {
		errno = len == 0 ? EINVAL : EFBIG;
		return NULL;
	}
	if ((rec = recordfile_new()) == NULL)
		return NULL;
	for (; text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (newline == NULL) {	/* a line that was cut off */
			errno = EINVAL;
			goto fail;
		}
		if (read_line(rec, text, (size_t)(newline - text)) == -1)
			goto fail;
	}
	return rec;
fail:
	recordfile_free(rec);
	return NULL;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Which session a client of "serve" means.  It faces the client: what it says
 * here becomes the name of files.
 */

#include "config.h"
#include "serveid.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "decimal.h"

#define UUID_SIZE (sizeof(((struct serveid *)0)->name) - 1)

static int
is_hyphen_at(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

/* Small letters: what is written in two ways is one session all the same. */
static int
take_uuid(char *name, const char *text, size_t len)
{
	size_t i;
	char c;

	if (len != UUID_SIZE)
		return -1;
	for (i = 0; i < len; i++) {
		c = text[i];
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if (is_hyphen_at(i) ? c != '-' :
		    !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return -1;
		name[i] = c;
	}
	name[len] = '\0';
	return 0;
}

int
serveid_parse(struct serveid *id, const char *line, size_t len,
    const char **why)
{
	const char *first, *second, *end;
	uint64_t rows, cols;

	memset(id, 0, sizeof(*id));
	if (len > 0 && line[len - 1] == '\r')
		len--;
	end = line + len;
	first = memchr(line, ':', len);
	second = first == NULL ? NULL :
	    memchr(first + 1, ':', (size_t)(end - first - 1));
	*why = NULL;
	if (second == NULL ||
	    memchr(second + 1, ':', (size_t)(end - second - 1)) != NULL)
		*why = "the first line is not UUID:HEIGHT:WIDTH";
	else if (take_uuid(id->name, line, (size_t)(first - line)) == -1)
		*why = "the first line does not begin with a UUID";
	else if (decimal_read(first + 1, (size_t)(second - first - 1),
	    UINT16_MAX, &rows) == -1)
		*why = "the height is not a number from 0 to 65535";
	else if (decimal_read(second + 1, (size_t)(end - second - 1),
	    UINT16_MAX, &cols) == -1)
		*why = "the width is not a number from 0 to 65535";
	if (*why != NULL)
		return -1;
	if (rows > 0 && cols > 0) {
		id->rows = (unsigned short)rows;
		id->cols = (unsigned short)cols;
	}
	return 0;
}

/* Returns 1 with a byte, 0 at the end, -1 with errno. */
static int
read_byte(int fd, char *byte)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while ((n = read(fd, byte, 1)) == -1 &&
	    (errno == EINTR || errno == EAGAIN))
		if (errno == EAGAIN && poll(&pfd, 1, -1) == -1 &&
		    errno != EINTR)
			return -1;
	return (int)n;
}

int
serveid_read(struct serveid *id, int fd, const char **why)
{
	char line[SERVEID_MAX];
	size_t len = 0;
	int n;

	/* One by one: a pipe takes nothing back. */
	while ((n = read_byte(fd, &line[len])) == 1 && line[len] != '\n')
		if (++len == sizeof(line)) {
			*why = "the first line is too long for "
			    "UUID:HEIGHT:WIDTH";
			return -1;
		}
	if (n == 1)
		return serveid_parse(id, line, len, why) == -1 ? -1 : 1;
	if (n == 0 && len == 0)
		return 0;
	*why = n == 0 ? "the input ends in the first line" :
	    "the first line cannot be read";
	return -1;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces names that came from both sides of a connection.  They are printable
 * ASCII by now (deed.h), which leaves quotes, backslashes and blanks.
 */

#include "config.h"
#include "auditline.h"

#include <stdio.h>
#include <string.h>

#include "caller.h"
#include "deed.h"
#include "log.h"

/* One field at a time, in the order in which both kinds have them. */
struct writer {
	char *buf;
	size_t len;
	int json;
};

static void
append(struct writer *w, const char *text, size_t len)
{
	/* With room for the end of an object. */
	if (len > AUDITLINE_SIZE - 4 - w->len)
		return;
	memcpy(w->buf + w->len, text, len);
	w->len += len;
	w->buf[w->len] = '\0';
}

static void
begin(struct writer *w, const char *name)
{
	char text[64];
	const int n = snprintf(text, sizeof(text), w->json ? "%s\"%s\":" :
	    "%s%s=", w->len == 0 ? (w->json ? "{" : "") : w->json ? "," : " ",
	    name);

	append(w, text, (size_t)n);
}

static void
put_json(struct writer *w, const char *value)
{
	char quoted[2 * 512 + 3], *p = quoted;

	*p++ = '"';
	for (; *value != '\0' && p < quoted + sizeof(quoted) - 4; value++) {
		if (*value == '"' || *value == '\\')
			*p++ = '\\';
		*p++ = *value;
	}
	*p++ = '"';
	append(w, quoted, (size_t)(p - quoted));
}

static void
put_string(struct writer *w, const char *name, const char *value)
{
	char quoted[1100];
	const char *field;

	if (*value == '\0')
		return;
	begin(w, name);
	if (w->json) {
		put_json(w, value);
		return;
	}
	field = log_field(value, quoted, sizeof(quoted));
	append(w, field, strlen(field));
}

static void
put_number(struct writer *w, const char *name, long long value)
{
	char text[32];
	const int n = snprintf(text, sizeof(text), "%lld", value);

	begin(w, name);
	append(w, text, (size_t)n);
}

static void
put_time(struct writer *w, const struct timespec *when)
{
	char text[64], date[32] = "";
	struct tm tm;

	if (gmtime_r(&when->tv_sec, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(text, sizeof(text), "%s.%03ldZ", date,
	    when->tv_nsec / 1000000);
	put_string(w, "time", text);
}

static void
put_deed(struct writer *w, const struct deed *deed)
{
	put_string(w, "op", deed->operation);
	if (strcmp(deed->operation, "unknown") == 0)
		put_number(w, "type", deed->type);
	put_string(w, "extension", deed->extension);
	put_string(w, "key", deed->key);
	put_string(w, "ca", deed->ca);
	if (deed->class != DEED_NONE)
		put_string(w, "class", deed_class_name(deed->class));
	put_string(w, "user", deed->user);
	put_string(w, "service", deed->service);
	put_string(w, "host", deed->host);
	put_string(w, "namespace", deed->namespace);
	put_string(w, "forwarded", deed_forwarded_name(deed->forwarded));
}

static void
put_all(struct writer *w, const struct auditline *line)
{
	put_string(w, "verdict", line->verdict);
	put_string(w, "result", line->result);
	put_string(w, "reason", line->deed->reason);
	put_deed(w, line->deed);
	put_number(w, "pid", (long long)line->caller->peer.pid);
	put_number(w, "uid", (long long)line->caller->peer.uid);
	put_string(w, "exe", line->caller->exe);
	put_string(w, "agent", line->lease);
	put_number(w, "ms", line->ms);
}

const char *
auditline_text(const struct auditline *line, char buf[AUDITLINE_SIZE])
{
	struct writer w = { buf, 0, 0 };

	buf[0] = '\0';
	put_all(&w, line);
	return buf;
}

const char *
auditline_json(const struct auditline *line, char buf[AUDITLINE_SIZE])
{
	struct writer w = { buf, 0, 1 };

	buf[0] = '\0';
	put_time(&w, &line->when);
	put_all(&w, line);
	memcpy(buf + w.len, "}\n", 3);
	return buf;
}

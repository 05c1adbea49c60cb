/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What is logged contains names, addresses and reasons that somebody else
 * chose, so every line is made printable at one place, here, before it goes
 * anywhere (CVE-2008-1926, CVE-2023-29383).  A line that is too long is cut.
 */

#include "config.h"
#include "log.h"

/* Two systems gave strnvis(3) two orders of arguments; it is not used here. */
#define LIBBSD_OPENBSD_VIS

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <vis.h>

#define LINE_MAX_BYTES 1024

static const char *program = "ssh-incubator";
static int level;
static int stderr_left;
static log_sink *sink_fn, *reader_fn;
static void *sink_ctx, *reader_ctx;

void
log_init(const char *name, int verbosity)
{
	program = name;
	level = verbosity;
	stderr_left = 0;
	openlog(program, LOG_PID, LOG_AUTHPRIV);
}

void
log_set_sink(log_sink *sink, void *ctx)
{
	sink_fn = sink;
	sink_ctx = ctx;
}

void
log_redirect(log_sink *sink, void *ctx)
{
	reader_fn = sink;
	reader_ctx = ctx;
}

void
log_leave_stderr(void)
{
	stderr_left = 1;
}

/*
 * One write(2) a line, so that lines of two processes do not mix; what
 * stderr does not take is lost, there is no better place to say so.
 */
static void
emit_stderr(const char *line)
{
	char out[4 * LINE_MAX_BYTES + 128];
	int len;

	if (stderr_left)
		return;
	len = snprintf(out, sizeof(out), "%s: %s\n", program, line);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(out))
		len = (int)sizeof(out) - 1;
	if (write(STDERR_FILENO, out, (size_t)len) == -1)
		return;
}

static void emit(enum log_where where, int priority, const char *fmt,
    va_list ap, int err) __attribute__((format(printf, 3, 0)));

static void
emit(enum log_where where, int priority, const char *fmt, va_list ap, int err)
{
	char raw[LINE_MAX_BYTES], line[4 * LINE_MAX_BYTES + 1];
	int saved = errno;
	size_t len;

	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		(void)strlcpy(raw, "message could not be formatted",
		    sizeof(raw));
	len = strlen(raw);
	if (err != 0 && len < sizeof(raw))
		(void)snprintf(raw + len, sizeof(raw) - len, ": %s",
		    strerror(err));
	if (strvis(line, raw, VIS_NL | VIS_TAB | VIS_OCTAL | VIS_NOSLASH) < 0)
		(void)strlcpy(line, "message could not be made printable",
		    sizeof(line));
	if (sink_fn != NULL)
		sink_fn(sink_ctx, where, line);
	else if (where == LOG_WHERE_AUTHPRIV)
		syslog(LOG_AUTHPRIV | priority, "%s", line);
	else if (reader_fn == NULL)
		emit_stderr(line);
	else if (!stderr_left)
		reader_fn(reader_ctx, where, line);
	errno = saved;
}

void
log_warn(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WHERE_STDERR, 0, fmt, ap, err);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WHERE_STDERR, 0, fmt, ap, 0);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	if (level < 1)
		return;
	va_start(ap, fmt);
	emit(LOG_WHERE_STDERR, 0, fmt, ap, 0);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (level < 2)
		return;
	va_start(ap, fmt);
	emit(LOG_WHERE_STDERR, 0, fmt, ap, 0);
	va_end(ap);
}

void
log_audit(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WHERE_AUTHPRIV, priority, fmt, ap, 0);
	va_end(ap);
}

const char *
log_field(const char *value, char *buf, size_t size)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "-_./:+@%,()";
	size_t i = 0;

	if (value == NULL || *value == '\0')
		return "-";
	if (value[strspn(value, plain)] == '\0' && strcmp(value, "-") != 0)
		return value;
	buf[i++] = '"';
	for (; *value != '\0' && i < size - 3; value++) {
		if (*value == '"' || *value == '\\')
			buf[i++] = '\\';
		buf[i++] = *value;
	}
	buf[i++] = '"';
	buf[i] = '\0';
	return buf;
}

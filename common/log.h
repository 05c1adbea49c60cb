/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>

/*
 * One line per event, on stderr for the person who looks on and in AUTHPRIV
 * for the administrator who looks later.  Control characters and bytes above
 * 0x7e are written as \ooo, because names and reasons come from outside.
 * Only programs call these: no other file in common/ does.
 */

enum log_where {
	LOG_WHERE_STDERR,
	LOG_WHERE_AUTHPRIV,
};

/* Receives each finished line (no newline, no program name) in a test. */
typedef void log_sink(void *ctx, enum log_where where, const char *line);

/*
 * Name the program and say how much to tell: 0 problems only, 1 steps (-v),
 * 2 and above details (-vv).  "name" is kept, not copied.
 */
void log_init(const char *name, int verbosity);

/* Give every line to "sink" instead; NULL puts stderr and syslog back. */
void log_set_sink(log_sink *sink, void *ctx);

/*
 * Give what is for stderr to "sink" instead, where descriptor 2 is not this
 * process's to write to; AUTHPRIV stays syslog's.  NULL puts stderr back.
 */
void log_redirect(log_sink *sink, void *ctx);

/* No further line to stderr: the descriptor is somebody else's from now on. */
void log_leave_stderr(void);

/* "name: message: strerror(errno)" on stderr.  errno is preserved by all. */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "name: message" on stderr. */
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As log_warnx, from verbosity 1. */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As log_warnx, from verbosity 2. */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * A value as it stands in a line of NAME=VALUE fields: "-" for none, quoted
 * where it holds more than letters, digits and plain punctuation, so that
 * nobody's name can look like a field.  buf is for the quoted one, which is
 * cut where it does not fit.  Returns buf, or value, or "-".
 */
const char *log_field(const char *value, char *buf, size_t size);

/* One line to syslog(3), facility AUTHPRIV, and nowhere else. */
void log_audit(int priority, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUDITLINE_H
#define AUDITLINE_H

#include <stddef.h>
#include <time.h>

struct caller;
struct deed;

/* What one record says. */
struct auditline {
	struct timespec when;		/* since 1970 */
	const struct deed *deed;
	const struct caller *caller;
	const char *lease, *verdict, *result;
	long long ms;
};

/* Room for the longest of either, with its newline. */
#define AUDITLINE_SIZE 3072

/*
 * As NAME=VALUE fields, quoted where that is needed (log_field()), for the
 * system's log.  What is empty is left out.  Returns buf.
 */
const char *auditline_text(const struct auditline *line,
    char buf[AUDITLINE_SIZE]);

/* As a JSON object, and a newline.  The same names.  Returns buf. */
const char *auditline_json(const struct auditline *line,
    char buf[AUDITLINE_SIZE]);

#endif

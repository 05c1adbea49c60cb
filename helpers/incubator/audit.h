/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUDIT_H
#define AUDIT_H

#include <sys/types.h>

struct request;

/*
 * One AUTHPRIV line for each refusal, open and close; a refusal is told on
 * stderr as well, which sshd throws away for a subsystem.  Fields are
 * NAME=VALUE; a value with anything but letters, digits and plain punctuation
 * is quoted, so that nobody's name can look like a field.  A refusal by root
 * is in btmp too, for lastb(1).
 */

/* "name" is who was asked for, as far as that is known; it may be NULL. */
void audit_refused(const struct request *req, const char *name,
    const char *reason);

/* The same, for a target that is known, with ": strerror(errno)". */
void audit_failed(const struct request *req, const char *object);

void audit_opened(const struct request *req, const char *service,
    const char *tty, pid_t child);
void audit_closed(const struct request *req, const char *service,
    const char *tty, pid_t child, const char *status);

#endif

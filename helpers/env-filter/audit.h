/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUDIT_H
#define AUDIT_H

/*
 * Say on stderr, which sshd may throw away, why nothing is run; and with
 * "logged" in one AUTHPRIV line.  Returns the exit status for it.
 */
int audit_refused(int logged, const char *reason);

/* The same, for "object: reason". */
int audit_failed(int logged, const char *object, const char *reason);

#endif

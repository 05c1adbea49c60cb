/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUDIT_H
#define AUDIT_H

/*
 * Say on stderr why nothing is done, and in one AUTHPRIV line, because sshd
 * throws a subsystem's stderr away.  Returns the exit status for it, 255.
 */
int audit_refused(const char *reason);

/* One AUTHPRIV line: this happened to the session "name". */
void audit_session(const char *what, const char *name);

#endif

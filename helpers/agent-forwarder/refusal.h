/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef REFUSAL_H
#define REFUSAL_H

/*
 * Say on stderr why nothing is run, and in one AUTHPRIV line, because sshd
 * throws a subsystem's stderr away.  Returns the exit status for it, 255.
 */
int refusal(const char *reason);

/* The same, for "object: reason". */
int refusal_of(const char *object, const char *reason);

/* The two lines for what is run nevertheless: "warning" in the log. */
void refusal_warning(const char *reason);

#endif

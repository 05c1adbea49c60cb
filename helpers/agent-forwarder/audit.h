/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUDIT_H
#define AUDIT_H

#include <stddef.h>

struct caller;
struct deed;

/*
 * The records of what was asked of an agent and what became of it: a line in
 * AUTHPRIV, and with a file a JSON object a line there.  No key, PIN or signed
 * data is in one, as none is in a struct deed.
 */
struct audit;

struct audit_facts {
	int signatures;		/* record them, and not only refusals */
	int required;		/* no signature without its record */
	const char *file;	/* or NULL */
	int exename;		/* of exename_start(), or -1 */
};

/*
 * Open what is written to, before the process is confined.  A file is made
 * with mode 0600, if it is not there; if it is, it is a regular file of ours
 * that nobody else has rights to.  /dev/log that cannot be reached is an
 * error if the records are required.
 * Returns an audit for audit_close(), or NULL with the reason in "why".
 */
struct audit *audit_open(const struct audit_facts *facts, char *why,
    size_t size);
void audit_close(struct audit *audit);		/* NULL is fine */

/*
 * Record a deed, if such deeds are: to be called for each request when its
 * reply is on its way, and before a signature goes down.  "verdict" is
 * "allowed" or "refused"; "result" is "success", "failure", "timeout", "lost"
 * or "" (refused); "lease" is the name of the upstream or ""; "ms" is how long
 * it took.  The caller's executable is looked up for the first record of his.
 * It never waits, but for the disk.
 * Returns 0; or -1 with errno if the record is required and could not be
 * written: then FAILURE goes down in place of the signature.
 */
int audit_deed(struct audit *audit, const struct deed *deed,
    struct caller *caller, const char *lease, const char *verdict,
    const char *result, long long ms);

/*
 * One AUTHPRIV line about the program itself: "what" happened, and a detail
 * that may be NULL.  As audit_deed(), but nothing depends on it.
 */
void audit_event(struct audit *audit, const char *what, const char *detail);

#endif

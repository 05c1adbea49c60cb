/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BIRTH_H
#define BIRTH_H

struct create_facts;

/* What a session is made of, in the process that is to become it. */
struct birth {
	const struct create_facts *facts;
	int dir;		/* of its place */
	int lock;		/* USERPLACE_ALIVE of it is held */
	int listener;
	int report;		/* a pipe to who waits */
};

/* What he reads, if there is anything to be read. */
struct birth_failure {
	int status;		/* to end with */
	int err;		/* errno, or 0: "object" says it all */
	char object[240];
};

/*
 * Open the pty, start the command on it, and become pty-broker-session.
 * Returns only if that could not be done: it was reported, and nothing is
 * left of the command.
 */
void birth_give(struct birth *birth);

/* Report a failure. */
void birth_fail(const struct birth *birth, const char *object, int err,
    int status);

#endif

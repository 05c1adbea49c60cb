/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CREATE_H
#define CREATE_H

#include <sys/ioctl.h>

#include <stddef.h>
#include <termios.h>

struct invocation;
struct userplace;

/* What a new session is to be. */
struct create_facts {
	const char *name;
	const struct invocation *run;	/* located */
	char *const *envp;		/* ours; its command's is made of it */
	const char *agent;		/* SSH_AUTH_SOCK for it, or NULL */
	const char *lent;		/* where NAME.agent leads; or NULL */
	const char *term;		/* TERM for it; NULL: as it is */
	const struct termios *modes;	/* of the terminal here, or NULL */
	const struct winsize *size;
	const char *fallback;		/* where it goes if that vanishes */
	int timeout;			/* ms; 0: none */
	size_t buffer;
	int policy;			/* enum proto_policy of the session */
	int screen;			/* --restore=screen */
	int scope;			/* --scope */
	int awaited;			/* the command waits for a viewer */
};

enum create_result {
	CREATE_MADE,		/* it is there, and listens */
	CREATE_THERE,		/* there is one of that name */
	CREATE_FAILED,		/* *status is the exit status, "why" the line */
};

/*
 * Make a session: a process of its own, away from ours, with a new pty and
 * the command on it.  Two who do it at once get one session (I8).
 */
enum create_result create_session(const struct userplace *place,
    const struct create_facts *facts, int *status, char *why, size_t size);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef REQUEST_H
#define REQUEST_H

#include <sys/types.h>

#include <stddef.h>

#include "account.h"
#include "authinfo.h"
#include "conninfo.h"
#include "pty.h"

struct backlink;
struct options;
struct policy;

enum request_shape {
	REQUEST_OWN,	/* A: the caller's own account; become the command */
	REQUEST_ROOT,	/* B: root; keep PAM open and wait for a child */
	REQUEST_SERVICE,	/* C: as B, for a front that asks */
};

enum request_terminal {
	REQUEST_NO_TERMINAL,
	REQUEST_KEEP_TERMINAL,	/* the session's own, given to the target */
	REQUEST_NEW_TERMINAL,	/* somebody else's: a new pty, relayed (I16) */
	REQUEST_TAKE_TERMINAL,	/* the front's, which it gave up (I16) */
};

/*
 * Who asks to be whom, from where and on which terminal: what the command
 * line says, held against passwd and the kernel (I1).
 */
struct request {
	struct backlink *link;		/* shape C: to the front; else NULL */
	uid_t caller_uid;
	char caller[ACCOUNT_NAME_SIZE];	/* his name, for the log and Match */
	struct account *target;
	enum request_shape shape;
	enum request_terminal terminal;
	char tty[PTY_NAME_SIZE];	/* of descriptor 0; "" for none */
	const char *shell;		/* what runs as the target's shell */
	const char *remote_user;	/* or NULL */
	char address[64];		/* the client's, numeric, or "" */
	struct conninfo connection;	/* C: sshd's word for it, or "" */
	char key[64];			/* fingerprint, or "" (I1) */
	struct authinfo auth;		/* the keys, for Match */
	const char *keys_unknown;	/* why there are none, or NULL */
};

/*
 * Find out who asks and from where; req->link must be set, and all else be
 * zero.  And the target, where the command line or
 * the shape says who it is.
 * Returns 0; or -1 with the reason in words in "why", and in *req what could
 * be found out for the log.  request_free() is due in either case.
 */
int request_begin(struct request *req, const struct options *opt,
    char *const *envp, char *why, size_t size);

/*
 * The rest, once it is known what applies: the target whom the files name,
 * and whether all that is said agrees.  Returns as request_begin().
 */
int request_finish(struct request *req, const struct options *opt,
    const struct policy *policy, char *why, size_t size);

/* Who asks, of a front whose request cannot be understood. */
void request_of_front(struct request *req, struct backlink *link);

/* Is it root's session to open, in shape B or C?  1 or 0. */
int request_by_root(const struct request *req);

void request_free(struct request *req);

#endif

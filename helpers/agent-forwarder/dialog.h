/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DIALOG_H
#define DIALOG_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "deed.h"

struct policy;
struct usage;

/*
 * What one connection says, held against a policy (invariant I14); the part
 * of it that has no descriptor.
 *
 * Requests are given in the order in which they came, and the next one when
 * the last has had its reply.  A body is what follows the four bytes of
 * length.  Nothing of a body is kept or changed, but by dialog_reply().
 */
struct dialog;

enum dialog_verdict {
	DIALOG_PASS,		/* it goes upstream, unchanged */
	DIALOG_REFUSE,		/* the reply is one byte, FAILURE */
	/*
	 * No agent answers this (a length of 0), or upstream answered
	 * something that was not asked, and which reply belongs to what is
	 * not known any more: the connection is to be closed.
	 */
	DIALOG_BREAK,
};

/*
 * The policy never changes while it is used; usage is what is counted over
 * all connections to one upstream.  Both stay the caller's and outlive the
 * dialog.  Returns a dialog for dialog_free(), or NULL with errno.
 */
struct dialog *dialog_new(const struct policy *policy, struct usage *usage);
void dialog_free(struct dialog *dialog);

/*
 * Judge a request.  "now" is deadline_now(), for rates; "wall" is seconds
 * since 1970, for an expiry.  *deed is filled in whatever the verdict, and
 * what was refused has its reason.
 */
enum dialog_verdict dialog_request(struct dialog *dialog, const uint8_t *body,
    size_t len, long long now, time_t wall, struct deed *deed);

/*
 * Take upstream's reply to the request that was last let pass, of one byte at
 * least: lists are rewritten, in place and never longer, everything else stays
 * as it is.  What is malformed or no reply to that request becomes FAILURE.
 * "deed" is what dialog_request() filled in; its result is set, and with a
 * list the numbers.
 * Returns the new length, 1 at least.
 */
size_t dialog_reply(struct dialog *dialog, uint8_t *body, size_t len,
    struct deed *deed);

#endif

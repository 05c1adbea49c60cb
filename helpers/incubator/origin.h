/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ORIGIN_H
#define ORIGIN_H

struct confmatch_facts;
struct options;
struct request;

/*
 * Find out where the login came from, in req's address, key, auth and
 * keys_unknown.  req's shape must be set: only what root wrote counts (I1).
 */
void origin_find(struct request *req, const struct options *opt,
    char *const *envp);

/*
 * What a Match can ask about this login; req->target, if it is there, is who
 * the session is to be.  Borrows req.
 */
void origin_facts(struct confmatch_facts *facts, const struct request *req,
    const struct options *opt, char *const *envp);

#endif

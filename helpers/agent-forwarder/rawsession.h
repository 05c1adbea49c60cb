/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RAWSESSION_H
#define RAWSESSION_H

struct session_facts;

/*
 * --raw: become the command, with a socket beside it that leads to another
 * one, bytes unseen: a private one as its SSH_AUTH_SOCK, or that of --listen.
 * Without anything to lead to there is no private one, and --listen is
 * refused.
 * Returns as session_run().
 */
int rawsession_run(const struct session_facts *facts);

#endif

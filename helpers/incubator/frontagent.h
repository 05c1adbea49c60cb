/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FRONTAGENT_H
#define FRONTAGENT_H

struct forwarder;
struct frame;

/*
 * The service asks the front to serve a socket with the agent of its login
 * (AGENT, see wireagent.h): start who does it, and answer.  "upstream" is
 * SSH_AUTH_SOCK as sshd gave it, or NULL.
 * Returns 0, whether it is served or not; or -1 if the service cannot be
 * answered.
 */
int frontagent_take(struct forwarder *forwarder, int sock,
    const struct frame *frame, const char *upstream, int ms);

#endif

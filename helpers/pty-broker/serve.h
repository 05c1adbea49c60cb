/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVE_H
#define SERVE_H

struct obtain_facts;

/*
 * Serve a program that speaks the protocol of a reconnecting terminal on
 * standard input and output, as a subsystem: read which session it means,
 * find or make that, attach to it, and become pty-broker-serve.
 * Returns only if there was nothing to be served, or to fail: the exit
 * status.
 */
int serve_client(const struct obtain_facts *facts);

#endif

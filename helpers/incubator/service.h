/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVICE_H
#define SERVICE_H

struct options;

/*
 * Shape C, root's side: serve the one front whose connection is standard
 * input, as systemd's Accept=yes with StandardInput=socket, inetd and
 * s6-ipcserver hand it over.
 * Of what the front says only what the kernel confirms counts: whose process
 * it is, and whose terminal it passes.  Returns the exit status, 0 where the
 * front was told its own.
 */
int service_run(const struct options *opt);

#endif

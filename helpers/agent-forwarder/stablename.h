/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STABLENAME_H
#define STABLENAME_H

/*
 * May a path have that name?  Programs that look for agents by their sockets'
 * names ("agent.*", "*.sshd.*") would find one that leads to another, and "s-"
 * begins the names of single sessions (ownsock.h).
 * Returns NULL if it may, or why not.
 */
const char *stablename_fault(const char *name);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdint.h>

struct attach_facts {
	const char *name;
	char *const *envp;
	uint32_t flags;			/* PROTO_READONLY and so on */
	uint8_t key;			/* that detaches, or 0 */
	uint8_t policy;			/* enum proto_policy, 0: as it is */
	int made;			/* by us, just now: nothing to show */
};

/*
 * Look at a session through this process's terminal, over the connected
 * socket, until it ends or we are detached.
 * Returns the exit status; a session whose command was killed by a signal
 * ends this process in the same way.
 */
int attach_run(int sock, const struct attach_facts *facts);

#endif

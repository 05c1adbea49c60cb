/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef KIN_H
#define KIN_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

/* Nobody is deeper below his login than that. */
#define KIN_MAX 64

/*
 * To which login a process belongs: what /proc says of it and of its
 * ancestors.  The kernel's word, all of it.
 */
struct kin {
	/* The process itself, its parent and so on. */
	struct {
		pid_t pid;
		unsigned long long start;	/* as procs_stat has it */
	} line[KIN_MAX];
	size_t count;
	pid_t sid;		/* its POSIX session */
	int has_audit;
	uint32_t audit;		/* session of audit, inherited from a login */
};

/*
 * Look at a process whose birth is "start" (0: whatever it is).  An ancestor
 * that is younger than its child is none, but another process by the same
 * number, and ends the line.
 * Returns 0; or -1 with errno, ESRCH if it is not that process any more, and
 * nothing is known then.
 */
int kin_look(struct kin *kin, pid_t pid, unsigned long long start);

#endif

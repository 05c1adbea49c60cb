/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef NEWPROC_H
#define NEWPROC_H

#include <sys/types.h>

/* How a child is to be made, and what came of it. */
struct newproc {
	unsigned int namespaces;	/* CLONE_NEW*: it is born in new ones */
	int cgroup;		/* and in this control group, or -1 */
	/*
	 * It uses our memory until it execs or ends, and we stand still for
	 * so long, as after vfork(2): our size costs nothing then.
	 */
	int share;
	int want_pidfd;
	int pidfd;		/* set: close-on-exec; -1 unless wanted */
	int in_cgroup;		/* set, for both sides to read */
};

/*
 * Make a child that calls run(ctx), on a stack of its own, and ends with
 * what that returns.  All signals should be blocked: the child has the
 * caller's handlers, too.  Where the kernel cannot make it in a control group
 * (before 5.7, or in a sandbox), in_cgroup is 0 and the child has yet to go
 * there.  With a control group or a time namespace nothing is shared.
 * Returns its pid, or -1 with errno.
 */
pid_t newproc_make(struct newproc *how, int (*run)(void *), void *ctx);

#endif

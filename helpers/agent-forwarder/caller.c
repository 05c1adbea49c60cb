/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "caller.h"

#include <errno.h>

int
caller_look(struct caller *caller, int fd)
{
	caller->exe[0] = '\0';
	if (sockpeer_hold(&caller->peer, fd) == 0)
		return 0;
	if (errno != ESRCH)
		return -1;
	caller->peer.pid = 0;
	return 0;
}

void
caller_close(struct caller *caller)
{
	sockpeer_close(&caller->peer);
}

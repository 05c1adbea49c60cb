/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "caller.h"

int
caller_look(struct caller *caller, int fd)
{
	caller->exe[0] = '\0';
	return sockpeer_hold(&caller->peer, fd);
}

void
caller_close(struct caller *caller)
{
	sockpeer_close(&caller->peer);
}

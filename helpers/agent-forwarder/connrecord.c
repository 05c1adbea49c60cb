/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "connrecord.h"

#include "audit.h"
#include "conns.h"
#include "connstate.h"
#include "deadline.h"
#include "lease.h"

int
connrecord(struct conn *conn, const char *verdict, const char *result)
{
	if (conn->conns->audit == NULL)
		return 0;
	return audit_deed(conn->conns->audit, &conn->deed, &conn->caller,
	    conn->lease->name, verdict, result, deadline_now() - conn->asked);
}

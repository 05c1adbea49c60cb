/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces a caller who may be gone, or have been replaced, between two looks. */

#include "config.h"
#include "kin.h"

#include <errno.h>
#include <string.h>

#include "auditid.h"
#include "procs.h"

static int
climb(struct kin *kin, pid_t pid, unsigned long long start)
{
	unsigned long long last = 0;
	struct procs_stat st;

	for (kin->count = 0; kin->count < KIN_MAX && pid > 0; pid = st.ppid) {
		if (procs_stat(pid, &st) == -1)
			break;
		if (kin->count == 0) {
			if (start != 0 && st.start != start)
				break;
			kin->sid = st.sid;
		} else if (st.start > last) {
			break;
		}
		last = st.start;
		kin->line[kin->count].pid = pid;
		kin->line[kin->count++].start = st.start;
	}
	return kin->count > 0 ? 0 : -1;
}

int
kin_look(struct kin *kin, pid_t pid, unsigned long long start)
{
	struct procs_stat st;
	struct auditid id;

	memset(kin, 0, sizeof(*kin));
	if (climb(kin, pid, start) == 0) {
		if (auditid_read(pid, &id) == 0) {
			kin->has_audit = 1;
			kin->audit = id.session;
		}
		/* All of it was one process's, if it is still there. */
		if (procs_stat(pid, &st) == 0 &&
		    st.start == kin->line[0].start)
			return 0;
	}
	memset(kin, 0, sizeof(*kin));
	errno = ESRCH;
	return -1;
}

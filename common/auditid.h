/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUDITID_H
#define AUDITID_H

#include <sys/types.h>

#include <stdint.h>

/*
 * The login that a process belongs to, as the kernel's audit knows it:
 * pam_loginuid sets it for sshd, whose children inherit it, whatever user
 * they become, and who is not root cannot change it.  A session has its
 * number for one boot.
 */
struct auditid {
	uint32_t session;
	uid_t loginuid;
};

/*
 * Returns 0, or -1 with errno: ENOSYS where the kernel has no audit, ENODATA
 * for a process of no login, ESRCH if there is no such process.
 */
int auditid_read(pid_t pid, struct auditid *id);

/* What that errno means to the administrator; a static string. */
const char *auditid_strerror(int err);

#endif

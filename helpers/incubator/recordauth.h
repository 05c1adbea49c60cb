/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RECORDAUTH_H
#define RECORDAUTH_H

/*
 * --record-auth: sshd's PAM session has started us, by pam_exec.  Write the
 * record of the login when the session opens, remove it when it closes; do
 * nothing at other times, and for a session that is not sshd's.  "envp" is
 * what pam_exec has put there.  A failure is one line on stderr and in
 * AUTHPRIV, because pam_exec throws stderr away.
 * Returns the exit status: 0, or EXITCODE_REFUSED if there is no record of a
 * login that opens.
 */
int recordauth_run(char *const *envp);

#endif

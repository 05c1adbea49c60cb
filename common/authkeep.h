/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUTHKEEP_H
#define AUTHKEEP_H

#include "auditid.h"
#include "authrecord.h"

/*
 * Write and remove the record of a login, from what pam_exec puts into the
 * environment of the program that it starts: PAM's own environment first,
 * then the items, beginning with PAM_SERVICE, and PAM_TYPE.  That order is
 * looked at, because a module may have let the user himself set a variable
 * of PAM's environment, PAM_USER for one.
 */

/* The value of an item of PAM's as pam_exec gave it, or NULL. */
const char *authkeep_item(char *const *envp, const char *name);

/*
 * Say whether there is anything to record: sshd tells PAM by which methods a
 * user came, if only that it was none that has a name; su, cron and login do
 * not.  1 or 0.
 */
int authkeep_is_ssh(char *const *envp);

/*
 * Write the record of the login "id", which lives as long as "keeper", sshd's
 * process.  Records of keepers that are gone are removed on the way.  It is
 * refused where another login that lives has the same number.
 * Returns 0, or -1 with the reason in *why, a static string; errno says more
 * of it unless it is 0.
 */
int authkeep_store(int dir, const struct auditid *id,
    const struct authrecord_keeper *keeper, char *const *envp,
    const char **why);

/*
 * Remove the record, if that keeper had it written.  Returns 0, or -1 with
 * errno; 0 too if it is not there.
 */
int authkeep_remove(int dir, const struct auditid *id,
    const struct authrecord_keeper *keeper);

/* Looked at in one call, from one on that "seed" chooses. */
#define AUTHKEEP_SWEEP_MAX 64

/* Remove records whose keeper is gone, and what killed writers left. */
void authkeep_sweep(int dir, uint32_t seed);

#endif

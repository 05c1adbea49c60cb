/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef START_H
#define START_H

/*
 * Look at how this process was started, before it believes anything else:
 * installed with a privilege of its own (I15), descriptors 0 to 2 closed
 * ("closed" is the mask of stdfd_sanitise()), no argv[0], arguments and
 * environment larger than any login has.
 * Returns 0, or -1 with the reason in words in *why, a static string.
 */
int start_check(int argc, char *const *argv, char *const *envp, int closed,
    const char **why);

/*
 * Take the client's variables out of this process: libc, NSS and PAM's
 * modules, pam_systemd for one (CVE-2019-3842), look there.  The vector that
 * environ pointed to stays as it is, for the filter.
 * Returns 0, or -1 with errno.
 */
int start_clean(void);

#endif

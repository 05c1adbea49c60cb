/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef WALK_H
#define WALK_H

/*
 * Open a path component by component, so that each is looked at as it is, and
 * not as it was before or will be.  Plain system calls only.
 */

enum walk_trust {
	/*
	 * A symbolic link must be root's: another's owner could turn it.  In
	 * a user namespace root is whom "/" belongs to, who has a number of
	 * his own only if he is mapped: look before there is one.
	 */
	WALK_LINKS_OF_ROOT,
	/*
	 * No symbolic link at all, and each component a directory of root's
	 * that nobody else can write: sshd_config(5)'s ChrootDirectory.
	 */
	WALK_DIRECTORIES_OF_ROOT,
};

/*
 * Returns a descriptor that names the file and gives no
 * access to it (O_PATH), close-on-exec; or -1 with errno: ELOOP for a link
 * that may not be followed, EPERM for a directory that may not be trusted, and
 * *detail says why, a static string, or NULL.
 */
int walk_open(const char *path, enum walk_trust trust, const char **detail);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SOCKPEER_H
#define SOCKPEER_H

#include <sys/types.h>

/*
 * The process that connected to a socket of AF_UNIX, as the kernel knows it
 * (invariant I1).
 */
struct sockpeer {
	pid_t pid;
	uid_t uid;		/* effective, when it connected */
	gid_t gid;
	int pidfd;		/* -1 where there are no pidfds */
	int certain;		/* the kernel gave the pidfd for the socket */
	unsigned long long start;	/* as in procs.h; 0: not to be found */
};

/*
 * Ask who connected, and hold on to the process, so that what is read in
 * /proc under its pid is about it.
 *
 * Where the kernel has no SO_PEERPIDFD (before 6.5) the pid is looked up, and
 * could by now be another's: of that process is known that its effective uid
 * is the same.  A caller that was started for this connection should see to
 * it, with sockpeer_predates(), that it is no younger than himself.
 *
 * Returns 0, and sockpeer_close() is due; or -1 with errno: ESRCH if that
 * process is gone, ENOTCONN if there never was one or it cannot be seen from
 * this pid namespace.
 */
int sockpeer_open(struct sockpeer *peer, int sock);
void sockpeer_close(struct sockpeer *peer);

/*
 * The same for who comes often: peer->start stays 0 where the pidfd is
 * certain, because to read it is most of the cost.
 */
int sockpeer_hold(struct sockpeer *peer, int sock);

/*
 * When the process started, read now if it was not before; before
 * sockpeer_close().  0 if it has ended since, or cannot be seen.
 */
unsigned long long sockpeer_birth(const struct sockpeer *peer);

/*
 * Is that process still there?  To be asked after something was read under
 * its pid.  1 or 0.
 */
int sockpeer_lives(const struct sockpeer *peer);

/*
 * Is it certainly the one that connected, or at least no younger than this
 * process?  1 or 0.
 */
int sockpeer_predates(const struct sockpeer *peer);

#endif

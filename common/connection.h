/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <poll.h>

/*
 * Notice that the SSH connection behind the descriptors 0, 1 and 2 is gone
 * (invariant I10), without reading from it.
 *
 * Under sshd on pipes its user process is our parent, and its end is the end
 * of the connection; then none of the three descriptors needs to stay open
 * here, and the command's early end of output reaches the client at once.
 * Otherwise the three are watched: only all of them hung up mean a lost
 * connection, because "job </dev/null | head -1" looks like two of them.
 */
struct connection {
	int parent;		/* pidfd of sshd's process, or what stands
				   for it; -1 for none */
	unsigned int gone;	/* which of 0, 1, 2 have hung up */
};

#define CONNECTION_POLLFDS 3

/*
 * Say whether sshd itself started this process: it leads its session, and its
 * parent is called sshd.  A hint by nature, as names are, but only root names
 * the parent of root's process.  1 or 0.
 */
int connection_from_sshd(void);

/*
 * Look whether this process was started by sshd itself (its session leader
 * and child) and begin to watch.  To be called before the descriptors are
 * given away.  Where there are no pidfds the descriptors are watched.
 */
void connection_open(struct connection *conn);

/*
 * Watch another descriptor instead, one on which nothing is to come any more:
 * the socket to who keeps the connection.  Returns 0, or -1 with errno.
 */
int connection_watch(struct connection *conn, int fd);

/* Says whether descriptors 0, 1, 2 must be kept for the watch.  1 or 0. */
int connection_needs_stdio(const struct connection *conn);

/*
 * Fill in what poll(2) is to watch; an entry with fd -1 is to be ignored.
 */
void connection_poll(const struct connection *conn,
    struct pollfd fds[CONNECTION_POLLFDS]);

/* Look at poll's answer.  Returns 1 if the connection is lost, else 0. */
int connection_lost(struct connection *conn,
    const struct pollfd fds[CONNECTION_POLLFDS]);

void connection_close(struct connection *conn);

#endif

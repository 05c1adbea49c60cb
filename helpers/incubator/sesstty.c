/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "sesstty.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "log.h"
#include "request.h"
#include "terminal.h"

int
sesstty_open(struct sesstty *tty, const struct request *req)
{
	tty->req = req;
	tty->master = tty->slave = tty->given = -1;
	(void)strlcpy(tty->name, req->tty, sizeof(tty->name));
	if (req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	if (pty_open(&tty->master, &tty->slave, tty->name) == 0)
		return 0;
	audit_failed(req, "new terminal");
	return -1;
}

int
sesstty_give(struct sesstty *tty)
{
	const struct request *req = tty->req;
	int fd = tty->slave;

	if (req->terminal == REQUEST_NO_TERMINAL || !request_by_root(req))
		return 0;
	if (fd == -1 &&
	    (fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) == -1) {
		audit_failed(req, "terminal");
		return -1;
	}
	if (pty_give(fd, req->target->uid, &tty->owner) == -1) {
		audit_failed(req, "terminal: change of owner");
		if (fd != tty->slave)
			(void)close(fd);
		return -1;
	}
	tty->given = fd;
	return 0;
}

/* What we watch was hung up as well. */
int
sesstty_revoke(struct sesstty *tty)
{
	if (tty->req->terminal != REQUEST_TAKE_TERMINAL)
		return 0;
	if (terminal_revoke() == 0 &&
	    dup3(STDIN_FILENO, tty->given, O_CLOEXEC) != -1)
		return 0;
	audit_failed(tty->req, "RevokeTerminal");
	return -1;
}

void
sesstty_let_go(struct sesstty *tty)
{
	if (tty->slave == -1)
		return;
	(void)close(tty->slave);
	tty->slave = tty->given = -1;
}

/*
 * The front's terminal is not given back: sshd does that, and knows better
 * than we whose it is by then.
 */
void
sesstty_close(struct sesstty *tty)
{
	if (tty->given != -1 &&
	    tty->req->terminal != REQUEST_TAKE_TERMINAL &&
	    pty_give_back(tty->given, &tty->owner) == -1)
		log_debug("%s: %s", tty->name, strerror(errno));
	if (tty->given != -1 && tty->given != tty->slave)
		(void)close(tty->given);
	if (tty->slave != -1)
		(void)close(tty->slave);
	if (tty->master != -1)
		(void)close(tty->master);
	tty->given = tty->slave = tty->master = -1;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Whose terminal it is.  Faces, in shape B, who shares root's session, and in
 * shape C a front that may be any program of its user's: a terminal that is
 * another login's would give the target's session to that, or that login to
 * the target.
 */

#include "config.h"
#include "terminal.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "connection.h"
#include "procs.h"
#include "pty.h"
#include "sigreset.h"
#include "sockpeer.h"

/* Is nobody but us in our session?  Signal 0 only counts. */
static int
is_alone(void)
{
	return procs_signal_session(getsid(0), 0, getpid()) == 0;
}

/* Not st_rdev: every devpts has a pts/0 of its own. */
static int
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * The terminal may be kept if it is sshd's gift to this one command: we lead
 * the session that has it, are alone in it, and sshd is our parent.  By hand
 * somebody else is there: root's shell, which would read what the target
 * types into its terminal (CVE-2016-2779), or a stopped job of a shell of
 * root's that became us, which the target could continue.  Then, and for a
 * terminal on 1 or 2 alone, there is a new one.  /dev/tty is nobody's to give
 * away.
 */
enum request_terminal
terminal_choose(void)
{
	struct stat st, first;
	int fd, ttys = 0, same = 1;

	if (fstat(STDIN_FILENO, &first) == -1)
		return REQUEST_NEW_TERMINAL;
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (!isatty(fd))
			continue;
		ttys++;
		if (fstat(fd, &st) == -1 || !is_same(&st, &first))
			same = 0;
	}
	if (ttys == 0)
		return REQUEST_NO_TERMINAL;
	if (same && isatty(STDIN_FILENO) && pty_is_slave(STDIN_FILENO) &&
	    tcgetsid(STDIN_FILENO) == getpid() && connection_from_sshd() &&
	    is_alone())
		return REQUEST_KEEP_TERMINAL;
	return REQUEST_NEW_TERMINAL;
}

/* Reading or writing is what it was opened for; O_PATH is for neither. */
static int
is_open_for(int fd, int accmode)
{
	const int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_PATH) == 0 &&
	    ((flags & O_ACCMODE) == O_RDWR || (flags & O_ACCMODE) == accmode);
}

/*
 * What the kernel knows of a descriptor that was passed on.  A fifo may be of
 * a file system that is the front's own and never answers: it is not asked.
 */
static int
look_at(int fd, struct stat *st)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
	    STATX_BASIC_STATS, &stx) == -1)
		return -1;
	memset(st, 0, sizeof(*st));
	st->st_mode = stx.stx_mode;
	st->st_uid = stx.stx_uid;
	st->st_ino = stx.stx_ino;
	st->st_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	st->st_rdev = makedev(stx.stx_rdev_major, stx.stx_rdev_minor);
	return 0;
}

/* A pipe, a socket, /dev/null, or a terminal?  Not a file of any other kind. */
static int
is_stream(int fd, const struct stat *st)
{
	if (S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode))
		return 1;
	return S_ISCHR(st->st_mode) &&
	    (st->st_rdev == makedev(1, 3) || pty_is_slave(fd));
}

/*
 * The last close(2) of a socket of TCP's waits for as long as the front has
 * told it to (SO_LINGER), and netlink takes what is written for a request.
 */
static int
is_foreign_socket(int fd, const struct stat *st)
{
	socklen_t len = sizeof(int);
	int domain;

	return S_ISSOCK(st->st_mode) && (getsockopt(fd, SOL_SOCKET, SO_DOMAIN,
	    &domain, &len) == -1 || domain != AF_UNIX);
}

/* Why descriptor "i" is not what sshd gives to a command, or NULL. */
static const char *
descriptor_fault(int fd, int i, struct stat *st)
{
	if (look_at(fd, st) == -1 || !is_stream(fd, st))
		return "no pipe, socket or terminal";
	if (is_foreign_socket(fd, st))
		return "a socket that is not of this machine alone";
	if (!is_open_for(fd, i == 0 ? O_RDONLY : O_WRONLY))
		return i == 0 ? "not open for reading" :
		    "not open for writing";
	return NULL;
}

/* Returns NULL if the terminal is the peer's to pass on, else why not. */
static const char *
find_fault(int fd, const struct stat *st, const struct sockpeer *peer)
{
	struct procs_stat proc;
	char name[PTY_NAME_SIZE];

	if (st->st_uid != peer->uid)
		return "belongs to somebody else";
	/* ttyname_r(3) holds the name against the device and the inode. */
	if (pty_name(fd, name) == -1)
		return "has no name in /dev/pts";
	if (procs_stat(peer->pid, &proc) == -1 || !sockpeer_lives(peer))
		return "is of a process that has ended";
	if (proc.tty != st->st_rdev)
		return "is not the front's own";
	return NULL;
}

int
terminal_passed(const int fds[3], const struct sockpeer *peer, char *why,
    size_t size)
{
	const char *fault;
	struct stat st[3];
	int i, ttys = 0;

	for (i = 0; i < 3; i++) {
		fault = descriptor_fault(fds[i], i, &st[i]);
		if (fault != NULL) {
			(void)snprintf(why, size, "descriptor %d: %s", i,
			    fault);
			return -1;
		}
		if (S_ISCHR(st[i].st_mode) && pty_is_slave(fds[i]))
			ttys++;
	}
	if (ttys == 0)
		return 0;
	if (ttys != 3 || !is_same(&st[0], &st[1]) || !is_same(&st[0], &st[2]))
		fault = "is not on all of the descriptors";
	else
		fault = find_fault(fds[0], &st[0], peer);
	if (fault == NULL)
		return 0;
	(void)snprintf(why, size, "terminal: %s", fault);
	return -1;
}

/*
 * vhangup(2) acts on the controlling terminal, which this process is not to
 * have; and it sends HUP to whoever leads that session.
 */
static int
hang_up(int fd)
{
	const pid_t pid = fork();
	int wstatus;

	if (pid == -1)
		return -1;
	if (pid == 0) {
		sigreset_ignore(SIGHUP);
		if (setsid() == -1 || ioctl(fd, TIOCSCTTY, 1) == -1 ||
		    vhangup() == -1)
			_exit(1);
		_exit(0);
	}
	while (waitpid(pid, &wstatus, 0) == -1)
		if (errno != EINTR)
			return -1;
	if (WIFEXITED(wstatus) && WEXITSTATUS(wstatus) == 0)
		return 0;
	errno = EPERM;
	return -1;
}

/* While the old descriptors are open the name can be no other terminal's. */
static int
open_again(const char *name, const struct stat *before)
{
	struct stat st;
	int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && is_same(&st, before) &&
	    st.st_rdev == before->st_rdev)
		return fd;
	(void)close(fd);
	errno = EXDEV;
	return -1;
}

int
terminal_revoke(void)
{
	char name[PTY_NAME_SIZE];
	struct termios modes;
	struct stat st;
	int fd, i, r = 0;

	if (pty_name(STDIN_FILENO, name) == -1 ||
	    fstat(STDIN_FILENO, &st) == -1 ||
	    tcgetattr(STDIN_FILENO, &modes) == -1 ||
	    hang_up(STDIN_FILENO) == -1 ||
	    (fd = open_again(name, &st)) == -1)
		return -1;
	/* The pty's defaults are not what the client asked for. */
	if (tcsetattr(fd, TCSANOW, &modes) == -1)
		r = -1;
	for (i = STDIN_FILENO; r == 0 && i <= STDERR_FILENO; i++)
		if (dup2(fd, i) == -1)
			r = -1;
	(void)close(fd);
	return r;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PTY_H
#define PTY_H

#include <sys/types.h>

#include <termios.h>

struct winsize;

/* Long enough for every name that ttyname_r(3) gives on Linux. */
#define PTY_NAME_SIZE 64

/*
 * Open a new pty; both descriptors are close-on-exec, neither becomes a
 * controlling terminal.  The slave's name goes to "name".
 * Returns 0, or -1 with errno.
 */
int pty_open(int *master, int *slave, char name[PTY_NAME_SIZE]);

/*
 * The same, with modes and a window size that it has before anybody else can
 * see it; NULL for what the kernel gives, which for a size is none, 0x0.
 * Returns 0, or -1 with errno, and nothing is open.
 */
int pty_open_as(int *master, int *slave, char name[PTY_NAME_SIZE],
    const struct termios *modes, const struct winsize *size);

/*
 * The name of the terminal behind fd, by the kernel (invariant I6), never by
 * SSH_TTY.  Returns 0, or -1 with errno (ENOTTY for no terminal).
 */
int pty_name(int fd, char name[PTY_NAME_SIZE]);

/*
 * Copy the window size, pixels included, from one terminal to another.
 * Returns 0, or -1 with errno.
 */
int pty_copy_winsize(int from, int to);

/*
 * The window size, pixels included, of the pty that fd is either end of.  The
 * kernel sends SIGWINCH for one that differs, and for no other.
 * Both return 0, or -1 with errno.
 */
int pty_get_size(int fd, struct winsize *size);
int pty_set_size(int fd, const struct winsize *size);

/*
 * Put the terminal into raw mode and keep what it was in *saved.
 * Returns 0, or -1 with errno.
 */
int pty_make_raw(int fd, struct termios *saved);

/* Say whether fd is the slave of a Unix98 pty.  1 or 0. */
int pty_is_slave(int fd);

/* Who owned a terminal before it was given away. */
struct pty_owner {
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/*
 * Give the terminal behind fd to a user: owner uid, group "tty", 0620 (0600
 * where there is no such group).  *before is what to put back.  By
 * descriptor, because the name may be another terminal's by the time it is
 * given back.  Both return 0, or -1 with errno: ENOTTY for what is no slave
 * of a pty, /dev/tty for one, which is everybody's.
 */
int pty_give(int fd, uid_t uid, struct pty_owner *before);
int pty_give_back(int fd, const struct pty_owner *before);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "pty.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

int
pty_open(int *master, int *slave, char name[PTY_NAME_SIZE])
{
	int m, s = -1, saved;

	if ((m = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1)
		return -1;
	if (grantpt(m) == -1 || unlockpt(m) == -1)
		goto fail;
	if ((errno = ptsname_r(m, name, PTY_NAME_SIZE)) != 0)
		goto fail;
#ifdef TIOCGPTPEER
	/* Not by name: another devpts may be mounted there. */
	s = ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
#endif
	if (s == -1 &&
	    (s = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1)
		goto fail;
	*master = m;
	*slave = s;
	return 0;
fail:
	saved = errno;
	(void)close(m);
	errno = saved;
	return -1;
}

int
pty_open_as(int *master, int *slave, char name[PTY_NAME_SIZE],
    const struct termios *modes, const struct winsize *size)
{
	int m, s, saved;

	if (pty_open(&m, &s, name) == -1)
		return -1;
	if ((modes != NULL && tcsetattr(s, TCSANOW, modes) == -1) ||
	    (size != NULL && pty_set_size(s, size) == -1)) {
		saved = errno;
		(void)close(s);
		(void)close(m);
		errno = saved;
		return -1;
	}
	*master = m;
	*slave = s;
	return 0;
}

int
pty_name(int fd, char name[PTY_NAME_SIZE])
{
	if (!isatty(fd))
		return -1;
	if ((errno = ttyname_r(fd, name, PTY_NAME_SIZE)) != 0)
		return -1;
	return 0;
}

int
pty_copy_winsize(int from, int to)
{
	struct winsize ws;

	if (pty_get_size(from, &ws) == -1)
		return -1;
	return pty_set_size(to, &ws);
}

int
pty_get_size(int fd, struct winsize *size)
{
	return ioctl(fd, TIOCGWINSZ, size);
}

int
pty_set_size(int fd, const struct winsize *size)
{
	return ioctl(fd, TIOCSWINSZ, size);
}

int
pty_make_raw(int fd, struct termios *saved)
{
	struct termios raw;

	if (tcgetattr(fd, saved) == -1)
		return -1;
	raw = *saved;
	cfmakeraw(&raw);
	return tcsetattr(fd, TCSANOW, &raw);
}

/* The majors that Linux gives to the slaves of /dev/ptmx (devices.txt). */
#define SLAVE_MAJOR_FIRST 136
#define SLAVE_MAJOR_LAST 143

int
pty_is_slave(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    major(st.st_rdev) >= SLAVE_MAJOR_FIRST &&
	    major(st.st_rdev) <= SLAVE_MAJOR_LAST;
}

int
pty_give(int fd, uid_t uid, struct pty_owner *before)
{
	const struct group *tty;
	struct stat st;
	int saved;

	/* chown(2) takes -1 for "as it is". */
	if (uid == (uid_t)-1) {
		errno = EINVAL;
		return -1;
	}
	if (!pty_is_slave(fd)) {
		errno = ENOTTY;
		return -1;
	}
	if (fstat(fd, &st) == -1)
		return -1;
	before->uid = st.st_uid;
	before->gid = st.st_gid;
	before->mode = st.st_mode & 07777;
	tty = getgrnam("tty");
	/*
	 * The mode first: while it is being given away, nobody but root and
	 * the two owners may write to it (CVE-2015-6565).
	 */
	if (fchmod(fd, 0600) == -1 ||
	    fchown(fd, uid, tty != NULL ? tty->gr_gid : st.st_gid) == -1 ||
	    fchmod(fd, tty != NULL ? 0620 : 0600) == -1) {
		saved = errno;
		(void)pty_give_back(fd, before);
		errno = saved;
		return -1;
	}
	return 0;
}

int
pty_give_back(int fd, const struct pty_owner *before)
{
	if (fchmod(fd, 0600) == -1 ||
	    fchown(fd, before->uid, before->gid) == -1 ||
	    fchmod(fd, before->mode) == -1)
		return -1;
	return 0;
}

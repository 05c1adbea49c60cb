/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "pty.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

static int master = -1, slave = -1;
static char name[PTY_NAME_SIZE];

static void
setup(void)
{
	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
}

static void
teardown(void)
{
	(void)close(master);
	(void)close(slave);
}

/* Would have caught two ends that do not belong together. */
START_TEST(open_gives_both_ends)
{
	char buf[16], real[PTY_NAME_SIZE] = "";

	ck_assert_int_eq(isatty(slave), 1);
	ck_assert_int_eq(ttyname_r(slave, real, sizeof(real)), 0);
	ck_assert_str_eq(name, real);
	ck_assert_int_eq(strncmp(name, "/dev/pts/", 9), 0);
	ck_assert_int_eq(write(master, "typed\n", 6), 6);
	ck_assert_int_eq(read(slave, buf, sizeof(buf)), 6);
	ck_assert_int_eq(memcmp(buf, "typed\n", 6), 0);
}
END_TEST

/* Would have caught a master that the session's command inherits (I16). */
START_TEST(I16_both_ends_close_on_exec)
{
	ck_assert_int_eq(fcntl(master, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(slave, F_GETFD), FD_CLOEXEC);
}
END_TEST

/*
 * In a session leader without a terminal, opening one without O_NOCTTY takes
 * it.  Would have caught the parent that then gets the session's ^C and HUP.
 */
START_TEST(open_takes_no_controlling_terminal)
{
	int m, s, tty, wstatus;
	pid_t pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (setsid() == -1 || pty_open(&m, &s, name) == -1)
			_exit(1);
		if ((tty = open("/dev/tty", O_RDWR)) != -1 || errno != ENXIO)
			_exit(2 + tty);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
}
END_TEST

/* How many are open, of those that a test could have opened. */
static int
count_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* Would have caught descriptors left over when no pty can be had. */
START_TEST(open_fails_clean)
{
	struct rlimit limit, few;
	int m = -1, s = -1, lowest, before = count_descriptors();

	/* room for no descriptor, then for one */
	ck_assert_int_ne(lowest = dup(master), -1);
	(void)close(lowest);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	for (few.rlim_cur = (rlim_t)lowest;
	    few.rlim_cur <= (rlim_t)lowest + 1; few.rlim_cur++) {
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		errno = 0;
		ck_assert_int_eq(pty_open(&m, &s, name), -1);
		ck_assert_int_eq(errno, EMFILE);
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

/* I6.  Would have caught a name from SSH_TTY, or a terminal that is none. */
START_TEST(I6_name_is_the_kernels)
{
	char got[PTY_NAME_SIZE];
	int fds[2], null;

	ck_assert_int_eq(setenv("SSH_TTY", "/dev/pts/99999", 1), 0);
	ck_assert_int_eq(pty_name(slave, got), 0);
	ck_assert_str_eq(got, name);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_ne(null = open("/dev/null", O_RDWR), -1);
	errno = 0;
	ck_assert_int_eq(pty_name(fds[0], got), -1);
	ck_assert_int_eq(errno, ENOTTY);
	errno = 0;
	ck_assert_int_eq(pty_name(null, got), -1);
	ck_assert_int_eq(errno, ENOTTY);
	(void)close(null);
	errno = 0;
	ck_assert_int_eq(pty_name(null, got), -1);
	ck_assert_int_eq(errno, EBADF);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

/* Tailscale lost the pixels (dc60c8d78); the order of rows is easily lost. */
START_TEST(winsize_with_pixels)
{
	const struct winsize ws = { 24, 81, 1025, 768 };
	struct winsize got;
	char other_name[PTY_NAME_SIZE];
	int m, s;

	ck_assert_int_eq(pty_open(&m, &s, other_name), 0);
	ck_assert_str_ne(name, other_name);
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &ws), 0);
	ck_assert_int_eq(pty_copy_winsize(slave, m), 0);
	memset(&got, 0, sizeof(got));
	ck_assert_int_eq(ioctl(s, TIOCGWINSZ, &got), 0);
	ck_assert_int_eq(memcmp(&got, &ws, sizeof(ws)), 0);
	ck_assert_int_eq(pty_copy_winsize(slave, -1), -1);
	ck_assert_int_eq(pty_copy_winsize(-1, s), -1);
	(void)close(m);
	(void)close(s);
}
END_TEST

/* Would have caught a size that the other end does not have. */
START_TEST(size_of_either_end)
{
	const struct winsize ws = { 50, 132, 1320, 1000 };
	struct winsize got = { 1, 1, 1, 1 };

	ck_assert_int_eq(pty_get_size(master, &got), 0);
	ck_assert_uint_eq(got.ws_row + got.ws_col, 0);
	ck_assert_int_eq(pty_set_size(master, &ws), 0);
	ck_assert_int_eq(pty_get_size(slave, &got), 0);
	ck_assert_int_eq(memcmp(&got, &ws, sizeof(ws)), 0);
	errno = 0;
	ck_assert_int_eq(pty_get_size(-1, &got), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(pty_set_size(-1, &ws), -1);
}
END_TEST

static void
expect_modes(int fd, const struct termios *want)
{
	struct termios got;

	memset(&got, 0, sizeof(got));
	ck_assert_int_eq(tcgetattr(fd, &got), 0);
	ck_assert_uint_eq(got.c_iflag, want->c_iflag);
	ck_assert_uint_eq(got.c_oflag, want->c_oflag);
	ck_assert_uint_eq(got.c_cflag, want->c_cflag);
	ck_assert_uint_eq(got.c_lflag, want->c_lflag);
	ck_assert_int_eq(memcmp(got.c_cc, want->c_cc, sizeof(got.c_cc)), 0);
	ck_assert_uint_eq(cfgetospeed(&got), cfgetospeed(want));
}

/* Would have caught a shell left without echo, and a ^C that is not a byte. */
START_TEST(raw_and_back)
{
	struct termios before, saved;
	char byte;

	ck_assert_int_eq(tcgetattr(slave, &before), 0);
	ck_assert_int_eq(pty_make_raw(slave, &saved), 0);
	ck_assert_int_eq(write(master, "\003", 1), 1);
	ck_assert_int_eq(read(slave, &byte, 1), 1);
	ck_assert_int_eq(byte, 3);
	ck_assert_int_eq(write(slave, "\n", 1), 1);
	ck_assert_int_eq(read(master, &byte, 1), 1);
	ck_assert_int_eq(byte, '\n');	/* no '\r' added, nothing echoed */
	ck_assert_int_eq(tcsetattr(slave, TCSANOW, &saved), 0);
	expect_modes(slave, &before);
	errno = 0;
	ck_assert_int_eq(pty_make_raw(-1, &saved), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/*
 * Would have caught a terminal of another size, a pixel that was lost, and
 * modes that only the next one has.
 */
START_TEST(open_as_it_is_to_be)
{
	const struct winsize ws = { 43, 99, 990, 860 };
	struct winsize got;
	struct termios modes, usual;
	char other_name[PTY_NAME_SIZE];
	int m = -1, s = -1;

	ck_assert_int_eq(tcgetattr(slave, &usual), 0);
	modes = usual;
	modes.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	modes.c_oflag |= OLCUC;
	modes.c_cc[VINTR] = 'z';
	ck_assert_int_eq(cfsetospeed(&modes, B19200), 0);
	ck_assert_int_eq(cfsetispeed(&modes, B19200), 0);
	ck_assert_int_eq(pty_open_as(&m, &s, other_name, &modes, &ws), 0);
	expect_modes(s, &modes);
	ck_assert_int_eq(pty_get_size(m, &got), 0);
	ck_assert_int_eq(memcmp(&got, &ws, sizeof(ws)), 0);
	ck_assert_int_eq(fcntl(m, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(s, F_GETFD), FD_CLOEXEC);
	(void)close(m);
	(void)close(s);
	ck_assert_int_eq(pty_open_as(&m, &s, other_name, NULL, NULL), 0);
	expect_modes(s, &usual);
	ck_assert_int_eq(pty_get_size(m, &got), 0);
	ck_assert_uint_eq(got.ws_row, 0);
	(void)close(m);
	(void)close(s);
}
END_TEST

/* /dev/tty leads to our terminal, and is everybody's. */
static void
with_dev_tty(void)
{
	int fd;

	if (setsid() == -1 || ioctl(slave, TIOCSCTTY, 0) == -1 ||
	    (fd = open("/dev/tty", O_RDWR)) == -1)
		_exit(1);
	_exit(pty_is_slave(fd) ? 2 : 0);
}

/* Would have caught a device given away because it answers as a terminal. */
START_TEST(only_a_slave_is_a_slave)
{
	int fds[2], null, wstatus;
	pid_t pid;

	ck_assert_int_eq(pty_is_slave(slave), 1);
	ck_assert_int_eq(pty_is_slave(master), 0);
	ck_assert_int_eq(pty_is_slave(-1), 0);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(pty_is_slave(fds[0]), 0);
	ck_assert_int_ne(null = open("/dev/null", O_RDWR), -1);
	ck_assert_int_eq(pty_is_slave(null), 0);
	(void)close(null);
	(void)close(fds[0]);
	(void)close(fds[1]);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		with_dev_tty();
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
}
END_TEST

/* Root from here on. */

static void
expect_owner(int fd, uid_t uid, gid_t gid, mode_t mode)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_uid, uid);
	ck_assert_uint_eq(st.st_gid, gid);
	ck_assert_uint_eq(st.st_mode & 07777, mode);
}

/* Would have caught a terminal that everybody may write to, or read. */
START_TEST(give_and_give_back)
{
	const struct group *tty = getgrnam("tty");
	struct pty_owner before;
	struct stat st;

	ck_assert_int_eq(fchmod(slave, 0600), 0);
	ck_assert_int_eq(fchown(slave, 77, 78), 0);
	ck_assert_int_eq(pty_give(slave, 4242, &before), 0);
	ck_assert_uint_eq(before.uid, 77);
	ck_assert_uint_eq(before.gid, 78);
	ck_assert_uint_eq(before.mode, 0600);
	if (tty != NULL)
		expect_owner(slave, 4242, tty->gr_gid, 0620);
	else
		expect_owner(slave, 4242, 78, 0600);
	/* what the name leads to is the same thing */
	ck_assert_int_eq(stat(name, &st), 0);
	ck_assert_uint_eq(st.st_uid, 4242);
	ck_assert_int_eq(pty_give_back(slave, &before), 0);
	expect_owner(slave, 77, 78, 0600);
}
END_TEST

/*
 * After a drop /dev/pts/N may be somebody else's new terminal.  Would have
 * caught a chown by name, which gives that one away.
 */
START_TEST(give_back_is_by_descriptor)
{
	char path[sizeof(name)];
	struct pty_owner before;
	struct stat st;
	int m, s, i;

	ck_assert_int_eq(pty_give(slave, 4242, &before), 0);
	(void)close(master);
	/* the number is free again when this descriptor is closed, too */
	ck_assert_int_eq(pty_give_back(slave, &before), 0);
	expect_owner(slave, before.uid, before.gid, before.mode);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(pty_open(&m, &s, path), 0);
		ck_assert_int_eq(fchown(s, 4243, 4243), 0);
		ck_assert_int_eq(pty_give_back(slave, &before), 0);
		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_uint_eq(st.st_uid, 4243);
		(void)close(m);
		(void)close(s);
	}
}
END_TEST

/*
 * fds 0 to 2 come from outside.  Would have caught root's file given to a
 * user because it was where a terminal was expected, and an owner of -1,
 * which chown(2) takes for "leave it", after which root's is group tty's.
 */
START_TEST(give_takes_terminals_only)
{
	char path[] = "/tmp/check_pty.XXXXXX";
	struct pty_owner before;
	int fd;

	ck_assert_int_ne(fd = mkstemp(path), -1);
	ck_assert_int_eq(unlink(path), 0);
	errno = 0;
	ck_assert_int_eq(pty_give(fd, 4242, &before), -1);
	ck_assert_int_eq(errno, ENOTTY);
	expect_owner(fd, 0, getegid(), 0600);
	(void)close(fd);
	/* the other end, which is /dev/ptmx to everybody */
	errno = 0;
	ck_assert_int_eq(pty_give(master, 4242, &before), -1);
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_eq(pty_give(-1, 4242, &before), -1);
	errno = 0;
	ck_assert_int_eq(pty_give(slave, (uid_t)-1, &before), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pty");
	TCase *tc = tcase_create("pty"), *root;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, open_gives_both_ends);
	tcase_add_test(tc, I16_both_ends_close_on_exec);
	tcase_add_test(tc, open_takes_no_controlling_terminal);
	tcase_add_test(tc, open_fails_clean);
	tcase_add_test(tc, I6_name_is_the_kernels);
	tcase_add_test(tc, winsize_with_pixels);
	tcase_add_test(tc, size_of_either_end);
	tcase_add_test(tc, raw_and_back);
	tcase_add_test(tc, open_as_it_is_to_be);
	tcase_add_test(tc, only_a_slave_is_a_slave);
	suite_add_tcase(s, tc);
	if (geteuid() != 0) {
		printf("SKIP check_pty root cases: not root\n");
		return s;
	}
	root = tcase_create("root");
	tcase_add_checked_fixture(root, setup, teardown);
	tcase_add_test(root, give_and_give_back);
	tcase_add_test(root, give_back_is_by_descriptor);
	tcase_add_test(root, give_takes_terminals_only);
	suite_add_tcase(s, root);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I8, the socket: who may bind, connect and be heard, and what is
 * removed for it.
 */

#include "config.h"
#include "listener.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "den.h"
#include "lockfile.h"
#include "run.h"
#include "scene.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* More than any machine needs. */
#define PATIENCE 60000

static int before, dir;

static void
setup(void)
{
	before = scene_descriptors();
	den_make();
	dir = den_open("");
}

static void
teardown(void)
{
	(void)close(dir);
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
fails(int r, int err)
{
	ck_assert_int_eq(r, -1);
	ck_assert_int_eq(errno, err);
}

static int
bind_it(void)
{
	const int fd = listener_bind(dir, "s", SOCK_SEQPACKET);

	ck_assert_int_ne(fd, -1);
	return fd;
}

static int
connect_to_it(void)
{
	return listener_connect(dir, "s", SOCK_SEQPACKET, PATIENCE);
}

static void
expect_flags(int fd)
{
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
}

static const mode_t masks[] = { 0, 022, 0777 };
static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };

/* Would have caught a mode by the umask, and calls that wait. */
START_TEST(I8_bound_private)
{
	const mode_t mask = umask(masks[_i / NROWS(types)]);
	const int type = types[_i % NROWS(types)];
	int listener, ours, theirs;
	char bytes[8];

	listener = listener_bind(dir, "s", type);
	ck_assert_int_ne(listener, -1);
	ck_assert_uint_eq(umask(mask), masks[_i / NROWS(types)]);
	ck_assert_uint_eq(den_mode("s"), 0600);
	expect_flags(listener);
	fails(listener_accept(listener), EAGAIN);
	ours = listener_connect(dir, "s", type, PATIENCE);
	ck_assert_int_ne(ours, -1);
	expect_flags(ours);
	ck_assert_int_ne(theirs = listener_accept(listener), -1);
	expect_flags(theirs);
	ck_assert_int_eq(send(ours, "abc", 3, 0), 3);
	ck_assert_int_eq(recv(theirs, bytes, sizeof(bytes), 0), 3);
	fails(listener_connect(dir, "s", type == SOCK_STREAM ?
	    SOCK_SEQPACKET : SOCK_STREAM, PATIENCE), EPROTOTYPE);
	(void)close(ours);
	(void)close(theirs);
	(void)close(listener);
}
END_TEST

/* Make a directory so deep that its path fits into no address: "dir". */
static void
go_deep(void)
{
	char name[61];
	int i, next;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(mkdirat(dir, name, 0700), 0);
		next = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ne(next, -1);
		(void)close(dir);
		dir = next;
	}
}

/* Would have caught an address that is cut, and a name that is a way. */
START_TEST(a_long_way)
{
	char name[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	int listener, sock;

	go_deep();
	listener = bind_it();
	ck_assert_int_ne(sock = connect_to_it(), -1);
	(void)close(sock);
	(void)close(listener);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	fails(listener_bind(dir, name, SOCK_STREAM), ENAMETOOLONG);
	fails(listener_bind(dir, "", SOCK_STREAM), EINVAL);
	fails(listener_bind(dir, "../s", SOCK_STREAM), EINVAL);
	fails(listener_connect(dir, "", SOCK_STREAM, PATIENCE), EINVAL);
	fails(listener_connect(dir, "../s", SOCK_STREAM, PATIENCE), EINVAL);
}
END_TEST

/*
 * In a jail without /proc.  Would have caught the need for it, and a working
 * directory that is another one afterwards.
 */
START_TEST(without_proc)
{
	const char *lack = scene_lacks(SCENE_ROOT | SCENE_MOUNTS);
	int listener, sock;
	char *here;

	if (lack != NULL) {
		printf("SKIP without_proc: %s\n", lack);
		return;
	}
	go_deep();
	ck_assert_int_eq(chdir("/usr"), 0);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    0);
	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	listener = bind_it();
	ck_assert_int_ne(sock = connect_to_it(), -1);
	(void)close(sock);
	(void)close(listener);
	fails(connect_to_it(), ECONNREFUSED);
	ck_assert_ptr_nonnull(here = getcwd(NULL, 0));
	ck_assert_str_eq(here, "/usr");
	free(here);
	ck_assert_int_eq(umount("/proc"), 0);
}
END_TEST

static const struct {
	enum den_kind kind;
	mode_t mode;
	int err;
} planted[] = {
	{ DEN_LINK, 0, ELOOP },
	{ DEN_FILE, 0600, ENOTSOCK },
	{ DEN_FIFO, 0600, ENOTSOCK },
	{ DEN_DIRECTORY, 0700, ENOTSOCK },
};

/*
 * Would have caught a link that is followed to somebody's socket, by which he
 * reads what is typed; and one that is unlinked though we did not make it.
 */
START_TEST(I8_planted)
{
	int fd = -1;

	if (planted[_i].kind == DEN_LINK)
		fd = listener_bind(dir, "target", SOCK_SEQPACKET);
	den_plant(planted[_i].kind, "s", planted[_i].mode);
	fails(listener_bind(dir, "s", SOCK_SEQPACKET), planted[_i].err);
	fails(connect_to_it(), planted[_i].err);
	fails(listener_remove(dir, "s"), planted[_i].err);
	ck_assert_int_eq(den_kind_of("s"), planted[_i].kind);
	if (fd != -1) {
		ck_assert_int_eq(den_kind_of("target"), DEN_SOCKET);
		fails(listener_accept(fd), EAGAIN);
		(void)close(fd);
	}
}
END_TEST

/* Would have caught a socket of another user's taken for ours, or removed. */
START_TEST(I8_foreign_socket)
{
	if (geteuid() != 0) {
		puts("SKIP I8_foreign_socket: not root");
		return;
	}
	den_plant(DEN_SOCKET, "s", 0600);
	den_give_away("s");
	fails(listener_bind(dir, "s", SOCK_SEQPACKET), EPERM);
	fails(connect_to_it(), EPERM);
	fails(listener_remove(dir, "s"), EPERM);
	ck_assert_int_eq(den_kind_of("s"), DEN_SOCKET);
}
END_TEST

/* Would have caught a directory that opened after it was looked at. */
START_TEST(I8_open_directory)
{
	int fd = bind_it();

	ck_assert_int_eq(chmod(den_path(""), _i != 0 ? 0710 : 0707), 0);
	fails(listener_bind(dir, "t", SOCK_SEQPACKET), EPERM);
	fails(listener_bind(dir, "s", SOCK_SEQPACKET), EPERM);
	fails(listener_remove(dir, "s"), EPERM);
	fails(connect_to_it(), EPERM);
	ck_assert_int_eq(den_kind_of("s"), DEN_SOCKET);
	ck_assert_int_eq(den_kind_of("t"), DEN_NOTHING);
	(void)close(fd);
}
END_TEST

/* Would have caught "address in use" after a broker was killed. */
START_TEST(I8_left_over)
{
	int listener = bind_it(), sock;

	(void)close(listener);
	ck_assert_int_eq(den_kind_of("s"), DEN_SOCKET);
	fails(connect_to_it(), ECONNREFUSED);
	listener = bind_it();
	ck_assert_int_ne(sock = connect_to_it(), -1);
	(void)close(sock);
	(void)close(listener);
	ck_assert_int_eq(listener_remove(dir, "s"), 0);
	ck_assert_int_eq(den_kind_of("s"), DEN_NOTHING);
	ck_assert_int_eq(listener_remove(dir, "s"), 0);
	fails(connect_to_it(), ENOENT);
}
END_TEST

/* Become that user and connect by the path; returns 0 if it worked. */
static pid_t
start_visitor(uid_t uid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = den_path("s");
	const pid_t pid = fork();
	char byte;
	int sock;

	ck_assert_int_ne(pid, -1);
	if (pid != 0)
		return pid;
	if (setresuid(uid, uid, uid) == -1 || (sock = socket(AF_UNIX,
	    SOCK_SEQPACKET, 0)) == -1)
		_exit(2);
	memcpy(addr.sun_path, path, strlen(path));
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		_exit(3);
	/* until he is heard, or sent away */
	_exit(recv(sock, &byte, 1, 0) == 1 ? 0 : 1);
}

static int
status_of(pid_t pid)
{
	int wstatus;

	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return wstatus;
}

static int
accept_next(int listener)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE), 1);
	return listener_accept(listener);
}

/*
 * The directory and the socket open to all, as if all of that had failed.
 * Would have caught a broker that serves whoever gets through to it, and one
 * that hears nobody any more after him.
 */
START_TEST(I8_who_connects)
{
	int listener, sock;
	pid_t pid;

	if (geteuid() != 0) {
		puts("SKIP I8_who_connects: not root");
		return;
	}
	ck_assert_int_eq(fchown(dir, SCENE_UID, SCENE_GID), 0);
	if (_i != 0)
		ck_assert_int_eq(fchown(dir, 0, 0), 0);
	else
		ck_assert_int_eq(seteuid(SCENE_UID), 0);
	listener = bind_it();
	ck_assert_int_eq(chmod(den_path("s"), 0666), 0);
	ck_assert_int_eq(chmod(den_path(""), 0711), 0);
	if (_i == 0)
		ck_assert_int_eq(seteuid(0), 0);
	pid = start_visitor(_i != 0 ? SCENE_UID : SCENE_UID + 1);
	if (_i == 0)
		ck_assert_int_eq(seteuid(SCENE_UID), 0);
	fails(accept_next(listener), EPERM);
	ck_assert_int_eq(status_of(pid), 1 << 8);
	/* the next ones: root, and the user */
	if (_i == 0)
		ck_assert_int_eq(seteuid(0), 0);
	pid = start_visitor(0);
	if (_i == 0)
		ck_assert_int_eq(seteuid(SCENE_UID), 0);
	ck_assert_int_ne(sock = accept_next(listener), -1);
	ck_assert_int_eq(send(sock, "x", 1, 0), 1);
	ck_assert_int_eq(status_of(pid), 0);
	(void)close(sock);
	(void)close(listener);
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/*
 * A socket that is another's although its entry is ours.  Would have caught a
 * client that types into whatever listens.
 */
START_TEST(I8_who_listens)
{
	int fd;

	if (geteuid() != 0) {
		puts("SKIP I8_who_listens: not root");
		return;
	}
	ck_assert_int_eq(fchown(dir, SCENE_UID, SCENE_GID), 0);
	ck_assert_int_eq(seteuid(SCENE_UID), 0);
	fd = bind_it();
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(fchown(dir, 0, 0), 0);
	ck_assert_int_eq(chown(den_path("s"), 0, 0), 0);
	fails(connect_to_it(), EPERM);
	(void)close(fd);
}
END_TEST

/* Would have caught a wait for ever for a broker that is stopped. */
START_TEST(a_full_queue)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = den_path("s");
	const int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	int count = 0, sock, socks[16];

	memcpy(addr.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&addr,
	    sizeof(addr)), 0);
	ck_assert_int_eq(listen(listener, 0), 0);
	while ((sock = listener_connect(dir, "s", SOCK_SEQPACKET, 20)) != -1) {
		ck_assert_int_lt(count, 16);
		socks[count++] = sock;
	}
	ck_assert_int_eq(errno, ETIMEDOUT);
	while (count > 0)
		(void)close(socks[--count]);
	(void)close(listener);
}
END_TEST

/* The process that a crowd leaves behind, for all of them to see. */
static pid_t *keeper;

/*
 * What makes a session, in small: under the lock, by who finds nobody.
 * Returns 0 if we made it, and then the keeper stays; 1 if we are guests.
 */
static int
attach(int i)
{
	const int lock = lockfile_hold(dir, "l", 0, deadline_in(PATIENCE));
	pid_t pid;

	(void)i;
	if (lock == -1)
		return 2;
	if (connect_to_it() != -1)
		return 1;
	if (errno != ENOENT && errno != ECONNREFUSED)
		return 3;
	if (listener_bind(dir, "s", SOCK_SEQPACKET) == -1)
		return 4;
	if ((pid = fork()) == -1)
		return 5;
	if (pid != 0) {
		*keeper = pid;
		return 0;
	}
	/* The lock of who lives first: nobody may look in between. */
	if (lockfile_take(lock, 1, 0) == -1 ||
	    lockfile_release(lock, 0) == -1)
		_exit(6);
	for (;;)
		(void)pause();
}

/*
 * Two creators at once and more, and a kill -9 of what they made, again and
 * again.  Would have caught two sessions of one name, a guest who comes
 * between bind and listen, and anything left over that stops the next one.
 */
START_TEST(I8_many_creators)
{
	int round;

	keeper = mmap(NULL, sizeof(*keeper), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne((void *)keeper, MAP_FAILED);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	for (round = 0; round < 20; round++) {
		ck_assert_int_eq(den_crowd(12, attach), 1);
		ck_assert_int_eq(den_crowd(3, attach), 0);
		ck_assert_int_eq(lockfile_is_held(dir, "l", 1), 1);
		ck_assert_int_eq(kill(*keeper, SIGKILL), 0);
		(void)status_of(*keeper);
		ck_assert_int_eq(lockfile_is_held(dir, "l", 1), 0);
		ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 0);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("listener");
	TCase *tc = tcase_create("listener");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, I8_bound_private, 0,
	    NROWS(masks) * NROWS(types));
	tcase_add_test(tc, a_long_way);
	tcase_add_test(tc, without_proc);
	tcase_add_loop_test(tc, I8_planted, 0, NROWS(planted));
	tcase_add_test(tc, I8_foreign_socket);
	tcase_add_loop_test(tc, I8_open_directory, 0, 2);
	tcase_add_test(tc, I8_left_over);
	tcase_add_loop_test(tc, I8_who_connects, 0, 2);
	tcase_add_test(tc, I8_who_listens);
	tcase_add_test(tc, a_full_queue);
	tcase_add_test(tc, I8_many_creators);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I1: who is at the other end of a socket, and still is when
 * something was read under his pid.
 */

#include "config.h"
#include "sockpeer.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run.h"
#include "scene.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* What the kernel has, by how much of it is taken away. */
enum kernel { ITS_OWN, BEFORE_6_5, BEFORE_5_3, KERNELS };

static void
be_on(int kernel)
{
	if (kernel >= BEFORE_6_5)
		scene_deny_only(SYS_getsockopt, 2, SO_PEERPIDFD, ENOPROTOOPT);
	if (kernel >= BEFORE_5_3)
		scene_deny(SYS_pidfd_open, ENOSYS);
}

/* A connection from a child of ours, who stays: our end, and his pid. */
struct guest {
	int sock;
	pid_t pid;
};

static int listener, before;

static void
setup(void)
{
	/* bound to a name that the kernel picks, which no file is */
	const struct sockaddr any = { .sa_family = AF_UNIX };

	before = scene_descriptors();
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_ne(listener, -1);
	ck_assert_int_eq(bind(listener, &any, sizeof(any.sa_family)), 0);
	ck_assert_int_eq(listen(listener, 5), 0);
}

static void
teardown(void)
{
	(void)close(listener);
	ck_assert_int_eq(scene_descriptors(), before);
}

/* Younger than this process by more than the clock of births can miss. */
static void
let_a_tick_pass(void)
{
	const struct timespec tick = { .tv_nsec = 30000000 };

	(void)nanosleep(&tick, NULL);
}

/* What a guest does: connect, pass on what holds the connection, stay. */
static void
be_guest(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	(void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0, 0, 0);
	if (getsockname(listener, (struct sockaddr *)&addr, &len) == -1 ||
	    connect(fd, (struct sockaddr *)&addr, len) == -1)
		_exit(1);
	for (;;)
		(void)pause();
}

/*
 * The socket is made here and connected there, so that it stays connected
 * when the guest is gone.
 */
static struct guest
make_guest(int *far_end)
{
	struct guest guest;

	let_a_tick_pass();
	*far_end = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_ne(*far_end, -1);
	ck_assert_int_ne(guest.pid = fork(), -1);
	if (guest.pid == 0)
		be_guest(*far_end);
	ck_assert_int_ne(guest.sock = accept(listener, NULL, NULL), -1);
	return guest;
}

static void
end_guest(const struct guest *guest)
{
	ck_assert_int_eq(kill(guest->pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(guest->pid, NULL, 0), guest->pid);
}

/*
 * On each kernel.  Would have caught the pid of whoever holds the socket now, a
 * process that is alive to us after its end, and a birth nobody asked for.
 */
START_TEST(I1_a_guest)
{
	struct sockpeer peer, again;
	struct guest guest;
	int far_end, known;

	guest = make_guest(&far_end);
	be_on(_i);
	ck_assert_int_eq(sockpeer_open(&peer, guest.sock), 0);
	ck_assert_int_eq(peer.pid, guest.pid);
	ck_assert_uint_eq(peer.uid, geteuid());
	ck_assert_uint_eq(peer.gid, getegid());
	ck_assert_int_eq(peer.pidfd != -1, _i < BEFORE_5_3);
	ck_assert(_i == ITS_OWN || peer.certain == 0);
	known = peer.certain;
	ck_assert_uint_gt(peer.start, 0);
	if (peer.pidfd != -1)
		ck_assert_int_ne(fcntl(peer.pidfd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(sockpeer_lives(&peer), 1);
	/* he is younger than we are, who would have been started for him */
	ck_assert_int_eq(sockpeer_predates(&peer), known);
	ck_assert_int_eq(sockpeer_hold(&again, guest.sock), 0);
	ck_assert_uint_eq(again.start, known ? 0 : peer.start);
	ck_assert_uint_eq(sockpeer_birth(&again), peer.start);
	sockpeer_close(&again);
	end_guest(&guest);
	ck_assert_int_eq(sockpeer_lives(&peer), 0);
	ck_assert_int_eq(sockpeer_open(&again, guest.sock), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_int_eq(again.pidfd, -1);
	sockpeer_close(&peer);
	sockpeer_close(&peer);
	(void)close(guest.sock);
	(void)close(far_end);
}
END_TEST

/* A process that is dead but not reaped is gone as well. */
START_TEST(I1_a_zombie)
{
	struct sockpeer peer;
	struct guest guest;
	siginfo_t info;
	int far_end;

	guest = make_guest(&far_end);
	ck_assert_int_eq(kill(guest.pid, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)guest.pid, &info,
	    WEXITED | WNOWAIT), 0);
	be_on(_i);
	ck_assert_int_eq(sockpeer_open(&peer, guest.sock), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_int_eq(waitpid(guest.pid, NULL, 0), guest.pid);
	(void)close(guest.sock);
	(void)close(far_end);
}
END_TEST

/* The service's view: whoever connected was there before it. */
START_TEST(I1_one_that_is_older)
{
	struct sockpeer peer;
	struct guest guest;
	int far_end, wstatus;
	pid_t pid;

	guest = make_guest(&far_end);
	let_a_tick_pass();
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		be_on(_i);
		_exit(sockpeer_open(&peer, guest.sock) == 0 &&
		    sockpeer_predates(&peer) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	end_guest(&guest);
	(void)close(guest.sock);
	(void)close(far_end);
}
END_TEST

#ifdef SYS_clone3
/* As the kernel's clone_args, whose header not every system has. */
struct clone_args_v1 {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
	    stack_size, tls, set_tid, set_tid_size;
};

/* A process with that pid, which waits to be killed; or -1. */
static pid_t
fork_with_pid(pid_t want)
{
	struct clone_args_v1 args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&want,
		.set_tid_size = 1,
	};
	const pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		for (;;)
			(void)pause();
	return pid;
}
#else
static pid_t
fork_with_pid(pid_t want)
{
	(void)want;
	return -1;
}
#endif

/*
 * The guest is gone and his pid another's, of the same uid.  Would have
 * caught a login that is taken for somebody else's: on kernels that answer for
 * the socket, and on those that do not, by the birth alone.
 */
START_TEST(I1_another_with_his_pid)
{
	struct sockpeer peer, held;
	struct guest guest;
	int far_end;
	pid_t pid;

	guest = make_guest(&far_end);
	be_on(_i);
	ck_assert_int_eq(sockpeer_hold(&held, guest.sock), 0);
	end_guest(&guest);
	let_a_tick_pass();
	if ((pid = fork_with_pid(guest.pid)) == -1)
		printf("SKIP I1_another_with_his_pid: no choice of a pid: "
		    "%s\n", strerror(errno));
	else {
		ck_assert_int_eq(pid, guest.pid);
		ck_assert_int_eq(sockpeer_lives(&held), 0);
		/* 0 where it was not read in time: it is the other one's */
		ck_assert_uint_eq(sockpeer_birth(&held), held.start);
		if (sockpeer_open(&peer, guest.sock) == 0) {
			ck_assert_int_eq(peer.certain, 0);
			ck_assert_int_ne(_i, ITS_OWN);
			ck_assert_int_eq(sockpeer_predates(&peer), 0);
			sockpeer_close(&peer);
		} else
			ck_assert_int_eq(errno, ESRCH);
		ck_assert_int_eq(kill(pid, SIGKILL), 0);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	}
	sockpeer_close(&held);
	(void)close(guest.sock);
	(void)close(far_end);
}
END_TEST

/* The same pid, of another uid: on kernels that only know the number. */
START_TEST(I1_another_uid)
{
	struct sockpeer peer;
	int fds[2], wstatus;
	pid_t pid;

	if (geteuid() != 0) {
		printf("SKIP I1_another_uid: not root\n");
		return;
	}
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		/* the pair is root's, and now we are not */
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 ||
		    syscall(SYS_setresuid, 0, SCENE_UID, 0) == -1)
			_exit(2);
		be_on(_i);
		if (sockpeer_open(&peer, fds[0]) == 0)
			_exit(1);
		_exit(errno == ESRCH ? 0 : 3);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
}
END_TEST

/* The first kernels that know of it say EINVAL for the dead. */
START_TEST(I1_dead_by_another_errno)
{
	struct sockpeer peer;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	scene_deny_only(SYS_getsockopt, 2, SO_PEERPIDFD, EINVAL);
	ck_assert_int_eq(sockpeer_open(&peer, fds[0]), -1);
	ck_assert_int_eq(errno, ESRCH);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

/* Would have caught the peer of a socket that has none: uid -1, pid 0. */
START_TEST(I1_nobody)
{
	struct sockpeer peer;
	int sock;

	ck_assert_int_ne(sock = socket(AF_UNIX, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(sockpeer_open(&peer, sock), -1);
	ck_assert_int_eq(errno, ENOTCONN);
	(void)close(sock);
	ck_assert_int_ne(sock = socket(AF_INET, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(sockpeer_open(&peer, sock), -1);
	(void)close(sock);
	ck_assert_int_eq(sockpeer_open(&peer, -1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(peer.pidfd, -1);
}
END_TEST

/*
 * Whoever connected is outside our pid namespace: there his pid is 0, and
 * kill(0) would be ourselves.
 */
START_TEST(I1_from_another_pid_namespace)
{
	struct sockpeer peer;
	int fds[2], wstatus;
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (unshare(CLONE_NEWPID) == -1)
			_exit(77);
		if ((pid = fork()) == 0)
			_exit(sockpeer_open(&peer, fds[0]) == -1 &&
			    errno == ENOTCONN ? 0 : 1);
		_exit(waitpid(pid, &wstatus, 0) == pid && wstatus == 0 ?
		    0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	if (WIFEXITED(wstatus) && WEXITSTATUS(wstatus) == 77)
		printf("SKIP I1_from_another_pid_namespace: there is none\n");
	else
		ck_assert_int_eq(wstatus, 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sockpeer");
	TCase *tc = tcase_create("sockpeer");
	const int kernels = scene_sees_options() ? KERNELS : BEFORE_6_5;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, I1_a_guest, 0, kernels);
	tcase_add_loop_test(tc, I1_a_zombie, 0, KERNELS);
	tcase_add_loop_test(tc, I1_one_that_is_older, 0, KERNELS);
	tcase_add_loop_test(tc, I1_another_with_his_pid, 0, KERNELS);
	tcase_add_loop_test(tc, I1_another_uid, BEFORE_6_5, kernels);
	tcase_add_loop_test(tc, I1_dead_by_another_errno, 1, 1 + (kernels > 1));
	tcase_add_test(tc, I1_nobody);
	tcase_add_test(tc, I1_from_another_pid_namespace);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

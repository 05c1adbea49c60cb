/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A login's number is the kernel's to give: a child asks for one as
 * pam_loginuid does, where root may.
 */

#include "config.h"
#include "auditid.h"

#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define SOMEBODY 1001

/* As pam_loginuid.  Returns 0, or -1 where that is not allowed. */
static int
begin_login(const char *uid)
{
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC), r;

	if (fd == -1)
		return -1;
	r = write(fd, uid, strlen(uid)) == (ssize_t)strlen(uid) ? 0 : -1;
	(void)close(fd);
	return r;
}

/* Asked of the kernel alone, so that a fault of ours is not skipped. */
static int
may_begin_logins(void)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(begin_login("1001") == 0 &&
		    access("/proc/self/sessionid", R_OK) == 0 ? 0 : 1);
	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* A process that waits to be killed; in a login unless uid is NULL. */
static pid_t
start(const char *uid)
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (uid != NULL && begin_login(uid) == -1)
			_exit(1);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void
stop(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* Would have caught our own number given for another's, or one for two. */
START_TEST(I1_each_login_has_its_own)
{
	pid_t one = start("1001"), two = start("1001");
	struct auditid a, b;

	ck_assert_int_eq(auditid_read(one, &a), 0);
	ck_assert_int_eq(auditid_read(two, &b), 0);
	ck_assert_uint_eq(a.loginuid, SOMEBODY);
	ck_assert_uint_eq(b.loginuid, SOMEBODY);
	ck_assert_uint_ne(a.session, b.session);
	stop(one);
	stop(two);
}
END_TEST

/* Would have caught the mark for none taken for a login with a number. */
START_TEST(no_login_is_told)
{
	struct auditid id;
	pid_t pid = start("4294967295");

	ck_assert_int_eq(auditid_read(pid, &id), -1);
	ck_assert_int_eq(errno, ENODATA);
	stop(pid);
}
END_TEST

START_TEST(nobody_is_told)
{
	struct auditid id;
	pid_t pid = start(NULL);

	stop(pid);
	ck_assert_int_eq(auditid_read(pid, &id), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_int_eq(auditid_read(-1, &id), -1);
	ck_assert_int_eq(errno, ESRCH);
}
END_TEST

/* Each has words of its own, which tell the administrator what to mend. */
START_TEST(reasons)
{
	ck_assert_ptr_nonnull(strstr(auditid_strerror(ENODATA),
	    "pam_loginuid"));
	ck_assert_ptr_nonnull(strstr(auditid_strerror(ENOSYS), "kernel"));
	ck_assert_str_ne(auditid_strerror(ESRCH), auditid_strerror(EACCES));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("auditid");
	TCase *tc = tcase_create("auditid");

	tcase_add_test(tc, nobody_is_told);
	tcase_add_test(tc, reasons);
	suite_add_tcase(s, tc);
	if (!may_begin_logins()) {
		printf("SKIP check_auditid logins: may not set a login uid "
		    "here\n");
		return s;
	}
	tcase_add_test(tc, I1_each_login_has_its_own);
	tcase_add_test(tc, no_login_is_told);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

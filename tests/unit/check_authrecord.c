/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The number of a login is made up here; the processes are real.  This one is
 * sshd's, unless the test has another.
 */

#include "config.h"
#include "authrecord.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "procs.h"
#include "run.h"

#define SESSION 4711
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJUzr6ik1Ym0v55m7HWm" \
    "OybE3TptgK5txsUN7pPXpBUW"
#define CONNECTION "192.0.2.7 50022 192.0.2.1 22"

static char base[64], path[80];
static int dir;
static struct auditid id;
static struct authrecord sample;

static struct authrecord_keeper
keeper_of(pid_t pid)
{
	struct authrecord_keeper keeper = { .pid = pid };
	struct procs_stat st;

	ck_assert_int_eq(procs_stat(pid, &st), 0);
	keeper.start = st.start;
	return keeper;
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");
	enum account_error err;
	struct account *self = account_by_uid(getuid(), NULL, &err);

	(void)snprintf(base, sizeof(base), "%s/authrecord.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(base));
	(void)snprintf(path, sizeof(path), "%s/%d", base, SESSION);
	ck_assert_int_ge(dir = open(base, O_RDONLY | O_DIRECTORY), 0);
	ck_assert_ptr_nonnull(self);
	(void)strlcpy(sample.user, self->name, sizeof(sample.user));
	account_free(self);
	sample.loginuid = id.loginuid = getuid();
	id.session = SESSION;
	ck_assert_int_eq(conninfo_parse(CONNECTION, &sample.connection), 0);
	sample.keeper = keeper_of(getpid());
}

static void
teardown(void)
{
	(void)unlink(path);
	(void)close(dir);
	ck_assert_int_eq(rmdir(base), 0);
}

static void
put(const struct authrecord *rec)
{
	ck_assert_int_eq(authrecord_write(dir, SESSION, rec,
	    "publickey " KEY "\n"), 0);
}

/* A process that waits to be killed. */
static pid_t
start(void)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		for (;;)
			(void)pause();
	return pid;
}

static void
stop(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void
found(pid_t pid)
{
	struct authrecord rec;
	const char *why;

	ck_assert_msg(authrecord_find_in(dir, &id, pid, -1, getuid(), &rec,
	    &why) == 0, "%s", why);
	ck_assert_str_eq(rec.user, sample.user);
	ck_assert_str_eq(rec.connection.address, "192.0.2.7");
	ck_assert_str_eq(rec.connection.text, CONNECTION);
	ck_assert_uint_eq(rec.auth.nkeys, 1);
	ck_assert_str_eq(rec.auth.keys[0]->type, "ssh-ed25519");
	authrecord_free(&rec);
}

/* Nothing is found, and the reason has these words in it. */
static void
refused(pid_t pid, int pidfd, uid_t uid, const char *words)
{
	struct authrecord rec;
	const char *why = NULL;

	memset(&rec, 'x', sizeof(rec));
	ck_assert_int_eq(authrecord_find_in(dir, &id, pid, pidfd, uid, &rec,
	    &why), -1);
	ck_assert_msg(strstr(why, words) != NULL, "<%s>", why);
	ck_assert_uint_eq(rec.auth.nkeys, 0);
	ck_assert_str_eq(rec.user, "");
	ck_assert_str_eq(rec.connection.address, "");
}

/* Would have caught a record that does not come back as it was. */
START_TEST(found_by_who_is_in_the_login)
{
	pid_t child = start();
	struct stat st;

	put(&sample);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	found(child);
	found(getpid());
	stop(child);
}
END_TEST

/* Where nobody proved a key there is none, and that is no mistake. */
START_TEST(a_login_without_a_key)
{
	struct authrecord rec;
	const char *why;

	ck_assert_int_eq(authrecord_write(dir, SESSION, &sample,
	    "password\n"), 0);
	ck_assert_int_eq(authrecord_find_in(dir, &id, getpid(), -1, getuid(),
	    &rec, &why), 0);
	ck_assert_uint_eq(rec.auth.nkeys, 0);
	authrecord_free(&rec);
}
END_TEST

/* Would have caught sudo within a login, which is not the login's user. */
START_TEST(I1_of_another_user)
{
	struct authrecord other = sample;

	put(&sample);
	refused(getpid(), -1, getuid() + 1, "another user");
	other.loginuid++;
	put(&other);
	refused(getpid(), -1, getuid(), "another login uid");
	other = sample;
	(void)strlcpy(other.user, "no-such-user-here", sizeof(other.user));
	put(&other);
	refused(getpid(), -1, getuid(), "another user");
}
END_TEST

/* Would have caught the record of a login that has been over since a KILL. */
START_TEST(I1_of_an_sshd_that_has_ended)
{
	struct authrecord other = sample;
	pid_t keeper = start();

	other.keeper = keeper_of(keeper);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	/* not reaped yet: it has ended all the same */
	ck_assert_int_eq(waitid(P_PID, (id_t)keeper, &(siginfo_t){ 0 },
	    WEXITED | WNOWAIT), 0);
	put(&other);
	refused(getpid(), -1, getuid(), "sshd process of the login has ended");
	ck_assert_int_eq(waitpid(keeper, NULL, 0), keeper);
	refused(getpid(), -1, getuid(), "sshd process of the login has ended");
	/* its pid is another's by now: ours */
	other.keeper = sample.keeper;
	other.keeper.start--;
	put(&other);
	refused(getpid(), -1, getuid(), "sshd process of the login has ended");
}
END_TEST

/*
 * Two logins can have one number.  Would have caught a process of the second
 * that is taken for one of the first.
 */
START_TEST(I1_of_another_connection)
{
	struct authrecord other = sample;
	pid_t keeper = start(), child = start();

	other.keeper = keeper_of(keeper);
	put(&other);
	refused(child, -1, getuid(), "left the login");
	refused(getpid(), -1, getuid(), "left the login");
	found(keeper);
	stop(child);
	stop(keeper);
}
END_TEST

/*
 * sshd's process, its child, and a grandchild that goes on without it: this
 * is what other logins may reach as well (tmux).
 */
START_TEST(I1_who_has_left_the_login)
{
	struct authrecord other = sample;
	int go[2], out[2];
	pid_t keeper, child, orphan;

	ck_assert_int_eq(pipe(go), 0);
	ck_assert_int_eq(pipe(out), 0);
	ck_assert_int_ne(keeper = fork(), -1);
	if (keeper == 0) {
		char byte;

		if ((child = fork()) == 0) {
			if ((orphan = start()) > 0)
				(void)!write(out[1], &orphan, sizeof(orphan));
			(void)!read(go[0], &byte, 1);
			_exit(0);
		}
		(void)waitpid(child, NULL, 0);
		(void)!write(out[1], &child, sizeof(child));
		for (;;)
			(void)pause();
	}
	ck_assert_int_eq(read(out[0], &orphan, sizeof(orphan)),
	    (ssize_t)sizeof(orphan));
	other.keeper = keeper_of(keeper);
	put(&other);
	found(orphan);
	ck_assert_int_eq(write(go[1], "", 1), 1);
	ck_assert_int_eq(read(out[0], &child, sizeof(child)),
	    (ssize_t)sizeof(child));
	refused(orphan, -1, getuid(), "left the login");
	ck_assert_int_eq(kill(orphan, SIGKILL), 0);
	stop(keeper);
}
END_TEST

/* Would have caught facts of a process that has taken over the asker's pid. */
START_TEST(I1_who_asked_has_ended)
{
	pid_t asker = start(), other = start();
	int fd = -1;

	put(&sample);
	found(asker);
#ifdef SYS_pidfd_open
	fd = (int)syscall(SYS_pidfd_open, asker, 0U);
#endif
	stop(asker);
	refused(asker, -1, getuid(), "the process has ended");
	if (fd == -1) {
		printf("SKIP I1_who_asked_has_ended: no pidfds\n");
	} else {
		refused(other, fd, getuid(), "the process has ended");
		(void)close(fd);
	}
	stop(other);
}
END_TEST

/* The directory is root's; a file in it may still not be. */
START_TEST(I1_files_that_others_could_have_written)
{
	struct authrecord rec;

	refused(getpid(), -1, getuid(), "no record");
	put(&sample);
	ck_assert_int_eq(chmod(path, 0660), 0);
	refused(getpid(), -1, getuid(), "somebody but root");
	ck_assert_int_eq(chmod(path, 0600), 0);
	found(getpid());
	ck_assert_int_eq(renameat(dir, "4711", dir, "real"), 0);
	ck_assert_int_eq(symlinkat("real", dir, "4711"), 0);
	refused(getpid(), -1, getuid(), "somebody but root");
	ck_assert_int_eq(unlinkat(dir, "4711", 0), 0);
	ck_assert_int_eq(linkat(dir, "real", dir, "4711", 0), 0);
	refused(getpid(), -1, getuid(), "somebody but root");
	ck_assert_int_eq(unlinkat(dir, "real", 0), 0);
	found(getpid());
	if (getuid() == 0) {
		ck_assert_int_eq(chown(path, 65534, (gid_t)-1), 0);
		refused(getpid(), -1, getuid(), "somebody but root");
	}
	ck_assert_int_eq(authrecord_read(dir, SESSION + 1, &rec), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* One line of a record, and what it is instead; NULL for nothing. */
static const struct {
	const char *name, *value;
} wrong[] = {
	{ "USER", NULL }, { "USER", "" }, { "USER", "-x" }, { "USER", "0" },
	{ "USER", "a b" },
	{ "LOGINUID", NULL }, { "LOGINUID", "-1" },
	{ "LOGINUID", "4294967295" }, { "LOGINUID", "x" },
	{ "KEEPER", NULL }, { "KEEPER", "" }, { "KEEPER", "4294967296" },
	{ "KEEPER_START", NULL }, { "KEEPER_START", "1.5" },
	{ "CONNECTION", NULL }, { "CONNECTION", "192.0.2.7" },
	{ "CONNECTION", "example.org 1 192.0.2.1 22" },
	{ "AUTH_INFO", NULL }, { "AUTH_INFO", "publickey ssh-ed25519" },
	{ "AUTH_INFO", "publickey ssh-ed25519 AAAA" },
};

/* Would have caught half a record that is taken for a whole one. */
START_TEST(what_is_not_as_we_write_it)
{
	static const char *const names[] = { "USER", "LOGINUID", "KEEPER",
	    "KEEPER_START", "CONNECTION", "AUTH_INFO" };
	char start_text[32], loginuid[16], pid[16], text[1024] = "";
	const char *values[] = { sample.user, loginuid, pid, start_text,
	    CONNECTION, "password\\012" };
	int fd;
	size_t i;

	(void)snprintf(loginuid, sizeof(loginuid), "%u", getuid());
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	(void)snprintf(start_text, sizeof(start_text), "%llu",
	    sample.keeper.start);
	for (i = 0; i < 6; i++) {
		const char *value = values[i];

		if (_i > 0 && strcmp(names[i], wrong[_i - 1].name) == 0)
			value = wrong[_i - 1].value;
		if (value == NULL)
			continue;
		(void)strlcat(text, names[i], sizeof(text));
		(void)strlcat(text, "=", sizeof(text));
		(void)strlcat(text, value, sizeof(text));
		(void)strlcat(text, "\n", sizeof(text));
	}
	ck_assert_int_ge(fd = openat(dir, "4711", O_WRONLY | O_CREAT | O_EXCL,
	    0600), 0);
	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	ck_assert_int_eq(close(fd), 0);
	if (_i > 0) {
		refused(getpid(), -1, getuid(), "not as --record-auth");
	} else {
		struct authrecord rec;

		ck_assert_int_eq(authrecord_read(dir, SESSION, &rec), 0);
		authrecord_free(&rec);
	}
}
END_TEST

/* Would have caught descriptors of a service that answers for ever. */
START_TEST(no_descriptor_is_left)
{
	int before = dup(dir), after;

	put(&sample);
	found(getpid());
	refused(getpid(), -1, getuid() + 1, "another user");
	ck_assert_int_eq(chmod(path, 0666), 0);
	refused(getpid(), -1, getuid(), "somebody but root");
	ck_assert_int_eq(unlink(path), 0);
	refused(getpid(), -1, getuid(), "no record");
	ck_assert_int_eq(after = dup(dir), before + 1);
	(void)close(before);
	(void)close(after);
}
END_TEST

/* The whole way: there is no login, or no record of the one there is. */
START_TEST(without_a_record)
{
	struct authrecord rec;
	const char *why;
	pid_t pid = start();

	stop(pid);
	ck_assert_int_eq(authrecord_find(pid, -1, getuid(), &rec, &why), -1);
	ck_assert_str_eq(why, "the process has ended");
	ck_assert_int_eq(authrecord_find(getpid(), -1, getuid(), &rec, &why),
	    -1);
	ck_assert_msg(strstr(why, "no audit session") != NULL ||
	    strstr(why, "no record") != NULL ||
	    strstr(why, "cannot be trusted or read") != NULL, "<%s>", why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("authrecord");
	TCase *tc = tcase_create("authrecord");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, found_by_who_is_in_the_login);
	tcase_add_test(tc, a_login_without_a_key);
	tcase_add_test(tc, I1_of_another_user);
	tcase_add_test(tc, I1_of_an_sshd_that_has_ended);
	tcase_add_test(tc, I1_of_another_connection);
	tcase_add_test(tc, I1_who_has_left_the_login);
	tcase_add_test(tc, I1_who_asked_has_ended);
	tcase_add_test(tc, I1_files_that_others_could_have_written);
	tcase_add_loop_test(tc, what_is_not_as_we_write_it, 0,
	    (int)(sizeof(wrong) / sizeof(wrong[0])) + 1);
	tcase_add_test(tc, no_descriptor_is_left);
	tcase_add_test(tc, without_a_record);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

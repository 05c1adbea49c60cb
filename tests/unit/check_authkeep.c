/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What pam_exec hands over becomes a record.  The number of the login is made
 * up, and sshd's process is this one unless the test has another.
 */

#include "config.h"
#include "authkeep.h"

#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "procs.h"
#include "recorddir.h"
#include "run.h"

#define SESSION 4711
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJUzr6ik1Ym0v55m7HWm" \
    "OybE3TptgK5txsUN7pPXpBUW"
#define OTHER_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH+gjbyYrj3Pq5Cfm0" \
    "pbrJhK4ofMEqnb7MtcwtG/Zion"

static char base[64];
static int dir;
static struct auditid id = { .session = SESSION };
static struct authrecord_keeper keeper;
static char user[300];

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");
	enum account_error err;
	struct account *self = account_by_uid(getuid(), NULL, &err);
	struct procs_stat st;

	(void)snprintf(base, sizeof(base), "%s/authkeep.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(base));
	ck_assert_int_ge(dir = open(base, O_RDONLY | O_DIRECTORY), 0);
	ck_assert_ptr_nonnull(self);
	(void)snprintf(user, sizeof(user), "PAM_USER=%s", self->name);
	account_free(self);
	id.loginuid = getuid();
	ck_assert_int_eq(procs_stat(getpid(), &st), 0);
	keeper.pid = getpid();
	keeper.start = st.start;
}

static void
teardown(void)
{
	struct recorddir_list list;
	size_t i;

	ck_assert_int_eq(recorddir_list(dir, &list), 0);
	for (i = 0; i < list.count; i++)
		ck_assert_int_eq(unlinkat(dir, list.names[i], 0), 0);
	recorddir_list_free(&list);
	(void)close(dir);
	/* nor is anything hidden left */
	ck_assert_int_eq(rmdir(base), 0);
}

/* In pam_exec's order: PAM's environment, the items, and the type. */
#define WORDS 16
static const char *words[WORDS];

static char *const *
environment(const char *connection, const char *auth_info, const char *rhost)
{
	size_t n = 0;

	if (connection != NULL)
		words[n++] = connection;
	if (auth_info != NULL)
		words[n++] = auth_info;
	words[n++] = "XDG_SESSION_ID=4711";
	words[n++] = "PAM_SERVICE=sshd";
	words[n++] = user;
	words[n++] = "PAM_TTY=ssh";
	if (rhost != NULL)
		words[n++] = rhost;
	words[n++] = "PAM_TYPE=open_session";
	words[n] = NULL;
	return (char *const *)(uintptr_t)words;
}

#define CONNECTION "SSH_CONNECTION=192.0.2.7 50022 192.0.2.1 22"
#define AUTH_INFO "SSH_AUTH_INFO_0=publickey " KEY "\n"
#define RHOST "PAM_RHOST=192.0.2.7"

static int
exists(uint32_t session)
{
	char name[AUTHRECORD_NAME_SIZE];

	return faccessat(dir, authrecord_name(session, name), F_OK, 0) == 0;
}

static void
stored(char *const *envp, const char *address, size_t nkeys)
{
	struct authrecord rec;
	const char *why;

	ck_assert_msg(authkeep_store(dir, &id, &keeper, envp, &why) == 0,
	    "%s", why);
	ck_assert_int_eq(authrecord_read(dir, SESSION, &rec), 0);
	ck_assert_str_eq(rec.user, user + strlen("PAM_USER="));
	ck_assert_str_eq(rec.connection.address, address);
	ck_assert_uint_eq(rec.auth.nkeys, nkeys);
	ck_assert_uint_eq(rec.loginuid, getuid());
	authrecord_free(&rec);
}

/*
 * Refused with these words, and nothing is left that could be found.  Returns
 * the errno.
 */
static int
refused(char *const *envp, const char *reason)
{
	const char *why = NULL;
	int err;

	ck_assert_int_eq(authkeep_store(dir, &id, &keeper, envp, &why), -1);
	err = errno;
	ck_assert_msg(strstr(why, reason) != NULL, "<%s>", why);
	ck_assert_int_eq(exists(SESSION), 0);
	return err;
}

START_TEST(as_sshd_tells_pam)
{
	struct authrecord rec;
	const char *why;

	stored(environment(CONNECTION, AUTH_INFO, RHOST), "192.0.2.7", 1);
	ck_assert_int_eq(authrecord_find_in(dir, &id, getpid(), -1, getuid(),
	    &rec, &why), 0);
	authrecord_free(&rec);
	/* a key and then a password; a name from UseDNS; no TCP; no method */
	stored(environment(CONNECTION, "SSH_AUTH_INFO_0=publickey " KEY
	    "\npublickey " OTHER_KEY "\npassword\n", RHOST), "192.0.2.7", 2);
	stored(environment(CONNECTION, "SSH_AUTH_INFO_0=password\n",
	    "PAM_RHOST=client.example.org"), "192.0.2.7", 0);
	stored(environment("SSH_CONNECTION=" CONNINFO_UNKNOWN, AUTH_INFO,
	    "PAM_RHOST=UNKNOWN"), "", 1);
	stored(environment("SSH_CONNECTION=UNKNOWN 65535 /run/s 65535",
	    AUTH_INFO, NULL), "", 1);
	stored(environment(NULL, "SSH_AUTH_INFO_0=", RHOST), "", 0);
}
END_TEST

/* Would have caught su, cron and login, which have the line as well. */
START_TEST(what_is_no_login_by_ssh)
{
	ck_assert_int_eq(authkeep_is_ssh(environment(CONNECTION, AUTH_INFO,
	    RHOST)), 1);
	ck_assert_int_eq(authkeep_is_ssh(environment(NULL, "SSH_AUTH_INFO_0=",
	    NULL)), 1);
	ck_assert_int_eq(authkeep_is_ssh(environment(CONNECTION, NULL,
	    RHOST)), 0);
	/* an item is nothing that sshd has set */
	ck_assert_int_eq(authkeep_is_ssh(environment(CONNECTION, NULL,
	    AUTH_INFO)), 0);
	ck_assert_int_eq(authkeep_is_ssh(environment(CONNECTION,
	    "SSH_AUTH_INFO_01=x", RHOST)), 0);
	refused(environment(CONNECTION, NULL, RHOST), "no SSH_AUTH_INFO_0");
}
END_TEST

/*
 * pam_env lets a user set any variable of PAM's environment where it reads
 * ~/.pam_environment.  Would have caught his PAM_USER for pam_exec's.
 */
START_TEST(I1_variables_with_the_names_of_items)
{
	static const char auth_info[] = AUTH_INFO;
	static const char *forged[] = { "PAM_USER=no-such-user-here",
	    "PAM_TYPE=close_session", "PAM_RHOST=203.0.113.5",
	    "PAM_SERVICE=su", auth_info, CONNECTION, "PAM_SERVICE=sshd", user,
	    RHOST, "PAM_TYPE=open_session", NULL };
	char *const *envp = (char *const *)(uintptr_t)forged;

	ck_assert_str_eq(authkeep_item(envp, "PAM_TYPE"), "open_session");
	ck_assert_str_eq(authkeep_item(envp, "PAM_RHOST"), "192.0.2.7");
	ck_assert_str_eq(authkeep_item(envp, "PAM_SERVICE"), "sshd");
	ck_assert_ptr_null(authkeep_item(envp, "PAM_RUSER"));
	stored(envp, "192.0.2.7", 1);
	/* nobody set the item: then there is none, whatever else there is */
	forged[8] = "PAM_TTY=ssh";
	ck_assert_ptr_null(authkeep_item(envp, "PAM_RHOST"));
	forged[7] = "PAM_TTY=ssh";
	ck_assert_ptr_null(authkeep_item(envp, "PAM_USER"));
	ck_assert_int_eq(authkeep_remove(dir, &id, &keeper), 0);
	refused(envp, "no PAM_USER");
}
END_TEST

/* The address comes twice; would have caught that one of them is a user's. */
START_TEST(I1_an_address_that_is_not_sshds)
{
	refused(environment("SSH_CONNECTION=203.0.113.5 1 192.0.2.1 22",
	    AUTH_INFO, RHOST), "two clients");
	refused(environment(CONNECTION, AUTH_INFO, "PAM_RHOST=UNKNOWN"),
	    "two clients");
	refused(environment(CONNECTION, AUTH_INFO, NULL), "two clients");
	refused(environment("SSH_CONNECTION=" CONNINFO_UNKNOWN, AUTH_INFO,
	    RHOST), "two clients");
	refused(environment("SSH_CONNECTION=", AUTH_INFO, RHOST),
	    "SSH_CONNECTION is not as sshd");
	refused(environment("SSH_CONNECTION=192.0.2.7 1 192.0.2.1 22\nX=y",
	    AUTH_INFO, RHOST), "SSH_CONNECTION is not as sshd");
}
END_TEST

START_TEST(I1_keys_that_are_none)
{
	char *text = malloc(2 * AUTHINFO_MAX);

	refused(environment(CONNECTION, "SSH_AUTH_INFO_0=publickey", RHOST),
	    "SSH_AUTH_INFO_0 is not as sshd");
	refused(environment(CONNECTION, AUTH_INFO "publickey ssh-rsa AAAA",
	    RHOST), "SSH_AUTH_INFO_0 is not as sshd");
	ck_assert_ptr_nonnull(text);
	(void)strlcpy(text, "SSH_AUTH_INFO_0=", 2 * AUTHINFO_MAX);
	memset(text + 16, 'p', AUTHINFO_MAX + 1);
	text[16 + AUTHINFO_MAX + 1] = '\0';
	refused(environment(CONNECTION, text, RHOST),
	    "SSH_AUTH_INFO_0 is not as sshd");
	/* it fits, and the record that it is a part of does not */
	text[16 + AUTHINFO_MAX - 1] = '\0';
	ck_assert_int_eq(refused(environment(CONNECTION, text, RHOST),
	    "cannot be written"), EFBIG);
	free(text);
}
END_TEST

/* Would have caught a login whose number pam_loginuid has not set. */
START_TEST(I1_another_login_uid)
{
	id.loginuid++;
	refused(environment(CONNECTION, AUTH_INFO, RHOST), "pam_loginuid");
	id.loginuid--;
	(void)strlcpy(user, "PAM_USER=no-such-user-here", sizeof(user));
	refused(environment(CONNECTION, AUTH_INFO, RHOST), "nobody");
	(void)strlcpy(user, "PAM_USER=-x", sizeof(user));
	refused(environment(CONNECTION, AUTH_INFO, RHOST), "nobody");
}
END_TEST

static pid_t
start(struct authrecord_keeper *of)
{
	struct procs_stat st;
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		for (;;)
			(void)pause();
	ck_assert_int_eq(procs_stat(pid, &st), 0);
	of->pid = pid;
	of->start = st.start;
	return pid;
}

static void
stop(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* Would have caught a login that takes the record of another, or loses it. */
START_TEST(I1_two_logins_with_one_number)
{
	char *const *envp = environment(CONNECTION, AUTH_INFO, RHOST);
	struct authrecord_keeper other, got;
	const char *why;
	pid_t pid = start(&other);

	stored(envp, "192.0.2.7", 1);
	ck_assert_int_eq(authkeep_store(dir, &id, &other, envp, &why), -1);
	ck_assert_ptr_nonnull(strstr(why, "same audit session"));
	ck_assert_int_eq(errno, 0);
	ck_assert_int_eq(authrecord_keeper(dir, "4711", &got), 0);
	ck_assert_int_eq(got.pid, getpid());
	ck_assert_int_eq(authkeep_remove(dir, &id, &other), 0);
	ck_assert_int_eq(exists(SESSION), 1);
	/* the same once more is the same login, pam_exec in two lines */
	stored(envp, "192.0.2.7", 1);
	ck_assert_int_eq(authkeep_remove(dir, &id, &keeper), 0);
	ck_assert_int_eq(exists(SESSION), 0);
	ck_assert_int_eq(authkeep_remove(dir, &id, &keeper), 0);
	stop(pid);
}
END_TEST

/* KILL of sshd's process leaves a record; the next login has to remove it. */
START_TEST(the_next_login_sweeps)
{
	char *const *envp = environment(CONNECTION, AUTH_INFO, RHOST);
	struct authrecord_keeper dead, alive;
	struct auditid first = { 1, getuid() }, second = { 2, getuid() };
	const char *why;
	pid_t one = start(&dead), two = start(&alive);
	int fd;

	ck_assert_int_eq(authkeep_store(dir, &first, &dead, envp, &why), 0);
	ck_assert_int_eq(authkeep_store(dir, &second, &alive, envp, &why), 0);
	/* what is none of ours is nobody's to remove */
	ck_assert_int_ge(fd = openat(dir, "3", O_CREAT | O_WRONLY, 0600), 0);
	(void)close(fd);
	stop(one);
	ck_assert_int_eq(exists(1), 1);
	stored(envp, "192.0.2.7", 1);
	ck_assert_int_eq(exists(1), 0);
	ck_assert_int_eq(exists(2), 1);
	ck_assert_int_eq(exists(3), 1);
	stop(two);
	authkeep_sweep(dir, 0);
	ck_assert_int_eq(exists(2), 0);
	ck_assert_int_eq(exists(SESSION), 1);
}
END_TEST

/*
 * Everybody's login waits for it.  Would have caught a sweep that reads all
 * of any number, and one that never comes to the last of them.
 */
START_TEST(a_sweep_is_bounded)
{
	char *const *envp = environment(CONNECTION, AUTH_INFO, RHOST);
	struct authrecord_keeper dead;
	struct auditid many = { 0, getuid() };
	const char *why;
	uint32_t i, left = 0, total = 2 * AUTHKEEP_SWEEP_MAX + 10;

	stop(start(&dead));
	ck_assert_int_eq(authkeep_store(dir, &many, &keeper, envp, &why), 0);
	for (i = 1; i < total; i++) {
		char from[AUTHRECORD_NAME_SIZE], to[AUTHRECORD_NAME_SIZE];
		struct authrecord rec;

		(void)authrecord_name(0, from);
		(void)authrecord_name(i, to);
		ck_assert_int_eq(authrecord_read(dir, 0, &rec), 0);
		rec.keeper = dead;
		ck_assert_int_eq(authrecord_write(dir, i, &rec,
		    "password\n"), 0);
		authrecord_free(&rec);
	}
	authkeep_sweep(dir, 12345);
	for (i = 0; i < total; i++)
		left += (uint32_t)exists(i);
	ck_assert_uint_ge(left, total - AUTHKEEP_SWEEP_MAX);
	ck_assert_uint_le(left, total - AUTHKEEP_SWEEP_MAX + 1);
	authkeep_sweep(dir, 6);
	authkeep_sweep(dir, 7);
	for (i = left = 0; i < total; i++)
		left += (uint32_t)exists(i);
	ck_assert_uint_eq(left, 1);
	/* behind more than that which live, and by each seed's turn */
	for (i = 1; i < total; i++) {
		struct authrecord rec;

		ck_assert_int_eq(authrecord_read(dir, 0, &rec), 0);
		rec.keeper = i + 1 < total ? keeper : dead;
		ck_assert_int_eq(authrecord_write(dir, 1000 + i, &rec,
		    "password\n"), 0);
		authrecord_free(&rec);
	}
	for (i = 0; i < total; i += AUTHKEEP_SWEEP_MAX)
		authkeep_sweep(dir, i);
	ck_assert_int_eq(exists(1000 + total - 1), 0);
	ck_assert_int_eq(exists(1000 + total - 2), 1);
}
END_TEST

/* Would have caught a directory that is full or gone, and nobody told. */
START_TEST(what_cannot_be_written)
{
	char *const *envp = environment(CONNECTION, AUTH_INFO, RHOST);
	const char *why;
	int fd = openat(dir, "4711", O_CREAT | O_WRONLY, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(unlinkat(dir, "4711", 0), 0);
	/* no directory */
	ck_assert_int_eq(authkeep_store(fd, &id, &keeper, envp, &why), -1);
	ck_assert_ptr_nonnull(strstr(why, "cannot be written"));
	ck_assert_int_eq(errno, ENOTDIR);
	(void)close(fd);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("authkeep");
	TCase *tc = tcase_create("authkeep");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, as_sshd_tells_pam);
	tcase_add_test(tc, what_is_no_login_by_ssh);
	tcase_add_test(tc, I1_variables_with_the_names_of_items);
	tcase_add_test(tc, I1_an_address_that_is_not_sshds);
	tcase_add_test(tc, I1_keys_that_are_none);
	tcase_add_test(tc, I1_another_login_uid);
	tcase_add_test(tc, I1_two_logins_with_one_number);
	tcase_add_test(tc, the_next_login_sweeps);
	tcase_add_test(tc, a_sweep_is_bounded);
	tcase_add_test(tc, what_cannot_be_written);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

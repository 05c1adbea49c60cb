/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What a login says of itself, the file that it leaves, and who remembers. */

#include "config.h"
#include "logins.h"

#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "den.h"
#include "leasefile.h"
#include "procs.h"
#include "recorddir.h"
#include "recordfile.h"
#include "run.h"

#define KEY "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define CONNECTION "10.0.0.1 1111 10.0.0.2 22"

static char upstream[] = "/tmp/ssh-x/agent.1", policy[] = "AllowUser git\n";

static struct claim
full(void)
{
	struct claim claim = {
		.upstream = upstream, .policy = policy, .key = KEY,
		.certain = 1, .connection = CONNECTION, .shared = 1,
		.exclusive = 1, .audit = CLAIM_AUDIT_REQUIRED, .pid = 7,
		.start = 8, .since = 9,
	};

	return claim;
}

/* Would have caught a field that is written and not read, or otherwise. */
START_TEST(a_claim_comes_back)
{
	struct claim in = full(), out;
	struct recordfile *rec = claim_write(&in);

	ck_assert_ptr_nonnull(rec);
	ck_assert_int_eq(claim_read(&out, rec), 0);
	ck_assert_str_eq(out.upstream, upstream);
	ck_assert_str_eq(out.policy, policy);
	ck_assert_str_eq(out.key, KEY);
	ck_assert_str_eq(out.connection, CONNECTION);
	ck_assert_int_eq(out.certain && out.shared && out.exclusive, 1);
	ck_assert_int_eq(out.audit, CLAIM_AUDIT_REQUIRED);
	ck_assert_int_eq(out.pid, 7);
	ck_assert_uint_eq(out.start, 8);
	ck_assert_int_eq(out.since, 9);
	claim_free(&out);
	/* agent 42: of a newer version. */
	ck_assert_int_eq(recordfile_set(rec, "NEWER", "x"), 0);
	ck_assert_int_eq(claim_read(&out, rec), 0);
	claim_free(&out);
	recordfile_free(rec);
}
END_TEST

/* Would have caught words that are taken for what they are not. */
START_TEST(no_claim)
{
	static const struct {
		const char *name, *value;
	} wrong[] = {
		{ "UPSTREAM", "relative/path" }, { "UPSTREAM", "" },
		{ "KEY", "MD5:00" }, { "KEY", "SHA256:" },
		{ "KEY", "SHA256:a b" }, { "KEY", "SHA256:\033[2J" },
		{ "CONNECTION", "somewhere" }, { "SHARED", "yes" },
		{ "SHARED", "2" }, { "AUDIT", "3" }, { "PID", "-1" },
		{ "PID", "4294967297" }, { "START", "x" },
	};
	struct recordfile *rec;
	struct claim claim;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_ptr_nonnull(rec = recordfile_new());
		ck_assert_int_eq(recordfile_set(rec, "POLICY", ""), 0);
		ck_assert_int_eq(claim_read(&claim, rec), 0);
		claim_free(&claim);
		ck_assert_int_eq(recordfile_set(rec, wrong[i].name,
		    wrong[i].value), 0);
		ck_assert_msg(claim_read(&claim, rec) == -1, "%s=%s",
		    wrong[i].name, wrong[i].value);
		ck_assert_int_eq(errno, EINVAL);
		recordfile_free(rec);
	}
	/* Without a policy it is cut off, and not without limits. */
	ck_assert_ptr_nonnull(rec = recordfile_new());
	ck_assert_int_eq(claim_read(&claim, rec), -1);
	recordfile_free(rec);
}
END_TEST

static size_t found;
static struct claim last;

static void
count_found(void *ctx, const struct claim *claim)
{
	(void)ctx;
	found++;
	last = *claim;
}

static void
look(int dir, const char *name, size_t expected)
{
	found = 0;
	ck_assert_int_eq(leasefile_each(dir, name, count_found, NULL), 0);
	ck_assert_uint_eq(found, expected);
}

static struct claim
claim_of(pid_t pid, time_t since)
{
	struct claim claim = full();
	struct procs_stat st;

	ck_assert_int_eq(procs_stat(pid, &st), 0);
	claim.pid = pid;
	claim.start = st.start;
	claim.since = since;
	return claim;
}

static pid_t
start_process(void)
{
	const pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid != 0)
		return pid;
	for (;;)
		(void)pause();
}

/*
 * agent 38: would have caught a login that a new server does not find, and a
 * process that was given the number of one that has ended.
 */
START_TEST(agent38_files_of_logins_that_are_there)
{
	struct claim self = claim_of(getpid(), 20), other, gone;
	pid_t pid;
	int dir;

	den_make();
	dir = den_open("");
	look(dir, "a", 0);
	pid = start_process();
	other = claim_of(pid, 10);
	ck_assert_int_eq(leasefile_write(dir, "a", &self), 0);
	ck_assert_int_eq(leasefile_write(dir, "a", &other), 0);
	ck_assert_int_eq(leasefile_write(dir, "a.lease.1", &self), 0);
	look(dir, "a", 2);
	/* The newest comes last, to be the first of the table. */
	ck_assert_int_eq(last.pid, getpid());
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	look(dir, "a", 1);
	look(dir, "a", 1);
	gone = self;
	gone.start++;
	ck_assert_int_eq(leasefile_write(dir, "a", &gone), 0);
	look(dir, "a", 0);
	look(dir, "a.lease.1", 1);
	leasefile_remove(dir, "a.lease.1", getpid());
	look(dir, "a.lease.1", 0);
	/* Nothing that stands for nobody stays. */
	ck_assert_int_eq(unlinkat(dir, "a", 0), -1);
	(void)close(dir);
	den_remove();
}
END_TEST

/* Would have caught a stale file that is never removed. */
START_TEST(agent38_stale_files_are_swept)
{
	struct claim gone = full();
	struct recorddir_list list;
	int dir;

	den_make();
	dir = den_open("");
	gone.pid = getpid();
	gone.start = 1;
	ck_assert_int_eq(leasefile_write(dir, "a", &gone), 0);
	den_plant(DEN_FILE, "a.lease.77", 0600);
	den_plant(DEN_DIRECTORY, "a.lease.78", 0700);
	den_plant(DEN_FILE, "a.lease.x", 0600);
	look(dir, "a", 0);
	ck_assert_int_eq(recorddir_list(dir, &list), 0);
	/* What is none of ours is let be. */
	ck_assert_uint_eq(list.count, 3);
	recorddir_list_free(&list);
	(void)close(dir);
	den_remove();
}
END_TEST

/* Would have caught a memory that grows with every login, or forgets early. */
START_TEST(what_has_ended_is_remembered_and_bounded)
{
	static struct logins logins;
	struct claim claim = { .key = KEY };
	struct login *login;
	size_t i;

	for (i = 1; i <= 3 * LOGINS_PAST; i++) {
		login = logins_add(&logins, &claim, (pid_t)i, i, 0);
		ck_assert_ptr_nonnull(login);
		ck_assert_ptr_eq(logins_find(&logins, (pid_t)i, i), login);
		ck_assert_ptr_null(logins_find(&logins, (pid_t)i, i + 1));
		login->facts.has_audit = 1;
		login->facts.audit = (uint32_t)i;
		logins_end(&logins, login);
		ck_assert_uint_eq(logins.count, 0);
	}
	ck_assert_uint_eq(logins.npast, LOGINS_PAST);
	for (i = 0; i < LOGINS_PAST; i++)
		ck_assert_uint_gt(logins.past[i].audit, 2 * LOGINS_PAST);
	/* The same login, with many sessions, fills nothing. */
	for (i = 0; i < 10; i++)
		logins_remember(&logins, &logins.past[3]);
	ck_assert_uint_eq(logins.npast, LOGINS_PAST);
}
END_TEST

/* Would have caught a status that never ends, or leaves a login out. */
START_TEST(each_login_once)
{
	static struct logins logins;
	struct claim claim = { .key = KEY };
	const struct login *login;
	uint32_t number = 0, seen = 0;
	pid_t pid;

	ck_assert_ptr_null(logins_before(&logins, 0));
	for (pid = 1; pid <= 3; pid++)
		ck_assert_ptr_nonnull(logins_add(&logins, &claim, pid, 1, 0));
	logins_end(&logins, logins_find(&logins, 2, 1));
	while ((login = logins_before(&logins, number)) != NULL) {
		number = login->number;
		seen = seen * 10 + number;
		if (number == 1)
			break;
	}
	ck_assert_uint_eq(seen, 31);
	while (logins.newest != NULL)
		logins_end(&logins, logins.newest);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("leases");
	TCase *tc = tcase_create("leases");

	tcase_add_test(tc, a_claim_comes_back);
	tcase_add_test(tc, no_claim);
	tcase_add_test(tc, agent38_files_of_logins_that_are_there);
	tcase_add_test(tc, agent38_stale_files_are_swept);
	tcase_add_test(tc, what_has_ended_is_remembered_and_bounded);
	tcase_add_test(tc, each_login_once);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Whose agent a caller gets.  Logins are processes of the test's, with numbers
 * that the kernel's audit would have given them.
 */

#include "config.h"
#include "choose.h"

#include <sys/wait.h>

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "kin.h"
#include "logins.h"
#include "procs.h"
#include "run.h"

#define ALICE "SHA256:alice"
#define BOB "SHA256:bob"

static struct logins logins;
static pid_t pids[8];
static size_t count;

static void
setup(void)
{
	memset(&logins, 0, sizeof(logins));
	count = 0;
}

static void
end_process(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void
teardown(void)
{
	while (logins.newest != NULL)
		logins_end(&logins, logins.newest);
	while (count > 0)
		end_process(pids[--count]);
}

static unsigned long long
birth_of(pid_t pid)
{
	struct procs_stat st;

	ck_assert_int_eq(procs_stat(pid, &st), 0);
	return st.start;
}

/* A process that leads a session and waits to be killed. */
static pid_t
start_process(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)setsid();
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	pids[count++] = pid;
	return pid;
}

/* A login by that key ("" for none that is known), of that audit session. */
static struct login *
add(const char *key, uint32_t audit, int exclusive)
{
	struct claim claim = { .exclusive = exclusive };
	const pid_t pid = start_process();
	struct login *login;

	memcpy(claim.key, key, strlen(key) + 1);
	login = logins_add(&logins, &claim, pid, birth_of(pid), 0);
	ck_assert_ptr_nonnull(login);
	login->facts.has_audit = audit != 0;
	login->facts.audit = audit;
	if (*key == '\0' || exclusive) {
		(void)snprintf(login->facts.who, sizeof(login->facts.who),
		    "audit %u", audit);
		login->facts.certain = 1;
	}
	return login;
}

/* A caller who has nothing but that number. */
static struct kin
caller_of(uint32_t audit)
{
	struct kin kin = {
		.line = { { 1000000000, 1 } }, .count = 1, .sid = 1000000000,
		.has_audit = audit != 0, .audit = audit,
	};

	return kin;
}

static const struct login *hanging;

static int
hangs(const struct login *login)
{
	return login == hanging;
}

static struct login *
choose(const struct kin *kin)
{
	return choose_login(&logins, kin, hangs);
}

/* Would have caught the newest login's agent given to everybody. */
START_TEST(own_login_first)
{
	struct login *old = add(ALICE, 5, 0);
	struct kin kin;

	(void)add(ALICE, 6, 0);
	kin = caller_of(5);
	ck_assert_ptr_eq(choose(&kin), old);
}
END_TEST

/*
 * agent 37: would have caught a second login that is not preferred by who has
 * no own one any more, and one that ended and is not fallen back from.
 */
START_TEST(agent37_the_newest_of_the_same_person)
{
	struct login *a = add(ALICE, 5, 0), *b = add(ALICE, 6, 0), *c;
	struct kin kin = caller_of(5);

	logins_end(&logins, a);
	ck_assert_ptr_eq(choose(&kin), b);
	c = add(ALICE, 7, 0);
	ck_assert_ptr_eq(choose(&kin), c);
	logins_end(&logins, c);
	ck_assert_ptr_eq(choose(&kin), b);
	logins_end(&logins, b);
	ck_assert_ptr_null(choose(&kin));
}
END_TEST

/* Would have caught one person's agent in another's hands. */
START_TEST(nobody_gets_anothers)
{
	struct login *a = add(ALICE, 5, 0), *b = add(BOB, 6, 0);
	struct kin alice = caller_of(5), bob = caller_of(6);
	struct kin other = caller_of(9), none = caller_of(0);

	ck_assert_ptr_eq(choose(&alice), a);
	ck_assert_ptr_eq(choose(&bob), b);
	ck_assert_ptr_null(choose(&other));
	ck_assert_ptr_null(choose(&none));
	logins_end(&logins, b);
	ck_assert_ptr_null(choose(&bob));
	/* ... unless its owner says so. */
	a->shared = 1;
	ck_assert_ptr_eq(choose(&bob), a);
	ck_assert_ptr_eq(choose(&none), a);
}
END_TEST

/* Would have caught logins without keys that are all the same person. */
START_TEST(without_a_key_by_the_session)
{
	struct login *a = add("", 5, 0);
	struct kin kin = caller_of(5);

	(void)add("", 6, 0);
	ck_assert_ptr_eq(choose(&kin), a);
	logins_end(&logins, a);
	ck_assert_ptr_null(choose(&kin));
}
END_TEST

/* agent 35: would have caught a login that hangs and is asked again. */
START_TEST(agent35_one_that_hangs_is_passed_over)
{
	struct login *b = add(ALICE, 6, 0), *a = add(ALICE, 5, 0);
	struct kin kin = caller_of(5);

	hanging = a;
	ck_assert_ptr_eq(choose(&kin), b);
	/* There is no other: it may come back. */
	logins_end(&logins, b);
	ck_assert_ptr_eq(choose(&kin), a);
	hanging = NULL;
	ck_assert_ptr_eq(choose(&kin), a);
}
END_TEST

/*
 * Would have caught the agent of an exclusive login given to who only says
 * that he came by the same key.
 */
START_TEST(exclusive_is_not_had_by_a_hint)
{
	struct login *victim = add(ALICE, 5, 1), *thief = add(ALICE, 6, 0);
	struct kin own = caller_of(5), his = caller_of(6);

	ck_assert_ptr_eq(choose(&own), victim);
	logins_end(&logins, thief);
	ck_assert_ptr_null(choose(&his));
	/* The same text, by his own word. */
	(void)snprintf(victim->facts.who, sizeof(victim->facts.who),
	    "key %s", ALICE);
	ck_assert_ptr_null(choose(&his));
}
END_TEST

/*
 * Would have caught two people taken for one because sshd was started from
 * within a login, whose audit session both have inherited.
 */
START_TEST(a_session_of_two_is_nobodys)
{
	struct login *a = add(ALICE, 5, 0), *b;
	struct kin kin = caller_of(5);

	ck_assert_ptr_eq(choose(&kin), a);
	b = add(BOB, 5, 0);
	ck_assert(!logins_audit_is_sound(&logins, 5));
	ck_assert_ptr_null(choose(&kin));
	/* What it was when they were there it still is. */
	logins_end(&logins, b);
	ck_assert_ptr_null(choose(&kin));
}
END_TEST

/* Would have caught a nested login's agent lost to the one around it. */
START_TEST(the_nearest_ancestor)
{
	struct claim claim = { .key = ALICE };
	const pid_t self = getpid(), parent = getppid();
	struct login *near, *far;
	struct kin kin;

	far = logins_add(&logins, &claim, parent, birth_of(parent), 0);
	near = logins_add(&logins, &claim, self, birth_of(self), 0);
	(void)add(ALICE, 6, 0);
	ck_assert_int_eq(kin_look(&kin, start_process(), 0), 0);
	ck_assert_ptr_eq(choose(&kin), near);
	logins_end(&logins, near);
	ck_assert_ptr_eq(choose(&kin), far);
}
END_TEST

/* Would have caught "nohup job &" that has lost its login. */
START_TEST(the_same_posix_session)
{
	struct login *login = add(ALICE, 0, 0);
	struct kin kin = caller_of(0);

	(void)add(ALICE, 0, 0);
	kin.sid = login->pid;
	ck_assert_ptr_eq(choose(&kin), login);
	kin.sid = 999999999;
	ck_assert_ptr_null(choose(&kin));
}
END_TEST

/* Would have caught a pid that was given to another process since. */
START_TEST(another_process_by_the_same_number)
{
	struct login *login = add(ALICE, 0, 0);
	struct kin kin;

	ck_assert_int_eq(kin_look(&kin, login->pid, login->start), 0);
	ck_assert_ptr_eq(choose(&kin), login);
	login->start++;
	ck_assert_int_eq(kin_look(&kin, login->pid, login->start), -1);
	ck_assert_uint_eq(kin.count, 0);
	ck_assert_int_eq(kin_look(&kin, login->pid, login->start - 1), 0);
	ck_assert_ptr_null(choose(&kin));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("choose");
	TCase *tc = tcase_create("choose");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, own_login_first);
	tcase_add_test(tc, agent37_the_newest_of_the_same_person);
	tcase_add_test(tc, nobody_gets_anothers);
	tcase_add_test(tc, without_a_key_by_the_session);
	tcase_add_test(tc, agent35_one_that_hangs_is_passed_over);
	tcase_add_test(tc, exclusive_is_not_had_by_a_hint);
	tcase_add_test(tc, a_session_of_two_is_nobodys);
	tcase_add_test(tc, the_nearest_ancestor);
	tcase_add_test(tc, the_same_posix_session);
	tcase_add_test(tc, another_process_by_the_same_number);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I3, without root: the rules of order are one table, and each row
 * here breaks one of them.  What --explain prints is checked at the end.
 */

#include "config.h"
#include "plan.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define LONGEST 16

/* One letter a kind, so that a plan is a word. */
static const struct {
	char letter;
	enum plan_kind kind;
	const char *name;
} letters[] = {
	{ 's', PLAN_SIGNALS, "signals" },
	{ 'n', PLAN_NEW_SESSION, "new-session" },
	{ 'g', PLAN_NEW_GROUP, "new-group" },
	{ 'f', PLAN_FOREGROUND, "foreground" },
	{ 't', PLAN_CONTROLLING_TTY, "controlling-tty" },
	{ 'd', PLAN_DESCRIPTORS, "descriptors" },
	{ 'c', PLAN_CLOSE, "close" },
	{ 'G', PLAN_GROUPS, "setgroups" },
	{ 'I', PLAN_GID, "setgid" },
	{ 'U', PLAN_UID, "setuid" },
	{ 'C', PLAN_CAPABILITIES, "capabilities" },
	{ 'P', PLAN_PROVE, "prove" },
	{ 'h', PLAN_DIRECTORY, "directory" },
	{ 'x', PLAN_EXEC, "exec" },
	{ '?', (enum plan_kind)77, "unknown" },
	{ '-', (enum plan_kind)-1, "unknown" },
};

static size_t
of_letter(char letter)
{
	size_t i;

	for (i = 0; letters[i].letter != letter; i++)
		ck_assert_uint_lt(i, (size_t)NROWS(letters) - 1);
	return i;
}

static struct plan *
plan_of(const char *word)
{
	struct plan *plan = plan_new();
	struct plan_step step;

	ck_assert_ptr_nonnull(plan);
	for (; *word != '\0'; word++) {
		memset(&step, 0, sizeof(step));
		step.kind = letters[of_letter(*word)].kind;
		ck_assert_int_eq(plan_add(plan, &step), 0);
	}
	return plan;
}

static int
check_word(const char *word, char *why, size_t size)
{
	struct plan *plan = plan_of(word);
	int r = plan_check(plan, why, size);

	plan_free(plan);
	return r;
}

static const char *const good[] = {
	"scx",			/* the least that runs */
	"schx",			/* shape A */
	"scPhx",		/* shape A, proven */
	"gfscGIUCPhx",		/* shape B under sshd */
	"ntsdcGIUCPhx",		/* shape B by hand: a new terminal */
	"nscGIUCPhx",		/* shape B without one */
	"sncGIUCPhx",
	"scGIUPx",
};

/* Would have caught a rule that forbids what must be. */
START_TEST(I3_good_plans)
{
	char why[256] = "";

	ck_assert_msg(check_word(good[_i], why, sizeof(why)) == 0, "%s: %s",
	    good[_i], why);
}
END_TEST

static const struct {
	const char *word;
	char named;		/* the step that the reason must name */
} bad[] = {
	/* exec: there, and last */
	{ "", 'x' },
	{ "sc", 'x' },
	{ "scGIUCPh", 'x' },
	{ "scxh", 'x' },
	{ "xsc", 'x' },
	{ "scxx", 'x' },
	/* no command without its signals, or with our descriptors (I7) */
	{ "cx", 's' },
	{ "sx", 'c' },
	{ "cGIUPx", 's' },
	/* groups, then gid, then uid; none alone */
	{ "scIGUPx", 'G' },
	{ "scGUIPx", 'I' },
	{ "scUIGPx", 'U' },
	{ "scUGIPx", 'U' },
	{ "scIUPx", 'G' },	/* CVE-2021-41617: no setgroups */
	{ "scUPx", 'U' },
	{ "scGUPx", 'I' },
	{ "scGIPx", 'U' },	/* and none left out behind */
	{ "scGPx", 'I' },
	{ "scIPx", 'I' },
	/* an identity that is changed is proven, afterwards (I4) */
	{ "scGIUx", 'P' },
	{ "scGIUCx", 'P' },
	{ "scPGIUx", 'P' },
	{ "scGPIUx", 'P' },
	{ "scGIPUx", 'P' },
	{ "scGIUPCx", 'C' },
	{ "scCx", 'C' },
	{ "scCGIUPx", 'C' },	/* without CAP_SETUID there is no drop */
	/* the home as the user, not as root */
	{ "schGIUPx", 'h' },
	{ "scGhIUPx", 'h' },
	{ "scGIUhPx", 'h' },
	/* the terminal by the parent's right, and before fds move */
	{ "sctx", 't' },
	{ "tnscx", 't' },
	{ "nsdtcx", 'd' },
	{ "nsctx", 'c' },
	{ "nscGItUPx", 'c' },
	{ "fgscx", 'f' },
	{ "fscx", 'f' },
	{ "gsfcx", 's' },	/* SIGTTOU would stop it */
	{ "gscfx", 's' },
	{ "gdfscx", 'd' },
	{ "ngscx", 'g' },	/* a leader cannot change its group */
	{ "gnscx", 'g' },
	{ "scdx", 'c' },	/* what it takes from is closed by then */
	{ "nsGtcIUPx", 'G' },
	/* no kind */
	{ "?", '?' },
	{ "s?cx", '?' },
	{ "sc-x", '-' },
};

/*
 * Would have caught each rule left out, or put the wrong way round: see the
 * comments above.  The reason must name the step, for who reads it.
 */
START_TEST(I3_bad_plans)
{
	const char *name = letters[of_letter(bad[_i].named)].name;
	char why[256] = "";

	ck_assert_msg(check_word(bad[_i].word, why, sizeof(why)) == -1,
	    "%s passes", bad[_i].word);
	ck_assert_str_ne(why, "");
	if (strcmp(name, "unknown") != 0)
		ck_assert_msg(strstr(why, name) != NULL,
		    "%s: \"%s\" does not name %s", bad[_i].word, why, name);
}
END_TEST

/* Would have caught a second setuid, or a second exec that never comes. */
START_TEST(I3_each_step_once)
{
	static const char *const plans[] = { "gfsdcGIUCPhx", "ntsdcGIUCPhx" };
	char word[LONGEST + 1], why[256] = "";
	const char *plan = plans[_i];
	size_t i;

	for (i = 0; plan[i] != '\0'; i++) {
		/* the step, and the same step at once again */
		(void)snprintf(word, sizeof(word), "%.*s%s", (int)i + 1, plan,
		    plan + i);
		ck_assert_msg(check_word(word, why, sizeof(why)) == -1,
		    "%s passes", word);
		ck_assert_msg(strstr(why, letters[of_letter(plan[i])].name) !=
		    NULL, "%s: %s", word, why);
	}
}
END_TEST

/*
 * Would have caught a rule that holds for neighbours only: of the orders
 * that two exchanged steps make, the identity's own have to be refused.
 */
START_TEST(I3_no_exchange_in_the_identity)
{
	static const char plan[] = "ntsdcGIUCPhx";
	char word[sizeof(plan)], why[256] = "";
	size_t i, j, first = 5, last = sizeof(plan) - 2;

	for (i = first; i <= last; i++)
		for (j = i + 1; j <= last; j++) {
			memcpy(word, plan, sizeof(plan));
			word[i] = plan[j];
			word[j] = plan[i];
			ck_assert_msg(check_word(word, why, sizeof(why)) == -1,
			    "%s passes", word);
		}
}
END_TEST

/* Would have caught a reason that is written past its buffer. */
START_TEST(a_reason_is_cut)
{
	char why[8];

	memset(why, 'x', sizeof(why));
	ck_assert_int_eq(check_word("scUPx", why, 4), -1);
	ck_assert_uint_eq(strlen(why), 3);
	ck_assert_int_eq(why[4], 'x');
}
END_TEST

/* Would have caught a plan that changes with the caller's step. */
START_TEST(steps_are_copied_in_order)
{
	struct plan_step step = { .kind = PLAN_GID };
	struct plan *plan = plan_new();
	size_t i;

	ck_assert_ptr_nonnull(plan);
	ck_assert_uint_eq(plan_count(plan), 0);
	ck_assert_ptr_null(plan_at(plan, 0));
	for (i = 0; i < 100; i++) {
		step.u.gid = (gid_t)i;
		ck_assert_int_eq(plan_add(plan, &step), 0);
	}
	step.u.gid = 4242;
	ck_assert_uint_eq(plan_count(plan), 100);
	for (i = 0; i < 100; i++)
		ck_assert_uint_eq(plan_at(plan, i)->u.gid, i);
	ck_assert_ptr_null(plan_at(plan, 100));
	ck_assert_ptr_null(plan_at(plan, SIZE_MAX));
	plan_free(plan);
	plan_free(NULL);
}
END_TEST

/* Would have caught a kind without a name, as --explain would print it. */
START_TEST(every_kind_has_a_name)
{
	const char *name = plan_kind_name(letters[_i].kind);

	ck_assert_ptr_nonnull(name);
	ck_assert_str_eq(name, letters[_i].name);
}
END_TEST

static const gid_t groups[] = { 1001, 27, 4294967294U };

/* The vectors of an exec step; execve(2) wants them without const. */
static char cat[] = "/bin/cat", other[] = "/usr/bin/cat", secret[] =
    "TOKEN=hunter2", argument[] = "an-argument";
static char *candidates[] = { cat, other, NULL };
static char *one_candidate[] = { cat, NULL };
static char *argv[] = { cat, argument, NULL };
static char *envp[] = { secret, NULL };

static const struct {
	struct plan_step step;
	const char *has[6];	/* what the words must have in them */
} described[] = {
	{ { .kind = PLAN_SIGNALS }, { NULL } },
	{ { .kind = PLAN_NEW_SESSION }, { NULL } },
	{ { .kind = PLAN_NEW_GROUP }, { NULL } },
	{ { .kind = PLAN_CAPABILITIES }, { NULL } },
	{ { .kind = PLAN_CLOSE }, { "3", NULL } },
	{ { .kind = PLAN_FOREGROUND, .u.fd = 5 }, { "5", NULL } },
	{ { .kind = PLAN_CONTROLLING_TTY, .u.fd = 7 }, { "7", NULL } },
	{ { .kind = PLAN_CONTROLLING_TTY, .u.fd = PLAN_NEW_TERMINAL },
	    { "terminal", NULL } },
	{ { .kind = PLAN_DESCRIPTORS, .u.fds = { 8, 9, 2 } },
	    { "8", "9", "2", NULL } },
	{ { .kind = PLAN_GROUPS, .u.groups = { groups, 3, 0 } },
	    { "1001,27,4294967294", NULL } },
	{ { .kind = PLAN_GROUPS, .u.groups = { groups, 1, 1 } },
	    { "1001", "from PAM at login", NULL } },
	{ { .kind = PLAN_GID, .u.gid = 4294967294U },
	    { "4294967294", NULL } },
	{ { .kind = PLAN_UID, .u.uid = 1001 }, { "1001", NULL } },
	{ { .kind = PLAN_PROVE, .u.prove = { .uid = 1001, .gid = 1002,
	    .list = groups, .count = 3 } },
	    { "1001", "1002", "27", "4294967294", NULL } },
	{ { .kind = PLAN_PROVE, .u.prove = { .uid = 1001, .gid = 1002,
	    .list = groups, .count = 1, .pam_adds = 1 } },
	    { "1001", "1002", "from PAM at login", NULL } },
	{ { .kind = PLAN_DIRECTORY, .u.dir = { "/home/x", "/else" } },
	    { "/home/x", "/else", NULL } },
	{ { .kind = PLAN_DIRECTORY, .u.dir = { "/home/x", NULL } },
	    { "/home/x", NULL } },
	{ { .kind = PLAN_EXEC, .u.exec = { candidates, argv, envp } },
	    { "/bin/cat", NULL } },
	{ { .kind = PLAN_EXEC, .u.exec = { one_candidate, argv, envp } },
	    { "/bin/cat", NULL } },
};

/* Would have caught an explanation that leaves out what matters, ... */
START_TEST(steps_in_words)
{
	const struct plan_step *step = &described[_i].step;
	const char *const *has = described[_i].has;
	char buf[512] = "unset";

	ck_assert_ptr_eq(plan_describe(step, buf, sizeof(buf)), buf);
	ck_assert_str_ne(buf, "unset");
	if (*has == NULL)
		ck_assert_str_eq(buf, "");
	for (; *has != NULL; has++)
		ck_assert_msg(strstr(buf, *has) != NULL, "\"%s\" has no %s",
		    buf, *has);
	/* ... and one that tells what must not be told (DESIGN.md, 3) */
	ck_assert_ptr_null(strstr(buf, "hunter2"));
	ck_assert_ptr_null(strstr(buf, "(null)"));
	ck_assert_ptr_null(strchr(buf, '\n'));
	ck_assert_ptr_null(strchr(buf, '\t'));
	ck_assert_uint_lt(strlen(buf), plan_describe_size(step));
	/* no name: it is printed beside it */
	ck_assert_ptr_null(strstr(buf, plan_kind_name(step->kind)));
}
END_TEST

/* All the groups that Linux knows, each of the longest there are. */
static gid_t many[65536];

static void
make_many(struct plan_step *step)
{
	size_t i;

	for (i = 0; i < 65536; i++)
		many[i] = 4294967294U;
	if (step->kind == PLAN_GROUPS) {
		step->u.groups.list = many;
		step->u.groups.count = 65536;
		step->u.groups.pam_adds = 1;
	} else {
		step->u.prove.list = many;
		step->u.prove.count = 65536;
		step->u.prove.pam_adds = 1;
	}
}

/* Would have caught an explanation that leaves out the last of them. */
START_TEST(all_words_have_room)
{
	struct plan_step step = { .kind = _i ? PLAN_PROVE : PLAN_GROUPS };
	size_t size, commas = 0;
	char *buf, *p;

	make_many(&step);
	size = plan_describe_size(&step);
	ck_assert_ptr_nonnull(buf = malloc(size));
	(void)plan_describe(&step, buf, size);
	ck_assert_uint_lt(strlen(buf), size);
	ck_assert_ptr_nonnull(strstr(buf, "4294967294 and what comes from "
	    "PAM at login"));
	for (p = strstr(buf, "429"); (p = strchr(p, ',')) != NULL; p++)
		commas++;
	ck_assert_uint_eq(commas, 65535);
	free(buf);
}
END_TEST

/* Would have caught a list of 65536 groups in a buffer of 512 bytes. */
START_TEST(words_are_cut)
{
	struct plan_step step = { .kind = PLAN_GROUPS };
	size_t size;
	char buf[64];

	make_many(&step);
	for (size = 1; size < sizeof(buf) - 1; size++) {
		memset(buf, 'x', sizeof(buf));
		(void)plan_describe(&step, buf, size);
		ck_assert_uint_lt(strlen(buf), size);
		ck_assert_int_eq(buf[size], 'x');
	}
	step.kind = PLAN_PROVE;
	make_many(&step);
	(void)plan_describe(&step, buf, sizeof(buf));
	ck_assert_uint_lt(strlen(buf), sizeof(buf));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plan");
	TCase *order = tcase_create("order"), *words = tcase_create("words");

	tcase_add_loop_test(order, I3_good_plans, 0, NROWS(good));
	tcase_add_loop_test(order, I3_bad_plans, 0, NROWS(bad));
	tcase_add_loop_test(order, I3_each_step_once, 0, 2);
	tcase_add_test(order, I3_no_exchange_in_the_identity);
	tcase_add_test(order, a_reason_is_cut);
	tcase_add_test(order, steps_are_copied_in_order);
	suite_add_tcase(s, order);
	tcase_add_loop_test(words, every_kind_has_a_name, 0, NROWS(letters));
	tcase_add_loop_test(words, steps_in_words, 0, NROWS(described));
	tcase_add_loop_test(words, all_words_have_room, 0, 2);
	tcase_add_test(words, words_are_cut);
	suite_add_tcase(s, words);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}

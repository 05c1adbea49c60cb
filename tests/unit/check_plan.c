/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I3, without root: the rules of order are one table in planrule.c.
 * Each of them is broken here at least once, and each step is in a plan that
 * passes.
 */

#include "config.h"
#include "plan.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "letters.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static char why[LETTERS_WHY];

static int
check_word(const char *word)
{
	return letters_check(word, NULL, 0, why);
}

static void
must_pass(const char *word)
{
	ck_assert_msg(check_word(word) == 0, "%s: %s", word, why);
	ck_assert_str_eq(why, "");
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
	"yscmprAvhLx",		/* shape A: all of it is the user's right */
	"boscx",
	"GIUPnsdcuvx",		/* what takes no privilege */
	"NGIUPgsdcuvx",
	"scMpGIUPOlmreBADvhx",	/* what does, in a namespace of his own */
	"scMpGIUPvhLOlmeBADx",	/* and Landlock before that */
	"nscPEhx",		/* what is done once */
	"nscEvhLx",
	/* whatever can stand together: see every_pair_stands_together */
	"oyntsdcluSmpreBKGIUCAPDvhLTx",
	"oygfsdcluSmpreBKGIUCAPDvhLTx",
	"oygNsdcluSmpreBKGIUCAPDvhLTx",
	"oynsdcluSmpreBKGIUCAPvEhLx",
	"obntsdcluSpGIUCPvhLOmeBADTx",
	"obgfsdcluSpGIUCPvhLOmeBADTx",
	"obgNsdcluSpGIUCPvhLOmeBADTx",
	"obnsdcluSpGIUCPvhELOmeBAx",
};

/* Would have caught a rule that forbids what must be. */
START_TEST(I3_good_plans)
{
	must_pass(good[_i]);
}
END_TEST

/* These, and no others, have no plan that they share. */
static const char *const strangers[] = {
	"ng", "nN", "fN", "KO", "tE", "DE", "TE",
	/* one of these needs what the other one excludes */
	"nf", "tg", "tf", "tN", "gE", "fE", "NE",
};

static int
has_kind(const char *word, int kind)
{
	for (; *word != '\0'; word++)
		if ((int)letters_step(*word)->kind == kind)
			return 1;
	return 0;
}

/*
 * Would have caught a pair that excludes each other for no reason, and a new
 * kind of step that no plan here has.
 */
START_TEST(every_pair_stands_together)
{
	int other, together, i;

	for (other = 0; other < PLAN_KINDS; other++) {
		together = 0;
		for (i = 0; i < NROWS(good); i++)
			together |= has_kind(good[i], _i) &&
			    has_kind(good[i], other);
		for (i = 0; i < NROWS(strangers) && other != _i; i++)
			together |= has_kind(strangers[i], _i) &&
			    has_kind(strangers[i], other);
		ck_assert_msg(together, "%d and %d", _i, other);
	}
}
END_TEST

/* Who stands behind whom, if both are there; the reasons are planrule.c's. */
static const struct {
	char letter;
	const char *behind;
} after[] = {
	{ 's', "f" }, { 'd', "f" }, { 'c', "dftN" }, { 'O', "GIUCPSpEL" },
	{ 'm', "bSO" }, { 'p', "bS" }, { 'r', "bSpc" }, { 'e', "bSO" },
	{ 'B', "bSO" }, { 'G', "tfNbS" }, { 'K', "e" }, { 'C', "U" },
	{ 'A', "bSOUCBe" }, { 'P', "GIUC" }, { 'D', "GIUCPbSOA" },
	{ 'h', "UPbSrp" }, { 'l', "d" }, { 'L', "obcSprEhGIUCP" },
	{ 'E', "GIUCPdcbSpr" },
	{ 'T', "obngftNsdcluSOmpreBGKIUCAPDvEhL" },
	{ 'x', "obngftNsdcluSOmpreBGKIUCAPDvEhLT" },
};

/*
 * Would have caught each such rule left out, and each that is too many: two
 * steps make no plan, but the first reason that is named says which it is.
 */
START_TEST(I3_who_stands_behind_whom)
{
	const char a = letters_of(_i);
	const char *behind = "";
	char word[3] = { a, '\0', '\0' }, expect[128];
	int other, i;

	for (i = 0; i < NROWS(after); i++)
		if (after[i].letter == a)
			behind = after[i].behind;
	for (other = 0; other < PLAN_KINDS; other++) {
		word[1] = letters_of(other);
		(void)snprintf(expect, sizeof(expect), "%s must stand behind "
		    "%s", letters_name(a), letters_name(word[1]));
		ck_assert_int_eq(check_word(word), -1);
		ck_assert_msg((strcmp(why, expect) == 0) ==
		    (strchr(behind, word[1]) != NULL), "%s: %s", word, why);
	}
}
END_TEST

/* The smallest plan that has a step. */
static const struct {
	char letter;
	const char *word;
} smallest[] = {
	{ 'o', "oscx" }, { 'b', "bscx" }, { 'n', "nscx" }, { 'g', "gscx" },
	{ 'f', "gfscx" }, { 't', "ntscx" }, { 'N', "Nscx" }, { 's', "scx" },
	{ 'd', "sdcx" }, { 'c', "scx" }, { 'l', "sclx" }, { 'u', "scux" },
	{ 'S', "scSx" }, { 'O', "scOx" }, { 'm', "scOmx" }, { 'p', "scMpx" },
	{ 'r', "scrx" }, { 'e', "scex" }, { 'B', "scBx" },
	{ 'G', "scGIUPx" }, { 'K', "scKGIUCPx" }, { 'I', "scGIUPx" },
	{ 'U', "scGIUPx" }, { 'C', "scCPx" }, { 'A', "scAx" },
	{ 'P', "scPx" }, { 'D', "scDx" }, { 'v', "scvx" }, { 'E', "nscEx" },
	{ 'h', "schx" },
	{ 'L', "scvLx" }, { 'T', "scTx" }, { 'x', "scx" },
};

/* Would have caught a step that needs more than it does, or less. */
START_TEST(I3_what_a_step_needs)
{
	const char *word = smallest[_i].word;
	char less[LETTERS_LONGEST];
	size_t i;

	ck_assert_int_eq(NROWS(smallest), PLAN_KINDS);
	ck_assert_int_eq(smallest[_i].letter, letters_of(_i));
	must_pass(word);
	for (i = 0; word[i] != '\0'; i++) {
		if (word[i] == smallest[_i].letter)
			continue;
		(void)snprintf(less, sizeof(less), "%.*s%s", (int)i, word,
		    word + i + 1);
		ck_assert_msg(check_word(less) == -1, "%s passes", less);
	}
}
END_TEST

/* Would have caught a child that is made when something is done already. */
START_TEST(birth_comes_first)
{
	const char *word = smallest[_i / 2].word;
	const char birth = _i % 2 ? 'o' : 'b';
	char late[LETTERS_LONGEST];
	int i;

	for (i = 1; word[i] != '\0'; i++) {
		if (strchr("ob", word[i - 1]) != NULL)
			continue;
		(void)snprintf(late, sizeof(late), "%.*s%c%s", i, word, birth,
		    word + i);
		ck_assert_msg(check_word(late) == -1, "%s passes", late);
	}
}
END_TEST

static const struct {
	const char *word;
	const char *why;
} bad[] = {
	/* exec: there, and last */
	{ "", "there is no exec" },
	{ "sc", "there is no exec" },
	{ "scGIUCPh", "there is no exec" },
	{ "scxh", "exec must stand behind directory" },
	{ "xsc", "exec must stand behind signals" },
	/* no command without its signals, or with our descriptors (I7) */
	{ "cx", "exec needs signals before it" },
	{ "sx", "exec needs close before it" },
	{ "cGIUPx", "exec needs signals before it" },
	/* groups, then gid, then uid; none alone, none left out behind */
	{ "scIGUPx", "setgid needs setgroups before it" },
	{ "scUGIPx", "setuid needs setgroups before it" },
	{ "scUPx", "setuid needs setgroups before it" },
	{ "scGUIPx", "setuid needs setgid before it" },
	{ "scGUPx", "setgroups needs setgid behind it" },
	{ "scGPx", "setgroups needs setgid behind it" },
	{ "scGIPx", "setgid needs setuid behind it" },
	/* an identity that is changed is proven, afterwards (I4) */
	{ "scGIUx", "setuid needs prove behind it" },
	{ "scGIUCx", "setuid needs prove behind it" },
	{ "scCx", "capabilities needs prove behind it" },
	{ "scPGIUx", "prove must stand behind setgroups" },
	{ "scGPIUx", "prove must stand behind setgid" },
	{ "scGIPUx", "prove must stand behind setuid" },
	{ "scGIUPCx", "prove must stand behind capabilities" },
	/* without CAP_SETUID there is no drop; kept for nothing */
	{ "scCGIUPx", "capabilities must stand behind setuid" },
	{ "scGIUKCPx", "keep-capabilities needs setuid behind it" },
	{ "scKCPx", "keep-capabilities needs setuid behind it" },
	{ "scKGIUPx", "keep-capabilities needs capabilities behind it" },
	{ "scKGIUCPOx",
	    "keep-capabilities and user-namespace exclude each other" },
	/* the home as the user, not as root */
	{ "scGIhUPx", "directory must stand behind setuid" },
	{ "scGIUhPx", "directory must stand behind prove" },
	/* the terminal: SIGTTOU would stop us, and leaders have their group */
	{ "stcx", "controlling-tty needs new-session before it" },
	{ "tnscx", "controlling-tty needs new-session before it" },
	{ "fgscx", "foreground needs new-group before it" },
	{ "gsfcx", "signals must stand behind foreground" },
	{ "ngscx", "new-group and new-session exclude each other" },
	{ "gnscx", "new-group and new-session exclude each other" },
	{ "nNscx", "no-tty and new-session exclude each other" },
	{ "gfNscx", "no-tty and foreground exclude each other" },
	{ "nsGtcIUPx", "setgroups must stand behind controlling-tty" },
	/* what only root can do, after root has gone */
	{ "scGIUPlx", "limits must stand before setuid" },
	{ "scGIUPSx", "setgroups must stand behind unshare" },
	{ "scGIUPrx", "chroot must stand before setuid" },
	{ "scMGIUPpx", "mount-proc must stand before setuid" },
	{ "scGIUPex", "securebits must stand before setuid" },
	{ "scGIUPBx", "bounding-set must stand before setuid" },
	{ "scGIUPlOx", "limits must stand before setuid" },
	/* the parent makes the child */
	{ "socx", "cgroup must stand before signals" },
	{ "bnoscx", "cgroup must stand before new-session" },
	{ "sbcx", "clone must stand before signals" },
	{ "onbscx", "clone must stand before new-session" },
	/* landlock(7) is for who cannot become more than he is */
	{ "scLx", "landlock needs no-new-privs before it" },
	{ "scLvx", "landlock needs no-new-privs before it" },
	/* once is the user's affair, and nobody's who could end it */
	{ "scEx", "once needs new-session before it" },
	{ "nscEGIUPx", "once must stand behind setgroups" },
	{ "nscGIUEPx", "once must stand behind prove" },
	{ "nscErx", "once must stand behind chroot" },
	{ "nscEDx", "once and parent-death exclude each other" },
	{ "ntscEx", "once and controlling-tty exclude each other" },
	{ "nscvLEx", "landlock must stand behind once" },
	{ "nscOEx", "user-namespace must stand behind once" },
	/* no kind */
	{ "?", "step 0 is of no kind" },
	{ "s?cx", "step 1 is of no kind" },
	{ "sc-x", "step 2 is of no kind" },
};

/*
 * Would have caught each rule left out, or put the wrong way round
 * (CVE-2021-41617 was a setgroups left out).
 */
START_TEST(I3_bad_plans)
{
	ck_assert_msg(check_word(bad[_i].word) == -1, "%s passes",
	    bad[_i].word);
	ck_assert_str_eq(why, bad[_i].why);
}
END_TEST

/* Would have caught a second setuid, or a second exec that never comes. */
START_TEST(I3_each_step_once)
{
	const char *plan = good[_i];
	char word[LETTERS_LONGEST], expect[128];
	size_t i;

	for (i = 0; plan[i] != '\0'; i++) {
		/* the step, and the same step at once again */
		(void)snprintf(word, sizeof(word), "%.*s%s", (int)i + 1, plan,
		    plan + i);
		(void)snprintf(expect, sizeof(expect), "%s stands there "
		    "twice", letters_name(plan[i]));
		ck_assert_msg(check_word(word) == -1, "%s passes", word);
		ck_assert_str_eq(why, expect);
	}
}
END_TEST

/* Would have caught a reason that is written past its buffer. */
START_TEST(a_reason_is_cut)
{
	struct plan *plan = plan_new();
	char little[8];

	ck_assert_ptr_nonnull(plan);
	ck_assert_int_eq(plan_add(plan, letters_step('U')), 0);
	memset(little, 'x', sizeof(little));
	ck_assert_int_eq(plan_check(plan, little, 4), -1);
	ck_assert_uint_eq(strlen(little), 3);
	ck_assert_int_eq(little[4], 'x');
	plan_free(plan);
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

/* Would have caught an index that is another step's, or set for nothing. */
START_TEST(a_step_is_found_by_its_kind)
{
	static const char word[] = "scGIUPx";
	struct plan *plan = plan_new();
	size_t i, at;

	ck_assert_ptr_nonnull(plan);
	for (i = 0; word[i] != '\0'; i++)
		ck_assert_int_eq(plan_add(plan, letters_step(word[i])), 0);
	/* of two, the first */
	ck_assert_int_eq(plan_add(plan, letters_step('G')), 0);
	for (i = 0; word[i] != '\0'; i++) {
		at = 42;
		ck_assert_ptr_eq(plan_find(plan, letters_step(word[i])->kind,
		    &at), plan_at(plan, i));
		ck_assert_uint_eq(at, i);
	}
	at = 42;
	ck_assert_ptr_null(plan_find(plan, PLAN_TRACE, &at));
	ck_assert_uint_eq(at, 42);
	ck_assert_ptr_eq(plan_find(plan, PLAN_EXEC, NULL), plan_at(plan, 6));
	plan_free(plan);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plan");
	TCase *order = tcase_create("order"), *array = tcase_create("array");

	tcase_add_loop_test(order, I3_good_plans, 0, NROWS(good));
	tcase_add_loop_test(order, I3_bad_plans, 0, NROWS(bad));
	tcase_add_loop_test(order, I3_each_step_once, 0, NROWS(good));
	tcase_add_loop_test(order, I3_who_stands_behind_whom, 0, PLAN_KINDS);
	tcase_add_loop_test(order, I3_what_a_step_needs, 0, PLAN_KINDS);
	tcase_add_loop_test(order, birth_comes_first, 0, 2 * PLAN_KINDS);
	tcase_add_loop_test(order, every_pair_stands_together, 0, PLAN_KINDS);
	suite_add_tcase(s, order);
	tcase_add_test(array, a_reason_is_cut);
	tcase_add_test(array, steps_are_copied_in_order);
	tcase_add_test(array, a_step_is_found_by_its_kind);
	suite_add_tcase(s, array);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

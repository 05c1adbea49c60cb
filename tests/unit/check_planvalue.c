/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The rules that depend on what the steps are given.  A plan is a word, whose
 * letters are in letters.c; a row gives one or two of its steps another value.
 */

#include "config.h"
#include "planvalue.h"

#include <check.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

#include "letters.h"
#include "planstep.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define CAP(n) (UINT64_C(1) << (n))

/* The vectors of an exec step; execve(2) wants them without const. */
static char cat[] = "/bin/cat";
static char *one[] = { cat, NULL };
static char *none[] = { NULL };

static const int four[] = { 8, PLAN_NO_FD, PLAN_NEW_TERMINAL, 9 };

#define FDS(n) { .kind = PLAN_DESCRIPTORS, .u.fds = { four, n } }
#define CLOSE(n) { .kind = PLAN_CLOSE, .u.more = n }
#define TTY(n) { .kind = PLAN_CONTROLLING_TTY, .u.fd = n }
#define BORN(n) { .kind = PLAN_CLONE, .u.namespaces = n }
#define UNSHARE(n) { .kind = PLAN_UNSHARE, .u.namespaces = n }
#define BOUND(n) { .kind = PLAN_BOUNDING_SET, .u.caps = n }
#define KEEP(n) { .kind = PLAN_CAPABILITIES, .u.caps = n }
#define AMBIENT(n) { .kind = PLAN_AMBIENT, .u.caps = n }
#define PROVE(n) { .kind = PLAN_PROVE, .u.prove.caps = n }
#define ROOT(pivots) \
	{ .kind = PLAN_CHROOT, .u.root = { .path = "/x", .pivot = pivots } }
#define MAP(parent) { .kind = PLAN_MAP_IDS, .u.map.by_parent = parent }
#define EXEC(...) { .kind = PLAN_EXEC, .u.exec = { __VA_ARGS__ } }

struct row {
	const char *word;
	struct plan_step with[2];
	size_t nwith;
	const char *why;	/* "": it passes */
};

static const struct row files[] = {
	{ "sdcx", { FDS(0) }, 1, "descriptors names less than 0, 1 and 2" },
	{ "sdcx", { FDS(2) }, 1, "descriptors names less than 0, 1 and 2" },
	{ "sdcx", { FDS(3) }, 1, "" },
	{ "sdcx", { FDS(4) }, 1, "close closes what descriptors names" },
	{ "sdcx", { FDS(4), CLOSE(1) }, 2, "" },
	{ "sdcx", { FDS(4), CLOSE(2) }, 2, "" },
	{ "sdcx", { FDS(3), CLOSE(INT_MAX - 3) }, 2, "" },
	{ "sdcx", { FDS(3), CLOSE((size_t)INT_MAX - 2) }, 2,
	    "close leaves more than there can be" },
	{ "sdcx", { FDS(3), CLOSE(SIZE_MAX) }, 2,
	    "close leaves more than there can be" },
	/* a step without its path */
	{ "schx", { { .kind = PLAN_DIRECTORY } }, 1,
	    "directory has no path" },
	{ "scrx", { { .kind = PLAN_CHROOT } }, 1, "chroot has no path" },
	{ "scMpx", { { .kind = PLAN_MOUNT_PROC } }, 1,
	    "mount-proc has no path" },
	/* the number is the parent's before descriptors, the child's behind */
	{ "ntsdcx", { TTY(99) }, 1, "" },
	{ "ntsdcx", { TTY(PLAN_NEW_TERMINAL) }, 1, "" },
	{ "ntsdcx", { TTY(1) }, 1, "" },
	{ "ntscx", { TTY(1) }, 1, "" },
	{ "nsdtcx", { FDS(3), TTY(0) }, 2, "" },
	{ "nsdtcx", { FDS(3), TTY(2) }, 2, "" },
	{ "nsdtcx", { FDS(3), TTY(1) }, 2,
	    "controlling-tty is none of descriptors" },	/* closed */
	{ "nsdtcx", { FDS(3), TTY(3) }, 2,
	    "controlling-tty is none of descriptors" },
	{ "nsdtcx", { FDS(4), TTY(3) }, 2,
	    "close closes what descriptors names" },
	{ "nsdtcx", { FDS(3), TTY(-1) }, 2,
	    "controlling-tty is none of descriptors" },
	{ "nsdtcx", { FDS(3), TTY(PLAN_NEW_TERMINAL) }, 2,
	    "controlling-tty is none of descriptors" },
};

static const struct row namespaces[] = {
	/* the user's own, and one more */
	{ "yscOx", { { 0 } }, 0, "there are two user namespaces" },
	{ "scYOx", { { 0 } }, 0, "there are two user namespaces" },
	{ "bscMOx", { BORN(CLONE_NEWPID) }, 1, "" },
	{ "bscMx", { { 0 } }, 0,
	    "clone and unshare make the same namespace" },
	{ "yscYx", { BORN(CLONE_NEWUSER) }, 1,
	    "clone and unshare make the same namespace" },
	{ "yscMx", { BORN(CLONE_NEWUSER) }, 1, "" },
	/* nobody's ids, and ids that mean nothing yet */
	{ "scmx", { { 0 } }, 0, "map-ids needs a user namespace" },
	{ "bscSmx", { { 0 } }, 0, "map-ids needs a user namespace" },
	{ "yscmx", { { 0 } }, 0, "" },
	{ "scYmx", { { 0 } }, 0, "" },
	{ "scOmx", { { 0 } }, 0, "" },
	{ "yscmGIUPx", { { 0 } }, 0, "" },
	{ "scYmGIUPx", { { 0 } }, 0, "" },
	{ "yscGmIUPx", { { 0 } }, 0, "setgroups must stand behind map-ids" },
	{ "yscGIUPmx", { { 0 } }, 0, "setgroups must stand behind map-ids" },
	{ "scYGmIUPx", { { 0 } }, 0, "setgroups must stand behind map-ids" },
	/* his own is made by who he is already */
	{ "scGIUPOmx", { { 0 } }, 0, "" },
	/* it is written in /proc, which is somewhere else then */
	{ "scOmrx", { MAP(0), ROOT(0) }, 2, "" },
	{ "scOrmx", { MAP(1), ROOT(0) }, 2, "" },
	/* EPERM, for who is in a chroot */
	{ "scrOx", { ROOT(0) }, 1,
	    "chroot before user-namespace must pivot" },
	{ "scMrOx", { ROOT(1) }, 1, "" },
	/* a thread of ours would be no child */
	{ "bscx", { BORN(CLONE_NEWPID | CLONE_VM) }, 1,
	    "clone or unshare makes what is no namespace" },
	{ "scSx", { UNSHARE(CLONE_FILES) }, 1,
	    "clone or unshare makes what is no namespace" },
	{ "scOrmx", { MAP(0), ROOT(0) }, 2,
	    "map-ids needs the /proc of before chroot" },
	/* the mounts that are left behind would be everybody's */
	{ "scSrx", { ROOT(1) }, 1,
	    "chroot needs a mount namespace to pivot in" },
	{ "scMrx", { ROOT(1) }, 1, "" },
	{ "bscrx", { ROOT(1) }, 1, "" },
	/* a process does not go to these itself */
	{ "scSx", { UNSHARE(CLONE_NEWPID) }, 1,
	    "unshare makes a namespace for children only" },
	{ "scSx", { UNSHARE(CLONE_NEWNET | PLAN_NEWTIME) }, 1,
	    "unshare makes a namespace for children only" },
	{ "bscx", { BORN(CLONE_NEWPID | PLAN_NEWTIME) }, 1, "" },
	/* the machine's own /proc */
	{ "scpx", { { 0 } }, 0, "mount-proc needs a mount namespace" },
	{ "bscSpx", { BORN(CLONE_NEWPID) }, 1,
	    "mount-proc needs a mount namespace" },
	{ "bscpx", { { 0 } }, 0, "" },
	{ "scMpx", { { 0 } }, 0, "" },
};

static const struct row capabilities[] = {
	/* those would not be raised */
	{ "scBAx", { BOUND(CAP(1)), AMBIENT(CAP(2)) }, 2,
	    "ambient-caps are not in bounding-set" },
	{ "scBAx", { BOUND(CAP(40)), AMBIENT(CAP(40) | CAP(63)) }, 2,
	    "ambient-caps are not in bounding-set" },
	{ "scBAx", { BOUND(0), AMBIENT(CAP(0)) }, 2,
	    "ambient-caps are not in bounding-set" },
	{ "scBAx", { BOUND(CAP(1) | CAP(63)), AMBIENT(CAP(63)) }, 2, "" },
	{ "scBAx", { BOUND(0), AMBIENT(0) }, 2, "" },
	{ "scAx", { AMBIENT(UINT64_MAX) }, 1, "" },
	/* what is proven is what was done */
	{ "scCPx", { KEEP(CAP(1)), PROVE(0) }, 2,
	    "prove and capabilities name different ones" },
	{ "scCPx", { KEEP(0), PROVE(CAP(1)) }, 2,
	    "prove and capabilities name different ones" },
	{ "scCPx", { KEEP(CAP(1) | CAP(40)), PROVE(CAP(1) | CAP(41)) }, 2,
	    "prove and capabilities name different ones" },
	{ "scCPx", { KEEP(0), PROVE(0) }, 2, "" },
	{ "scKGIUCPx", { KEEP(CAP(63)), PROVE(CAP(63)) }, 2, "" },
	{ "scPx", { PROVE(CAP(1)) }, 1, "" },
	/* ... and all that was: but for what is his own to take */
	{ "scPAx", { { 0 } }, 0, "ambient-caps must stand before prove" },
	{ "scKGIUCPAx", { { 0 } }, 0, "ambient-caps must stand before prove" },
	{ "scKGIUCAPx", { { 0 } }, 0, "" },
	{ "scGIUPOmAx", { { 0 } }, 0, "" },
	{ "yscmPAx", { { 0 } }, 0, "ambient-caps must stand before prove" },
};

static const struct row commands[] = {
	{ "scx", { EXEC(NULL, one, none) }, 1, "exec has no path" },
	{ "scx", { EXEC(none, one, none) }, 1, "exec has no path" },
	{ "scx", { EXEC(one, NULL, none) }, 1, "exec has no argv[0]" },
	{ "scx", { EXEC(one, none, none) }, 1, "exec has no argv[0]" },
	{ "scx", { EXEC(one, one, NULL) }, 1, "exec has no environment" },
	{ "scx", { EXEC(one, one, none) }, 1, "" },
};

#define ONCE(...) { .kind = PLAN_ONCE, .u.once = { __VA_ARGS__ } }
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static const struct row onces[] = {
	{ "nscEx", { ONCE("/", "x", "m.1", "l", 2) }, 1, "" },
	{ "nscEx", { ONCE("/", "x/y", "m", "l", 0) }, 1, "" },
	{ "nscEx", { ONCE(NULL, "x", "m.1", "l", 2) }, 1,
	    "once has no directory" },
	{ "nscEx", { ONCE("/", NULL, "m.1", "l", 2) }, 1,
	    "once has no directory" },
	{ "nscEx", { ONCE("/", "", "m.1", "l", 2) }, 1,
	    "once has no directory" },
	{ "nscEx", { ONCE("/", "x", NULL, "l", 0) }, 1,
	    "once has no names for its files" },
	{ "nscEx", { ONCE("/", "x", "m.1", NULL, 2) }, 1,
	    "once has no names for its files" },
	{ "nscEx", { ONCE("/", "x", "", "l", 0) }, 1,
	    "once has no names for its files" },
	/* a host's name from who knows where */
	{ "nscEx", { ONCE("/", "x", "m/1", "l", 2) }, 1,
	    "once has no names for its files" },
	{ "nscEx", { ONCE("/", "x", "m.1", "../l", 2) }, 1,
	    "once has no names for its files" },
	{ "nscEx", { ONCE("/", "x", FIFTY FIFTY FIFTY FIFTY FIFTY "12345",
	    "l", 2) }, 1, "" },
	{ "nscEx", { ONCE("/", "x", FIFTY FIFTY FIFTY FIFTY FIFTY "123456",
	    "l", 2) }, 1, "once has no names for its files" },
	/* each name that begins so would be an old one */
	{ "nscEx", { ONCE("/", "x", "m.1", "l", 3) }, 1,
	    "once has a marker that is always the same" },
	{ "nscEx", { ONCE("/", "x", "m.1", "l", SIZE_MAX) }, 1,
	    "once has a marker that is always the same" },
};

static void
hold(const struct row *row)
{
	char why[LETTERS_WHY];
	const int r = letters_check(row->word, row->with, row->nwith, why);

	ck_assert_msg(strcmp(why, row->why) == 0, "%s: \"%s\", not \"%s\"",
	    row->word, why, row->why);
	ck_assert_int_eq(r, *row->why == '\0' ? 0 : -1);
}

/*
 * Would have caught a command that begins without a stdin, and a terminal
 * taken from a number that means another file in the child.
 */
START_TEST(I7_files)
{
	hold(&files[_i]);
}
END_TEST

/*
 * Would have caught groups set by numbers that are nobody's yet, and a /proc
 * mounted over the machine's.
 */
START_TEST(user_namespaces)
{
	hold(&namespaces[_i]);
}
END_TEST

/* Would have caught a proof that is about less than what was done. */
START_TEST(I4_capabilities)
{
	hold(&capabilities[_i]);
}
END_TEST

/* Would have caught a file that is made, or removed, somewhere else. */
START_TEST(what_is_done_once)
{
	hold(&onces[_i]);
}
END_TEST

/* Would have caught a program whose argc is 0. */
START_TEST(CVE_2021_4034_no_argv)
{
	hold(&commands[_i]);
}
END_TEST

/* Would have caught a reason that is written past its buffer. */
START_TEST(a_reason_is_cut)
{
	const struct plan_step exec = EXEC(one, none, none);
	char why[16];

	memset(why, 'x', sizeof(why));
	ck_assert_int_eq(planvalue_check(&exec, 1, why, 8), -1);
	ck_assert_str_eq(why, "exec ha");
	ck_assert_int_eq(why[8], 'x');
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("planvalue");
	TCase *tc = tcase_create("values");

	tcase_add_loop_test(tc, I7_files, 0, NROWS(files));
	tcase_add_loop_test(tc, user_namespaces, 0, NROWS(namespaces));
	tcase_add_loop_test(tc, I4_capabilities, 0, NROWS(capabilities));
	tcase_add_loop_test(tc, what_is_done_once, 0, NROWS(onces));
	tcase_add_loop_test(tc, CVE_2021_4034_no_argv, 0, NROWS(commands));
	tcase_add_test(tc, a_reason_is_cut);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

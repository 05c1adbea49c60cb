/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The files that a command may have, by Landlock, seen from the command.
 */

#include "config.h"
#include "landlock.h"

#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* Made anew for each test, in a folder that goes when all have ended. */
static char directory[] = "/tmp/check_landlock.XXXXXX";

static void
make_directory(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void
remove_directory(void)
{
	char clean[64];

	(void)snprintf(clean, sizeof(clean), "rm -rf %s", directory);
	ck_assert_int_eq(system(clean), 0);
}

/* In the folder below; what each script may do.  The first letter: yes? */
static const char *const attempts[] = {
	"ycat ro/f", "yls ro", "yls ro/d", "y./ro/prog", "n:>ro/f",
	"necho >>ro/f", "necho >ro/new", "nmkdir ro/new", "nrm ro/f",
	"nmv ro/f ro/g", "nln ro/f ro/g", "nln -s f ro/g", "nmkfifo ro/p",
	"ycat rw/f", "yls rw", "y./rw/prog", "y:>rw/f", "yecho >rw/new",
	"ymkdir rw/new", "yrm rw/f", "ymv rw/f rw/d/g", "yln rw/f rw/g",
	"yln -s f rw/g", "ymkfifo rw/p", "yrm -r rw/d",
	"ncat out/f", "nls out", "n./out/prog", "n:>out/f", "necho >out/new",
	"nrm out/f", "nmv out/f rw/g", "nmv rw/f out/g", "nmv rw/f ro/g",
	"nln out/f rw/g", "nln rw/f out/g", "nls .", "nls /", "nmkdir new",
	"ncat rw/link", "necho >rw/link", "ncat rw/../out/f",
	"ncat /proc/self/root/etc/passwd", "ncat /etc/passwd",
	"y./run/prog", "ycat run/f", "nls run", "n:>run/f", "necho >run/new",
	"ycat one", "n:>one", "necho >one", "ncat two", "yecho >two_w",
	"ycat two_w", "necho >three_w",
};

/* The shell and its libraries, as lists of an administrator's would. */
static const struct plan_path paths[] = {
	{ "/bin", PLAN_READ, 0 }, { "/usr", PLAN_READ, 0 },
	{ "/lib", PLAN_READ, 1 }, { "/lib64", PLAN_READ, 1 },
	{ "/etc/ld.so.cache", PLAN_RUN, 1 }, { "/dev/null", PLAN_WRITE, 0 },
	{ "ro", PLAN_READ, 0 }, { "rw", PLAN_WRITE, 0 },
	{ "run", PLAN_RUN, 0 }, { "one", PLAN_READ, 0 },
	{ "two_w", PLAN_WRITE, 0 }, { "not/there", PLAN_WRITE, 1 },
};

static const char furnish[] =
    "rm -rf ./*; for d in ro rw out run; do mkdir -p $d/d; echo x >$d/f; "
    "printf '#!/bin/sh\\nexit 0\\n' >$d/prog; chmod 755 $d/prog; done; "
    "ln -s ../out/f rw/link; touch one two two_w three_w";

/*
 * Each right of landlock(7), for directories and for files, as root, whom no
 * mode holds back.  Would have caught a right that is granted with another,
 * and one that is left out.
 */
START_TEST(landlock_allows_only_that)
{
	char script[256];
	const char *attempt = attempts[_i] + 1;

	if (!steps_has(SCENE_LANDLOCK, "landlock_allows_only_that"))
		return;
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_int_eq(system(furnish), 0);
	steps_of(PLAN_LANDLOCK)->u.landlock.list = paths;
	steps_of(PLAN_LANDLOCK)->u.landlock.count = sizeof(paths) /
	    sizeof(paths[0]);
	(void)snprintf(script, sizeof(script),
	    "if (%s) >/dev/null 2>&1; then echo y; else echo n; fi", attempt);
	steps_say(script);
	steps_add(STEPS_BASIC | STEP(NO_NEW_PRIVS) | STEP(LANDLOCK));
	scene_run(NULL, NULL);
	/* what was refused can be done, so it was for no other reason */
	(void)snprintf(script, sizeof(script), "(%s) >/dev/null 2>&1",
	    attempt);
	if (attempts[_i][0] == 'n' && system(script) != 0)
		scene.said[0] = '!';
	ck_assert_msg(scene.said[0] == attempts[_i][0], "%s: %s", attempt,
	    scene.said);
}
END_TEST

/*
 * What a path goes through.  Would have caught a link of the user's, which
 * would lead the next session somewhere else.
 */
START_TEST(landlock_follows_only_links_of_root)
{
	char path[64];
	struct plan_path list[NROWS(paths) + 1];
	struct plan_step *step = steps_of(PLAN_LANDLOCK);

	if (!steps_has(SCENE_ROOT | SCENE_LANDLOCK,
	    "landlock_follows_only_links_of_root"))
		return;
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_int_eq(system(furnish), 0);
	ck_assert_int_eq(symlink("out", "link"), 0);
	ck_assert_int_eq(lchown("link", _i == 0 ? 0 : SCENE_UID, 0), 0);
	(void)snprintf(path, sizeof(path), "%s/link/%s", directory,
	    _i == 2 ? "f" : "");
	memcpy(list, paths, sizeof(paths));
	list[NROWS(paths)].path = path;
	list[NROWS(paths)].access = PLAN_READ;
	/* that it is there and wrong is no option */
	list[NROWS(paths)].optional = 1;
	step->u.landlock.list = list;
	step->u.landlock.count = (size_t)NROWS(list);
	steps_say("cat out/f");
	steps_add(STEPS_BASIC | STEP(NO_NEW_PRIVS) | STEP(LANDLOCK));
	if (_i == 0)
		scene_run(NULL, NULL);
	else
		scene_fails(PLAN_LANDLOCK, ELOOP);
	ck_assert_str_eq(scene.said, _i == 0 ? "x\n" : "");
	if (_i != 0)
		ck_assert_str_eq(scene.failed.detail, path);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("landlock");
	TCase *tc = tcase_create("landlock");

	tcase_add_unchecked_fixture(tc, make_directory, remove_directory);
	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, landlock_allows_only_that, 0,
	    NROWS(attempts));
	tcase_add_loop_test(tc, landlock_follows_only_links_of_root, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

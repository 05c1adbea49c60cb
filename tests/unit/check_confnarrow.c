/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * An option on top of a file.  What slips through here frees somebody from
 * what the administrator of the machine said of him; nothing else would tell.
 */

#include "config.h"
#include "confnarrow.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define WIDER "it would confine less than the configuration"
#define ELSEWHERE \
	"the configuration's paths of Landlock would be in another root"
#define OTHER "the configuration says another"

/* Words as the command line has them, and what they make. */
struct side {
	struct confine confine;
	char *memory;
};

static struct side file, option, wanted;
static char why[128];

static void
setup(void)
{
	confine_init(&file.confine);
	confine_init(&option.confine);
	confine_init(&wanted.confine);
	memset(why, 'x', sizeof(why));
}

static void
drop(struct side *side)
{
	confine_free(&side->confine);
	free(side->memory);
	side->memory = NULL;
}

static void
teardown(void)
{
	drop(&file);
	drop(&option);
	drop(&wanted);
}

static void
take_word(struct side *side, char *word)
{
	char *value = strchr(word, ' ');
	int i;

	if (value != NULL)
		*value++ = '\0';
	for (i = 0; i < CONFINE_WORDS; i++)
		if (strcmp(word, confine_name((enum confine_word)i)) == 0)
			break;
	ck_assert_msg(i < CONFINE_WORDS, "no such word: %s", word);
	ck_assert_msg(confine_take(&side->confine, (enum confine_word)i,
	    value, why, sizeof(why)) == 0, "%s %s: %s", word, value, why);
}

/* "umask 022;no-new-privs"; "" is nothing. */
static void
take(struct side *side, const char *text)
{
	char *next, *word;

	ck_assert_ptr_nonnull(side->memory = strdup(text));
	next = side->memory;
	while ((word = strsep(&next, ";")) != NULL)
		if (*word != '\0')
			take_word(side, word);
}

static void
same_text(const char *what, const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		ck_assert_msg(a == b, "%s: %s, not %s", what,
		    a != NULL ? a : "nothing", b != NULL ? b : "nothing");
	else
		ck_assert_msg(strcmp(a, b) == 0, "%s: %s, not %s", what, a,
		    b);
}

static void
same_lists(const struct confine *a, const struct confine *b)
{
	size_t i;

	ck_assert_uint_eq(a->nlimits, b->nlimits);
	for (i = 0; i < a->nlimits; i++) {
		ck_assert_int_eq(a->limits[i].resource,
		    b->limits[i].resource);
		ck_assert(a->limits[i].soft == b->limits[i].soft);
		ck_assert(a->limits[i].hard == b->limits[i].hard);
	}
	ck_assert_uint_eq(a->npaths, b->npaths);
	for (i = 0; i < a->npaths; i++) {
		same_text("path", a->paths[i].path, b->paths[i].path);
		ck_assert_int_eq(a->paths[i].access, b->paths[i].access);
	}
}

static void
same(const struct confine *a, const struct confine *b)
{
	same_text("chroot", a->chroot, b->chroot);
	same_text("cgroup", a->cgroup, b->cgroup);
	same_text("map-users", a->uid_map, b->uid_map);
	same_text("map-groups", a->gid_map, b->gid_map);
	ck_assert_uint_eq(a->namespaces, b->namespaces);
	ck_assert_int_eq(a->setgroups, b->setgroups);
	ck_assert_int_eq(a->mount_proc, b->mount_proc);
	ck_assert_int_eq(a->no_new_privs, b->no_new_privs);
	ck_assert_int_eq(a->pdeathsig, b->pdeathsig);
	ck_assert_int_eq(a->has_ambient, b->has_ambient);
	ck_assert(a->ambient == b->ambient);
	ck_assert_int_eq(a->has_bounding, b->has_bounding);
	ck_assert(a->bounding == b->bounding);
	ck_assert_int_eq(a->has_umask, b->has_umask);
	ck_assert_uint_eq(a->umask, b->umask);
	same_lists(a, b);
}

static const struct {
	const char *file;
	const char *option;
	const char *result;
} narrower[] = {
	{ "", "", "" },
	/* the option says nothing: all of the file stays */
	{ "chroot /a;cgroup /b;unshare net;map-users 0:1:1;"
	    "map-groups 0:2:1;setgroups deny;mount-proc;no-new-privs;"
	    "ambient-caps kill;bounding-set kill;pdeathsig TERM;"
	    "limit nofile=1:2;umask 022;landlock-ro /c;landlock-rw /d", "",
	    "chroot /a;cgroup /b;unshare net;map-users 0:1:1;"
	    "map-groups 0:2:1;setgroups deny;mount-proc;no-new-privs;"
	    "ambient-caps kill;bounding-set kill;pdeathsig TERM;"
	    "limit nofile=1:2;umask 022;landlock-ro /c;landlock-rw /d" },
	/* the file says nothing: all of the option counts */
	{ "", "chroot /a;cgroup /b;unshare net;map-users 0:1:1;"
	    "map-groups 0:2:1;setgroups allow;mount-proc;no-new-privs;"
	    "ambient-caps kill;bounding-set kill;pdeathsig TERM;"
	    "limit nofile=1:2;umask 022;landlock-ro /c;landlock-rw /d",
	    "chroot /a;cgroup /b;unshare net;map-users 0:1:1;"
	    "map-groups 0:2:1;setgroups allow;mount-proc;no-new-privs;"
	    "ambient-caps kill;bounding-set kill;pdeathsig TERM;"
	    "limit nofile=1:2;umask 022;landlock-ro /c;landlock-rw /d" },
	/* words that have nothing to do with each other */
	{ "umask 022;limit core=0", "chroot /a;limit nofile=5",
	    "umask 022;chroot /a;limit core=0;limit nofile=5" },

	{ "chroot /a", "chroot /a", "chroot /a" },
	{ "chroot /a", "chroot /a/b", "chroot /a/b" },
	{ "chroot /a/", "chroot /a", "chroot /a" },
	{ "chroot //a//b/", "chroot /a/b/c", "chroot /a/b/c" },
	{ "chroot /a", "chroot //a///b", "chroot //a///b" },
	{ "chroot /", "chroot /a", "chroot /a" },
	{ "chroot /", "chroot /", "chroot /" },
	{ "chroot /a", "chroot /a/..b/c", "chroot /a/..b/c" },
	{ "chroot /a", "chroot /a/.../b", "chroot /a/.../b" },
	/* where the file itself goes up, nothing is left to be left */
	{ "chroot /a/../b", "chroot /a/../b/c", "chroot /a/../b/c" },
	{ "cgroup /c/g", "cgroup /c/g/h", "cgroup /c/g/h" },

	{ "unshare net", "unshare net", "unshare net" },
	{ "unshare net", "unshare pid,uts", "unshare net,pid,uts" },
	{ "mount-proc", "mount-proc", "mount-proc" },
	{ "no-new-privs", "mount-proc", "no-new-privs;mount-proc" },
	{ "map-users 0:1:1", "map-users 0:1:1", "map-users 0:1:1" },
	{ "map-users 0:1:1", "map-groups 0:2:1",
	    "map-users 0:1:1;map-groups 0:2:1" },
	{ "setgroups deny", "setgroups deny", "setgroups deny" },
	{ "setgroups allow", "setgroups deny", "setgroups deny" },
	{ "setgroups allow", "setgroups allow", "setgroups allow" },

	{ "ambient-caps kill,chown", "ambient-caps kill",
	    "ambient-caps kill" },
	{ "ambient-caps kill", "ambient-caps none", "ambient-caps none" },
	{ "ambient-caps none", "ambient-caps none", "ambient-caps none" },
	{ "bounding-set -kill", "bounding-set -kill,-chown",
	    "bounding-set -kill,-chown" },
	{ "bounding-set -kill", "bounding-set chown", "bounding-set chown" },
	{ "bounding-set kill", "ambient-caps none",
	    "bounding-set kill;ambient-caps none" },
	{ "pdeathsig TERM", "pdeathsig 15", "pdeathsig TERM" },

	{ "umask 022", "umask 022", "umask 022" },
	{ "umask 022", "umask 027", "umask 027" },
	{ "umask 0", "umask 0", "umask 0" },

	{ "limit nofile=10:20", "limit nofile=10:20", "limit nofile=10:20" },
	{ "limit nofile=10:20", "limit nofile=5:20", "limit nofile=5:20" },
	{ "limit nofile=10:20", "limit nofile=10:15", "limit nofile=10:15" },
	{ "limit nofile=10:20", "limit nofile=0", "limit nofile=0" },
	{ "limit cpu=unlimited", "limit cpu=3", "limit cpu=3" },
	{ "limit cpu=3:unlimited", "limit cpu=2:unlimited",
	    "limit cpu=2:unlimited" },
	{ "limit cpu=unlimited", "limit cpu=unlimited",
	    "limit cpu=unlimited" },
	{ "limit cpu=9;limit core=9", "limit core=8;limit data=7",
	    "limit cpu=9;limit core=8;limit data=7" },

	/* the option's paths take the place of the file's */
	{ "chroot /c;landlock-ro /a", "chroot /c;landlock-ro /a/b",
	    "chroot /c;landlock-ro /a/b" },
	{ "landlock-ro /a", "landlock-ro /a", "landlock-ro /a" },
	{ "landlock-ro /a", "landlock-ro /a/b", "landlock-ro /a/b" },
	{ "landlock-rw /a", "landlock-ro /a", "landlock-ro /a" },
	{ "landlock-ro /a;landlock-rw /b", "landlock-ro /b/c",
	    "landlock-ro /b/c" },
	{ "landlock-ro /;landlock-rw /b", "landlock-rw /b;landlock-ro /x",
	    "landlock-rw /b;landlock-ro /x" },
};

/*
 * Would have caught an option that is dropped because the file said something
 * else, a file's word that an option of another kind puts out, and a limit
 * that replaces another resource's.
 */
START_TEST(confines_further)
{
	take(&file, narrower[_i].file);
	take(&option, narrower[_i].option);
	take(&wanted, narrower[_i].result);
	ck_assert_msg(confnarrow(&file.confine, &option.confine, why,
	    sizeof(why)) == 0, "%s | %s: %s", narrower[_i].file,
	    narrower[_i].option, why);
	same(&file.confine, &wanted.confine);
}
END_TEST

static const struct {
	const char *file;
	const char *option;
	const char *why;
} refused[] = {
	{ "chroot /a;landlock-ro /usr", "chroot /a/b", "chroot: " ELSEWHERE },
	{ "landlock-ro /usr", "chroot /a", "chroot: " ELSEWHERE },
	{ "chroot /a", "chroot /b", "chroot: " OTHER },
	{ "chroot /a", "chroot /", "chroot: " OTHER },
	{ "chroot /a", "chroot /ab", "chroot: " OTHER },
	{ "chroot /ab", "chroot /a", "chroot: " OTHER },
	{ "chroot /a/b", "chroot /a", "chroot: " OTHER },
	{ "chroot /a", "chroot /x/a", "chroot: " OTHER },
	{ "chroot /a", "chroot /a/..", "chroot: " OTHER },
	{ "chroot /a", "chroot /a/../b", "chroot: " OTHER },
	{ "chroot /a", "chroot /a/b/../../c", "chroot: " OTHER },
	{ "chroot /a", "chroot /a/b//..", "chroot: " OTHER },
	{ "chroot /", "chroot /..", "chroot: " OTHER },
	{ "chroot /a", "chroot /../a", "chroot: " OTHER },
	/* what could be the same, but would have to be looked up */
	{ "chroot /a", "chroot /./a", "chroot: " OTHER },
	{ "cgroup /c/g", "cgroup /c/gh", "cgroup: " OTHER },
	{ "cgroup /c/g", "cgroup /c/g/../h", "cgroup: " OTHER },
	{ "map-users 0:1:1", "map-users 0:1:2", "map-users: " OTHER },
	{ "map-users 0:1:2", "map-users 0:1:1", "map-users: " OTHER },
	{ "map-groups 0:1:1", "map-groups 1:1:1", "map-groups: " OTHER },
	{ "setgroups deny", "setgroups allow", "setgroups: " WIDER },
	{ "ambient-caps kill", "ambient-caps kill,chown",
	    "ambient-caps: " WIDER },
	{ "ambient-caps none", "ambient-caps kill", "ambient-caps: " WIDER },
	{ "bounding-set kill", "bounding-set chown",
	    "bounding-set: " WIDER },
	{ "bounding-set none", "bounding-set kill",
	    "bounding-set: " WIDER },
	{ "bounding-set -kill", "bounding-set -chown",
	    "bounding-set: " WIDER },
	/* a number that no capability of today has */
	{ "bounding-set -cap_63", "bounding-set +all",
	    "bounding-set: " WIDER },
	{ "pdeathsig TERM", "pdeathsig KILL", "pdeathsig: " OTHER },
	{ "umask 022", "umask 0", "umask: " WIDER },
	{ "umask 027", "umask 022", "umask: " WIDER },
	{ "umask 022", "umask 077;limit core=0;chroot /a;umask 005",
	    "umask: " WIDER },
	{ "limit nofile=10:20", "limit nofile=11:20", "limit: " WIDER },
	{ "limit nofile=10:20", "limit nofile=5:21", "limit: " WIDER },
	{ "limit nofile=10", "limit nofile=unlimited", "limit: " WIDER },
	{ "limit nofile=10", "limit nofile=10:unlimited",
	    "limit: " WIDER },
	/* the first and the last of several, on either side */
	{ "limit cpu=1", "limit cpu=2;limit core=0", "limit: " WIDER },
	{ "limit cpu=1;limit core=2;limit data=3",
	    "limit as=4;limit cpu=1;limit data=4", "limit: " WIDER },
	{ "landlock-ro /a", "landlock-rw /a",
	    "landlock-ro or --landlock-rw: " WIDER },
	{ "landlock-ro /a", "landlock-ro /",
	    "landlock-ro or --landlock-rw: " WIDER },
	{ "landlock-ro /a", "landlock-ro /ab",
	    "landlock-ro or --landlock-rw: " WIDER },
	{ "landlock-rw /a", "landlock-ro /a/../b",
	    "landlock-ro or --landlock-rw: " WIDER },
	{ "landlock-ro /a;landlock-rw /b", "landlock-ro /a;landlock-rw /a",
	    "landlock-ro or --landlock-rw: " WIDER },
	{ "landlock-ro /a", "landlock-ro /a;landlock-ro /b",
	    "landlock-ro or --landlock-rw: " WIDER },
};

/*
 * Would have caught "/ab" taken for something below "/a", a ".." that leaves
 * it, the hard limit that is not looked at, and a list of which the first
 * element decides.
 */
START_TEST(confines_less)
{
	take(&file, refused[_i].file);
	take(&option, refused[_i].option);
	ck_assert_msg(confnarrow(&file.confine, &option.confine, why,
	    sizeof(why)) == -1, "%s | %s was taken", refused[_i].file,
	    refused[_i].option);
	ck_assert_str_eq(why, refused[_i].why);
}
END_TEST

/*
 * Would have caught, with ASan, a list that is freed and kept, or shared with
 * the option: each kind of memory is changed before the last word fails.
 */
START_TEST(after_an_error_it_is_freed)
{
	take(&file, "landlock-ro /a;limit core=1;umask 0");
	take(&option, "cgroup /y;map-users 0:1:1;"
	    "map-groups 0:1:1;limit core=0;limit cpu=1;limit data=2;"
	    "landlock-ro /b");
	ck_assert_int_eq(confnarrow(&file.confine, &option.confine, why,
	    sizeof(why)), -1);
	ck_assert_str_eq(why, "landlock-ro or --landlock-rw: " WIDER);
	confine_free(&file.confine);
	ck_assert_int_eq(confine_is_set(&file.confine), 0);
	/* what the option has is still its own */
	ck_assert_uint_eq(option.confine.nlimits, 3);
	ck_assert_str_eq(option.confine.uid_map, "0 1 1\n");
	ck_assert_str_eq(option.confine.paths[0].path, "/b");
}
END_TEST

/* Would have caught lists and maps that both think they own. */
START_TEST(lists_are_copies)
{
	take(&option, "limit core=1;landlock-ro /a;map-users 0:1:1;"
	    "map-groups 0:2:1");
	ck_assert_int_eq(confnarrow(&file.confine, &option.confine, why,
	    sizeof(why)), 0);
	ck_assert_ptr_ne(file.confine.limits, option.confine.limits);
	ck_assert_ptr_ne(file.confine.paths, option.confine.paths);
	ck_assert_ptr_ne(file.confine.uid_map, option.confine.uid_map);
	ck_assert_ptr_ne(file.confine.gid_map, option.confine.gid_map);
	confine_free(&option.confine);
	ck_assert_uint_eq(file.confine.nlimits, 1);
	ck_assert(file.confine.limits[0].hard == 1);
	ck_assert_str_eq(file.confine.gid_map, "0 2 1\n");
	ck_assert_str_eq(file.confine.paths[0].path, "/a");
}
END_TEST

/* Would have caught a reason that is longer than its room. */
START_TEST(reason_is_cut)
{
	take(&file, "umask 077");
	take(&option, "umask 0");
	ck_assert_int_eq(confnarrow(&file.confine, &option.confine, why, 5),
	    -1);
	ck_assert_str_eq(why, "umas");
	ck_assert_int_eq(why[5], 'x');
}
END_TEST

/*
 * What was made by both goes through the same check as what one says alone.
 * Would have caught a capability of the option's that the file's bounding set
 * has not, and a merged Landlock without no-new-privs.
 */
START_TEST(merged_is_checked)
{
	take(&file, "bounding-set chown");
	take(&option, "ambient-caps kill");
	ck_assert_int_eq(confnarrow(&file.confine, &option.confine, why,
	    sizeof(why)), 0);
	ck_assert_int_eq(confine_check(&file.confine, why, sizeof(why)), -1);
	ck_assert_int_eq(strncmp(why, "ambient-caps: ", 14), 0);
	teardown();
	take(&file, "unshare pid;umask 022");
	take(&option, "mount-proc;landlock-ro /");
	ck_assert_int_eq(confnarrow(&file.confine, &option.confine, why,
	    sizeof(why)), 0);
	ck_assert_int_eq(confine_check(&file.confine, why, sizeof(why)), 0);
	ck_assert_int_eq(file.confine.no_new_privs, 1);
	ck_assert_int_eq(file.confine.mount_proc, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confnarrow");
	TCase *tc = tcase_create("confnarrow");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, confines_further, 0, NROWS(narrower));
	tcase_add_loop_test(tc, confines_less, 0, NROWS(refused));
	tcase_add_test(tc, after_an_error_it_is_freed);
	tcase_add_test(tc, lists_are_copies);
	tcase_add_test(tc, reason_is_cut);
	tcase_add_test(tc, merged_is_checked);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

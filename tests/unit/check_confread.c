/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * From files to lines: what is wrong with them, all of it, and what is
 * included where.  A mistake must stop everything.
 */

#include "config.h"
#include "confread.h"

#include <sys/stat.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "run.h"

static const struct confmatch_facts gateway = { .fact = {
	[CONFMATCH_CALLER] = { "gateway", NULL },
} };

static struct conf *
read_text(const char *text)
{
	struct conf *conf = conf_from_text("t", text, strlen(text));

	ck_assert_ptr_nonnull(conf);
	return conf;
}

static const struct {
	const char *text;
	const char *errors[3];
} wrong[] = {
	{ "Umsk 022\n", { "t line 1: Umsk: unknown keyword" } },
	{ "\n\n umsk\n", { "t line 3: umsk: unknown keyword" } },
	{ "=\n", { "t line 1: \"\": unknown keyword" } },
	{ "Umask\n", { "t line 1: Umask: missing argument" } },
	{ "Umask # 022\n", { "t line 1: Umask: missing argument" } },
	{ "ForceCommand\n", { "t line 1: ForceCommand: missing argument" } },
	{ "ForceCommand # x\n",
	    { "t line 1: ForceCommand: missing argument" } },
	{ "Umask 1 2\n", { "t line 1: Umask: 2: more than one argument" } },
	{ "umask 8\n",
	    { "t line 1: umask: 8: not an octal number up to 777" } },
	{ "Deny \"x\n", { "t line 1: Deny: invalid quotes" } },
	{ "SetEnv \"A=secret\n", { "t line 1: SetEnv: invalid quotes" } },
	{ "SetEnv LD_PRELOAD=secret\n",
	    { "t line 1: SetEnv: ld.so loads code by it" } },
	{ "Match\n", { "t line 1: Match: missing criterion" } },
	{ "Match Foo x\n", { "t line 1: Match: Foo: unknown criterion" } },
	{ "Include\n", { "t line 1: Include: missing argument" } },
	{ "Include x\n", { "t line 1: Include: there are no files" } },
	/* all of them, also where nothing would apply */
	{ "A b\nMatch Foo x\nC d\nUmask 1\nMatch Caller x\nE f\n",
	    { "t line 1: A: unknown keyword",
	    "t line 2: Match: Foo: unknown criterion",
	    "t line 3: C: unknown keyword" } },
	/* who it is to be is asked before it is known */
	{ "Match LocalUser a\nLocalUser b\n", { "t line 2: LocalUser: "
	    "not under a Match that asks for LocalUser" } },
	{ "Match Caller a LocalUser a\nlocaluser b\n",
	    { "t line 2: localuser: "
	    "not under a Match that asks for LocalUser" } },
};

/* Would have caught a mistake that only its user finds, or that applies. */
START_TEST(what_is_wrong)
{
	struct conf *conf = read_text(wrong[_i].text);
	char why[256];
	size_t i;

	for (i = 0; i < 3 && wrong[_i].errors[i] != NULL; i++) {
		ck_assert_ptr_nonnull(conf_error(conf, i));
		ck_assert_str_eq(conf_error(conf, i), wrong[_i].errors[i]);
		ck_assert_ptr_null(strstr(conf_error(conf, i), "secret"));
	}
	ck_assert(i == 3 || conf_error(conf, i) == NULL);
	ck_assert_ptr_null(conf_apply(conf, &gateway, why, sizeof(why)));
	ck_assert_str_eq(why, wrong[_i].errors[0]);
	conf_free(conf);
}
END_TEST

START_TEST(a_nul_is_no_text)
{
	static const char text[] = "Umask 022\nUmask\0 1\nX y\n";
	struct conf *conf = conf_from_text("t", text, sizeof(text) - 1);

	ck_assert_ptr_nonnull(conf);
	ck_assert_str_eq(conf_error(conf, 0),
	    "t line 2: NUL: not a character");
	ck_assert_str_eq(conf_error(conf, 1),
	    "t line 3: X: unknown keyword");
	conf_free(conf);
}
END_TEST

/* Would have caught a list of mistakes as long as the file. */
START_TEST(errors_end)
{
	char text[2000];
	struct conf *conf;
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'x' : '\n';
	conf = conf_from_text("t", text, sizeof(text));
	ck_assert_ptr_nonnull(conf);
	for (i = 0; conf_error(conf, i) != NULL; i++)
		continue;
	ck_assert_uint_eq(i, 101);
	ck_assert_str_eq(conf_error(conf, 100), "t: too many mistakes");
	conf_free(conf);
}
END_TEST

static char directory[] = "/tmp/check_conf.XXXXXX";

static void
begin(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_int_eq(mkdir("d", 0700), 0);
	(void)umask(022);
}

static void
end(void)
{
	static const char *const names[] = { "c", "d/1.conf", "d/2.conf",
	    "d/3" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(names[i]);
	(void)rmdir("d");
	(void)rmdir(directory);
}

static void
write_file(const char *path, const char *text)
{
	FILE *fp = fopen(path, "w");

	ck_assert_ptr_nonnull(fp);
	ck_assert_int_ne(fputs(text, fp), EOF);
	ck_assert_int_eq(fclose(fp), 0);
}

static struct conf *
read_file(void)
{
	struct conf *conf;
	char path[64];

	/* from somewhere else: the patterns are the file's */
	(void)snprintf(path, sizeof(path), "%s/c", directory);
	ck_assert_int_eq(chdir("/"), 0);
	conf = conf_read(path, getuid());
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_ptr_nonnull(conf);
	return conf;
}

static void
expect(const char *text)
{
	struct conf *conf = read_file();
	struct conf_settings *settings;
	char why[256], *out;

	settings = conf_apply(conf, &gateway, why, sizeof(why));
	ck_assert_msg(settings != NULL, "%s", why);
	out = conf_print(settings);
	ck_assert_ptr_nonnull(out);
	ck_assert_str_eq(out, text);
	free(out);
	conf_settings_free(settings);
	conf_free(conf);
}

/*
 * Would have caught a Match that goes on behind the Include that it is in, or
 * that ends there; a file that is included although its Match does not match.
 */
START_TEST(include)
{
	write_file("d/1.conf", "LogLevel INFO\nMatch Caller gateway\n"
	    "Umask 1\nMatch Caller other\nDirectory /x\n");
	write_file("d/2.conf", "Umask 2\nMatch all\nDirectory /y\n");
	write_file("c", "Include d/*.conf\nDeny x\n");
	expect("deny x\ndirectory /y\numask 1\nloglevel INFO\n");
	write_file("c", "Match Caller gateway\nInclude d/2.conf\nDeny x\n"
	    "Match Caller other\nInclude d/1.conf\nDeny y\n");
	expect("deny x\ndirectory /y\numask 2\n");
	write_file("c", "Match Caller other\nInclude d/2.conf\nDeny x\n");
	expect("");
	write_file("c", "Include d/1.conf d/2.conf\n");
	expect("directory /y\numask 1\nloglevel INFO\n");
	write_file("c", "Include d/absent* d/absent\nDeny x\n");
	expect("deny x\n");
}
END_TEST

/* A line is told by the file that it stands in. */
START_TEST(include_is_told)
{
	struct confread read;
	struct conf *conf;
	char expected[128];

	write_file("d/1.conf", "\nUmask 1\n");
	write_file("c", "Include d/1.conf\n");
	ck_assert_int_eq(confread_file(&read, "c", getuid()), 0);
	ck_assert_uint_eq(read.nerrors, 0);
	ck_assert_uint_eq(read.nlines, 1);
	ck_assert_str_eq(read.lines[0].file, "./d/1.conf");
	ck_assert_uint_eq(read.lines[0].line, 2);
	confread_free(&read);
	/* not by way of two files either */
	write_file("d/1.conf", "Umask 1\nLocalUser a\n");
	write_file("c", "Match LocalUser a\nInclude d/1.conf\n");
	conf = read_file();
	(void)snprintf(expected, sizeof(expected), "%s/d/1.conf line 2: "
	    "LocalUser: not under a Match that asks for LocalUser",
	    directory);
	ck_assert_str_eq(conf_error(conf, 0), expected);
	conf_free(conf);
	/* nor from within one more Match */
	write_file("d/1.conf", "Match Caller gateway\nLocalUser a\n");
	conf = read_file();
	ck_assert_ptr_nonnull(conf_error(conf, 0));
	ck_assert_str_eq(conf_error(conf, 0), expected);
	conf_free(conf);
}
END_TEST

/*
 * Would have caught a Match in a file that frees what it is included under,
 * and one that is told of although it could not come into use.
 */
START_TEST(I1_include_under_what_is_unknown)
{
	struct confmatch_facts facts = gateway;
	struct conf_settings *s;
	struct conf *conf;
	char why[256];

	write_file("d/1.conf", "Umask 1\nMatch all\nUmask 2\n"
	    "Match Key *\nUmask 3\n");
	write_file("c", "Match Key *\nInclude d/1.conf\n"
	    "Match Caller other\nInclude d/1.conf\n");
	facts.keys_unknown = "nobody said it";
	conf = read_file();
	s = conf_apply(conf, &facts, why, sizeof(why));
	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_null(conf_text(s, CONFTABLE_UMASK));
	/* the line that includes, and the one that is included */
	ck_assert_uint_eq(s->nunknown, 2);
	ck_assert_uint_eq(s->unknown[0].line, 1);
	ck_assert_uint_eq(s->unknown[1].line, 4);
	conf_settings_free(s);
	conf_free(conf);
}
END_TEST

static void
expect_error(const char *format)
{
	struct conf *conf = read_file();
	char expected[256];

	(void)snprintf(expected, sizeof(expected), "%s/%s", directory,
	    format);
	ck_assert_ptr_nonnull(conf_error(conf, 0));
	ck_assert_msg(strncmp(conf_error(conf, 0), expected,
	    strlen(expected)) == 0, "%s", conf_error(conf, 0));
	conf_free(conf);
}

/* Would have caught a file that is not there, or others', read as empty. */
START_TEST(files_that_are_not_trusted)
{
	expect_error("c: No such file or directory");
	write_file("c", "Umask 1\n");
	ck_assert_int_eq(chmod("c", 0664), 0);
	expect_error("c: others than the owner may write it");
	ck_assert_int_eq(chmod("c", 0644), 0);
	expect("umask 1\n");
	write_file("c", "Umask 1\nInclude d/*\n");
	write_file("d/1.conf", "");
	write_file("d/3", "");
	ck_assert_int_eq(chmod("d/3", 0602), 0);
	expect_error("c line 2: /tmp/");
	ck_assert_int_eq(chmod("d/3", 0600), 0);
	expect("umask 1\n");
	write_file("c", "Include ~/x\n");
	expect_error("c line 1: Include: not the name of a file");
	write_file("c", "Include \"\"\n");
	expect_error("c line 1: Include: not the name of a file");
}
END_TEST

/* Would have caught a circle, and one that doubles at each turn. */
START_TEST(circles)
{
	struct conf *conf;

	write_file("c", "Umask 1\nInclude c\n");
	conf = read_file();
	ck_assert_ptr_nonnull(strstr(conf_error(conf, 0),
	    "c line 2: "));
	ck_assert_ptr_nonnull(strstr(conf_error(conf, 0),
	    "too many files within files"));
	ck_assert_ptr_null(conf_error(conf, 1));
	conf_free(conf);
	write_file("c", "Umask 1\nInclude c c c\n");
	conf = read_file();
	ck_assert_ptr_nonnull(conf_error(conf, 0));
	conf_free(conf);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confread");
	TCase *tc = tcase_create("texts"), *files = tcase_create("files");

	tcase_add_loop_test(tc, what_is_wrong, 0,
	    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tc, a_nul_is_no_text);
	tcase_add_test(tc, errors_end);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(files, begin, end);
	tcase_add_test(files, include);
	tcase_add_test(files, include_is_told);
	tcase_add_test(files, I1_include_under_what_is_unknown);
	tcase_add_test(files, files_that_are_not_trusted);
	tcase_add_test(files, circles);
	suite_add_tcase(s, files);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

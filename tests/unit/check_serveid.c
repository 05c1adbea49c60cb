/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serveid.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define UUID "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"

static const struct {
	const char *line;
	unsigned short rows, cols;
} right[] = {
	{ UUID ":24:80", 24, 80 },
	{ UUID ":24:80\r", 24, 80 },
	{ "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6:24:80", 24, 80 },
	{ "f81D4fae-7DEC-11d0-A765-00a0c91e6BF6:1:1", 1, 1 },
	{ UUID ":65535:65535", 65535, 65535 },
	{ UUID ":0:0", 0, 0 },
	{ UUID ":0:80", 0, 0 },
	{ UUID ":24:0", 0, 0 },
	{ UUID ":0024:080", 24, 80 },
};

/*
 * Would have caught height and width in each other's place, one of them that
 * counts alone, and two sessions for two ways to write one UUID.
 */
START_TEST(takes)
{
	const size_t len = strlen(right[_i].line);
	char *line = malloc(len);
	struct serveid id;
	const char *why;

	/* without its NUL, for ASan to see a read past its end */
	ck_assert_ptr_nonnull(line);
	memcpy(line, right[_i].line, len);
	ck_assert_int_eq(serveid_parse(&id, line, len, &why), 0);
	ck_assert_str_eq(id.name, UUID);
	ck_assert_uint_eq(id.rows, right[_i].rows);
	ck_assert_uint_eq(id.cols, right[_i].cols);
	free(line);
}
END_TEST

static const struct {
	const char *line;
	const char *why;
} wrong[] = {
	{ "", "UUID:HEIGHT:WIDTH" },
	{ "\r", "UUID:HEIGHT:WIDTH" },
	{ ":", "UUID:HEIGHT:WIDTH" },
	{ UUID, "UUID:HEIGHT:WIDTH" },
	{ UUID ":24", "UUID:HEIGHT:WIDTH" },
	{ UUID ":24:80:", "UUID:HEIGHT:WIDTH" },
	{ UUID ":24:80:1", "UUID:HEIGHT:WIDTH" },
	{ "::", "UUID" },
	{ ":24:80", "UUID" },
	{ "work:24:80", "UUID" },
	{ "../../../../etc/passwd/aaaaaaaaaaaaaa:24:80", "UUID" },
	{ "f81d4fae-7dec-11d0-a765-00a0c91e6bf:24:80", "UUID" },
	{ UUID "0:24:80", "UUID" },
	{ "f81d4fae7dec11d0a76500a0c91e6bf6:24:80", "UUID" },
	{ "{" UUID "}:24:80", "UUID" },
	{ "g81d4fae-7dec-11d0-a765-00a0c91e6bf6:24:80", "UUID" },
	{ "f81d4fae07dec-11d0-a765-00a0c91e6bf6:24:80", "UUID" },
	{ "f81d4fa--7dec-11d0-a765-00a0c91e6bf6:24:80", "UUID" },
	{ " " UUID ":24:80", "UUID" },
	{ UUID " :24:80", "UUID" },
	{ UUID ":x:80", "height" },
	{ UUID "::80", "height" },
	{ UUID ":-1:80", "height" },
	{ UUID ":65536:80", "height" },
	{ UUID ":4294967320:80", "height" },	/* 24 in 32 bits */
	{ UUID ":24 :80", "height" },
	{ UUID ":24:", "width" },
	{ UUID ":24:\r", "width" },
	{ UUID ":24:+80", "width" },
	{ UUID ":24:80\r\r", "width" },
	{ UUID ":24:80 ", "width" },
	{ UUID ":24:0x50", "width" },
	{ UUID ":24:65616", "width" },		/* 80 in 16 bits */
	{ UUID ":24:80.0", "width" },
};

/* Would have caught a number that is cut to 16 bits, and a path for a name. */
START_TEST(refuses)
{
	struct serveid id;
	const char *why = NULL;

	ck_assert_int_eq(serveid_parse(&id, wrong[_i].line,
	    strlen(wrong[_i].line), &why), -1);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_nonnull(strstr(why, wrong[_i].why));
}
END_TEST

/* A NUL is a byte like others.  Would have caught a strchr(3) on the line. */
START_TEST(a_nul)
{
	static const char lines[2][46] = {
		UUID ":24:80\0x", UUID "\0:24:80x",
	};
	struct serveid id;
	const char *why;
	size_t i;

	for (i = 0; i < 2; i++)
		ck_assert_int_eq(serveid_parse(&id, lines[i], 44, &why), -1);
}
END_TEST

static int ends[2];

static void
setup(void)
{
	ck_assert_int_eq(pipe(ends), 0);
}

static void
teardown(void)
{
	(void)close(ends[0]);
	if (ends[1] != -1)
		(void)close(ends[1]);
}

static void
say(const char *text)
{
	ck_assert_int_eq(write(ends[1], text, strlen(text)),
	    (ssize_t)strlen(text));
}

static void
leave(void)
{
	(void)close(ends[1]);
	ends[1] = -1;
}

/* Would have caught the first keys lost with the line that they came with. */
START_TEST(leaves_what_follows)
{
	static const char rest[] = "{\"data\":\"a\"}\n";
	struct serveid id;
	const char *why;
	char buf[64];

	say(UUID ":24:80\r\n");
	say(rest);
	ck_assert_int_eq(serveid_read(&id, ends[0], &why), 1);
	ck_assert_str_eq(id.name, UUID);
	ck_assert_int_eq(read(ends[0], buf, sizeof(buf)),
	    (ssize_t)sizeof(rest) - 1);
	ck_assert_int_eq(memcmp(buf, rest, sizeof(rest) - 1), 0);
}
END_TEST

/* Would have caught O_NONBLOCK, somebody else's, taken for an error. */
START_TEST(waits)
{
	struct serveid id;
	const char *why;
	pid_t pid;

	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		/* the reader may be there before or after */
		say(UUID ":2");
		(void)poll(NULL, 0, 20);
		say("4:80\n");
		_exit(0);
	}
	leave();
	ck_assert_int_eq(serveid_read(&id, ends[0], &why), 1);
	ck_assert_uint_eq(id.rows, 24);
}
END_TEST

static const struct {
	const char *said;
	int result;
	const char *why;
} ended[] = {
	{ "", 0, NULL },
	{ UUID ":24:80", -1, "ends" },		/* cut: it may go on */
	{ "\n", -1, "UUID:HEIGHT:WIDTH" },
	{ UUID ":000000000000000000000000000000000000000000024:80\n", -1,
	    "too long" },
};

/* Would have caught half a line that counts for one, and endless memory. */
START_TEST(no_line)
{
	struct serveid id;
	const char *why = NULL;

	say(ended[_i].said);
	leave();
	ck_assert_int_eq(serveid_read(&id, ends[0], &why), ended[_i].result);
	if (ended[_i].why != NULL)
		ck_assert_ptr_nonnull(strstr(why, ended[_i].why));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("serveid");
	TCase *tc = tcase_create("line"), *stream = tcase_create("stream");

	tcase_add_loop_test(tc, takes, 0, NROWS(right));
	tcase_add_loop_test(tc, refuses, 0, NROWS(wrong));
	tcase_add_test(tc, a_nul);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(stream, setup, teardown);
	tcase_add_test(stream, leaves_what_follows);
	tcase_add_test(stream, waits);
	tcase_add_loop_test(stream, no_line, 0, NROWS(ended));
	suite_add_tcase(s, stream);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "loginstate.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void
fill(char *field, size_t size, const char *text)
{
	const size_t len = strnlen(text, size);

	memset(field, 0, size);
	memcpy(field, text, len);
}

/* An ordinary one, or one of what no program should have written. */
static void
make(struct loginstate *state, int odd)
{
	memset(state, 0, sizeof(*state));
	state->written = odd ? UINT32_MAX : LOGINSTATE_UTMP;
	state->pid = odd ? INT32_MAX : 13;
	state->row = odd ? UINT64_MAX : 0;
	state->from = state->to = 1700000000123456;
	state->before_start = 4711;
	state->before.ut_type = odd ? LOGIN_PROCESS : USER_PROCESS;
	state->before.ut_pid = odd ? -1 : 14;
	state->before.ut_session = odd ? -1 : 14;
	/* With a sign, without, of 32 bits or 64: as libc has it. */
	memset(&state->before.ut_tv.tv_sec, 0xff,
	    sizeof(state->before.ut_tv.tv_sec));
	if (!odd)
		state->before.ut_tv.tv_sec = 1700000000;
	state->before.ut_tv.tv_usec = 999999;
	fill(state->before.ut_line, sizeof(state->before.ut_line), "pts/0");
	fill(state->before.ut_id, sizeof(state->before.ut_id), "ts/0");
	if (!odd) {
		fill(state->line, sizeof(state->line), "pts/0");
		fill(state->user, sizeof(state->user), "alice");
		fill(state->before.ut_user, sizeof(state->before.ut_user),
		    "gateway");
		fill(state->before.ut_host, sizeof(state->before.ut_host),
		    "192.0.2.1");
		memcpy(state->before.ut_addr_v6, "\300\0\2\1", 4);
		return;
	}
	memset(state->line, '\n', sizeof(state->line) - 1);
	memset(state->user, 0xff, sizeof(state->user) - 1);
	memset(state->before.ut_user, '%', sizeof(state->before.ut_user));
	memset(state->before.ut_host, ' ', sizeof(state->before.ut_host));
	memset(state->before.ut_addr_v6, 0xfe,
	    sizeof(state->before.ut_addr_v6));
}

/*
 * Would have caught a field that is forgotten, one without a NUL that takes
 * its neighbour along, and a byte that ends a word or the line.
 */
START_TEST(there_and_back)
{
	char text[LOGINSTATE_TEXT_SIZE];
	struct loginstate state, again;
	const char *p;

	make(&state, _i);
	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	for (p = text; *p != '\0'; p++)
		ck_assert(*p >= ' ' && *p <= '~');
	memset(&again, 'x', sizeof(again));
	ck_assert_msg(loginstate_parse(text, &again) == 0, "%s", text);
	ck_assert_mem_eq(&state, &again, sizeof(state));
}
END_TEST

/* Would have caught a text that is cut and still taken. */
START_TEST(too_little_room)
{
	char text[LOGINSTATE_TEXT_SIZE], small[LOGINSTATE_TEXT_SIZE];
	struct loginstate state;
	size_t size;

	make(&state, 0);
	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	for (size = 0; size <= strlen(text); size++) {
		memset(small, '!', sizeof(small));
		ck_assert_int_eq(loginstate_print(&state, small, size), -1);
		ck_assert_int_eq(errno, ENOSPC);
		ck_assert_int_eq(small[size], '!');
	}
	ck_assert_int_eq(loginstate_print(&state, small, size), 0);
}
END_TEST

/* An empty state is one, too: a session without a terminal. */
START_TEST(nothing_was_written)
{
	char text[LOGINSTATE_TEXT_SIZE];
	struct loginstate state, again;

	memset(&state, 0, sizeof(state));
	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	ck_assert_int_eq(loginstate_parse(text, &again), 0);
	ck_assert_mem_eq(&state, &again, sizeof(state));
}
END_TEST

/* What is put in place of something that stands in a good text. */
static const struct {
	const char *old, *new;
} hostile[] = {
	{ "written=1", "written=" },
	{ "written=1", "written=01" },
	{ "written=1", "written=+1" },
	{ "written=1", "written=4294967296" },
	{ "written=1", "Written=1" },
	{ "written=1", " written=1" },
	{ "written=1", "x=1 written=1" },
	{ "pid=13", "pid=-13" },
	{ "pid=13", "pid=0" },
	{ "pid=13 ", "" },
	{ "pid=13", "pid=13 pid=13" },
	{ "line=pts/0", "line=" },
	{ "line=pts/0", "line=pts%2f0" },
	{ "line=pts/0", "line=pts/0%00" },
	{ "line=pts/0", "line=pts/0%00x" },
	{ "line=pts/0", "line=%7" },
	{ "line=pts/0", "line=%7G" },
	{ "line=pts/0", "line=%7F" },
	{ "line=pts/0", "line=%" },
	{ "line=pts/0", "line=a\nb" },
	{ "line=pts/0", "line=a\tb" },
	{ "line=pts/0", "line=123456789012345678901234567890123" },
	{ "user=alice", "user=" },
	{ "user=alice", "user=al=ice" },
	{ "user=alice", "user=al\303\251ce" },
	{ "was-type=7", "was-type=8" },
	{ "was-type=7", "was-type=65543" },
	{ "was-id=ts/0", "was-id=pts/0" },
	{ "was-pid=14", "was-pid=4294967310" },
	{ "was-start=4711", "was-start=99999999999999999999" },
	{ "was-usec=999999", "was-usec=999999x" },
	{ "was-address=", "was-address=0123456789abc" },
	{ "was-address=", "was-address" },
	{ " was-address=", "\nwas-address=" },
	{ " end", "" },
	{ " end", " end " },
	{ " end", " end end" },
};

/*
 * Would have caught a reader that takes what it does not understand, or what
 * another version wrote, for something else.
 */
START_TEST(nothing_else_is_taken)
{
	char text[LOGINSTATE_TEXT_SIZE], bad[2 * LOGINSTATE_TEXT_SIZE];
	struct loginstate state, empty;
	char *at;

	memset(&empty, 0, sizeof(empty));
	make(&state, 0);
	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	at = strstr(text, hostile[_i].old);
	ck_assert_msg(at != NULL, "%s in %s", hostile[_i].old, text);
	(void)snprintf(bad, sizeof(bad), "%.*s%s%s", (int)(at - text), text,
	    hostile[_i].new, at + strlen(hostile[_i].old));
	memset(&state, 'x', sizeof(state));
	ck_assert_msg(loginstate_parse(bad, &state) == -1, "%s", bad);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_mem_eq(&state, &empty, sizeof(state));
}
END_TEST

/* Would have caught a reading past the end, with a sanitizer. */
START_TEST(what_is_cut_or_longer)
{
	char text[LOGINSTATE_TEXT_SIZE], *copy;
	struct loginstate state;
	size_t len;

	make(&state, 0);
	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	for (len = 0; len < strlen(text); len++) {
		ck_assert_ptr_nonnull(copy = strndup(text, len));
		ck_assert_int_eq(loginstate_parse(copy, &state), -1);
		free(copy);
	}
	(void)strlcat(text, " ", sizeof(text));
	ck_assert_int_eq(loginstate_parse(text, &state), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("loginstate");
	TCase *tc = tcase_create("loginstate");

	tcase_add_loop_test(tc, there_and_back, 0, 2);
	tcase_add_test(tc, too_little_room);
	tcase_add_test(tc, nothing_was_written);
	tcase_add_loop_test(tc, nothing_else_is_taken, 0, NROWS(hostile));
	tcase_add_test(tc, what_is_cut_or_longer);
	suite_add_tcase(s, tc);
	return run_suite(s);
}

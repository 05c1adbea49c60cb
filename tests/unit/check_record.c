/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What a session tells others of itself, and of who looks on. */

#include "config.h"
#include "record.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "den.h"
#include "recorddir.h"
#include "recordfile.h"
#include "run.h"
#include "salon.h"

static struct salon salon;

static void
setup(void)
{
	salon_open(&salon, 4096);
}

static void
teardown(void)
{
	salon_close(&salon);
}

/* Somebody attaches who has that in his environment; at most three. */
static int
arrive(uint32_t flags, const char *one, const char *two)
{
	const struct proto_attach attach = { .flags = flags };
	const int end = salon_visitor(&salon);

	if (one != NULL)
		salon_say(&salon, end, PROTO_ENVIRON, one, strlen(one));
	if (two != NULL)
		salon_say(&salon, end, PROTO_ENVIRON, two, strlen(two));
	salon_say_attach(&salon, end, &attach, -1);
	return end;
}

static void
leave(int end)
{
	(void)close(end);
	salon_settle(&salon);
}

/* What a file says, NULL for nothing; of the last call. */
static const char *
value(const char *file, const char *name)
{
	static char text[256];
	struct recordfile *rec = recorddir_read(salon.dir, file, geteuid());
	const char *found = rec == NULL ? NULL : recordfile_get(rec, name);

	if (found != NULL)
		(void)strlcpy(text, found, sizeof(text));
	recordfile_free(rec);
	return found == NULL ? NULL : text;
}

static const char *
agent(void)
{
	static char target[256];
	const ssize_t n = readlinkat(salon.dir, "salon.agent", target,
	    sizeof(target) - 1);

	target[n > 0 ? n : 0] = '\0';
	return target;
}

/* Would have caught a list that counts who is none, or has left. */
START_TEST(viewers)
{
	int a, b, c;

	record_write(&salon.session);
	ck_assert_str_eq(value("salon.info", "VIEWERS"), "0");
	ck_assert_ptr_null(value("salon.info", "ATTACHED"));
	a = arrive(0, NULL, NULL);
	b = arrive(PROTO_READONLY, NULL, NULL);
	c = salon_visitor(&salon);
	ck_assert_str_eq(value("salon.info", "VIEWERS"), "2");
	ck_assert_ptr_nonnull(value("salon.info", "ATTACHED"));
	leave(c);
	ck_assert_ptr_null(value("salon.info", "DETACHED"));
	leave(a);
	ck_assert_str_eq(value("salon.info", "VIEWERS"), "1");
	ck_assert_ptr_nonnull(value("salon.info", "DETACHED"));
	leave(b);
	ck_assert_str_eq(value("salon.info", "VIEWERS"), "0");
	ck_assert_ptr_null(value("salon.info", "STATUS"));
	salon_leader_ends(&salon, 3 << 8);
	ck_assert_str_eq(value("salon.info", "STATUS"), "768");
}
END_TEST

/* Would have caught an agent that is gone with the viewer that it came with. */
START_TEST(the_newest_agent)
{
	const int a = arrive(0, "SSH_AUTH_SOCK=/a", NULL);
	int b, c;

	ck_assert_str_eq(agent(), "/a");
	b = arrive(0, "SSH_AUTH_SOCK=/b", NULL);
	ck_assert_str_eq(agent(), "/b");
	c = arrive(0, NULL, NULL);
	ck_assert_str_eq(agent(), "/b");
	leave(b);
	ck_assert_str_eq(agent(), "/a");
	leave(c);
	leave(a);
	/* nobody has another one */
	ck_assert_str_eq(agent(), "/a");
}
END_TEST

/* Would have caught the keys of somebody who only looks on being used. */
START_TEST(not_the_lookers_on)
{
	const int a = arrive(PROTO_READONLY, "SSH_AUTH_SOCK=/ro", "DISPLAY=:1");
	int b, c;

	ck_assert_str_eq(agent(), "");
	ck_assert_ptr_null(value("salon.env", "DISPLAY"));
	b = arrive(0, NULL, NULL);
	ck_assert_str_eq(agent(), "");
	c = arrive(PROTO_READONLY, "SSH_AUTH_SOCK=/ro", NULL);
	leave(b);
	ck_assert_str_eq(agent(), "");
	leave(a);
	leave(c);
}
END_TEST

/* Would have caught what the last one had being taken for this one's. */
START_TEST(environment)
{
	const int a = arrive(0, "DISPLAY=:1", "SSH_CONNECTION=1 2 3 4");
	int b, c;

	ck_assert_str_eq(value("salon.env", "DISPLAY"), ":1");
	ck_assert_str_eq(value("salon.env", "SSH_CONNECTION"), "1 2 3 4");
	b = arrive(0, "DISPLAY=:2", NULL);
	ck_assert_str_eq(value("salon.env", "DISPLAY"), ":2");
	ck_assert_ptr_null(value("salon.env", "SSH_CONNECTION"));
	c = arrive(0, NULL, NULL);
	ck_assert_ptr_null(value("salon.env", "DISPLAY"));
	leave(a);
	leave(b);
	leave(c);
}
END_TEST

/* Would have caught other variables, and the second of two winning. */
START_TEST(only_what_is_known)
{
	static const struct {
		const char *text;
		size_t len;
	} junk[] = {
		{ "LD_PRELOAD=/x", 13 }, { "DISPLAYX=:7", 11 },
		{ "DISPLAY", 7 }, { "", 0 }, { "=", 1 }, { "DISPLAY=:7\0", 11 },
		{ "DISPLAY=:1", 10 }, { "DISPLAY=:2", 10 },
	};
	const int end = salon_visitor(&salon);
	size_t i;

	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		salon_say(&salon, end, PROTO_ENVIRON, junk[i].text,
		    junk[i].len);
	salon_say_attach(&salon, end, &(struct proto_attach){ .flags = 0 },
	    -1);
	ck_assert_str_eq(value("salon.env", "DISPLAY"), ":1");
	ck_assert_ptr_null(value("salon.env", "LD_PRELOAD"));
	leave(end);
}
END_TEST

/* Would have caught a look that is written down as a viewer's leaving. */
START_TEST(a_look_is_nothing)
{
	const int end = salon_visitor(&salon);
	struct album album = { 0 };

	record_write(&salon.session);
	salon_say(&salon, end, PROTO_PEEK, NULL, 0);
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album.ended, 1);
	ck_assert_ptr_null(value("salon.info", "DETACHED"));
	ck_assert_str_eq(value("salon.info", "VIEWERS"), "0");
	album_free(&album);
	(void)close(end);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("record");
	TCase *tc = tcase_create("record");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, viewers);
	tcase_add_test(tc, the_newest_agent);
	tcase_add_test(tc, not_the_lookers_on);
	tcase_add_test(tc, environment);
	tcase_add_test(tc, only_what_is_known);
	tcase_add_test(tc, a_look_is_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

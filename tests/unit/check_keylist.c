/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* A key that policy hides must not be in what a client reads. */

#include "config.h"
#include "keylist.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "agentblob.h"
#include "agentproto.h"
#include "agentreal.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* Keeps those whose turn has its bit set, of up to 2048. */
struct chosen {
	unsigned int turn;
	unsigned int every;	/* one of so many; 0 for none */
};

static int
keep(void *ctx, const uint8_t *blob, size_t len)
{
	struct chosen *chosen = ctx;

	ck_assert_uint_gt(len, 4);
	ck_assert_ptr_nonnull(blob);
	return chosen->every != 0 && chosen->turn++ % chosen->every == 0;
}

/* A list of so many, with comments that make up for a size. */
static void
make_list(struct agentblob *body, unsigned int count, size_t comment)
{
	static char text[AGENTPROTO_BODY_MAX];
	unsigned int i;

	memset(text, 'c', sizeof(text));
	agentblob_byte(body, AGENTPROTO_IDENTITIES);
	agentblob_u32(body, count);
	for (i = 0; i < count; i++) {
		agentblob_key(body, i);
		agentblob_string(body, text, comment);
	}
}

/* The same list of the keys that are left, made anew. */
static void
make_rest(struct agentblob *body, unsigned int count, size_t comment,
    unsigned int every)
{
	static char text[AGENTPROTO_BODY_MAX];
	unsigned int i, left;

	memset(text, 'c', sizeof(text));
	left = every == 0 ? 0 : (count + every - 1) / every;
	agentblob_byte(body, AGENTPROTO_IDENTITIES);
	agentblob_u32(body, left);
	for (i = 0; i < left; i++) {
		agentblob_key(body, i * every);
		agentblob_string(body, text, comment);
	}
}

static const struct {
	unsigned int count;
	size_t comment;
	unsigned int every;
} lists[] = {
	{ 0, 0, 1 }, { 0, 0, 0 }, { 1, 0, 1 }, { 1, 0, 0 }, { 3, 7, 2 },
	{ 2048, 64, 1 }, { 2048, 64, 0 }, { 2048, 64, 2048 },
	{ 2048, 64, 3 }, { 2048, 0, 2 },
	/* the largest that there is, to the byte: two keys of 51 and 262021 */
	{ 2, (AGENTPROTO_BODY_MAX - 5 - 2 * (51 + 8)) / 2, 2 },
};

/*
 * agent 16.  Would have caught a number that is not that of the keys, an entry
 * that is moved over the next one, and a comment that goes with another key.
 */
START_TEST(filters)
{
	struct agentblob body = { .bytes = NULL }, rest = { .bytes = NULL };
	struct chosen chosen = { .every = lists[_i].every };
	unsigned int shown = 77, hidden = 77, left;
	size_t len;

	make_list(&body, lists[_i].count, lists[_i].comment);
	make_rest(&rest, lists[_i].count, lists[_i].comment,
	    lists[_i].every);
	ck_assert_uint_le(body.len, AGENTPROTO_BODY_MAX);
	left = lists[_i].every == 0 ? 0 :
	    (lists[_i].count + lists[_i].every - 1) / lists[_i].every;
	len = keylist_filter(body.bytes, body.len, keep, &chosen, &shown,
	    &hidden);
	ck_assert_uint_eq(len, rest.len);
	ck_assert_int_eq(memcmp(body.bytes, rest.bytes, len), 0);
	ck_assert_uint_eq(shown, left);
	ck_assert_uint_eq(hidden, lists[_i].count - left);
	agentblob_free(&body);
	agentblob_free(&rest);
}
END_TEST

/* Where nothing is hidden not a byte is another, nor is any key parsed. */
START_TEST(stays)
{
	struct agentblob body = { .bytes = NULL }, copy = { .bytes = NULL };
	unsigned int shown, hidden;

	agentreal_get(&body, AGENTREAL_LIST);
	agentreal_get(&copy, AGENTREAL_LIST);
	ck_assert_uint_eq(keylist_filter(body.bytes, body.len, NULL, NULL,
	    &shown, &hidden), copy.len);
	ck_assert_int_eq(memcmp(body.bytes, copy.bytes, copy.len), 0);
	ck_assert_uint_eq(shown, 4);
	ck_assert_uint_eq(hidden, 0);
	agentblob_free(&body);
	agentblob_free(&copy);
}
END_TEST

/* Is it refused, with what filters and without, and left as it was? */
static void
refused(const struct agentblob *body)
{
	struct chosen chosen = { .every = 1 };
	struct agentblob copy = { .bytes = NULL };
	unsigned int shown, hidden;

	agentblob_raw(&copy, body->bytes, body->len);
	ck_assert_uint_eq(keylist_filter(copy.bytes, copy.len, keep, &chosen,
	    &shown, &hidden), 0);
	ck_assert_uint_eq(keylist_filter(copy.bytes, copy.len, NULL, NULL,
	    &shown, &hidden), 0);
	ck_assert_int_eq(memcmp(copy.bytes, body->bytes, body->len), 0);
	agentblob_free(&copy);
}

/*
 * agent 17.  Would have caught a list that ends amid an entry, at each place,
 * and one byte that stands behind it.
 */
START_TEST(cut_anywhere)
{
	struct agentblob body = { .bytes = NULL };
	size_t len;

	agentreal_get(&body, AGENTREAL_LIST);
	agentblob_byte(&body, 0);
	refused(&body);
	for (len = body.len - 2; len > 0; len--) {
		agentblob_cut(&body, len);
		refused(&body);
	}
	agentblob_free(&body);
}
END_TEST

static const uint32_t counts[] = { 0, 1, 3, 5, 2049, 0x7fffffff,
    0xffffffff };

/* agent 17.  Would have caught a number that is believed. */
START_TEST(wrong_number)
{
	struct agentblob real = { .bytes = NULL }, body = { .bytes = NULL };

	agentreal_get(&real, AGENTREAL_LIST);
	agentblob_byte(&body, AGENTPROTO_IDENTITIES);
	agentblob_u32(&body, counts[_i]);
	agentblob_raw(&body, real.bytes + 5, real.len - 5);
	refused(&body);
	agentblob_free(&body);
	agentblob_free(&real);
}
END_TEST

/* agent 17.  Would have caught lengths whose sum comes round to the end. */
START_TEST(wrapping_lengths)
{
	static const uint32_t lengths[] = { 0xffffffff, 0xfffffffc,
	    0x80000000 };
	struct agentblob body = { .bytes = NULL };

	agentblob_byte(&body, AGENTPROTO_IDENTITIES);
	agentblob_u32(&body, 1);
	agentblob_u32(&body, lengths[_i]);
	agentblob_u32(&body, 0);
	refused(&body);
	agentblob_free(&body);
}
END_TEST

/* One more than there may be. */
START_TEST(too_many)
{
	struct agentblob body = { .bytes = NULL };

	make_list(&body, AGENTPROTO_KEYS_MAX + 1, 0);
	refused(&body);
	agentblob_free(&body);
}
END_TEST

static int
keep_name(void *ctx, const uint8_t *name, size_t len)
{
	const char *hidden = ctx;

	return len != strlen(hidden) || memcmp(name, hidden, len) != 0;
}

/* The reply to "query", in its two forms. */
static void
make_names(struct agentblob *body, int form, int with)
{
	agentblob_free(body);
	agentblob_byte(body, (unsigned int)form);
	if (form == AGENTPROTO_EXTENSION_RESPONSE)
		agentblob_text(body, "query");
	agentblob_text(body, "query");
	if (with)
		agentblob_text(body, "hide@example.org");
	agentblob_text(body, "session-bind@openssh.com");
}

/*
 * Would have caught an extension that is offered and then refused, and the
 * reply's own name that is taken for the first of the list.
 */
START_TEST(names)
{
	static const int forms[] = { AGENTPROTO_EXTENSION_RESPONSE,
	    AGENTPROTO_SUCCESS };
	static char hide[] = "hide@example.org";
	struct agentblob body = { .bytes = NULL }, rest = { .bytes = NULL };
	size_t len;

	make_names(&body, forms[_i], 1);
	make_names(&rest, forms[_i], 0);
	len = keylist_filter_names(body.bytes, body.len, keep_name, hide);
	ck_assert_uint_eq(len, rest.len);
	ck_assert_int_eq(memcmp(body.bytes, rest.bytes, len), 0);
	/* cut: none is let through */
	make_names(&body, forms[_i], 1);
	agentblob_cut(&body, body.len - 1);
	ck_assert_uint_eq(keylist_filter_names(body.bytes, body.len,
	    keep_name, hide), 0);
	agentblob_free(&body);
	agentblob_free(&rest);
}
END_TEST

/* A reply to another extension is none to this. */
START_TEST(names_of_another)
{
	static char hide[] = "x";
	struct agentblob body = { .bytes = NULL };

	agentblob_byte(&body, AGENTPROTO_EXTENSION_RESPONSE);
	agentblob_text(&body, "other");
	ck_assert_uint_eq(keylist_filter_names(body.bytes, body.len,
	    keep_name, hide), 0);
	agentblob_cut(&body, 1);
	ck_assert_uint_eq(keylist_filter_names(body.bytes, body.len,
	    keep_name, hide), 0);
	agentblob_free(&body);
	agentblob_byte(&body, AGENTPROTO_SUCCESS);
	ck_assert_uint_eq(keylist_filter_names(body.bytes, body.len,
	    keep_name, hide), 1);
	agentblob_free(&body);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("keylist");
	TCase *tcase = tcase_create("keylist");

	tcase_add_loop_test(tcase, filters, 0, NROWS(lists));
	tcase_add_test(tcase, stays);
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_loop_test(tcase, wrong_number, 0, NROWS(counts));
	tcase_add_loop_test(tcase, wrapping_lengths, 0, 3);
	tcase_add_test(tcase, too_many);
	tcase_add_loop_test(tcase, names, 0, 2);
	tcase_add_test(tcase, names_of_another);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what a program writes to its terminal.  The first byte says how it
 * is cut into pieces.
 */

#include "config.h"
#include "helpers/pty-broker/vtstate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define LONGEST 65536

/* What a replay of it is; it is as long or shorter. */
static size_t
replay(const unsigned char *p, size_t n, unsigned char *out)
{
	size_t pass, skip, unfinished, len = 0;
	struct vtstate st;

	vtstate_init(&st);
	while (n > 0) {
		unfinished = vtstate_next_query(&st, p, n, &pass, &skip);
		if (pass > n || skip > n - pass || pass + skip == 0 ||
		    (skip == 0 && pass != n) || unfinished > pass ||
		    (skip != 0 && unfinished != 0))
			abort();
		memcpy(out + len, p, pass);
		len += pass;
		p += pass + skip;
		n -= pass + skip;
	}
	return len;
}

static void
scan(struct vtstate *st, const char *text, size_t len)
{
	vtstate_scan(st, (const unsigned char *)text, len);
	if (!vtstate_is_clean(st))
		abort();
}

/* Nothing is asked, and nothing left open. */
static void
check_text(const char *text, size_t len)
{
	unsigned char out[VTSTATE_TEXT];
	struct vtstate st;

	if (len >= VTSTATE_TEXT || strlen(text) != len ||
	    replay((const unsigned char *)text, len, out) != len)
		abort();
	vtstate_init(&st);
	scan(&st, text, len);
}

static void
check_state(const struct vtstate *st)
{
	char text[VTSTATE_TEXT], again[VTSTATE_TEXT];
	struct vtstate copy;
	size_t len;

	/* what was set is what it was made from */
	len = vtstate_set(st, text);
	check_text(text, len);
	vtstate_init(&copy);
	scan(&copy, text, len);
	if (vtstate_set(&copy, again) != len || strcmp(text, again) != 0 ||
	    vtstate_alternate(&copy) != vtstate_alternate(st))
		abort();
	/* what was undone needs no undoing */
	len = vtstate_undo(st, text);
	check_text(text, len);
	copy = *st;
	scan(&copy, text, len);
	if (vtstate_undo(&copy, text) != 0 || vtstate_alternate(&copy))
		abort();
	/* from wherever it was */
	len = vtstate_fresh(text);
	check_text(text, len);
	copy = *st;
	scan(&copy, text, len);
	if (vtstate_alternate(&copy))
		abort();
}

static void
same(const struct vtstate *a, const struct vtstate *b)
{
	char one[VTSTATE_TEXT], two[VTSTATE_TEXT];

	vtstate_set(a, one);
	vtstate_set(b, two);
	if (strcmp(one, two) != 0 ||
	    vtstate_is_clean(a) != vtstate_is_clean(b))
		abort();
	vtstate_undo(a, one);
	vtstate_undo(b, two);
	if (strcmp(one, two) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vtstate whole, pieces, clean;
	unsigned char *once, *twice;
	size_t at, len, n, step;

	if (size == 0 || size > LONGEST)
		return 0;
	step = 1 + *data++ % 64;
	size--;
	vtstate_init(&whole);
	vtstate_scan(&whole, data, size);
	vtstate_init(&pieces);
	vtstate_init(&clean);
	for (at = 0; at < size; at += n) {
		n = step < size - at ? step : size - at;
		vtstate_scan(&pieces, data + at, n);
		len = vtstate_clean(&clean, data + at, n);
		if (len > n || (len < n && !vtstate_is_clean(&clean)))
			abort();
		vtstate_scan(&clean, data + at + len, n - len);
	}
	same(&whole, &pieces);
	same(&whole, &clean);
	check_state(&whole);
	/* a replay of a replay is the same: nothing is left to leave out */
	if ((once = malloc(size + 1)) == NULL ||
	    (twice = malloc(size + 1)) == NULL)
		abort();
	len = replay(data, size, once);
	if (replay(once, len, twice) != len || memcmp(once, twice, len) != 0)
		abort();
	free(once);
	free(twice);
	return 0;
}

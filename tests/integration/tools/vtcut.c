/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a viewer's terminal gets that comes when K bytes of a program's output
 * (stdin) are gone, and what one gets that leaves then.
 *
 *	vtcut return K		a fresh terminal, the state, the rest
 *	vtcut leave K		the first K bytes, and what takes them back
 */

#include "config.h"
#include "helpers/pty-broker/vtstate.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char output[1024 * 1024];

static void
put(const void *p, size_t n)
{
	if (fwrite(p, 1, n, stdout) != n)
		err(1, "stdout");
}

static void
replay(const struct vtstate *st, const unsigned char *p, size_t n)
{
	size_t pass, skip;

	while (n > 0) {
		vtstate_next_query(st, p, n, &pass, &skip);
		put(p, pass);
		p += pass + skip;
		n -= pass + skip;
	}
}

int
main(int argc, char **argv)
{
	char text[VTSTATE_TEXT];
	struct vtstate st;
	size_t n, k;

	if (argc != 3)
		errx(64, "usage: vtcut return|leave K");
	n = fread(output, 1, sizeof(output), stdin);
	if (ferror(stdin) || !feof(stdin))
		errx(1, "stdin: unreadable, or too long");
	k = strtoul(argv[2], NULL, 10);
	k = k < n ? k : n;
	vtstate_init(&st);
	vtstate_scan(&st, output, k);
	if (strcmp(argv[1], "leave") == 0) {
		put(output, k);
		put(text, vtstate_undo(&st, text));
	} else {
		k += vtstate_clean(&st, output + k, n - k);
		put(text, vtstate_fresh(text));
		put(text, vtstate_set(&st, text));
		replay(&st, output + k, n - k);
	}
	if (fflush(stdout) == EOF)
		err(1, "stdout");
	return 0;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What must not come out of a replay (I13).  An answer would be typed into
 * the shell, by each viewer's terminal, long after the program that asked has
 * gone.  Where it is not certain whether a sequence is answered it is left
 * out: a replay is not worth a line of somebody's shell.
 */

#include "config.h"
#include "vtquery.h"

#include <string.h>

#include "vtstate.h"
#include "vttext.h"

#define ENQ 0x05
#define BEL 0x07

static int
one_of(unsigned char c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

static int
has_param(const struct vtscan *sc, int value)
{
	struct vtscan_param params[VTSCAN_PARAMS];
	const size_t n = vtscan_params(sc, params);
	size_t i;

	for (i = 0; i < n; i++)
		if (params[i].value == value)
			return 1;
	return 0;
}

/* Of CSI ... t only those pass that keep a title, and give it back. */
static int
moves_window(const struct vtscan *sc)
{
	struct vtscan_param params[VTSCAN_PARAMS];

	return vtscan_params(sc, params) == 0 ||
	    (params[0].value != 22 && params[0].value != 23);
}

/*
 * Those with intermediate bytes: DECRQM, DECRQPSR, DECRQTSR, DECRQUPSS and
 * the like, DECRQCRA, DECRQDE, DECRQLP, DECRQPKFM, xterm's colours and
 * attributes.
 */
static int
csi_intermediate(const struct vtscan *sc)
{
	if (sc->final == 'u')
		return 1;
	switch (sc->inter[0]) {
	case '$':
		return one_of(sc->final, "pw");
	case '*':
		return sc->final == 'y';
	case '"':
		return sc->final == 'v';
	case '\'':
		return sc->final == '|';
	case '+':
		return sc->final == 'x';
	case '#':
		return one_of(sc->final, "RS|");
	default:
		return 0;
	}
}

static int
csi(const struct vtscan *sc)
{
	if (sc->bad)
		return 1;
	if (sc->inter[0] != 0)
		return csi_intermediate(sc);
	switch (sc->prefix) {
	case 0:
		/* DA1, media copy, DSR, DECREQTPARM */
		return one_of(sc->final, "cinx") ||
		    (sc->final == 't' && moves_window(sc));
	case '?':
		/* xterm's keys and graphics, media copy, DSR, kitty's keys;
		 * and 2048 makes the terminal tell its size */
		return one_of(sc->final, "gimnSu") ||
		    (one_of(sc->final, "hr") && has_param(sc, 2048));
	case '>':
		/* DA2, XTVERSION */
		return one_of(sc->final, "cq");
	case '=':
		/* DA3 */
		return sc->final == 'c';
	default:
		return 0;
	}
}

static int
begins(const struct vtscan *sc, size_t at, const char *with)
{
	const size_t len = strlen(with);

	return sc->len >= at + len && memcmp(sc->text + at, with, len) == 0;
}

static int
contains(const struct vtscan *sc, const char *what)
{
	size_t i;

	for (i = 0; i < sc->len; i++)
		if (begins(sc, i, what))
			return 1;
	return 0;
}

/*
 * DECRQSS, XTGETTCAP, XTGETXRES.  Those that end with "p" are ReGIS, which
 * can ask, and tmux's control mode, which turns the terminal into something
 * else.  What tmux is to pass on may be anything.
 */
static int
dcs(const struct vtscan *sc)
{
	size_t i = 0;

	if (begins(sc, 0, "tmux;"))
		return 1;
	while (i < sc->len && sc->text[i] >= '0' && sc->text[i] <= ';')
		i++;
	return begins(sc, i, "$q") || begins(sc, i, "+q") ||
	    begins(sc, i, "+Q") || begins(sc, i, "p");
}

/* Kitty's graphics: all that have an id are answered, unless q=2 is there. */
static int
apc(const struct vtscan *sc)
{
	size_t i;
	int query = 0, has_id = 0, quiet = 0;

	if (!begins(sc, 0, "G"))
		return 0;
	for (i = 1; i < sc->len && sc->text[i] != ';'; i++) {
		if (i > 1 && sc->text[i - 1] != ',')
			continue;
		query |= begins(sc, i, "a=q");
		has_id |= begins(sc, i, "i=") || begins(sc, i, "I=");
		quiet |= begins(sc, i, "q=2");
	}
	return query || (has_id && !quiet);
}

/* iTerm2's: those that only tell, and images that only show. */
static int
iterm(const struct vtscan *sc, size_t at)
{
	static const char *const harmless[] = {
		"ClearScrollback", "CurrentDir=", "CursorShape=",
		"RemoteHost=", "SetMark", "SetUserVar=",
		"ShellIntegrationVersion=",
	};
	size_t i;

	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (begins(sc, at, harmless[i]))
			return 0;
	return !begins(sc, at, "File=") || !contains(sc, "inline=1");
}

/* A '?' where a value would be: a field that is one, or "name=?". */
static int
asks(const struct vtscan *sc)
{
	size_t i;

	for (i = 1; i < sc->len; i++)
		if (sc->text[i] == '?' && one_of(sc->text[i - 1], ";="))
			return 1;
	return sc->cut;
}

static int
osc(const struct vtscan *sc)
{
	size_t i;
	int number = 0;

	for (i = 0; i < sc->len && sc->text[i] >= '0' &&
	    sc->text[i] <= '9'; i++)
		if (number < 65536)
			number = number * 10 + (sc->text[i] - '0');
	if (i == 0)
		return 0;
	i += i < sc->len;
	switch (number) {
	case 0:		/* titles, */
	case 1:
	case 2:
	case 6:		/* the file */
	case 7:		/* and the directory, */
	case 8:		/* a link, */
	case 66:	/* text of a size, */
	case 133:	/* marks of a shell's prompt: text */
	case 633:
		return 0;
	case 9:		/* a notification, or progress */
		return !begins(sc, i, "4;");
	case 52:	/* the clipboard, to read and to write */
	case 60:	/* what xterm allows */
	case 61:
	case 99:	/* notifications */
	case 777:
	case 5522:	/* kitty's clipboard */
		return 1;
	case 1337:
		return iterm(sc, i);
	default:
		return asks(sc);
	}
}

int
vtquery_is_one(const struct vtscan *sc, enum vtscan_event event)
{
	if (event == VTSCAN_CONTROL)
		return sc->final == ENQ || sc->final == BEL;
	if (event == VTSCAN_ESCAPE)
		/* DECID; and what leaves UTF-8, so that 0x9b is a CSI */
		return (sc->inter[0] == 0 && sc->final == 'Z') ||
		    (sc->inter[0] == '%' && (sc->inter[1] != 0 ||
		    sc->final != 'G'));
	if (event == VTSCAN_CSI)
		return csi(sc);
	if (event != VTSCAN_STRING)
		return 0;
	switch (sc->kind) {
	case ']':
		return osc(sc);
	case 'P':
		return dcs(sc);
	case '_':
		return apc(sc);
	default:
		return 0;
	}
}

/*
 * The place before which the terminal is between sequences and characters,
 * or what is left out would join what is on its two sides: two halves of a
 * query, perhaps.
 */
static const unsigned char *
place(const unsigned char *p, const unsigned char *began)
{
	unsigned char missing;

	return began - vttext_half(p, began, &missing);
}

/*
 * Where a terminal that takes U+009C for the end of a string would be out of
 * it, and whoever does not in it: what comes then may be a query to one of
 * them.  This is so, too, while it has no end yet.
 */
static int
is_doubtful(const struct vtscan *sc, enum vtscan_event event)
{
	if (event == VTSCAN_END && sc->state == VTSCAN_IN_GROUND)
		return 0;
	return sc->c1 && event != VTSCAN_CONTROL;
}

/*
 * To xterm and VTE U+009B is a CSI, and U+009A asks who they are; a terminal
 * that shows them as text loses little when those that ask are left out.
 */
static size_t
find(const unsigned char *p, size_t n, size_t *pass, size_t *skip)
{
	const unsigned char *const end = p + n;
	const unsigned char *at = p, *began = NULL;
	/* what was broken off last, and where that was over */
	const unsigned char *lost = NULL, *by = NULL;
	enum vtscan_event event;
	struct vtscan sc;
	int asked = 0;

	vtscan_init(&sc, 1);
	for (;;) {
		event = vtscan_next(&sc, &at, end, &began);
		if (event == VTSCAN_CONTROL) {
			if (sc.state != VTSCAN_IN_GROUND) {
				/* answered at once, whatever comes of it */
				asked |= sc.final == ENQ;
				continue;
			}
			began = at - 1;
		}
		if (asked || is_doubtful(&sc, event) ||
		    vtquery_is_one(&sc, event)) {
			began = place(p, began);
			if (began == by)
				began = lost;
			*pass = (size_t)(began - p);
			*skip = (size_t)(at - began);
			return 0;
		}
		if (event == VTSCAN_END)
			break;
		if (event == VTSCAN_BROKEN) {
			began = place(p, began);
			if (began != by)
				lost = began;
			by = at;
		}
	}
	*pass = n;
	*skip = 0;
	return (size_t)(end - place(p, sc.state == VTSCAN_IN_GROUND ? end :
	    began));
}

size_t
vtstate_next_query(const struct vtstate *st, const unsigned char *p,
    size_t n, size_t *pass, size_t *skip)
{
	struct vtscan sc = st->scan;
	const size_t before = vtscan_clean(&sc, p, n);
	size_t unfinished;

	if (!vtscan_is_clean(&sc)) {
		*pass = n;
		*skip = 0;
		return n;
	}
	unfinished = find(p + before, n - before, pass, skip);
	*pass += before;
	return unfinished;
}

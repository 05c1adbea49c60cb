/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "vtpen.h"

#include <string.h>

#include "vtout.h"
#include "vtscan.h"

/*
 * By which byte a set becomes G0 to G3: ( ) * + for those of 94 characters,
 * - . / for those of 96, which cannot be G0.  Returns -1 if by none.
 */
static int
slot(unsigned char c)
{
	if (c >= '(' && c <= '+')
		return c - '(';
	return c >= '-' && c <= '/' ? c - '-' + 1 : -1;
}

static void
designate(struct vtpen *pen, int which, const struct vtscan *sc)
{
	struct vtpen_charset *set = &pen->charset[which];

	memset(set, 0, sizeof(*set));
	if (sc->final == 'B' && sc->inter[1] == 0 &&
	    sc->inter[0] == '(' + which)
		return;
	set->slot = sc->inter[0];
	set->inter = sc->inter[1];
	set->final = sc->final;
}

int
vtpen_escape(struct vtpen *pen, const struct vtscan *sc)
{
	int which;

	if (sc->inter[0] == 0) {
		if (sc->final != 'n' && sc->final != 'o')
			return 0;
		pen->locked = sc->final == 'n' ? 2 : 3;
		return 1;
	}
	if ((which = slot(sc->inter[0])) == -1)
		return 0;
	designate(pen, which, sc);
	return 1;
}

int
vtpen_is_plain(const struct vtpen *pen)
{
	static const struct vtpen plain;

	return memcmp(pen, &plain, sizeof(plain)) == 0;
}

static void
lock(int which, struct vtout *out)
{
	static const char *const text[] = { "\017", "\016", "\033n", "\033o" };

	vtout_add(out, "%s", text[which]);
}

void
vtpen_set(const struct vtpen *pen, struct vtout *out)
{
	const struct vtpen_charset *set;

	for (set = pen->charset; set < pen->charset + 4; set++) {
		if (set->slot != 0 && set->inter != 0)
			vtout_add(out, "\033%c%c%c", set->slot, set->inter,
			    set->final);
		else if (set->slot != 0)
			vtout_add(out, "\033%c%c", set->slot, set->final);
	}
	if (pen->locked != 0)
		lock(pen->locked, out);
	vtsgr_set(&pen->sgr, out);
}

void
vtpen_undo(const struct vtpen *pen, struct vtout *out)
{
	int i;

	vtsgr_undo(&pen->sgr, out);
	for (i = 0; i < 4; i++)
		if (pen->charset[i].slot != 0)
			vtout_add(out, "\033%cB", '(' + i);
	if (pen->locked != 0)
		lock(0, out);
}

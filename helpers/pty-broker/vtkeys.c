/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "vtkeys.h"

#include <string.h>

#include "vtout.h"
#include "vtscan.h"

static void
push(struct vtkeys *keys, int flags)
{
	if (keys->depth + 1 == VTKEYS_MAX)
		memmove(keys->flags, keys->flags + 1, VTKEYS_MAX - 1);
	else
		keys->depth++;
	keys->flags[keys->depth] = (uint8_t)flags;
}

/* The last one that is popped takes all flags with it. */
static void
pop(struct vtkeys *keys, int count)
{
	if (count > keys->depth) {
		keys->depth = 0;
		keys->flags[0] = 0;
	} else
		keys->depth = (uint8_t)(keys->depth - count);
}

static void
change(struct vtkeys *keys, int flags, int how)
{
	uint8_t *now = &keys->flags[keys->depth];

	if (how == 1)
		*now = (uint8_t)flags;
	else if (how == 2)
		*now = (uint8_t)(*now | flags);
	else if (how == 3)
		*now = (uint8_t)(*now & ~flags);
}

void
vtkeys_change(struct vtkeys *keys, const struct vtscan *sc)
{
	struct vtscan_param params[VTSCAN_PARAMS];
	const size_t n = vtscan_params(sc, params);
	const int first = n > 0 ? params[0].value : 0;
	const int second = n > 1 && params[1].given ? params[1].value : 1;

	if (sc->prefix == '<')
		pop(keys, first > 0 ? first : 1);
	if (first > 255)
		return;
	if (sc->prefix == '>')
		push(keys, first);
	else if (sc->prefix == '=')
		change(keys, first, second);
}

void
vtkeys_set(const struct vtkeys *keys, struct vtout *out)
{
	int i;

	if (keys->flags[0] != 0)
		vtout_add(out, "\033[=%du", keys->flags[0]);
	for (i = 1; i <= keys->depth; i++)
		vtout_add(out, "\033[>%du", keys->flags[i]);
}

void
vtkeys_undo(const struct vtkeys *keys, struct vtout *out)
{
	if (keys->depth > 0)
		vtout_add(out, "\033[<%du", keys->depth);
	if (keys->flags[0] != 0)
		vtout_add(out, "\033[=0u");
}

void
vtkeys_fresh(struct vtout *out)
{
	vtout_add(out, "\033[<%du\033[=0u", VTKEYS_MAX);
}

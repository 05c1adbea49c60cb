/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "visible.h"

#include <json.h>
#include <stdlib.h>
#include <string.h>

#define LIBBSD_OPENBSD_VIS
#include <vis.h>

static char *
encode(const char *text, int flags)
{
	char *safe = reallocarray(NULL, strlen(text) + 1, 4);

	if (safe != NULL)
		/* Not by a locale: in one of UTF-8 a \377 would stay. */
		(void)strvis(safe, text, VIS_NL | VIS_TAB | VIS_OCTAL |
		    VIS_NOLOCALE | flags);
	return safe;
}

char *
visible_text(const char *text)
{
	return encode(text, 0);
}

char *
visible_word(const char *text)
{
	return encode(text, VIS_SP);
}

/* U+0080 to U+009F, which a terminal may obey; JSON leaves them as they are. */
static int
has_c1(const char *text)
{
	const char *p;

	for (p = text; (p = strchr(p, 0xc2)) != NULL; p++)
		if ((unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0)
			return 1;
	return 0;
}

struct json_object *
visible_json(const char *text)
{
	struct json_object *object;
	char *safe;

	if (mbstowcs(NULL, text, 0) != (size_t)-1 && !has_c1(text))
		return json_object_new_string(text);
	if ((safe = visible_text(text)) == NULL)
		return NULL;
	object = json_object_new_string(safe);
	free(safe);
	return object;
}

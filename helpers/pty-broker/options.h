/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "proto.h"

enum options_act {
	OPTIONS_ATTACH,
	OPTIONS_NEW,
	OPTIONS_LIST,
	OPTIONS_PEEK,
	OPTIONS_KILL,
	OPTIONS_WAIT,
	OPTIONS_RUN_ONCE,
	OPTIONS_SERVE,
};

/* The command line.  Strings are argv's own. */
struct options {
	int verbosity;
	enum options_act act;
	const char *name;	/* of the session, or NULL */
	char **args;		/* the command, NULL-terminated; may be none */

	int readonly, detach_others, json, screen, scope;
	uint8_t key;		/* --detach-key, or 0 */
	uint8_t policy;		/* --size POLICY, enum proto_policy; 0: none */
	int timeout;		/* --timeout, ms; 0: never; -1: not said */
	size_t buffer;		/* --buffer, bytes; 0: not said */

	const char *modes;	/* run: --modes HEX, or NULL */
	const char *term;	/* run: --term, or NULL */
	struct proto_size size;	/* run: --size RxC, or 0 and 0 */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,		/* help or version was printed: end with 0 */
	OPTIONS_WRONG,		/* the reason is in "why": end with 64 */
	OPTIONS_UNKNOWN,	/* the same, and --help would help */
};

enum options_result options_parse(struct options *opt, int argc,
    char **argv, char *why, size_t size);

#endif

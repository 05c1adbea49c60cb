/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <sys/types.h>

#include <stddef.h>

struct policy;

enum options_act {
	OPTIONS_COMMAND,	/* a command gets an agent of its own */
	OPTIONS_SERVE,		/* --serve-fd: this process serves */
	OPTIONS_PRINT_POLICY,
	OPTIONS_STATUS,
	OPTIONS_STOP,
};

/* How an agent is served. */
enum options_mode {
	OPTIONS_SESSION,	/* to the command alone */
	OPTIONS_STABLE,		/* at a path that outlives it */
	OPTIONS_RAW,		/* bytes, whatever they are */
};

/* The command line.  Strings are argv's own. */
struct options {
	int verbosity;
	enum options_act act;
	enum options_mode mode;
	char **args;		/* the command, NULL-terminated; may be none */

	struct policy *policy;	/* owned; --policy is not in it */
	int filtered;		/* something was added to it */
	const char *file;	/* --policy, or NULL */
	int audit;		/* --audit */
	int required;		/* --audit=required */
	const char *audit_file;	/* or NULL */
	int exclusive;
	const char *name;	/* of --stable, status and stop; or NULL */
	int shared, json;

	/* --list-timeout, --sign-timeout, ms; 0: none; -1: not said */
	int list_ms, sign_ms;
	int timeout_ms;		/* --timeout of --stable, the same */
	unsigned int connections;	/* --max-connections; 0: not said */

	const char *listen;	/* of --raw, or NULL */
	const char *connect;
	const char **allowed;	/* owned: --allow-dir, NULL-terminated */
	size_t nallowed;
	int unlink;

	int listener;		/* --serve-fd, or -1 */
	int watch;		/* --watch-fd, or -1 */
	uid_t peer;		/* --peer-uid */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,		/* help or version was printed: end with 0 */
	OPTIONS_WRONG,		/* the reason is in "why": end with 64 */
	OPTIONS_UNKNOWN,	/* the same, and --help would help */
	OPTIONS_FAILED,		/* the same, but end with 255 */
};

/* options_free() is due in any case. */
enum options_result options_parse(struct options *opt, int argc,
    char **argv, char *why, size_t size);
void options_free(struct options *opt);

#endif

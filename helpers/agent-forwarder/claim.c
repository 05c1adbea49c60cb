/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces other processes of the user's, and files that they may have written. */

#include "config.h"
#include "claim.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recordfile.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
claim_free(struct claim *claim)
{
	free(claim->upstream);
	free(claim->policy);
	*claim = (struct claim){ 0 };
}

static int
set_flag(struct recordfile *rec, const char *name, int flag)
{
	return flag ? recordfile_set_number(rec, name, 1) : 0;
}

static int
set_text(struct recordfile *rec, const char *name, const char *text)
{
	return text != NULL && *text != '\0' ?
	    recordfile_set(rec, name, text) : 0;
}

static int
set_number(struct recordfile *rec, const char *name, uint64_t number)
{
	return number != 0 ? recordfile_set_number(rec, name, number) : 0;
}

struct recordfile *
claim_write(const struct claim *claim)
{
	struct recordfile *rec = recordfile_new();

	if (rec == NULL)
		return NULL;
	/* A record is never empty: the policy is always in it. */
	if (recordfile_set(rec, "POLICY", claim->policy != NULL ?
	    claim->policy : "") == 0 &&
	    set_text(rec, "UPSTREAM", claim->upstream) == 0 &&
	    set_text(rec, "KEY", claim->key) == 0 &&
	    set_flag(rec, "CERTAIN", claim->certain) == 0 &&
	    set_text(rec, "CONNECTION", claim->connection) == 0 &&
	    set_flag(rec, "SHARED", claim->shared) == 0 &&
	    set_flag(rec, "EXCLUSIVE", claim->exclusive) == 0 &&
	    set_number(rec, "AUDIT", (uint64_t)claim->audit) == 0 &&
	    set_number(rec, "PID", (uint64_t)claim->pid) == 0 &&
	    set_number(rec, "START", claim->start) == 0 &&
	    set_number(rec, "SINCE", (uint64_t)claim->since) == 0)
		return rec;
	recordfile_free(rec);
	return NULL;
}

static int
is_fingerprint(const char *text)
{
	static const char head[] = "SHA256:";
	const size_t len = strlen(text), n = sizeof(head) - 1;

	return len > n && len < SSHKEY_FINGERPRINT_SIZE &&
	    strncmp(text, head, n) == 0 && strspn(text + n, plain) == len - n;
}

/* Returns 0, or -1 if there is one that is none; absent it is 0. */
static int
get_number(const struct recordfile *rec, const char *name, uint64_t max,
    uint64_t *value)
{
	*value = 0;
	return recordfile_number(rec, name, max, value) == 0 ||
	    errno == ENOENT ? 0 : -1;
}

static int
get_flag(const struct recordfile *rec, const char *name, int *flag)
{
	uint64_t value;

	if (get_number(rec, name, 1, &value) == -1)
		return -1;
	*flag = (int)value;
	return 0;
}

static int
get_numbers(const struct recordfile *rec, struct claim *claim)
{
	uint64_t audit, pid, start, since;

	if (get_flag(rec, "CERTAIN", &claim->certain) == -1 ||
	    get_flag(rec, "SHARED", &claim->shared) == -1 ||
	    get_flag(rec, "EXCLUSIVE", &claim->exclusive) == -1 ||
	    get_number(rec, "AUDIT", CLAIM_AUDITS - 1, &audit) == -1 ||
	    get_number(rec, "PID", INT_MAX, &pid) == -1 ||
	    get_number(rec, "START", UINT64_MAX, &start) == -1 ||
	    get_number(rec, "SINCE", INT64_MAX, &since) == -1)
		return -1;
	claim->audit = (int)audit;
	claim->pid = (pid_t)pid;
	claim->start = start;
	claim->since = (time_t)since;
	return 0;
}

static int
get_words(const struct recordfile *rec, struct claim *claim)
{
	const char *key = recordfile_get(rec, "KEY");
	const char *text = recordfile_get(rec, "CONNECTION");
	const char *path = recordfile_get(rec, "UPSTREAM");
	struct conninfo conn;

	if (path != NULL && (path[0] != '/' || strlen(path) >= PATH_MAX))
		return -1;
	if (key != NULL) {
		if (!is_fingerprint(key))
			return -1;
		memcpy(claim->key, key, strlen(key) + 1);
	}
	if (text != NULL) {
		if (conninfo_parse(text, &conn) == -1)
			return -1;
		memcpy(claim->connection, conn.text, sizeof(conn.text));
	}
	return 0;
}

int
claim_read(struct claim *claim, const struct recordfile *rec)
{
	const char *policy = recordfile_get(rec, "POLICY");
	const char *path = recordfile_get(rec, "UPSTREAM");

	*claim = (struct claim){ 0 };
	if (policy == NULL || get_words(rec, claim) == -1 ||
	    get_numbers(rec, claim) == -1) {
		claim_free(claim);
		errno = EINVAL;
		return -1;
	}
	claim->policy = strdup(policy);
	claim->upstream = path != NULL ? strdup(path) : NULL;
	if (claim->policy != NULL && (path == NULL || claim->upstream != NULL))
		return 0;
	claim_free(claim);
	errno = ENOMEM;
	return -1;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "identity.h"

#include <string.h>
#include <unistd.h>

#include "authinfo.h"
#include "authrecord.h"
#include "claim.h"
#include "conninfo.h"
#include "environ.h"
#include "sshkey.h"

static int
by_record(struct claim *claim)
{
	struct authrecord rec = { 0 };
	const char *why;

	if (authrecord_find(getpid(), -1, getuid(), &rec, &why) == -1)
		return -1;
	if (rec.auth.nkeys > 0) {
		memcpy(claim->key, rec.auth.keys[0]->fingerprint,
		    sizeof(claim->key));
		claim->certain = claim->key[0] != '\0';
	}
	if (rec.connection.address[0] != '\0')
		memcpy(claim->connection, rec.connection.text,
		    sizeof(claim->connection));
	authrecord_free(&rec);
	return 0;
}

void
identity_find(struct claim *claim, char *const *envp)
{
	const char *path = environ_lookup(envp, "SSH_USER_AUTH");
	const char *text = environ_lookup(envp, "SSH_CONNECTION");
	struct conninfo conn;

	claim->key[0] = claim->connection[0] = '\0';
	claim->certain = 0;
	if (by_record(claim) == 0)
		return;
	if (path != NULL && path[0] == '/' && authinfo_fingerprint(path,
	    geteuid(), claim->key) == -1)
		claim->key[0] = '\0';
	if (text != NULL && conninfo_parse(text, &conn) == 0 &&
	    conn.address[0] != '\0')
		memcpy(claim->connection, conn.text,
		    sizeof(claim->connection));
}

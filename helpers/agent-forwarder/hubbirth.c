/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "hubbirth.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "detach.h"
#include "ending.h"
#include "hub.h"
#include "listener.h"
#include "lockfile.h"
#include "userplace.h"

/* What the process that serves is given. */
struct birth {
	const struct hubbirth_facts *facts;
	int dir, lock, listener, control;
};

static int
failed(const char *object, char *why, size_t size)
{
	(void)snprintf(why, size, "%s: %s", object, strerror(errno));
	return -1;
}

/* Returns the hub, ready and confined; or NULL with the reason. */
static struct hub *
begin(const struct birth *birth, struct ending *ending, char *why, size_t size)
{
	const struct hubbirth_facts *facts = birth->facts;
	struct hub_facts hub_facts = {
		.name = facts->name, .dir = birth->dir, .lock = birth->lock,
		.listener = birth->listener, .control = birth->control,
		.ending = ending->fd, .limits = facts->limits,
		.timeout_ms = facts->timeout_ms,
		.audit_level = facts->audit_level,
		.audit_file = facts->audit_file,
	};
	struct hub *hub;

	if (facts->open_audit != NULL && facts->open_audit(facts->ctx,
	    &hub_facts.audit, why, size) == -1)
		return NULL;
	if ((hub = hub_new(&hub_facts)) == NULL) {
		(void)failed(facts->name, why, size);
		return NULL;
	}
	if (facts->confine == NULL || facts->confine(facts->ctx, birth->dir,
	    why, size) == 0)
		return hub;
	hub_free(hub);
	return NULL;
}

/* In the process that serves. */
static int
serve(void *ctx, int ready)
{
	const struct birth *birth = ctx;
	struct ending ending;
	char why[512];
	struct hub *hub;
	int r;

	(void)umask(S_IRWXG | S_IRWXO);
	if (ending_open(&ending) == -1) {
		detach_failed(ready, strerror(errno));
		return 1;
	}
	if ((hub = begin(birth, &ending, why, sizeof(why))) == NULL) {
		detach_failed(ready, why);
		return 1;
	}
	detach_ready(ready);
	r = hub_run(hub);
	hub_free(hub);
	return r == 0 ? 0 : 1;
}

static int
bind_both(struct birth *birth, const char *sock, const char *ctl, char *why,
    size_t size)
{
	birth->listener = listener_bind(birth->dir, sock, SOCK_STREAM);
	if (birth->listener == -1)
		return failed(sock, why, size);
	birth->control = listener_bind(birth->dir, ctl, SOCK_SEQPACKET);
	return birth->control == -1 ? failed(ctl, why, size) : 0;
}

int
hubbirth_give(int dir, int lock, const struct hubbirth_facts *facts, char *why,
    size_t size)
{
	struct birth birth = { facts, dir, lock, -1, -1 };
	char sock[USERPLACE_FILE_SIZE], ctl[USERPLACE_FILE_SIZE];
	int r;

	if (lockfile_take(lock, USERPLACE_ALIVE, 0) == -1)
		return failed(facts->name, why, size);
	(void)userplace_file(sock, facts->name, ".sock");
	(void)userplace_file(ctl, facts->name, ".ctl");
	r = bind_both(&birth, sock, ctl, why, size);
	if (r == 0)
		r = detach_run(serve, &birth, why, size);
	if (r == -1 && birth.listener != -1)
		(void)listener_remove(dir, sock);
	if (r == -1 && birth.control != -1)
		(void)listener_remove(dir, ctl);
	if (birth.listener != -1)
		(void)close(birth.listener);
	if (birth.control != -1)
		(void)close(birth.control);
	return r;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HUBTENANTS_H
#define HUBTENANTS_H

#include <stdint.h>
#include <time.h>

#include "hub.h"
#include "hubfiles.h"
#include "lease.h"
#include "logins.h"

struct claim;
struct desk;
struct policy;
struct sockpeer;
struct usage;

/* A server, as hub.c and who looks after its logins see it. */
struct hub {
	struct hub_facts facts;
	struct hubfiles files;
	struct serveloop *loop;
	struct desk *desk;
	struct logins logins;	/* each one's holder is a tenancy */
	/*
	 * Refuses everything.  A connection that is closed at once would kill
	 * who writes to it by SIGPIPE, ssh-add for one.
	 */
	struct lease nobody;
	struct policy *policy;	/* of that */
	struct usage *usage;
	int timer;		/* timerfd(2), set while nobody is there */
	int lost;		/* its name in the directory */
	time_t since;
};

/* Take and left of desk.h; "ctx" is the hub. */
uint32_t hubtenants_take(void *ctx, const struct claim *claim, int upstream,
    const struct sockpeer *peer, const void *visit, const char **why);
void hubtenants_left(void *ctx, const void *visit);

/* Found of leasefile.h: one that was there before us. */
void hubtenants_found(void *ctx, const struct claim *claim);

/* End them all; their files stay, for who serves them next. */
void hubtenants_end(struct hub *hub);

/* Wait for the end, if nobody is there, or wait no longer. */
void hubtenants_set_timer(struct hub *hub);

#endif

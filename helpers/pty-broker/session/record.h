/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RECORD_H
#define RECORD_H

#include <sys/types.h>

#include <time.h>

struct packet;
struct session;
struct viewer;

/* What a viewer's environment has that a session follows. */
enum record_fact {
	RECORD_AGENT,		/* SSH_AUTH_SOCK */
	RECORD_DISPLAY,
	RECORD_CONNECTION,	/* SSH_CONNECTION */
	RECORD_FACTS
};

/*
 * What a session leaves in its directory for others to read: NAME.info, for
 * "list"; NAME.env, the variables of who attached last; NAME.agent, a link to
 * the agent of the newest viewer that has one.
 */
struct record {
	int dir;
	const char *name;
	const char *tty;
	time_t made, attached, detached;	/* 0: never */
	char *facts[RECORD_FACTS];	/* of who attached last; owned */
};

/*
 * The names of the variables, in the order of enum record_fact.
 */
extern const char *const record_names[RECORD_FACTS];

/* A viewer says what is in his environment, one NAME=VALUE a message. */
void record_hear(struct viewer *viewer, const struct packet *packet);

/* A viewer is there; a viewer goes, and what he left with us is freed. */
void record_arrived(struct session *session, struct viewer *viewer);
void record_forget(struct session *session, struct viewer *viewer);

/* Write NAME.info anew. */
void record_write(const struct session *session);

/* Write all of it anew, in another directory. */
void record_moved(const struct session *session);

/* Remove all of them. */
void record_remove(const struct record *record);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AGENTSTAGE_H
#define AGENTSTAGE_H

#include <stddef.h>

#include "lease.h"
#include "serveloop.h"

/*
 * A serveloop, its clients and its agent, all in this process: nothing happens
 * but when the stage is told to go on, so a test can look at what was done in
 * between.  The default policy is in force.  A failed assertion ends the test.
 */
struct agentstage {
	struct serveloop *loop;
	struct serve_facts facts;	/* before agentstage_open() */
	struct lease lease;
	int agent;			/* the agent's listener */
	int absent;			/* choose() finds nobody */
	int unrecorded;			/* audit_deed() fails */
	char records[4096];	/* "OPERATION VERDICT RESULT," each */
};

extern struct agentstage agentstage;

/* For tcase_add_checked_fixture(); a test may change what is not open yet. */
void agentstage_begin(void);
void agentstage_open(void);
void agentstage_end(void);

/* What can be done now is done. */
void agentstage_go(void);

/* A client; and the agent's side of who has come to it, or -1 for nobody. */
int agentstage_client(void);
int agentstage_accept(void);

/* Frames: a body of so many bytes, the first of them the type. */
void agentstage_send(int fd, int type, size_t len);
/* A signature, by a key that nobody has. */
void agentstage_sign(int fd);
/* The agent's reply to it. */
void agentstage_signed(int fd);
/* An empty list. */
void agentstage_listed(int fd);

/*
 * What comes there: the type of the next message, 0 for the end, or -1 for
 * nothing now.  agentstage_wait() goes on until there is something.
 */
int agentstage_next(int fd);
int agentstage_wait(int fd);

#endif

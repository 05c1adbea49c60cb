/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SIZING_H
#define SIZING_H

#include "loop.h"
#include "proto.h"

struct session;
struct viewer;

struct sizing {
	enum proto_policy policy;
	struct proto_size size;		/* the pty's */
	unsigned long turn;		/* the last one that was given out */
	struct loop_timer repaint;	/* until it is put back */
	unsigned long long since;	/* offset at which it last changed */
};

/* Take the pty's size for what it is. */
void sizing_open(struct session *session, enum proto_policy policy);

/* This viewer did something: with "latest" it is his size from now on. */
void sizing_touch(struct session *session, struct viewer *viewer);

/*
 * Somebody came, left, or has another size.  Returns 1 if the pty has another
 * size now.
 */
int sizing_update(struct session *session);

/*
 * Have the program paint its screen although the size is the same: for a
 * moment it has one row less.
 */
void sizing_repaint(struct session *session);

#endif

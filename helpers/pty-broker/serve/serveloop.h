/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVELOOP_H
#define SERVELOOP_H

/* How the visit of a client of "serve" ended. */
enum serveloop_end {
	SERVELOOP_EXIT,		/* so did the session; *wstatus is how */
	SERVELOOP_LEFT,		/* he went */
	SERVELOOP_DETACHED,	/* he was sent away by another */
	SERVELOOP_WRONG,	/* he said what he must not: "why" */
	SERVELOOP_REFUSED,	/* the session does not want him: "why" */
	SERVELOOP_LOST,		/* it is not there any more */
	SERVELOOP_FAILED,	/* errno */
};

struct serveloop_result {
	int wstatus;		/* as wait(2) has it */
	char why[256];
};

/*
 * Carry bytes between a client, whose messages (servejson.h) are read from
 * "input" and who gets what the session writes on "output", and a session
 * that he is attached to by "sock".  A side that takes nothing more stops the
 * one that it gets it from, and no other.
 *
 * He leaves by ending the input, and gets what was written before that; or by
 * closing the output, and what he had said is still typed as far as that can
 * be done without waiting.  At the end of the session all that it wrote is on
 * the output first (I9).  SIGPIPE is to be ignored.
 */
enum serveloop_end serveloop_run(int input, int output, int sock,
    struct serveloop_result *result);

#endif

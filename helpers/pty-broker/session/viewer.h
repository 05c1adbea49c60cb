/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VIEWER_H
#define VIEWER_H

#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "proto.h"
#include "record.h"

struct session;
struct vtstate;

/*
 * One who came to the session by its socket.  His terminal, if he handed it
 * over, is read and written here; all others get messages.  What he has seen
 * of the output is an offset, so he costs no memory however far he lags.
 */
struct viewer {
	struct viewer *next;
	struct session *session;
	struct loop_source sock;
	struct loop_source tty;		/* fd -1: he gets messages */
	uint32_t flags;			/* of ATTACH */
	int greeted;			/* his HELLO came */
	int attached;
	int peeks;			/* painted once, and detached */
	int waits;			/* for the status alone */
	int paused;			/* his terminal is his shell's */
	int leaving;			/* enum proto_reason: detached, and
					 * goes when he was told that */
	int put_back;			/* "text" puts his terminal back */
	int deaf;			/* his socket is closed; what he said
					 * before is still to be read */
	int gone;			/* to be freed after this turn */
	int sock_ready, tty_ready;	/* more may be there to be read */
	uint8_t key;			/* that detaches; 0: none */

	struct proto_size size;		/* of his window */
	unsigned long turn;		/* when he was last active */

	uint64_t cursor;		/* the next byte that he gets */
	int blocked;			/* until his side has room */
	int stalled;			/* for so long that nobody waits */
	char *text;			/* goes before it: modes, a dump */
	size_t text_at, text_len;
	struct vtstate *replay;		/* as of cursor, while it is one */
	uint64_t replay_end;
	int size_due;			/* to be told the pty's size ... */
	uint64_t size_at;		/* ... at this offset */
	int dump_due;			/* keeper: to be asked ... */
	uint64_t dump_at;		/* ... at this offset */
	struct proto_size dump_size;	/* ... for a window like that */
	int awaits_dump;
	int due;			/* deliver_due() is */

	char *facts[RECORD_FACTS];	/* of his environment, or NULL */
};

/* Take a connected socket as a viewer's.  Returns NULL with errno. */
struct viewer *viewer_new(struct session *session, int sock);

/* His side is gone. */
void viewer_drop(struct viewer *viewer);

/* There is something for him: deliver.h has its turn. */
void viewer_stir(struct viewer *viewer);

/* The pty has another size from "offset" on. */
void viewer_tell_size(struct viewer *viewer, uint64_t offset);

/* How many are attached, in one way or the other. */
unsigned int viewer_count(const struct session *session);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SALON_H
#define SALON_H

#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "session.h"

/*
 * A session of pty-broker in this process: the program on the pty and all who
 * come are the test itself, which does one thing and then lets the session
 * take turns until it rests.  Its files are in a den (den.h).  A failed
 * assertion ends the test.
 */
struct salon {
	struct session session;
	int program;		/* the program's side of the pty; -1: closed */
	int dir;		/* where the session's files are */
	int descriptors;	/* how many were open before */
};

/*
 * With a ring of that size.  The pty is a socketpair(2), on which what was
 * written is there at once; or a real one, raw, of 24 rows and 80 columns.
 */
void salon_open(struct salon *salon, size_t buffer);
void salon_open_pty(struct salon *salon, size_t buffer);

/* With all its viewers; no descriptor is left, but for the test's own. */
void salon_close(struct salon *salon);

/* Turns of the session until it has nothing to do; it must come to rest. */
void salon_settle(struct salon *salon);

/*
 * Turns until "done" says so, for what the kernel does in its own time; a
 * minute is too long.
 */
void salon_until(struct salon *salon, int (*done)(void *), void *ctx);

/* As if so much time had passed: what was due by then is done. */
void salon_pass(struct salon *salon, int ms);

/* The leader has ended with that status of wait(2). */
void salon_leader_ends(struct salon *salon, int wstatus);

/*
 * The program writes; the session takes it, as far as it wants to.  Returns
 * how much that was.
 */
size_t salon_print(struct salon *salon, const void *data, size_t len);
void salon_puts(struct salon *salon, const char *text);

/* Somebody has connected, and has said hello.  Returns his end. */
int salon_visitor(struct salon *salon);

/* The same, and has attached; he gets messages. */
int salon_viewer(struct salon *salon, uint32_t flags, uint64_t offset);

/* He says something, and is heard. */
void salon_say(struct salon *salon, int end, int type, const void *data,
    size_t len);
void salon_say_attach(struct salon *salon, int end,
    const struct proto_attach *attach, int fd);

/* What came to somebody. */
struct album {
	char *screen;		/* PAINT and OUTPUT, in order, and a NUL */
	size_t len;
	char types[8192];	/* a letter for each run of messages */
	unsigned int count[256];	/* how many of each type */
	uint64_t next;		/* offset behind the last byte of OUTPUT */
	uint64_t lost;		/* bytes in gaps */
	struct proto_size size;	/* of the last SIZE */
	uint32_t number;	/* of the last EXIT, DETACHED */
	int ended;		/* the socket */
};

/*
 * Take what there is, for as long as something comes; OUTPUT must follow on
 * OUTPUT without a hole or an overlap unless GAP or PAINT came between.
 * "types" has A for ATTACHED, P for PAINT, O for OUTPUT, G for GAP, S for
 * SIZE, E for EXIT, D for DETACHED, R for REFUSED, W for DUMP_WANTED, Z for
 * PAUSED and h for HELLO.
 */
void salon_gather(struct salon *salon, int end, struct album *album);
void album_free(struct album *album);

/* Does that stand on the screen's bytes?  1 or 0. */
int album_has(const struct album *album, const char *text);

#endif

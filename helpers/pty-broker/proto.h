/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PROTO_H
#define PROTO_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a session and those who come to it say to each other, in messages of
 * common/packet.h.  Numbers are sent with the most significant byte first.
 * The first message of each side is a HELLO.  A message that is longer than
 * it has to be is understood as far as it is known, one of a type that nobody
 * knows is passed over, so that both sides can be of different age; what can
 * no longer be understood gets another version.
 */
#define PROTO_VERSION 1u

enum proto_type {
	PROTO_HELLO = 1,	/* number: the version */

	/* To the session. */
	PROTO_ATTACH = 10,	/* struct proto_attach, a terminal with it */
	PROTO_INPUT,		/* bytes */
	PROTO_RESIZE,		/* struct proto_size */
	PROTO_DETACH,
	PROTO_ENVIRON,		/* one NAME=VALUE, before ATTACH */
	PROTO_KILL,		/* nothing: hang up, and kill what stays */
	PROTO_PEEK,		/* paint the screen once, then DETACHED */
	PROTO_WAIT,		/* EXIT is all that is wanted */
	PROTO_PAUSE,		/* the terminal is lent to its shell: PAUSED */
	PROTO_RESUME,		/* ... and is back */
	PROTO_DUMP_HEAD,	/* the keeper's answer; offset: as of which */
	PROTO_DUMP,		/* bytes of it, before the modes */
	PROTO_DUMP_END,		/* bytes of it, behind them; the last */

	/* From the session. */
	PROTO_REFUSED = 50,	/* text: why */
	PROTO_ATTACHED,		/* offset of the end, number: the leader */
	PROTO_PAINT,		/* bytes for the screen, none of the stream's */
	PROTO_OUTPUT,		/* offset of the first, bytes of the stream */
	PROTO_GAP,		/* offsets: from, to; these are lost */
	PROTO_SIZE,		/* struct proto_size: the pty's from here on */
	PROTO_EXIT,		/* number: as wait(2) has it */
	PROTO_DETACHED,		/* number: enum proto_reason */
	PROTO_DUMP_WANTED,	/* struct proto_size: who it is for */
	PROTO_PAUSED,		/* it is not touched any more */
};

enum proto_reason {
	PROTO_ASKED = 1,	/* the viewer himself, or his key */
	PROTO_OTHER,		/* somebody else attached with -d */
	PROTO_LOST,		/* his terminal is gone */
	PROTO_PAINTED,		/* that was all there is to PEEK at */
};

/* The flags of ATTACH. */
#define PROTO_READONLY 1u	/* nothing that he types counts */
#define PROTO_DETACH_OTHERS 2u
#define PROTO_TERMINAL 4u	/* a descriptor came: read and write that */
#define PROTO_HAVE 8u		/* everything up to "offset" is there */
#define PROTO_NO_SIZE 16u	/* his window never counts */
#define PROTO_KEEPER 32u	/* the screen keeper, on its own socket */

/* Whose window decides how large the pty is. */
enum proto_policy {
	PROTO_AS_IT_IS,
	PROTO_LATEST,		/* who attached, typed or resized last */
	PROTO_SMALLEST,		/* the least of the rows, and of the columns */
	PROTO_LARGEST,
	PROTO_FIRST,		/* who has been there longest */
	PROTO_FIXED,		/* nobody's */
	PROTO_POLICIES
};

/* The words of --size, in that order. */
extern const char *const proto_policy_names[PROTO_POLICIES];

/* As TIOCSWINSZ has it. */
struct proto_size {
	uint16_t rows, cols, xpixel, ypixel;
};

struct proto_attach {
	uint32_t flags;
	uint64_t offset;
	struct proto_size size;
	uint8_t key;		/* that detaches; 0: none */
	uint8_t policy;		/* enum proto_policy */
};

#define PROTO_ATTACH_LEN 22
#define PROTO_SIZE_LEN 8

/*
 * As bytes, and back.  What reads returns 0, or -1 if "len" is too short.
 */
void proto_put_attach(unsigned char buf[PROTO_ATTACH_LEN],
    const struct proto_attach *attach);
int proto_get_attach(struct proto_attach *attach, const unsigned char *buf,
    size_t len);
void proto_put_size(unsigned char buf[PROTO_SIZE_LEN],
    const struct proto_size *size);
int proto_get_size(struct proto_size *size, const unsigned char *buf,
    size_t len);
void proto_put_offset(unsigned char buf[8], uint64_t offset);
int proto_get_offset(uint64_t *offset, const unsigned char *buf, size_t len);
void proto_put_number(unsigned char buf[4], uint32_t number);
int proto_get_number(uint32_t *number, const unsigned char *buf, size_t len);

/* Send a number, or nothing at all.  As packet_send(). */
int proto_send_number(int sock, enum proto_type type, uint32_t number);
int proto_send_word(int sock, enum proto_type type);

#endif

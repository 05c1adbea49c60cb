/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONTROL_H
#define CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include "packet.h"

struct recordfile;

/*
 * What the server of a stable path and a login say to each other on its
 * control socket, in messages of common/packet.h.  Numbers are sent with the
 * most significant byte first.
 *
 * The first message of each side is a HELLO.  Both sides can be of different
 * age, since a server lives for as long as anybody uses its path: records have
 * names in them, and one that is not known is passed over; a message of a type
 * that is not known is answered with REFUSED.
 */
#define CONTROL_VERSION 1u

enum control_type {
	CONTROL_HELLO = 1,	/* number: the version; text: the program's */

	/* To the server. */
	CONTROL_MORE = 10,	/* text: of a record that goes on */
	CONTROL_REGISTER,	/* text: the rest of a claim; its upstream */
	CONTROL_STATUS,		/* number: of the login after which */
	CONTROL_STOP,

	/* From the server: one for each of those. */
	CONTROL_REFUSED = 50,	/* text: why */
	CONTROL_REGISTERED,	/* number: of the login */
	CONTROL_LOGIN,		/* number, text: a record of the next one */
	CONTROL_TOTAL,		/* text: a record; there is no further one */
	CONTROL_STOPPED,	/* it serves nobody any more */
};

/*
 * Send a number, and a text behind it; as packet_send_parts().
 */
int control_send(int sock, enum control_type type, uint32_t number,
    const char *text, size_t len);

/* Read the number in front.  Returns 0, or -1 if there is none. */
int control_number(const struct packet *packet, uint32_t *number);

/*
 * A login's side.  None of them waits for longer than a few seconds.
 */

/*
 * Connect to the server of "name" in that directory and exchange greetings;
 * *version is the server's, and "program" what it calls itself.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno, and
 * the reason in words at "why": ENOENT or ECONNREFUSED if there is none, or
 * none any more; ETIMEDOUT if it does not answer.
 */
#define CONTROL_PROGRAM_SIZE 64
int control_connect(int dir, const char *name, uint32_t *version,
    char program[CONTROL_PROGRAM_SIZE], char *why, size_t size);

/*
 * Wait for the next message, into "buf" of PACKET_BUFFER bytes.
 * Returns 0; or -1 with errno, ECONNRESET for the end.
 */
int control_next(int sock, unsigned char *buf, struct packet *packet);

/*
 * Send a claim's record, of whatever length, and its upstream's descriptor
 * unless that is -1.  Returns 0, or -1 with errno.
 */
int control_register(int sock, const struct recordfile *rec, int upstream);

/*
 * Ask for the record of the server alone, without its logins.
 * Returns it, for recordfile_free(); or NULL with errno.
 */
struct recordfile *control_total(int sock);

#endif

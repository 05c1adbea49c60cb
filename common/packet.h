/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PACKET_H
#define PACKET_H

#include <stddef.h>

/*
 * Messages on a SOCK_SEQPACKET socket of AF_UNIX: a type of one byte, and
 * what belongs to it.  The kernel keeps a message whole, so it is sent or it
 * is not, and who cannot wait needs no memory for the rest of one.  Nothing
 * here waits, whether the socket is O_NONBLOCK or not, and a lost peer is an
 * errno and never a SIGPIPE.
 */

/* The most bytes beside the type. */
#define PACKET_MAX ((size_t)16384)
#define PACKET_BUFFER (PACKET_MAX + 1)

struct packet {
	int type;			/* 0 to 255 */
	const unsigned char *data;	/* in the receiver's buffer */
	size_t len;
	int fd;				/* came with it, or -1 */
};

/*
 * Send one message, of the two parts in a row; a part of 0 bytes may be NULL.
 * "fd" goes with it, unless it is -1, and stays open here.
 * Returns 0; or -1 with errno and nothing sent: EAGAIN if there is no room
 * now, EMSGSIZE if it is too long, EPIPE or ECONNRESET without a peer.
 */
int packet_send(int sock, int type, const void *data, size_t len, int fd);
int packet_send_parts(int sock, int type, const void *head, size_t nhead,
    const void *data, size_t len);

/*
 * Receive one message into "buf", of PACKET_BUFFER bytes.  A descriptor that
 * came with it is close-on-exec and the caller's.
 * Returns 1; 0 for the end; or -1 with errno: EAGAIN if there is none now,
 * EPROTO for what is no message or came with several descriptors, of which
 * none is open then.
 */
int packet_receive(int sock, unsigned char *buf, struct packet *packet);

#endif

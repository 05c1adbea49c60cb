/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNINFO_H
#define CONNINFO_H

/* An address of 50 bytes, as long as sshd prints it, and a port; twice. */
#define CONNINFO_ADDRESS_SIZE 51
#define CONNINFO_SIZE (2 * (CONNINFO_ADDRESS_SIZE + 6))

/* Where a client is, as sshd says it in SSH_CONNECTION. */
struct conninfo {
	char address[CONNINFO_ADDRESS_SIZE];	/* "" where sshd knows none */
	char text[CONNINFO_SIZE];	/* as a session's SSH_CONNECTION */
};

/* What sshd tells a session that came over anything but TCP. */
#define CONNINFO_UNKNOWN "UNKNOWN 65535 UNKNOWN 65535"

/*
 * Read "ADDRESS PORT ADDRESS PORT": numeric addresses, IPv6 with a scope
 * perhaps, ports of at most 65535, one blank between them and nothing else.
 * Without an address of the client's (sshd -i on pipes, a unix socket) sshd
 * writes UNKNOWN and then what it likes, a path for one; the text is then
 * CONNINFO_UNKNOWN.
 * Returns 0, or -1 for a text that is not sshd's, and conn is not changed.
 */
int conninfo_parse(const char *text, struct conninfo *conn);

/* Say whether this is an address as above.  1 or 0. */
int conninfo_is_address(const char *text);

#endif

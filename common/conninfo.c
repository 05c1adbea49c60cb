/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The text becomes a fact that a Match can ask for, a word of a log line and
 * a variable of a session, so nothing passes that sshd would not write.
 */

#include "config.h"
#include "conninfo.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

#include "decimal.h"

#define UNKNOWN "UNKNOWN "

/* inet_pton(3): to getaddrinfo(3) "1" and "010.1" are addresses, too. */
int
conninfo_is_address(const char *text)
{
	unsigned char binary[sizeof(struct in6_addr)];
	char address[CONNINFO_ADDRESS_SIZE];
	char *scope;

	if (strlcpy(address, text, sizeof(address)) >= sizeof(address))
		return 0;
	if ((scope = strchr(address, '%')) == NULL &&
	    inet_pton(AF_INET, address, binary) == 1)
		return 1;
	if (scope != NULL) {
		*scope++ = '\0';
		if (*scope == '\0')
			return 0;
		for (; *scope != '\0'; scope++)
			if (!isalnum((unsigned char)*scope) &&
			    strchr("-_.:@", *scope) == NULL)
				return 0;
	}
	return inet_pton(AF_INET6, address, binary) == 1;
}

static int
is_port(const char *word)
{
	uint64_t port;

	return word != NULL &&
	    decimal_read(word, strlen(word), 65535, &port) == 0;
}

int
conninfo_parse(const char *text, struct conninfo *conn)
{
	char copy[CONNINFO_SIZE], *rest = copy, *address, *local;

	if (strncmp(text, UNKNOWN, strlen(UNKNOWN)) == 0) {
		conn->address[0] = '\0';
		(void)strlcpy(conn->text, CONNINFO_UNKNOWN,
		    sizeof(conn->text));
		return 0;
	}
	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return -1;
	address = strsep(&rest, " ");
	if (!conninfo_is_address(address) || !is_port(strsep(&rest, " ")))
		return -1;
	local = strsep(&rest, " ");
	if (local == NULL || !conninfo_is_address(local) ||
	    !is_port(strsep(&rest, " ")) || rest != NULL)
		return -1;
	(void)strlcpy(conn->address, address, sizeof(conn->address));
	(void)strlcpy(conn->text, text, sizeof(conn->text));
	return 0;
}

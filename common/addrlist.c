/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The list is the administrator's, the address is what sshd saw of a client.
 * inet_pton(3) and not getaddrinfo(3): to the latter "1" and "010.1" are
 * addresses, and another program's reading of them may differ.
 */

#include "config.h"
#include "addrlist.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"

#define ELEMENT_MAX 80	/* an address, a scope, a mask */

struct net {
	int family;
	uint8_t bytes[16];
	unsigned int bits;	/* of the mask */
	char scope[ELEMENT_MAX];
};

static unsigned int
width(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* Returns 0 with a host's address, its mask all ones; or -1. */
static int
read_address(const char *text, struct net *net)
{
	char buf[ELEMENT_MAX], *scope;

	memset(net, 0, sizeof(*net));
	if (strlcpy(buf, text, sizeof(buf)) >= sizeof(buf))
		return -1;
	net->family = strchr(buf, ':') != NULL ? AF_INET6 : AF_INET;
	if ((scope = strchr(buf, '%')) != NULL) {
		*scope++ = '\0';
		if (net->family != AF_INET6 || *scope == '\0')
			return -1;
		(void)strlcpy(net->scope, scope, sizeof(net->scope));
	}
	net->bits = width(net->family);
	return inet_pton(net->family, buf, net->bytes) == 1 ? 0 : -1;
}

/* ::ffff:a.b.c.d, or a network of these, is what it is in IPv4. */
static void
unfold(struct net *net)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (net->family != AF_INET6 || net->bits < 96 ||
	    memcmp(net->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(net->bytes, net->bytes + sizeof(mapped), 4);
	net->family = AF_INET;
	net->bits -= 96;
}

/* The bit with that number, from the left. */
static int
bit(const uint8_t *bytes, unsigned int n)
{
	return bytes[n / 8] >> (7 - n % 8) & 1;
}

enum element { ELEMENT_NET, ELEMENT_PATTERN, ELEMENT_WRONG };

/* Tell what an element is; *why says what is wrong with it. */
static enum element
read_element(const char *text, struct net *net, const char **why)
{
	char buf[ELEMENT_MAX], *slash;
	const char *wrong = NULL;
	unsigned int i;

	*why = "neither an address nor a pattern for one";
	if (strlcpy(buf, text, sizeof(buf)) >= sizeof(buf))
		return ELEMENT_WRONG;
	if (strpbrk(buf, "*?") != NULL)
		return strspn(buf, "0123456789abcdefABCDEF.:*?") ==
		    strlen(buf) ? ELEMENT_PATTERN : ELEMENT_WRONG;
	if ((slash = strchr(buf, '/')) != NULL)
		*slash++ = '\0';
	if (read_address(buf, net) == -1)
		return ELEMENT_WRONG;
	if (slash == NULL) {
		unfold(net);
		return ELEMENT_NET;
	}
	*why = "not a mask length for this address";
	if (strspn(slash, "0123456789") != strlen(slash))
		return ELEMENT_WRONG;
	net->bits = (unsigned int)strtonum(slash, 0, width(net->family),
	    &wrong);
	if (wrong != NULL)
		return ELEMENT_WRONG;
	*why = "the address has bits beyond its mask length";
	for (i = net->bits; i < width(net->family); i++)
		if (bit(net->bytes, i))
			return ELEMENT_WRONG;
	unfold(net);
	return ELEMENT_NET;
}

static int
contains(const struct net *net, const struct net *host)
{
	unsigned int i;

	if (net->family != host->family || (net->scope[0] != '\0' &&
	    strcmp(net->scope, host->scope) != 0))
		return 0;
	for (i = 0; i < net->bits; i++)
		if (bit(net->bytes, i) != bit(host->bytes, i))
			return 0;
	return 1;
}

/* Write the address as patterns will see it. */
static void
normalise(struct net *host, char text[INET6_ADDRSTRLEN])
{
	unfold(host);
	text[0] = '\0';
	(void)inet_ntop(host->family, host->bytes, text, INET6_ADDRSTRLEN);
}

/* inet_ntop(3) writes small letters; what may be in a pattern is ASCII. */
static int
matches(const char *text, char *pattern)
{
	char *p;

	for (p = pattern; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'F')
			*p += 'a' - 'A';
	return pattern_match(text, pattern);
}

/*
 * The next element of the list, without its '!', into buf.  Returns 0; or -1
 * if it has no room, and buf then has its beginning.
 */
static int
next_element(const char **list, int *negated, char buf[ELEMENT_MAX])
{
	size_t len;

	*negated = **list == '!';
	*list += *negated;
	len = strcspn(*list, ",");
	(void)snprintf(buf, ELEMENT_MAX, "%.*s",
	    len < ELEMENT_MAX ? (int)len : ELEMENT_MAX - 1, *list);
	*list = (*list)[len] == ',' ? *list + len + 1 : NULL;
	return len < ELEMENT_MAX ? 0 : -1;
}

int
addrlist_check(const char *list, char *why, size_t size)
{
	char buf[ELEMENT_MAX];
	const char *reason;
	struct net net;
	int negated;

	while (list != NULL) {
		reason = "too long for an address";
		if (next_element(&list, &negated, buf) == -1 ||
		    read_element(buf, &net, &reason) == ELEMENT_WRONG) {
			(void)snprintf(why, size, "%s: %s",
			    buf[0] != '\0' ? buf : "an empty element", reason);
			return -1;
		}
	}
	return 0;
}

int
addrlist_match(const char *address, const char *list)
{
	char buf[ELEMENT_MAX], text[INET6_ADDRSTRLEN];
	int negated, hit, found = 0;
	const char *reason;
	struct net host, net;

	if (read_address(address, &host) == -1 ||
	    addrlist_check(list, buf, sizeof(buf)) == -1)
		return 0;
	normalise(&host, text);
	while (list != NULL) {
		if (next_element(&list, &negated, buf) == -1)
			return 0;
		if (read_element(buf, &net, &reason) == ELEMENT_NET)
			hit = contains(&net, &host);
		else
			hit = matches(text, buf);
		if (hit && negated)
			return -1;
		found |= hit;
	}
	return found;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ADDRLIST_H
#define ADDRLIST_H

#include <stddef.h>

/*
 * Lists of addresses as in sshd_config(5)'s Match Address: with commas
 * between them, each an IPv4 or IPv6 address, a network (address/bits) or a
 * pattern of '*' and '?' for the address as text, and '!' before what must
 * not match.
 *
 * Stricter than sshd where it would take a word that can never match: an
 * element that is no address must have a wildcard and look like one.  An
 * element without a scope ("%eth0") is for every link.
 */

/*
 * Hold a list against the grammar.
 * Returns 0, or -1 with the element and the reason in "why".
 */
int addrlist_check(const char *list, char *why, size_t size);

/*
 * Match a numeric address, with a scope perhaps.  An IPv4 address that is
 * written as IPv6 ("::ffff:192.0.2.1") is taken for what it is.
 * Returns 1 for a match; -1 for a negated one, which decides at once; 0 for
 * none, and where the address or an element is not of the form.
 */
int addrlist_match(const char *address, const char *list);

#endif

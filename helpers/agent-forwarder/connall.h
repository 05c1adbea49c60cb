/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNALL_H
#define CONNALL_H

struct conns;
struct lease;

/* Do what is due. */
void connall_tell(struct conns *conns);

/* End those of a lease, or with NULL all; none of them is left then. */
void connall_end(struct conns *conns, const struct lease *lease);

#endif

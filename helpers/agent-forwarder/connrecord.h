/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNRECORD_H
#define CONNRECORD_H

struct conn;

/*
 * Record what became of the request.  Returns 0, or -1 if its reply must be
 * FAILURE for want of a record.
 */
int connrecord(struct conn *conn, const char *verdict, const char *result);

#endif

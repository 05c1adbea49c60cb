/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FAREWELL_H
#define FAREWELL_H

struct session;

/*
 * One AUTHPRIV line: the session is over.  common/log would bring libbsd into
 * each of many processes, for one line at the end of their lives; nothing that
 * is in this one needs quoting.
 */
void farewell(const struct session *session);

#endif

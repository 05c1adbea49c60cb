/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLACE_H
#define PLACE_H

/*
 * Where sessions are, below what common/userplace finds for them.  Files of a
 * session there: NAME.lock (its bytes are USERPLACE_CREATING and _ALIVE),
 * NAME.sock and others.
 */
#define PLACE_BELOW "ssh-incubator/pty"

#endif

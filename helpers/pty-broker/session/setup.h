/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SETUP_H
#define SETUP_H

/*
 * The descriptors that it is started with.
 */
enum {
	SESSION_LISTENER = 3,
	SESSION_LOCK,
	SESSION_DIRECTORY,
	SESSION_MASTER,
	SESSION_REPORT,		/* closed when it is there */
};

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVELIMITS_H
#define SERVELIMITS_H

/* In ms; 0 is none. */
struct serve_limits {
	int list_ms;		/* until a list (and all that asks nobody) */
	int bind_ms;		/* until a session-bind is answered */
	int sign_ms;		/* until a signature */
	int connect_ms;		/* while the agent's queue is full */
	int hold_ms;		/* while it may be asking the user */
	unsigned int connections;
};

/* What serves a session well. */
#define SERVE_LIMITS { 10000, 10000, 0, 10000, 120000, 512 }

#endif

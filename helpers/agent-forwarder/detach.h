/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DETACH_H
#define DETACH_H

#include <stddef.h>

/*
 * Make a process that serves beside the command that this one becomes: in a
 * session of its own, in "/", with /dev/null on 0 to 2, its signals at their
 * default but HUP and PIPE, which are ignored; and not the command's child,
 * which waits for its own children only.
 *
 * There run(ctx, ready) is called, and the process ends with what it returns.
 * It calls detach_ready() when it serves, or detach_failed().  Until then this
 * waits, at most some seconds.
 *
 * Returns 0; or -1 with the reason in "why", and the process ends then.
 */
int detach_run(int (*run)(void *ctx, int ready), void *ctx, char *why,
    size_t size);

/* Both close "ready". */
void detach_ready(int ready);
void detach_failed(int ready, const char *why);

#endif

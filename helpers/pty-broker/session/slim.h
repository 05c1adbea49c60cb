/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SLIM_H
#define SLIM_H

/*
 * Give the kernel back what a session needs while somebody is there, and not
 * while it waits.  Nothing changes but how much memory it has; what is needed
 * again comes back by itself.
 */
void slim_down(void);

#endif

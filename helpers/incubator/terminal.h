/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stddef.h>

#include "request.h"

struct sockpeer;

/* What is to become of the terminal on the descriptors 0 to 2, in shape B. */
enum request_terminal terminal_choose(void);

/*
 * Are the three descriptors what sshd gives to a command, pipes or one
 * terminal, and is that the front's own?  A terminal must be a pty's slave
 * that belongs to the front's user, that has its name in /dev/pts, and that
 * is the controlling terminal of the front's process (tcgetsid(3) cannot say
 * that from another session).
 * Returns 0, or -1 with the reason in "why".
 */
int terminal_passed(const int fds[3], const struct sockpeer *peer,
    char *why, size_t size);

/*
 * Make the terminal on the descriptors 0 to 2, which belongs to its next user
 * already, useless to everybody who has it open (vhangup(2)), and open it
 * again for this process: its modes and its size stay, what was typed ahead
 * is lost.
 * Returns 0, or -1 with errno: EXDEV if its name is another terminal's.
 */
int terminal_revoke(void);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STDFD_H
#define STDFD_H

/*
 * Open /dev/null in place of each of the descriptors 0, 1 and 2 that is
 * closed, so that no file opened later can be taken for one of them.  To be
 * called before anything else that opens a file.
 * Returns a mask of those that were closed (bit 0 for descriptor 0, and so
 * on), 0 when all were open, or -1 with errno.
 */
int stdfd_sanitise(void);

/*
 * Close every descriptor from "lowest" up.
 * close_range(2), or a walk over /proc/self/fd where the kernel has none or a
 * filter forbids it.  Plain system calls only: safe between fork and exec.
 * Returns 0, or -1 with errno.
 */
int stdfd_closefrom(int lowest);

/*
 * Mark every descriptor from "lowest" up close-on-exec: until then they serve,
 * the log's for one.  As stdfd_closefrom() otherwise.
 */
int stdfd_close_on_exec(int lowest);

/*
 * Put /dev/null in place of the descriptors from "first" to "last", for good:
 * they are nothing to this process any more.
 * Returns 0, or -1 with errno, and then some may be as they were.
 */
int stdfd_leave(int first, int last);

/*
 * Put /dev/null in place of 0, 1 and 2 for a while, during which code runs
 * that may write where it should not; and put back what was there.
 * Both return 0, or -1 with errno; after a failure of the first everything is
 * as it was.
 */
int stdfd_set_aside(int saved[3]);
int stdfd_put_back(int saved[3]);

#endif

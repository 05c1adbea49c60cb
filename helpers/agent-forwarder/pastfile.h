/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PASTFILE_H
#define PASTFILE_H

struct logins;

/*
 * NAME.past beside the sockets of a stable path: who the last logins were that
 * have ended, for a server that has to begin anew.  Their shells may be there
 * still, in tmux for one, with the number that the login had.
 */

/* Write it.  Without it a server only forgets: nothing is said of failure. */
void pastfile_write(int dir, const char *name, const struct logins *logins);

/*
 * Remember what is in it, if it is of this boot: the numbers begin anew with
 * each.  None of it is certain: any process of the user's can write it.
 */
void pastfile_read(int dir, const char *name, struct logins *logins);

#endif

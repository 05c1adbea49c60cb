/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FILES_H
#define FILES_H

struct session;

/*
 * The session's place in the file system.  Where it is taken away (logind
 * removes XDG_RUNTIME_DIR with the last session of a user that does not
 * linger), the session is found again in the fallback directory.
 */

/* Be told when it is. */
void files_watch(struct session *session);

/*
 * Remove what is there and, last, the lock; what is another's stays.  The name
 * is free then and nobody finds the session any more; who is there stays.
 * What was removed before is passed over.
 */
void files_remove(struct session *session);

#endif

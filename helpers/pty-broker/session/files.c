/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "files.h"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "listener.h"
#include "lockfile.h"
#include "place.h"
#include "session.h"
#include "userdir.h"
#include "userplace.h"

#define FILE_NAME 80

/* How long somebody may hold the lock while he creates, in ms. */
#define REMOVAL_PATIENCE 1000

static const char *
file_name(const struct session *session, const char *what, char buf[FILE_NAME])
{
	(void)snprintf(buf, FILE_NAME, "%s.%s", session->record.name, what);
	return buf;
}

static int
is_there(const struct session *session, const char *what)
{
	char file[FILE_NAME];
	struct stat st;

	return fstatat(session->record.dir, file_name(session, what, file),
	    &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The socket itself is watched: a directory would tell of all the others. */
static void
watch(const struct session *session)
{
	char path[FILE_NAME + 32], file[FILE_NAME];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s",
	    session->record.dir, file_name(session, "sock", file));
	(void)inotify_add_watch(session->removal.fd, path,
	    IN_ATTRIB | IN_MOVE_SELF);
}

enum owner { NOBODY, OURSELVES, SOMEBODY };

/* Whose name is it in that directory, by its lock? */
static enum owner
owner_in(const struct session *session, int dir)
{
	char file[FILE_NAME];
	struct stat st;

	if (fstatat(dir, file_name(session, "lock", file), &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return NOBODY;
	return lockfile_is_current(dir, file, session->lock) ?
	    OURSELVES : SOMEBODY;
}

/*
 * Where to come back: in the fallback, if there is one, for who removes a
 * runtime directory would remove what is put there meanwhile, or unmount it
 * with all that is in it.  Returns a descriptor, or -1.
 */
static int
open_new_place(const struct session *session)
{
	struct stat st;
	int dir = -1;

	if (session->fallback != NULL)
		dir = userdir_open(session->fallback, PLACE_BELOW, 1);
	if (dir == -1 && fstat(session->record.dir, &st) == 0 &&
	    st.st_nlink > 0)
		dir = fcntl(session->record.dir, F_DUPFD_CLOEXEC, 0);
	return dir;
}

/*
 * Have the name there, if it is not another session's by now, and listen.
 * Returns the listener, or -1; the lock is another one then, if the old one's
 * file was gone.
 */
static int
settle_in(struct session *session, int dir)
{
	char file[FILE_NAME];
	int lock = -1, sock;

	if (owner_in(session, dir) != OURSELVES) {
		/* One that is there may be left over from one that died. */
		lock = lockfile_hold(dir, file_name(session, "lock", file),
		    USERPLACE_ALIVE, 0);
		if (lock == -1)
			return -1;
	}
	sock = listener_bind(dir, file_name(session, "sock", file),
	    SOCK_SEQPACKET);
	if (lock == -1)
		return sock;
	if (sock == -1) {
		(void)close(lock);
		return -1;
	}
	(void)close(session->lock);
	session->lock = lock;
	return sock;
}

static void
come_back(struct session *session)
{
	const int dir = open_new_place(session);
	int sock;

	if (dir == -1)
		return;
	if ((sock = settle_in(session, dir)) == -1) {
		(void)close(dir);
		return;
	}
	(void)close(session->record.dir);
	session->record.dir = dir;
	loop_close_source(&session->loop, &session->listener);
	session->listener.fd = sock;
	(void)loop_watch(&session->loop, &session->listener, EPOLLIN);
	watch(session);
	record_moved(session);
}

static void
removal_ready(struct loop_source *source, uint32_t events)
{
	struct session *session = source->ctx;
	char buf[4096];

	(void)events;
	while (read(source->fd, buf, sizeof(buf)) > 0)
		;
	if (session->record.dir == -1)
		return;
	if (!is_there(session, "sock"))
		come_back(session);
	/* What is written there from now on is another session's. */
	if (owner_in(session, session->record.dir) == SOMEBODY) {
		(void)close(session->record.dir);
		session->record.dir = -1;
	}
}

void
files_watch(struct session *session)
{
	session->removal.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	session->removal.ready = removal_ready;
	session->removal.ctx = session;
	if (session->removal.fd == -1)
		return;
	(void)loop_watch(&session->loop, &session->removal, EPOLLIN);
	watch(session);
}

void
files_remove(struct session *session)
{
	char file[FILE_NAME];
	int creating;

	if (session->record.dir == -1)
		return;
	/*
	 * By a description of our own: ours is also our creator's, and with
	 * that we would not wait for him, nor anybody for us when he lets go.
	 * Who makes one of that name now finds us, or nothing.
	 */
	(void)lockfile_release(session->lock, USERPLACE_CREATING);
	creating = lockfile_hold(session->record.dir,
	    file_name(session, "lock", file), USERPLACE_CREATING,
	    deadline_in(REMOVAL_PATIENCE));
	if (owner_in(session, session->record.dir) == OURSELVES) {
		record_remove(&session->record);
		(void)listener_remove(session->record.dir,
		    file_name(session, "sock", file));
		(void)lockfile_remove(session->record.dir,
		    file_name(session, "lock", file), session->lock);
	}
	if (creating != -1)
		(void)close(creating);
	loop_unset(&session->loop, &session->crowd);
	loop_close_source(&session->loop, &session->listener);
	(void)close(session->record.dir);
	session->record.dir = -1;
}

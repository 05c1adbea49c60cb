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

/* Take the name there, if it is not another session's by now. */
static int
move(struct session *session)
{
	const int dir = open_new_place(session);
	char file[FILE_NAME];
	int fd;

	if (dir == -1)
		return -1;
	/* One that is there may be left over from a session that died. */
	if (!lockfile_is_current(dir, file_name(session, "lock", file),
	    session->lock)) {
		fd = lockfile_hold(dir, file, PLACE_ALIVE, 0);
		if (fd == -1) {
			(void)close(dir);
			return -1;
		}
		(void)close(session->lock);
		session->lock = fd;
	}
	(void)close(session->record.dir);
	session->record.dir = dir;
	return 0;
}

static void
come_back(struct session *session)
{
	char file[FILE_NAME];
	int fd;

	if (move(session) == -1)
		return;
	fd = listener_bind(session->record.dir,
	    file_name(session, "sock", file), SOCK_SEQPACKET);
	if (fd == -1)
		return;
	loop_close_source(&session->loop, &session->listener);
	session->listener.fd = fd;
	(void)loop_watch(&session->loop, &session->listener, EPOLLIN);
	watch(session);
	record_write(session);
}

static void
removal_ready(struct loop_source *source, uint32_t events)
{
	struct session *session = source->ctx;
	char buf[4096];

	(void)events;
	while (read(source->fd, buf, sizeof(buf)) > 0)
		;
	if (!is_there(session, "sock"))
		come_back(session);
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

	/*
	 * By a description of our own: ours is also our creator's, and with
	 * that we would not wait for him, nor anybody for us when he lets go.
	 * Who makes one of that name now finds us, or nothing.
	 */
	(void)lockfile_release(session->lock, PLACE_CREATING);
	creating = lockfile_hold(session->record.dir,
	    file_name(session, "lock", file), PLACE_CREATING,
	    deadline_in(REMOVAL_PATIENCE));
	(void)listener_remove(session->record.dir,
	    file_name(session, "sock", file));
	(void)lockfile_remove(session->record.dir,
	    file_name(session, "lock", file), session->lock);
	if (creating != -1)
		(void)close(creating);
}

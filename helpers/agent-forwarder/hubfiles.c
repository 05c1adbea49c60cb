/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "hubfiles.h"

#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "deadline.h"
#include "listener.h"
#include "lockfile.h"
#include "userplace.h"

/* How long somebody may hold the lock while he makes one, in ms. */
#define PATIENCE 1000

static const char *
file_name(const struct hubfiles *files, const char *suffix,
    char buf[USERPLACE_FILE_SIZE])
{
	return userplace_file(buf, files->name, suffix);
}

/* The sockets themselves: the directory would tell of all the others. */
static void
watch(const struct hubfiles *files, const char *suffix)
{
	char path[USERPLACE_FILE_SIZE + 32], file[USERPLACE_FILE_SIZE];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", files->dir,
	    file_name(files, suffix, file));
	(void)inotify_add_watch(files->removal, path,
	    IN_ATTRIB | IN_MOVE_SELF);
}

void
hubfiles_watch(struct hubfiles *files)
{
	files->removal = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (files->removal == -1)
		return;
	watch(files, ".sock");
	watch(files, ".ctl");
}

static int
is_there(const struct hubfiles *files, const char *suffix)
{
	char file[USERPLACE_FILE_SIZE];
	struct stat st;

	return fstatat(files->dir, file_name(files, suffix, file), &st,
	    AT_SYMLINK_NOFOLLOW) == 0;
}

/* Have the name, by the lock's file that is there or by a new one. */
static int
hold_name(struct hubfiles *files)
{
	char file[USERPLACE_FILE_SIZE];
	struct stat st;
	int lock;

	if (fstat(files->dir, &st) == -1 || st.st_nlink == 0)
		return -1;
	if (lockfile_is_current(files->dir, file_name(files, ".lock", file),
	    files->lock))
		return 0;
	lock = lockfile_hold(files->dir, file, USERPLACE_ALIVE, 0);
	if (lock == -1)
		return -1;
	(void)close(files->lock);
	files->lock = lock;
	return 0;
}

/* Returns the old descriptor; or -1 if there is no new one. */
static int
bind_again(struct hubfiles *files, const char *suffix, int type, int *fd)
{
	char file[USERPLACE_FILE_SIZE];
	const int old = *fd;
	int sock;

	if (is_there(files, suffix))
		return -1;
	sock = listener_bind(files->dir, file_name(files, suffix, file), type);
	if (sock == -1)
		return -1;
	*fd = sock;
	watch(files, suffix);
	return old;
}

enum hubfiles_state
hubfiles_look(struct hubfiles *files, int old[2])
{
	char buf[4096];

	while (read(files->removal, buf, sizeof(buf)) > 0)
		;
	old[0] = old[1] = -1;
	if (hold_name(files) == -1)
		return HUBFILES_LOST;
	old[0] = bind_again(files, ".sock", SOCK_STREAM, &files->listener);
	old[1] = bind_again(files, ".ctl", SOCK_SEQPACKET, &files->control);
	return old[0] != -1 || old[1] != -1 ? HUBFILES_MOVED : HUBFILES_THERE;
}

void
hubfiles_remove(struct hubfiles *files)
{
	char file[USERPLACE_FILE_SIZE];
	int creating;

	/*
	 * By a description of our own: ours is also our maker's, and with
	 * that we would not wait for him, nor anybody for us.
	 */
	creating = lockfile_hold(files->dir, file_name(files, ".lock", file),
	    USERPLACE_CREATING, deadline_in(PATIENCE));
	if (lockfile_is_current(files->dir, file, files->lock)) {
		(void)listener_remove(files->dir,
		    file_name(files, ".sock", file));
		(void)listener_remove(files->dir,
		    file_name(files, ".ctl", file));
		(void)lockfile_remove(files->dir,
		    file_name(files, ".lock", file), files->lock);
	}
	if (creating != -1)
		(void)close(creating);
}

void
hubfiles_close(struct hubfiles *files)
{
	const int all[] = { files->listener, files->control, files->removal,
		files->lock, files->dir };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] != -1)
			(void)close(all[i]);
}

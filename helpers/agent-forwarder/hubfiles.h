/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HUBFILES_H
#define HUBFILES_H

/*
 * What a server has in its directory: NAME.lock, which it holds, NAME.sock and
 * NAME.ctl.  The sockets keep their inodes for as long as it lives: somebody
 * may have mounted one elsewhere.
 */
struct hubfiles {
	const char *name;
	int dir;
	int lock;
	int listener;
	int control;
	int removal;	/* tells of a socket that was removed; -1 for none */
};

/*
 * Watch for somebody who removes a socket; files->removal can be read then.
 * Without inotify nobody notices: -1 stays there.
 */
void hubfiles_watch(struct hubfiles *files);

enum hubfiles_state {
	HUBFILES_THERE,		/* as they were */
	HUBFILES_MOVED,		/* at least one is new: both are to be used */
	HUBFILES_LOST,		/* the name is gone, or is somebody else's */
};

/*
 * Look what is there, after removal could be read, and bind what is missing
 * again.  New sockets are in the struct; the old ones are still open, in
 * old[0] (listener) and old[1] (control), or -1 for one that stays.
 */
enum hubfiles_state hubfiles_look(struct hubfiles *files, int old[2]);

/*
 * Remove what is ours, and let go of the name.  Who makes it anew at the same
 * time finds all of it, or nothing.
 */
void hubfiles_remove(struct hubfiles *files);

/* Close what is open. */
void hubfiles_close(struct hubfiles *files);

#endif

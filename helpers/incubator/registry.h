/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <sys/types.h>

#include <time.h>

/*
 * Who is logged in through us: a file for each session, below RUN_PATH, from
 * its opening to its end.  Everybody may read it, for there is nothing in it
 * that who(1) and loginctl(1) do not say.  It is also what another process
 * goes by that cleans up when the keeper of a session was killed.
 */
struct registry_entry {
	const char *user;	/* whose session it is */
	uid_t uid;
	const char *caller;	/* the account that asked for it */
	const char *address;	/* numeric; "" if it is unknown */
	const char *tty;	/* "/dev/pts/0", or "" for none */
	const char *service;	/* "shell", "exec", "sftp" */
	const char *shape;	/* "root", "service" */
	/* Who keeps it open, and its child; see struct procs_stat. */
	pid_t keeper;
	unsigned long long keeper_start;
	pid_t child;		/* 0 until it runs */
	unsigned long long child_start;
	/*
	 * The POSIX session to hang up: the child's or the keeper's, or 0
	 * where that is somebody else's and the child alone is ours.
	 */
	pid_t sid;
	time_t since;
	const char *session;	/* logind's id for it, or "" */
	const char *records;	/* a line for who closes them, or "" */
	long hangup_delay;	/* HangupDelay in s, or -1 */
	/* When a sweeper hung it up, in ms of CLOCK_MONOTONIC; or 0. */
	unsigned long long hungup;
};

/*
 * Enter a session that this process keeps: fills in "keeper" and
 * "keeper_start", and "since" if it is 0.  A string may be NULL for "".
 * Returns 0, or -1 with errno; no login should fail by that.
 */
int registry_add(struct registry_entry *entry);

/*
 * Write the entry of this process anew; fills in "child_start" if it is 0 and
 * there is a child, which must not have been reaped.
 * Returns 0, or -1 with errno.
 */
int registry_update(struct registry_entry *entry);

/* Returns 0, or -1 with errno. */
int registry_remove(const struct registry_entry *entry);

/* The entry and its strings are valid until this returns; none is NULL. */
typedef void registry_call(void *ctx, const struct registry_entry *entry);

/*
 * Call back with each session whose keeper lives, for whoever asks: nothing
 * is changed.  What is no entry is passed over.
 * Returns 0, or -1 with errno.
 */
int registry_each(registry_call *call, void *ctx);

enum registry_effort {
	REGISTRY_QUICK,	/* a few; none while another process sweeps */
	REGISTRY_ALL,
};

/*
 * What came of an entry: 0, and its file is removed; or 1 if it is not done
 * yet, and the file is written anew with what the callback has changed.
 */
typedef int registry_sweeper(void *ctx, struct registry_entry *entry);

/*
 * Call back with each session whose keeper is gone.  Of several processes that
 * do it one gets an entry; if that is killed meanwhile, the next does.  For
 * root.
 * Returns how many are left to be done later, or -1 with errno.
 */
int registry_sweep(enum registry_effort effort, registry_sweeper *call,
    void *ctx);

/* Another directory than RUN_PATH, for a test; the string is kept. */
void registry_use(const char *path);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PROCS_H
#define PROCS_H

#include <sys/types.h>

/*
 * Send a signal to every process of the POSIX session "sid" but "except"
 * (0 for no exception).  Each process is held by pidfd between the look at
 * its session and the signal, so that a pid that was given to another
 * process in between is never hit (CVE-2017-2616).  Signal 0 only counts.
 * A zombie is nobody.  Needs /proc.
 * Returns how many were signalled, or -1 with errno.
 */
int procs_signal_session(pid_t sid, int sig, pid_t except);

/*
 * The same for those whose real uid is "uid", or for all if that is -1: of a
 * session whose leader is gone nobody can tell whether its number has come to
 * another one since.
 */
int procs_signal_users(pid_t sid, uid_t uid, int sig, pid_t except);

/*
 * The same for one process, if it is still the one whose "start" (below) that
 * is.  Returns 1 if it was signalled, else 0; 0 is nobody's start.
 */
int procs_signal_born(pid_t pid, unsigned long long start, int sig);

/*
 * What /proc/PID/stat says of a process, read after the last ')' because the
 * name may hold anything (CVE-2017-1000367).
 */
struct procs_stat {
	pid_t ppid;
	pid_t sid;
	dev_t tty;		/* the controlling terminal; 0 for none */
	/* Clock ticks since boot: pid and start name one process for ever. */
	unsigned long long start;
	int ended;		/* all threads: it only waits to be reaped */
	char comm[32];
};

/* Returns 0, or -1 with errno. */
int procs_stat(pid_t pid, struct procs_stat *st);

/*
 * Is the process that was born then still there, and more than a zombie?  0 is
 * nobody's start.  1 or 0.
 */
int procs_lives(pid_t pid, unsigned long long start);

/*
 * Hold the process that was born then.  Returns a pidfd, close-on-exec, which
 * can be read when it has ended; or -1 with errno: ESRCH if it is not there,
 * ENOSYS where there are no pidfds.
 */
int procs_hold(pid_t pid, unsigned long long start);

/* What /proc/PID/status says. */
struct procs_status {
	uid_t uid;		/* the real one */
	uid_t euid;		/* the effective one */
	int is_init;		/* process 1 of a pid namespace below ours */
	pid_t tracer;		/* who traces it (ptrace(2)), or 0 */
};

/* Returns 0, or -1 with errno. */
int procs_status(pid_t pid, struct procs_status *status);

#endif

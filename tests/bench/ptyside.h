/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#ifndef PTYSIDE_H
#define PTYSIDE_H

#include <sys/types.h>

#include <stddef.h>

/*
 * One of those that are compared.  They are described in a file, a line each
 * for what is there of
 *
 *	name=tmux		begins one
 *	both=WORD ...		begins a session and looks at it
 *	create=WORD ...		begins one that nobody looks at
 *	attach=WORD ...		looks at one that is there
 *
 * In the words %s is the session's name, which no other has, %d a directory
 * for what there is to leave behind, %i the program in the session with its
 * arguments, and "@PATH" as the only word a socket to connect to.
 */
#define SIDES_MAX 16
#define SIDE_WORDS 64

struct side {
	char *name;
	char *both;
	char *create;
	char *attach;
	size_t n;		/* figures so far, at most "rounds" */
	double *figure[3];	/* what they are depends on who measures */
};

/* A command that was started by side_start(). */
struct seat {
	pid_t pid;
	int master;		/* the terminal's, or -1 */
};

/*
 * Read them, with room for so many figures each.  Ends the program where
 * something is wrong, as all of these do.  Returns how many there are.
 */
size_t side_read(const char *path, struct side *sides, size_t rounds);

/* The program in every session from here on, and the directory. */
void side_inner(const char *words, const char *directory);

/*
 * Run this command of a side's for a session: at a new terminal of 80x24 that
 * it leads a session on, or, if "terminal" is 0, without one and to its end.
 * Returns the process and the terminal's other end, which does not block.
 */
struct seat side_start(const char *words, const char *session, int terminal);

/* A socket path of a side that is "@PATH", or NULL; the caller frees it. */
char *side_socket(const char *words, const char *session);

/*
 * The terminal goes away, as when a line breaks; what was started ends.  The
 * seat is then empty.
 */
void side_leave(struct seat *seat);

/* From here on who loses his parent becomes our child: what daemons do. */
void side_adopt(void);

/*
 * End every program in a session, wait for all the processes below this one,
 * and kill what is there after some seconds.  Returns the processor time of
 * all of them in ms.
 */
double side_end_all(void);

/* All processes below this one.  Returns how many, at most "max". */
size_t side_below(pid_t *pids, size_t max);

/* Is it a program in a session, rather than its keeper? */
int side_is_inner(pid_t pid);

/* Milliseconds, by a clock that only goes forward. */
double side_now(void);

/* Sorts them.  Returns the value at this part of them: 0.5 is the median. */
double side_quantile(double *values, size_t n, double part);

#endif

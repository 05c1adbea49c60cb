/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef INVOCATION_H
#define INVOCATION_H

/*
 * What a helper ends by becoming: a program and its arguments, in one of the
 * four ways in which sshd and its helpers start one.  To be all zero before
 * one of the functions is called; they return 0, or -1 with errno, and
 * invocation_free() is due in either case.
 */
struct invocation {
	int search;		/* argv[0] is looked up in PATH */
	const char *path;	/* what to execute, unless search */
	char **argv;
	char **candidates;	/* set by invocation_locate() */
	char *argv0;		/* owned: argv[0], unless it is an argument's */
	char *line;		/* owned: what the shell is given with -c */
};

/* The shell as a login shell: its argv[0] begins with '-'. */
int invocation_login_shell(struct invocation *run, const char *shell);

/* The shell with -c and the line. */
int invocation_shell_command(struct invocation *run, const char *shell,
    const char *line);

/*
 * What the client asked for, SSH_ORIGINAL_COMMAND, by the shell as sshd would
 * have it run; sftp-server takes the place of internal-sftp.
 */
int invocation_asked(struct invocation *run, const char *shell,
    const char *line);

/*
 * The program at "path" with these arguments; or, path being NULL, the
 * first of them with the others, looked up in PATH if it has no '/'.
 */
int invocation_program(struct invocation *run, const char *path, char **args);

/* Says whether the shell is given sftp-server to run, and no more.  1 or 0. */
int invocation_is_sftp(const struct invocation *run);

/*
 * What a client asked for, as Match Service of incubator.conf(5) has it.
 * "line" is what sshd says that it was, NULL or empty for nothing; then it is
 * a command if "by_hand", which says that one was given without any client.
 * Returns "shell", "exec" or "sftp".
 */
const char *invocation_service(const char *line, int by_hand);

/*
 * Fill in candidates: the path, or argv[0] in each directory of "path", which
 * is the PATH of the session.  Only strings are put together: the search
 * itself is left to the exec, as the user (I12).  Returns 0, or -1 with errno.
 */
int invocation_locate(struct invocation *run, const char *path);

void invocation_free(struct invocation *run);

/*
 * The shell to run for somebody whose shell in passwd is "shell": that one;
 * if it is a program of ours, which would run itself in a circle, "instead",
 * if that is none of ours and not NULL; else /bin/sh.
 */
const char *invocation_shell(const char *shell, const char *instead);

#endif

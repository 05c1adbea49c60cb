/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a server of its own does for "ssh -t host COMMAND", for who has none:
 * a terminal with the client's modes, the command as its session's leader,
 * and the bytes between.  Nothing is kept: it ends with the command.
 */

#include "config.h"
#include "runonce.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "environ.h"
#include "exitcode.h"
#include "invocation.h"
#include "leader.h"
#include "log.h"
#include "outer.h"
#include "pty.h"
#include "runloop.h"
#include "sigreset.h"
#include "spawn.h"
#include "ttymode.h"

/* What is added to the environment: SSH_TTY, TERM. */
#define ADDED 2

static int
digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

const char *
runonce_read_modes(const char *hex, struct runonce_modes *modes)
{
	struct termios any;
	int high, low;

	memset(&any, 0, sizeof(any));
	for (modes->len = 0; *hex != '\0'; hex += 2) {
		if ((high = digit(hex[0])) == -1 ||
		    (low = digit(hex[1])) == -1)
			return "two hexadecimal digits a byte are wanted";
		if (modes->len == sizeof(modes->bytes))
			return "no terminal has so many modes";
		modes->bytes[modes->len++] = (unsigned char)(high << 4 | low);
	}
	if (ttymode_apply(modes->bytes, modes->len, &any) ==
	    TTYMODE_TRUNCATED)
		return "the last argument is not all there";
	return NULL;
}

static int
is(const char *entry, const char *name)
{
	const size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

static int
is_dropped(const struct runonce_facts *facts, const char *entry)
{
	return (is(entry, "SSH_ORIGINAL_COMMAND") && !facts->passes_on) ||
	    is(entry, "SSH_TTY") ||
	    (is(entry, "TERM") && facts->term != NULL);
}

/* Returns 0, or -1 with errno. */
static int
add(char **env, size_t *n, const char *name, const char *value)
{
	if (asprintf(&env[*n], "%s=%s", name, value) == -1) {
		env[*n] = NULL;
		return -1;
	}
	env[++*n] = NULL;
	return 0;
}

/*
 * Ours, with its own terminal in it; but only in a login by ssh does a
 * variable say which.  The strings are envp's and, from *own on, allocated.
 */
static char **
make_environ(const struct runonce_facts *facts, const char *tty, size_t *own)
{
	const int by_ssh = environ_lookup(facts->envp, "SSH_TTY") != NULL ||
	    environ_lookup(facts->envp, "SSH_CONNECTION") != NULL;
	size_t count = 0, n = 0, i;
	char **env;

	while (facts->envp[count] != NULL)
		count++;
	if ((env = calloc(count + ADDED + 1, sizeof(*env))) == NULL)
		return NULL;
	for (i = 0; i < count; i++)
		if (!is_dropped(facts, facts->envp[i]))
			env[n++] = facts->envp[i];
	*own = n;
	if ((by_ssh && add(env, &n, "SSH_TTY", tty) == -1) ||
	    (facts->term != NULL && *facts->term != '\0' &&
	    add(env, &n, "TERM", facts->term) == -1)) {
		while (n > *own)
			free(env[--n]);
		free(env);
		return NULL;
	}
	return env;
}

static void
free_environ(char **env, size_t own)
{
	size_t i;

	for (i = own; env[i] != NULL; i++)
		free(env[i]);
	free(env);
}

/*
 * The modes of a terminal between which and us nobody but its driver is.
 * Where that one goes on doing its part, the new one must not do it again.
 */
static int
modes_of_outer(const struct outer *outer, int slave)
{
	struct termios modes;

	if (!outer->in_tty && !outer->out_tty)
		return 0;
	if (outer_modes(outer, &modes) == -1)
		return -1;
	if (outer->in_tty && !outer->out_tty)
		modes.c_lflag &= ~(tcflag_t)ECHO;
	if (outer->out_tty && !outer->in_tty)
		modes.c_oflag &= ~(tcflag_t)OPOST;
	return tcsetattr(slave, TCSANOW, &modes);
}

static int
modes_of_client(const struct runonce_modes *client, int slave)
{
	struct termios modes;

	if (tcgetattr(slave, &modes) == -1)
		return -1;
	if (ttymode_apply(client->bytes, client->len, &modes) ==
	    TTYMODE_VOID) {
		log_info("--modes: bytes behind their end: none counts");
		return 0;
	}
	return tcsetattr(slave, TCSANOW, &modes);
}

/* Returns 0 with the terminal as it is to be, or -1 with errno. */
static int
open_terminal(const struct runonce_facts *facts, const struct outer *outer,
    struct runloop_facts *loop, char name[PTY_NAME_SIZE])
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int r, saved;

	loop->follows = facts->size == NULL &&
	    outer_size(outer, &size) == 0;
	if (pty_open_as(&loop->master, &loop->slave, name, NULL,
	    facts->size != NULL ? facts->size : &size) == -1)
		return -1;
	r = facts->modes != NULL ? modes_of_client(facts->modes, loop->slave) :
	    modes_of_outer(outer, loop->slave);
	if (r == 0)
		return 0;
	saved = errno;
	(void)close(loop->slave);
	(void)close(loop->master);
	errno = saved;
	return -1;
}

/* Returns 0 when it runs; or -1 with *status, and what went wrong was said. */
static int
start(const struct runonce_facts *facts, const char *tty,
    struct runloop_facts *loop, int *status)
{
	const struct invocation *run = facts->run;
	struct spawn_report failed;
	char **env;
	size_t own;

	*status = EXITCODE_REFUSED;
	if ((env = make_environ(facts, tty, &own)) == NULL) {
		log_warn("environment");
		return -1;
	}
	loop->pid = leader_start(run, env, loop->slave, &failed);
	free_environ(env, own);
	if (loop->pid != -1)
		return 0;
	errno = failed.err;
	if (failed.step == LEADER_EXEC) {
		log_warn("%s", run->search ? run->argv[0] : run->path);
		*status = exitcode_of_exec(failed.err);
	} else
		log_warn("session");
	return -1;
}

/* With a terminal, and with signals that are heard. */
static int
run_there(const struct runonce_facts *facts, struct outer *outer,
    struct runloop_facts *loop, const char *tty)
{
	int status;

	if (start(facts, tty, loop, &status) == -1) {
		(void)close(loop->slave);
		(void)close(loop->master);
		(void)close(loop->signals);
		return W_EXITCODE(status, 0);
	}
	outer_make_raw(outer);
	return runloop_run(loop);
}

int
runonce_command(const struct runonce_facts *facts)
{
	char name[PTY_NAME_SIZE];
	struct outer outer;
	struct runloop_facts loop = { .outer = &outer };
	int wstatus = W_EXITCODE(EXITCODE_REFUSED, 0);

	/* Of a child that nobody wants to hear of there would be no status. */
	sigreset_default(SIGCHLD);
	sigreset_ignore(SIGPIPE);
	outer_open(&outer);
	if (open_terminal(facts, &outer, &loop, name) == -1)
		log_warn("terminal");
	else if ((loop.signals = runloop_signals()) == -1) {
		log_warn("signals");
		(void)close(loop.slave);
		(void)close(loop.master);
	} else
		wstatus = run_there(facts, &outer, &loop, name);
	outer_close(&outer);
	return wstatus;
}

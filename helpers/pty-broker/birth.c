/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "birth.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "companion.h"
#include "create.h"
#include "exitcode.h"
#include "invocation.h"
#include "leader.h"
#include "linger.h"
#include "procs.h"
#include "pty.h"
#include "session/setup.h"
#include "sessionenv.h"
#include "spawnreport.h"
#include "stdfd.h"
#include "utempter.h"
#include "utempterpath.h"

void
birth_fail(const struct birth *birth, const char *object, int err, int status)
{
	struct birth_failure failure = { .status = status, .err = err };

	memcpy(failure.object, object, strnlen(object,
	    sizeof(failure.object) - 1));
	/* Less than a pipe takes in one piece. */
	if (write(birth->report, &failure, sizeof(failure)) == -1)
		return;
}

static int
open_pty(const struct create_facts *facts, int *master, int *slave,
    char tty[PTY_NAME_SIZE])
{
	if (pty_open(master, slave, tty) == -1)
		return -1;
	if (facts->modes != NULL)
		(void)tcsetattr(*slave, TCSANOW, facts->modes);
	return facts->size == NULL ? 0 :
	    ioctl(*master, TIOCSWINSZ, facts->size);
}

static pid_t
start_leader(const struct birth *birth, int slave, const char *tty)
{
	const struct create_facts *facts = birth->facts;
	const struct invocation *run = facts->run;
	struct spawn_report failed = { 0 };
	char **envp = sessionenv_make(facts->envp, facts, tty);
	pid_t pid = -1;

	if (envp == NULL)
		failed.err = errno;
	else
		pid = leader_start(run, envp, slave, &failed);
	if (pid != -1)
		return pid;
	if (failed.step == LEADER_EXEC)
		birth_fail(birth, run->search ? run->argv[0] : run->path,
		    failed.err, exitcode_of_exec(failed.err));
	else
		birth_fail(birth, "the command", failed.err,
		    EXITCODE_REFUSED);
	return -1;
}

/* The descriptors, each where the session looks for it, and no other. */
static int
arrange(const struct birth *birth, int master)
{
	const int want[] = {
		birth->listener, birth->lock, birth->dir, master,
		birth->report,
	};
	const int n = (int)(sizeof(want) / sizeof(want[0]));
	int high[sizeof(want) / sizeof(want[0])], i;

	/* Out of the way first: one may stand where another belongs. */
	for (i = 0; i < n; i++)
		if ((high[i] = fcntl(want[i], F_DUPFD_CLOEXEC,
		    SESSION_LISTENER + n)) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (dup2(high[i], SESSION_LISTENER + i) == -1)
			return -1;
	if (stdfd_leave(STDIN_FILENO, STDERR_FILENO) == -1)
		return -1;
	return stdfd_closefrom(SESSION_LISTENER + n);
}

struct words {
	char leader[16], timeout[16], buffer[24], policy[8], screen[4];
	char awaited[4];
};

static void
become_session(const struct create_facts *facts, const char *path,
    const char *tty, pid_t leader, const char *utempter)
{
	char program[] = "pty-broker-session", empty[] = "";
	struct words w;
	char *envp[] = { NULL };
	const char *argv[] = {
		program, facts->name, tty, w.leader, w.timeout, w.buffer,
		w.policy, w.screen, w.awaited,
		facts->fallback != NULL ? facts->fallback : empty,
		utempter, NULL,
	};

	(void)snprintf(w.leader, sizeof(w.leader), "%d", (int)leader);
	(void)snprintf(w.timeout, sizeof(w.timeout), "%d", facts->timeout);
	(void)snprintf(w.buffer, sizeof(w.buffer), "%zu", facts->buffer);
	(void)snprintf(w.policy, sizeof(w.policy), "%d", facts->policy);
	(void)snprintf(w.screen, sizeof(w.screen), "%d", facts->screen != 0);
	(void)snprintf(w.awaited, sizeof(w.awaited), "%d",
	    facts->awaited != 0);
	if (chdir("/") == -1)
		return;
	(void)execve(path, (char *const *)(uintptr_t)argv, envp);
}

void
birth_give(struct birth *birth)
{
	char path[PATH_MAX], utempter[PATH_MAX] = "";
	char tty[PTY_NAME_SIZE], why[200];
	int master, slave;
	sigset_t chld;
	pid_t leader;

	/* It may end before the session listens. */
	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &chld, NULL);
	if (birth->facts->scope && linger_enter_scope("pty-broker",
	    birth->facts->name, why,
	    sizeof(why)) == -1) {
		birth_fail(birth, why, 0, EXITCODE_REFUSED);
		return;
	}
	if (companion_path("pty-broker-session", path) == -1) {
		birth_fail(birth, "pty-broker-session", errno,
		    EXITCODE_REFUSED);
		return;
	}
	if (open_pty(birth->facts, &master, &slave, tty) == -1) {
		birth_fail(birth, "pty", errno, EXITCODE_REFUSED);
		return;
	}
	if ((leader = start_leader(birth, slave, tty)) == -1)
		return;
	(void)close(slave);
	/* Its child, and the session's to reap. */
	if (utempterpath_find(utempter))
		(void)utempter_add(utempter, master, "pty-broker");
	if (arrange(birth, master) == 0) {
		birth->report = SESSION_REPORT;
		become_session(birth->facts, path, tty, leader, utempter);
	}
	birth_fail(birth, path, errno, EXITCODE_REFUSED);
	(void)procs_signal_session(leader, SIGKILL, 0);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Who runs the start-up command:
 *
 *	incubator ---- a process that ends at once, and is reaped
 *	                  \---- the one in between ---- the command
 *
 * The one in between starts the command by a plan and stays until that runs,
 * because a step may need it (the maps of a user namespace) and because
 * somebody has to say what failed.  It is nobody's child that incubator could
 * fail to reap, for incubator may have become the session's command by then;
 * and it holds nothing that is the session's, so that the session can end
 * while it waits for a home that does not answer.
 */

#include "config.h"
#include "startup.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "deadline.h"
#include "log.h"
#include "plan.h"
#include "planner.h"
#include "request.h"
#include "sigreset.h"
#include "spawn.h"
#include "stdfd.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_LEN 36

/* The one in between gives up, too: in s, from one word to the next. */
#define ITS_PATIENCE 60

/* All that the plan borrows. */
struct startup {
	struct command command;
	struct planner planner;
	struct planner_once once;
	char marker[NAME_MAX + 1];
	char log[NAME_MAX + 1];
};

/* What the one in between says. */
struct message {
	int result;		/* of spawn_hear() */
	struct spawn_report failed;
};

/* Returns 0, or -1 with errno. */
static int
read_boot_id(char id[BOOT_ID_LEN + 1])
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC), err;
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, id, BOOT_ID_LEN);
	err = n == -1 ? errno : EINVAL;
	(void)close(fd);
	id[BOOT_ID_LEN] = '\0';
	if (n == BOOT_ID_LEN &&
	    strspn(id, "0123456789abcdef-") == BOOT_ID_LEN)
		return 0;
	errno = err;
	return -1;
}

/*
 * A home may be shared by several hosts, each with boots of its own.  The
 * kernel takes any bytes for a host's name.
 */
static int
name_files(struct startup *startup)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	char host[HOST_NAME_MAX + 1], id[BOOT_ID_LEN + 1], *p;
	int n;

	if (read_boot_id(id) == -1 ||
	    gethostname(host, sizeof(host)) == -1)
		return -1;
	host[sizeof(host) - 1] = '\0';
	for (p = host; *(p += strspn(p, plain)) != '\0'; p++)
		*p = '_';
	n = snprintf(startup->log, sizeof(startup->log), "startup-%s.log",
	    host);
	if (n < 0 || (size_t)n >= sizeof(startup->log)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	startup->once.fixed = (size_t)n - strlen("log");
	n = snprintf(startup->marker, sizeof(startup->marker),
	    "startup-%s.%s", host, id);
	if (n < 0 || (size_t)n >= sizeof(startup->marker)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	startup->once.below = STARTUP_DIRECTORY;
	startup->once.marker = startup->marker;
	startup->once.log = startup->log;
	return 0;
}

/* Returns 0, or -1 with the reason in "why". */
static int
build(struct startup *startup, const struct planner_facts *session,
    const char *line, char *why, size_t size)
{
	struct planner_facts facts = *session;

	facts.command = &startup->command;
	facts.once = &startup->once;
	facts.in_place = 0;
	startup->command.service = COMMAND_EXEC;
	if (name_files(startup) == -1 ||
	    invocation_shell_command(&startup->command.run,
	    session->req->shell, line) == -1 ||
	    invocation_locate(&startup->command.run, "") == -1 ||
	    planner_build(&startup->planner, &facts) == -1) {
		(void)strlcpy(why, strerror(errno), size);
		return -1;
	}
	return plan_check(startup->planner.plan, why, size);
}

/*
 * Nothing but /dev/null, and the channel in the place behind it.  Returns 0,
 * or -1.
 */
static int
let_go(int channel)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int lowest = STDERR_FILENO + 1;
	int fd;

	if (null == -1 ||
	    (channel = fcntl(channel, F_DUPFD_CLOEXEC, lowest + 1)) == -1)
		return -1;
	for (fd = STDIN_FILENO; fd < lowest; fd++)
		if (dup2(null, fd) == -1)
			return -1;
	if (dup3(channel, lowest, O_CLOEXEC) == -1)
		return -1;
	return stdfd_closefrom(lowest + 1);
}

/* Returns as spawn_hear() does; 0 after too long a silence. */
static int
carry_out(const struct plan *plan, spawn_note *note,
    struct spawn_report *failed)
{
	struct spawn_child child = { .want_pidfd = 0 };
	struct pollfd fd = { .events = POLLIN };
	int r;

	if (spawn_start(plan, note, NULL, &child, failed) == -1)
		return -1;
	fd.fd = child.report;
	while ((r = spawn_hear(&child, failed)) == 0)
		if (poll(&fd, 1, ITS_PATIENCE * 1000) == 0)
			break;
	return r;
}

/*
 * The life of the one in between.  Not in our session: what ends that is not
 * for it, nor for the command.
 */
static void __attribute__((noreturn))
be_between(const struct plan *plan, spawn_note *note, int channel)
{
	struct message message;

	memset(&message, 0, sizeof(message));
	if (setsid() == -1 || sigreset_all() == -1 || let_go(channel) == -1)
		_exit(1);
	message.result = carry_out(plan, note, &message.failed);
	(void)!send(STDERR_FILENO + 1, &message, sizeof(message),
	    MSG_NOSIGNAL);
	_exit(0);
}

/* Returns where the one in between will be heard, or -1 with errno. */
static int
start(const struct plan *plan, spawn_note *note)
{
	sigset_t all, before;
	int fds[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return -1;
	/* No handler of ours may run in a child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		if ((pid = fork()) != 0)
			_exit(pid == -1 ? 1 : 0);
		(void)close(fds[0]);
		be_between(plan, note, fds[1]);
	}
	err = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)close(fds[1]);
	if (pid != -1) {
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			continue;
		return fds[0];
	}
	(void)close(fds[0]);
	errno = err;
	return -1;
}

/*
 * Wait for the message.  Returns 1 when it is there; 0 when the time is up,
 * and -1 if none will come.
 */
static int
hear(int channel, struct message *message)
{
	struct pollfd fd = { .fd = channel, .events = POLLIN };
	const long long deadline = deadline_in(STARTUP_PATIENCE * 1000);
	int r;

	while ((r = poll(&fd, 1, deadline_left(deadline))) == -1 &&
	    errno == EINTR)
		continue;
	if (r != 1)
		return r;
	return recv(channel, message, sizeof(*message), 0) ==
	    (ssize_t)sizeof(*message) ? 1 : -1;
}

/* That it was done before is no news. */
static void
report_once(const struct plan_step *step, const struct spawn_report *failed)
{
	const char *base = step->u.once.base, *below = step->u.once.below;
	const char *detail = failed->detail;

	if (failed->err == EALREADY)
		log_info("startup command: was run before: %s/%s/%s", base,
		    below, step->u.once.marker);
	else if (detail == base)
		log_warnx("startup command: %s: %s", base,
		    strerror(failed->err));
	else
		log_warnx("startup command: %s/%s%s%s: %s", base, below,
		    detail != NULL && detail != below ? ": " : "",
		    detail != NULL && detail != below ? detail : "",
		    strerror(failed->err));
}

/* One line of what failed. */
static void
report(const struct plan *plan, const struct spawn_report *failed)
{
	const struct plan_step *step = plan_at(plan, failed->step);
	char args[1024];

	if (step == NULL)
		log_warnx("startup command: new process: %s",
		    strerror(failed->err));
	else if (step->kind == PLAN_ONCE)
		report_once(step, failed);
	else
		log_warnx("startup command: %s %s: %s",
		    plan_kind_name(step->kind), failed->detail != NULL ?
		    failed->detail : plan_describe(step, args, sizeof(args)),
		    strerror(failed->err));
}

static void
run(const struct plan *plan, spawn_note *note)
{
	const int channel = start(plan, note);
	struct message message = { .result = 0 };
	int r;

	if (channel == -1) {
		log_warn("startup command: new process");
		return;
	}
	r = hear(channel, &message);
	if (r == 0)
		log_warnx("startup command: nothing heard of it in %d s; "
		    "going on without it", STARTUP_PATIENCE);
	else if (r == -1)
		log_warnx("startup command: ended before it ran");
	else if (message.result == -1)
		report(plan, &message.failed);
	else
		log_info("startup command: runs");
	(void)close(channel);
}

void
startup_run(const struct planner_facts *facts, const char *command,
    spawn_note *note)
{
	struct startup startup;
	char why[256];

	memset(&startup, 0, sizeof(startup));
	if (build(&startup, facts, command, why, sizeof(why)) == -1)
		log_warnx("startup command: %s", why);
	else
		run(startup.planner.plan, note);
	planner_free(&startup.planner);
	command_free(&startup.command);
}

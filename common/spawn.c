/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Carries a plan out.  The child is a fork and not a vfork: once it has the
 * user's id, a process of that user can stop it, and a parent that the kernel
 * holds until the exec would stand still with it, root's PAM session open;
 * nor may memory of root's be shared with a process of somebody else's id.
 * What goes wrong travels over a close-on-exec pipe: its end without a
 * message means that the command runs.
 */

#include "config.h"
#include "spawn.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "step.h"

/* What the loop over the steps works with. */
struct carrier {
	const struct plan *plan;
	struct step_context context;
	size_t current;
	spawn_note *note;
	void *ctx;
};

static void
pass_note(void *ctx, int err, const char *detail)
{
	const struct carrier *carrier = ctx;
	const struct spawn_report report = { carrier->current, err, detail };

	if (carrier->note != NULL)
		carrier->note(carrier->ctx, carrier->plan, &report);
}

static int
carrier_init(struct carrier *carrier, const struct plan *plan,
    spawn_note *note, void *ctx)
{
	const struct plan_step *step;
	size_t i, room = 1;

	memset(carrier, 0, sizeof(*carrier));
	carrier->plan = plan;
	carrier->note = note;
	carrier->ctx = ctx;
	carrier->context.keep = -1;
	carrier->context.note = pass_note;
	carrier->context.ctx = carrier;
	for (i = 0; (step = plan_at(plan, i)) != NULL; i++)
		if (step->kind == PLAN_PROVE)
			room += step->u.prove.count;
	carrier->context.room = room;
	carrier->context.scratch = calloc(room,
	    sizeof(*carrier->context.scratch));
	return carrier->context.scratch == NULL ? -1 : 0;
}

/* The one loop.  Returns only to report a failure. */
static void
carry_out(struct carrier *carrier, struct spawn_report *failed)
{
	const struct plan_step *step;
	const char *detail = NULL;

	for (carrier->current = 0;
	    (step = plan_at(carrier->plan, carrier->current)) != NULL;
	    carrier->current++)
		if (step_run(step, &carrier->context, &detail) == -1)
			break;
	failed->step = carrier->current;
	failed->err = errno;
	failed->detail = detail;
}

/*
 * "detail" crosses the pipe as a pointer: it points to a string of the
 * program's, which is at the same address on both sides of a fork.
 */
static void
be_child(struct carrier *carrier)
{
	struct spawn_report failed;

	memset(&failed, 0, sizeof(failed));
	carry_out(carrier, &failed);
	/* Less than PIPE_BUF: all of it or nothing. */
	if (write(carrier->context.keep, &failed, sizeof(failed)) == -1)
		_exit(126);
	_exit(127);
}

/* Returns the child's pid, or -1 with errno. */
static pid_t
start_child(struct carrier *carrier)
{
	sigset_t all, before;
	pid_t pid;

	/* No handler of the parent's may run in the child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	if ((pid = fork()) == 0)
		be_child(carrier);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Both ends above 2, so that the child's descriptors do not bury them. */
static int
make_pipe(int fds[2])
{
	int i, moved;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		if (fds[i] > STDERR_FILENO)
			continue;
		moved = fcntl(fds[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (moved == -1) {
			(void)close(fds[0]);
			(void)close(fds[1]);
			return -1;
		}
		(void)close(fds[i]);
		fds[i] = moved;
	}
	return fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

int
spawn_start(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_child *child, struct spawn_report *failed)
{
	struct carrier carrier;
	int fds[2], r = -1;

	child->pid = child->report = -1;
	failed->step = plan_count(plan);
	failed->detail = NULL;
	if (carrier_init(&carrier, plan, note, ctx) == -1 ||
	    make_pipe(fds) == -1) {
		failed->err = errno;
		goto out;
	}
	carrier.context.keep = fds[1];
	child->pid = start_child(&carrier);
	failed->err = errno;
	(void)close(fds[1]);
	if (child->pid == -1) {
		(void)close(fds[0]);
		goto out;
	}
	child->report = fds[0];
	r = 0;
out:
	free(carrier.context.scratch);
	return r;
}

int
spawn_hear(struct spawn_child *child, struct spawn_report *failed)
{
	ssize_t n;

	if (child->report == -1)
		return 1;
	while ((n = read(child->report, failed, sizeof(*failed))) == -1 &&
	    errno == EINTR)
		continue;
	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n != 0 && (size_t)n != sizeof(*failed)) {
		memset(failed, 0, sizeof(*failed));
		failed->err = EPROTO;
	}
	(void)close(child->report);
	child->report = -1;
	return n == 0 ? 1 : -1;
}

pid_t
spawn(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed)
{
	struct spawn_child child;
	struct pollfd fd = { .events = POLLIN };
	int r;

	if (spawn_start(plan, note, ctx, &child, failed) == -1)
		return -1;
	fd.fd = child.report;
	while ((r = spawn_hear(&child, failed)) == 0)
		(void)poll(&fd, 1, -1);
	if (r == 1)
		return child.pid;
	while (waitpid(child.pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	return -1;
}

int
spawn_here(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed)
{
	struct carrier carrier;

	failed->step = plan_count(plan);
	failed->detail = NULL;
	if (carrier_init(&carrier, plan, note, ctx) == -1) {
		failed->err = errno;
		return -1;
	}
	carry_out(&carrier, failed);
	free(carrier.context.scratch);
	return -1;
}

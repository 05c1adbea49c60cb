/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Carries a plan out.  The child is made with CLONE_VM and CLONE_VFORK, on a
 * stack of its own, so that a large parent costs no more than a small one;
 * until it execs it may therefore do nothing that its parent would notice,
 * and step.c does not.  What goes wrong travels over a close-on-exec pipe:
 * its end without a message means that the command runs.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "step.h"

#define STACK_SIZE (64 * 1024)

struct message {
	struct spawn_report report;
	int fatal;
};

/* What the loop over the steps works with, in the child or in place. */
struct carrier {
	const struct plan *plan;
	struct step_context context;
	size_t current;
	int pipe;		/* child: where reports go */
	spawn_note *note;	/* in place: who is told */
	void *ctx;
};

static int
carrier_init(struct carrier *carrier, const struct plan *plan)
{
	const struct plan_step *step;
	size_t i, room = 1;

	memset(carrier, 0, sizeof(*carrier));
	carrier->plan = plan;
	carrier->pipe = -1;
	carrier->context.keep = -1;
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

static void
send_message(const struct carrier *carrier, const struct message *message)
{
	/* Less than PIPE_BUF: all of it or nothing. */
	if (write(carrier->pipe, message, sizeof(*message)) == -1)
		return;
}

static void
note_to_pipe(void *ctx, int err, const char *detail)
{
	const struct carrier *carrier = ctx;
	struct message message = {
		.report = { carrier->current, err, detail },
	};

	send_message(carrier, &message);
}

static int
child_main(void *arg)
{
	struct carrier *carrier = arg;
	struct message message = { .fatal = 1 };

	carry_out(carrier, &message.report);
	send_message(carrier, &message);
	/* clone(2) ends the child with this; the parent reads the message. */
	return 127;
}

/* Returns the child's pid, or -1 with errno. */
static pid_t
start_child(struct carrier *carrier)
{
	sigset_t all, before;
	pid_t pid;
	char *stack;
	int saved;

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -1;
	/* No handler of the parent's may run in the child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = clone(child_main, stack + STACK_SIZE,
	    CLONE_VM | CLONE_VFORK | SIGCHLD, carrier);
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)munmap(stack, STACK_SIZE);
	errno = saved;
	return pid;
}

/* Returns 1 if a message came, 0 at the end, -1 with errno. */
static int
receive_message(int fd, struct message *message)
{
	ssize_t n;

	while ((n = read(fd, message, sizeof(*message))) == -1)
		if (errno != EINTR)
			return -1;
	if (n == 0)
		return 0;
	if ((size_t)n != sizeof(*message)) {
		errno = EPROTO;
		return -1;
	}
	return 1;
}

static void
reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}

/* Hear the child out.  Returns 0 if the command runs, or -1. */
static int
listen_to_child(int fd, const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed)
{
	struct message message;

	while (receive_message(fd, &message) == 1) {
		if (message.fatal) {
			*failed = message.report;
			return -1;
		}
		if (note != NULL)
			note(ctx, plan, &message.report);
	}
	return 0;
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
	return 0;
}

pid_t
spawn(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed)
{
	struct carrier carrier;
	pid_t pid = -1;
	int fds[2];

	failed->step = plan_count(plan);
	failed->detail = NULL;
	if (carrier_init(&carrier, plan) == -1 || make_pipe(fds) == -1) {
		failed->err = errno;
		goto out;
	}
	carrier.pipe = carrier.context.keep = fds[1];
	carrier.context.note = note_to_pipe;
	pid = start_child(&carrier);
	failed->err = errno;
	(void)close(fds[1]);
	if (pid != -1 && listen_to_child(fds[0], plan, note, ctx,
	    failed) == -1) {
		reap(pid);
		pid = -1;
	}
	(void)close(fds[0]);
out:
	free(carrier.context.scratch);
	return pid;
}

static void
note_in_place(void *ctx, int err, const char *detail)
{
	const struct carrier *carrier = ctx;
	struct spawn_report report = { carrier->current, err, detail };

	if (carrier->note != NULL)
		carrier->note(carrier->ctx, carrier->plan, &report);
}

int
spawn_here(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed)
{
	struct carrier carrier;

	failed->step = plan_count(plan);
	failed->detail = NULL;
	if (carrier_init(&carrier, plan) == -1) {
		failed->err = errno;
		return -1;
	}
	carrier.context.note = note_in_place;
	carrier.note = note;
	carrier.ctx = ctx;
	carry_out(&carrier, failed);
	free(carrier.context.scratch);
	return -1;
}

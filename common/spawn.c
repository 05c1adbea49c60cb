/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Carries a plan out.  A child that is to have another user's id is a fork
 * and not a vfork: from then on a process of that user can stop it, and a
 * parent that the kernel holds until the exec would stand still with it,
 * root's PAM session open; nor may memory of root's be shared with a process
 * of somebody else's id.
 * What goes wrong travels over a close-on-exec socket: its end without a
 * message means that the command runs.
 */

#include "config.h"
#include "spawn.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "carrier.h"
#include "cgroup.h"
#include "newproc.h"
#include "nspace.h"
#include "plan.h"

/* May the child be in our memory?  See the top of this file. */
static int
stays_who_we_are(const struct plan *plan)
{
	static const enum plan_kind becomes[] = {
		PLAN_UID, PLAN_USER_NAMESPACE, PLAN_MAP_IDS,
	};
	const struct plan_step *step;
	size_t i;

	for (i = 0; i < sizeof(becomes) / sizeof(becomes[0]); i++)
		if (plan_find(plan, becomes[i], NULL) != NULL)
			return 0;
	for (i = 0; (step = plan_at(plan, i)) != NULL; i++)
		if ((step->kind == PLAN_CLONE || step->kind == PLAN_UNSHARE) &&
		    (step->u.namespaces & CLONE_NEWUSER) != 0)
			return 0;
	return 1;
}

/*
 * Which step a child that was not made failed at: control groups have errors
 * of their own (clone(2)), the rest are for namespaces, if there were any.
 */
static size_t
blame(const struct carrier *carrier, int err)
{
	static const int cgroup_errors[] = {
		EACCES, EBADF, EBUSY, ENODEV, ENOENT, EOPNOTSUPP,
	};
	size_t at = plan_count(carrier->plan), i;

	for (i = 0; i < sizeof(cgroup_errors) / sizeof(int); i++)
		if (err == cgroup_errors[i] && carrier->how.cgroup != -1) {
			(void)plan_find(carrier->plan, PLAN_CGROUP, &at);
			return at;
		}
	if (err != EAGAIN)
		(void)plan_find(carrier->plan, PLAN_CLONE, &at);
	return at;
}

/* Returns the child's pid, or -1 with errno. */
static pid_t
start_child(struct carrier *carrier)
{
	sigset_t all, before;
	pid_t pid;
	int err;

	/* No handler of the parent's may run in the child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = newproc_make(&carrier->how, carrier_be_child, carrier);
	err = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return pid;
}

/*
 * Both ends above all that the plan names, which would bury them.  What is
 * open after a failure is the caller's to close.
 */
static int
make_channel(const struct plan *plan, int fds[2])
{
	const struct plan_step *step = plan_find(plan, PLAN_DESCRIPTORS, NULL);
	const int lowest = step != NULL && step->u.fds.count > 3 ?
	    (int)step->u.fds.count : STDERR_FILENO + 1;
	int i, moved;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		if (fds[i] >= lowest)
			continue;
		moved = fcntl(fds[i], F_DUPFD_CLOEXEC, lowest);
		if (moved == -1)
			return -1;
		(void)close(fds[i]);
		fds[i] = moved;
	}
	return fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

/* What the plan wants of the birth.  Returns 0, or -1 with errno. */
static int
prepare_birth(struct carrier *carrier, int share, size_t *at)
{
	const struct plan_step *step;

	step = plan_find(carrier->plan, PLAN_CLONE, NULL);
	if (step != NULL)
		carrier->how.namespaces = step->u.namespaces;
	carrier->how.share = share;
	if ((step = plan_find(carrier->plan, PLAN_CGROUP, NULL)) == NULL)
		return 0;
	carrier->how.cgroup = step->u.cgroup.path != NULL ?
	    cgroup_open(step->u.cgroup.path) :
	    fcntl(step->u.cgroup.fd, F_DUPFD_CLOEXEC, 3);
	if (carrier->how.cgroup != -1)
		return 0;
	(void)plan_find(carrier->plan, PLAN_CGROUP, at);
	return -1;
}

static void
close_if_open(int fd)
{
	if (fd != -1)
		(void)close(fd);
}

static int
start(const struct plan *plan, int share, spawn_note *note, void *ctx,
    struct spawn_child *child, struct spawn_report *failed)
{
	struct carrier carrier;
	int fds[2] = { -1, -1 };

	child->pid = child->report = child->pidfd = child->proc = -1;
	child->plan = plan;
	failed->step = plan_count(plan);
	failed->detail = NULL;
	if (carrier_init(&carrier, plan, note, ctx) == -1) {
		failed->err = errno;
		return -1;
	}
	carrier.how.want_pidfd = child->want_pidfd;
	if (prepare_birth(&carrier, share, &failed->step) == 0 &&
	    make_channel(plan, fds) == 0) {
		carrier.other_end = fds[0];
		carrier.channel = fds[1];
		child->pid = start_child(&carrier);
		failed->step = blame(&carrier, errno);
	}
	failed->err = errno;
	close_if_open(carrier.how.cgroup);
	close_if_open(fds[1]);
	carrier_free(&carrier);
	if (child->pid == -1) {
		close_if_open(fds[0]);
		return -1;
	}
	child->report = fds[0];
	child->pidfd = carrier.how.pidfd;
	/*
	 * Now, while the number is the child's for certain: whoever has it
	 * once the child was reaped must not get its maps.
	 */
	if (plan_find(plan, PLAN_MAP_IDS, NULL) != NULL)
		child->proc = nspace_open_process(child->pid);
	return 0;
}

int
spawn_start(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_child *child, struct spawn_report *failed)
{
	return start(plan, 0, note, ctx, child, failed);
}

/* The parent's part in a PLAN_MAP_IDS step: it may write any map. */
static void
write_maps(const struct spawn_child *child, size_t at)
{
	const struct plan_step *step = plan_at(child->plan, at);
	struct carrier_answer answer;

	memset(&answer, 0, sizeof(answer));
	if (step == NULL || step->kind != PLAN_MAP_IDS)
		answer.err = EINVAL;
	else if (nspace_map(step, child->proc, &answer.detail) == -1)
		answer.err = errno;
	/* If it has ended meanwhile, that will be heard next. */
	(void)!send(child->report, &answer, sizeof(answer), MSG_NOSIGNAL);
}

void
spawn_forget(struct spawn_child *child)
{
	close_if_open(child->report);
	close_if_open(child->proc);
	child->report = child->proc = -1;
}

int
spawn_hear(struct spawn_child *child, struct spawn_report *failed)
{
	struct carrier_message message;
	ssize_t n;

	if (child->report == -1)
		return 1;
	while ((n = recv(child->report, &message, sizeof(message), 0)) == -1 &&
	    errno == EINTR)
		continue;
	if (n == -1 && errno == EAGAIN)
		return 0;
	if ((size_t)n == sizeof(message) && message.asks) {
		write_maps(child, message.report.step);
		return 0;
	}
	if ((size_t)n != sizeof(message)) {
		/* ECONNRESET: it was killed with an answer unread. */
		message.report.step = plan_count(child->plan);
		message.report.err = n == -1 ? errno : EPROTO;
		message.report.detail = NULL;
	}
	spawn_forget(child);
	if (n == 0)
		return 1;
	close_if_open(child->pidfd);
	child->pidfd = -1;
	*failed = message.report;
	return -1;
}

pid_t
spawn(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed)
{
	struct spawn_child child = { .want_pidfd = 0 };
	struct pollfd fd = { .events = POLLIN };
	int r;

	if (start(plan, stays_who_we_are(plan), note, ctx, &child,
	    failed) == -1)
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
	carrier_run(&carrier, failed);
	carrier_free(&carrier);
	return -1;
}

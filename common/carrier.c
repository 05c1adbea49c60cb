/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "carrier.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"

static void
pass_note(void *ctx, int err, const char *detail)
{
	const struct carrier *carrier = ctx;
	const struct spawn_report report = { carrier->current, err, detail };

	if (carrier->note != NULL)
		carrier->note(carrier->ctx, carrier->plan, &report);
}

static int
is_orphaned(void *ctx)
{
	const struct carrier *carrier = ctx;
	struct pollfd fd = { .fd = carrier->channel };

	if (fd.fd == -1)
		return getppid() != carrier->parent;
	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLHUP) != 0;
}

static int
ask_for_maps(void *ctx, const char **detail)
{
	const struct carrier *carrier = ctx;
	const int channel = carrier->channel;
	struct carrier_message message;
	struct carrier_answer answer;
	ssize_t n;

	memset(&message, 0, sizeof(message));
	message.asks = 1;
	message.report.step = carrier->current;
	if (send(channel, &message, sizeof(message), MSG_NOSIGNAL) == -1)
		return -1;
	n = recv(channel, &answer, sizeof(answer), 0);
	if ((size_t)n != sizeof(answer)) {
		errno = n == -1 ? errno : EPIPE;
		return -1;
	}
	*detail = answer.detail;
	errno = answer.err;
	return answer.err == 0 ? 0 : -1;
}

void
carrier_free(struct carrier *carrier)
{
	free(carrier->context.scratch);
	free(carrier->context.fds);
}

int
carrier_init(struct carrier *carrier, const struct plan *plan,
    spawn_note *note, void *ctx)
{
	const struct plan_step *prove = plan_find(plan, PLAN_PROVE, NULL);
	const struct plan_step *fds = plan_find(plan, PLAN_DESCRIPTORS, NULL);
	struct step_context *context = &carrier->context;

	memset(carrier, 0, sizeof(*carrier));
	carrier->plan = plan;
	carrier->note = note;
	carrier->ctx = ctx;
	carrier->parent = getppid();
	carrier->how.cgroup = -1;
	carrier->channel = -1;
	context->map = ask_for_maps;
	context->orphaned = is_orphaned;
	context->note = pass_note;
	context->ctx = carrier;
	context->room = 1 + (prove != NULL ? prove->u.prove.count : 0);
	context->scratch = calloc(context->room, sizeof(*context->scratch));
	context->fds = calloc(1 + (fds != NULL ? fds->u.fds.count : 0),
	    sizeof(*context->fds));
	if (context->scratch != NULL && context->fds != NULL)
		return 0;
	carrier_free(carrier);
	return -1;
}

void
carrier_run(struct carrier *carrier, struct spawn_report *failed)
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

int
carrier_be_child(void *ctx)
{
	struct carrier *carrier = ctx;
	struct carrier_message message;

	/* Held open here, the parent's end would never be closed. */
	(void)close(carrier->other_end);
	carrier->context.born = 1;
	carrier->context.in_cgroup = carrier->how.in_cgroup;
	memset(&message, 0, sizeof(message));
	carrier_run(carrier, &message.report);
	/* Not _exit(2): on this stack AddressSanitizer could not follow. */
	return send(carrier->channel, &message, sizeof(message),
	    MSG_NOSIGNAL) == -1 ? 126 : 127;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serving.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "ending.h"
#include "exename.h"
#include "lease.h"
#include "options.h"
#include "sandbox.h"
#include "serveloop.h"
#include "usage.h"

/* For everybody the same. */
static struct lease *
choose(void *ctx, const struct caller *caller)
{
	(void)caller;
	return ctx;
}

static void
end(void *ctx, int fd)
{
	(void)fd;
	serveloop_stop(ctx);
}

static void
set_limits(struct serve_limits *limits, const struct options *opt)
{
	const struct serve_limits usual = SERVE_LIMITS;

	*limits = usual;
	if (opt->list_ms != -1)
		limits->list_ms = limits->bind_ms = opt->list_ms;
	if (opt->sign_ms != -1)
		limits->sign_ms = opt->sign_ms;
	if (opt->connections != 0)
		limits->connections = opt->connections;
}

/* What of the kernel's means there is not is no secret. */
static void
tell_confinement(struct audit *audit, const struct sandbox *sandbox)
{
	char line[128];

	if (sandbox->landlock && sandbox->seccomp)
		return;
	(void)snprintf(line, sizeof(line), "landlock %s, seccomp %s",
	    sandbox->landlock ? "on" : sandbox->no_landlock,
	    sandbox->seccomp ? "on" : sandbox->no_seccomp);
	audit_event(audit, "confined in part", line);
}

static int
confine_and_serve(const struct serving *serving, struct serveloop *loop,
    struct audit *audit)
{
	struct sandbox sandbox;

	if (serveloop_watch(loop, serving->ending->fd, end, loop) == -1 ||
	    sandbox_enter(serving->dir, &sandbox) == -1)
		return -1;
	tell_confinement(audit, &sandbox);
	serving->ready(serving->ctx);
	return serveloop_run(loop);
}

static int
serve(const struct serving *serving, struct audit *audit)
{
	struct serve_facts facts = {
		.listener = serving->listener, .peer = serving->peer,
		.self = serving->self, .choose = choose, .audit = audit,
	};
	struct usage *usage = usage_new();
	struct serveloop *loop = NULL;
	struct lease lease;
	int r = -1, saved;

	lease_init(&lease, serving->name);
	lease.path = serving->path;
	lease.at = serving->at;
	lease.policy = serving->policy;
	lease.usage = usage;
	facts.ctx = &lease;
	set_limits(&facts.limits, serving->opt);
	if (usage != NULL && (loop = serveloop_new(&facts)) != NULL)
		r = confine_and_serve(serving, loop, audit);
	saved = errno;
	if (loop != NULL)
		serveloop_free(loop);
	usage_free(usage);
	errno = saved;
	return r;
}

int
serving_run(const struct serving *serving, char *why, size_t size)
{
	const struct options *opt = serving->opt;
	struct audit_facts facts = {
		.signatures = opt->audit, .required = opt->required,
		.file = opt->audit_file, .exename = -1,
	};
	struct audit *audit;
	int r = -1;

	if (opt->audit && (facts.exename = exename_start()) == -1) {
		(void)snprintf(why, size, "fork: %s", strerror(errno));
		return -1;
	}
	if ((audit = audit_open(&facts, why, size)) != NULL) {
		r = serve(serving, audit);
		if (r == -1)
			(void)strlcpy(why, strerror(errno), size);
	}
	audit_close(audit);
	if (facts.exename != -1)
		(void)close(facts.exename);
	return r;
}

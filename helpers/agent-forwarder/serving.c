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

void
serving_limits(struct serve_limits *limits, const struct options *opt)
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

int
serving_confine(int dir, struct audit *audit)
{
	struct sandbox sandbox;
	char line[128];

	if (sandbox_enter(dir, &sandbox) == -1)
		return -1;
	if (sandbox.landlock && sandbox.seccomp)
		return 0;
	/* What of the kernel's means there is not is no secret. */
	(void)snprintf(line, sizeof(line), "landlock %s, seccomp %s",
	    sandbox.landlock ? "on" : sandbox.no_landlock,
	    sandbox.seccomp ? "on" : sandbox.no_seccomp);
	audit_event(audit, "confined in part", line);
	return 0;
}

static int
confine_and_serve(const struct serving *serving, struct serveloop *loop,
    struct audit *audit)
{
	if (serveloop_watch(loop, serving->ending->fd, end, loop) == -1 ||
	    serving_confine(serving->dir, audit) == -1)
		return -1;
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
	serving_limits(&facts.limits, serving->opt);
	if (usage != NULL && (loop = serveloop_new(&facts)) != NULL)
		r = confine_and_serve(serving, loop, audit);
	saved = errno;
	if (loop != NULL)
		serveloop_free(loop);
	usage_free(usage);
	errno = saved;
	return r;
}

struct audit *
serving_audit(const struct options *opt, int *exename, char *why, size_t size)
{
	struct audit_facts facts = {
		.signatures = opt->audit, .required = opt->required,
		.file = opt->audit_file, .exename = -1,
	};
	struct audit *audit;

	if (opt->audit && (facts.exename = exename_start()) == -1) {
		(void)snprintf(why, size, "fork: %s", strerror(errno));
		return NULL;
	}
	audit = audit_open(&facts, why, size);
	if (audit == NULL && facts.exename != -1) {
		(void)close(facts.exename);
		facts.exename = -1;
	}
	*exename = facts.exename;
	return audit;
}

int
serving_run(const struct serving *serving, char *why, size_t size)
{
	struct audit *audit;
	int exename, r;

	audit = serving_audit(serving->opt, &exename, why, size);
	if (audit == NULL)
		return -1;
	r = serve(serving, audit);
	if (r == -1)
		(void)strlcpy(why, strerror(errno), size);
	audit_close(audit);
	if (exename != -1)
		(void)close(exename);
	return r;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "hubtenants.h"

#include <sys/timerfd.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "claim.h"
#include "leasefile.h"
#include "pastfile.h"
#include "procs.h"
#include "sockpeer.h"
#include "tenancy.h"

void
hubtenants_set_timer(struct hub *hub)
{
	struct itimerspec when = { 0 };

	if (hub->timer == -1)
		return;
	if (hub->logins.count == 0)
		when.it_value = (struct timespec){
			.tv_sec = hub->facts.timeout_ms / 1000,
			.tv_nsec = hub->facts.timeout_ms % 1000 * 1000000L,
		};
	(void)timerfd_settime(hub->timer, 0, &when, NULL);
}

/* Without the process and the connection it has no owner any more. */
static void
end_tenancy(struct tenancy *tenancy)
{
	struct hub *hub = tenancy->hub;

	if (tenancy->pidfd != -1)
		serveloop_unwatch(hub->loop, tenancy->pidfd);
	logins_end(&hub->logins, tenancy->login);
	serveloop_end_lease(hub->loop, &tenancy->lease);
	tenancy_free(tenancy);
	hubtenants_set_timer(hub);
	if (!hub->lost)
		pastfile_write(hub->files.dir, hub->facts.name, &hub->logins);
}

static void
process_ended(void *ctx, int fd)
{
	struct tenancy *tenancy = ctx;
	struct hub *hub = tenancy->hub;

	leasefile_remove(hub->files.dir, hub->facts.name, tenancy->login->pid);
	serveloop_unwatch(hub->loop, fd);
	(void)close(fd);
	tenancy->pidfd = -1;
	if (tenancy->visit == NULL)
		end_tenancy(tenancy);
}

void
hubtenants_left(void *ctx, const void *visit)
{
	struct hub *hub = ctx;
	struct tenancy *tenancy;
	struct login *login, *next;

	for (login = hub->logins.newest; login != NULL; login = next) {
		next = login->next;
		tenancy = login->holder;
		if (tenancy->visit != visit)
			continue;
		tenancy->visit = NULL;
		if (tenancy->pidfd == -1)
			end_tenancy(tenancy);
	}
}

/* Returns the login, or NULL with the reason. */
static struct login *
admit(struct hub *hub, const struct claim *claim, struct tenancy *tenancy,
    pid_t pid, unsigned long long start, const char **why)
{
	struct login *login, *old = logins_find(&hub->logins, pid, start);

	/* It takes another one in place of what it has. */
	if (old != NULL)
		end_tenancy(old->holder);
	login = logins_add(&hub->logins, claim, pid, start, geteuid() == 0);
	if (login == NULL) {
		*why = "out of memory";
		return NULL;
	}
	login->holder = tenancy;
	tenancy->hub = hub;
	tenancy->login = login;
	if (serveloop_watch(hub->loop, tenancy->pidfd, process_ended,
	    tenancy) == -1) {
		*why = "its process cannot be watched";
		logins_end(&hub->logins, login);
		return NULL;
	}
	hubtenants_set_timer(hub);
	return login;
}

static struct login *
take(struct hub *hub, const struct claim *claim, int upstream, int pidfd,
    pid_t pid, unsigned long long start, const char **why)
{
	struct tenancy *tenancy;
	struct login *login;
	char name[32];

	if (claim->audit > hub->facts.audit_level) {
		if (upstream != -1)
			(void)close(upstream);
		(void)close(pidfd);
		*why = "this server keeps no such record";
		return NULL;
	}
	(void)snprintf(name, sizeof(name), "pid %d", (int)pid);
	tenancy = tenancy_new(claim, name, upstream, pidfd, why);
	if (tenancy == NULL)
		return NULL;
	login = admit(hub, claim, tenancy, pid, start, why);
	if (login == NULL)
		tenancy_free(tenancy);
	return login;
}

uint32_t
hubtenants_take(void *ctx, const struct claim *claim, int upstream,
    const struct sockpeer *peer, const void *visit, const char **why)
{
	const int pidfd = fcntl(peer->pidfd, F_DUPFD_CLOEXEC, 0);
	struct login *login;

	if (pidfd == -1) {
		if (upstream != -1)
			(void)close(upstream);
		*why = "out of descriptors";
		return 0;
	}
	login = take(ctx, claim, upstream, pidfd, peer->pid, peer->start, why);
	if (login == NULL)
		return 0;
	((struct tenancy *)login->holder)->visit = visit;
	return login->number;
}

void
hubtenants_found(void *ctx, const struct claim *claim)
{
	struct hub *hub = ctx;
	const char *why;
	int pidfd;

	if (claim->upstream == NULL ||
	    (pidfd = procs_hold(claim->pid, claim->start)) == -1)
		return;
	(void)take(hub, claim, -1, pidfd, claim->pid, claim->start, &why);
}

void
hubtenants_end(struct hub *hub)
{
	while (hub->logins.newest != NULL)
		end_tenancy(hub->logins.newest->holder);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * One process for all logins of a user that want the same path.  Faces other
 * processes of his, who may not be one person.
 */

#include "config.h"
#include "hub.h"

#include <sys/stat.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "caller.h"
#include "choose.h"
#include "claim.h"
#include "desk.h"
#include "hubfiles.h"
#include "hubtell.h"
#include "kin.h"
#include "leasefile.h"
#include "logins.h"
#include "procs.h"
#include "sockpeer.h"
#include "tenancy.h"
#include "userplace.h"

struct hub {
	struct hub_facts facts;
	struct hubfiles files;
	struct serveloop *loop;
	struct desk *desk;
	struct logins logins;
	int timer;
	int lost;		/* its name in the directory */
	time_t since;
};

/* Begin to wait for the end, or wait no longer. */
static void
set_timer(struct hub *hub)
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

static void
end_ready(void *ctx, int fd)
{
	struct hub *hub = ctx;

	(void)fd;
	serveloop_stop(hub->loop);
}

static void
timer_ready(void *ctx, int fd)
{
	struct hub *hub = ctx;
	uint64_t count;

	if (read(fd, &count, sizeof(count)) == sizeof(count) &&
	    hub->logins.count == 0)
		serveloop_stop(hub->loop);
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
	set_timer(hub);
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

static void
visit_left(void *ctx, const void *visit)
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
	set_timer(hub);
	return login;
}

static struct login *
take(struct hub *hub, const struct claim *claim, int upstream, int pidfd,
    pid_t pid, unsigned long long start, const char **why)
{
	struct tenancy *tenancy;
	struct login *login;
	char name[32];

	(void)snprintf(name, sizeof(name), "pid %d", (int)pid);
	tenancy = tenancy_new(claim, name, upstream, pidfd, why);
	if (tenancy == NULL)
		return NULL;
	login = admit(hub, claim, tenancy, pid, start, why);
	if (login == NULL)
		tenancy_free(tenancy);
	return login;
}

static uint32_t
take_visitor(void *ctx, const struct claim *claim, int upstream,
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

/* One that was there before us. */
static void
take_found(void *ctx, const struct claim *claim)
{
	struct hub *hub = ctx;
	const char *why;
	int pidfd;

	if (claim->upstream == NULL ||
	    (pidfd = procs_hold(claim->pid, claim->start)) == -1)
		return;
	(void)take(hub, claim, -1, pidfd, claim->pid, claim->start, &why);
}

static int
hangs(const struct login *login)
{
	return tenancy_hangs(login->holder);
}

static struct lease *
choose(void *ctx, const struct caller *caller)
{
	const struct hub *hub = ctx;
	struct tenancy *tenancy;
	struct login *login;
	struct kin kin;

	/* One who is gone gets what anybody gets. */
	(void)kin_look(&kin, caller->peer.pid, caller->peer.start);
	if ((login = choose_login(&hub->logins, &kin, hangs)) == NULL)
		return NULL;
	tenancy = login->holder;
	return &tenancy->lease;
}

static struct recordfile *
tell(void *ctx, uint32_t before, uint32_t *number)
{
	const struct hub *hub = ctx;
	const struct hubtell_facts facts = {
		.logins = &hub->logins, .since = hub->since,
		.connections = serveloop_connections(hub->loop),
		.turned_away = serveloop_turned_away(hub->loop),
	};

	return hubtell(&facts, before, number);
}

static void
stop(void *ctx)
{
	struct hub *hub = ctx;

	serveloop_stop(hub->loop);
}

/* Our own socket, which no lease may lead to. */
static void
know_self(const struct hub *hub, struct upstream_self *self)
{
	char file[USERPLACE_FILE_SIZE];
	struct stat st;

	*self = (struct upstream_self){ 0 };
	if (fstatat(hub->files.dir, userplace_file(file, hub->facts.name,
	    ".sock"), &st, AT_SYMLINK_NOFOLLOW) == -1)
		return;
	self->dev = st.st_dev;
	self->ino = st.st_ino;
}

/* All but what came with the facts. */
static void
free_parts(struct hub *hub)
{
	const int saved = errno;

	desk_close(hub->desk);
	while (hub->logins.newest != NULL)
		end_tenancy(hub->logins.newest->holder);
	if (hub->loop != NULL)
		serveloop_free(hub->loop);
	if (hub->timer != -1)
		(void)close(hub->timer);
	if (hub->files.removal != -1)
		(void)close(hub->files.removal);
	free(hub);
	errno = saved;
}

/* Who comes from now on finds another one, or nobody. */
static void
lose_name(struct hub *hub)
{
	serveloop_unwatch(hub->loop, hub->files.removal);
	hub->lost = 1;
	hub->facts.timeout_ms = 1;
	set_timer(hub);
}

static void
removal_ready(void *ctx, int fd)
{
	struct hub *hub = ctx;
	struct upstream_self self;
	int old[2];

	(void)fd;
	switch (hubfiles_look(&hub->files, old)) {
	case HUBFILES_THERE:
		return;
	case HUBFILES_LOST:
		lose_name(hub);
		return;
	case HUBFILES_MOVED:
		break;
	}
	know_self(hub, &self);
	if (old[0] != -1) {
		(void)serveloop_listen(hub->loop, hub->files.listener, &self);
		(void)close(old[0]);
	}
	if (old[1] != -1) {
		(void)desk_move(hub->desk, hub->files.control);
		(void)close(old[1]);
	}
}

static int
open_loop(struct hub *hub)
{
	struct serve_facts serve = {
		.listener = hub->files.listener, .peer = geteuid(),
		.choose = choose, .ctx = hub,
		.audit = hub->facts.audit, .limits = hub->facts.limits,
	};
	struct desk_facts desk = {
		.listener = hub->files.control,
		.take = take_visitor, .left = visit_left, .tell = tell,
		.stop = stop, .ctx = hub,
	};

	know_self(hub, &serve.self);
	if ((hub->loop = serveloop_new(&serve)) == NULL)
		return -1;
	desk.loop = hub->loop;
	if ((hub->desk = desk_open(&desk)) == NULL)
		return -1;
	hub->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC |
	    TFD_NONBLOCK);
	if (hub->timer == -1 || serveloop_watch(hub->loop, hub->timer,
	    timer_ready, hub) == -1)
		return -1;
	return serveloop_watch(hub->loop, hub->facts.ending, end_ready, hub);
}

struct hub *
hub_new(const struct hub_facts *facts)
{
	struct hub *hub = calloc(1, sizeof(*hub));

	if (hub == NULL)
		return NULL;
	hub->facts = *facts;
	hub->timer = -1;
	hub->since = time(NULL);
	hub->files = (struct hubfiles){
		.name = facts->name, .dir = facts->dir, .lock = facts->lock,
		.listener = facts->listener, .control = facts->control,
		.removal = -1,
	};
	if (open_loop(hub) == -1)
		goto fail;
	hubfiles_watch(&hub->files);
	if (hub->files.removal != -1 && serveloop_watch(hub->loop,
	    hub->files.removal, removal_ready, hub) == -1)
		goto fail;
	if (leasefile_each(facts->dir, facts->name, take_found, hub) == -1)
		goto fail;
	set_timer(hub);
	return hub;
fail:
	free_parts(hub);
	return NULL;
}

int
hub_run(struct hub *hub)
{
	const int r = serveloop_run(hub->loop), saved = errno;

	if (!hub->lost)
		hubfiles_remove(&hub->files);
	errno = saved;
	return r;
}

void
hub_free(struct hub *hub)
{
	struct hubfiles files;

	if (hub == NULL)
		return;
	files = hub->files;
	files.removal = -1;
	free_parts(hub);
	hubfiles_close(&files);
}

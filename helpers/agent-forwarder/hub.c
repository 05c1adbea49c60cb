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
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "caller.h"
#include "choose.h"
#include "desk.h"
#include "hubtell.h"
#include "hubtenants.h"
#include "kin.h"
#include "leasefile.h"
#include "pastfile.h"
#include "policy.h"
#include "tenancy.h"
#include "terms.h"
#include "usage.h"
#include "userplace.h"

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

static int
hangs(const struct login *login)
{
	return tenancy_hangs(login->holder);
}

static struct lease *
choose(void *ctx, const struct caller *caller)
{
	struct hub *hub = ctx;
	struct tenancy *tenancy;
	struct login *login;
	struct kin kin = { 0 };
	const unsigned long long start = sockpeer_birth(&caller->peer);

	/* One who is gone gets what anybody gets, whoever has his number. */
	if (start != 0)
		(void)kin_look(&kin, caller->peer.pid, start);
	if ((login = choose_login(&hub->logins, &kin, hangs)) == NULL)
		return &hub->nobody;
	tenancy = login->holder;
	return &tenancy->lease;
}

static struct recordfile *
tell(void *ctx, uint32_t before, uint32_t *number)
{
	const struct hub *hub = ctx;
	const struct serve_limits *limits = &hub->facts.limits;
	const struct terms terms = {
		.timeout_ms = hub->facts.timeout_ms,
		.list_ms = limits->list_ms, .sign_ms = limits->sign_ms,
		.connections = limits->connections,
		.audit_file = hub->facts.audit_file,
	};
	const struct hubtell_facts facts = {
		.logins = &hub->logins, .since = hub->since,
		.connections = serveloop_connections(hub->loop),
		.turned_away = serveloop_turned_away(hub->loop),
		.terms = &terms,
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
	hubtenants_end(hub);
	if (hub->loop != NULL)
		serveloop_free(hub->loop);
	if (hub->timer != -1)
		(void)close(hub->timer);
	if (hub->files.removal != -1)
		(void)close(hub->files.removal);
	policy_free(hub->policy);
	usage_free(hub->usage);
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
	hubtenants_set_timer(hub);
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
	/* One that nobody watches is a name that nobody answers at. */
	if ((old[0] != -1 && serveloop_listen(hub->loop, hub->files.listener,
	    &self) == -1) || (old[1] != -1 && desk_move(hub->desk,
	    hub->files.control) == -1))
		serveloop_stop(hub->loop);
	if (old[0] != -1)
		(void)close(old[0]);
	if (old[1] != -1)
		(void)close(old[1]);
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
		.take = hubtenants_take, .left = hubtenants_left, .tell = tell,
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

static int
make_nobody(struct hub *hub)
{
	hub->policy = policy_new();
	hub->usage = usage_new();
	lease_init(&hub->nobody, "nobody");
	hub->nobody.path = "";
	hub->nobody.policy = hub->policy;
	hub->nobody.usage = hub->usage;
	return hub->policy == NULL || hub->usage == NULL ? -1 : 0;
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
	if (make_nobody(hub) == -1 || open_loop(hub) == -1)
		goto fail;
	hubfiles_watch(&hub->files);
	if (hub->files.removal != -1 && serveloop_watch(hub->loop,
	    hub->files.removal, removal_ready, hub) == -1)
		goto fail;
	pastfile_read(facts->dir, facts->name, &hub->logins);
	if (leasefile_each(facts->dir, facts->name, hubtenants_found,
	    hub) == -1)
		goto fail;
	hubtenants_set_timer(hub);
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

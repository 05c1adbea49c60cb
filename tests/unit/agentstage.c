/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "agentstage.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "bigendian.h"
#include "caller.h"
#include "deadline.h"
#include "deed.h"
#include "den.h"
#include "policy.h"
#include "scene.h"
#include "usage.h"

/* How long something may take that is sure to come, in ms. */
#define SURE 30000

struct agentstage agentstage;

static int alarm_fd, before;
static struct policy *policy;

int
audit_deed(struct audit *audit, const struct deed *deed,
    struct caller *caller, const char *lease, const char *verdict,
    const char *result, long long ms)
{
	const size_t len = strlen(agentstage.records);

	(void)audit;
	(void)caller;
	ck_assert_str_eq(lease, "the stage's");
	ck_assert_int_ge(ms, 0);
	(void)snprintf(agentstage.records + len,
	    sizeof(agentstage.records) - len, "%s %s %s,", deed->operation,
	    verdict, result);
	return agentstage.unrecorded ? -1 : 0;
}

static struct lease *
choose(void *ctx, const struct caller *caller)
{
	ck_assert_ptr_eq(ctx, &agentstage);
	ck_assert_int_eq(caller->peer.pid, getpid());
	return agentstage.absent ? NULL : &agentstage.lease;
}

static int
listen_at(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s",
	    den_path(name));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	return fd;
}

void
agentstage_begin(void)
{
	static const struct serve_limits limits = SERVE_LIMITS;
	static char path[256];
	struct stat st;

	memset(&agentstage, 0, sizeof(agentstage));
	before = scene_descriptors();
	den_make();
	lease_init(&agentstage.lease, "the stage's");
	(void)snprintf(path, sizeof(path), "%s", den_path("agent"));
	agentstage.lease.path = path;
	agentstage.lease.policy = policy = policy_new();
	agentstage.lease.usage = usage_new();
	agentstage.agent = listen_at("agent");
	agentstage.facts.listener = listen_at("socket");
	ck_assert_int_eq(stat(den_path("socket"), &st), 0);
	agentstage.facts.self.dev = st.st_dev;
	agentstage.facts.self.ino = st.st_ino;
	agentstage.facts.peer = getuid();
	agentstage.facts.choose = choose;
	agentstage.facts.ctx = &agentstage;
	/* It only has to be there. */
	agentstage.facts.audit = (struct audit *)&agentstage;
	agentstage.facts.limits = limits;
}

static void
stop(void *ctx, int fd)
{
	uint64_t count;

	(void)ctx;
	ck_assert_int_eq((int)read(fd, &count, sizeof(count)), 8);
	serveloop_stop(agentstage.loop);
}

void
agentstage_open(void)
{
	agentstage.loop = serveloop_new(&agentstage.facts);
	ck_assert_ptr_nonnull(agentstage.loop);
	alarm_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ck_assert_int_eq(serveloop_watch(agentstage.loop, alarm_fd, stop,
	    NULL), 0);
}

void
agentstage_end(void)
{
	if (agentstage.loop != NULL)
		serveloop_free(agentstage.loop);
	(void)close(alarm_fd);
	ck_assert_uint_eq(agentstage.lease.users, 0);
	ck_assert_uint_eq(agentstage.lease.signing, 0);
	ck_assert_uint_eq(agentstage.lease.opening, 0);
	(void)close(agentstage.facts.listener);
	(void)close(agentstage.agent);
	usage_free(agentstage.lease.usage);
	policy_free(policy);
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

void
agentstage_go(void)
{
	const uint64_t one = 1;
	int turn;

	/* More turns than there are steps from a request to its reply. */
	for (turn = 0; turn < 10; turn++) {
		ck_assert_int_eq((int)write(alarm_fd, &one, sizeof(one)), 8);
		ck_assert_int_eq(serveloop_run(agentstage.loop), 0);
	}
}

int
agentstage_client(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s",
	    den_path("socket"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
	    0);
	return fd;
}

int
agentstage_accept(void)
{
	const int fd = accept4(agentstage.agent, NULL, NULL, SOCK_CLOEXEC);

	ck_assert(fd != -1 || errno == EAGAIN);
	return fd;
}

static void
send_body(int fd, const uint8_t *body, size_t len)
{
	uint8_t frame[512];

	ck_assert_uint_le(len, sizeof(frame) - 4);
	bigendian_put(frame, (uint32_t)len);
	memcpy(frame + 4, body, len);
	ck_assert_int_eq((int)send(fd, frame, 4 + len, MSG_NOSIGNAL),
	    (int)len + 4);
}

void
agentstage_send(int fd, int type, size_t len)
{
	uint8_t body[256] = { 0 };

	ck_assert_uint_le(len, sizeof(body));
	body[0] = (uint8_t)type;
	send_body(fd, body, len);
}

void
agentstage_sign(int fd)
{
	static const uint8_t body[1 + 4 + 51 + 4 + 4 + 4] =
	    "\15\0\0\0\63\0\0\0\13ssh-ed25519\0\0\0\40"
	    "aaaaaaaabbbbbbbbccccccccdddddddd\0\0\0\4data";

	send_body(fd, body, sizeof(body));
}

void
agentstage_signed(int fd)
{
	send_body(fd, (const uint8_t *)"\16\0\0\0\23\0\0\0\13ssh-ed25519"
	    "\0\0\0\0", 24);
}

void
agentstage_listed(int fd)
{
	send_body(fd, (const uint8_t *)"\14\0\0\0\0", 5);
}

int
agentstage_next(int fd)
{
	uint8_t head[4], body[512];
	const ssize_t n = recv(fd, head, 4, MSG_DONTWAIT);
	size_t len;

	if (n == -1)
		return errno == EAGAIN ? -1 : 0;
	if (n == 0)
		return 0;
	ck_assert_int_eq((int)n, 4);
	len = bigendian_get(head);
	ck_assert_uint_ge(len, 1);
	ck_assert_uint_le(len, sizeof(body));
	ck_assert_int_eq((int)recv(fd, body, len, MSG_DONTWAIT), (int)len);
	return body[0];
}

int
agentstage_wait(int fd)
{
	const long long deadline = deadline_in(SURE);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	do {
		agentstage_go();
		ck_assert_msg(deadline_left(deadline) > 0, "nothing comes");
	} while (poll(&pfd, 1, 5) == 0);
	return agentstage_next(fd);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces processes of the same user and root's, of another version perhaps, or
 * none of ours.
 */

#include "config.h"
#include "desk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "control.h"
#include "door.h"
#include "recordfile.h"
#include "serveloop.h"
#include "sockpeer.h"

/* How many may be there at once; they come, ask and go. */
#define VISITS_MAX 64

/* How much of one is heard before others get their turn. */
#define TURN 16

struct visit {
	struct visit *next;
	struct desk *desk;
	int sock;
	int greeted;
	char *text;		/* what came of a record so far */
	size_t len;
};

struct desk {
	struct desk_facts facts;
	struct visit *visits;
	size_t count;
	struct door door;
	unsigned char buf[PACKET_BUFFER];
};

static void
end_visit(struct visit *visit)
{
	struct desk *desk = visit->desk;
	struct visit **at = &desk->visits;

	while (*at != visit)
		at = &(*at)->next;
	*at = visit->next;
	desk->count--;
	serveloop_unwatch(desk->facts.loop, visit->sock);
	(void)close(visit->sock);
	free(visit->text);
	free(visit);
}

static int
refuse(const struct visit *visit, const char *why)
{
	return packet_send(visit->sock, CONTROL_REFUSED, why, strlen(why), -1);
}

/* Returns 0, or -1 if there is no room for that. */
static int
add_text(struct visit *visit, const struct packet *packet)
{
	char *text;

	if (packet->len == 0)
		return 0;
	if (packet->len > RECORDFILE_MAX_BYTES - visit->len ||
	    (text = realloc(visit->text, visit->len + packet->len)) == NULL)
		return -1;
	memcpy(text + visit->len, packet->data, packet->len);
	visit->text = text;
	visit->len += packet->len;
	return 0;
}

static uint32_t
take(struct visit *visit, const struct claim *claim, int upstream,
    const char **why)
{
	const struct desk_facts *facts = &visit->desk->facts;
	struct sockpeer peer;
	uint32_t number = 0;

	if (sockpeer_open(&peer, visit->sock) == -1) {
		*why = "it cannot be seen who asks";
	} else {
		/* Root's logins have agents of their own. */
		if (peer.uid != geteuid())
			*why = "not this user's login";
		else if (peer.pidfd == -1 || peer.start == 0)
			*why = "a login cannot be watched on this kernel";
		else {
			number = facts->take(facts->ctx, claim, upstream,
			    &peer, visit, why);
			upstream = -1;
		}
		sockpeer_close(&peer);
	}
	if (upstream != -1)
		(void)close(upstream);
	return number;
}

static int
hear_claim(struct visit *visit, struct packet *packet)
{
	struct recordfile *rec = NULL;
	const char *why = "not a claim";
	struct claim claim;
	uint32_t number = 0;

	if (add_text(visit, packet) == 0 && visit->len > 0)
		rec = recordfile_parse(visit->text, visit->len);
	free(visit->text);
	visit->text = NULL;
	visit->len = 0;
	if (rec != NULL && claim_read(&claim, rec) == 0) {
		number = take(visit, &claim, packet->fd, &why);
		packet->fd = -1;
		claim_free(&claim);
	}
	recordfile_free(rec);
	if (number == 0)
		return refuse(visit, why);
	return control_send(visit->sock, CONTROL_REGISTERED, number, NULL, 0);
}

static int
tell_status(const struct visit *visit, const struct packet *packet)
{
	const struct desk_facts *facts = &visit->desk->facts;
	struct recordfile *rec;
	uint32_t before, number;
	char *text = NULL;
	size_t len;
	int r = -1;

	if (control_number(packet, &before) == -1)
		return refuse(visit, "no number");
	rec = facts->tell(facts->ctx, before, &number);
	if (rec != NULL && (text = recordfile_print(rec, &len)) != NULL)
		r = number == 0 ? packet_send(visit->sock, CONTROL_TOTAL, text,
		    len, -1) : control_send(visit->sock, CONTROL_LOGIN, number,
		    text, len);
	free(text);
	recordfile_free(rec);
	return r;
}

/* Returns 0; or -1 if that was the last of him. */
static int
hear(struct visit *visit, struct packet *packet)
{
	const struct desk_facts *facts = &visit->desk->facts;
	static const char version[] = PACKAGE_VERSION;
	uint32_t number;

	if (!visit->greeted) {
		/* What he may be newer in he will not ask for. */
		if (packet->type != CONTROL_HELLO ||
		    control_number(packet, &number) == -1)
			return -1;
		visit->greeted = 1;
		return control_send(visit->sock, CONTROL_HELLO,
		    CONTROL_VERSION, version, sizeof(version) - 1);
	}
	switch (packet->type) {
	case CONTROL_MORE:
		return add_text(visit, packet);
	case CONTROL_REGISTER:
		return hear_claim(visit, packet);
	case CONTROL_STATUS:
		return tell_status(visit, packet);
	case CONTROL_STOP:
		(void)packet_send(visit->sock, CONTROL_STOPPED, NULL, 0, -1);
		facts->stop(facts->ctx);
		return 0;
	default:
		return refuse(visit, "not known to this version");
	}
}

static void
visit_ready(void *ctx, int fd)
{
	struct visit *visit = ctx;
	struct desk *desk = visit->desk;
	struct packet packet;
	int i, r = 0;

	for (i = 0; i < TURN && r == 0; i++) {
		r = packet_receive(fd, desk->buf, &packet);
		if (r == -1 && errno == EAGAIN)
			return;
		if (r != 1) {
			r = -1;
			break;
		}
		r = hear(visit, &packet);
		if (packet.fd != -1)
			(void)close(packet.fd);
	}
	if (r == -1) {
		desk->facts.left(desk->facts.ctx, visit);
		end_visit(visit);
	}
}

static void
begin_visit(struct desk *desk, int sock)
{
	struct visit *visit = NULL;

	if (desk->count < VISITS_MAX)
		visit = calloc(1, sizeof(*visit));
	if (visit == NULL) {
		(void)close(sock);
		return;
	}
	visit->desk = desk;
	visit->sock = sock;
	if (serveloop_watch(desk->facts.loop, sock, visit_ready,
	    visit) == -1) {
		(void)close(sock);
		free(visit);
		return;
	}
	visit->next = desk->visits;
	desk->visits = visit;
	desk->count++;
}

static void
desk_ready(void *ctx, int fd)
{
	struct desk *desk = ctx;
	int i, sock;

	for (i = 0; i < TURN; i++) {
		if ((sock = door_accept(&desk->door)) != -1)
			begin_visit(desk, sock);
		else if (errno == EAGAIN)
			return;
		else if (errno == EBUSY) {
			serveloop_pause(desk->facts.loop, fd);
			return;
		}
	}
}

struct desk *
desk_open(const struct desk_facts *facts)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	int saved;

	if (desk == NULL)
		return NULL;
	desk->facts = *facts;
	if (door_open(&desk->door, facts->listener, geteuid()) == 0 &&
	    serveloop_watch(facts->loop, facts->listener, desk_ready,
	    desk) == 0)
		return desk;
	saved = errno;
	door_close(&desk->door);
	free(desk);
	errno = saved;
	return NULL;
}

int
desk_move(struct desk *desk, int listener)
{
	if (serveloop_watch(desk->facts.loop, listener, desk_ready,
	    desk) == -1)
		return -1;
	serveloop_unwatch(desk->facts.loop, desk->facts.listener);
	desk->facts.listener = desk->door.listener = listener;
	return 0;
}

void
desk_close(struct desk *desk)
{
	struct visit *visit, *next;

	if (desk == NULL)
		return;
	serveloop_unwatch(desk->facts.loop, desk->facts.listener);
	for (visit = desk->visits; visit != NULL; visit = next) {
		next = visit->next;
		end_visit(visit);
	}
	door_close(&desk->door);
	free(desk);
}

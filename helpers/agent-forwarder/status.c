/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Prints what other processes say, and paths that anybody may have named. */

#include "config.h"
#include "status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "exitcode.h"
#include "lockfile.h"
#include "log.h"
#include "recorddir.h"
#include "recordfile.h"
#include "stable.h"
#include "stablename.h"
#include "statusline.h"
#include "userplace.h"

/* One who asks, and how far he has come. */
struct asker {
	int json;
	unsigned long count;	/* of servers that were printed */
	int status;
};

/* Returns the next record, for recordfile_free(); NULL with errno. */
static struct recordfile *
next_record(int sock, uint32_t *number)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	size_t head = 0;

	if (control_send(sock, CONTROL_STATUS, *number, NULL, 0) == -1 ||
	    control_next(sock, buf, &packet) == -1)
		return NULL;
	*number = 0;
	if (packet.type == CONTROL_LOGIN) {
		head = 4;
		if (control_number(&packet, number) == -1 || *number == 0)
			head = packet.len + 1;
	} else if (packet.type != CONTROL_TOTAL) {
		head = packet.len + 1;
	}
	if (head > packet.len) {
		errno = EPROTO;
		return NULL;
	}
	return recordfile_parse((const char *)packet.data + head,
	    packet.len - head);
}

/* The records of a server: its logins, the newest first, and then its own. */
struct answer {
	struct recordfile **logins;
	size_t count;
	struct recordfile *total;
};

static void
free_answer(struct answer *answer)
{
	while (answer->count > 0)
		recordfile_free(answer->logins[--answer->count]);
	free(answer->logins);
	recordfile_free(answer->total);
}

static int
ask(int sock, struct answer *answer)
{
	struct recordfile *rec, **more;
	uint32_t number = 0, last;

	for (;;) {
		last = number;
		if ((rec = next_record(sock, &number)) == NULL)
			return -1;
		if (number == 0) {
			answer->total = rec;
			return 0;
		}
		more = reallocarray(answer->logins, answer->count + 1,
		    sizeof(struct recordfile *));
		/* It goes down, or it would never end. */
		if (more == NULL || (last != 0 && number >= last)) {
			errno = more == NULL ? ENOMEM : EPROTO;
			answer->logins = more != NULL ? more : answer->logins;
			recordfile_free(rec);
			return -1;
		}
		answer->logins = more;
		answer->logins[answer->count++] = rec;
	}
}

static void
print_answer(const struct answer *answer, const struct userplace *place,
    const char *name, struct asker *asker)
{
	size_t i;

	if (asker->json)
		(void)fputs(asker->count == 0 ? "\n" : ",\n", stdout);
	else if (asker->count > 0)
		(void)putchar('\n');
	asker->count++;
	statusline_server(answer->total, place->path, name, asker->json);
	for (i = 0; i < answer->count; i++)
		statusline_login(answer->logins[i], i == 0, asker->json);
	if (asker->json)
		(void)fputs("]}", stdout);
}

static void
print_one(const struct userplace *place, const char *name, struct asker *asker)
{
	char program[CONTROL_PROGRAM_SIZE], why[256];
	struct answer answer = { 0 };
	uint32_t version;
	int sock;

	sock = control_connect(place->dir, name, &version, program, why,
	    sizeof(why));
	if (sock == -1) {
		log_warnx("%s", why);
		asker->status = EXITCODE_REFUSED;
		return;
	}
	if (ask(sock, &answer) == 0) {
		print_answer(&answer, place, name, asker);
	} else {
		log_warn("%s", name);
		asker->status = EXITCODE_REFUSED;
	}
	free_answer(&answer);
	(void)close(sock);
}

static void
print_place(const struct userplace *place, const char *only,
    struct asker *asker)
{
	char name[USERPLACE_FILE_SIZE], lock[USERPLACE_FILE_SIZE];
	struct recorddir_list list;
	size_t i;

	if (recorddir_list(place->dir, &list) == -1) {
		log_warn("%s", place->path);
		asker->status = EXITCODE_REFUSED;
		return;
	}
	for (i = 0; i < list.count; i++)
		if (userplace_named(list.names[i], ".ctl", name) &&
		    stablename_fault(name) == NULL &&
		    (only == NULL || strcmp(only, name) == 0) &&
		    lockfile_is_held(place->dir, userplace_file(lock, name,
		    ".lock"), USERPLACE_ALIVE) == 1)
			print_one(place, name, asker);
	recorddir_list_free(&list);
}

int
status_print(char *const *envp, const char *home, const char *name, int json)
{
	struct userplace places[USERPLACE_MAX];
	struct asker asker = { .json = json };
	char why[512];
	int i, n;

	n = userplace_all(places, STABLE_BELOW, envp, home, why, sizeof(why));
	if (n == -1) {
		log_warnx("out of memory");
		return EXITCODE_REFUSED;
	}
	if (why[0] != '\0')
		log_warnx("%s", why);
	if (json)
		(void)putchar('[');
	for (i = 0; i < n; i++) {
		print_place(&places[i], name, &asker);
		userplace_close(&places[i]);
	}
	if (json)
		(void)puts(asker.count > 0 ? "\n]" : "]");
	if (name != NULL && asker.count == 0 && asker.status == 0) {
		log_warnx("%s: no such server", name);
		asker.status = EXITCODE_REFUSED;
	}
	if (fflush(stdout) == 0)
		return asker.status;
	log_warn("standard output");
	return EXITCODE_REFUSED;
}

/* Returns 0; or -1 with the reason. */
static int
stop(int sock, const char *name, char *why, size_t size)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	if (packet_send(sock, CONTROL_STOP, NULL, 0, -1) == 0 &&
	    control_next(sock, buf, &packet) == 0 &&
	    packet.type == CONTROL_STOPPED) {
		/* It removes what is its own, and then it is gone. */
		if (control_next(sock, buf, &packet) == -1 &&
		    errno == ECONNRESET)
			return 0;
	}
	(void)snprintf(why, size, "%s: its server does not end: %s", name,
	    strerror(errno));
	return -1;
}

int
status_stop(char *const *envp, const char *home, const char *name)
{
	char program[CONTROL_PROGRAM_SIZE], why[256];
	struct userplace place;
	uint32_t version;
	int sock, r;

	if (name == NULL)
		name = STABLE_NAME;
	if (userplace_find(&place, STABLE_BELOW, envp, home, name) == -1) {
		log_warnx("%s: %s", name, errno == ENOENT ? "no such server" :
		    strerror(errno));
		return EXITCODE_REFUSED;
	}
	sock = control_connect(place.dir, name, &version, program, why,
	    sizeof(why));
	userplace_close(&place);
	r = sock == -1 ? -1 : stop(sock, name, why, sizeof(why));
	if (sock != -1)
		(void)close(sock);
	if (r == 0)
		return 0;
	log_warnx("%s", why);
	return EXITCODE_REFUSED;
}

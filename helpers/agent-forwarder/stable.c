/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A login's way to the server of its path.  Faces servers of other versions,
 * some that are stopped or dying, and other logins that come at once.
 */

#include "config.h"
#include "stable.h"

#include <sys/un.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "claim.h"
#include "control.h"
#include "deadline.h"
#include "identity.h"
#include "leasefile.h"
#include "lockfile.h"
#include "log.h"
#include "procs.h"
#include "recordfile.h"
#include "userplace.h"

/* One that ends while we come is made anew, but not for ever. */
#define TRIES 5

/* How long others may take to make the same one, in ms. */
#define PATIENCE 10000

static int
failed(const char *object, char *why, size_t size)
{
	(void)snprintf(why, size, "%s: %s", object, strerror(errno));
	return -1;
}

/* Nobody is there, or nobody any more. */
static int
is_absent(int err)
{
	return err == ENOENT || err == ECONNREFUSED || err == EPIPE ||
	    err == ECONNRESET;
}

/* Where it is, or where a new one belongs. */
static int
open_place(struct userplace *place, const struct stable_facts *facts,
    char *why, size_t size)
{
	const char *name = facts->birth.name;

	if (userplace_find(place, STABLE_BELOW, facts->envp,
	    facts->account->home, name) == 0)
		return 0;
	if (errno != ENOENT)
		return failed(name, why, size);
	if (userplace_new(place, STABLE_BELOW, facts->envp, facts->account,
	    why, size) == -1)
		return -1;
	log_info("%s: in %s: %s", name, place->path, why);
	return 0;
}

static char *
socket_path(const struct userplace *place, const char *name, char *why,
    size_t size)
{
	char file[USERPLACE_FILE_SIZE], *path;

	if (asprintf(&path, "%s/%s", place->path,
	    userplace_file(file, name, ".sock")) == -1) {
		errno = ENOMEM;
		(void)failed(name, why, size);
		return NULL;
	}
	if (strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return path;
	/*
	 * We could bind it, but no ssh could connect to it.  The limit is for
	 * the compiler, which cannot know that "why" may be too short.
	 */
	(void)snprintf(why, size, "%.*s: too long for a socket", PATH_MAX,
	    path);
	free(path);
	return NULL;
}

/* Under the lock: the file for who serves later, and who serves now. */
static int
prepare(const struct userplace *place, const struct stable_facts *facts,
    const struct claim *claim, char *why, size_t size)
{
	const char *name = facts->birth.name;
	char file[USERPLACE_FILE_SIZE];
	int held, lock, r = 0;

	lock = lockfile_hold(place->dir, userplace_file(file, name, ".lock"),
	    USERPLACE_CREATING, deadline_in(PATIENCE));
	if (lock == -1)
		return failed(file, why, size);
	/* A descriptor cannot be left in a file. */
	if (facts->at == -1 &&
	    leasefile_write(place->dir, name, claim) == -1)
		r = failed(name, why, size);
	held = r == 0 ? lockfile_is_held(place->dir, file, USERPLACE_ALIVE) : 0;
	if (held == -1)
		r = failed(file, why, size);
	if (r == 0 && held == 0) {
		r = hubbirth_give(place->dir, lock, &facts->birth, why, size);
		if (r == -1)
			(void)lockfile_remove(place->dir, file, lock);
	}
	(void)lockfile_release(lock, USERPLACE_CREATING);
	(void)close(lock);
	return r;
}

static void
compare_versions(const char *name, uint32_t version, const char *program)
{
	if (version < CONTROL_VERSION)
		log_warnx("%s: served by version %s, which is older than this "
		    "one: \"agent-forwarder stop %s\" would end it", name,
		    program, name);
	else if (strcmp(program, PACKAGE_VERSION) != 0)
		log_info("%s: served by version %s", name, program);
}

/* No reason to be without its agent, but not what its line says. */
static void
compare_terms(int sock, const struct stable_facts *facts)
{
	struct recordfile *rec;
	char line[512];

	if (!terms_said(&facts->wish) || (rec = control_total(sock)) == NULL)
		return;
	if (terms_differ(&facts->wish, rec, line, sizeof(line)))
		log_warnx("%s: its server has %s: what this login says of "
		    "that does not count", facts->birth.name, line);
	recordfile_free(rec);
}

/* Returns 0; or -1 with errno, EACCES if it refused, and the reason. */
static int
ask(int sock, const struct stable_facts *facts, const struct recordfile *rec,
    char *why, size_t size)
{
	const char *name = facts->birth.name;
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	if (control_register(sock, rec, facts->at) == -1 ||
	    control_next(sock, buf, &packet) == -1)
		return failed(name, why, size);
	if (packet.type == CONTROL_REGISTERED)
		return 0;
	errno = EACCES;
	if (packet.type == CONTROL_REFUSED)
		(void)snprintf(why, size, "%s: %.*s", name, (int)packet.len,
		    (const char *)packet.data);
	else
		(void)snprintf(why, size, "%s: no answer of a server's", name);
	return -1;
}

/* The same. */
static int
enter(const struct userplace *place, const struct stable_facts *facts,
    const struct claim *claim, char *why, size_t size)
{
	const char *name = facts->birth.name;
	struct recordfile *rec = claim_write(claim);
	char program[CONTROL_PROGRAM_SIZE];
	int r = -1, saved, sock = -1;
	uint32_t version;

	if (rec == NULL)
		return failed(name, why, size);
	sock = control_connect(place->dir, name, &version, program, why, size);
	if (sock != -1) {
		compare_versions(name, version, program);
		r = ask(sock, facts, rec, why, size);
		if (r == 0)
			compare_terms(sock, facts);
	}
	saved = errno;
	if (sock != -1)
		(void)close(sock);
	recordfile_free(rec);
	errno = saved;
	return r;
}

static int
make_claim(struct claim *claim, const struct stable_facts *facts, char *why,
    size_t size)
{
	struct procs_stat st;

	*claim = (struct claim){
		.shared = facts->shared, .exclusive = facts->exclusive,
		.audit = facts->birth.audit_level,
		.pid = getpid(), .since = time(NULL),
	};
	if (procs_stat(claim->pid, &st) == -1)
		return failed("/proc", why, size);
	claim->start = st.start;
	claim->policy = strdup(facts->policy);
	if (facts->at == -1)
		claim->upstream = strdup(facts->upstream);
	if (claim->policy == NULL ||
	    (facts->at == -1 && claim->upstream == NULL)) {
		claim_free(claim);
		errno = ENOMEM;
		return failed("policy", why, size);
	}
	identity_find(claim, facts->envp);
	return 0;
}

/* One attempt.  Returns the path; or NULL, with *again if it is worth one. */
static char *
join_once(const struct stable_facts *facts, const struct claim *claim,
    int *again, char *why, size_t size)
{
	const char *name = facts->birth.name;
	struct userplace place;
	char *path;

	*again = 0;
	if (open_place(&place, facts, why, size) == -1)
		return NULL;
	path = socket_path(&place, name, why, size);
	/* It may be there already: a login that leads to itself is none. */
	if (path == NULL || strcmp(path, facts->upstream) == 0)
		goto out;
	if (prepare(&place, facts, claim, why, size) == 0) {
		if (enter(&place, facts, claim, why, size) == 0)
			goto out;
		*again = is_absent(errno);
	}
	leasefile_remove(place.dir, name, claim->pid);
	free(path);
	path = NULL;
out:
	userplace_close(&place);
	return path;
}

char *
stable_join(const struct stable_facts *facts, char *why, size_t size)
{
	struct claim claim;
	char *path = NULL;
	int again = 1, i;

	if (make_claim(&claim, facts, why, size) == -1)
		return NULL;
	for (i = 0; i < TRIES && again && path == NULL; i++)
		path = join_once(facts, &claim, &again, why, size);
	claim_free(&claim);
	return path;
}

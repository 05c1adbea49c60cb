/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Everything is written by a short-lived child: the databases bring an engine
 * along and may be locked, and the limits that PAM set here are the user's.
 * The child tells what it has done as it goes on, so that what it was killed
 * at does not cost the rest.
 */

#include "config.h"
#include "loginrecord.h"

#include <errno.h>
#include <lastlog.h>
#include <paths.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aside.h"
#include "procs.h"
#include "utmpfile.h"

_Static_assert(sizeof(struct loginstate) <= ASIDE_MAX_RESULT,
    "a state is told in one piece");

static const struct loginrecord_places system_places = {
	.utmp = _PATH_UTMP, .wtmp = _PATH_WTMP, .lastlog = _PATH_LASTLOG,
	.btmp = "/var/log/btmp", .login_defs = "/etc/login.defs",
	.wtmpdb = { .library = "libwtmpdb.so.0",
	    .databases = { "/var/lib/wtmpdb/wtmp.db", "/var/log/wtmp.db" },
	    .module = "pam_wtmpdb.so" },
	.lastlog2 = { .library = "liblastlog2.so.2",
	    .databases = { "/var/lib/lastlog/lastlog2.db", NULL },
	    .module = "pam_lastlog2.so" },
	.patience = 3000,
};

static const struct loginrecord_places *places = &system_places;

void
loginrecord_use(const struct loginrecord_places *other)
{
	places = other != NULL ? other : &system_places;
}

static const char *
line_of(const char *tty)
{
	const size_t len = sizeof(_PATH_DEV) - 1;

	return strncmp(tty, _PATH_DEV, len) == 0 ? tty + len : tty;
}

static uint64_t
to_usec(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * 1000000 + (uint64_t)ts->tv_nsec / 1000;
}

static uint64_t
now_usec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return to_usec(&now);
}

void
loginrecord_prepare(struct loginstate *state)
{
	memset(state, 0, sizeof(*state));
	state->from = now_usec();
	state->wtmpdb_mark = logindb_mark(&places->wtmpdb);
	state->lastlog2_mark = logindb_mark(&places->lastlog2);
}

struct job {
	const struct loginrecord *record;
	struct loginstate state;
};

/* First lastlog and wtmp: nobody can keep us from these by a lock. */
static void
write_files(struct job *job, const struct utmpfile_login *login)
{
	struct loginstate *state = &job->state;
	struct procs_stat st;
	struct utmpx entry;

	utmpfile_fill(&entry, USER_PROCESS, login);
	if (utmpfile_lastlog(places->lastlog, places->login_defs,
	    job->record->uid, &entry) == 0)
		state->written |= LOGINSTATE_LASTLOG;
	if (utmpfile_append(places->wtmp, &entry) == 0)
		state->written |= LOGINSTATE_WTMP;
	if (utmpfile_take(places->utmp, &entry, &state->before) == -1)
		return;
	state->written |= LOGINSTATE_UTMP;
	if (state->before.ut_type != EMPTY &&
	    procs_stat(state->before.ut_pid, &st) == 0)
		state->before_start = st.start;
}

/* The row is looked for by its time if we are killed before we have it. */
static void
write_wtmpdb(struct job *job, const struct logindb_login *login,
    struct aside *aside)
{
	struct loginstate *state = &job->state;

	if (!logindb_exists(&places->wtmpdb))
		return;
	state->written |= LOGINSTATE_WTMPDB;
	state->to = login->usec;
	if (logindb_by_pam(&places->wtmpdb, state->wtmpdb_mark)) {
		state->written |= LOGINSTATE_BY_PAM;
		aside_tell(aside, state);
		return;
	}
	state->from = login->usec;
	aside_tell(aside, state);
	if (logindb_wtmp_login(&places->wtmpdb, login, &state->row) == -1)
		state->written &= ~(uint32_t)LOGINSTATE_WTMPDB;
	aside_tell(aside, state);
}

static void
write_lastlog2(struct job *job, const struct logindb_login *login,
    struct aside *aside)
{
	struct loginstate *state = &job->state;

	if (!logindb_exists(&places->lastlog2) ||
	    logindb_by_pam(&places->lastlog2, state->lastlog2_mark) ||
	    logindb_lastlog(&places->lastlog2, login) == -1)
		return;
	state->written |= LOGINSTATE_LASTLOG2;
	aside_tell(aside, state);
}

static void
do_open(void *ctx, struct aside *aside)
{
	struct job *job = ctx;
	const struct loginrecord *record = job->record;
	struct utmpfile_login login = { .user = record->user,
	    .line = line_of(record->tty), .host = record->host,
	    .pid = record->pid };
	struct logindb_login row = { .user = record->user,
	    .line = line_of(record->tty), .host = record->host,
	    .service = record->service };

	(void)clock_gettime(CLOCK_REALTIME, &login.when);
	row.usec = to_usec(&login.when);
	write_files(job, &login);
	aside_tell(aside, &job->state);
	write_wtmpdb(job, &row, aside);
	write_lastlog2(job, &row, aside);
}

/*
 * Without a terminal pam_wtmpdb(8) has a row all the same, under the word that
 * PAM was given for one.  That is of interest only if PAM cannot close it.
 */
static void
note_pam_row(const struct loginrecord *record, struct loginstate *state)
{
	if (!logindb_exists(&places->wtmpdb) ||
	    !logindb_by_pam(&places->wtmpdb, state->wtmpdb_mark) ||
	    strlcpy(state->user, record->user, sizeof(state->user)) >=
	    sizeof(state->user))
		return;
	(void)strlcpy(state->line, "ssh", sizeof(state->line));
	state->pid = record->pid;
	state->to = now_usec();
	state->written = LOGINSTATE_WTMPDB | LOGINSTATE_BY_PAM |
	    LOGINSTATE_NO_TTY;
}

void
loginrecord_open(const struct loginrecord *record,
    struct loginstate *state)
{
	struct job job = { .record = record };

	state->written = 0;
	if (record->tty == NULL) {
		note_pam_row(record, state);
		return;
	}
	state->pid = record->pid;
	/* A line that is cut would be another terminal's. */
	if (strlcpy(state->line, line_of(record->tty), sizeof(state->line)) >=
	    sizeof(state->line) || strlcpy(state->user, record->user,
	    sizeof(state->user)) >= sizeof(state->user))
		return;
	job.state = *state;
	(void)aside_run(do_open, &job, state, sizeof(*state),
	    places->patience);
}

/* Is the process that had the terminal still the one that it was? */
static int
before_lives(const struct loginstate *state)
{
	return state->before.ut_type != EMPTY &&
	    procs_lives(state->before.ut_pid, state->before_start);
}

static void
close_files(const struct loginstate *state)
{
	struct utmpx entry;

	if ((state->written & LOGINSTATE_WTMP) != 0) {
		utmpfile_fill_logout(&entry, state->line, state->pid);
		(void)utmpfile_append(places->wtmp, &entry);
	}
	if ((state->written & LOGINSTATE_UTMP) != 0)
		(void)utmpfile_release(places->utmp, state->line, state->pid,
		    before_lives(state) ? &state->before : NULL);
}

static void
do_close(void *ctx, struct aside *aside)
{
	const struct loginstate *state = ctx;
	const struct logindb_row row = { .user = state->user,
	    .line = state->line, .id = state->row, .from = state->from,
	    .to = state->to,
	    .shared = (state->written & LOGINSTATE_NO_TTY) != 0 };

	(void)aside;
	close_files(state);
	/* PAM writes its own logout later, over this one. */
	if ((state->written & LOGINSTATE_WTMPDB) != 0)
		(void)logindb_wtmp_logout(&places->wtmpdb, &row, now_usec());
}

void
loginrecord_close(const struct loginstate *state)
{
	struct loginstate copy = *state;

	if ((state->written & LOGINSTATE_NO_TTY) != 0 &&
	    state->pid == getpid())
		return;
	if ((state->written & (LOGINSTATE_WTMP | LOGINSTATE_UTMP |
	    LOGINSTATE_WTMPDB)) == 0)
		return;
	/*
	 * No child: we are in the user's session by now, and its limit of
	 * processes is one that he can use up.
	 */
	if (aside_run(do_close, &copy, NULL, 0, places->patience) == -1 &&
	    errno == EAGAIN)
		close_files(state);
}

/* Without a child: no PAM, no limits, no database. */
void
loginrecord_refused(const char *user, const char *host, const char *tty,
    pid_t pid)
{
	struct utmpfile_login login = { .user = user, .host = host,
	    .line = tty != NULL ? line_of(tty) : "ssh:notty", .pid = pid };
	struct utmpx entry;

	(void)clock_gettime(CLOCK_REALTIME, &login.when);
	utmpfile_fill(&entry, LOGIN_PROCESS, &login);
	(void)utmpfile_append_refused(places->btmp, &entry);
}

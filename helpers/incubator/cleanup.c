/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Nobody here is a parent of those whom it signals, and numbers of processes
 * and sessions come again.  A pid counts together with its birth.  The number
 * of a session is nobody else's while its leader is there, or its zombie; and
 * no process can have it as a pid while anybody is left of the session.  But
 * when the leader is gone, the session may have ended and its number may have
 * gone to one whose leader is gone as well: then only processes of the
 * session's user are reached, who loses nothing of anybody else's by it.
 */

#include "config.h"
#include "cleanup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agentdir.h"
#include "deadline.h"
#include "exitcode.h"
#include "log.h"
#include "loginrecord.h"
#include "procs.h"
#include "registry.h"

/* For process 1, and for who was killed, in ms. */
#define INIT_PATIENCE 1000
#define KILL_PATIENCE 2000

/* How often to look whether they are gone, in ms. */
#define TICK_MIN 25
#define TICK_MAX 1000

/*
 * The POSIX session to signal, or 0 if there is none any more; *only is the
 * user whose processes are meant, or -1.
 */
static pid_t
find_session(const struct registry_entry *entry, uid_t *only)
{
	const unsigned long long start = entry->sid == entry->child ?
	    entry->child_start : entry->keeper_start;
	struct procs_stat st;

	*only = entry->uid;
	if (entry->sid == 0 || procs_stat(entry->sid, &st) == -1)
		return entry->sid;
	/* A pid that is another's is no session's of ours. */
	if (st.start != start)
		return 0;
	*only = (uid_t)-1;
	return entry->sid;
}

/* The child, if it is there and not of that session; else 0. */
static pid_t
find_child(const struct registry_entry *entry, pid_t sid)
{
	struct procs_stat st;

	if (entry->child == 0 || procs_stat(entry->child, &st) == -1 ||
	    st.start != entry->child_start || st.ended || st.sid == sid)
		return 0;
	return entry->child;
}

/* Signal all that is left, 0 to count only.  Returns how many there were. */
static int
reach(const struct registry_entry *entry, int sig)
{
	uid_t only;
	const pid_t sid = find_session(entry, &only);
	int n = 0;

	if (sid > 0)
		n = procs_signal_users(sid, only, sig, getpid());
	if (find_child(entry, sid) != 0)
		n += procs_signal_born(entry->child, entry->child_start, sig);
	return n > 0 ? n : 0;
}

/* In ms, or -1: nobody is killed. */
static long long
patience(const struct registry_entry *entry)
{
	struct procs_status status;

	if (entry->hangup_delay >= 0)
		return entry->hangup_delay * 1000LL;
	/* It is in no session of number 0. */
	if (find_child(entry, 0) != 0 &&
	    procs_status(entry->child, &status) == 0 && status.is_init)
		return INIT_PATIENCE;
	return -1;
}

static void
close_records(const struct registry_entry *entry)
{
	struct loginstate state;

	if (*entry->records != '\0' &&
	    loginstate_parse(entry->records, &state) == 0)
		loginrecord_close(&state);
}

static void
tell(const struct registry_entry *entry)
{
	char user[300], caller[300], address[80], tty[80], service[80];

	log_audit(LOG_NOTICE, "session cleaned up: user=%s(%u) caller=%s "
	    "addr=%s tty=%s pid=%d service=%s child=%d "
	    "reason=\"the process that kept it is gone\"",
	    log_field(entry->user, user, sizeof(user)),
	    (unsigned int)entry->uid,
	    log_field(entry->caller, caller, sizeof(caller)),
	    log_field(entry->address, address, sizeof(address)),
	    log_field(entry->tty, tty, sizeof(tty)), (int)entry->keeper,
	    log_field(entry->service, service, sizeof(service)),
	    (int)entry->child);
}

static void
begin(struct registry_entry *entry)
{
	(void)reach(entry, SIGHUP);
	(void)reach(entry, SIGCONT);
	close_records(entry);
	entry->records = "";
	tell(entry);
	entry->hungup = (unsigned long long)deadline_now();
}

/* For registry_sweep(): 1 until there is nothing more to be done. */
static int
clean(void *ctx, struct registry_entry *entry)
{
	long long limit, gone;

	(void)ctx;
	/* Later than now, it is of another clock than ours. */
	if (entry->hungup == 0 ||
	    entry->hungup > (unsigned long long)deadline_now())
		begin(entry);
	if ((limit = patience(entry)) == -1 || reach(entry, 0) == 0)
		return 0;
	gone = deadline_now() - (long long)entry->hungup;
	if (gone < limit)
		return 1;
	/* Process 1 takes along whom it began. */
	if (entry->hangup_delay >= 0)
		(void)reach(entry, SIGKILL);
	else
		(void)procs_signal_born(entry->child, entry->child_start,
		    SIGKILL);
	/* A dead NFS or FUSE server can hold even a killed process. */
	return gone < limit + KILL_PATIENCE;
}

void
cleanup_quick(void)
{
	if (registry_sweep(REGISTRY_QUICK, clean, NULL) == -1)
		log_info(RUN_PATH "/sessions: %s", strerror(errno));
	agentdir_sweep();
}

int
cleanup_run(void)
{
	struct timespec ts = { 0 };
	long tick = TICK_MIN;
	int left;

	agentdir_sweep();
	while ((left = registry_sweep(REGISTRY_ALL, clean, NULL)) > 0) {
		ts.tv_sec = tick / 1000;
		ts.tv_nsec = tick % 1000 * 1000000;
		(void)nanosleep(&ts, NULL);
		if ((tick *= 2) > TICK_MAX)
			tick = TICK_MAX;
	}
	if (left == 0)
		return 0;
	log_warn(RUN_PATH "/sessions");
	return EXITCODE_REFUSED;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Everybody's login waits for this, so that it may fail but never hang.
 * Whoever can have root run it with an environment of his own could say that
 * he came with any key: the parent has to be sshd, by its file and not by its
 * name, which a link to su can have as well.
 */

#include "config.h"
#include "recordauth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "auditid.h"
#include "authkeep.h"
#include "authrecord.h"
#include "exitcode.h"
#include "log.h"
#include "procs.h"
#include "rundir.h"

/* What is told of a failure, by who finds it. */
struct trouble {
	const char *object;
	const char *reason;
	int err;		/* 0 if the reason is all */
};

static int
tell(const struct trouble *trouble)
{
	char detail[128] = "";

	if (trouble->err != 0)
		(void)snprintf(detail, sizeof(detail), ": %s",
		    strerror(trouble->err));
	log_warnx("--record-auth: %.300s: %s%s", trouble->object,
	    trouble->reason, detail);
	log_audit(LOG_WARNING, "no record of a login: %.300s: %s%s",
	    trouble->object, trouble->reason, detail);
	return EXITCODE_REFUSED;
}

/* sshd, or sshd-session since OpenSSH 9.8; an update may have replaced it. */
static int
is_sshd(pid_t pid)
{
	char path[64], exe[4096], *name;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if ((n = readlink(path, exe, sizeof(exe) - 1)) == -1)
		return 0;
	exe[n] = '\0';
	name = strrchr(exe, '/');
	return name != NULL && strncmp(name, "/sshd", 5) == 0;
}

/*
 * pam_exec forks in the process that has the session open, which pam_loginuid
 * has set on itself: we inherited it.  The last look is at whether all of that
 * was of our parent: it may be killed at any time, and we be given to init.
 * Returns 0, or -1 with the trouble.
 */
static int
find_keeper(struct authrecord_keeper *keeper, struct auditid *id,
    struct trouble *trouble)
{
	const pid_t parent = getppid();
	struct procs_stat st;
	struct auditid own;

	if (auditid_read(parent, id) == -1 ||
	    auditid_read(getpid(), &own) == -1) {
		trouble->reason = auditid_strerror(errno);
		return -1;
	}
	if (procs_stat(parent, &st) == -1 || getppid() != parent ||
	    own.session != id->session || own.loginuid != id->loginuid) {
		trouble->reason = "the process that opened the session has "
		    "ended";
		return -1;
	}
	keeper->pid = parent;
	keeper->start = st.start;
	return 0;
}

static int
open_session(char *const *envp, struct trouble *trouble)
{
	struct authrecord_keeper keeper;
	struct auditid id;
	int dir, r;

	if (!authkeep_is_ssh(envp))
		return 0;	/* of su or cron, whose PAM file has us, too */
	if (!is_sshd(getppid())) {
		trouble->reason = "the parent process is not sshd";
		return -1;
	}
	if (find_keeper(&keeper, &id, trouble) == -1)
		return -1;
	dir = rundir_make(RUN_PATH, AUTHRECORD_DIRECTORY, 0700);
	if (dir == -1) {
		trouble->reason = RUN_PATH "/" AUTHRECORD_DIRECTORY;
		trouble->err = errno;
		return -1;
	}
	r = authkeep_store(dir, &id, &keeper, envp, &trouble->reason);
	if (r == -1)
		trouble->err = errno;
	(void)close(dir);
	return r;
}

/* What is not there need not be removed, and what stays is swept one day. */
static void
close_session(void)
{
	struct authrecord_keeper keeper;
	struct trouble ignored = { 0 };
	struct auditid id;
	int dir;

	if (find_keeper(&keeper, &id, &ignored) == -1 ||
	    (dir = rundir_open(RUN_PATH, AUTHRECORD_DIRECTORY)) == -1)
		return;
	(void)authkeep_remove(dir, &id, &keeper);
	(void)close(dir);
}

int
recordauth_run(char *const *envp)
{
	const char *type = authkeep_item(envp, "PAM_TYPE");
	const char *user = authkeep_item(envp, "PAM_USER");
	struct trouble trouble = { .object = "PAM" };

	if (user != NULL)
		trouble.object = user;
	if (getuid() != 0) {
		trouble.reason = "only root may";
		return tell(&trouble);
	}
	if (type == NULL) {
		trouble.reason = "there is no PAM_TYPE: not started by "
		    "pam_exec";
		return tell(&trouble);
	}
	if (strcmp(type, "open_session") == 0 &&
	    open_session(envp, &trouble) == -1)
		return tell(&trouble);
	if (strcmp(type, "close_session") == 0)
		close_session();
	return 0;
}

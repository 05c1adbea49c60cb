/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces a log that does not read, a disk that is full, and what stands where
 * the file is to be.
 */

#include "config.h"
#include "audit.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "auditline.h"
#include "caller.h"
#include "deed.h"
#include "exename.h"
#include "log.h"
#include "syslogline.h"

#define PROGRAM "agent-forwarder"

struct audit {
	struct audit_facts facts;
	int log, file;		/* -1: not there */
	int torn;		/* the file's last line has no end */
};

/* Is it ours alone?  Returns NULL, or why not. */
static const char *
judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "it is no regular file";
	if (st.st_uid != geteuid())
		return "it is another user's";
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return "others have rights to it";
	return st.st_nlink == 1 ? NULL : "it has another name besides";
}

/* Without O_NONBLOCK a FIFO in its place would keep us for ever. */
static int
open_file(const char *path, char *why, size_t size)
{
	const mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC, S_IRUSR | S_IWUSR);
	const char *fault = fd == -1 ? strerror(errno) : judge(fd);

	(void)umask(mask);
	if (fault == NULL)
		return fd;
	(void)snprintf(why, size, "--audit-file: %s: %s", path, fault);
	if (fd != -1)
		(void)close(fd);
	return -1;
}

struct audit *
audit_open(const struct audit_facts *facts, char *why, size_t size)
{
	struct audit *audit = calloc(1, sizeof(*audit));

	if (audit == NULL) {
		(void)strlcpy(why, strerror(errno), size);
		return NULL;
	}
	audit->facts = *facts;
	audit->file = -1;
	/* Where there is no file of it later, the zone is asked for now. */
	tzset();
	audit->log = syslogline_open();
	if (audit->log == -1 && facts->required) {
		(void)snprintf(why, size, "/dev/log: %s", strerror(errno));
		goto fail;
	}
	if (facts->file == NULL ||
	    (audit->file = open_file(facts->file, why, size)) != -1)
		return audit;
fail:
	audit_close(audit);
	return NULL;
}

void
audit_close(struct audit *audit)
{
	if (audit == NULL)
		return;
	if (audit->log != -1)
		(void)close(audit->log);
	if (audit->file != -1)
		(void)close(audit->file);
	free(audit);
}

/* One write, so that lines of several processes do not mingle. */
static int
write_line(struct audit *audit, const char *line)
{
	char text[AUDITLINE_SIZE + 1];
	const int n = snprintf(text, sizeof(text), "%s%s",
	    audit->torn ? "\n" : "", line);
	const ssize_t done = write(audit->file, text, (size_t)n);

	if (done == (ssize_t)n) {
		audit->torn = 0;
		return 0;
	}
	if (done > 0) {
		audit->torn = 1;
		errno = ENOSPC;
	}
	return -1;
}

/* A signature, and what changes an agent; and whatever was refused. */
static int
is_recorded(const struct audit *audit, const struct deed *deed,
    const char *verdict)
{
	if (strcmp(verdict, "refused") == 0)
		return 1;
	return audit->facts.signatures &&
	    strcmp(deed->operation, "list") != 0 &&
	    strcmp(deed->operation, "query") != 0 &&
	    strcmp(deed->operation, "session-bind") != 0;
}

int
audit_deed(struct audit *audit, const struct deed *deed,
    struct caller *caller, const char *lease, const char *verdict,
    const char *result, long long ms)
{
	struct auditline line = {
		.deed = deed, .caller = caller, .lease = lease,
		.verdict = verdict, .result = result, .ms = ms,
	};
	char text[AUDITLINE_SIZE];
	int r = 0;

	if (!is_recorded(audit, deed, verdict))
		return 0;
	if (caller->exe[0] == '\0' && audit->facts.exename != -1)
		(void)exename_ask(audit->facts.exename, caller->peer.pid,
		    sockpeer_birth(&caller->peer), caller->exe,
		    sizeof(caller->exe));
	(void)clock_gettime(CLOCK_REALTIME, &line.when);
	if (audit->file != -1)
		r = write_line(audit, auditline_json(&line, text));
	if (syslogline_send(&audit->log, strcmp(verdict, "refused") == 0 ?
	    LOG_NOTICE : LOG_INFO, PROGRAM,
	    auditline_text(&line, text)) == -1)
		r = -1;
	return audit->facts.required ? r : 0;
}

void
audit_event(struct audit *audit, const char *what, const char *detail)
{
	char line[1200], quoted[1100];

	(void)snprintf(line, sizeof(line), "%s: uid=%u%s%s", what,
	    (unsigned int)getuid(), detail != NULL ? " " : "",
	    detail != NULL ? log_field(detail, quoted, sizeof(quoted)) : "");
	(void)syslogline_send(&audit->log, LOG_INFO, PROGRAM, line);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "hubbirth.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hub.h"
#include "listener.h"
#include "lockfile.h"
#include "sigreset.h"
#include "stdfd.h"
#include "userplace.h"

/* The server's descriptors, from 3 up. */
enum {
	DIR_FD = STDERR_FILENO + 1,
	LOCK_FD,
	LISTENER_FD,
	CONTROL_FD,
	REPORT_FD,
	FDS_END
};

/* What is said of a failure; nothing is said of success but one byte. */
#define WORDS 240

static int
failed(const char *object, char *why, size_t size)
{
	(void)snprintf(why, size, "%s: %s", object, strerror(errno));
	return -1;
}

static void
report_failure(const char *object, const char *why)
{
	char words[WORDS];
	int n;

	n = why != NULL ? snprintf(words, sizeof(words), "%s", why) :
	    snprintf(words, sizeof(words), "%s: %s", object, strerror(errno));
	if (n >= WORDS)
		n = WORDS - 1;
	if (n > 0)
		(void)!write(REPORT_FD, words, (size_t)n);
}

/* Each where the server looks for it, and no other. */
static int
arrange(const int want[FDS_END - DIR_FD])
{
	const int n = FDS_END - DIR_FD;
	int high[FDS_END - DIR_FD], i;

	/* Out of the way first: one may stand where another belongs. */
	for (i = 0; i < n; i++)
		if ((high[i] = fcntl(want[i], F_DUPFD_CLOEXEC, FDS_END)) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (dup3(high[i], DIR_FD + i, O_CLOEXEC) == -1)
			return -1;
	if (stdfd_leave(STDIN_FILENO, STDERR_FILENO) == -1)
		return -1;
	return stdfd_closefrom(FDS_END);
}

/* It outlives terminals, and every directory but its own. */
static int
settle(void)
{
	if (sigreset_all() == -1)
		return -1;
	sigreset_ignore(SIGHUP);
	sigreset_ignore(SIGPIPE);
	(void)umask(S_IRWXG | S_IRWXO);
	return chdir("/");
}

static void
serve(const struct hubbirth_facts *birth)
{
	struct hub_facts facts = {
		.name = birth->name, .dir = DIR_FD, .lock = LOCK_FD,
		.listener = LISTENER_FD, .control = CONTROL_FD,
		.limits = birth->limits, .timeout_ms = birth->timeout_ms,
	};
	char why[WORDS];
	struct hub *hub;

	if (settle() == -1) {
		report_failure("signals", NULL);
		return;
	}
	if (birth->open_audit != NULL && birth->open_audit(birth->ctx,
	    &facts.audit, why, sizeof(why)) == -1) {
		report_failure(NULL, why);
		return;
	}
	if ((hub = hub_new(&facts)) == NULL) {
		report_failure("server", NULL);
		return;
	}
	if (birth->confine != NULL && birth->confine(birth->ctx, DIR_FD, why,
	    sizeof(why)) == -1) {
		report_failure(NULL, why);
		return;
	}
	(void)!write(REPORT_FD, "", 1);
	(void)close(REPORT_FD);
	(void)hub_run(hub);
	hub_free(hub);
}

/* Two forks: it is nobody's child but init's, and leads no session. */
static int
fork_away(const int want[FDS_END - DIR_FD], const struct hubbirth_facts *birth)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (setsid() == -1)
			_exit(1);
		switch (fork()) {
		case -1:
			_exit(1);
		case 0:
			if (arrange(want) == 0)
				serve(birth);
			_exit(0);
		default:
			_exit(0);
		}
	}
	if (pid == -1)
		return -1;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* Wait for the byte, or for the line about what went wrong. */
static int
hear(int report, char *why, size_t size)
{
	char words[WORDS] = "";
	ssize_t n;

	do
		n = read(report, words, sizeof(words) - 1);
	while (n == -1 && errno == EINTR);
	if (n == 1 && words[0] == '\0')
		return 0;
	if (n <= 0)
		errno = n == -1 ? errno : ECHILD;
	(void)snprintf(why, size, "%s", n > 0 ? words : strerror(errno));
	return -1;
}

static int
start(int want[FDS_END - DIR_FD], const struct hubbirth_facts *facts,
    char *why, size_t size)
{
	int report[2], r;

	if (pipe2(report, O_CLOEXEC) == -1)
		return failed("pipe", why, size);
	want[REPORT_FD - DIR_FD] = report[1];
	r = fork_away(want, facts);
	if (r == -1)
		(void)failed("fork", why, size);
	(void)close(report[1]);
	if (r == 0)
		r = hear(report[0], why, size);
	(void)close(report[0]);
	return r;
}

int
hubbirth_give(int dir, int lock, const struct hubbirth_facts *facts, char *why,
    size_t size)
{
	char sock[USERPLACE_FILE_SIZE], ctl[USERPLACE_FILE_SIZE];
	int want[FDS_END - DIR_FD] = { dir, lock, -1, -1, -1 };
	int listener, control = -1, r = -1;

	if (lockfile_take(lock, USERPLACE_ALIVE, 0) == -1)
		return failed(facts->name, why, size);
	(void)userplace_file(ctl, facts->name, ".ctl");
	listener = listener_bind(dir, userplace_file(sock, facts->name,
	    ".sock"), SOCK_STREAM);
	if (listener == -1) {
		(void)failed(sock, why, size);
		goto out;
	}
	control = listener_bind(dir, ctl, SOCK_SEQPACKET);
	if (control == -1) {
		(void)failed(ctl, why, size);
		goto out;
	}
	want[LISTENER_FD - DIR_FD] = listener;
	want[CONTROL_FD - DIR_FD] = control;
	r = start(want, facts, why, size);
out:
	if (r == -1 && listener != -1)
		(void)listener_remove(dir, sock);
	if (r == -1 && control != -1)
		(void)listener_remove(dir, ctl);
	if (listener != -1)
		(void)close(listener);
	if (control != -1)
		(void)close(control);
	return r;
}

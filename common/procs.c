/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "procs.h"

#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As the kernel packs it: proc_pid_stat(5), tty_nr. */
static dev_t
decode_tty(int number)
{
	const unsigned int n = (unsigned int)number;

	return makedev((n >> 8) & 0xfff, (n & 0xff) | ((n >> 12) & 0xfff00));
}

int
procs_stat(pid_t pid, struct procs_stat *st)
{
	char path[64], buf[512], *open_paren, *close_paren, state;
	int fd, ppid, pgrp, sid, tty, threads;
	unsigned long long start;
	size_t len;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	n = read(fd, buf, sizeof(buf) - 1);
	(void)close(fd);
	if (n == -1)
		return -1;
	buf[n] = '\0';
	open_paren = strchr(buf, '(');
	close_paren = strrchr(buf, ')');
	if (open_paren == NULL || close_paren == NULL ||
	    close_paren < open_paren ||
	    sscanf(close_paren + 1, " %c %d %d %d %d %*s %*s %*s %*s %*s %*s "
	    "%*s %*s %*s %*s %*s %*s %d %*s %llu", &state, &ppid, &pgrp,
	    &sid, &tty, &threads, &start) != 7) {
		errno = EINVAL;
		return -1;
	}
	st->ppid = ppid;
	st->sid = sid;
	st->tty = decode_tty(tty);
	st->start = start;
	/* A first thread that has ended is a zombie, whoever goes on. */
	st->ended = (state == 'Z' || state == 'X') && threads <= 1;
	len = (size_t)(close_paren - open_paren) - 1;
	if (len >= sizeof(st->comm))
		len = sizeof(st->comm) - 1;
	memcpy(st->comm, open_paren + 1, len);
	st->comm[len] = '\0';
	return 0;
}

int
procs_lives(pid_t pid, unsigned long long start)
{
	struct procs_stat st;

	return start != 0 && procs_stat(pid, &st) == 0 && !st.ended &&
	    st.start == start;
}

/* The kernel writes a newline in a name as "\n": a line is a line. */
int
procs_status(pid_t pid, struct procs_status *status)
{
	char path[64], *line = NULL, *last;
	size_t room = 0;
	unsigned int uid, euid;
	int have = 0, tracer;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((fp = fopen(path, "re")) == NULL)
		return -1;
	memset(status, 0, sizeof(*status));
	while (getline(&line, &room, fp) != -1)
		if (sscanf(line, "Uid: %u %u", &uid, &euid) == 2) {
			status->uid = uid;
			status->euid = euid;
			have = 1;
		} else if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			status->tracer = tracer;
		else if (strncmp(line, "NSpid:", 6) == 0) {
			/* In ours first, in its own last. */
			last = strrchr(line, '\t');
			status->is_init = last != NULL && last != line + 6 &&
			    strcmp(last, "\t1\n") == 0;
		}
	free(line);
	(void)fclose(fp);
	if (have)
		return 0;
	errno = ESRCH;
	return -1;
}

/* Who is meant; what is 0, or (uid_t)-1, is not asked for. */
struct whom {
	pid_t sid;
	unsigned long long start;
	uid_t uid;
};

static int
is_meant(pid_t pid, const struct whom *whom)
{
	struct procs_status status;
	struct procs_stat st;

	if (procs_stat(pid, &st) == -1 || st.ended ||
	    (whom->sid != 0 && st.sid != whom->sid) ||
	    (whom->start != 0 && st.start != whom->start))
		return 0;
	return whom->uid == (uid_t)-1 ||
	    (procs_status(pid, &status) == 0 && status.uid == whom->uid);
}

/*
 * Returns 1 if the process is one of those and was signalled, else 0; the
 * dead whom nobody has reaped hear nothing and do not count.  By its pid alone
 * where there are no pidfds, Linux before 5.3 or under a filter: then the
 * second look is all that can be had.
 */
static int
signal_if_meant(pid_t pid, const struct whom *whom, int sig)
{
	int fd = -1, sent = 0;

	/* A look without a pidfd first: most processes are somebody else's. */
	if (!is_meant(pid, whom))
		return 0;
#ifdef SYS_pidfd_open
	fd = (int)syscall(SYS_pidfd_open, pid, 0U);
	if (fd == -1 && errno == ESRCH)
		return 0;
#endif
	if (is_meant(pid, whom))
#ifdef SYS_pidfd_send_signal
		sent = fd == -1 ? kill(pid, sig) == 0 :
		    syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0U) == 0;
#else
		sent = kill(pid, sig) == 0;
#endif
	if (fd != -1)
		(void)close(fd);
	return sent;
}

int
procs_hold(pid_t pid, unsigned long long start)
{
	int fd = -1;

	errno = ENOSYS;
#ifdef SYS_pidfd_open
	fd = (int)syscall(SYS_pidfd_open, pid, 0U);
#endif
	/* Held: nobody else gets that number between this look and the end. */
	if (fd != -1 && !procs_lives(pid, start)) {
		(void)close(fd);
		fd = -1;
		errno = ESRCH;
	}
	return fd;
}

int
procs_signal_born(pid_t pid, unsigned long long start, int sig)
{
	const struct whom whom = { .start = start, .uid = (uid_t)-1 };

	return pid > 0 && start != 0 && signal_if_meant(pid, &whom, sig);
}

int
procs_signal_session(pid_t sid, int sig, pid_t except)
{
	return procs_signal_users(sid, (uid_t)-1, sig, except);
}

int
procs_signal_users(pid_t sid, uid_t uid, int sig, pid_t except)
{
	const struct whom whom = { .sid = sid, .uid = uid };
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	/* Kernel threads, and whoever came in from another pid namespace. */
	if (sid <= 0) {
		errno = EINVAL;
		return -1;
	}
	if ((dir = opendir("/proc")) == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);

		if (*end != '\0' || pid <= 0 || pid == (long)except)
			continue;
		count += signal_if_meant((pid_t)pid, &whom, sig);
	}
	(void)closedir(dir);
	return count;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "tests/bench/agentside.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <dirent.h>
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BELOW_MAX 1024

int
agent_connect(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(sa.sun_path))
		errx(1, "%s: too long", path);
	memcpy(sa.sun_path, path, strlen(path));
	if (fd == -1 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1)
		err(1, "%s", path);
	return fd;
}

static uint32_t
get_length(const unsigned char *at)
{
	uint32_t n;

	memcpy(&n, at, sizeof(n));
	return be32toh(n);
}

static void
put(struct agent_frame *frame, const void *data, size_t len)
{
	const uint32_t all = htobe32((uint32_t)(frame->len + len - 4));

	if (frame->len + len > sizeof(frame->data))
		errx(1, "a message of more than %zu bytes",
		    sizeof(frame->data));
	memcpy(frame->data + frame->len, data, len);
	frame->len += len;
	memcpy(frame->data, &all, sizeof(all));
}

static void
put_string(struct agent_frame *frame, const void *data, size_t len)
{
	const uint32_t n = htobe32((uint32_t)len);

	put(frame, &n, sizeof(n));
	put(frame, data, len);
}

void
agent_list_request(struct agent_frame *request)
{
	request->len = 4;
	put(request, "\13", 1);
}

void
agent_sign_request(struct agent_frame *request,
    const struct agent_frame *list)
{
	const uint32_t flags = 0;
	unsigned char text[200];

	/* length, type, number of keys, length of the key */
	if (list->len < 13 || get_length(list->data + 5) == 0 ||
	    get_length(list->data + 9) > list->len - 13)
		errx(1, "no key to sign with");
	memset(text, 't', sizeof(text));
	request->len = 4;
	put(request, "\15", 1);
	put_string(request, list->data + 13, get_length(list->data + 9));
	put_string(request, text, sizeof(text));
	put(request, &flags, sizeof(flags));
}

int
agent_is_whole(const struct agent_frame *frame)
{
	if (frame->len < 4)
		return 0;
	if (get_length(frame->data) > sizeof(frame->data) - 4)
		errx(1, "a message of %u bytes", get_length(frame->data));
	return frame->len >= 4 + get_length(frame->data);
}

ssize_t
agent_read(int fd, struct agent_frame *frame)
{
	ssize_t n;

	do
		n = read(fd, frame->data + frame->len,
		    sizeof(frame->data) - frame->len);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		frame->len += (size_t)n;
	return n;
}

void
agent_send(int fd, const struct agent_frame *frame)
{
	if (send(fd, frame->data, frame->len, MSG_NOSIGNAL) !=
	    (ssize_t)frame->len)
		err(1, "send");
}

void
agent_ask(int fd, const struct agent_frame *request,
    struct agent_frame *reply, int type)
{
	agent_send(fd, request);
	reply->len = 0;
	do {
		if (agent_read(fd, reply) <= 0)
			errx(1, "a request without a reply");
	} while (!agent_is_whole(reply));
	if (reply->data[4] != type)
		errx(1, "a reply of type %d", reply->data[4]);
}

/* The parent, and the ticks of children that have ended.  0, or -1. */
static int
look(pid_t pid, pid_t *parent, unsigned long *ticks)
{
	unsigned long user, system;
	char path[64], line[1024];
	const char *after;
	size_t n = 0;
	FILE *file;
	int ppid;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((file = fopen(path, "re")) != NULL) {
		n = fread(line, 1, sizeof(line) - 1, file);
		(void)fclose(file);
	}
	line[n] = '\0';
	after = strrchr(line, ')');
	if (after == NULL || sscanf(after, ") %*c %d %*d %*d %*d %*d %*u %*u "
	    "%*u %*u %*u %*u %*u %lu %lu", &ppid, &user, &system) != 3)
		return -1;
	*parent = ppid;
	*ticks = user + system;
	return 0;
}

static int
is_in(pid_t pid, const pid_t *pids, size_t n)
{
	while (n > 0)
		if (pids[--n] == pid)
			return 1;
	return 0;
}

/* These and all below them.  Returns how many. */
static size_t
below(const pid_t *pids, size_t n, pid_t *all)
{
	const struct dirent *entry;
	unsigned long ticks;
	pid_t pid, parent;
	size_t before;
	DIR *dir;

	memcpy(all, pids, n * sizeof(*pids));
	do {
		before = n;
		if ((dir = opendir("/proc")) == NULL)
			err(1, "/proc");
		while ((entry = readdir(dir)) != NULL) {
			pid = (pid_t)strtol(entry->d_name, NULL, 10);
			if (pid <= 0 || is_in(pid, all, n) ||
			    look(pid, &parent, &ticks) == -1 ||
			    !is_in(parent, all, n))
				continue;
			if (n == BELOW_MAX)
				errx(1, "too many processes");
			all[n++] = pid;
		}
		(void)closedir(dir);
	} while (n > before);
	return n;
}

double
agent_cpu(const pid_t *pids, size_t n)
{
	const double tick = 1e6 / (double)sysconf(_SC_CLK_TCK);
	pid_t all[BELOW_MAX], parent;
	struct timespec ts;
	unsigned long ticks;
	clockid_t clock;
	double us = 0;
	size_t i;

	n = below(pids, n, all);
	for (i = 0; i < n; i++) {
		if (clock_getcpuclockid(all[i], &clock) == 0 &&
		    clock_gettime(clock, &ts) == 0)
			us += (double)ts.tv_sec * 1e6 +
			    (double)ts.tv_nsec / 1e3;
		if (look(all[i], &parent, &ticks) == 0)
			us += (double)ticks * tick;
	}
	return us;
}

double
agent_memory(const pid_t *pids, size_t n, const char *name)
{
	const size_t len = strlen(name);
	char path[64], line[256];
	pid_t all[BELOW_MAX];
	double kib = 0;
	FILE *file;
	size_t i;

	n = below(pids, n, all);
	for (i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup",
		    (int)all[i]);
		if ((file = fopen(path, "re")) == NULL)
			continue;
		while (fgets(line, sizeof(line), file) != NULL)
			if (strncmp(line, name, len) == 0 && line[len] == ':')
				kib += strtod(line + len + 1, NULL);
		(void)fclose(file);
	}
	return kib;
}

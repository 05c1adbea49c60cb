/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Who is compared by ptybench and ptyidle: their commands, and the processes
 * that come of them.
 */

#include "tests/bench/ptyside.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define BELOW_MAX 8192

extern char **environ;

static const char *inner_words, *inner_directory;

double
side_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
side_quantile(double *values, size_t n, double part)
{
	size_t at = (size_t)((double)n * part);

	if (n == 0)
		return 0;
	qsort(values, n, sizeof(double), compare);
	return values[at < n ? at : n - 1];
}

static char *
copy(const char *text)
{
	char *p = strdup(text);

	if (p == NULL)
		err(1, NULL);
	return p;
}

size_t
side_read(const char *path, struct side *sides, size_t rounds)
{
	FILE *file = fopen(path, "re");
	char line[1024], *value;
	size_t n = 0, i;

	if (file == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, '=');
		if (value == NULL)
			errx(64, "%s: %s", path, line);
		*value++ = '\0';
		if (strcmp(line, "name") == 0) {
			if (n == SIDES_MAX)
				errx(64, "%s: too many", path);
			memset(&sides[n], 0, sizeof(*sides));
			for (i = 0; i < 3; i++)
				if ((sides[n].figure[i] = calloc(rounds,
				    sizeof(double))) == NULL)
					err(1, NULL);
			sides[n++].name = copy(value);
		} else if (n == 0)
			errx(64, "%s: no name", path);
		else if (strcmp(line, "both") == 0)
			sides[n - 1].both = copy(value);
		else if (strcmp(line, "create") == 0)
			sides[n - 1].create = copy(value);
		else if (strcmp(line, "attach") == 0)
			sides[n - 1].attach = copy(value);
	}
	(void)fclose(file);
	return n;
}

void
side_inner(const char *words, const char *directory)
{
	inner_words = words;
	inner_directory = directory;
}

/* The word with its %s and %d replaced; the caller frees it. */
static char *
fill(const char *word, const char *session)
{
	char out[1024] = "";
	size_t len = 0;
	const char *with;

	for (; *word != '\0' && len < sizeof(out) - 1; word++) {
		with = NULL;
		if (word[0] == '%' && word[1] == 's')
			with = session;
		else if (word[0] == '%' && word[1] == 'd')
			with = inner_directory;
		if (with == NULL) {
			out[len++] = *word;
			continue;
		}
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s",
		    with);
		word++;
	}
	if (len >= sizeof(out))
		errx(64, "%s: too long", word);
	out[len] = '\0';
	return copy(out);
}

static size_t
split(char **argv, size_t n, const char *words, const char *session)
{
	char *all = copy(words), *rest = all, *word;

	while ((word = strsep(&rest, " ")) != NULL && n < SIDE_WORDS - 1) {
		if (strcmp(word, "%i") == 0)
			n = split(argv, n, inner_words, session);
		else if (*word != '\0')
			argv[n++] = fill(word, session);
	}
	free(all);
	argv[n] = NULL;
	return n;
}

char *
side_socket(const char *words, const char *session)
{
	return words[0] == '@' ? fill(words + 1, session) : NULL;
}

static int
open_terminal(char *path, size_t size)
{
	const struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1 ||
	    ptsname_r(master, path, size) != 0 ||
	    ioctl(master, TIOCSWINSZ, &ws) == -1)
		err(1, "terminal");
	return master;
}

/* In the child. */
static void
become(char **argv, const char *path)
{
	int fd = open(path, O_RDWR);

	if (fd == -1 || dup2(fd, 0) == -1 || dup2(fd, 1) == -1 ||
	    dup2(fd, 2) == -1)
		_exit(126);
	if (fd > 2)
		(void)close(fd);
	(void)execvp(argv[0], argv);
	warn("%s", argv[0]);
	_exit(127);
}

struct seat
side_start(const char *words, const char *session, int terminal)
{
	char *argv[SIDE_WORDS], path[64] = "/dev/null";
	struct seat seat = { .master = -1 };
	int status;
	size_t i;

	if (split(argv, 0, words, session) == 0)
		errx(64, "no command");
	if (terminal)
		seat.master = open_terminal(path, sizeof(path));
	seat.pid = fork();
	if (seat.pid == -1)
		err(1, "fork");
	if (seat.pid == 0) {
		/* Who leads a session, and opens a terminal, has it. */
		if (terminal)
			(void)setsid();
		become(argv, path);
	}
	for (i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	if (!terminal && (waitpid(seat.pid, &status, 0) != seat.pid ||
	    status != 0))
		errx(1, "%s: wait status %#x", words, (unsigned int)status);
	return seat;
}

void
side_leave(struct seat *seat)
{
	if (seat->master != -1)
		(void)close(seat->master);
	seat->master = -1;
}

void
side_adopt(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
		err(1, "PR_SET_CHILD_SUBREAPER");
}

/* The parent of each process of the machine. */
static size_t
read_parents(pid_t *pids, pid_t *parents, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[300], line[512];
	const char *after;
	FILE *file;
	size_t n = 0;

	if (dir == NULL)
		err(1, "/proc");
	while ((entry = readdir(dir)) != NULL && n < max) {
		pids[n] = (pid_t)strtol(entry->d_name, NULL, 10);
		(void)snprintf(path, sizeof(path), "/proc/%s/stat",
		    entry->d_name);
		if (pids[n] <= 0 || (file = fopen(path, "re")) == NULL)
			continue;
		/* "12 (name) S 1": the name may have anything in it. */
		if (fgets(line, sizeof(line), file) != NULL &&
		    (after = strrchr(line, ')')) != NULL && after[1] == ' ')
			parents[n++] = (pid_t)strtol(after + 3, NULL, 10);
		(void)fclose(file);
	}
	(void)closedir(dir);
	return n;
}

size_t
side_below(pid_t *pids, size_t max)
{
	static pid_t all[BELOW_MAX], parents[BELOW_MAX];
	size_t count = read_parents(all, parents, BELOW_MAX), n = 0, i, from;
	pid_t above = getpid();

	/* Each that is found is looked below in its turn. */
	for (from = 0;; above = pids[from++]) {
		for (i = 0; i < count && n < max; i++)
			if (parents[i] == above)
				pids[n++] = all[i];
		if (from == n)
			return n;
	}
}

int
side_is_inner(pid_t pid)
{
	static const char name[] = "/ptyinner";
	const size_t len = sizeof(name) - 1;
	char path[64], exe[512];
	ssize_t r;

	(void)snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	r = readlink(path, exe, sizeof(exe) - 1);
	if (r <= 0)
		return 0;
	return (size_t)r > len && memcmp(exe + r - len, name, len) == 0;
}

static double
ms_of(const struct timeval *tv)
{
	return (double)tv->tv_sec * 1e3 + (double)tv->tv_usec / 1e3;
}

/* Reap who has ended; 0 when there is nobody left. */
static int
reap(double *cpu)
{
	struct rusage usage;
	pid_t pid;

	while ((pid = wait4(-1, NULL, WNOHANG, &usage)) > 0)
		*cpu += ms_of(&usage.ru_utime) + ms_of(&usage.ru_stime);
	return pid == 0;
}

double
side_end_all(void)
{
	static pid_t pids[BELOW_MAX];
	const double start = side_now();
	double cpu = 0;
	size_t n, i;

	n = side_below(pids, BELOW_MAX);
	for (i = 0; i < n; i++)
		if (side_is_inner(pids[i]))
			(void)kill(pids[i], SIGTERM);
	while (reap(&cpu)) {
		/* Its keeper has had its time. */
		if (side_now() - start > 5000) {
			n = side_below(pids, BELOW_MAX);
			for (i = 0; i < n; i++)
				(void)kill(pids[i], SIGKILL);
		}
		(void)poll(NULL, 0, 2);
	}
	return cpu;
}

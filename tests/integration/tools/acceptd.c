/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * acceptd PATH GROUP MAX COMMAND [ARG ...]
 *
 * What systemd does for a socket unit with Accept=yes: listen at PATH, mode
 * 0660, and start COMMAND for each connection with that as its descriptor 0,
 * 1 and 2 on /dev/null, SIGPIPE ignored, a session of its own, and variables
 * in its environment that no session should see.  Of more than MAX at a time
 * the connection is closed at once.  Goes to the background when it listens.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void run(int fd, char **argv) __attribute__((noreturn));

static void
on_child(int sig)
{
	(void)sig;
}

static void
run(int fd, char **argv)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	(void)setsid();
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)clearenv();
	(void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	(void)setenv("INVOCATION_ID", "0123456789abcdef", 1);
	(void)setenv("JOURNAL_STREAM", "9:99", 1);
	(void)setenv("MEMORY_PRESSURE_WATCH", "/nowhere", 1);
	if (dup2(fd, 0) == -1 || dup2(null, 1) == -1 || dup2(null, 2) == -1)
		_exit(1);
	(void)close(fd);
	(void)close(null);
	(void)execv(argv[0], argv);
	_exit(127);
}

static int
listen_at(const char *path, gid_t group)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || strlen(path) >= sizeof(addr.sun_path))
		err(1, "%s", path);
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 ||
	    chown(path, 0, group) == -1 || chmod(path, 0660) == -1 ||
	    listen(fd, 128) == -1)
		err(1, "%s", path);
	return fd;
}

/*
 * SIGCHLD comes nowhere else than in here: who has ended is reaped at once, or
 * a test that looks for processes would find it.
 */
static int
wait_for_connection(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	sigset_t none;

	(void)sigemptyset(&none);
	if (ppoll(&pfd, 1, NULL, &none) != 1)
		return -1;
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC);
}

int
main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_child };
	int fd, conn, max, running = 0;
	sigset_t chld;

	if (argc < 5)
		errx(64, "usage: acceptd PATH GROUP MAX COMMAND [ARG ...]");
	fd = listen_at(argv[1], (gid_t)atoi(argv[2]));
	max = atoi(argv[3]);
	if (daemon(0, 0) == -1)
		err(1, "daemon");
	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &chld, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
	for (;;) {
		conn = wait_for_connection(fd);
		while (running > 0 && waitpid(-1, NULL, WNOHANG) > 0)
			running--;
		if (conn == -1)
			continue;
		if (running < max) {
			switch (fork()) {
			case -1:
				break;
			case 0:
				run(conn, argv + 4);
			default:
				running++;
			}
		}
		(void)close(conn);
	}
}

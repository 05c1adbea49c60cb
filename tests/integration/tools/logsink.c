/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Stands in for syslogd inside a test's private machine.
 *
 *	logsink SOCKET FILE		binds the datagram socket that
 *		syslog(3) writes to and appends each message to FILE as one
 *		line, priority included.  Returns when the socket is there;
 *		its child listens until the machine ends.
 *	logsink SOCKET FILE MARK	sends MARK there and returns when it
 *		is in FILE, and with it all that was sent before.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
listen_for_ever(int sock, int file)
{
	char message[8192];
	ssize_t n, i;

	for (;;) {
		n = recv(sock, message, sizeof(message) - 1, 0);
		if (n <= 0)
			continue;
		/* One message is one line, whatever is in it. */
		for (i = 0; i < n; i++) {
			if (message[i] == '\n' || message[i] == '\0')
				message[i] = '|';
		}
		message[n] = '\n';
		if (write(file, message, (size_t)n + 1) < 0)
			err(1, "write");
	}
}

/* Does the end of the file hold the mark? */
static int
is_marked(int file, const char *mark)
{
	char tail[4096];
	off_t end = lseek(file, 0, SEEK_END);
	off_t start = end > (off_t)sizeof(tail) ? end - (off_t)sizeof(tail) : 0;
	ssize_t n = pread(file, tail, sizeof(tail), start);

	return n > 0 && memmem(tail, (size_t)n, mark, strlen(mark)) != NULL;
}

static int
mark_and_wait(int sock, const struct sockaddr_un *addr, int file,
    const char *mark)
{
	int tries;

	if (sendto(sock, mark, strlen(mark), 0,
	    (const struct sockaddr *)addr, sizeof(*addr)) < 0)
		err(1, "%s", addr->sun_path);
	for (tries = 0; tries < 2000; tries++) {
		if (is_marked(file, mark))
			return 0;
		usleep(1000);
	}
	errx(1, "%s: the mark did not arrive", addr->sun_path);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int file, sock;

	if (argc < 3 || argc > 4 || strlen(argv[1]) >= sizeof(addr.sun_path))
		errx(64, "usage: logsink SOCKET FILE [MARK]");
	memcpy(addr.sun_path, argv[1], strlen(argv[1]));
	file = open(argv[2], O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (file < 0)
		err(1, "%s", argv[2]);
	if ((sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		err(1, "socket");
	if (argc == 4)
		return mark_and_wait(sock, &addr, file, argv[3]);
	umask(0);
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		err(1, "%s", argv[1]);
	if (daemon(0, 0) != 0)
		err(1, "daemon");
	listen_for_ever(sock, file);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A front that breaks the rules.  It has the protocol for a second time, so
 * that a mistake on both sides of ours does not hide itself.
 *
 *	rawfront SOCKET WORD ...
 *
 * connects, does what the words say, one after the other, and prints what
 * comes back, one line each: "TEXT ..." (control characters as \ooo),
 * "READY", "STARTED", "END exit N", "END signal N", "TYPE N, LENGTH bytes",
 * and at the end "EOF", "CUT" (in the middle of a message) or "RESET".
 *
 * What the next request is like:
 *	command=TEXT  env=NAME=VALUE  tty=NAME		tty= is one without name
 *	0=PATH  1=PATH  2=PATH	opened in place of our own descriptor
 *	opath=PATH		the same for 0, with O_PATH
 *	own			our own descriptors again
 *	version=N  magic=TEXT  length=N		instead of the right ones
 *	fds=N			so many descriptors; past 3 it is 0 again, past
 *				253 they go in a second message
 *	late			they go with the second byte
 *	nul			a NUL in the middle of the command
 *	count=N			so many variables are announced
 *	trailing=N		N bytes behind its end, inside its length
 *	cut=N			only the first N bytes are sent
 * What is done:
 *	request			send it
 *	bytes=TEXT		send this
 *	ready			print until READY has come
 *	answer			answer it
 *	watch			print until the end, and never answer
 *	frames			print until the end, and answer each READY
 *	end			print until END has come, as a front waits
 *	shutdown		send nothing more
 *	drop			let go of descriptors 0, 1 and 2 (and report
 *				elsewhere)
 *	touch=FILE  wait=FILE	make a file; wait until there is one
 *	report=FILE		print there, and not on standard output
 * Ends with 0 if all of it could be done; what came is on paper.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLES_MAX 32
#define KERNEL_MOST 253		/* descriptors a message, SCM_MAX_FD */
#define LIFETIME 120		/* s; nobody needs us for longer */

static struct {
	const char *command, *tty, *magic;
	const char *env[VARIABLES_MAX];
	uint32_t nenv, count, version, length;
	int has_count, has_length, late, nul;
	size_t nfds, trailing, cut;
	int fds[3];
} next = { .magic = "INCUBATE", .version = 1, .nfds = 3, .cut = SIZE_MAX,
	.fds = { 0, 1, 2 } };

static int sock;
static FILE *report;

/* The request, while it is written. */
static unsigned char bytes[2 * 1024 * 1024];
static size_t have;

static void
put(const void *data, size_t len)
{
	if (len > sizeof(bytes) - have)
		errx(1, "a request of that size is too much for us");
	memcpy(bytes + have, data, len);
	have += len;
}

static void
put_byte(int value)
{
	const unsigned char byte = (unsigned char)value;

	put(&byte, 1);
}

static void
put_u32(uint32_t value)
{
	int shift;

	for (shift = 24; shift >= 0; shift -= 8)
		put_byte((int)(value >> shift & 0xff));
}

static void
put_string(const char *string)
{
	put_u32((uint32_t)strlen(string));
	put(string, strlen(string));
}

static void
put_body(void)
{
	uint32_t i;
	size_t n;

	put_byte(next.command != NULL);
	if (next.command != NULL) {
		put_string(next.command);
		if (next.nul && *next.command != '\0')
			bytes[have - 1 - strlen(next.command) / 2] = '\0';
	}
	put_u32(next.has_count ? next.count : next.nenv);
	for (i = 0; i < next.nenv; i++)
		put_string(next.env[i]);
	put_byte(next.tty != NULL);
	put_string(next.tty != NULL ? next.tty : "");
	for (n = 0; n < next.trailing; n++)
		put_byte('x');
}

static void
put_request(void)
{
	size_t body, end;

	have = 0;
	put(next.magic, strlen(next.magic));
	put_u32(next.version);
	put_u32(0);
	body = have;
	put_body();
	end = have;
	have = body - 4;
	put_u32(next.has_length ? next.length : (uint32_t)(end - body));
	have = end;
}

/* Send all of it; whoever does not want it any more is no error of ours. */
static void
send_all(const unsigned char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		n = send(sock, data, len, MSG_NOSIGNAL);
		if (n == -1 && (errno == EPIPE || errno == ECONNRESET))
			return;
		if (n == -1)
			err(1, "send");
	}
}

/* One byte, and descriptors with it: those of the request from the "i"th. */
static void
send_descriptors(unsigned char byte, size_t i, size_t n)
{
	static union {
		struct cmsghdr align;
		char space[CMSG_SPACE(KERNEL_MOST * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *head;
	size_t k;

	if (n > 0) {
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(n * sizeof(int));
		for (k = 0; k < n; k++, i++)
			memcpy(CMSG_DATA(head) + k * sizeof(int),
			    &next.fds[i < 3 ? i : 0], sizeof(int));
	}
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) != 1 && errno != EPIPE &&
	    errno != ECONNRESET)
		err(1, "sendmsg");
}

static void
send_request(void)
{
	size_t at = 0, n, sent = 0;

	put_request();
	if (have > next.cut)
		have = next.cut;
	if (next.late && at < have)
		send_all(bytes + at++, 1);
	do {
		n = next.nfds - sent;
		if (n > KERNEL_MOST)
			n = KERNEL_MOST;
		if (at < have)
			send_descriptors(bytes[at++], sent, n);
		sent += n;
	} while (sent < next.nfds && at < have);
	send_all(bytes + at, have - at);
}

static void
print_text(const unsigned char *text, size_t len)
{
	size_t i;

	(void)fputs("TEXT ", report);
	for (i = 0; i < len; i++)
		if (isprint(text[i]) && text[i] != '\\')
			(void)fputc(text[i], report);
		else
			(void)fprintf(report, "\\%03o", text[i]);
	(void)fputc('\n', report);
}

/* Returns 1 if all "len" bytes came; else it has said why not. */
static int
receive_all(unsigned char *data, size_t len, const char *end)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = recv(sock, data + got, len - got, 0);
		if (n == -1 && errno == ECONNRESET)
			(void)fputs("RESET\n", report);
		else if (n == -1)
			err(1, "recv");
		else if (n == 0)
			(void)fprintf(report, "%s\n",
			    got == 0 ? end : "CUT");
		if (n <= 0)
			return 0;
		got += (size_t)n;
	}
	return 1;
}

static uint32_t
get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];
}

static void
print_frame(int type, const unsigned char *data, size_t len)
{
	if (type == 1)
		print_text(data, len);
	else if (type == 2 && len == 0)
		(void)fputs("READY\n", report);
	else if (type == 3 && len == 0)
		(void)fputs("STARTED\n", report);
	else if (type == 4 && len == 5 && data[0] <= 1)
		(void)fprintf(report, "END %s %u\n",
		    data[0] == 0 ? "exit" : "signal", get_u32(data + 1));
	else
		(void)fprintf(report, "TYPE %d, %zu bytes\n", type, len);
	(void)fflush(report);
}

/* Print what comes.  Returns its type, or -1 at the end. */
static int
receive_frame(void)
{
	unsigned char head[5];
	int going;
	size_t len;

	going = receive_all(head, sizeof(head), "EOF");
	len = going ? get_u32(head + 1) : 0;
	if (len > sizeof(bytes))
		errx(1, "a message of %zu bytes", len);
	if (going)
		going = receive_all(bytes, len, "CUT");
	if (going)
		print_frame(head[0], bytes, len);
	(void)fflush(report);
	return going ? head[0] : -1;
}

static void
answer(void)
{
	send_all((const unsigned char *)"\6", 1);
}

static void
receive_until(int last, int answering)
{
	int type;

	do {
		type = receive_frame();
		if (answering && type == 2)
			answer();
	} while (type != -1 && type != last);
}

static int
open_path(const char *path, int flags)
{
	int fd = open(path, flags | O_NOCTTY | O_CLOEXEC);

	/* a directory, or somebody else's file */
	if (fd == -1 && (errno == EISDIR || errno == EACCES))
		fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		err(1, "%s", path);
	return fd;
}

static void
make_file(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		err(1, "%s", path);
	(void)close(fd);
}

static void
wait_for_file(const char *path)
{
	while (access(path, F_OK) == -1)
		(void)usleep(10000);
}

static void
drop(void)
{
	const int null = open_path("/dev/null", O_RDWR);
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if (next.fds[fd] != fd)
			(void)close(next.fds[fd]);
		next.fds[fd] = fd;
		if (dup2(null, fd) == -1)
			err(1, "dup2");
	}
}

static void
own_descriptors(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++)
		next.fds[fd] = fd;
}

static size_t
number(const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno != 0 || end == text || *end != '\0')
		errx(64, "%s: no number", text);
	return value;
}

/* Words without a value.  Returns whether it was one. */
static int
do_word(const char *word)
{
	if (strcmp(word, "request") == 0)
		send_request();
	else if (strcmp(word, "ready") == 0)
		receive_until(2, 0);
	else if (strcmp(word, "answer") == 0)
		answer();
	else if (strcmp(word, "watch") == 0)
		receive_until(-1, 0);
	else if (strcmp(word, "frames") == 0)
		receive_until(-1, 1);
	else if (strcmp(word, "end") == 0)
		receive_until(4, 0);
	else if (strcmp(word, "shutdown") == 0)
		(void)shutdown(sock, SHUT_WR);
	else if (strcmp(word, "drop") == 0)
		drop();
	else if (strcmp(word, "own") == 0)
		own_descriptors();
	else if (strcmp(word, "late") == 0)
		next.late = 1;
	else if (strcmp(word, "nul") == 0)
		next.nul = 1;
	else
		return 0;
	return 1;
}

static void
set_env(const char *value)
{
	if (next.nenv == VARIABLES_MAX)
		errx(64, "more than %d variables", VARIABLES_MAX);
	next.env[next.nenv++] = value;
}

static void
set_number(const char *name, const char *text)
{
	const size_t value = number(text);

	if (strcmp(name, "version") == 0)
		next.version = (uint32_t)value;
	else if (strcmp(name, "fds") == 0)
		next.nfds = value;
	else if (strcmp(name, "trailing") == 0)
		next.trailing = value;
	else if (strcmp(name, "cut") == 0)
		next.cut = value;
	else if (strcmp(name, "length") == 0) {
		next.length = (uint32_t)value;
		next.has_length = 1;
	} else if (strcmp(name, "count") == 0) {
		next.count = (uint32_t)value;
		next.has_count = 1;
	} else
		errx(64, "%s: unknown", name);
}

static void
set_report(const char *path)
{
	if ((report = fopen(path, "ae")) == NULL)
		err(1, "%s", path);
}

static void
do_setting(const char *name, const char *value)
{
	if (strlen(name) == 1 && strchr("012", *name) != NULL)
		next.fds[*name - '0'] = open_path(value, O_RDWR);
	else if (strcmp(name, "opath") == 0)
		next.fds[0] = open_path(value, O_PATH);
	else if (strcmp(name, "command") == 0)
		next.command = value;
	else if (strcmp(name, "env") == 0)
		set_env(value);
	else if (strcmp(name, "tty") == 0)
		next.tty = value;
	else if (strcmp(name, "magic") == 0)
		next.magic = value;
	else if (strcmp(name, "bytes") == 0)
		send_all((const unsigned char *)value, strlen(value));
	else if (strcmp(name, "touch") == 0)
		make_file(value);
	else if (strcmp(name, "wait") == 0)
		wait_for_file(value);
	else if (strcmp(name, "report") == 0)
		set_report(value);
	else
		set_number(name, value);
}

static void
connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(addr.sun_path))
		errx(64, "%s: too long", path);
	memcpy(addr.sun_path, path, strlen(path));
	if ((sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		err(1, "socket");
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		err(1, "%s", path);
}

int
main(int argc, char **argv)
{
	char *equals;
	int i;

	if (argc < 3)
		errx(64, "usage: rawfront SOCKET WORD ...");
	(void)alarm(LIFETIME);
	report = stdout;
	connect_to(argv[1]);
	for (i = 2; i < argc; i++) {
		if (do_word(argv[i]))
			continue;
		if ((equals = strchr(argv[i], '=')) == NULL)
			errx(64, "%s: unknown", argv[i]);
		*equals = '\0';
		do_setting(argv[i], equals + 1);
	}
	if (fclose(report) != 0)
		err(1, "report");
	return 0;
}

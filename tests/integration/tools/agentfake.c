/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * An agent that has no keys and answers as it is told; it has the protocol for
 * a second time, so that a mistake on both sides of ours does not hide itself.
 *
 *	agentfake PATH WORD ...
 *
 * listens at PATH (which is there when it does) and serves each connection in
 * a process of its own, until it is killed.
 *
 *	keys=N		so many in a list, 1 by default
 *	comment=N	each with a comment of so many bytes
 *	log=FILE	a line for all that is seen: "open", "TYPE LENGTH" for a
 *			request, "close", "odd" for what is no request
 *	oneread		what one read(2) gives is a request, or "odd"
 *	only=TYPE	what follows is for requests of that type only:
 *	gate=FILE	make FILE.asked, and reply when FILE is there
 *	reply=WORD	hang	never
 *			die	end, without a reply
 *			header	the length of one, and end
 *			byte	a byte at a time
 *			double	twice
 *			late	a second one as soon as FILE of gate= is there
 *			other	one of another type
 *			huge	one that is longer than any may be
 *			zero	one of no bytes
 *	unasked		a message before anything was asked
 *	noaccept=N	accept nobody, with room for N in the queue
 *
 * A list names ed25519 keys, a signature begins with the first four bytes of
 * the data, an extension succeeds, and everything else is a failure.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST ((size_t)1024 * 1024)
#define LIFETIME 120		/* s; nobody needs us for longer */

static unsigned int keys = 1, comment = 4;
static const char *log_file, *gate;
static const char *reply = "";
static int only = -1, oneread, unasked, noaccept = -1;
static unsigned char in[MOST], out[2 * MOST];
static size_t out_len;

static void
note(const char *text)
{
	char line[64];
	int fd, n;

	if (log_file == NULL)
		return;
	fd = open(log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	n = snprintf(line, sizeof(line), "%s\n", text);
	if (fd == -1 || write(fd, line, (size_t)n) != n)
		err(1, "%s", log_file);
	(void)close(fd);
}

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
put32(uint32_t value)
{
	out[out_len++] = (unsigned char)(value >> 24);
	out[out_len++] = (unsigned char)(value >> 16);
	out[out_len++] = (unsigned char)(value >> 8);
	out[out_len++] = (unsigned char)value;
}

static void
put_string(const void *data, size_t len)
{
	put32((uint32_t)len);
	memcpy(out + out_len, data, len);
	out_len += len;
}

static void
put_key(unsigned int number)
{
	unsigned char key[32] = { 0 };

	key[0] = (unsigned char)(number >> 8);
	key[1] = (unsigned char)number;
	put32(4 + 11 + 4 + 32);
	put_string("ssh-ed25519", 11);
	put_string(key, sizeof(key));
}

static void
put_list(void)
{
	static char text[65536];
	unsigned int i;

	memset(text, 'c', sizeof(text));
	out[out_len++] = 12;
	put32(keys);
	for (i = 0; i < keys; i++) {
		put_key(i);
		put_string(text, comment);
	}
}

static void
put_signature(const unsigned char *body, size_t len)
{
	unsigned char bytes[64] = { 0 };
	size_t key;

	key = len >= 5 ? get32(body + 1) : 0;
	if (key < len && len - key >= 13)
		memcpy(bytes, body + 1 + 4 + key + 4, 4);
	out[out_len++] = 14;
	put32(4 + 11 + 4 + 64);
	put_string("ssh-ed25519", 11);
	put_string(bytes, sizeof(bytes));
}

/* One reply, in "out". */
static void
compose(const unsigned char *body, size_t len)
{
	out_len = 4;
	switch (body[0]) {
	case 11:
		put_list();
		break;
	case 13:
		put_signature(body, len);
		break;
	case 27:
		out[out_len++] = 6;
		break;
	default:
		out[out_len++] = 5;
	}
	len = out_len;
	out_len = 0;
	put32((uint32_t)(len - 4));
	out_len = len;
}

static void
send_all(int fd, const unsigned char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		if ((n = write(fd, data, len)) == -1)
			exit(0);
	}
}

static void
wait_at_gate(void)
{
	char name[4096];
	int fd;

	(void)snprintf(name, sizeof(name), "%s.asked", gate);
	if ((fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) == -1)
		err(1, "%s", name);
	(void)close(fd);
	while (access(gate, F_OK) == -1)
		(void)usleep(5000);
}

static void
answer_oddly(int fd)
{
	size_t i;

	if (strcmp(reply, "hang") == 0) {
		for (;;)
			(void)pause();
	}
	if (strcmp(reply, "die") == 0)
		exit(0);
	if (strcmp(reply, "header") == 0) {
		send_all(fd, out, 4);
		exit(0);
	}
	if (strcmp(reply, "byte") == 0) {
		for (i = 0; i < out_len; i++)
			send_all(fd, out + i, 1);
		return;
	}
	if (strcmp(reply, "other") == 0)
		out[4] = 29;
	if (strcmp(reply, "huge") == 0) {
		memset(out, 0, 4);
		out[1] = 4;
		out[3] = 1;
	}
	if (strcmp(reply, "zero") == 0)
		memset(out, 0, 4);
	if (strcmp(reply, "double") == 0) {
		memcpy(out + out_len, out, out_len);
		out_len *= 2;
	}
	send_all(fd, out, out_len);
	if (strcmp(reply, "late") == 0) {
		wait_at_gate();
		send_all(fd, out, out_len);
	}
}

static void
handle(int fd, const unsigned char *body, size_t len)
{
	char line[64];
	const int odd = only == -1 || only == body[0];

	(void)snprintf(line, sizeof(line), "%d %zu", body[0], len);
	note(line);
	compose(body, len);
	if (odd && gate != NULL && strcmp(reply, "late") != 0)
		wait_at_gate();
	if (odd)
		answer_oddly(fd);
	else
		send_all(fd, out, out_len);
}

/* Returns how many bytes were a request, 0 if it is not whole. */
static size_t
next_request(int fd, size_t have)
{
	size_t len;

	if (have < 4)
		return 0;
	len = get32(in);
	if (len == 0 || len > MOST - 4)
		exit(0);
	if (have < 4 + len)
		return 0;
	handle(fd, in + 4, len);
	return 4 + len;
}

static void
note_close(void)
{
	note("close");
}

static void
serve(int fd)
{
	size_t have = 0, used;
	ssize_t n;

	note("open");
	(void)atexit(note_close);
	if (unasked)
		send_all(fd, (const unsigned char *)"\0\0\0\1\6", 5);
	while ((n = read(fd, in + have, sizeof(in) - have)) > 0) {
		have += (size_t)n;
		while ((used = next_request(fd, have)) > 0) {
			have -= used;
			memmove(in, in + used, have);
			if (oneread)
				break;
		}
		if (oneread && have > 0) {
			note("odd");
			break;
		}
	}
	exit(0);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s.new", path);
	if (fd == -1 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(fd, noaccept == -1 ? 4096 : noaccept) == -1 ||
	    rename(addr.sun_path, path) == -1)
		err(1, "%s", path);
	return fd;
}

static int
option(const char *word)
{
	const char *value = strchr(word, '=');

	if (value == NULL) {
		if (strcmp(word, "oneread") == 0)
			oneread = 1;
		else if (strcmp(word, "unasked") == 0)
			unasked = 1;
		else
			return -1;
		return 0;
	}
	value++;
	if (strncmp(word, "keys=", 5) == 0)
		keys = (unsigned int)atoi(value);
	else if (strncmp(word, "comment=", 8) == 0)
		comment = (unsigned int)atoi(value);
	else if (strncmp(word, "log=", 4) == 0)
		log_file = value;
	else if (strncmp(word, "only=", 5) == 0)
		only = atoi(value);
	else if (strncmp(word, "gate=", 5) == 0)
		gate = value;
	else if (strncmp(word, "reply=", 6) == 0)
		reply = value;
	else if (strncmp(word, "noaccept=", 9) == 0)
		noaccept = atoi(value);
	else
		return -1;
	return 0;
}

int
main(int argc, char **argv)
{
	int conn, fd, i;

	if (argc < 2)
		errx(64, "usage: agentfake PATH WORD ...");
	for (i = 2; i < argc; i++) {
		if (option(argv[i]) == -1)
			errx(64, "%s: unknown", argv[i]);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)alarm(LIFETIME);
	fd = listen_at(argv[1]);
	while (noaccept != -1)
		(void)pause();
	while ((conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) != -1) {
		if (fork() == 0) {
			(void)alarm(LIFETIME);
			(void)close(fd);
			serve(conn);
		}
		(void)close(conn);
	}
	err(1, "accept");
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A client of agents that does what it is told, and not always what it may.
 *
 *	agenttalk PATH WORD ...
 *
 * connects (unless a word says otherwise), does what the words say, one after
 * the other, and prints a line for each reply: "TYPE LENGTH", with " #N" for
 * signatures, N being the number of the request.
 *
 * What is to be sent is put together:
 *	list  sign  type=N	a request; a type is sent with no more than that
 *	size=N			one of type 11 that is N bytes long
 *	claim=N			only a length
 *	head=N			the first N bytes of a list, and no more of it
 *	extension=NAME		one, with nothing else in it
 *	again=N			the last of these so many times more
 * and sent:
 *	send			in one write
 *	parts			each length and each body in one of its own
 *	bytes			a byte at a time
 *	pump			in one go without waiting; prints how much of it
 *				went, "PUMPED all" or "PUMPED some"
 * What comes is read:
 *	reply			one; "EOF", "CUT" or "RESET" if there is none
 *	replies=N		so many, as long as there are any
 *	rest			until there are none
 *	quiet=MS		nothing comes for so long: "QUIET", or "NOISE"
 * and the rest:
 *	half			say that we send no more
 *	idle=N			so many more connections, each of which sends
 *				what was put together, and stays
 *	anew			close the connection and make another
 *	times=N			all words behind this one, N times, each time
 *				with a connection of its own
 *	touch=FILE  wait=FILE	make a file; wait until there is one
 *	child			who connected is gone, a child of his goes on
 *	pid=FILE		write our number there
 */

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST ((size_t)4 * 1024 * 1024)
#define LIFETIME 120		/* s; nobody needs us for longer */
/* An ed25519 key that nobody has. */
#define ANY_KEY "0000000b7373682d6564323535313900000020" \
    "0000000000000000000000000000000000000000000000000000000000000000"

static unsigned char out[MOST], in[MOST];
static size_t out_len, last;
static unsigned char key[4096];
static size_t key_len;
static uint32_t number;
static int fd = -1;
static const char *path;

static void
connect_to(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", path);
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
set_key(const char *hex)
{
	unsigned int byte;

	for (key_len = 0; key_len < sizeof(key) &&
	    sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		key[key_len++] = (unsigned char)byte;
		if (hex[1] == '\0')
			break;
	}
}

/* Signs its own number, in 4 bytes. */
static void
put_sign(void)
{
	put32(1 + 4 + (uint32_t)key_len + 4 + 4 + 4);
	out[out_len++] = 13;
	put_string(key, key_len);
	put32(4);
	put32(++number);
	put32(0);
}

static void
put_filled(uint32_t len, unsigned char type)
{
	put32(len);
	memset(out + out_len, 'x', len);
	if (len > 0)
		out[out_len] = type;
	out_len += len;
}

static int
compose(const char *word)
{
	const char *value = strchr(word, '=');
	const size_t before = out_len;

	value = value == NULL ? "" : value + 1;
	if (strcmp(word, "list") == 0)
		put_filled(1, 11);
	else if (strcmp(word, "sign") == 0)
		put_sign();
	else if (strncmp(word, "type=", 5) == 0)
		put_filled(1, (unsigned char)atoi(value));
	else if (strncmp(word, "size=", 5) == 0)
		put_filled((uint32_t)atoi(value), 11);
	else if (strncmp(word, "claim=", 6) == 0)
		put32((uint32_t)strtoul(value, NULL, 0));
	else if (strncmp(word, "head=", 5) == 0) {
		put_filled(1, 11);
		out_len = before + (size_t)atoi(value);
	} else if (strncmp(word, "extension=", 10) == 0) {
		put32(1 + 4 + (uint32_t)strlen(value));
		out[out_len++] = 27;
		put_string(value, strlen(value));
	} else
		return 0;
	last = before;
	return 1;
}

static void
repeat(int times)
{
	const size_t len = out_len - last;
	const int is_sign = len > 4 && out[last + 4] == 13;

	for (; times > 0; times--) {
		if (is_sign)
			put_sign();
		else {
			memcpy(out + out_len, out + last, len);
			out_len += len;
		}
	}
}

static void
send_some(const unsigned char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		if ((n = write(fd, data, len)) == -1) {
			if (errno == EPIPE || errno == ECONNRESET)
				return;
			err(1, "write");
		}
	}
}

static size_t
body_of(size_t at)
{
	return (size_t)out[at] << 24 | (size_t)out[at + 1] << 16 |
	    (size_t)out[at + 2] << 8 | out[at + 3];
}

static void
send_parts(void)
{
	size_t at, len;

	for (at = 0; at < out_len; at += 4 + len) {
		len = body_of(at);
		send_some(out + at, 4);
		send_some(out + at + 4, len);
	}
}

static void
pump(void)
{
	ssize_t n;
	size_t at = 0;

	while (at < out_len) {
		n = send(fd, out + at, out_len - at, MSG_DONTWAIT);
		if (n == -1)
			break;
		at += (size_t)n;
	}
	puts(at == out_len ? "PUMPED all" : "PUMPED some");
}

static int
transmit(const char *word)
{
	size_t i;

	if (strcmp(word, "send") == 0)
		send_some(out, out_len);
	else if (strcmp(word, "parts") == 0)
		send_parts();
	else if (strcmp(word, "bytes") == 0) {
		for (i = 0; i < out_len; i++)
			send_some(out + i, 1);
	} else if (strcmp(word, "pump") == 0)
		pump();
	else
		return 0;
	out_len = 0;
	return 1;
}

/* Returns 1, or 0 after it has said why there is no more. */
static int
receive(size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = read(fd, in + have, len - have);
		if (n > 0) {
			have += (size_t)n;
			continue;
		}
		puts(n == -1 ? "RESET" : have > 0 || len != 4 ? "CUT" : "EOF");
		return 0;
	}
	return 1;
}

static int
read_reply(void)
{
	size_t len;

	if (!receive(4))
		return 0;
	len = (size_t)in[0] << 24 | (size_t)in[1] << 16 | (size_t)in[2] << 8 |
	    in[3];
	if (len == 0 || len > sizeof(in))
		errx(1, "a reply of %zu bytes", len);
	if (!receive(len))
		return 0;
	if (in[0] == 14 && len >= 28)
		printf("14 %zu #%u\n", len, (unsigned int)in[24] << 24 |
		    (unsigned int)in[25] << 16 | (unsigned int)in[26] << 8 |
		    in[27]);
	else
		printf("%d %zu\n", in[0], len);
	return 1;
}

static void
read_replies(int most)
{
	while (most-- != 0 && read_reply())
		;
}

static void
be_quiet(int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	puts(poll(&pfd, 1, ms) == 0 ? "QUIET" : "NOISE");
}

static int
take(const char *word)
{
	if (strcmp(word, "reply") == 0)
		read_replies(1);
	else if (strncmp(word, "replies=", 8) == 0)
		read_replies(atoi(word + 8));
	else if (strcmp(word, "rest") == 0)
		read_replies(-1);
	else if (strncmp(word, "quiet=", 6) == 0)
		be_quiet(atoi(word + 6));
	else
		return 0;
	(void)fflush(stdout);
	return 1;
}

static void
make(const char *name, int with_pid)
{
	int file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (file == -1 || (with_pid && dprintf(file, "%d\n", getpid()) < 0))
		err(1, "%s", name);
	(void)close(file);
}

static void
make_idle(int count)
{
	const int first = fd;

	for (; count > 0; count--) {
		connect_to();
		send_some(out, out_len);
	}
	out_len = 0;
	fd = first;
}

static void
become_child(void)
{
	const pid_t parent = getpid();
	const pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid != 0)
		_exit(0);
	(void)alarm(LIFETIME);
	while (getppid() == parent)
		(void)usleep(1000);
}

static int
act(const char *word)
{
	if (strcmp(word, "half") == 0)
		(void)shutdown(fd, SHUT_WR);
	else if (strcmp(word, "anew") == 0) {
		(void)close(fd);
		connect_to();
	} else if (strcmp(word, "child") == 0)
		become_child();
	else if (strncmp(word, "idle=", 5) == 0)
		make_idle(atoi(word + 5));
	else if (strncmp(word, "touch=", 6) == 0)
		make(word + 6, 0);
	else if (strncmp(word, "pid=", 4) == 0)
		make(word + 4, 1);
	else if (strncmp(word, "wait=", 5) == 0) {
		while (access(word + 5, F_OK) == -1)
			(void)usleep(5000);
	} else
		return 0;
	return 1;
}

static void
perform(char *const *words)
{
	for (; *words != NULL; words++) {
		if (strncmp(*words, "again=", 6) == 0)
			repeat(atoi(*words + 6));
		else if (strncmp(*words, "key=", 4) == 0)
			set_key(*words + 4);
		else if (!compose(*words) && !transmit(*words) &&
		    !take(*words) && !act(*words))
			errx(64, "%s: unknown", *words);
	}
}

int
main(int argc, char **argv)
{
	struct rlimit limit;
	int times = 1;

	if (argc < 3)
		errx(64, "usage: agenttalk PATH WORD ...");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm(LIFETIME);
	set_key(ANY_KEY);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	path = argv[1];
	argv += 2;
	if (strncmp(*argv, "times=", 6) == 0)
		times = atoi(*argv++ + 6);
	for (; times > 0; times--) {
		connect_to();
		perform(argv);
		(void)close(fd);
	}
	return 0;
}

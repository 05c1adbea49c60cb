/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * How fast a keeper of sessions is, seen from the terminal that it is looked
 * at with; this program is the terminal's other end, and never the slow one.
 * The sides of the file (ptyside.h) in turn, so that what slows the machine
 * down slows all of them down; the first one is what the others' ratios are
 * to, round by round.
 *
 *	ptybench SIDES ROUNDS INNER DIRECTORY WHAT ...
 *	  cat FILE		cat(1) of the file in the session
 *	  echo | type KEYS [MS]	one key at a time, echoed by the program in the
 *				session, or by its terminal; after a pause of
 *				so many milliseconds, as by a person
 *	  paint			from the start of "attach" until what the
 *				screen showed is there
 */

#include "tests/bench/ptyside.h"
#include "helpers/pty-broker/proto.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <endian.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK_LEN 12
#define READ_SIZE 65536

/* What is looked through: a terminal, or a socket with frames. */
struct view {
	struct seat seat;
	int fd;
	int framed;
	size_t bytes;			/* so far */
	char tail[MARK_LEN];		/* of what was read */
	size_t ntail;
	const char *name;
};

static size_t rounds;
static const char *file_name;
static double file_mib;
static size_t keys;
static int pause_ms;

static void
wait_readable(const struct view *view)
{
	struct pollfd pfd = { .fd = view->fd, .events = POLLIN };

	if (poll(&pfd, 1, 60000) != 1)
		errx(1, "%s: nothing for a minute", view->name);
}

/*
 * The bytes of a packet for the screen, or none: those of output have their
 * offset before them.
 */
static size_t
unpack(const struct view *view, char *buf, size_t len)
{
	size_t head = 1;

	if (buf[0] == PROTO_OUTPUT)
		head += 8;
	else if (buf[0] == PROTO_REFUSED || buf[0] == PROTO_EXIT)
		errx(1, "%s: refused, or ended: %.*s", view->name,
		    (int)len - 1, buf + 1);
	else if (buf[0] != PROTO_PAINT)
		return 0;
	if (len <= head)
		return 0;
	memmove(buf, buf + head, len - head);
	return len - head;
}

/* At least a byte, unless "now" is set.  Returns how many. */
static size_t
take(struct view *view, char *buf, int now)
{
	ssize_t r;

	for (;;) {
		r = read(view->fd, buf, READ_SIZE);
		if (r > 0 && view->framed)
			r = (ssize_t)unpack(view, buf, (size_t)r);
		else if (r == 0 || (r == -1 && errno != EAGAIN))
			err(1, "%s: ended", view->name);
		if (r > 0) {
			view->bytes += (size_t)r;
			return (size_t)r;
		}
		if (r == -1 && now)
			return 0;
		if (r == -1)
			wait_readable(view);
	}
}

/* Read until it is there. */
static void
take_until(struct view *view, const char *mark)
{
	static char buf[MARK_LEN + READ_SIZE];
	const size_t mark_len = strlen(mark);
	size_t n;

	for (;;) {
		n = take(view, buf + MARK_LEN, 0);
		memcpy(buf + MARK_LEN - view->ntail, view->tail, view->ntail);
		if (memmem(buf + MARK_LEN - view->ntail, view->ntail + n, mark,
		    mark_len) != NULL)
			break;
		if (n >= MARK_LEN) {
			view->ntail = MARK_LEN;
			memcpy(view->tail, buf + n, MARK_LEN);
			continue;
		}
		view->ntail = view->ntail + n < MARK_LEN ?
		    view->ntail + n : MARK_LEN;
		memcpy(view->tail, buf + MARK_LEN + n - view->ntail,
		    view->ntail);
	}
	view->ntail = 0;
}

static void
put(const struct view *view, const char *text, size_t len)
{
	char packet[1 + 1024];

	if (view->framed) {
		packet[0] = PROTO_INPUT;
		memcpy(packet + 1, text, len);
		text = packet;
		len++;
	}
	if (write(view->fd, text, len) != (ssize_t)len)
		err(1, "%s: write", view->name);
}

/* What no screen shows yet. */
static void
make_mark(char *mark)
{
	size_t i;

	mark[0] = mark[MARK_LEN - 1] = '=';
	for (i = 1; i < MARK_LEN - 1; i++)
		mark[i] = (char)('A' + random() % 26);
	mark[MARK_LEN] = '\0';
}

/* "WORDS MARK" is typed, and a fresh mark with it. */
static void
order(const struct view *view, const char *words, char *mark)
{
	char line[1024];
	int n;

	make_mark(mark);
	n = snprintf(line, sizeof(line), "%s %s\r", words, mark);
	put(view, line, (size_t)n);
}

static void
look(struct view *view, const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	unsigned char hello[5] = { PROTO_HELLO }, attach[23] = { PROTO_ATTACH };
	const unsigned int version = htobe32(PROTO_VERSION);
	const unsigned short size[2] = { htobe16(24), htobe16(80) };

	memcpy(hello + 1, &version, 4);
	memcpy(attach + 13, size, 4);
	if (strlen(path) >= sizeof(sa.sun_path))
		errx(1, "%s: too long", path);
	memcpy(sa.sun_path, path, strlen(path));
	view->framed = 1;
	view->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (view->fd == -1 || connect(view->fd, (struct sockaddr *)&sa,
	    sizeof(sa)) == -1 ||
	    write(view->fd, hello, sizeof(hello)) != sizeof(hello) ||
	    write(view->fd, attach, sizeof(attach)) != sizeof(attach))
		err(1, "%s", path);
}

/* Non-blocking from here on, as a terminal is. */
static void
open_view(struct view *view, const char *name, const char *words,
    const char *session)
{
	char *path = side_socket(words, session);
	int on = 1;

	memset(view, 0, sizeof(*view));
	view->name = name;
	view->seat.master = -1;
	if (path == NULL) {
		view->seat = side_start(words, session, 1);
		view->fd = view->seat.master;
		return;
	}
	look(view, path);
	if (ioctl(view->fd, FIONBIO, &on) == -1)
		err(1, "FIONBIO");
	free(path);
}

static void
close_view(struct view *view)
{
	if (view->framed)
		(void)close(view->fd);
	side_leave(&view->seat);
}

/* A session that is new, seen up to the first word of the program in it. */
static void
begin(struct view *view, const struct side *side, const char *session)
{
	if (side->both[0] == '@')
		(void)side_start(side->create, session, 0);
	open_view(view, side->name, side->both, session);
	take_until(view, "=READY=");
}

static void
measure_cat(struct side *side, const char *session, double *figure)
{
	char mark[MARK_LEN + 1], words[600];
	struct view view;
	double start;

	begin(&view, side, session);
	(void)snprintf(words, sizeof(words), "cat %s", file_name);
	view.bytes = 0;
	start = side_now();
	order(&view, words, mark);
	take_until(&view, mark);
	figure[0] = file_mib * 1e3 / (side_now() - start);
	figure[2] = (double)view.bytes / (file_mib * 1024 * 1024);
	/* Its processes are counted when they have ended. */
	figure[1] = side_end_all() / file_mib;
	close_view(&view);
}

/*
 * Keys that occur in no escape sequence, so that what a keeper adds is not
 * taken for the echo.  Returns the microseconds.
 */
static double
one_key(struct view *view, size_t i)
{
	static const char letters[] = "!#&*,.^~";
	static char buf[READ_SIZE];
	const char key = letters[i % (sizeof(letters) - 1)];
	double start;
	size_t n;

	if (pause_ms > 0)
		(void)poll(NULL, 0, pause_ms);
	while (take(view, buf, 1) > 0)
		;
	start = side_now();
	put(view, &key, 1);
	do
		n = take(view, buf, 0);
	while (memchr(buf, key, n) == NULL);
	return (side_now() - start) * 1e3;
}

static void
measure_keys(struct side *side, const char *session, const char *word,
    double *figure)
{
	double *us = calloc(keys, sizeof(double));
	char mark[MARK_LEN + 1];
	struct view view;
	size_t i;

	if (us == NULL)
		err(1, NULL);
	begin(&view, side, session);
	order(&view, word, mark);
	take_until(&view, mark);
	for (i = 0; i < keys; i++)
		us[i] = one_key(&view, i);
	figure[0] = side_quantile(us, keys, 0.5);
	figure[1] = side_quantile(us, keys, 0.99);
	free(us);
	(void)side_end_all();
	close_view(&view);
}

/* Somebody was there and has left; the screen has the mark on it. */
static void
measure_paint(struct side *side, const char *session, double *figure)
{
	char mark[MARK_LEN + 1];
	struct view view;
	double start;

	begin(&view, side, session);
	order(&view, "paint", mark);
	take_until(&view, mark);
	close_view(&view);
	/* Whoever attached is gone; a socket has nobody to wait for. */
	if (view.seat.pid > 0)
		(void)waitpid(view.seat.pid, NULL, 0);
	start = side_now();
	open_view(&view, side->name, side->attach, session);
	take_until(&view, mark);
	figure[0] = side_now() - start;
	figure[1] = (double)view.bytes;
	(void)side_end_all();
	close_view(&view);
}

static void
measure(struct side *side, const char *what)
{
	static unsigned int serial;
	double figure[3] = { 0, 0, 0 };
	char session[32];
	size_t i;

	(void)snprintf(session, sizeof(session), "b%u", serial++);
	if (strcmp(what, "cat") == 0)
		measure_cat(side, session, figure);
	else if (strcmp(what, "paint") == 0)
		measure_paint(side, session, figure);
	else
		measure_keys(side, session, what, figure);
	for (i = 0; i < 3; i++)
		side->figure[i][side->n] = figure[i];
	side->n++;
}

/* What is printed: the median, and that of the ratios in each round. */
static void
print_figure(const struct side *side, const struct side *first, int k,
    int spread)
{
	double *values = calloc(rounds, sizeof(double));
	double *ratios = calloc(rounds, sizeof(double));
	size_t i;

	if (values == NULL || ratios == NULL)
		err(1, NULL);
	for (i = 0; i < rounds; i++) {
		values[i] = side->figure[k][i];
		ratios[i] = first->figure[k][i] > 0 ?
		    values[i] / first->figure[k][i] : 0;
	}
	printf(" %9.2f", side_quantile(values, rounds, 0.5));
	printf(" %7.3f", side_quantile(ratios, rounds, 0.5));
	if (spread)
		printf(" %7.3f %7.3f", side_quantile(ratios, rounds, 0.25),
		    side_quantile(ratios, rounds, 0.75));
	free(values);
	free(ratios);
}

static void
print(struct side *sides, size_t n, const char *what)
{
	size_t i;

	if (strcmp(what, "cat") == 0)
		printf("%-26s %9s %7s %7s %7s %9s %7s %7s\n", "", "MiB/s",
		    "ratio", "quarter", "quarter", "cpu/MiB", "ratio", "seen");
	else if (strcmp(what, "paint") == 0)
		printf("%-26s %9s %7s %7s %7s %9s\n", "", "ms", "ratio",
		    "quarter", "quarter", "bytes");
	else
		printf("%-26s %9s %7s %7s %7s %9s %7s\n", "", "p50, us",
		    "ratio", "quarter", "quarter", "p99, us", "ratio");
	for (i = 0; i < n; i++) {
		printf("%-26s", sides[i].name);
		print_figure(&sides[i], &sides[0], 0, 1);
		if (strcmp(what, "paint") == 0)
			printf(" %9.0f", side_quantile(sides[i].figure[1],
			    rounds, 0.5));
		else
			print_figure(&sides[i], &sides[0], 1, 0);
		if (strcmp(what, "cat") == 0)
			printf(" %7.2f", side_quantile(sides[i].figure[2],
			    rounds, 0.5));
		putchar('\n');
	}
}

static void
read_what(int argc, char **argv)
{
	FILE *file;

	if (argc == 7 && strcmp(argv[5], "cat") == 0) {
		file_name = argv[6];
		file = fopen(file_name, "re");
		if (file == NULL || fseek(file, 0, SEEK_END) == -1)
			err(1, "%s", file_name);
		file_mib = (double)ftell(file) / 1024 / 1024;
		(void)fclose(file);
	} else if ((argc == 7 || argc == 8) && (strcmp(argv[5], "echo") == 0 ||
	    strcmp(argv[5], "type") == 0)) {
		keys = strtoul(argv[6], NULL, 10);
		pause_ms = argc == 8 ? atoi(argv[7]) : 0;
		/* A line of the terminal's has no room for more. */
		if (keys == 0 || keys > 4000)
			errx(64, "KEYS: 1 to 4000");
	} else if (argc != 6 || strcmp(argv[5], "paint") != 0)
		errx(64, "usage: ptybench SIDES ROUNDS INNER DIRECTORY WHAT");
}

int
main(int argc, char **argv)
{
	static struct side sides[SIDES_MAX];
	size_t n, round, i, k;

	if (argc < 6 || (rounds = strtoul(argv[2], NULL, 10)) == 0)
		errx(64, "usage: ptybench SIDES ROUNDS INNER DIRECTORY WHAT");
	read_what(argc, argv);
	n = side_read(argv[1], sides, rounds + 1);
	side_inner(argv[3], argv[4]);
	side_adopt();
	for (i = 0; i < n; i++) {
		measure(&sides[i], argv[5]);	/* not counted */
		sides[i].n = 0;
	}
	for (round = 0; round < rounds; round++)
		for (i = 0; i < n; i++) {
			/* There and back: nobody is always behind. */
			k = round % 2 == 0 ? i : n - 1 - i;
			measure(&sides[k], argv[5]);
		}
	print(sides, n, argv[5]);
	return 0;
}

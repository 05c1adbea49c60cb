/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Sits at a terminal for a test: runs a command on a new pty and carries out
 * the lines of standard input one by one.
 *
 *	expect TEXT	wait until it appears, after what was expected before
 *	send TEXT	type it
 *	resize ROWS COLS
 *	signal NUMBER	send it to the command
 *	hangup		close the terminal
 *	touch FILE	tell the test that this line was reached
 *	await FILE	wait until the test has made the file
 *
 * TEXT knows \r \n \t \e \\ and \xHH.  Everything that the terminal shows
 * goes to standard output.  After the last line it waits for the command, and
 * ends as that did; a line that fails, or the time limit, ends both with 99.
 */

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SCREEN_MAX (4 * 1024 * 1024)

static int master = -1;
static pid_t child = -1;
static time_t limit = 15;	/* seconds for one line */
static char *shown;		/* all that the terminal showed */
static size_t shown_len;
static size_t seen;		/* up to here it was expected */
static int child_status;
static int child_ended;

static void
give_up(const char *why, const char *what)
{
	fflush(stdout);
	fprintf(stderr, "drive: %s: %s\n", what, why);
	if (child > 0 && !child_ended)
		kill(child, SIGKILL);
	exit(99);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
c_escape(const char **text)
{
	char hex[3] = "";

	switch (*(*text)++) {
	case 'r':
		return '\r';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'e':
		return 27;
	case '\\':
		return '\\';
	case 'x':
		if ((*text)[0] == '\0' || (*text)[1] == '\0')
			break;
		memcpy(hex, *text, 2);
		*text += 2;
		return (int)strtol(hex, NULL, 16);
	default:
		break;
	}
	errx(64, "bad escape before \"%s\"", *text);
}

/* Undo the escapes in place.  Returns the length. */
static size_t
unescape(char *text)
{
	const char *from = text;
	size_t n = 0;

	while (*from != '\0') {
		if (*from == '\\') {
			from++;
			text[n++] = (char)c_escape(&from);
		} else
			text[n++] = *from++;
	}
	text[n] = '\0';
	return n;
}

static void
start(char **argv, const struct winsize *size)
{
	const char *name;
	int slave;

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
	    (name = ptsname(master)) == NULL)
		err(99, "posix_openpt");
	/* Held open for a moment, or the size is lost with the last close. */
	if ((slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 ||
	    ioctl(master, TIOCSWINSZ, size) != 0)
		err(99, "%s", name);
	if ((child = fork()) < 0)
		err(99, "fork");
	if (child == 0) {
		setsid();
		if (ioctl(slave, TIOCSCTTY, 0) != 0 || dup2(slave, 0) < 0 ||
		    dup2(slave, 1) < 0 || dup2(slave, 2) < 0)
			_exit(99);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	close(slave);
}

/* Take in what the terminal shows, for at most some milliseconds. */
static void
pump(int milliseconds)
{
	struct pollfd pfd = { .fd = master, .events = POLLIN };
	ssize_t n = 0;

	if (master < 0 || shown_len == SCREEN_MAX) {
		usleep((useconds_t)milliseconds * 1000);
	} else if (poll(&pfd, 1, milliseconds) > 0) {
		n = read(master, shown + shown_len, SCREEN_MAX - shown_len);
		if (n > 0) {
			fwrite(shown + shown_len, 1, (size_t)n, stdout);
			fflush(stdout);
			shown_len += (size_t)n;
		} else if (n == 0 || errno == EIO)
			usleep((useconds_t)milliseconds * 1000);
	}
	if (n <= 0 && !child_ended &&
	    waitpid(child, &child_status, WNOHANG) == child)
		child_ended = 1;
}

static int
find(const char *text, size_t len)
{
	char *hit;

	if ((hit = memmem(shown + seen, shown_len - seen, text, len)) == NULL)
		return 0;
	seen = (size_t)(hit - shown) + len;
	return 1;
}

static void
do_expect(char *text)
{
	double end = now() + (double)limit;
	char what[256];
	size_t len;
	int ended = 0;

	snprintf(what, sizeof(what), "expect %s", text);
	len = unescape(text);
	while (!find(text, len)) {
		if (now() > end)
			give_up("not seen in time", what);
		/* One more look after its end: the pty may hold the rest. */
		if (ended++ > 1)
			give_up("the command ended", what);
		pump(20);
		if (!child_ended)
			ended = 0;
	}
}

static void
do_send(char *text)
{
	size_t len, done = 0;
	ssize_t n;

	len = unescape(text);
	while (done < len) {
		if ((n = write(master, text + done, len - done)) < 0)
			give_up(strerror(errno), "send");
		done += (size_t)n;
	}
}

static void
do_resize(char *text)
{
	struct winsize size = { 0 };

	if (sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col) != 2 ||
	    ioctl(master, TIOCSWINSZ, &size) != 0)
		give_up(strerror(errno), "resize");
}

static void
do_signal(char *text)
{
	if (kill(child, atoi(text)) != 0)
		give_up(strerror(errno), "signal");
}

static void
do_hangup(char *text)
{
	(void)text;
	close(master);
	master = -1;
}

static void
do_touch(char *text)
{
	int fd;

	if ((fd = open(text, O_CREAT | O_WRONLY | O_CLOEXEC, 0666)) < 0)
		give_up(strerror(errno), text);
	close(fd);
}

static void
do_await(char *text)
{
	double end = now() + (double)limit;
	struct stat st;

	while (stat(text, &st) != 0) {
		if (now() > end)
			give_up("not there in time", text);
		pump(20);
	}
}

static const struct {
	const char *name;
	void (*run)(char *text);
} verbs[] = {
	{ "expect", do_expect },
	{ "send", do_send },
	{ "resize", do_resize },
	{ "signal", do_signal },
	{ "hangup", do_hangup },
	{ "touch", do_touch },
	{ "await", do_await },
};

static void
run_line(char *line)
{
	size_t i, len;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '\0' || line[0] == '#')
		return;
	len = strcspn(line, " ");
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strlen(verbs[i].name) == len &&
		    strncmp(line, verbs[i].name, len) == 0) {
			verbs[i].run(line + len + (line[len] != '\0'));
			return;
		}
	}
	give_up("no such verb", line);
}

int
main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char line[4096];
	size_t before;
	double end;
	int ch;

	while ((ch = getopt(argc, argv, "+s:t:")) != -1) {
		if (ch == 's')
			sscanf(optarg, "%hux%hu", &size.ws_row, &size.ws_col);
		else if (ch == 't')
			limit = atoi(optarg);
		else
			return 64;
	}
	if (argc == optind)
		errx(64, "usage: drive [-s ROWSxCOLS] [-t SECONDS] COMMAND");
	signal(SIGPIPE, SIG_DFL);
	if ((shown = malloc(SCREEN_MAX)) == NULL)
		err(99, NULL);
	start(argv + optind, &size);
	while (fgets(line, sizeof(line), stdin) != NULL)
		run_line(line);
	for (end = now() + (double)limit; !child_ended; pump(20)) {
		if (now() > end)
			give_up("did not end in time", argv[optind]);
	}
	do {
		before = shown_len;
		pump(0);
	} while (shown_len != before);
	if (WIFSIGNALED(child_status))
		return 128 + WTERMSIG(child_status);
	return WEXITSTATUS(child_status);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The program in a session whose keeper is measured (ptybench.c, ptyidle.c).
 * It prints MARK "READY" and does what is typed, a line each:
 *
 *	cat FILE MARK	cat(1) writes the file; then MARK
 *	echo MARK	MARK, then every key is written back by this program
 *	type MARK	MARK, then every key is echoed by the terminal alone
 *	paint MARK	MARK, now and whenever the window has changed
 *
 * "echo" and "type" end with a newline.  The end of input ends all.
 *
 *	ptyinner [LINES]	with so many lines of text first
 *	ptyinner text KIND BYTES	a text on standard output: plain,
 *					coloured (SGR), utf8
 */

#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static volatile sig_atomic_t resized;

static void
on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

/* Without stdio, whose buffers would be part of what is measured. */
static void
say(const char *text)
{
	if (write(1, text, strlen(text)) == -1)
		_exit(1);
}

static void
set_terminal(int canonical, int echoed)
{
	struct termios t;

	if (tcgetattr(0, &t) == -1)
		err(1, "tcgetattr");
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_lflag |= (canonical ? ICANON : 0U) | (echoed ? ECHO : 0U);
	if (tcsetattr(0, TCSANOW, &t) == -1)
		err(1, "tcsetattr");
}

/* A line without its end; 0 at the end of input or when interrupted. */
static int
read_line(char *line, size_t size)
{
	ssize_t r = read(0, line, size - 1);

	if (r <= 0) {
		if (r == -1 && errno == EINTR)
			return 0;
		_exit(0);
	}
	line[r] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return 1;
}

/* "FILE MARK" */
static void
cat(char *words)
{
	char *mark = strchr(words, ' ');
	char name[] = "cat", *argv[] = { name, words, NULL };
	pid_t pid;

	if (mark == NULL)
		errx(64, "cat FILE MARK");
	*mark++ = '\0';
	if (posix_spawnp(&pid, name, NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, NULL, 0) != pid)
		err(1, "cat");
	say(mark);
}

static void
echo(const char *mark)
{
	char keys[256];
	ssize_t r;

	set_terminal(0, 0);
	say(mark);
	while ((r = read(0, keys, sizeof(keys))) > 0) {
		if (keys[r - 1] == '\n' || keys[r - 1] == '\r')
			break;
		if (write(1, keys, (size_t)r) != r)
			_exit(1);
	}
	set_terminal(1, 0);
}

/* In canonical mode nobody is woken before the line is whole. */
static void
type(const char *mark)
{
	char line[4096];

	set_terminal(1, 1);
	say(mark);
	read_line(line, sizeof(line));
	set_terminal(1, 0);
}

static void
paint(const char *mark)
{
	struct sigaction sa = { .sa_handler = on_resize };
	char line[8];

	if (sigaction(SIGWINCH, &sa, NULL) == -1)
		err(1, "sigaction");
	for (;;) {
		say(mark);
		read_line(line, sizeof(line));
	}
}

static void
obey(void)
{
	char line[512], *word;

	for (;;) {
		if (!read_line(line, sizeof(line)))
			continue;
		word = strchr(line, ' ');
		if (word == NULL)
			continue;
		*word++ = '\0';
		if (strcmp(line, "cat") == 0)
			cat(word);
		else if (strcmp(line, "echo") == 0)
			echo(word);
		else if (strcmp(line, "type") == 0)
			type(word);
		else if (strcmp(line, "paint") == 0)
			paint(word);
	}
}

/* The same text on every machine: a generator of our own. */
static unsigned int
next(unsigned int limit)
{
	static unsigned long long state = 42;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(state >> 33) % limit;
}

/* A word of the kind.  Returns its length; there is room for 64 bytes. */
static size_t
word(const char *kind, char *to)
{
	static const char *const letters[] = { "\xc3\xa9", "\xe2\x86\x92",
	    "\xe6\xbc\xa2", "\xf0\x9f\x98\x80", "e", "n", "s", "t" };
	static const char plain[] = { '\033', '[', '0', 'm' };
	size_t len = 0, i, n = 2 + next(9);

	if (strcmp(kind, "coloured") == 0 && next(2) == 0)
		len = (size_t)snprintf(to, 32, "\033[%u;3%um", next(2),
		    next(8));
	for (i = 0; i < n; i++) {
		const char *c = letters[next(8)];

		if (strcmp(kind, "utf8") != 0) {
			to[len++] = (char)('a' + next(26));
			continue;
		}
		while (*c != '\0')
			to[len++] = *c++;
	}
	if (strcmp(kind, "coloured") == 0 && next(2) == 0) {
		memcpy(to + len, plain, sizeof(plain));
		len += sizeof(plain);
	}
	return len;
}

static void
text(const char *kind, unsigned long bytes)
{
	char line[4096];
	size_t len;
	unsigned int words;

	while (bytes > 0) {
		len = 0;
		for (words = 1 + next(12); words > 0; words--) {
			len += word(kind, line + len);
			line[len++] = ' ';
		}
		/* The last one has nothing in it that could be cut. */
		if (len >= bytes) {
			len = bytes;
			memset(line, 'x', len);
		}
		line[len - 1] = '\n';
		if (fwrite(line, 1, len, stdout) != len)
			err(1, "stdout");
		bytes -= len;
	}
	if (fflush(stdout) != 0)
		err(1, "stdout");
}

int
main(int argc, char **argv)
{
	unsigned long i, lines = 0;
	char line[96];

	if (argc == 4 && strcmp(argv[1], "text") == 0) {
		text(argv[2], strtoul(argv[3], NULL, 10));
		return 0;
	}
	if (argc > 1)
		lines = strtoul(argv[1], NULL, 10);
	set_terminal(1, 0);
	for (i = 0; i < lines; i++) {
		(void)snprintf(line, sizeof(line),
		    "line %lu of the program's output, as long as many\n", i);
		say(line);
	}
	say("=READY=");
	obey();
	return 0;
}

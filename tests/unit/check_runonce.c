/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * One command on a new terminal: in a child of its own, since it takes
 * signals over, with pipes, files, sockets or a terminal for what it has.
 */

#include "config.h"
#include "runonce.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "invocation.h"
#include "pty.h"
#include "run.h"
#include "stdfd.h"

static char path_var[] = "PATH=/usr/bin:/bin", term_var[] = "TERM=dumb",
    connection_var[] = "SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22",
    tty_var[] = "SSH_TTY=/dev/pts/99999",
    asked_var[] = "SSH_ORIGINAL_COMMAND=what was asked for";
static char *usual_env[] = {
	path_var, term_var, connection_var, tty_var, asked_var, NULL,
};

static struct runonce_modes modes;
static struct winsize size;

/* The facts of a test; its command is a line for sh(1). */
static struct runonce_facts facts;
static const char *line;

static void
setup(void)
{
	memset(&facts, 0, sizeof(facts));
	facts.envp = usual_env;
	line = "exit 99";
}

/* In the child: end as the command did, as far as a number can say it. */
static void
become(void)
{
	struct invocation run = { 0 };
	int wstatus;

	/* the other ends of what we have, which would never be at an end */
	if (stdfd_closefrom(STDERR_FILENO + 1) == -1)
		_exit(98);
	if (facts.run == NULL) {
		if (invocation_shell_command(&run, "/bin/sh", line) == -1 ||
		    invocation_locate(&run, "/usr/bin:/bin") == -1)
			_exit(98);
		facts.run = &run;
	}
	wstatus = runonce_command(&facts);
	_exit(WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) :
	    WEXITSTATUS(wstatus));
}

static pid_t
start_on(int in, int out)
{
	const pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid != 0)
		return pid;
	if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1)
		_exit(97);
	become();
	return 0;
}

static int
end_of(pid_t pid)
{
	int wstatus;

	while (waitpid(pid, &wstatus, 0) == -1)
		ck_assert_int_eq(errno, EINTR);
	ck_assert(WIFEXITED(wstatus));
	return WEXITSTATUS(wstatus);
}

/* All that comes from fd; *len is how much.  The caller's to free. */
static char *
read_all(int fd, size_t *len)
{
	const size_t most = 8 * 1024 * 1024;
	char *text = malloc(most);
	ssize_t n;

	ck_assert_ptr_nonnull(text);
	*len = 0;
	while ((n = read(fd, text + *len, most - *len - 1)) > 0)
		*len += (size_t)n;
	text[*len] = '\0';
	return text;
}

/*
 * Run it with this on standard input, and expect this on standard output and
 * that for its end.  NULL: standard input is never at its end.
 */
static void
expect(const char *input, int status, const char *output)
{
	int in[2], out[2];
	size_t len;
	pid_t pid;
	char *text;

	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	pid = start_on(in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	if (input != NULL) {
		ck_assert_int_eq(write(in[1], input, strlen(input)),
		    (int)strlen(input));
		(void)close(in[1]);
	}
	text = read_all(out[0], &len);
	ck_assert_str_eq(text, output);
	ck_assert_int_eq(end_of(pid), status);
	free(text);
	(void)close(out[0]);
	if (input == NULL)
		(void)close(in[1]);
}

/* Would have caught a command without a terminal, or with another's. */
START_TEST(a_terminal_of_its_own)
{
	line = "test -t 0 && test -t 1 && test -t 2 && "
	    "exec 3</dev/tty && read -r _ _ _ _ _ sid _ </proc/$$/stat && "
	    "test $sid = $$ "
	    "&& test \"$SSH_TTY\" = \"$(tty)\" && echo yes";
	expect(NULL, 0, "yes\r\n");
}
END_TEST

/* Without a terminal of ours it has a size all the same. */
START_TEST(size_that_is_usual)
{
	line = "stty size";
	expect(NULL, 0, "24 80\r\n");
}
END_TEST

START_TEST(size_that_was_given)
{
	size.ws_row = 43;
	size.ws_col = 132;
	facts.size = &size;
	line = "stty size";
	expect(NULL, 0, "43 132\r\n");
}
END_TEST

/* Would have caught modes that are set when the command runs already. */
START_TEST(modes_that_were_given)
{
	static const char *const bytes[] = {
		"3500000000" "0100000018" "00",	/* -echo, ^X */
		"3500000000" "0100000018" "a0",
		/* bytes behind the end: none counts */
		"3500000000" "0100000018" "00" "99",
	};
	static const char *const shown[] = {
		"intr = ^X;\r\n-echo\r\n", "intr = ^X;\r\n-echo\r\n",
		"intr = ^C;\r\necho\r\n",
	};

	ck_assert_ptr_null(runonce_read_modes(bytes[_i], &modes));
	facts.modes = &modes;
	line = "stty -a | sed -n 's/.*\\(intr = ..;\\).*/\\1/p;"
	    "s/.* \\(-*echo\\) .*/\\1/p'";
	expect(NULL, 0, shown[_i]);
}
END_TEST

static const struct {
	const char *hex;
	size_t len;
	int good;
} hexes[] = {
	{ "", 0, 1 }, { "00", 1, 1 }, { "35000000FF00", 6, 1 },
	{ "35000000ff", 5, 1 }, { "0", 0, 0 }, { "000", 0, 0 },
	{ "zz", 0, 0 }, { "0g", 0, 0 }, { "0x00", 0, 0 }, { " 00", 0, 0 },
	{ "00 ", 0, 0 }, { "3500", 0, 0 }, { "35000000", 0, 0 },
	/* what counts for nothing, and 255 that ends it */
	{ "0099", 2, 1 }, { "ff", 1, 1 },
};

START_TEST(hexadecimal)
{
	const char *fault = runonce_read_modes(hexes[_i].hex, &modes);

	if (!hexes[_i].good) {
		ck_assert_ptr_nonnull(fault);
		return;
	}
	ck_assert_ptr_null(fault);
	ck_assert_uint_eq(modes.len, hexes[_i].len);
	if (_i == 2)
		ck_assert_int_eq(memcmp(modes.bytes, "\x35\0\0\0\xff\0", 6),
		    0);
}
END_TEST

/* Would have caught a write behind the end of what there is room for. */
START_TEST(hexadecimal_without_end)
{
	char hex[2 * (RUNONCE_MODES_MAX + 5) + 1];

	memset(hex, '0', sizeof(hex));
	hex[2 * RUNONCE_MODES_MAX] = '\0';
	ck_assert_ptr_null(runonce_read_modes(hex, &modes));
	ck_assert_uint_eq(modes.len, RUNONCE_MODES_MAX);
	hex[2 * RUNONCE_MODES_MAX] = '0';
	hex[2 * RUNONCE_MODES_MAX + 2] = '\0';
	ck_assert_ptr_nonnull(runonce_read_modes(hex, &modes));
}
END_TEST

/* TERM, and what is of the one connection. */
START_TEST(environment)
{
	static const char *const terms[] = { NULL, "vt220", "" };
	static const char *const shown[] = {
		"dumb -\r\n", "vt220 -\r\n", "- -\r\n",
	};

	facts.term = terms[_i];
	line = "echo ${TERM--} ${SSH_ORIGINAL_COMMAND--}";
	expect(NULL, 0, shown[_i]);
}
END_TEST

START_TEST(environment_that_is_passed_on)
{
	facts.passes_on = 1;
	line = "echo $SSH_ORIGINAL_COMMAND";
	expect(NULL, 0, "what was asked for\r\n");
}
END_TEST

/* By hand there is no SSH_TTY, and none is made up. */
START_TEST(environment_without_ssh)
{
	char *envp[] = { path_var, NULL };

	facts.envp = envp;
	line = "echo ${SSH_TTY--}";
	expect(NULL, 0, "-\r\n");
}
END_TEST

/* Its own status, or its signal. */
START_TEST(the_end)
{
	line = "echo before; exit 7";
	expect(NULL, 7, "before\r\n");
	line = "echo before; kill -TERM $$";
	expect(NULL, 128 + SIGTERM, "before\r\n");
}
END_TEST

START_TEST(a_program_that_is_not_there)
{
	static char names[][16] = { "/nonexistent/x", "/etc/passwd" };
	char *args[] = { names[_i], NULL };
	struct invocation run = { 0 };

	ck_assert_int_eq(invocation_program(&run, NULL, args), 0);
	ck_assert_int_eq(invocation_locate(&run, "/bin"), 0);
	facts.run = &run;
	expect(NULL, _i == 0 ? 127 : 126, "");
	invocation_free(&run);
}
END_TEST

/*
 * I9.  Nobody reads until the command has ended, and then more is waiting in
 * the terminal than one read takes.  Would have caught a status without the
 * last lines, and a drain that ends when poll(2) says POLLHUP.
 */
START_TEST(I9_all_of_it)
{
	char go[] = "/tmp/check_runonce.XXXXXX", name[64], want[32];
	char *envp[] = { path_var, name, NULL }, *text;
	const int file = mkstemp(go), in = open("/dev/null", O_RDONLY);
	size_t len, i, at = 0;
	int out[2], leader;
	pid_t pid;

	(void)snprintf(name, sizeof(name), "GO=%s", go);
	facts.envp = envp;
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	ck_assert_int_eq(fcntl(out[1], F_SETPIPE_SZ, 4096), 4096);
	line = "stty -opost; i=0; while [ $i -lt 1000 ]; do "
	    "echo \"line $i of them\"; i=$((i + 1)); done; "
	    "echo $$ >\"$GO\"; exit 7";
	pid = start_on(in, out[1]);
	(void)close(out[1]);
	for (leader = 0; leader == 0; (void)usleep(10000))
		if (pread(file, want, sizeof(want), 0) > 0)
			leader = atoi(want);
	while (kill(leader, 0) == 0)
		(void)usleep(10000);
	text = read_all(out[0], &len);
	for (i = 0; i < 1000; i++) {
		(void)snprintf(want, sizeof(want), "line %zu of them\n", i);
		ck_assert_uint_ge(len - at, strlen(want));
		ck_assert_int_eq(memcmp(text + at, want, strlen(want)), 0);
		at += strlen(want);
	}
	ck_assert_uint_eq(at, len);
	ck_assert_int_eq(end_of(pid), 7);
	free(text);
	(void)unlink(go);
	(void)close(file);
	(void)close(out[0]);
	(void)close(in);
}
END_TEST

/* A program of the session's that outlives its leader is not waited for. */
START_TEST(the_end_does_not_wait_for_others)
{
	static const char *const lines[] = {
		"(trap '' HUP; exec sleep 90) & echo there",
		"trap '' HUP; setsid sleep 90 & echo there",
	};

	line = lines[_i];
	expect(NULL, 0, "there\r\n");
}
END_TEST

/* And one that has left it with the terminal: silent, or writing for ever. */
START_TEST(the_end_does_not_wait_for_a_daemon)
{
	int out[2], in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char self[PATH_MAX + 8] = "SELF=", *envp[] = { path_var, self, NULL };
	size_t len;
	char *text;
	pid_t pid;

	ck_assert_int_gt(readlink("/proc/self/exe", self + 5, PATH_MAX), 0);
	facts.envp = envp;
	line = _i == 0 ? "exec \"$SELF\" silent" : "exec \"$SELF\" loud";
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	pid = start_on(in, out[1]);
	(void)close(out[1]);
	text = read_all(out[0], &len);
	ck_assert_int_eq(strncmp(text, "leader\r\n", 8), 0);
	ck_assert_int_eq(end_of(pid), 6);
	free(text);
	(void)close(out[0]);
	(void)close(in);
}
END_TEST

/* What those two are: a session's leader, and who has its terminal still. */
static int
leader_with_a_daemon(int loud)
{
	struct pollfd tty = { .fd = STDIN_FILENO };
	pid_t pid;

	(void)signal(SIGHUP, SIG_IGN);
	if (ioctl(STDIN_FILENO, TIOCNOTTY) == -1 ||
	    write(STDOUT_FILENO, "leader\n", 7) != 7 || (pid = fork()) == -1)
		return 95;
	if (pid != 0)
		return 6;
	(void)setsid();
	if (loud)
		while (write(STDOUT_FILENO, "loud\n", 5) != -1)
			continue;
	(void)poll(&tty, 1, 90 * 1000);
	return 0;
}

/* The end of a file is typed; twice where it would only end a line. */
START_TEST(the_end_of_input_is_typed)
{
	line = "stty -echo; echo ready; cat; echo and $?";
	expect("", 0, "ready\r\nand 0\r\n");
	ck_assert_ptr_null(runonce_read_modes("350000000000", &modes));
	facts.modes = &modes;
	line = "cat; echo and $?";
	expect("one\ntwo\n", 0, "one\r\ntwo\r\nand 0\r\n");
	expect("one\ntwo", 0, "one\r\ntwoand 0\r\n");
}
END_TEST

/* A program that reads keys gets those that were sent, and no other. */
START_TEST(no_key_is_made_up)
{
	ck_assert_ptr_null(runonce_read_modes("3500000000" "3300000000" "00",
	    &modes));
	facts.modes = &modes;
	line = "head -c 1 | od -An -tx1; stty min 0 time 10; head -c 1 | wc -c";
	expect("x", 0, " 78\r\n0\r\n");
}
END_TEST

/* Each byte in both directions, through a terminal that does nothing. */
START_TEST(eight_bits)
{
	unsigned char all[4 * 256];
	int sv[2];
	size_t i, len;
	char *text;
	pid_t pid;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)i;
	/* -icanon -isig -echo -iexten -ixon -icrnl -opost, as a client says */
	ck_assert_ptr_null(runonce_read_modes("3300000000" "3200000000"
	    "3500000000" "3b00000000" "2600000000" "2400000000"
	    "4600000000" "00", &modes));
	facts.modes = &modes;
	/* a socket for both, as some servers have it */
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    sv), 0);
	line = "exec head -c 1024";
	pid = start_on(sv[1], sv[1]);
	(void)close(sv[1]);
	ck_assert_int_eq(write(sv[0], all, sizeof(all)), sizeof(all));
	text = read_all(sv[0], &len);
	ck_assert_uint_eq(len, sizeof(all));
	ck_assert_int_eq(memcmp(text, all, len), 0);
	ck_assert_int_eq(end_of(pid), 0);
	free(text);
	(void)close(sv[0]);
}
END_TEST

/*
 * When nobody reads any more, nothing waits to be written and nothing is
 * typed: would have caught a session that goes on without its client.
 */
START_TEST(output_that_nobody_takes)
{
	int in[2], out[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	line = "echo x; exec sleep 1000";
	pid = start_on(in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	ck_assert_int_eq(read(out[0], &byte, 1), 1);
	(void)close(out[0]);
	ck_assert_int_eq(end_of(pid), 128 + SIGHUP);
	(void)close(in[1]);
}
END_TEST

/* TERM ends it, and the command hears HUP; it says so in a file. */
START_TEST(a_signal_ends_it)
{
	char path[] = "/tmp/check_runonce.XXXXXX", text[8] = "", command[128];
	const int file = mkstemp(path);
	int in[2], out[2];
	char byte;
	pid_t pid;

	ck_assert_int_ne(file, -1);
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	(void)snprintf(command, sizeof(command), "trap 'echo hup >%s; exit' "
	    "HUP; echo x; while :; do sleep 0.1; done", path);
	line = command;
	pid = start_on(in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	ck_assert_int_eq(read(out[0], &byte, 1), 1);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(end_of(pid), 128 + SIGTERM);
	while (pread(file, text, sizeof(text) - 1, 0) < 4)
		(void)usleep(10000);
	ck_assert_str_eq(text, "hup\n");
	(void)unlink(path);
	(void)close(file);
	(void)close(out[0]);
	(void)close(in[1]);
}
END_TEST

/* A program that does not read: what was sent waits, and none is lost. */
START_TEST(input_that_waits)
{
	char command[] = "stty raw -echo; echo ready; while [ ! -e \"$GO\" ]; "
	    "do sleep 0.05; done; head -c 300000 | cksum";
	char go[] = "/tmp/check_runonce.XXXXXX", name[64], buf[4096];
	char *envp[] = { path_var, name, NULL };
	const int file = mkstemp(go);
	int in[2], out[2], status;
	size_t len, left = 300000;
	char *text;
	pid_t pid, writer;

	(void)unlink(go);
	(void)snprintf(name, sizeof(name), "GO=%s", go);
	facts.envp = envp;
	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	line = command;
	pid = start_on(in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	ck_assert_int_gt(read(out[0], buf, sizeof(buf)), 0);
	memset(buf, 'q', sizeof(buf));
	/* until nothing more is taken, then the program begins to read */
	ck_assert_int_ne(writer = fork(), -1);
	if (writer == 0) {
		ck_assert_int_eq(fcntl(in[1], F_SETFL, O_NONBLOCK), 0);
		while (left > 0) {
			ssize_t n = write(in[1], buf,
			    left < sizeof(buf) ? left : sizeof(buf));
			int made;

			if (n > 0)
				left -= (size_t)n;
			else if ((made = open(go, O_CREAT | O_WRONLY,
			    0600)) == -1 || close(made) == -1)
				_exit(1);
			if (n <= 0)
				(void)fcntl(in[1], F_SETFL, 0);
		}
		_exit(access(go, F_OK) == 0 ? 0 : 2);
	}
	(void)close(in[1]);
	text = read_all(out[0], &len);
	ck_assert_ptr_nonnull(strstr(text, " 300000"));
	ck_assert_int_eq(end_of(pid), 0);
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
	free(text);
	(void)unlink(go);
	(void)close(file);
	(void)close(out[0]);
}
END_TEST

/* What the terminal that we are at shows, up to this; or it never does. */
static void
until_shown(int master, char *shown, size_t room, const char *text)
{
	size_t len = strlen(shown);
	ssize_t n;

	while (strstr(shown, text) == NULL) {
		n = read(master, shown + len, room - len - 1);
		ck_assert_int_gt(n, 0);
		len += (size_t)n;
		shown[len] = '\0';
	}
}

/*
 * At a terminal: its modes and its size are the new one's, it is raw for the
 * while and as before then, its ^C is the command's, its new size, too.
 */
START_TEST(at_a_terminal)
{
	struct winsize ws = { 31, 97, 970, 620 };
	char shown[4096] = "", name[PTY_NAME_SIZE];
	struct termios before, t;
	int master, slave;
	pid_t pid;

	ck_assert_int_eq(pty_open_as(&master, &slave, name, NULL, &ws), 0);
	ck_assert_int_eq(tcgetattr(master, &before), 0);
	before.c_cc[VINTR] = 'X' & 0x1f;
	ck_assert_int_eq(tcsetattr(master, TCSANOW, &before), 0);
	line = "trap 'echo size $(stty size)' WINCH; "
	    "trap 'echo INT; exit 5' INT; stty -a | grep -o 'intr = ..'; "
	    "stty size; while :; do read x; done";
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (setsid() == -1 || ioctl(slave, TIOCSCTTY, 0) == -1 ||
		    dup2(slave, 0) == -1 || dup2(slave, 1) == -1)
			_exit(96);
		become();
	}
	until_shown(master, shown, sizeof(shown), "intr = ^X\r\n31 97\r\n");
	ck_assert_int_eq(tcgetattr(master, &t), 0);
	ck_assert_uint_eq(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	ck_assert_uint_eq(t.c_oflag & OPOST, 0);
	ws.ws_row = 32;
	ck_assert_int_eq(pty_set_size(master, &ws), 0);
	until_shown(master, shown, sizeof(shown), "size 32 97\r\n");
	ck_assert_int_eq(write(master, "\030", 1), 1);
	until_shown(master, shown, sizeof(shown), "INT\r\n");
	ck_assert_int_eq(end_of(pid), 5);
	ck_assert_int_eq(tcgetattr(master, &t), 0);
	ck_assert_uint_eq(t.c_lflag, before.c_lflag);
	ck_assert_uint_eq(t.c_oflag, before.c_oflag);
	ck_assert_uint_eq(t.c_iflag, before.c_iflag);
	(void)close(master);
	(void)close(slave);
}
END_TEST

/* Would have caught O_NONBLOCK left on what a shell goes on reading. */
START_TEST(their_descriptors_are_as_before)
{
	int in[2], out[2], flags;
	size_t len;
	pid_t pid;

	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	line = "exit 0";
	pid = start_on(in[0], out[1]);
	flags = fcntl(in[0], F_GETFL);
	ck_assert_int_eq(end_of(pid), 0);
	ck_assert_int_eq(flags & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(in[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(out[1], F_GETFL) & O_NONBLOCK, 0);
	(void)close(out[1]);
	free(read_all(out[0], &len));
	(void)close(out[0]);
	(void)close(in[0]);
	(void)close(in[1]);
}
END_TEST

/*
 * A leader that lets go of its terminal for a while, and one that lets it be
 * hung up by vhangup(2), as login(1) does.  Would have caught a terminal that
 * is taken for ended while its leader lives, and a loop that asks without
 * pause whether it has come back.
 */
START_TEST(a_terminal_that_nobody_has)
{
	char self[PATH_MAX + 8] = "SELF=", *envp[] = { path_var, self, NULL };
	struct rusage used;

	ck_assert_int_gt(readlink("/proc/self/exe", self + 5, PATH_MAX), 0);
	facts.envp = envp;
	line = _i == 0 ?
	    "tty=$(tty); exec 0>&- 1>&- 2>&-; sleep 3; "
	    "exec 0<>$tty 1>&0 2>&0; stty -opost; echo again; exit 3" :
	    "trap '' HUP; tty=$(tty); \"$SELF\" vhangup || exit 93; "
	    "exec 0>&- 1>&- 2>&-; sleep 3; "
	    "exec 0<>$tty 1>&0 2>&0; stty -opost; echo again; exit 3";
	expect(NULL, 3, "again\n");
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &used), 0);
	/* of the three seconds; a loop takes all that it gets */
	ck_assert_int_lt((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	    (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000, 1000);
	facts.envp = usual_env;
}
END_TEST

static TCase *
case_of_terminals(void)
{
	TCase *tc = tcase_create("terminal");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_terminal_of_its_own);
	tcase_add_test(tc, size_that_is_usual);
	tcase_add_test(tc, size_that_was_given);
	tcase_add_loop_test(tc, modes_that_were_given, 0, 3);
	tcase_add_loop_test(tc, hexadecimal, 0,
	    sizeof(hexes) / sizeof(hexes[0]));
	tcase_add_test(tc, hexadecimal_without_end);
	tcase_add_loop_test(tc, environment, 0, 3);
	tcase_add_test(tc, environment_that_is_passed_on);
	tcase_add_test(tc, environment_without_ssh);
	tcase_add_test(tc, at_a_terminal);
	tcase_add_loop_test(tc, a_terminal_that_nobody_has, 0,
	    geteuid() == 0 ? 2 : 1);
	if (geteuid() != 0)
		printf("SKIP check_runonce vhangup: not root\n");
	return tc;
}

int
main(int argc, char **argv)
{
	Suite *s;
	TCase *tc;

	if (argc == 2 && strcmp(argv[1], "vhangup") == 0)
		return vhangup() == -1;
	if (argc == 2)
		return leader_with_a_daemon(strcmp(argv[1], "loud") == 0);
	s = suite_create("runonce");
	tc = tcase_create("bytes");
	suite_add_tcase(s, case_of_terminals());
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, the_end);
	tcase_add_loop_test(tc, a_program_that_is_not_there, 0, 2);
	tcase_add_test(tc, I9_all_of_it);
	tcase_add_loop_test(tc, the_end_does_not_wait_for_others, 0, 2);
	tcase_add_loop_test(tc, the_end_does_not_wait_for_a_daemon, 0, 2);
	tcase_add_test(tc, the_end_of_input_is_typed);
	tcase_add_test(tc, no_key_is_made_up);
	tcase_add_test(tc, eight_bits);
	tcase_add_test(tc, output_that_nobody_takes);
	tcase_add_test(tc, a_signal_ends_it);
	tcase_add_test(tc, input_that_waits);
	tcase_add_test(tc, their_descriptors_are_as_before);
	suite_add_tcase(s, tc);
	return run_suite(s);
}

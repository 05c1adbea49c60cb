/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "log.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "run.h"

/* What the sink has received, one line each. */
static char lines[4096];
static int count;

static void
sink(void *ctx, enum log_where where, const char *line)
{
	ck_assert_ptr_eq(ctx, &count);
	(void)snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
	    "%s %s\n", where == LOG_WHERE_STDERR ? "E" : "A", line);
	count++;
	errno = EPIPE;		/* as a write to a closed descriptor would */
}

static void
setup(void)
{
	lines[0] = '\0';
	count = 0;
	log_init("check_log", 0);
	log_set_sink(sink, &count);
}

/* Would have caught a line that goes to both places, or to the wrong one. */
START_TEST(who_receives_what)
{
	errno = EACCES;
	log_warn("open %s", "/x");
	log_warnx("%d %s", 1, "two");
	log_audit(LOG_NOTICE, "refused: user=%s", "alice");
	ck_assert_str_eq(lines, "E open /x: Permission denied\n"
	    "E 1 two\nA refused: user=alice\n");
}
END_TEST

static const char *const told[] = {
	"E warn\nA audit\n",
	"E warn\nE info\nA audit\n",
	"E warn\nE info\nE debug\nA audit\n",
	"E warn\nE info\nE debug\nA audit\n",
};

/* Would have caught -v that tells too little or, without it, too much. */
START_TEST(verbosity)
{
	log_init("check_log", _i);
	log_warnx("warn");
	log_info("info");
	log_debug("debug");
	log_audit(LOG_INFO, "audit");
	ck_assert_str_eq(lines, told[_i]);
}
END_TEST

/* Would have caught a caller that reports the log's errno, not its own. */
START_TEST(errno_is_kept)
{
	log_init("check_log", 2);
	errno = EXDEV;
	log_warn("a");
	ck_assert_int_eq(errno, EXDEV);
	log_warnx("b");
	ck_assert_int_eq(errno, EXDEV);
	log_info("c");
	ck_assert_int_eq(errno, EXDEV);
	log_debug("d");
	ck_assert_int_eq(errno, EXDEV);
	log_audit(LOG_INFO, "e");
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(count, 5);
	log_set_sink(NULL, NULL);
	ck_assert_int_eq(close(STDERR_FILENO), 0);
	errno = EXDEV;
	log_warnx("to nobody");
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

static const struct {
	const char *raw;
	const char *seen;
} bytes[] = {
	/* CVE-2008-1926: a second line, made by a name */
	{ "a\nsession opened: user=root", "a\\012session opened: user=root" },
	{ "a\rb", "a\\015b" },
	{ "a\tb", "a\\011b" },
	{ "\033[2J", "\\033[2J" },
	{ "\a\b", "\\007\\010" },
	{ "\177", "\\177" },
	/* CVE-2023-29383 and after: CSI as one byte, and within UTF-8 */
	{ "\2332J", "\\2332J" },
	{ "\302\233", "\\302\\233" },
	{ "\303\251", "\\303\\251" },
	{ "\377", "\\377" },
	/* and what is printable stays */
	{ " !\"#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~",
	    " !\"#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~" },
};

/* Would have caught a log that somebody else's name can write in. */
START_TEST(control_characters_are_made_visible)
{
	char want[256];

	log_warnx("%s", bytes[_i].raw);
	log_audit(LOG_INFO, "%s", bytes[_i].raw);
	(void)snprintf(want, sizeof(want), "E %s\nA %s\n", bytes[_i].seen,
	    bytes[_i].seen);
	ck_assert_str_eq(lines, want);
}
END_TEST

/* Would have caught a finished line that is used as a format once more. */
START_TEST(a_percent_is_a_percent)
{
	log_warnx("%s", "%n%s%s%s%d");
	log_audit(LOG_INFO, "%s", "%n%s%s%s%d");
	ck_assert_str_eq(lines, "E %n%s%s%s%d\nA %n%s%s%s%d\n");
}
END_TEST

/* Would have caught a buffer that a long name, all escapes, overruns. */
START_TEST(long_lines_are_cut)
{
	static char name[100000];

	memset(name, '\033', sizeof(name) - 1);
	lines[0] = '\0';
	errno = ENOENT;
	log_warn("%s", name);
	log_audit(LOG_INFO, "%s", name);
	ck_assert_int_eq(count, 2);
	ck_assert_int_eq(strncmp(lines, "E \\033\\033", 10), 0);
}
END_TEST

/* One read gets one write: the pipe keeps packets apart. */
static int
stderr_to_pipe(void)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_DIRECT | O_NONBLOCK), 0);
	ck_assert_int_eq(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(fds[1]);
	return fds[0];
}

static void
expect_packet(int fd, const char *want)
{
	char got[512];
	ssize_t n = read(fd, got, sizeof(got) - 1);

	if (n == -1 && errno == EAGAIN)
		n = 0;
	ck_assert_int_ge(n, 0);
	got[n] = '\0';
	ck_assert_str_eq(got, want);
}

/*
 * Would have caught two processes' lines mixed into one another, and a line
 * written to a descriptor that belongs to the session by now.
 */
START_TEST(stderr_gets_whole_lines_until_it_is_left)
{
	int fd = stderr_to_pipe();

	log_set_sink(NULL, NULL);
	errno = EPERM;
	log_warn("setgid %d", 1001);
	log_warnx("a\nb");
	log_info("not told");
	expect_packet(fd, "check_log: setgid 1001: Operation not permitted\n");
	expect_packet(fd, "check_log: a\\012b\n");
	expect_packet(fd, "");
	log_leave_stderr();
	log_warnx("too late");
	expect_packet(fd, "");
}
END_TEST

/* A machine without syslogd, but with us: /dev of our own. */
static int
syslog_socket(void)
{
	const struct sockaddr_un sun = { .sun_family = AF_UNIX,
	    .sun_path = "/dev/log" };
	int fd;

	if (unshare(CLONE_NEWNS) == -1 || mount("none", "/", NULL,
	    MS_REC | MS_PRIVATE, NULL) == -1 || mount("none", "/dev", "tmpfs",
	    0, NULL) == -1)
		return -1;
	ck_assert_int_ne(fd = socket(AF_UNIX, SOCK_DGRAM, 0), -1);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&sun,
	    sizeof(sun)), 0);
	return fd;
}

/* Would have caught another facility: AUTHPRIV is what nobody may read. */
START_TEST(audit_is_authpriv_and_nothing_else)
{
	char got[512], want[64];
	int fd, err = stderr_to_pipe();
	ssize_t n;

	if ((fd = syslog_socket()) == -1) {
		printf("SKIP audit_is_authpriv_and_nothing_else: %s\n",
		    strerror(errno));
		return;
	}
	log_set_sink(NULL, NULL);
	log_leave_stderr();
	log_audit(LOG_NOTICE, "refused: user=%s", "a\nb");
	n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	ck_assert_int_gt(n, 0);
	got[n] = '\0';
	(void)snprintf(want, sizeof(want), "<%d>", LOG_AUTHPRIV | LOG_NOTICE);
	ck_assert_msg(strncmp(got, want, strlen(want)) == 0, "%s", got);
	(void)snprintf(want, sizeof(want), "check_log[%d]: ", (int)getpid());
	ck_assert_msg(strstr(got, want) != NULL, "%s", got);
	ck_assert_msg(strstr(got, ": refused: user=a\\012b") != NULL, "%s",
	    got);
	ck_assert_int_eq(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
	expect_packet(err, "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("log");
	TCase *tc = tcase_create("log"), *root;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, who_receives_what);
	tcase_add_loop_test(tc, verbosity, 0,
	    (int)(sizeof(told) / sizeof(told[0])));
	tcase_add_test(tc, errno_is_kept);
	tcase_add_loop_test(tc, control_characters_are_made_visible, 0,
	    (int)(sizeof(bytes) / sizeof(bytes[0])));
	tcase_add_test(tc, a_percent_is_a_percent);
	tcase_add_test(tc, long_lines_are_cut);
	tcase_add_test(tc, stderr_gets_whole_lines_until_it_is_left);
	suite_add_tcase(s, tc);
	if (geteuid() != 0) {
		printf("SKIP check_log root cases: not root\n");
		return s;
	}
	root = tcase_create("root");
	tcase_add_checked_fixture(root, setup, NULL);
	tcase_add_test(root, audit_is_authpriv_and_nothing_else);
	suite_add_tcase(s, root);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* --sessions: what is printed of entries that stand-ins for keepers made. */

#include "config.h"
#include "sessions.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exitcode.h"
#include "log.h"
#include "registry.h"
#include "run.h"

static char base[64], dir[80], out[80];
static char text[16384], said[256];
static pid_t keepers[8];
static size_t nkeepers;

static void
hear(void *ctx, enum log_where where, const char *line)
{
	(void)ctx;
	(void)where;
	(void)strlcpy(said, line, sizeof(said));
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(base, sizeof(base), "%s/sessions.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(base));
	(void)snprintf(dir, sizeof(dir), "%s/sessions", base);
	(void)snprintf(out, sizeof(out), "%s/out", base);
	registry_use(base);
	log_set_sink(hear, NULL);
	ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
	tzset();
}

static void
teardown(void)
{
	struct dirent *entry;
	DIR *stream = opendir(dir);

	while (nkeepers > 0) {
		(void)kill(keepers[--nkeepers], SIGKILL);
		(void)waitpid(keepers[nkeepers], NULL, 0);
	}
	while (stream != NULL && (entry = readdir(stream)) != NULL)
		(void)unlinkat(dirfd(stream), entry->d_name, 0);
	if (stream != NULL)
		(void)closedir(stream);
	(void)unlink(out);
	(void)rmdir(dir);
	(void)rmdir(base);
}

static pid_t
enter(struct registry_entry entry)
{
	int ready[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	if ((pid = fork()) == 0) {
		(void)close(ready[0]);
		c = registry_add(&entry) == 0 ? 'y' : 'n';
		if (write(ready[1], &c, 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	ck_assert_int_gt(pid, 0);
	keepers[nkeepers++] = pid;
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(c, 'y');
	(void)close(ready[0]);
	return pid;
}

/* What is printed goes to "text". */
static int
print_to(const char *path, int json)
{
	int saved = dup(STDOUT_FILENO), fd, status;

	(void)fflush(stdout);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(dup2(fd, STDOUT_FILENO), 0);
	(void)close(fd);
	status = sessions_print(json);
	(void)fflush(stdout);
	clearerr(stdout);
	ck_assert_int_ge(dup2(saved, STDOUT_FILENO), 0);
	(void)close(saved);
	return status;
}

static void
print(int json)
{
	ssize_t n;
	int fd;

	ck_assert_int_eq(print_to(out, json), 0);
	ck_assert_str_eq(said, "");
	fd = open(out, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	(void)close(fd);
}

#define HEADER_OF_NONE \
	"USER  FROM  CALLER  SINCE  TTY  PID  SESSION  SERVICE\n"

/* Would have caught a script that has to tell nobody from an error. */
START_TEST(nobody_is_there)
{
	print(0);
	ck_assert_str_eq(text, HEADER_OF_NONE);
	print(1);
	ck_assert_str_eq(text, "[]\n");
	/* Entries that are stale are nobody either. */
	(void)enter((struct registry_entry){ .user = "alice" });
	ck_assert_int_eq(kill(keepers[0], SIGKILL), 0);
	ck_assert_int_eq(waitpid(keepers[0], NULL, 0), keepers[0]);
	nkeepers = 0;
	print(0);
	ck_assert_str_eq(text, HEADER_OF_NONE);
}
END_TEST

/* Would have caught columns that do not stand below each other. */
START_TEST(a_table_of_two)
{
	char want[1024], pids[2][16];
	int width = 3;
	pid_t pid;
	size_t i;

	pid = enter((struct registry_entry){ .user = "bob", .uid = 1002,
	    .service = "exec", .shape = "service", .since = 1700000100 });
	(void)snprintf(pids[1], sizeof(pids[1]), "%d", (int)pid);
	pid = enter((struct registry_entry){ .user = "alice", .uid = 1001,
	    .caller = "gateway", .address = "2001:db8::1",
	    .tty = "/dev/pts/0", .service = "shell", .shape = "service",
	    .since = 1700000000, .session = "c3" });
	(void)snprintf(pids[0], sizeof(pids[0]), "%d", (int)pid);
	for (i = 0; i < 2; i++)
		if (strlen(pids[i]) > (size_t)width)
			width = (int)strlen(pids[i]);
	print(0);
	(void)snprintf(want, sizeof(want),
	    "USER   FROM         CALLER   SINCE                "
	    "TTY    %-*s  SESSION  SERVICE\n"
	    "alice  2001:db8::1  gateway  2023-11-14T22:13:20  "
	    "pts/0  %-*s  c3       shell\n"
	    "bob    -            -        2023-11-14T22:15:00  "
	    "-      %-*s  -        exec\n",
	    width, "PID", width, pids[0], width, pids[1]);
	ck_assert_str_eq(text, want);
}
END_TEST

/*
 * Would have caught a name that writes to the reader's terminal, adds a line
 * or shifts the columns that a script reads.
 */
START_TEST(hostile_names_stay_one_word)
{
	const char *p;
	int fields = 0, lines = 0;

	(void)enter((struct registry_entry){ .user = "a b\n\033[2J\xc2\x9b",
	    .caller = "x\ty", .address = "\xff\\" });
	print(0);
	for (p = text; *p != '\0'; p++) {
		lines += *p == '\n';
		ck_assert(*p == '\n' || (*p >= ' ' && *p <= '~'));
	}
	ck_assert_int_eq(lines, 2);
	p = strchr(text, '\n') + 1;
	ck_assert_ptr_nonnull(strstr(p, "a\\040b\\012\\033[2J\\302\\233 "));
	while (*(p += strspn(p, " \n")) != '\0') {
		fields++;
		p += strcspn(p, " \n");
	}
	ck_assert_int_eq(fields, 8);
	print(1);
	for (p = text; *p != '\0'; p++)
		ck_assert(*p == '\n' || (*p >= ' ' && *p <= '~'));
}
END_TEST

/* Would have caught a number as a string, and "" for what is not known. */
START_TEST(json_of_two)
{
	char want[1024];
	pid_t pid;

	pid = enter((struct registry_entry){ .user = "alic\xc3\xa9",
	    .uid = 4294967294, .caller = "gate\"way", .address = "192.0.2.1",
	    .tty = "/dev/pts/0", .service = "shell", .shape = "service",
	    .since = 1700000000, .session = "12", .child = getpid(),
	    .sid = getpid() });
	print(1);
	(void)snprintf(want, sizeof(want), "[\n  {\n"
	    "    \"user\":\"alic\xc3\xa9\",\n    \"uid\":4294967294,\n"
	    "    \"caller\":\"gate\\\"way\",\n"
	    "    \"address\":\"192.0.2.1\",\n"
	    "    \"since\":1700000000,\n    \"tty\":\"/dev/pts/0\",\n"
	    "    \"pid\":%d,\n    \"child\":%d,\n    \"session\":\"12\",\n"
	    "    \"service\":\"shell\",\n    \"shape\":\"service\"\n"
	    "  }\n]\n", (int)pid, (int)getpid());
	ck_assert_str_eq(text, want);
	(void)enter((struct registry_entry){ .user = "bob", .uid = 0,
	    .since = 1700000001 });
	print(1);
	ck_assert_int_eq(strncmp(text, want, strlen(want) - 3), 0);
	ck_assert_ptr_nonnull(strstr(text, "\"user\":\"bob\",\n"
	    "    \"uid\":0,\n    \"caller\":null,\n    \"address\":null,\n"
	    "    \"since\":1700000001,\n    \"tty\":null,\n"));
	ck_assert_ptr_nonnull(strstr(text, "\"child\":null,\n"
	    "    \"session\":null,\n    \"service\":null,\n"
	    "    \"shape\":null\n"));
}
END_TEST

/* Would have caught a full disk that looks like an empty machine. */
START_TEST(an_output_that_fails_is_told)
{
	if (access("/dev/full", W_OK) == -1) {
		puts("SKIP an_output_that_fails_is_told: no /dev/full");
		return;
	}
	ck_assert_int_eq(print_to("/dev/full", _i), EXITCODE_REFUSED);
	ck_assert_ptr_nonnull(strstr(said, "standard output: "));
}
END_TEST

START_TEST(a_directory_of_others_is_told)
{
	ck_assert_int_eq(mkdir(dir, 0755), 0);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	ck_assert_int_eq(print_to(out, _i), EXITCODE_REFUSED);
	ck_assert_ptr_nonnull(strstr(said, "/sessions: "));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sessions");
	TCase *tc = tcase_create("sessions");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nobody_is_there);
	tcase_add_test(tc, a_table_of_two);
	tcase_add_test(tc, hostile_names_stay_one_word);
	tcase_add_test(tc, json_of_two);
	tcase_add_loop_test(tc, an_output_that_fails_is_told, 0, 2);
	tcase_add_loop_test(tc, a_directory_of_others_is_told, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What is left of a session whose keeper was killed.  The test stands in for
 * init: what a keeper leaves becomes its child, so that it sees its end.
 */

#include "config.h"
#include "cleanup.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utmpx.h>

#include "agentdir.h"
#include "exitcode.h"
#include "log.h"
#include "loginrecord.h"
#include "procs.h"
#include "registry.h"
#include "run.h"

static char base[64], dir[80], utmp[80], said[4096];
static int audits;

static void
hear(void *ctx, enum log_where where, const char *line)
{
	(void)ctx;
	audits += where == LOG_WHERE_AUTHPRIV;
	(void)strlcat(said, line, sizeof(said));
	(void)strlcat(said, "\n", sizeof(said));
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(base, sizeof(base), "%s/cleanup.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(base));
	(void)snprintf(dir, sizeof(dir), "%s/sessions", base);
	(void)snprintf(utmp, sizeof(utmp), "%s/utmp", base);
	registry_use(base);
	agentdir_use(base);
	log_set_sink(hear, NULL);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
}

static int
count_files(int remove)
{
	struct dirent *entry;
	DIR *stream = opendir(dir);
	int n = 0;

	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		n += *entry->d_name != '.';
		if (remove)
			(void)unlinkat(dirfd(stream), entry->d_name, 0);
	}
	if (stream != NULL)
		(void)closedir(stream);
	return n;
}

static void
teardown(void)
{
	(void)count_files(1);
	(void)unlink(utmp);
	(void)rmdir(dir);
	(void)rmdir(base);
}

/* Who they are, in the order in which they are made. */
enum role { KEEPER, LEADER, MEMBER, STUBBORN, DAEMON, ROLES };

struct scene {
	pid_t pids[ROLES];
	int ready[2];
	int led_by_keeper;	/* the session is the keeper's */
	int new_pids;		/* the leader is process 1 of a namespace */
	struct registry_entry entry;
};

static void
stay(const struct scene *scene, enum role role)
{
	const struct { enum role role; pid_t pid; } hello = { role, getpid() };

	/* check's own handler would not end us */
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(50);
	(void)signal(SIGHUP, role == STUBBORN ? SIG_IGN : SIG_DFL);
	if (write(scene->ready[1], &hello, sizeof(hello)) !=
	    (ssize_t)sizeof(hello))
		_exit(1);
	for (;;)
		(void)pause();
}

static void
lead(const struct scene *scene)
{
	if (!scene->led_by_keeper)
		(void)setsid();
	if (fork() == 0)
		stay(scene, MEMBER);
	if (fork() == 0)
		stay(scene, STUBBORN);
	if (fork() == 0) {
		(void)setsid();
		stay(scene, DAEMON);
	}
	stay(scene, LEADER);
}

/* A process that has no child but the session's leader, and enters it. */
static void
keep(struct scene *scene)
{
	struct registry_entry *entry = &scene->entry;

	if (scene->led_by_keeper)
		(void)setsid();
	if (scene->new_pids && unshare(CLONE_NEWPID) == -1)
		_exit(1);
	if ((entry->child = fork()) == 0)
		lead(scene);
	entry->sid = scene->led_by_keeper ? getpid() : entry->child;
	if (registry_add(entry) == -1)
		_exit(1);
	stay(scene, KEEPER);
}

static void
make_scene(struct scene *scene)
{
	struct { enum role role; pid_t pid; } hello;
	int i;

	if (scene->entry.user == NULL)
		scene->entry = (struct registry_entry){ .user = "alice",
		    .hangup_delay = -1 };
	scene->entry.uid = getuid();
	ck_assert_int_eq(pipe(scene->ready), 0);
	if ((scene->pids[KEEPER] = fork()) == 0)
		keep(scene);
	(void)close(scene->ready[1]);
	for (i = 0; i < ROLES; i++) {
		ck_assert_int_eq(read(scene->ready[0], &hello, sizeof(hello)),
		    (ssize_t)sizeof(hello));
		scene->pids[hello.role] = hello.pid;
	}
	(void)close(scene->ready[0]);
}

static void
reap(pid_t pid, int sig)
{
	int wstatus;

	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert(WIFSIGNALED(wstatus));
	ck_assert_int_eq(WTERMSIG(wstatus), sig);
}

static void
end(pid_t pid)
{
	ck_assert_int_gt(pid, 1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	reap(pid, SIGKILL);
}

/* Whether it has not even been signalled: it ends by ours, not by another. */
#define expect_alive(pid) end(pid)

/* I10.  Would have caught what is left, and a nohup(1) that is not. */
START_TEST(I10_the_session_is_hung_up)
{
	struct scene scene = { .led_by_keeper = _i };

	make_scene(&scene);
	end(scene.pids[KEEPER]);
	ck_assert_int_eq(cleanup_run(), 0);
	reap(scene.pids[LEADER], SIGHUP);
	reap(scene.pids[MEMBER], SIGHUP);
	expect_alive(scene.pids[STUBBORN]);
	expect_alive(scene.pids[DAEMON]);
	ck_assert_int_eq(count_files(0), 0);
	ck_assert_int_eq(audits, 1);
	ck_assert_ptr_nonnull(strstr(said, "session cleaned up: user=alice("));
}
END_TEST

/* Would have caught a session that is hung up while it is kept. */
START_TEST(the_living_are_left_alone)
{
	struct scene scene = { .led_by_keeper = 0 };
	int i;

	make_scene(&scene);
	ck_assert_int_eq(cleanup_run(), 0);
	cleanup_quick();
	ck_assert_int_eq(count_files(0), 1);
	ck_assert_str_eq(said, "");
	for (i = ROLES - 1; i > KEEPER; i--) {
		ck_assert_int_eq(kill(scene.pids[i], SIGKILL), 0);
		(void)waitpid(scene.pids[i], NULL, 0);
	}
	expect_alive(scene.pids[KEEPER]);
}
END_TEST

/* Would have caught a hangup of those alone whose leader is there. */
START_TEST(the_leader_is_gone)
{
	struct scene scene = { .led_by_keeper = 0 };

	make_scene(&scene);
	end(scene.pids[KEEPER]);
	end(scene.pids[LEADER]);
	ck_assert_int_eq(cleanup_run(), 0);
	reap(scene.pids[MEMBER], SIGHUP);
	expect_alive(scene.pids[STUBBORN]);
	expect_alive(scene.pids[DAEMON]);
}
END_TEST

/* Put an entry of a keeper that never was in the place of the scene's. */
static void
put_stale(const struct registry_entry *entry)
{
	char path[160];
	FILE *fp;

	(void)count_files(1);
	(void)snprintf(path, sizeof(path), "%s/%d-7", dir, (int)getpid());
	ck_assert_ptr_nonnull(fp = fopen(path, "w"));
	(void)fchmod(fileno(fp), 0644);
	(void)fprintf(fp, "USER=alice\nUID=%u\nCHILD=%d\nCHILD_START=%llu\n"
	    "SID=%d\n", (unsigned int)entry->uid, (int)entry->child,
	    entry->child_start, (int)entry->sid);
	if (entry->hungup != 0)
		(void)fprintf(fp, "HANGUP_DELAY=%ld\nHUNGUP=%llu\n",
		    entry->hangup_delay, entry->hungup);
	ck_assert_int_eq(fclose(fp), 0);
}

/*
 * CVE-2017-2616.  Would have caught a pid, and a session's number, that have
 * gone to somebody else since.
 */
START_TEST(numbers_that_are_another_s)
{
	struct scene scene = { .led_by_keeper = 0 };
	struct registry_entry entry = { .uid = getuid() };
	struct procs_stat st;

	make_scene(&scene);
	end(scene.pids[KEEPER]);
	ck_assert_int_eq(procs_stat(scene.pids[LEADER], &st), 0);
	entry.child = entry.sid = scene.pids[LEADER];
	/* Of another birth, or of one that nobody has written down. */
	entry.child_start = _i == 0 ? st.start - 1 : 0;
	put_stale(&entry);
	ck_assert_int_eq(cleanup_run(), 0);
	ck_assert_int_eq(audits, 1);
	expect_alive(scene.pids[LEADER]);
	/* The leader of that other session is gone, its user is another. */
	entry.uid = getuid() + 1;
	entry.child_start = st.start;
	put_stale(&entry);
	ck_assert_int_eq(cleanup_run(), 0);
	ck_assert_int_eq(audits, 2);
	expect_alive(scene.pids[MEMBER]);
	expect_alive(scene.pids[STUBBORN]);
	expect_alive(scene.pids[DAEMON]);
}
END_TEST

/* Would have caught a shell before us that is hung up along with our child. */
START_TEST(the_child_alone_is_ours)
{
	struct scene scene = { .led_by_keeper = 0 };
	struct registry_entry entry = { .uid = getuid() };
	struct procs_stat st;

	make_scene(&scene);
	end(scene.pids[KEEPER]);
	ck_assert_int_eq(procs_stat(scene.pids[MEMBER], &st), 0);
	entry.child = scene.pids[MEMBER];
	entry.child_start = st.start;
	put_stale(&entry);
	ck_assert_int_eq(cleanup_run(), 0);
	/* Its parent lives: ours it is when that is gone. */
	expect_alive(scene.pids[LEADER]);
	reap(scene.pids[MEMBER], SIGHUP);
	expect_alive(scene.pids[STUBBORN]);
	expect_alive(scene.pids[DAEMON]);
}
END_TEST

/* I10.  Would have caught HangupDelay that ends with its keeper. */
START_TEST(I10_killed_where_hangup_delay_says_so)
{
	struct scene scene = { .entry = { .user = "alice",
	    .hangup_delay = _i } };
	struct timespec before, after;

	make_scene(&scene);
	end(scene.pids[KEEPER]);
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	ck_assert_int_eq(cleanup_run(), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	/* Not before its time; how long after is the machine's affair. */
	ck_assert_int_ge((after.tv_sec - before.tv_sec) * 1000 +
	    (after.tv_nsec - before.tv_nsec) / 1000000, _i * 1000 - 1);
	reap(scene.pids[STUBBORN], SIGKILL);
	expect_alive(scene.pids[DAEMON]);
	ck_assert_int_eq(audits, 1);
	ck_assert_int_eq(count_files(0), 0);
}
END_TEST

/*
 * Would have caught a login that waits for others' HangupDelay, one that
 * forgets them, and one that kills before the time.
 */
START_TEST(a_login_waits_for_nobody)
{
	struct scene scene = { .entry = { .user = "alice",
	    .hangup_delay = 3600 } };
	struct registry_entry entry = { .uid = getuid(), .hangup_delay = 1 };
	struct procs_stat st;

	make_scene(&scene);
	ck_assert_int_eq(procs_stat(scene.pids[LEADER], &st), 0);
	end(scene.pids[KEEPER]);
	cleanup_quick();
	reap(scene.pids[LEADER], SIGHUP);
	reap(scene.pids[MEMBER], SIGHUP);
	ck_assert_int_eq(count_files(0), 1);
	cleanup_quick();
	ck_assert_int_eq(count_files(0), 1);
	ck_assert_int_eq(audits, 1);
	/* The same when the time is over: since the machine was started. */
	entry.child = entry.sid = scene.pids[LEADER];
	entry.child_start = st.start;
	entry.hungup = 1;
	put_stale(&entry);
	cleanup_quick();
	reap(scene.pids[STUBBORN], SIGKILL);
	expect_alive(scene.pids[DAEMON]);
	cleanup_quick();
	ck_assert_int_eq(count_files(0), 0);
	ck_assert_int_eq(audits, 1);
}
END_TEST

/*
 * Process 1 of a namespace hears no HUP that it has no handler for.  Would
 * have caught one that stays for ever.
 */
START_TEST(process_1_does_not_stay)
{
	struct scene scene = { .new_pids = 1, .entry = { .user = "alice",
	    .hangup_delay = -1 } };
	struct dirent *entry;
	pid_t child = 0;
	char text[256];
	DIR *stream;
	FILE *fp;

	if (geteuid() != 0) {
		puts("SKIP process_1_does_not_stay: needs root");
		return;
	}
	make_scene(&scene);
	/* Its pid here is in the registry alone. */
	ck_assert_ptr_nonnull(stream = opendir(dir));
	while ((entry = readdir(stream)) != NULL)
		if (*entry->d_name != '.') {
			ck_assert_ptr_nonnull(fp = fdopen(openat(
			    dirfd(stream), entry->d_name, O_RDONLY), "r"));
			while (fgets(text, sizeof(text), fp) != NULL)
				(void)sscanf(text, "CHILD=%d", &child);
			(void)fclose(fp);
		}
	(void)closedir(stream);
	ck_assert_int_gt(child, 1);
	ck_assert_int_eq(scene.pids[LEADER], 1);
	end(scene.pids[KEEPER]);
	ck_assert_int_eq(cleanup_run(), 0);
	reap(child, SIGKILL);
	ck_assert_int_eq(count_files(0), 0);
}
END_TEST

/* Would have caught a terminal that who(1) shows as taken for ever. */
START_TEST(records_are_closed_once)
{
	const struct loginrecord_places places = {
		.utmp = utmp, .wtmp = "/nonexistent", .lastlog = "/nonexistent",
		.btmp = "/nonexistent", .login_defs = "/nonexistent",
		.wtmpdb = { .library = "none", .module = "none",
		    .databases = { "/nonexistent", NULL } },
		.lastlog2 = { .library = "none", .module = "none",
		    .databases = { "/nonexistent", NULL } },
		.patience = 30000,
	};
	struct scene scene = { .entry = { .user = "alice",
	    .hangup_delay = 0 } };
	struct loginrecord record = { .user = "alice", .tty = "/dev/pts/99",
	    .service = "x", .pid = getpid() };
	char text[LOGINSTATE_TEXT_SIZE];
	struct loginstate state;
	struct utmpx entry;
	int fd;

	loginrecord_use(&places);
	fd = open(utmp, O_RDWR | O_CREAT | O_EXCL, 0644);
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_int_eq(read(fd, &entry, sizeof(entry)),
	    (ssize_t)sizeof(entry));
	ck_assert_int_eq(entry.ut_type, USER_PROCESS);
	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	scene.entry.records = text;
	make_scene(&scene);
	end(scene.pids[KEEPER]);
	ck_assert_int_eq(cleanup_run(), 0);
	ck_assert_int_eq(pread(fd, &entry, sizeof(entry), 0),
	    (ssize_t)sizeof(entry));
	ck_assert_int_eq(entry.ut_type, DEAD_PROCESS);
	(void)close(fd);
	reap(scene.pids[STUBBORN], SIGKILL);
	expect_alive(scene.pids[DAEMON]);
}
END_TEST

/* Would have caught a name that makes fields of its own in the log. */
START_TEST(names_in_the_log_are_values)
{
	struct scene scene = { .entry = { .user = "a pid=1", .caller = "b\n\"",
	    .tty = "/dev/pts/0", .service = "shell", .hangup_delay = 0 } };

	make_scene(&scene);
	end(scene.pids[KEEPER]);
	ck_assert_int_eq(cleanup_run(), 0);
	ck_assert_ptr_nonnull(strstr(said, "user=\"a pid=1\"("));
	ck_assert_ptr_nonnull(strstr(said, "caller=\"b"));
	ck_assert_ptr_nonnull(strstr(said, " tty=/dev/pts/0 "));
	expect_alive(scene.pids[DAEMON]);
}
END_TEST

START_TEST(what_fails_is_told)
{
	ck_assert_int_eq(cleanup_run(), 0);
	ck_assert_int_eq(mkdir(dir, 0755), 0);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	ck_assert_int_eq(cleanup_run(), EXITCODE_REFUSED);
	ck_assert_ptr_nonnull(strstr(said, "/sessions: "));
	ck_assert_int_eq(audits, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cleanup");
	TCase *tc = tcase_create("cleanup");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, I10_the_session_is_hung_up, 0, 2);
	tcase_add_test(tc, the_living_are_left_alone);
	tcase_add_test(tc, the_leader_is_gone);
	tcase_add_loop_test(tc, numbers_that_are_another_s, 0, 2);
	tcase_add_test(tc, the_child_alone_is_ours);
	tcase_add_loop_test(tc, I10_killed_where_hangup_delay_says_so, 0, 2);
	tcase_add_test(tc, a_login_waits_for_nobody);
	tcase_add_test(tc, process_1_does_not_stay);
	tcase_add_test(tc, records_are_closed_once);
	tcase_add_test(tc, names_in_the_log_are_values);
	tcase_add_test(tc, what_fails_is_told);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

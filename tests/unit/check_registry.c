/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "registry.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "procs.h"
#include "run.h"

static char base[64], dir[80];

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(base, sizeof(base), "%s/registry.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(base));
	(void)snprintf(dir, sizeof(dir), "%s/sessions", base);
	registry_use(base);
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
	(void)rmdir(dir);
	(void)rmdir(base);
}

static const struct registry_entry alice = {
	.user = "alice", .uid = 1001, .caller = "gate\nway",
	.address = "2001:db8::1", .tty = "/dev/pts/0", .service = "shell",
	.shape = "root", .since = 1700000000, .session = "c3",
	.records = "line with = and \\", .hangup_delay = 5,
};

/* What the callbacks have seen. */
struct seen {
	int count;
	struct registry_entry last;
	char user[64], caller[64], text[64], session[64];
	int fd;			/* a pid to each, if it is not -1 */
};

static void
see(void *ctx, const struct registry_entry *entry)
{
	struct seen *seen = ctx;

	seen->count++;
	seen->last = *entry;
	(void)strlcpy(seen->user, entry->user, sizeof(seen->user));
	(void)strlcpy(seen->caller, entry->caller, sizeof(seen->caller));
	(void)strlcpy(seen->text, entry->records, sizeof(seen->text));
	(void)strlcpy(seen->session, entry->session, sizeof(seen->session));
	if (seen->fd != -1)
		ck_assert_int_eq(write(seen->fd, &entry->keeper,
		    sizeof(entry->keeper)), (ssize_t)sizeof(entry->keeper));
}

/* A callback that is done, or not yet and changes what is in the file. */
static int
done(void *ctx, struct registry_entry *entry)
{
	see(ctx, entry);
	return 0;
}

static int
not_yet(void *ctx, struct registry_entry *entry)
{
	see(ctx, entry);
	entry->hungup++;
	entry->records = "";
	return 1;
}

static struct seen
each(void)
{
	struct seen seen = { .fd = -1 };

	ck_assert_int_eq(registry_each(see, &seen), 0);
	return seen;
}

static struct seen
sweep(enum registry_effort effort)
{
	struct seen seen = { .fd = -1 };

	ck_assert_int_eq(registry_sweep(effort, done, &seen), 0);
	return seen;
}

/* A keeper that enters itself and stays, until it is killed. */
static pid_t
start_keeper(void)
{
	struct registry_entry entry = alice;
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
	(void)close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(c, 'y');
	(void)close(ready[0]);
	return pid;
}

static void
end_keeper(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static pid_t
leave_stale(void)
{
	pid_t pid = start_keeper();

	end_keeper(pid);
	return pid;
}

/* A file that nobody of ours has written. */
static void
put(const char *name, const char *text, mode_t mode)
{
	char path[160];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	(void)close(fd);
}

/* Would have caught a field that is lost on its way, or changes places. */
START_TEST(an_entry_comes_back)
{
	struct registry_entry entry = alice;
	struct procs_stat st;
	struct seen seen;

	ck_assert_int_eq(procs_stat(getpid(), &st), 0);
	ck_assert_int_eq(registry_add(&entry), 0);
	ck_assert_int_eq(entry.keeper, getpid());
	ck_assert_uint_eq(entry.keeper_start, st.start);
	seen = each();
	ck_assert_int_eq(seen.count, 1);
	ck_assert_str_eq(seen.user, "alice");
	ck_assert_str_eq(seen.caller, "gate\nway");
	ck_assert_str_eq(seen.text, "line with = and \\");
	ck_assert_str_eq(seen.session, "c3");
	ck_assert_uint_eq(seen.last.uid, 1001);
	ck_assert_int_eq(seen.last.keeper, getpid());
	ck_assert_uint_eq(seen.last.keeper_start, st.start);
	ck_assert_int_eq(seen.last.child, 0);
	ck_assert_int_eq(seen.last.since, 1700000000);
	ck_assert_int_eq(seen.last.hangup_delay, 5);
	ck_assert_int_eq(registry_remove(&entry), 0);
	ck_assert_int_eq(each().count, 0);
	ck_assert_int_eq(count_files(0), 0);
}
END_TEST

/* Would have caught NULL, and 0 s of HangupDelay for none. */
START_TEST(what_is_not_known)
{
	struct registry_entry entry = { .user = "bob", .hangup_delay = 0 };
	struct seen seen;

	ck_assert_int_eq(registry_add(&entry), 0);
	ck_assert_int_ne(entry.since, 0);
	seen = each();
	ck_assert_int_eq(seen.last.hangup_delay, 0);
	ck_assert_str_eq(seen.caller, "");
	ck_assert_str_eq(seen.text, "");
	entry.hangup_delay = -1;
	ck_assert_int_eq(registry_update(&entry), 0);
	seen = each();
	ck_assert_int_eq(seen.count, 1);
	ck_assert_int_eq(seen.last.hangup_delay, -1);
}
END_TEST

/* Would have caught a pid without its birth: somebody else's, later. */
START_TEST(an_update_has_the_child_and_its_birth)
{
	struct registry_entry entry = alice;
	struct procs_stat st;
	struct seen seen;
	pid_t child;

	ck_assert_int_eq(registry_add(&entry), 0);
	if ((child = fork()) == 0)
		for (;;)
			(void)pause();
	ck_assert_int_eq(procs_stat(child, &st), 0);
	entry.child = entry.sid = child;
	ck_assert_int_eq(registry_update(&entry), 0);
	seen = each();
	ck_assert_int_eq(seen.count, 1);
	ck_assert_int_eq(seen.last.child, child);
	ck_assert_int_eq(seen.last.sid, child);
	ck_assert_uint_eq(seen.last.child_start, st.start);
	ck_assert_uint_ne(seen.last.child_start, 0);
	(void)kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	/* When it is gone, too. */
	entry.records = "";
	ck_assert_int_eq(registry_update(&entry), 0);
	seen = each();
	ck_assert_str_eq(seen.text, "");
	ck_assert_uint_eq(seen.last.child_start, st.start);
}
END_TEST

/* Would have caught a list that goes by the files alone. */
START_TEST(the_dead_are_not_listed)
{
	pid_t keeper = start_keeper();

	ck_assert_int_eq(each().count, 1);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	/* Nor is a zombie, which keeps nothing. */
	ck_assert_int_eq(waitid(P_PID, (id_t)keeper, &(siginfo_t){ 0 },
	    WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(each().count, 0);
	ck_assert_int_eq(waitpid(keeper, NULL, 0), keeper);
	ck_assert_int_eq(each().count, 0);
	/* Who lists them changes nothing. */
	ck_assert_int_eq(count_files(0), 1);
}
END_TEST

/* Would have caught a pid that is taken for its last owner. */
START_TEST(a_pid_that_is_another_s_is_not_listed)
{
	char name[64];

	ck_assert_int_eq(registry_add(&(struct registry_entry){
	    .user = "eve" }), 0);
	(void)snprintf(name, sizeof(name), "%d-7", (int)getpid());
	put(name, "USER=old\nUID=1\n", 0644);
	ck_assert_int_eq(each().count, 1);
	ck_assert_str_eq(each().user, "eve");
	ck_assert_str_eq(sweep(REGISTRY_ALL).user, "old");
	ck_assert_int_eq(count_files(0), 1);
}
END_TEST

/* Would have caught a living one that is swept, or a stale one that stays. */
START_TEST(the_stale_are_swept_once)
{
	pid_t living = start_keeper(), stale = leave_stale();
	struct seen seen = sweep(_i ? REGISTRY_ALL : REGISTRY_QUICK);

	ck_assert_int_eq(seen.count, 1);
	ck_assert_int_eq(seen.last.keeper, stale);
	ck_assert_str_eq(seen.user, "alice");
	ck_assert_int_eq(seen.last.hangup_delay, 5);
	ck_assert_int_eq(sweep(REGISTRY_ALL).count, 0);
	ck_assert_int_eq(count_files(0), 1);
	ck_assert_int_eq(each().last.keeper, living);
	end_keeper(living);
}
END_TEST

/*
 * Would have caught an entry that is forgotten while its processes have their
 * HangupDelay, or whose records are closed again each time.
 */
START_TEST(one_that_is_not_done_stays)
{
	struct seen seen = { .fd = -1 };
	pid_t stale = leave_stale();

	ck_assert_int_eq(registry_sweep(REGISTRY_ALL, not_yet, &seen), 1);
	ck_assert_str_eq(seen.text, alice.records);
	ck_assert_uint_eq(seen.last.hungup, 0);
	ck_assert_int_eq(registry_sweep(REGISTRY_QUICK, not_yet, &seen), 1);
	ck_assert_int_eq(seen.last.keeper, stale);
	ck_assert_str_eq(seen.user, "alice");
	ck_assert_str_eq(seen.text, "");
	ck_assert_uint_eq(seen.last.hungup, 1);
	ck_assert_int_eq(each().count, 0);
	ck_assert_uint_eq(sweep(REGISTRY_ALL).last.hungup, 2);
	ck_assert_int_eq(count_files(0), 0);
}
END_TEST

/* Would have caught a login that pays for all that was ever left. */
START_TEST(a_quick_sweep_is_bounded)
{
	/* Gone altogether, or a pid that has come to another: to us. */
	const pid_t stale = leave_stale(), keeper = _i ? getpid() : stale;
	int i, first, rounds = 0;
	char name[64];

	for (i = 1; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "%d-%d", (int)keeper, i);
		put(name, "USER=old\nUID=1\n", 0644);
	}
	first = sweep(REGISTRY_QUICK).count;
	ck_assert_int_ge(first, 1);
	ck_assert_int_le(first, 10);
	/* But they all have their turn. */
	while (count_files(0) > 0 && rounds++ < 1000)
		(void)sweep(REGISTRY_QUICK);
	ck_assert_int_eq(count_files(0), 0);
}
END_TEST

/* As if its records were locked, for longer than a login should wait. */
static int
slowly(void *ctx, struct registry_entry *entry)
{
	const long long deadline = deadline_in(300);
	int *count = ctx;

	(void)entry;
	while (deadline_left(deadline) > 0)
		(void)usleep(10000);
	(*count)++;
	return 0;
}

/* Would have caught a login that waits for locked records once for each. */
START_TEST(a_quick_sweep_is_bounded_in_time)
{
	int count = 0, i;

	for (i = 0; i < 3; i++)
		(void)leave_stale();
	ck_assert_int_eq(registry_sweep(REGISTRY_QUICK, slowly, &count), 0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(registry_sweep(REGISTRY_ALL, slowly, &count), 0);
	ck_assert_int_eq(count, 3);
}
END_TEST

/* Would have caught an entry that two sweepers get. */
START_TEST(of_many_sweepers_one_gets_it)
{
	struct seen seen = { .fd = -1 };
	pid_t stale[20], got, sum = 0;
	int i, n = 0, fds[2], go[2];

	for (i = 0; i < 20; i++)
		sum += stale[i] = leave_stale();
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(pipe(go), 0);
	for (i = 0; i < 8; i++)
		if (fork() == 0) {
			seen.fd = fds[1];
			(void)close(go[1]);
			/* All at once. */
			_exit(read(go[0], &n, 1) == 0 && registry_sweep(
			    REGISTRY_ALL, done, &seen) == 0 ? 0 : 1);
		}
	(void)close(fds[1]);
	(void)close(go[1]);
	while (read(fds[0], &got, sizeof(got)) == (ssize_t)sizeof(got)) {
		sum -= got;
		n++;
	}
	ck_assert_int_eq(n, 20);
	ck_assert_int_eq(sum, 0);
	while (wait(&i) > 0)
		ck_assert_int_eq(i, 0);
}
END_TEST

/* Would have caught a login that waits for somebody else's clean-up. */
START_TEST(a_quick_sweep_does_not_wait)
{
	char path[128];
	int fd;

	(void)leave_stale();
	(void)snprintf(path, sizeof(path), "%s/.lock", dir);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(sweep(REGISTRY_QUICK).count, 0);
	ck_assert_int_eq(count_files(0), 1);
	(void)close(fd);
	ck_assert_int_eq(sweep(REGISTRY_QUICK).count, 1);
}
END_TEST

/* Would have caught a lock that anybody can take, and keep. */
START_TEST(the_lock_is_root_s_alone)
{
	struct stat st;
	char path[128];

	(void)umask(0);
	(void)leave_stale();
	(void)sweep(REGISTRY_QUICK);
	(void)snprintf(path, sizeof(path), "%s/.lock", dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

static const char *const strange[] = {
	"USER=a\n", "UID=1\n", "USER=a\nUID=4294967295\n", "USER=a\nUID=-1\n",
	"USER=a\nUID=1\nCHILD=1\n", "USER=a\nUID=1\nSID=1\n",
	"USER=a\nUID=1\nCHILD=99\nSID=98\n", "USER=a\nUID=1\nCHILD=x\n",
	"USER=a\nUID=1\nHANGUP_DELAY=x\n", "USER=a\nUID=1\nHUNGUP=-1\n",
	"USER=a\nUID=1\nUID=2\n", "",
	"USER=a\nUID=1\nSINCE=99999999999999999999\n",
	"USER=a\nUID=1\nCHILD=4294967296\n",
};

/*
 * Would have caught an entry that sends a signal to process 1, to a session
 * of its choice, or one that is read in part.  It goes, when it is stale.
 */
START_TEST(what_is_no_entry_reaches_nobody)
{
	struct procs_stat st;
	char name[64];

	ck_assert_int_eq(mkdir(dir, 0755), 0);
	ck_assert_int_eq(procs_stat(getpid(), &st), 0);
	(void)snprintf(name, sizeof(name), "%d-%llu", (int)getpid(), st.start);
	put(name, strange[_i], 0644);
	(void)snprintf(name, sizeof(name), "%d-7", (int)getpid());
	put(name, strange[_i], 0644);
	ck_assert_int_eq(each().count, 0);
	ck_assert_int_eq(sweep(REGISTRY_ALL).count, 0);
	ck_assert_int_eq(count_files(0), 1);
}
END_TEST

/* Would have caught a file of somebody else's that says whom to hang up. */
START_TEST(others_files_reach_nobody)
{
	char name[64], path[160];

	ck_assert_int_eq(mkdir(dir, 0755), 0);
	(void)snprintf(name, sizeof(name), "%d-7", (int)getpid());
	put(name, "USER=a\nUID=1\n", 0666);
	(void)snprintf(path, sizeof(path), "%s/%d-8", dir, (int)getpid());
	ck_assert_int_eq(symlink(name, path), 0);
	if (geteuid() == 0) {
		(void)snprintf(name, sizeof(name), "%d-9", (int)getpid());
		put(name, "USER=a\nUID=1\n", 0644);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		ck_assert_int_eq(chown(path, 1, 1), 0);
	} else
		puts("SKIP others_files_reach_nobody, owner: needs root");
	ck_assert_int_eq(sweep(REGISTRY_ALL).count, 0);
	ck_assert_int_eq(count_files(0), 0);
}
END_TEST

/* Would have caught names that strtol(3) reads and we never write. */
START_TEST(names_that_are_none_stay)
{
	static const char *const names[] = { "x", "1", "-7", "0-7", "+2-7",
		"2-", "2-7x", "02-7", "2-07", "2147483648-1", "2-7-7",
		"2-18446744073709551616" };
	const int n = (int)(sizeof(names) / sizeof(*names));
	int i;

	ck_assert_int_eq(mkdir(dir, 0755), 0);
	for (i = 0; i < n; i++)
		put(names[i], "USER=a\nUID=1\n", 0644);
	ck_assert_int_eq(each().count, 0);
	ck_assert_int_eq(sweep(REGISTRY_ALL).count, 0);
	ck_assert_int_eq(count_files(0), n);
}
END_TEST

/* Nobody has logged in since the machine was started. */
START_TEST(no_directory_is_nobody)
{
	struct stat st;

	ck_assert_int_eq(each().count, 0);
	ck_assert_int_eq(sweep(REGISTRY_QUICK).count, 0);
	ck_assert_int_eq(stat(dir, &st), -1);
}
END_TEST

/* Would have caught a failure that is told as "nobody". */
START_TEST(a_directory_of_others_is_an_error)
{
	struct registry_entry entry = alice;
	struct seen seen = { .fd = -1 };

	ck_assert_int_eq(mkdir(dir, 0755), 0);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	ck_assert_int_eq(registry_add(&entry), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(registry_each(see, &seen), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(registry_sweep(REGISTRY_ALL, done, &seen), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("registry");
	TCase *tc = tcase_create("registry");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_entry_comes_back);
	tcase_add_test(tc, what_is_not_known);
	tcase_add_test(tc, an_update_has_the_child_and_its_birth);
	tcase_add_test(tc, the_dead_are_not_listed);
	tcase_add_test(tc, a_pid_that_is_another_s_is_not_listed);
	tcase_add_loop_test(tc, the_stale_are_swept_once, 0, 2);
	tcase_add_test(tc, one_that_is_not_done_stays);
	tcase_add_loop_test(tc, a_quick_sweep_is_bounded, 0, 2);
	tcase_add_test(tc, a_quick_sweep_is_bounded_in_time);
	tcase_add_test(tc, of_many_sweepers_one_gets_it);
	tcase_add_test(tc, a_quick_sweep_does_not_wait);
	tcase_add_test(tc, the_lock_is_root_s_alone);
	tcase_add_loop_test(tc, what_is_no_entry_reaches_nobody, 0,
	    (int)(sizeof(strange) / sizeof(strange[0])));
	tcase_add_test(tc, others_files_reach_nobody);
	tcase_add_test(tc, names_that_are_none_stay);
	tcase_add_test(tc, no_directory_is_nobody);
	tcase_add_test(tc, a_directory_of_others_is_an_error);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "utmpfile.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <arpa/inet.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <lastlog.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "home.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define SIZE ((off_t)sizeof(struct utmpx))

static const char *path;

static void
setup(void)
{
	home_make();
	path = home_path("records");
}

static void
append_raw(const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

static off_t
size_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(name, &st), 0);
	return st.st_size;
}

/* The entry at a place of the file. */
static const struct utmpx *
at(int place)
{
	static struct utmpx entries[4];
	struct utmpx *entry = &entries[place % 4];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(pread(fd, entry, sizeof(*entry), place * SIZE),
	    SIZE);
	ck_assert_int_eq(close(fd), 0);
	return entry;
}

static void
make(struct utmpx *entry, short type, const char *user, const char *line,
    pid_t pid)
{
	const struct utmpfile_login login = { .user = user, .line = line,
	    .host = "192.0.2.1", .pid = pid, .when = { 1700000000, 5000 } };

	utmpfile_fill(entry, type, &login);
}

/* As another program left it, with an id of its own. */
static void
add(short type, const char *user, const char *line, pid_t pid,
    const char *id)
{
	struct utmpx entry;

	make(&entry, type, user, line, pid);
	memset(entry.ut_id, 0, sizeof(entry.ut_id));
	memcpy(entry.ut_id, id, strnlen(id, sizeof(entry.ut_id)));
	append_raw(&entry, sizeof(entry));
}

#define FIELD_IS(field, text) \
    ck_assert_msg(strncmp((field), (text), sizeof(field)) == 0, \
    "\"%.*s\", not \"%s\"", (int)sizeof(field), (field), (text))

static const struct {
	const char *host;
	int words;		/* that are not 0 */
	const char *v6;		/* or NULL: v4 */
	const char *v4;
} addresses[] = {
	{ "192.0.2.1", 1, NULL, "192.0.2.1" },
	{ "::ffff:192.0.2.1", 1, NULL, "192.0.2.1" },
	{ "2001:db8:1:2:3:4:5:6", 4, "2001:db8:1:2:3:4:5:6", NULL },
	{ "fe80::1:2:3:4%eth0", 3, "fe80::1:2:3:4", NULL },
	{ "host.example", 0, NULL, NULL },
	{ "192.0.2.1.example.of.a.name.that.is.longer.than.an.address", 0,
	    NULL, NULL },
	{ "%eth0", 0, NULL, NULL },
	{ "", 0, NULL, NULL },
	{ NULL, 0, NULL, NULL },
};

/* Would have caught an address in the wrong order, or half of one. */
START_TEST(the_address)
{
	const struct utmpfile_login login = { .user = "alice",
	    .line = "pts/0", .host = addresses[_i].host, .pid = getpid() };
	unsigned char bytes[16] = { 0 };
	struct utmpx entry;
	int i, words = 0;

	if (addresses[_i].v4 != NULL)
		ck_assert_int_eq(inet_pton(AF_INET, addresses[_i].v4, bytes),
		    1);
	if (addresses[_i].v6 != NULL)
		ck_assert_int_eq(inet_pton(AF_INET6, addresses[_i].v6,
		    bytes), 1);
	utmpfile_fill(&entry, USER_PROCESS, &login);
	ck_assert_mem_eq(entry.ut_addr_v6, bytes, sizeof(bytes));
	for (i = 0; i < 4; i++)
		words += entry.ut_addr_v6[i] != 0;
	ck_assert_int_eq(words, addresses[_i].words);
	FIELD_IS(entry.ut_host, login.host != NULL ? login.host : "");
	ck_assert_int_eq(entry.ut_session, getsid(0));
}
END_TEST

/* Would have caught a name of 32 bytes that is cut, or writes past its end. */
START_TEST(fields_without_an_end)
{
	char user[41], line[41], host[301];
	struct utmpfile_login login = { .user = user, .line = line,
	    .host = host, .pid = getpid(), .when = { 1700000000, 999999999 },
	};
	struct utmpx entry;
	size_t i;

	memset(user, 'u', sizeof(user));
	memset(line, 'l', sizeof(line));
	memset(host, 'h', sizeof(host));
	user[_i ? 40 : 32] = line[_i ? 40 : 32] = '\0';
	host[_i ? 300 : 256] = '\0';
	utmpfile_fill(&entry, LOGIN_PROCESS, &login);
	ck_assert_int_eq(entry.ut_type, LOGIN_PROCESS);
	ck_assert_int_eq(entry.ut_pid, getpid());
	ck_assert_int_eq(entry.ut_tv.tv_sec, 1700000000);
	ck_assert_int_eq(entry.ut_tv.tv_usec, 999999);
	for (i = 0; i < sizeof(entry.ut_user); i++)
		ck_assert_int_eq(entry.ut_user[i], 'u');
	for (i = 0; i < sizeof(entry.ut_line); i++)
		ck_assert_int_eq(entry.ut_line[i], 'l');
	for (i = 0; i < sizeof(entry.ut_host); i++)
		ck_assert_int_eq(entry.ut_host[i], 'h');
	ck_assert_mem_eq(entry.ut_id, "llll", 4);
	ck_assert_int_eq(entry.ut_addr_v6[0], 0);
	ck_assert_int_eq(entry.ut_exit.e_termination, 0);
}
END_TEST

static int
write_somehow(int how)
{
	struct utmpx entry, before;

	make(&entry, USER_PROCESS, "alice", "pts/0", getpid());
	switch (how) {
	case 0:
		return utmpfile_take(path, &entry, &before);
	case 1:
		return utmpfile_release(path, "pts/0", getpid(), NULL);
	case 2:
		return utmpfile_append(path, &entry);
	case 3:
		return utmpfile_append_refused(path, &entry);
	default:
		return utmpfile_lastlog(path, "/dev/null", 0, &entry);
	}
}

/*
 * Would have caught records on a system that keeps none, of which each login
 * adds to a file that nobody rotates.
 */
START_TEST(what_is_missing_is_not_made)
{
	ck_assert_int_eq(write_somehow(_i), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

/* Would have caught a login that waits for the reader of a fifo. */
START_TEST(what_is_no_file)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(write_somehow(_i), -1);
	ck_assert(errno == EPERM || errno == ENXIO);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(write_somehow(_i), -1);
}
END_TEST

static void
sshds_utmp(void)
{
	add(BOOT_TIME, "reboot", "~", 0, "~~");
	add(USER_PROCESS, "bob", "pts/1", 101, "ts/1");
	add(USER_PROCESS, "gateway", "pts/0", 100, "weir");
	add(DEAD_PROCESS, "", "pts/2", 102, "ts/2");
}

/*
 * Would have caught a second entry for the terminal, an id by which sshd does
 * not find its own again, and another's entry that is overwritten.
 */
START_TEST(the_place_of_the_line)
{
	struct utmpx entry, before;
	off_t size;

	sshds_utmp();
	size = size_of(path);
	make(&entry, USER_PROCESS, "alice", "pts/0", 200);
	ck_assert_int_eq(utmpfile_take(path, &entry, &before), 0);
	ck_assert_int_eq(size_of(path), size);
	ck_assert_int_eq(before.ut_pid, 100);
	FIELD_IS(before.ut_user, "gateway");
	FIELD_IS(at(2)->ut_user, "alice");
	FIELD_IS(at(2)->ut_id, "weir");
	ck_assert_int_eq(at(2)->ut_pid, 200);
	FIELD_IS(at(1)->ut_user, "bob");
	ck_assert_int_eq(at(0)->ut_type, BOOT_TIME);
	ck_assert_int_eq(at(3)->ut_type, DEAD_PROCESS);
}
END_TEST

static const struct {
	const char *line;
	int place, places;
	const char *id;
} places[] = {
	{ "pts/2", 3, 4, "ts/2" },	/* who had it is gone */
	{ "pts/9", 4, 5, "ts/9" },	/* nobody ever had it */
	/* the same id: of one that is free, and of one that is not */
	{ "xts/2", 3, 4, "ts/2" },
	{ "xts/1", 4, 5, "ts/1" },
	{ "~", 4, 5, "~" },		/* no terminal has that place */
};

/* Would have caught a file that grows, and somebody who is logged out. */
START_TEST(a_place_for_a_line)
{
	struct utmpx entry, before;

	sshds_utmp();
	make(&entry, USER_PROCESS, "alice", places[_i].line, 200);
	ck_assert_int_eq(utmpfile_take(path, &entry, &before), 0);
	ck_assert_int_eq(before.ut_type, EMPTY);
	ck_assert_int_eq(size_of(path), places[_i].places * SIZE);
	FIELD_IS(at(places[_i].place)->ut_user, "alice");
	FIELD_IS(at(places[_i].place)->ut_id, places[_i].id);
	FIELD_IS(at(1)->ut_user, "bob");
	FIELD_IS(at(2)->ut_user, "gateway");
}
END_TEST

/* Would have caught an entry that no reader finds. */
START_TEST(behind_a_part_of_an_entry)
{
	struct utmpx entry, before;

	sshds_utmp();
	append_raw("part", 4);
	make(&entry, USER_PROCESS, "alice", "pts/9", 200);
	ck_assert_int_eq(utmpfile_take(path, &entry, &before), 0);
	ck_assert_int_eq(size_of(path), 5 * SIZE);
	FIELD_IS(at(4)->ut_user, "alice");
}
END_TEST

/* Would have caught an end that leaves no trace of sshd's login. */
START_TEST(the_terminal_is_given_back)
{
	struct utmpx entry, before;
	const struct utmpx *now;

	sshds_utmp();
	make(&entry, USER_PROCESS, "alice", "pts/0", 200);
	ck_assert_int_eq(utmpfile_take(path, &entry, &before), 0);
	ck_assert_int_eq(utmpfile_release(path, "pts/0", 200,
	    _i ? &before : NULL), 0);
	now = at(2);
	ck_assert_int_eq(size_of(path), 4 * SIZE);
	if (_i) {
		ck_assert_mem_eq(now, &before, sizeof(before));
		return;
	}
	ck_assert_int_eq(now->ut_type, DEAD_PROCESS);
	FIELD_IS(now->ut_user, "");
	FIELD_IS(now->ut_host, "");
	FIELD_IS(now->ut_line, "pts/0");
	FIELD_IS(now->ut_id, "weir");
	ck_assert_int_eq(now->ut_pid, 200);
	ck_assert_int_ne(now->ut_addr_v6[0], 0);
	ck_assert_int_gt(now->ut_tv.tv_sec, 1700000000);
}
END_TEST

/*
 * Would have caught a logout that throws out who has the terminal by then, or
 * the wrong one of two.
 */
START_TEST(what_is_not_ours_stays)
{
	struct utmpx copy;

	sshds_utmp();
	ck_assert_int_eq(utmpfile_release(path, "pts/0", 200, NULL), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(utmpfile_release(path, "pts/1", 100, NULL), -1);
	ck_assert_int_eq(utmpfile_release(path, "pts/2", 102, NULL), -1);
	ck_assert_int_eq(utmpfile_release(path, "pts/00", 100, NULL), -1);
	FIELD_IS(at(2)->ut_user, "gateway");
	add(USER_PROCESS, "alice", "pts/0", 200, "ours");
	copy = *at(2);
	ck_assert_int_eq(utmpfile_release(path, "pts/0", 200, NULL), 0);
	ck_assert_mem_eq(at(2), &copy, sizeof(copy));
	ck_assert_int_eq(at(4)->ut_type, DEAD_PROCESS);
}
END_TEST

/* Another process, which has the file locked until it is killed. */
static pid_t
lock_by_reader(void)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd, ready[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if ((fd = open(path, O_RDONLY)) == -1 ||
		    fcntl(fd, F_SETLK, &lock) == -1 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	ck_assert_int_eq(close(ready[1]), 0);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(close(ready[0]), 0);
	return pid;
}

static void
unlock(pid_t pid)
{
	ck_assert_int_gt(pid, 1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/*
 * Would have caught any user who keeps all others out of wtmp, by a lock that
 * takes no right but to read.
 */
START_TEST(a_reader_with_a_lock)
{
	struct utmpx entry, before;
	pid_t reader;

	sshds_utmp();
	append_raw("part", 4);
	reader = lock_by_reader();
	make(&entry, USER_PROCESS, "alice", "pts/0", 200);
	ck_assert_int_eq(utmpfile_take(path, &entry, &before), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(before.ut_type, EMPTY);
	/* the part may be the lock's owner's, who is about to write on */
	ck_assert_int_eq(utmpfile_append(path, &entry), 0);
	ck_assert_int_eq(size_of(path), 5 * SIZE + 4);
	unlock(reader);
	ck_assert_int_eq(utmpfile_take(path, &entry, &before), 0);
}
END_TEST

/* Would have caught records that are all read with an offset. */
START_TEST(a_part_is_cut_off)
{
	struct utmpx entry;

	sshds_utmp();
	append_raw("part", 4);
	make(&entry, USER_PROCESS, "alice", "pts/0", 200);
	ck_assert_int_eq(utmpfile_append(path, &entry), 0);
	ck_assert_int_eq(size_of(path), 5 * SIZE);
	ck_assert_mem_eq(at(4), &entry, sizeof(entry));
	FIELD_IS(at(2)->ut_user, "gateway");
	utmpfile_fill_logout(&entry, "pts/0", 200);
	ck_assert_int_eq(utmpfile_append(path, &entry), 0);
	ck_assert_int_eq(at(5)->ut_type, DEAD_PROCESS);
	FIELD_IS(at(5)->ut_user, "");
	FIELD_IS(at(5)->ut_line, "pts/0");
	ck_assert_int_eq(at(5)->ut_pid, 200);
}
END_TEST

static const struct {
	mode_t mode;
	uid_t uid;
	int link, taken;
} refusals[] = {
	{ 0600, 0, 0, 1 },
	{ 0660, 0, 0, 1 },
	{ 0664, 0, 0, 0 },	/* what was typed as a name, for all to read */
	{ 0602, 0, 0, 0 },
	{ 0601, 0, 0, 0 },
	{ 0610, 0, 0, 0 },
	{ 0600, 1, 0, 0 },
	{ 0600, 0, 1, 0 },
};

/* Would have caught passwords in a file that is not root's alone. */
START_TEST(the_refused_are_kept_private)
{
	const char *file = home_path("target");
	struct utmpx entry;

	if (geteuid() != 0) {
		printf("SKIP the_refused_are_kept_private: not root\n");
		return;
	}
	home_write(file, "");
	ck_assert_int_eq(chmod(file, refusals[_i].mode), 0);
	ck_assert_int_eq(chown(file, refusals[_i].uid, 0), 0);
	if (refusals[_i].link)
		ck_assert_int_eq(symlink(file, path), 0);
	else
		ck_assert_int_eq(rename(file, path), 0);
	make(&entry, LOGIN_PROCESS, "alice", "ssh:notty", getpid());
	ck_assert_int_eq(utmpfile_append_refused(path, &entry),
	    refusals[_i].taken ? 0 : -1);
	ck_assert_int_eq(size_of(path), refusals[_i].taken ? SIZE : 0);
	if (refusals[_i].taken)
		ck_assert_mem_eq(at(0), &entry, sizeof(entry));
}
END_TEST

static const struct {
	const char *text;	/* of login.defs; NULL for no such file */
	uid_t uid;
	int taken;
} uids[] = {
	{ NULL, 70000, 1 },
	{ "", 0, 1 },
	{ "LASTLOG_UID_MAX 1000\n", 1000, 1 },
	{ "LASTLOG_UID_MAX 1000\n", 1001, 0 },
	{ "UID_MAX 9\n\t LASTLOG_UID_MAX\t\t1000\nGID_MAX 9\n", 1001, 0 },
	{ "LASTLOG_UID_MAX \"1000\" \n", 1001, 0 },
	{ "LASTLOG_UID_MAX 1000", 1001, 0 },
	{ "LASTLOG_UID_MAX 0\n", 0, 1 },
	{ "LASTLOG_UID_MAX 0\n", 1, 0 },
	{ "#LASTLOG_UID_MAX 1000\n", 1001, 1 },
	{ "LASTLOG_UID_MAXIMUM 1000\n", 1001, 1 },
	{ "LASTLOG_UID_MAX\n", 1001, 1 },
	{ "LASTLOG_UID_MAX none\n", 1001, 1 },
	{ "LASTLOG_UID_MAX -1\n", 1001, 1 },
};

/*
 * Would have caught somebody else's last login, and a file of gigabytes on a
 * system that said no.
 */
START_TEST(the_last_login)
{
	const char *defs = home_path("login.defs");
	const off_t where = (off_t)uids[_i].uid *
	    (off_t)sizeof(struct lastlog);
	struct lastlog last;
	struct utmpx entry;
	int fd;

	home_write(path, "");
	if (uids[_i].text != NULL)
		home_write(defs, uids[_i].text);
	make(&entry, USER_PROCESS, "alice", "pts/0", getpid());
	ck_assert_int_eq(utmpfile_lastlog(path, defs, uids[_i].uid, &entry),
	    uids[_i].taken ? 0 : -1);
	if (!uids[_i].taken) {
		ck_assert_int_eq(errno, ERANGE);
		ck_assert_int_eq(size_of(path), 0);
		return;
	}
	ck_assert_int_eq(size_of(path), where + (off_t)sizeof(last));
	ck_assert_int_ne(fd = open(path, O_RDONLY | O_CLOEXEC), -1);
	ck_assert_int_eq(pread(fd, &last, sizeof(last), where),
	    (ssize_t)sizeof(last));
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(last.ll_time, 1700000000);
	FIELD_IS(last.ll_line, "pts/0");
	FIELD_IS(last.ll_host, "192.0.2.1");
}
END_TEST

/* The largest uid there is, as directory services give them. */
START_TEST(the_last_login_of_a_large_uid)
{
	const off_t where = (off_t)4294967294 * (off_t)sizeof(struct lastlog);
	struct utmpx entry;
	struct stat st;

	home_write(path, "");
	make(&entry, USER_PROCESS, "alice", "pts/0", getpid());
	if (utmpfile_lastlog(path, "/nowhere", 4294967294, &entry) == -1) {
		/* a file system without such files */
		ck_assert_int_eq(errno, EFBIG);
		return;
	}
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, where + (off_t)sizeof(struct lastlog));
	ck_assert_int_lt(st.st_blocks, 1000);
}
END_TEST

/* Would have caught a write to wherever a link points. */
START_TEST(lastlog_is_no_link)
{
	struct utmpx entry;

	home_write(home_path("target"), "");
	ck_assert_int_eq(symlink(home_path("target"), path), 0);
	make(&entry, USER_PROCESS, "alice", "pts/0", getpid());
	ck_assert_int_eq(utmpfile_lastlog(path, "/nowhere", 1, &entry), -1);
	ck_assert_int_eq(size_of(path), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("utmpfile");
	TCase *tc = tcase_create("utmpfile");

	tcase_add_checked_fixture(tc, setup, home_remove);
	tcase_add_loop_test(tc, the_address, 0, NROWS(addresses));
	tcase_add_loop_test(tc, fields_without_an_end, 0, 2);
	tcase_add_loop_test(tc, what_is_missing_is_not_made, 0, 5);
	tcase_add_loop_test(tc, what_is_no_file, 0, 5);
	tcase_add_test(tc, the_place_of_the_line);
	tcase_add_loop_test(tc, a_place_for_a_line, 0, NROWS(places));
	tcase_add_test(tc, behind_a_part_of_an_entry);
	tcase_add_loop_test(tc, the_terminal_is_given_back, 0, 2);
	tcase_add_test(tc, what_is_not_ours_stays);
	tcase_add_test(tc, a_reader_with_a_lock);
	tcase_add_test(tc, a_part_is_cut_off);
	tcase_add_loop_test(tc, the_refused_are_kept_private, 0,
	    NROWS(refusals));
	tcase_add_loop_test(tc, the_last_login, 0, NROWS(uids));
	tcase_add_test(tc, the_last_login_of_a_large_uid);
	tcase_add_test(tc, lastlog_is_no_link);
	suite_add_tcase(s, tc);
	return run_suite(s);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Files of our own in place of the system's, and fakedb.c in place of the
 * databases and of PAM's modules.
 */

#include "config.h"
#include "loginrecord.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lastlog.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakedb.h"
#include "home.h"
#include "procs.h"
#include "run.h"
#include "utmpfile.h"

static char directory[] = "/tmp/check_loginrecord.XXXXXX";
static char library[64], module[64];

static struct loginrecord_places places;
static struct loginrecord record;
static struct loginstate state;

/* Build the library twice: one is the PAM module.  Returns 1, or 0. */
static int
make_library(void)
{
	const char *top = getenv("TOP_SRCDIR"), *cc = getenv("TEST_CC");
	char command[1024];
	int wstatus;
	pid_t pid;

	if (mkdtemp(directory) == NULL)
		return 0;
	(void)snprintf(library, sizeof(library), "%s/libfakedb.so.0",
	    directory);
	(void)snprintf(module, sizeof(module), "%s/pam_fakedb.so", directory);
	(void)snprintf(command, sizeof(command), "%s -D_GNU_SOURCE -shared "
	    "-fPIC -o %s %s/tests/unit/fakedb.c >/dev/null 2>&1 && "
	    "exec cp %s %s", cc != NULL ? cc : "cc", library,
	    top != NULL ? top : ".", library, module);
	if ((pid = fork()) == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &wstatus, 0) == pid && wstatus == 0;
}

static void
remove_library(void)
{
	(void)unlink(library);
	(void)unlink(module);
	(void)rmdir(directory);
}

/* Long enough for any machine. */
#define PATIENCE 30000

static void
setup(void)
{
	static char files[5][128];
	static const char *const names[] = { "utmp", "wtmp", "lastlog",
	    "btmp", "db" };
	int i;

	home_make();
	for (i = 0; i < 5; i++) {
		(void)snprintf(files[i], sizeof(files[i]), "%s",
		    home_path(names[i]));
		if (i < 4)
			home_write(files[i], "");
	}
	ck_assert_int_eq(chmod(files[3], 0600), 0);
	places = (struct loginrecord_places) { .utmp = files[0],
	    .wtmp = files[1], .lastlog = files[2], .btmp = files[3],
	    .login_defs = "/nowhere", .patience = PATIENCE,
	    .wtmpdb = { library, { "/nowhere", files[4] }, "pam_fakedb.so" },
	    .lastlog2 = { library, { "/nowhere", NULL }, "pam_fakedb.so" },
	};
	loginrecord_use(&places);
	record = (struct loginrecord) { .user = "alice", .uid = 3,
	    .tty = "/dev/pts/0", .host = "192.0.2.1",
	    .service = "ssh-incubator", .pid = getpid() };
	ck_assert_int_eq(setenv(FAKEDB_PATH, files[4], 1), 0);
	ck_assert_int_eq(unsetenv(FAKEDB_MOOD), 0);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_size;
}

static int
count(const char *path)
{
	ck_assert_int_eq(size_of(path) % (off_t)sizeof(struct utmpx), 0);
	return (int)(size_of(path) / (off_t)sizeof(struct utmpx));
}

static const struct utmpx *
at(const char *path, int place)
{
	static struct utmpx entry;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(pread(fd, &entry, sizeof(entry),
	    place * (off_t)sizeof(entry)), (ssize_t)sizeof(entry));
	ck_assert_int_eq(close(fd), 0);
	return &entry;
}

#define FIELD_IS(field, text) \
    ck_assert_msg(strncmp((field), (text), sizeof(field)) == 0, \
    "\"%.*s\", not \"%s\"", (int)sizeof(field), (field), (text))

/* sshd's entry for its own login on our terminal. */
static void
sshd_logs_in(pid_t sshd)
{
	const struct utmpfile_login login = { .user = "gateway",
	    .line = "pts/0", .host = "192.0.2.1", .pid = sshd,
	    .when = { 1700000000, 0 } };
	struct utmpx entry, before;

	utmpfile_fill(&entry, USER_PROCESS, &login);
	ck_assert_int_eq(utmpfile_take(places.utmp, &entry, &before), 0);
}

static pid_t
live(void)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		for (;;)
			(void)pause();
	return pid;
}

static void
die(pid_t pid)
{
	ck_assert_int_gt(pid, 1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* For another process, which closes what we have opened. */
static void
hand_on(void)
{
	char text[LOGINSTATE_TEXT_SIZE];

	ck_assert_int_eq(loginstate_print(&state, text, sizeof(text)), 0);
	ck_assert_msg(loginstate_parse(text, &state) == 0, "%s", text);
}

static void
close_elsewhere(void)
{
	int wstatus;
	pid_t pid;

	hand_on();
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		loginrecord_close(&state);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
}

/*
 * By the opener, and by another.  Would have caught a login that who(1) and
 * last(1) do not know, or as somebody's who never comes back.
 */
START_TEST(from_login_to_logout)
{
	const pid_t sshd = live();
	struct lastlog last;
	int fd;

	sshd_logs_in(sshd);
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.written, LOGINSTATE_UTMP | LOGINSTATE_WTMP |
	    LOGINSTATE_LASTLOG);
	ck_assert_int_eq(count(places.utmp), 1);
	FIELD_IS(at(places.utmp, 0)->ut_user, "alice");
	FIELD_IS(at(places.utmp, 0)->ut_line, "pts/0");
	FIELD_IS(at(places.utmp, 0)->ut_host, "192.0.2.1");
	ck_assert_int_eq(at(places.utmp, 0)->ut_pid, getpid());
	ck_assert_int_eq(count(places.wtmp), 1);
	FIELD_IS(at(places.wtmp, 0)->ut_user, "alice");
	ck_assert_int_ne(fd = open(places.lastlog, O_RDONLY | O_CLOEXEC),
	    -1);
	ck_assert_int_eq(pread(fd, &last, sizeof(last), 3 *
	    (off_t)sizeof(last)), (ssize_t)sizeof(last));
	ck_assert_int_eq(close(fd), 0);
	FIELD_IS(last.ll_line, "pts/0");

	if (_i)
		close_elsewhere();
	else
		loginrecord_close(&state);
	ck_assert_int_eq(count(places.utmp), 1);
	FIELD_IS(at(places.utmp, 0)->ut_user, "gateway");
	ck_assert_int_eq(at(places.utmp, 0)->ut_pid, sshd);
	ck_assert_int_eq(at(places.utmp, 0)->ut_tv.tv_sec, 1700000000);
	ck_assert_int_eq(count(places.wtmp), 2);
	ck_assert_int_eq(at(places.wtmp, 1)->ut_type, DEAD_PROCESS);
	FIELD_IS(at(places.wtmp, 1)->ut_line, "pts/0");
	die(sshd);
}
END_TEST

/*
 * Gone; gone and not reaped; or its pid is another's by now.  Would have
 * caught a login that who(1) shows for ever.
 */
START_TEST(sshd_is_gone)
{
	pid_t sshd = live();
	siginfo_t info;

	sshd_logs_in(sshd);
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_ne(state.before_start, 0);
	ck_assert_int_eq(state.before.ut_pid, sshd);
	if (_i == 0) {
		die(sshd);
	} else if (_i == 1) {
		ck_assert_int_eq(kill(sshd, SIGKILL), 0);
		ck_assert_int_eq(waitid(P_PID, (id_t)sshd, &info,
		    WEXITED | WNOWAIT), 0);
	} else
		state.before_start++;
	loginrecord_close(&state);
	ck_assert_int_eq(count(places.utmp), 1);
	ck_assert_int_eq(at(places.utmp, 0)->ut_type, DEAD_PROCESS);
	FIELD_IS(at(places.utmp, 0)->ut_user, "");
	if (_i != 0)
		die(sshd);
}
END_TEST

/* Would have caught somebody who is logged out by our end, but not there. */
START_TEST(the_terminal_is_anothers_now)
{
	const pid_t sshd = live();

	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_int_eq(state.before.ut_type, EMPTY);
	sshd_logs_in(sshd);
	FIELD_IS(at(places.utmp, 0)->ut_user, "gateway");
	loginrecord_close(&state);
	FIELD_IS(at(places.utmp, 0)->ut_user, "gateway");
	ck_assert_int_eq(at(places.utmp, 0)->ut_type, USER_PROCESS);
	ck_assert_int_eq(count(places.wtmp), 2);
	die(sshd);
}
END_TEST

/* As sshd does.  Would have caught scp in last(1). */
START_TEST(without_a_terminal)
{
	home_write(home_path("db"), "0123456789012345678901234567");
	record.tty = NULL;
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.written, 0);
	hand_on();
	loginrecord_close(&state);
	ck_assert_int_eq(size_of(places.utmp) + size_of(places.wtmp) +
	    size_of(places.lastlog), 0);
	ck_assert_int_eq(size_of(home_path("db")), 28);
}
END_TEST

/* Would have caught files that come into being where there were none. */
START_TEST(a_system_that_keeps_nothing)
{
	ck_assert_int_eq(unlink(places.utmp), 0);
	ck_assert_int_eq(unlink(places.wtmp), 0);
	ck_assert_int_eq(unlink(places.lastlog), 0);
	ck_assert_int_eq(unlink(places.btmp), 0);
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.written, 0);
	loginrecord_close(&state);
	loginrecord_refused("alice", NULL, NULL, getpid());
	ck_assert_int_eq(access(places.utmp, F_OK), -1);
	ck_assert_int_eq(access(places.wtmp, F_OK), -1);
	ck_assert_int_eq(access(places.lastlog, F_OK), -1);
	ck_assert_int_eq(access(places.btmp, F_OK), -1);
	ck_assert_int_eq(access(home_path("db"), F_OK), -1);
}
END_TEST

/*
 * Would have caught a session of a user with a limit that nobody ever saw,
 * or that ended with SIGXFSZ.
 */
START_TEST(a_limit_of_the_users)
{
	struct rlimit before, small;

	/* check writes a file at each assertion */
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 100;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	loginrecord_close(&state);
	(void)setrlimit(RLIMIT_FSIZE, &before);
	ck_assert_int_eq(count(places.wtmp), 2);
}
END_TEST

/* As a process that may have no child: 1 if it was one. */
static int
close_without_a_child(void)
{
	const struct rlimit none = { 0, 0 };
	const pid_t pid = fork();
	int wstatus;

	if (pid == 0) {
		/* Root is above the limit that stands for a cgroup's here. */
		if ((getuid() == 0 && setresuid(65534, 65534, 65534) == -1) ||
		    setrlimit(RLIMIT_NPROC, &none) == -1 || fork() != -1)
			_exit(1);
		loginrecord_close(&state);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return wstatus == 0;
}

/*
 * Would have caught a user who is logged in for ever, because the processes
 * that he leaves behind are as many as his slice may have.
 */
START_TEST(no_process_to_be_had)
{
	const pid_t sshd = live();

	sshd_logs_in(sshd);
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_int_eq(chmod(places.utmp, 0666), 0);
	ck_assert_int_eq(chmod(places.wtmp, 0666), 0);
	if (close_without_a_child()) {
		FIELD_IS(at(places.utmp, 0)->ut_user, "gateway");
		ck_assert_int_eq(count(places.wtmp), 2);
		ck_assert_int_eq(at(places.wtmp, 1)->ut_type, DEAD_PROCESS);
	} else
		(void)printf("SKIP no_process_to_be_had: no limit of "
		    "processes holds here\n");
	die(sshd);
}
END_TEST

/* Would have caught a line of another terminal, or of another user. */
START_TEST(names_that_are_too_long)
{
	char name[300];

	memset(name, 'x', sizeof(name));
	name[299] = '\0';
	*(_i ? &record.tty : &record.user) = name;
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.written, 0);
	ck_assert_int_eq(size_of(places.wtmp), 0);
}
END_TEST

/* Would have caught a refusal that looks like a login, or has no terminal. */
START_TEST(who_was_refused)
{
	if (geteuid() != 0) {
		printf("SKIP who_was_refused: not root\n");
		return;
	}
	loginrecord_refused("mallory", "2001:db8::1",
	    _i ? "/dev/pts/3" : NULL, 4711);
	ck_assert_int_eq(count(places.btmp), 1);
	/* a USER_PROCESS would be somebody who got in */
	ck_assert_int_eq(at(places.btmp, 0)->ut_type, LOGIN_PROCESS);
	FIELD_IS(at(places.btmp, 0)->ut_line, _i ? "pts/3" : "ssh:notty");
	FIELD_IS(at(places.btmp, 0)->ut_user, "mallory");
	FIELD_IS(at(places.btmp, 0)->ut_host, "2001:db8::1");
	ck_assert_int_eq(at(places.btmp, 0)->ut_pid, 4711);
	ck_assert_int_ne(at(places.btmp, 0)->ut_addr_v6[3], 0);
}
END_TEST

/* From here on with databases. */

static void
make_db(void)
{
	const char header[FAKEDB_HEADER] = "SQLite format 3";
	int fd = open(home_path("db"), O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, header, sizeof(header)),
	    (ssize_t)sizeof(header));
	ck_assert_int_eq(close(fd), 0);
}

static void
setup_db(void)
{
	setup();
	make_db();
}

static int
count_rows(void)
{
	return (int)((size_of(home_path("db")) - FAKEDB_HEADER) /
	    (off_t)sizeof(struct fakedb_row));
}

static const struct fakedb_row *
row(int n)
{
	static struct fakedb_row found;
	int fd = open(home_path("db"), O_RDONLY | O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(pread(fd, &found, sizeof(found), FAKEDB_HEADER + n *
	    (off_t)sizeof(found)), (ssize_t)sizeof(found));
	ck_assert_int_eq(close(fd), 0);
	return &found;
}

typedef int64_t db_login(const char *, int, const char *, uint64_t,
    const char *, const char *, const char *, char **);
typedef int db_logout(const char *, int64_t, uint64_t, char **);

/* Somebody else writes: in this process, as a PAM module of ours would. */
static int64_t
other_logs_in(const char *file, const char *user, uint64_t usec,
    const char *tty)
{
	void *symbol, *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	db_login *login;
	char *error = NULL;

	ck_assert_ptr_nonnull(handle);
	ck_assert_ptr_nonnull(symbol = dlsym(handle, "wtmpdb_login"));
	memcpy(&login, &symbol, sizeof(symbol));
	return login(NULL, 3, user, usec, tty, "", "sshd", &error);
}

static void
other_logs_out(int64_t id, uint64_t usec)
{
	void *symbol, *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	db_logout *logout;
	char *error = NULL;

	ck_assert_ptr_nonnull(handle);
	ck_assert_ptr_nonnull(symbol = dlsym(handle, "wtmpdb_logout"));
	memcpy(&logout, &symbol, sizeof(symbol));
	ck_assert_int_eq(logout(NULL, id, usec, &error), 0);
}

/*
 * Would have caught utmp's number for a user's login, which wtmpdb takes for
 * something else, and a logout without a login.
 */
START_TEST(db_from_login_to_logout)
{
	(void)other_logs_in(library, "gateway", 1, "pts/0");
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.written, LOGINSTATE_UTMP | LOGINSTATE_WTMP |
	    LOGINSTATE_LASTLOG | LOGINSTATE_WTMPDB);
	ck_assert_int_eq(count_rows(), 2);
	ck_assert_int_eq(row(1)->type, 3);
	ck_assert_str_eq(row(1)->user, "alice");
	ck_assert_str_eq(row(1)->tty, "pts/0");
	ck_assert_str_eq(row(1)->host, "192.0.2.1");
	ck_assert_str_eq(row(1)->service, "ssh-incubator");
	ck_assert_uint_gt(row(1)->login, 1700000000000000);
	ck_assert_uint_eq(row(1)->logout, 0);
	if (_i)
		close_elsewhere();
	else
		loginrecord_close(&state);
	ck_assert_uint_ge(row(1)->logout, row(1)->login);
	ck_assert_uint_eq(row(0)->logout, 0);
}
END_TEST

/* Would have caught a NULL that a database takes for "not known". */
START_TEST(db_without_an_address)
{
	record.host = NULL;
	record.tty = "pts/0";
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_str_eq(row(0)->host, "");
	ck_assert_str_eq(row(0)->tty, "pts/0");
}
END_TEST

/*
 * Would have caught each login twice in last(1), where PAM's module is in the
 * stack; and one that nobody closes when its process was killed.
 */
START_TEST(db_written_by_pam)
{
	uint64_t now;

	loginrecord_prepare(&state);
	now = state.from;
	(void)other_logs_in(library, "alice", now - 1, "pts/0");
	ck_assert_int_eq(other_logs_in(module, "alice", now, "pts/0"), 2);
	/* others, while PAM was at it */
	(void)other_logs_in(library, "bob", now, "pts/0");
	(void)other_logs_in(library, "alice", now, "pts/00");
	loginrecord_open(&record, &state);
	ck_assert_int_eq(count_rows(), 4);
	ck_assert_uint_ne(state.written & LOGINSTATE_BY_PAM, 0);
	if (_i)
		close_elsewhere();
	else
		loginrecord_close(&state);	/* and PAM, afterwards */
	ck_assert_uint_ne(row(1)->logout, 0);
	ck_assert_uint_eq(row(0)->logout, 0);
	ck_assert_uint_eq(row(2)->logout, 0);
	ck_assert_uint_eq(row(3)->logout, 0);
}
END_TEST

/*
 * The same without a terminal, where the module writes "ssh" for a line, as
 * for everybody.  Would have caught a login that is there for ever when its
 * process was killed, and another's that is closed in its place.
 */
START_TEST(db_written_by_pam_for_no_terminal)
{
	record.tty = NULL;
	(void)other_logs_in(library, "alice", 1, "ssh");
	loginrecord_prepare(&state);
	(void)other_logs_in(library, "bob", state.from, "ssh");
	(void)other_logs_in(module, "alice", state.from, "ssh");
	loginrecord_open(&record, &state);
	ck_assert_int_eq(count_rows(), 3);
	ck_assert_int_eq(count(places.wtmp), 0);
	loginrecord_close(&state);
	ck_assert_uint_eq(row(2)->logout, 0);	/* PAM does it */
	close_elsewhere();
	ck_assert_uint_ne(row(2)->logout, 0);
	close_elsewhere();			/* as after PAM's own */
	ck_assert_uint_eq(row(0)->logout, 0);
	ck_assert_uint_eq(row(1)->logout, 0);
}
END_TEST

/*
 * Its module is there and passes our service over; or somebody else wrote
 * while PAM was at it, and there is no module.  Would have caught a login that
 * nobody records.
 */
START_TEST(db_not_written_by_pam)
{
	if (_i == 0)
		(void)other_logs_in(module, "alice", 1, "pts/0");
	loginrecord_prepare(&state);
	if (_i == 1)
		(void)other_logs_in(library, "alice", 1, "pts/0");
	loginrecord_open(&record, &state);
	ck_assert_int_eq(count_rows(), 2);
	ck_assert_str_eq(row(1)->service, "ssh-incubator");
	ck_assert_uint_eq(state.written & LOGINSTATE_BY_PAM, 0);
}
END_TEST

/*
 * After a rotation the number is somebody else's row.  Would have caught
 * whoever has it then, logged out by us.
 */
START_TEST(db_rotated)
{
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.row, 1);
	make_db();
	(void)other_logs_in(library, "bob", state.from + 1,
	    _i ? "pts/0" : "pts/9");
	if (_i)		/* as if it had another number at the same terminal */
		state.row = 5;
	loginrecord_close(&state);
	ck_assert_uint_eq(row(0)->logout, 0);
}
END_TEST

/*
 * Somebody logged in at this terminal after us.  Would have caught the wrong
 * row closed, and ours left open.
 */
START_TEST(db_row_is_not_the_last)
{
	loginrecord_prepare(&state);
	(void)other_logs_in(library, "gateway", state.from, "pts/0");
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.row, 2);
	(void)other_logs_in(library, "bob", state.to + 1, "pts/0");
	loginrecord_close(&state);
	ck_assert_uint_eq(row(0)->logout, 0);
	ck_assert_uint_ne(row(1)->logout, 0);
	ck_assert_uint_eq(row(2)->logout, 0);
}
END_TEST

/*
 * sshd was first, and has closed the last open row of the line, which was
 * ours.  Would have caught its own login, open for ever, a time that is
 * written over, and somebody's row closed that sshd did not mean: of another
 * line, one of a login long ago (_i 1, where sshd has closed its own, too), or
 * of who came after us (_i 2).
 */
START_TEST(db_sshd_was_first)
{
	(void)other_logs_in(library, "carol", 17, "pts/0");
	(void)other_logs_in(library, "gateway", 18, "pts/0");
	(void)other_logs_in(library, "gateway", 19, "pts/1");
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.row, 4);
	other_logs_out(4, 4711);
	if (_i == 1)
		other_logs_out(2, 4712);
	if (_i == 2)
		(void)other_logs_in(library, "bob", state.to + 1, "pts/0");
	loginrecord_close(&state);
	ck_assert_uint_eq(row(0)->logout, 0);
	if (_i == 1)
		ck_assert_uint_eq(row(1)->logout, 4712);
	else
		ck_assert_uint_gt(row(1)->logout, 4712);
	ck_assert_uint_eq(row(2)->logout, 0);
	ck_assert_uint_eq(row(3)->logout, 4711);
	if (_i == 2)
		ck_assert_uint_eq(row(4)->logout, 0);
}
END_TEST

/*
 * Would have caught a login that hangs in a locked database, one whose other
 * records are lost by that, and a row that was written in the last moment and
 * that nobody closes.
 */
START_TEST(db_hangs)
{
	int tries;

	ck_assert_int_eq(setenv(FAKEDB_MOOD, "hang", 1), 0);
	/* more of it each time, for a machine that is busy */
	places.patience = 100;
	for (tries = 0; tries < 8; tries++) {
		places.patience *= 2;
		loginrecord_prepare(&state);
		loginrecord_open(&record, &state);
		if ((state.written & LOGINSTATE_WTMPDB) != 0)
			break;
	}
	ck_assert_uint_eq(state.written, LOGINSTATE_UTMP | LOGINSTATE_WTMP |
	    LOGINSTATE_LASTLOG | LOGINSTATE_WTMPDB);
	ck_assert_uint_eq(state.row, 0);
	ck_assert_int_eq(unsetenv(FAKEDB_MOOD), 0);
	places.patience = PATIENCE;
	(void)other_logs_in(library, "alice", state.from, "pts/0");
	close_elsewhere();
	ck_assert_uint_ne(row(0)->logout, 0);
}
END_TEST

/* Would have caught a database's trouble that costs the rest. */
START_TEST(db_fails)
{
	if (_i == 0)
		ck_assert_int_eq(setenv(FAKEDB_MOOD, "fail", 1), 0);
	else
		places.wtmpdb.library = _i == 1 ? "libnosuchthing.so.0" :
		    "libc.so.6";
	loginrecord_prepare(&state);
	loginrecord_open(&record, &state);
	ck_assert_uint_eq(state.written, LOGINSTATE_UTMP | LOGINSTATE_WTMP |
	    LOGINSTATE_LASTLOG);
	loginrecord_close(&state);
	ck_assert_int_eq(count(places.wtmp), 2);
	ck_assert_int_eq(count_rows(), 0);
}
END_TEST

/* The other one: seconds, not microseconds; and PAM's module counts, too. */
START_TEST(db_lastlog2)
{
	places.lastlog2.databases[0] = places.wtmpdb.databases[1];
	places.wtmpdb.databases[1] = NULL;
	loginrecord_prepare(&state);
	if (_i)
		(void)other_logs_in(module, "alice", 1, "pts/0");
	loginrecord_open(&record, &state);
	ck_assert_int_eq(count_rows(), 1);
	ck_assert_uint_eq(state.written & LOGINSTATE_WTMPDB, 0);
	if (_i) {
		ck_assert_str_eq(row(0)->service, "sshd");
		return;
	}
	ck_assert_uint_ne(state.written & LOGINSTATE_LASTLOG2, 0);
	ck_assert_int_eq(row(0)->type, -1);
	ck_assert_str_eq(row(0)->user, "alice");
	ck_assert_str_eq(row(0)->service, "ssh-incubator");
	ck_assert_uint_gt(row(0)->login, 1700000000);
	ck_assert_uint_lt(row(0)->login, 1700000000000);
	loginrecord_close(&state);
	ck_assert_uint_eq(row(0)->logout, 0);
}
END_TEST

static TCase *
db_cases(void)
{
	TCase *tc = tcase_create("databases");

	tcase_add_unchecked_fixture(tc, NULL, remove_library);
	tcase_add_checked_fixture(tc, setup_db, home_remove);
	tcase_add_loop_test(tc, db_from_login_to_logout, 0, 2);
	tcase_add_test(tc, db_without_an_address);
	tcase_add_loop_test(tc, db_written_by_pam, 0, 2);
	tcase_add_test(tc, db_written_by_pam_for_no_terminal);
	tcase_add_loop_test(tc, db_not_written_by_pam, 0, 2);
	tcase_add_loop_test(tc, db_rotated, 0, 2);
	tcase_add_test(tc, db_row_is_not_the_last);
	tcase_add_loop_test(tc, db_sshd_was_first, 0, 3);
	tcase_add_test(tc, db_hangs);
	tcase_add_loop_test(tc, db_fails, 0, 3);
	tcase_add_loop_test(tc, db_lastlog2, 0, 2);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("loginrecord");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, home_remove);
	tcase_add_loop_test(tc, from_login_to_logout, 0, 2);
	tcase_add_loop_test(tc, sshd_is_gone, 0, 3);
	tcase_add_test(tc, the_terminal_is_anothers_now);
	tcase_add_test(tc, without_a_terminal);
	tcase_add_test(tc, a_system_that_keeps_nothing);
	tcase_add_test(tc, a_limit_of_the_users);
	tcase_add_test(tc, no_process_to_be_had);
	tcase_add_loop_test(tc, names_that_are_too_long, 0, 2);
	tcase_add_loop_test(tc, who_was_refused, 0, 2);
	suite_add_tcase(s, tc);
	if (make_library())
		suite_add_tcase(s, db_cases());
	else {
		printf("SKIP check_loginrecord databases: no library\n");
		remove_library();
	}
	return run_suite(s);
}

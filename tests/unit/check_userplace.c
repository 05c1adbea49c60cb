/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Where sessions live, on a machine with its own /run and /var/lib: with and
 * without logind, lingering and a home (invariant I8 for what is planted in
 * those places).
 */

#include "config.h"
#include "userplace.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "caps.h"
#include "den.h"
#include "linger.h"
#include "lockfile.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define PLACE "ssh-incubator/pty"
#define BELOW "/" PLACE
#define STATE "home/.local/state"

static char name[] = "dom\\anna'\xc3\xa9", why[512], runtime[64];
static char variable[256];
static char *envp[] = { variable, NULL };
static struct account account = { .name = name };
static struct userplace place, places[USERPLACE_MAX];
static uid_t uid;
static int stage;		/* is the machine ours? */

static void
write_file(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	(void)close(fd);
}

/* A user may have mounts of his own if he has a name space for himself. */
static int
own_mounts(void)
{
	const gid_t gid = getegid();
	char map[64];

	if (geteuid() == 0)
		return unshare(CLONE_NEWNS);
	(void)snprintf(map, sizeof(map), "%u %u 1", (unsigned)uid,
	    (unsigned)uid);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
		return -1;
	write_file("/proc/self/uid_map", map);
	write_file("/proc/self/setgroups", "deny");
	(void)snprintf(map, sizeof(map), "%u %u 1", (unsigned)gid,
	    (unsigned)gid);
	write_file("/proc/self/gid_map", map);
	return 0;
}

/* /run without anything, and /var/lib; and then nobody, for root. */
static void
setup(void)
{
	const int root = geteuid() == 0;

	uid = root ? SCENE_UID : geteuid();
	stage = scene_lacks(root ? SCENE_MOUNTS : SCENE_USERS) == NULL &&
	    own_mounts() == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("none", "/run", "tmpfs", 0, "mode=755") == 0 &&
	    mount("none", "/var/lib", "tmpfs", 0, "mode=755") == 0;
	if (stage) {
		(void)snprintf(runtime, sizeof(runtime), "/run/user/%u",
		    (unsigned)uid);
		ck_assert_int_eq(mkdir("/run/systemd", 0755), 0);
		ck_assert_int_eq(chmod("/run/systemd", 0777), 0);
		ck_assert_int_eq(mkdir("/run/user", 0755), 0);
		ck_assert_int_eq(mkdir("/var/lib/systemd", 0755), 0);
		ck_assert_int_eq(mkdir("/var/lib/systemd/linger", 0777), 0);
		ck_assert_int_eq(chmod("/var/lib/systemd/linger", 0777), 0);
		ck_assert_int_eq(chmod("/run/user", 0777), 0);
	}
	if (root)
		stage_be_nobody(NULL, 0);
	/* who has a name space for himself is a root of sorts */
	ck_assert_int_eq(caps_reduce(0), 0);
	den_make();
	den_plant(DEN_DIRECTORY, "home", 0755);
	account.uid = uid;
	account.home = strdup(den_path("home"));
	(void)snprintf(variable, sizeof(variable), "NOTHING=");
}

static void
teardown(void)
{
	free(account.home);
	den_remove();
}

/* For a test that needs the machine: 0 after a line that says why not. */
static int
on_stage(const char *test)
{
	if (!stage)
		printf("SKIP %s: no mounts of our own\n", test);
	return stage;
}

static void
make(const char *path, mode_t mode)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void
set_runtime(const char *path)
{
	(void)snprintf(variable, sizeof(variable), "XDG_RUNTIME_DIR=%s", path);
}

static void
expect_new(const char *base, int is_runtime, int fleeting)
{
	char path[256];
	struct stat a, b;

	ck_assert_msg(userplace_new(&place, PLACE, envp, &account, why,
	    sizeof(why)) == 0, "%s", why);
	(void)snprintf(path, sizeof(path), "%s%s", base, BELOW);
	ck_assert_str_eq(place.path, path);
	ck_assert_int_eq(place.runtime, is_runtime);
	ck_assert_int_eq(place.fleeting, fleeting);
	ck_assert_int_eq(fstat(place.dir, &a), 0);
	ck_assert_int_eq(stat(path, &b), 0);
	ck_assert(a.st_dev == b.st_dev && a.st_ino == b.st_ino);
	userplace_close(&place);
}

static const struct {
	const char *name;
	int ok;
} names[] = {
	{ "a", 1 }, { "Main-2_x.y", 1 }, { "-a", 1 }, { "9", 1 }, { "a.", 1 },
	{ "", 0 }, { ".", 0 }, { "..", 0 }, { ".a", 0 }, { "a/b", 0 },
	{ "/", 0 }, { "a b", 0 }, { "a\n", 0 }, { "\xc3\xa9", 0 },
	{ "a\x7f", 0 }, { "a:b", 0 }, { "a*", 0 }, { "~", 0 },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg",
	    1 },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg",
	    0 },
};

/* Would have caught a name that is a way, or an option's, to a shell. */
START_TEST(what_is_a_name)
{
	char buf[USERPLACE_FILE_SIZE];

	ck_assert_int_eq(userplace_name_ok(names[_i].name), names[_i].ok);
	if (names[_i].ok)
		ck_assert_uint_eq(strlen(userplace_file(buf, names[_i].name,
		    ".agent")), strlen(names[_i].name) + 6);
}
END_TEST

/* Would have caught "x.sock" or ".lock" in a list of what is there. */
START_TEST(whose_file_it_is)
{
	static const struct {
		const char *file, *name;
	} rows[] = {
		{ "a.lock", "a" }, { "a.b.lock", "a.b" }, { ".lock", NULL },
		{ "..lock", NULL }, { "lock", NULL }, { "a.sock", NULL },
		{ "a b.lock", NULL }, { "a.lock.", NULL },
	};
	char found[USERPLACE_FILE_SIZE], longest[USERPLACE_FILE_SIZE + 8];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(userplace_named(rows[i].file, ".lock", found),
		    rows[i].name != NULL);
		if (rows[i].name != NULL)
			ck_assert_str_eq(found, rows[i].name);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest + sizeof(longest) - 6, ".lock", 6);
	ck_assert_int_eq(userplace_named(longest, ".lock", found), 0);
}
END_TEST

/* What of logind, lingering and the runtime directory there is. */
static const struct {
	int logind, lingers, there, named;
	int is_runtime;
} machines[] = {
	{ 0, 0, 0, 0, 0 },	/* a container without anything */
	{ 0, 0, 1, 0, 1 },	/* nobody there to remove it */
	{ 1, 0, 1, 1, 0 },	/* removed at logout */
	{ 1, 1, 1, 1, 1 },
	{ 1, 1, 1, 0, 1 },	/* a login whose environment does not say */
	{ 1, 1, 0, 1, 0 },	/* the environment is older than the logout */
};

/* Would have caught a socket that logind removes under a living session. */
START_TEST(where_it_stays)
{
	if (!on_stage("where_it_stays"))
		return;
	if (machines[_i].logind)
		make("/run/systemd/seats", 0755);
	/* as logind writes such a name */
	if (machines[_i].lingers)
		write_file("/var/lib/systemd/linger/"
		    "dom\\\\anna\\'\\303\\251", "");
	if (machines[_i].there)
		make(runtime, 0700);
	if (machines[_i].named)
		set_runtime(runtime);
	ck_assert_int_eq(linger_is_on(name), machines[_i].lingers);
	expect_new(machines[_i].is_runtime ? runtime : den_path(STATE),
	    machines[_i].is_runtime, 0);
	ck_assert_str_ne(why, "");
	/* and found again by a login that has no such variable */
	set_runtime("");
	ck_assert_int_eq(userplace_all(places, PLACE, envp, account.home, why,
	    sizeof(why)), 1);
	ck_assert_int_eq(places[0].runtime, machines[_i].is_runtime);
	ck_assert_str_eq(why, "");
	userplace_close(&places[0]);
}
END_TEST

/* Would have caught a home that is made readable, or must be complete. */
START_TEST(I8_state_is_made)
{
	const mode_t mask = umask(_i != 0 ? 0 : 022);

	if (!on_stage("I8_state_is_made"))
		return;
	expect_new(den_path(STATE), 0, 0);
	(void)umask(mask);
	ck_assert_uint_eq(den_mode("home/.local"), 0700);
	ck_assert_uint_eq(den_mode(STATE), 0700);
	ck_assert_uint_eq(den_mode(STATE "/ssh-incubator"), 0700);
	ck_assert_uint_eq(den_mode(STATE "/ssh-incubator/pty"), 0700);
	ck_assert_uint_eq(den_mode("home"), 0755);
}
END_TEST

static const struct {
	const char *path;
	enum den_kind kind;
	mode_t mode;
	int err;
} planted[] = {
	{ "/ssh-incubator", DEN_LINK, 0, ELOOP },
	{ "/ssh-incubator", DEN_FILE, 0600, ENOTDIR },
	{ "/ssh-incubator", DEN_DIRECTORY, 0750, EPERM },
	{ "/ssh-incubator", DEN_DIRECTORY, 0777, EPERM },
	{ BELOW, DEN_LINK, 0, ELOOP },
	{ BELOW, DEN_DIRECTORY, 0701, EPERM },
};

/*
 * In the one place and in the other.  Would have caught a session that goes
 * elsewhere and says nothing, or into a directory that is not private; a list
 * that shows what somebody else put there; and other sessions lost for it.
 */
START_TEST(I8_planted)
{
	const char *base = (_i & 1) != 0 ? "xdg" : STATE;
	const int row = _i / 2;
	char path[256];

	if (!on_stage("I8_planted"))
		return;
	make(den_path("home/.local"), 0755);
	make(den_path(STATE), 0755);
	make(den_path("xdg"), 0700);
	if ((_i & 1) != 0)
		set_runtime(den_path("xdg"));
	(void)snprintf(path, sizeof(path), "%s/ssh-incubator", base);
	if (strcmp(planted[row].path, BELOW) == 0)
		make(den_path(path), 0700);
	(void)snprintf(path, sizeof(path), "%s%s", base, planted[row].path);
	den_plant(planted[row].kind, path, planted[row].mode);
	ck_assert_int_eq(userplace_new(&place, PLACE, envp, &account, why,
	    sizeof(why)),
	    -1);
	ck_assert_int_eq(errno, planted[row].err);
	ck_assert_ptr_nonnull(strstr(why, den_path(base)));
	why[0] = '\0';
	ck_assert_int_eq(userplace_all(places, PLACE, envp, account.home, why,
	    sizeof(why)), 0);
	ck_assert_ptr_nonnull(strstr(why, den_path(base)));
	ck_assert_int_eq(den_kind_of(path), planted[row].kind);
}
END_TEST

/* Would have caught a runtime directory that is not the user's own. */
START_TEST(I8_foreign_runtime)
{
	static const char *const foreign[] = { "/tmp", "/", "/root", "run",
		"", "/proc/self", "/dev/null" };

	if (!on_stage("I8_foreign_runtime"))
		return;
	ck_assert_int_eq(chdir(den_path("")), 0);
	make("run", 0700);
	set_runtime(foreign[_i]);
	expect_new(den_path(STATE), 0, 0);
	make(den_path("open"), _i != 0 ? 0770 : 0707);
	set_runtime(den_path("open"));
	expect_new(den_path(STATE), 0, 0);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

/* Would have caught no session at all for who has no home, or a full one. */
START_TEST(a_home_that_is_none)
{
	const char *base = den_path(STATE);

	if (!on_stage("a_home_that_is_none"))
		return;
	if (_i == 0)
		ck_assert_int_eq(rmdir(account.home), 0);
	else
		ck_assert_int_eq(chmod(account.home, 0500), 0);
	ck_assert_int_eq(userplace_new(&place, PLACE, envp, &account, why,
	    sizeof(why)),
	    -1);
	ck_assert_int_eq(errno, _i == 0 ? ENOENT : EACCES);
	ck_assert_ptr_nonnull(strstr(why, base));
	make("/run/systemd/seats", 0755);
	make(runtime, 0700);
	expect_new(runtime, 1, 1);
}
END_TEST

/* Hold that byte of that session's lock, in a process of its own. */
static pid_t
hold(const char *path, int byte)
{
	const int dir = open(path, O_RDONLY | O_DIRECTORY);
	const int lock = lockfile_hold(dir, "work.lock", byte, 0);
	pid_t pid;

	ck_assert_int_ne(lock, -1);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		for (;;)
			(void)pause();
	(void)close(lock);
	(void)close(dir);
	return pid;
}

static void
expect_none(int err)
{
	ck_assert_int_eq(userplace_find(&place, PLACE, envp, account.home,
	    "work"), -1);
	ck_assert_int_eq(errno, err);
}

/*
 * In one of two places.  Would have caught a session that is lost when the
 * other place appears, and one that lives on when it was killed.
 */
START_TEST(I8_found)
{
	char path[512];
	pid_t pid;

	if (!on_stage("I8_found"))
		return;
	expect_none(ENOENT);
	expect_new(den_path(STATE), 0, 0);
	make(runtime, 0700);
	expect_new(runtime, 1, 0);
	expect_none(ENOENT);
	(void)snprintf(path, sizeof(path), "%s%s", _i != 0 ? runtime :
	    den_path(STATE), BELOW);
	pid = hold(path, USERPLACE_CREATING);
	expect_none(ENOENT);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	pid = hold(path, USERPLACE_ALIVE);
	ck_assert_int_eq(userplace_find(&place, PLACE, envp, account.home,
	    "work"), 0);
	ck_assert_str_eq(place.path, path);
	userplace_close(&place);
	ck_assert_int_eq(userplace_find(&place, PLACE, envp, account.home,
	    "wor"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(userplace_find(&place, PLACE, envp, account.home,
	    "../work"), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	expect_none(ENOENT);
	/* a lock that is none is told, not passed over */
	(void)snprintf(path, sizeof(path), "%s%s/work.lock", _i != 0 ?
	    runtime : den_path(STATE), BELOW);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/dev/null", path), 0);
	expect_none(ELOOP);
}
END_TEST

/* Would have caught the same place twice, and descriptors that stay. */
START_TEST(all_of_them)
{
	const int before = scene_descriptors();
	int count, i;

	if (!on_stage("all_of_them"))
		return;
	make(runtime, 0700);
	expect_new(runtime, 1, 0);
	ck_assert_int_eq(symlink(runtime, den_path("link")), 0);
	set_runtime(den_path("link"));
	ck_assert_int_eq(userplace_all(places, PLACE, envp, account.home, why,
	    sizeof(why)), 1);
	userplace_close(&places[0]);
	make(den_path("xdg"), 0700);
	set_runtime(den_path("xdg"));
	expect_new(den_path("xdg"), 1, 0);
	make(den_path("home/.local"), 0700);
	make(den_path(STATE), 0700);
	make(den_path(STATE "/ssh-incubator"), 0700);
	make(den_path(STATE "/ssh-incubator/pty"), 0700);
	set_runtime(den_path("xdg"));
	count = userplace_all(places, PLACE, envp, account.home, why,
	    sizeof(why));
	ck_assert_int_eq(count, 3);
	for (i = 0; i < count; i++) {
		ck_assert_int_eq(places[i].runtime, i < 2);
		ck_assert_int_ne(fcntl(places[i].dir, F_GETFD) & FD_CLOEXEC,
		    0);
		userplace_close(&places[i]);
	}
	ck_assert_int_eq(scene_descriptors(), before);
}
END_TEST

/*
 * Would have caught a socket of a login that is put into the home, where it
 * may be a network's, although the login has a runtime directory; and no
 * socket at all where it has none, or cannot write it.
 */
START_TEST(for_a_login)
{
	char base[128];

	if (!on_stage("for_a_login"))
		return;
	make("/run/systemd/seats", 0755);
	make(runtime, 0700);
	ck_assert_int_eq(userplace_for_login(&place, "ssh-incubator/agent",
	    envp, &account, why, sizeof(why)), 0);
	(void)snprintf(base, sizeof(base), "%s/ssh-incubator/agent", runtime);
	ck_assert_str_eq(place.path, base);
	ck_assert_int_eq(place.runtime, 1);
	userplace_close(&place);
	(void)snprintf(base, sizeof(base), "%s/ssh-incubator", runtime);
	ck_assert_int_eq(chmod(base, 0755), 0);
	ck_assert_int_eq(userplace_for_login(&place, "ssh-incubator/agent",
	    envp, &account, why, sizeof(why)), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(rename(runtime, "/run/user/elsewhere"), 0);
	ck_assert_int_eq(userplace_for_login(&place, "ssh-incubator/agent",
	    envp, &account, why, sizeof(why)), 0);
	ck_assert_int_eq(place.runtime, 0);
	userplace_close(&place);
}
END_TEST

/* Would have caught a warning, or a wait, where there is no logind. */
START_TEST(without_logind)
{
	if (!on_stage("without_logind"))
		return;
	ck_assert_int_eq(linger_would_kill(name), LINGER_STAYS);
	ck_assert_int_eq(linger_enter_scope("x", "work", why, sizeof(why)), -1);
	ck_assert_str_ne(why, "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("userplace");
	TCase *tc = tcase_create("userplace");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_is_a_name, 0, NROWS(names));
	tcase_add_test(tc, whose_file_it_is);
	tcase_add_loop_test(tc, where_it_stays, 0, NROWS(machines));
	tcase_add_loop_test(tc, I8_state_is_made, 0, 2);
	tcase_add_loop_test(tc, I8_planted, 0, 2 * NROWS(planted));
	tcase_add_loop_test(tc, I8_foreign_runtime, 0, 7);
	tcase_add_loop_test(tc, a_home_that_is_none, 0, 2);
	tcase_add_loop_test(tc, I8_found, 0, 2);
	tcase_add_test(tc, all_of_them);
	tcase_add_test(tc, for_a_login);
	tcase_add_test(tc, without_logind);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

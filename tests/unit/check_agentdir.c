/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The place of a session's agent socket: whose it is, who comes in, and that
 * nothing of it stays.
 */

#include "config.h"
#include "agentdir.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "den.h"
#include "run.h"
#include "scene.h"

static struct account nobody = { .uid = SCENE_UID, .gid = SCENE_GID };
static int before;

static void
setup(void)
{
	den_make();
	(void)chmod(den_path(""), 0755);
	agentdir_use(den_path("run"));
	before = scene_descriptors();
}

static void
teardown(void)
{
	ck_assert_int_eq(scene_descriptors(), before);
	den_remove();
}

/* Connect to it as nobody, or as somebody else; how that ended. */
static int
visit(const struct agentdir *dir, uid_t uid, gid_t gid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int wstatus;
	pid_t pid;

	memcpy(addr.sun_path, dir->path, strlen(dir->path) + 1);
	if ((pid = fork()) == 0) {
		const int sock = socket(AF_UNIX, SOCK_STREAM, 0);
		struct ucred cred;
		socklen_t len = sizeof(cred);

		if (setresgid(gid, gid, gid) == -1 ||
		    setresuid(uid, uid, uid) == -1)
			_exit(100);
		if (connect(sock, (struct sockaddr *)&addr,
		    sizeof(addr)) == -1)
			_exit(errno);
		/* As somebody who wants to know whose agent it is. */
		if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred,
		    &len) == -1 || cred.uid != SCENE_UID)
			_exit(101);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert(WIFEXITED(wstatus));
	return WEXITSTATUS(wstatus);
}

/* I8.  Would have caught root's socket, or a place that is the user's. */
START_TEST(it_is_the_users)
{
	struct agentdir dir;
	char place[128];
	struct stat st;
	int listener;

	(void)umask((mode_t)_i);
	ck_assert_int_eq(agentdir_open(&dir, &nobody, &listener), 0);
	ck_assert_int_eq(lstat(dir.path, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_uint_eq(st.st_uid, SCENE_UID);
	ck_assert_uint_eq(st.st_gid, SCENE_GID);
	(void)snprintf(place, sizeof(place), "%.*s",
	    (int)(strrchr(dir.path, '/') - dir.path), dir.path);
	ck_assert_int_eq(lstat(place, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0710);
	ck_assert_uint_eq(st.st_uid, 0);
	ck_assert_uint_eq(st.st_gid, SCENE_GID);
	ck_assert_int_eq(visit(&dir, SCENE_UID, SCENE_GID), 0);
	ck_assert_int_eq(visit(&dir, SCENE_UID + 1, SCENE_GID), EACCES);
	ck_assert_int_eq(visit(&dir, SCENE_UID + 1, SCENE_GID + 1), EACCES);
	/* for who accepts: nobody waits there for ever */
	ck_assert_int_ne(fcntl(listener, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(listener, F_GETFD) & FD_CLOEXEC, 0);
	(void)close(listener);
	ck_assert_int_eq(visit(&dir, SCENE_UID, SCENE_GID), ECONNREFUSED);
	errno = EXDEV;
	agentdir_close(&dir);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(lstat(place, &st), -1);
	agentdir_close(&dir);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
}
END_TEST

static void
plant_link(void)
{
	den_plant(DEN_DIRECTORY, "run", 0755);
	den_plant(DEN_DIRECTORY, "target", 0755);
	den_plant(DEN_LINK, "run/agent", 0755);
}

static void
plant_open(void)
{
	den_plant(DEN_DIRECTORY, "run", 0755);
	den_plant(DEN_DIRECTORY, "run/agent", 0777);
}

static void
plant_file(void)
{
	den_plant(DEN_DIRECTORY, "run", 0755);
	den_plant(DEN_FILE, "run/agent", 0644);
}

static void
plant_foreign(void)
{
	den_plant(DEN_DIRECTORY, "run", 0755);
	den_plant(DEN_DIRECTORY, "run/agent", 0700);
	den_give_away("run/agent");
}

static void (*const plants[])(void) = {
	plant_link, plant_open, plant_file, plant_foreign,
};

/* I8.  Would have caught a socket in what somebody else has prepared. */
START_TEST(not_there)
{
	struct agentdir dir;
	int listener;

	plants[_i]();
	ck_assert_int_eq(agentdir_open(&dir, &nobody, &listener), -1);
	ck_assert_int_eq(dir.parent, -1);
	agentdir_close(&dir);
	agentdir_sweep();
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
}
END_TEST

/* A target that nobody can become: what was made by then goes again. */
START_TEST(a_failure_leaves_nothing)
{
	const struct account odd = { .uid = (uid_t)-1, .gid = SCENE_GID };
	struct agentdir dir;
	int listener;

	ck_assert_int_eq(agentdir_open(&dir, &odd, &listener), -1);
	ck_assert_int_eq(rmdir(den_path("run/agent")), 0);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
}
END_TEST

static int
wait_gone(const char *path)
{
	const struct timespec tick = { .tv_nsec = 5000000 };
	struct stat st;
	int i;

	for (i = 0; i < 4000 && lstat(path, &st) == 0; i++)
		(void)nanosleep(&tick, NULL);
	return i < 4000;
}

/* A keeper by itself, which tells us what it has, and stays. */
static pid_t
keep(struct agentdir *dir)
{
	int fds[2], listener;
	pid_t pid;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	ck_assert_int_eq(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		if (agentdir_open(dir, &nobody, &listener) == -1 ||
		    write(fds[1], dir, sizeof(*dir)) !=
		    (ssize_t)sizeof(*dir))
			_exit(1);
		for (;;)
			(void)pause();
	}
	ck_assert_int_eq(read(fds[0], dir, sizeof(*dir)),
	    (ssize_t)sizeof(*dir));
	(void)close(fds[0]);
	(void)close(fds[1]);
	return pid;
}

static void
reap(pid_t pid)
{
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/*
 * Would have caught a socket that survives its keeper; a warden that ends by
 * a signal that was meant for all, and removes what is still in use; and one
 * that stays.
 */
START_TEST(a_keeper_that_is_killed)
{
	struct agentdir dir;
	const pid_t pid = keep(&dir);
	struct stat st;

	ck_assert_int_ne(dir.warden, -1);
	(void)kill(dir.warden, SIGTERM);
	(void)kill(dir.warden, SIGHUP);
	(void)kill(dir.warden, SIGINT);
	ck_assert_int_eq(visit(&dir, SCENE_UID, SCENE_GID), 0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert(wait_gone(dir.path));
	reap(pid);
	reap(dir.warden);
	ck_assert_int_eq(lstat(den_path("run/agent"), &st), 0);
	ck_assert_int_eq(rmdir(den_path("run/agent")), 0);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
}
END_TEST

/*
 * Both are killed: somebody else removes it, and nothing that is in use or is
 * no name of ours.  Would have caught a sweep that goes by what it cannot
 * read.
 */
START_TEST(a_sweep)
{
	struct agentdir dir, mine;
	const pid_t pid = keep(&dir);
	struct stat st;
	int listener;

	ck_assert_int_eq(agentdir_open(&mine, &nobody, &listener), 0);
	ck_assert_int_eq(mkdir(den_path("run/agent/other"), 0700), 0);
	ck_assert_int_eq(mkdir(den_path("run/agent/1-1x"), 0700), 0);
	/* of process 1's pid, and another birth */
	ck_assert_int_eq(mkdir(den_path("run/agent/1-999999999999"), 0700),
	    0);
	agentdir_sweep();
	ck_assert_int_eq(lstat(dir.path, &st), 0);
	ck_assert_int_eq(lstat(den_path("run/agent/1-999999999999"), &st),
	    -1);
	ck_assert_int_eq(kill(dir.warden, SIGKILL), 0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	reap(pid);
	reap(dir.warden);
	ck_assert_int_eq(lstat(dir.path, &st), 0);
	agentdir_sweep();
	ck_assert_int_eq(lstat(dir.path, &st), -1);
	ck_assert_int_eq(lstat(mine.path, &st), 0);
	ck_assert_int_eq(rmdir(den_path("run/agent/other")), 0);
	ck_assert_int_eq(rmdir(den_path("run/agent/1-1x")), 0);
	(void)close(listener);
	agentdir_close(&mine);
	ck_assert_int_eq(rmdir(den_path("run/agent")), 0);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("agentdir");
	TCase *tc = tcase_create("agentdir");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	/* two umasks: nothing, and everything */
	tcase_add_loop_test(tc, it_is_the_users, 0, 1);
	tcase_add_loop_test(tc, it_is_the_users, 0777, 01000);
	tcase_add_loop_test(tc, not_there, 0,
	    (int)(sizeof(plants) / sizeof(plants[0])));
	tcase_add_test(tc, a_failure_leaves_nothing);
	tcase_add_test(tc, a_keeper_that_is_killed);
	tcase_add_test(tc, a_sweep);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	if (geteuid() != 0) {
		(void)printf("SKIP check_agentdir: not root\n");
		return 77;
	}
	return run_suite(suite());
}

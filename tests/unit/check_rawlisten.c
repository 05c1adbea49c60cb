/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Sockets at a path of the user's choice: where, and in whose place. */

#include "config.h"
#include "rawlisten.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "den.h"
#include "run.h"
#include "scene.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

static int before;
static struct rawlisten own;
static char why[256], home[256];
static const char *allowed[3];

static void
setup(void)
{
	before = scene_descriptors();
	den_make();
	den_plant(DEN_DIRECTORY, "home", 0755);
	den_plant(DEN_DIRECTORY, "home/sub", 0755);
	den_plant(DEN_DIRECTORY, "away", 0755);
	/* so that the directories' own modes count */
	ck_assert_int_eq(chmod(den_path(""), 0755), 0);
	allowed[0] = "/nowhere";
	(void)snprintf(home, sizeof(home), "%s", den_path("home"));
	allowed[1] = home;
	allowed[2] = NULL;
	strcpy(why, "");
}

static void
teardown(void)
{
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
binds(const char *path, int replace)
{
	const int r = rawlisten_bind(&own, path, allowed, replace, why,
	    sizeof(why));

	ck_assert_msg(r == 0, "%s: %s", path, why);
}

static void
refused(const char *path, int replace, const char *reason)
{
	ck_assert_int_eq(rawlisten_bind(&own, path, allowed, replace, why,
	    sizeof(why)), -1);
	ck_assert_msg(strstr(why, reason) != NULL, "%s: %s", path, why);
	ck_assert_int_eq(own.listener, -1);
	ck_assert_int_eq(own.dir, -1);
}

static void
finish(void)
{
	rawlisten_remove(&own);
	rawlisten_close(&own);
}

static const char *
in_den(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", den_path(""), name);
	return path;
}

/* Somebody who connects by the path, as any program does. */
static int
reach(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	ck_assert_uint_lt(strlen(path), sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, strlen(path));
	r = connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	(void)close(fd);
	return r;
}

static const mode_t masks[] = { 0, 022, 0777 };

/* Would have caught a mode by the umask, and a name that stays behind. */
START_TEST(bound_private)
{
	const mode_t mask = umask(masks[_i]);

	binds(in_den("home/sub/s"), 0);
	ck_assert_uint_eq(umask(mask), masks[_i]);
	ck_assert_uint_eq(den_mode("home/sub/s"), 0600);
	ck_assert_int_ne(fcntl(own.listener, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(own.listener, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(reach(in_den("home/sub/s")), 0);
	finish();
	ck_assert_int_eq(den_kind_of("home/sub/s"), DEN_NOTHING);
}
END_TEST

static const struct {
	const char *path, *reason;
} wrong[] = {
	{ "home/s", "absolute" },
	{ "@home/../home/s", "\"..\"" },
	{ "@home/./s", "\"..\"" },
	{ "@home//s", "empty" },
	{ "@home/", "empty" },
	{ "@home/..", "\"..\"" },
	{ "@home", "none of" },
	{ "@homes/s", "none of" },
	{ "@away/s", "none of" },
	{ "@s", "none of" },
	{ "@home/none/s", "No such file" },
	{ "@home/link/s", "link is a symbolic link" },
	{ "@home/sub/up/s", "up is a symbolic link" },
	{ "@home/file/s", "Not a directory" },
};

/* Would have caught a way out of what is allowed. */
START_TEST(wrong_paths)
{
	const char *path = wrong[_i].path;

	ck_assert_int_eq(symlink("sub", den_path("home/link")), 0);
	ck_assert_int_eq(symlink("../../away", den_path("home/sub/up")), 0);
	den_plant(DEN_FILE, "home/file", 0600);
	refused(*path == '@' ? in_den(path + 1) : path, 1, wrong[_i].reason);
	ck_assert_int_eq(den_kind_of("away/s"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("home/sub/s"), DEN_NOTHING);
}
END_TEST

/* Would have caught a home that is itself reached by a link being refused. */
START_TEST(allowed_by_a_link)
{
	ck_assert_int_eq(symlink("home", den_path("house")), 0);
	allowed[0] = den_path("house/");
	binds(in_den("house/s"), 0);
	ck_assert_int_eq(den_kind_of("home/s"), DEN_SOCKET);
	finish();
	allowed[0] = "/";
	binds(in_den("home/s"), 0);
	finish();
	allowed[0] = allowed[1] = NULL;
	refused(in_den("home/s"), 0, "none of");
}
END_TEST

static const struct {
	const char *dir;
	mode_t mode, above;
	const char *reason;	/* NULL: it may be */
} modes[] = {
	{ "home/sub", 0777, 0755, "others can write to sub" },
	{ "home/sub", 0775, 0755, "others can write to sub" },
	{ "home/sub", 01777, 0755, NULL },
	{ "home/sub", 0777, 0700, NULL },
	{ "home/sub", 0755, 0777, "others can write to /" },
	{ "home/sub", 0755, 01777, NULL },
	{ "home/sub", 0700, 0750, NULL },
};

/* Would have caught a place where others can put theirs. */
START_TEST(who_can_write)
{
	ck_assert_int_eq(chmod(den_path("home"), modes[_i].above), 0);
	ck_assert_int_eq(chmod(den_path("home/sub"), modes[_i].mode), 0);
	if (modes[_i].reason != NULL) {
		refused(in_den("home/sub/s"), 0, modes[_i].reason);
		return;
	}
	binds(in_den("home/sub/s"), 0);
	finish();
}
END_TEST

START_TEST(whose_it_is)
{
	if (geteuid() != 0) {
		puts("SKIP whose_it_is: not root");
		return;
	}
	den_give_away("home/sub");
	refused(in_den("home/sub/s"), 0, "sub belongs to somebody else");
	binds(in_den("home/s"), 0);
	finish();
}
END_TEST

static const enum den_kind kinds[] = {
	DEN_FILE, DEN_DIRECTORY, DEN_LINK, DEN_FIFO,
};

/* Would have caught a file unlinked because a socket was to be there. */
START_TEST(no_socket_there)
{
	den_plant(DEN_SOCKET, "home/target", 0600);
	den_plant(kinds[_i], "home/s", 0700);
	refused(in_den("home/s"), 0, "there is something already");
	refused(in_den("home/s"), 1, "no socket");
	ck_assert_int_eq(den_kind_of("home/s"), kinds[_i]);
	ck_assert_int_eq(den_kind_of("home/target"), DEN_SOCKET);
}
END_TEST

/* Would have caught a socket replaced though nobody asked for it. */
START_TEST(a_socket_there)
{
	struct rawlisten older;

	den_plant(DEN_SOCKET, "home/s", 0666);
	refused(in_den("home/s"), 0, "there is something already");
	ck_assert_uint_eq(den_mode("home/s"), 0666);
	binds(in_den("home/s"), 1);
	ck_assert_uint_eq(den_mode("home/s"), 0600);
	/* and the next one, while this one is served */
	older = own;
	binds(in_den("home/s"), 1);
	rawlisten_remove(&older);
	rawlisten_close(&older);
	ck_assert_int_eq(reach(in_den("home/s")), 0);
	finish();
	ck_assert_int_eq(den_kind_of("home/s"), DEN_NOTHING);
	/* removing it again is nothing, whatever is there by then */
	den_plant(DEN_FILE, "home/s", 0600);
	rawlisten_remove(&own);
	ck_assert_int_eq(den_kind_of("home/s"), DEN_FILE);
}
END_TEST

/* Would have caught another's socket unlinked where he may put one. */
START_TEST(a_foreign_socket)
{
	if (geteuid() != 0) {
		puts("SKIP a_foreign_socket: not root");
		return;
	}
	den_plant(DEN_SOCKET, "home/s", 0666);
	den_give_away("home/s");
	refused(in_den("home/s"), 1, "somebody else's socket");
	ck_assert_int_eq(den_kind_of("home/s"), DEN_SOCKET);
}
END_TEST

/* Would have caught an address that is cut. */
START_TEST(a_long_way)
{
	char path[600], name[101];
	size_t len;
	int i;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	len = (size_t)snprintf(path, sizeof(path), "%s", in_den("home"));
	for (i = 0; i < 3; i++) {
		len += (size_t)snprintf(path + len, sizeof(path) - len, "/%s",
		    name);
		ck_assert_int_eq(mkdir(path, 0755), 0);
	}
	(void)snprintf(path + len, sizeof(path) - len, "/s");
	binds(path, 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	finish();
	ck_assert_int_eq(access(path, F_OK), -1);
	(void)snprintf(path + len, sizeof(path) - len, "/%s%s", name, name);
	refused(path, 0, "too long");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rawlisten");
	TCase *tc = tcase_create("rawlisten");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, bound_private, 0, NROWS(masks));
	tcase_add_loop_test(tc, wrong_paths, 0, NROWS(wrong));
	tcase_add_test(tc, allowed_by_a_link);
	tcase_add_loop_test(tc, who_can_write, 0, NROWS(modes));
	tcase_add_test(tc, whose_it_is);
	tcase_add_loop_test(tc, no_socket_there, 0, NROWS(kinds));
	tcase_add_test(tc, a_socket_there);
	tcase_add_test(tc, a_foreign_socket);
	tcase_add_test(tc, a_long_way);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}

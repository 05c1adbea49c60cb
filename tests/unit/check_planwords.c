/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What --explain prints of a step.  It is the whole sentence that is held
 * here: who reads it may know nothing else of the session.
 */

#include "config.h"
#include "plan.h"

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define COUNT(list) list, sizeof(list) / sizeof((list)[0])
#define CAP(n) (UINT64_C(1) << (n))

/* The names; scripts that read --explain know them. */
static const char *const names[PLAN_KINDS] = {
	[PLAN_CGROUP] = "cgroup",
	[PLAN_CLONE] = "clone",
	[PLAN_NEW_SESSION] = "new-session",
	[PLAN_NEW_GROUP] = "new-group",
	[PLAN_FOREGROUND] = "foreground",
	[PLAN_CONTROLLING_TTY] = "controlling-tty",
	[PLAN_NO_TTY] = "no-tty",
	[PLAN_SIGNALS] = "signals",
	[PLAN_DESCRIPTORS] = "descriptors",
	[PLAN_CLOSE] = "close",
	[PLAN_LIMITS] = "limits",
	[PLAN_UMASK] = "umask",
	[PLAN_UNSHARE] = "unshare",
	[PLAN_USER_NAMESPACE] = "user-namespace",
	[PLAN_MAP_IDS] = "map-ids",
	[PLAN_CHROOT] = "chroot",
	[PLAN_MOUNT_PROC] = "mount-proc",
	[PLAN_SECUREBITS] = "securebits",
	[PLAN_BOUNDING_SET] = "bounding-set",
	[PLAN_GROUPS] = "setgroups",
	[PLAN_KEEP_CAPABILITIES] = "keep-capabilities",
	[PLAN_GID] = "setgid",
	[PLAN_UID] = "setuid",
	[PLAN_CAPABILITIES] = "capabilities",
	[PLAN_AMBIENT] = "ambient-caps",
	[PLAN_PROVE] = "prove",
	[PLAN_PARENT_DEATH] = "parent-death",
	[PLAN_NO_NEW_PRIVS] = "no-new-privs",
	[PLAN_ONCE] = "once",
	[PLAN_DIRECTORY] = "directory",
	[PLAN_LANDLOCK] = "landlock",
	[PLAN_TRACE] = "trace",
	[PLAN_EXEC] = "exec",
};

/* Would have caught a kind without a name, or with another one's. */
START_TEST(every_kind_has_a_name_of_its_own)
{
	const char *name = plan_kind_name((enum plan_kind)_i);
	int other;

	ck_assert_str_eq(name, names[_i]);
	for (other = 0; other < PLAN_KINDS; other++)
		if (other != _i)
			ck_assert_str_ne(name, plan_kind_name(
			    (enum plan_kind)other));
}
END_TEST

/* Would have caught a look past the end of the table. */
START_TEST(no_kind_is_unknown)
{
	static const int kinds[] = { PLAN_KINDS, 77, -1 };
	struct plan_step step = { .kind = (enum plan_kind)kinds[_i] };
	char buf[16] = "unset";

	ck_assert_str_eq(plan_kind_name(step.kind), "unknown");
	ck_assert_uint_eq(plan_describe_size(&step), 1);
	ck_assert_str_eq(plan_describe(&step, buf, sizeof(buf)), "");
}
END_TEST

static const gid_t groups[] = { 1001, 27, 4294967294U };

/* The vectors of an exec step; execve(2) wants them without const. */
static char cat[] = "/bin/cat", other_cat[] = "/usr/bin/cat",
    secret[] = "TOKEN=hunter2", argument[] = "hunter2";
static char *candidates[] = { cat, other_cat, NULL };
static char *one_candidate[] = { cat, NULL };
static char *argv[] = { cat, argument, NULL };
static char *envp[] = { secret, NULL };

static const int fds[] = { 8, PLAN_NO_FD, PLAN_NEW_TERMINAL, 0 };

static const struct plan_limit one_limit[] = {
	{ RLIMIT_CORE, 0, 0 },
};
static const struct plan_limit limits[] = {
	{ RLIMIT_NOFILE, 1024, 4096 },
	{ RLIMIT_AS, 18446744073709551614U, RLIM_INFINITY },
	{ RLIMIT_STACK, RLIM_INFINITY, RLIM_INFINITY },
	{ 77, 1, 2 },
};

static const struct plan_path one_path[] = {
	{ "/srv", PLAN_WRITE, 0 },
};
static const struct plan_path paths[] = {
	{ "/usr/lib", PLAN_RUN, 1 },
	{ "/etc/passwd", PLAN_RUN, 0 },
	{ "/usr", PLAN_READ, 0 },
	{ "/opt", PLAN_READ, 1 },
	{ "/home/x", PLAN_WRITE, 0 },
	{ "/dev/null", PLAN_WRITE, 1 },
};

#define NO_ARGUMENTS(k) { { .kind = k }, "" }
#define CAPS(k, n, words) { { .kind = k, .u.caps = n }, words }
#define SPACES(n, words) { { .kind = PLAN_UNSHARE, .u.namespaces = n }, words }
#define BITS(n, words) \
	{ { .kind = PLAN_SECUREBITS, .u.securebits = n }, words }
#define FD(k, n, words) { { .kind = k, .u.fd = n }, words }
#define DEATH(n, words) { { .kind = PLAN_PARENT_DEATH, .u.signal = n }, words }
#define MASK(n, words) { { .kind = PLAN_UMASK, .u.mask = n }, words }

static const struct {
	struct plan_step step;
	const char *words;
} described[] = {
	NO_ARGUMENTS(PLAN_NEW_SESSION),
	NO_ARGUMENTS(PLAN_SIGNALS),
	NO_ARGUMENTS(PLAN_USER_NAMESPACE),
	NO_ARGUMENTS(PLAN_KEEP_CAPABILITIES),
	NO_ARGUMENTS(PLAN_NO_NEW_PRIVS),
	NO_ARGUMENTS(PLAN_TRACE),
	NO_ARGUMENTS(PLAN_NEW_GROUP),
	{ { .kind = PLAN_NEW_GROUP, .u.pgid = 4194304 }, "4194304" },

	{ { .kind = PLAN_CGROUP, .u.cgroup = { "/x/y", -1 } },
	    "/x/y" },
	{ { .kind = PLAN_CGROUP, .u.cgroup = { NULL, 7 } }, "fd 7" },

	{ { .kind = PLAN_CLONE, .u.namespaces = CLONE_NEWPID }, "pid" },
	SPACES(CLONE_NEWNS, "mount"),
	SPACES(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET, "uts,ipc,net"),
	SPACES(CLONE_NEWCGROUP | PLAN_NEWTIME, "time,cgroup"),
	SPACES(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID, "mount,user,pid"),
	SPACES(CLONE_NEWUSER | 0x1000 | 0x80000000U,
	    "0x1000,user,0x80000000"),

	FD(PLAN_FOREGROUND, 0, "fd 0"),
	FD(PLAN_FOREGROUND, 2147483647, "fd 2147483647"),
	FD(PLAN_NO_TTY, 3, "fd 3"),
	FD(PLAN_CONTROLLING_TTY, 7, "fd 7"),
	FD(PLAN_CONTROLLING_TTY, PLAN_NEW_TERMINAL, "new-terminal"),
	{ { .kind = PLAN_DESCRIPTORS, .u.fds = { COUNT(fds) } },
	    "0=8 1=closed 2=new-terminal 3=0" },
	{ { .kind = PLAN_CLOSE }, "3 and above" },
	{ { .kind = PLAN_CLOSE, .u.more = 2 }, "5 and above" },

	{ { .kind = PLAN_LIMITS, .u.limits = { COUNT(one_limit) } },
	    "core=0:0" },
	{ { .kind = PLAN_LIMITS, .u.limits = { COUNT(limits) } },
	    "nofile=1024:4096 as=18446744073709551614:unlimited "
	    "stack=unlimited:unlimited 77=1:2" },
	MASK(0, "0000"),
	MASK(022, "0022"),
	MASK(0777, "0777"),

	{ { .kind = PLAN_MAP_IDS, .u.map = { .uids = "0 1000 1\n",
	    .setgroups = PLAN_SETGROUPS_DENY } },
	    "users 0:1000:1, groups not mapped, setgroups deny" },
	{ { .kind = PLAN_MAP_IDS, .u.map = { .uids = "0 1000 1",
	    .setgroups = PLAN_SETGROUPS_DENY } },
	    "users 0:1000:1, groups not mapped, setgroups deny" },
	{ { .kind = PLAN_MAP_IDS, .u.map = {
	    .uids = "0 1000 1\n1 100000 65536\n", .gids = "0 4294967294 1\n",
	    .setgroups = PLAN_SETGROUPS_ALLOW, .by_parent = 1 } },
	    "users 0:1000:1,1:100000:65536, groups 0:4294967294:1, "
	    "setgroups allow, by the parent" },
	{ { .kind = PLAN_MAP_IDS, .u.map = { .uids = "", .by_parent = 1,
	    .setgroups = PLAN_SETGROUPS_DENY } },
	    "users not mapped, groups not mapped, setgroups deny, "
	    "by the parent" },
	{ { .kind = PLAN_MOUNT_PROC, .u.proc = "/x/proc" }, "/x/proc" },
	{ { .kind = PLAN_CHROOT, .u.root = { "/srv/x", 0, 0 } }, "/srv/x" },
	{ { .kind = PLAN_CHROOT, .u.root = { "/srv/x", 1, 0 } },
	    "/srv/x, root's alone" },
	{ { .kind = PLAN_CHROOT, .u.root = { "/srv/x", 1, 1 } },
	    "/srv/x, root's alone, by pivot_root" },

	BITS(0, "none"),
	BITS(1 << 0, "noroot"),
	BITS(1 << 2 | 1 << 5, "no_setuid_fixup,keep_caps_locked"),
	BITS(0xff, "noroot,noroot_locked,no_setuid_fixup,"
	    "no_setuid_fixup_locked,keep_caps,keep_caps_locked,"
	    "no_cap_ambient_raise,no_cap_ambient_raise_locked"),
	BITS(0x301, "noroot,0x300"),

	CAPS(PLAN_BOUNDING_SET, 0, "none"),
	CAPS(PLAN_BOUNDING_SET, UINT64_MAX, "all"),
	CAPS(PLAN_BOUNDING_SET, CAP(0), "chown"),
	CAPS(PLAN_BOUNDING_SET, ~CAP(21), "+all,-sys_admin"),
	CAPS(PLAN_BOUNDING_SET, ~(CAP(0) | CAP(21) | CAP(41)),
	    "+all,-chown,-sys_admin,-cap_41"),
	CAPS(PLAN_AMBIENT, CAP(63), "cap_63"),
	CAPS(PLAN_AMBIENT, CAP(0) | CAP(63), "chown,cap_63"),
	CAPS(PLAN_BOUNDING_SET, ~CAP(63), "+all,-cap_63"),
	/* what this kernel has, and what no kernel has */
	CAPS(PLAN_AMBIENT, CAP(41) - 1, "all"),
	CAPS(PLAN_AMBIENT, CAP(41) - 1 - CAP(0), "+all,-chown"),
	CAPS(PLAN_CAPABILITIES, 0, "none"),
	CAPS(PLAN_CAPABILITIES, CAP(10), "net_bind_service"),
	CAPS(PLAN_AMBIENT, CAP(10) | CAP(12) | CAP(40) | CAP(41) | CAP(62),
	    "net_bind_service,net_admin,checkpoint_restore,cap_41,cap_62"),

	{ { .kind = PLAN_GROUPS }, "none" },
	{ { .kind = PLAN_GROUPS, .u.groups = { groups, 1, 0, 0 } }, "1001" },
	{ { .kind = PLAN_GROUPS, .u.groups = { COUNT(groups), 0, 0 } },
	    "1001,27,4294967294" },
	{ { .kind = PLAN_GROUPS, .u.groups = { groups, 1, 1, 0 } },
	    "1001 and what comes from PAM at login" },
	{ { .kind = PLAN_GROUPS, .u.groups = { groups, 2, 0, 1 } },
	    "1001,27, as they are" },
	{ { .kind = PLAN_GID, .u.gid = 4294967294U }, "4294967294" },
	{ { .kind = PLAN_UID, .u.uid = 4294967294U }, "4294967294" },
	{ { .kind = PLAN_PROVE, .u.prove = { .uid = 1001, .gid = 1002,
	    .list = groups, .count = 3 } },
	    "uid 1001, gid 1002, groups 1001,27,4294967294; "
	    "no capability, no way back" },
	{ { .kind = PLAN_PROVE, .u.prove = { .uid = 1001, .gid = 1002,
	    .list = groups, .count = 1, .pam_adds = 1 } },
	    "uid 1001, gid 1002, groups 1001 and what comes from PAM at "
	    "login; no capability, no way back" },
	{ { .kind = PLAN_PROVE, .u.prove = { .uid = 1, .caps = CAP(10) } },
	    "uid 1, gid 0, groups none; capabilities net_bind_service, "
	    "no way back by others" },
	/* of root only this is proven (I4) */
	{ { .kind = PLAN_PROVE, .u.prove = { .gid = 5, .caps = CAP(10) } },
	    "uid 0, gid 5, groups none" },

	DEATH(SIGKILL, "SIGKILL"),
	DEATH(SIGHUP, "SIGHUP"),
	/* of two words the usual one */
	DEATH(SIGABRT, "SIGABRT"),
	DEATH(64, "64"),

	{ { .kind = PLAN_DIRECTORY, .u.dir = { "/home/x", "/else" } },
	    "/home/x or /else" },
	{ { .kind = PLAN_DIRECTORY, .u.dir = { "/home/x", NULL } },
	    "/home/x" },
	{ { .kind = PLAN_ONCE, .u.once = { "/home/x", "a/b", "m.1", "log",
	    2 } }, "/home/x/a/b/m.1, output to log" },
	{ { .kind = PLAN_LANDLOCK, .u.landlock = { COUNT(one_path) } },
	    "rw:/srv" },
	{ { .kind = PLAN_LANDLOCK, .u.landlock = { COUNT(paths) } },
	    "[run:/usr/lib] run:/etc/passwd ro:/usr [ro:/opt] rw:/home/x "
	    "[rw:/dev/null]" },
	{ { .kind = PLAN_LANDLOCK }, "none" },
	{ { .kind = PLAN_LIMITS }, "none" },
	SPACES(0, "none"),
	{ { .kind = PLAN_EXEC, .u.exec = { candidates, argv, envp } },
	    "/bin/cat, ..." },
	{ { .kind = PLAN_EXEC, .u.exec = { one_candidate, argv, envp } },
	    "/bin/cat" },
};

/*
 * Would have caught an explanation that leaves out what matters, and one that
 * tells what must not be told: no value of the environment is printed, nor
 * what was on the command line.
 */
START_TEST(steps_in_words)
{
	const struct plan_step *step = &described[_i].step;
	const char *words = described[_i].words;
	char buf[512] = "unset";

	ck_assert_ptr_eq(plan_describe(step, buf, sizeof(buf)), buf);
	ck_assert_str_eq(buf, words);
	ck_assert_uint_eq(plan_describe_size(step), strlen(words) + 1);
	/* --explain prints a step a line, and its name before a tab */
	ck_assert_ptr_null(strpbrk(buf, "\n\t"));
	ck_assert_ptr_null(strstr(buf, plan_kind_name(step->kind)));
	ck_assert_ptr_null(strstr(buf, "hunter2"));
}
END_TEST

/* Would have caught a write past the end, in whatever piece it falls. */
START_TEST(words_are_cut_anywhere)
{
	const struct plan_step *step = &described[_i].step;
	const char *words = described[_i].words;
	const size_t len = strlen(words);
	char buf[512];
	size_t size;

	for (size = 1; size <= len + 2; size++) {
		memset(buf, 'x', sizeof(buf));
		(void)plan_describe(step, buf, size);
		ck_assert_uint_eq(strlen(buf), size > len ? len : size - 1);
		ck_assert_int_eq(strncmp(buf, words, strlen(buf)), 0);
		ck_assert_int_eq(buf[size], 'x');
		ck_assert_int_eq(buf[size + 1], 'x');
	}
}
END_TEST

/* Would have caught a new kind of step whose words nobody has looked at. */
START_TEST(every_kind_is_in_words)
{
	int i, found = 0;

	for (i = 0; i < NROWS(described); i++)
		found |= (int)described[i].step.kind == _i;
	ck_assert_msg(found, "%s", names[_i]);
}
END_TEST

/* All the groups that Linux knows, each of the longest there are. */
static gid_t many[65536];

/* Would have caught an explanation that leaves out the last of them. */
START_TEST(all_words_have_room)
{
	struct plan_step step = { .kind = _i ? PLAN_PROVE : PLAN_GROUPS };
	size_t i, size, commas = 0;
	char *buf, *p;

	for (i = 0; i < 65536; i++)
		many[i] = 4294967294U;
	if (_i) {
		step.u.prove.list = many;
		step.u.prove.count = 65536;
		step.u.prove.pam_adds = 1;
	} else {
		step.u.groups.list = many;
		step.u.groups.count = 65536;
		step.u.groups.pam_adds = 1;
	}
	size = plan_describe_size(&step);
	ck_assert_ptr_nonnull(buf = malloc(size));
	(void)plan_describe(&step, buf, size);
	ck_assert_uint_eq(strlen(buf), size - 1);
	ck_assert_ptr_nonnull(strstr(buf, "4294967294 and what comes from "
	    "PAM at login"));
	for (p = strstr(buf, "429"); (p = strchr(p, ',')) != NULL; p++)
		commas++;
	ck_assert_uint_eq(commas, 65535);
	free(buf);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("planwords");
	TCase *tc = tcase_create("words");

	tcase_add_loop_test(tc, every_kind_has_a_name_of_its_own, 0,
	    PLAN_KINDS);
	tcase_add_loop_test(tc, no_kind_is_unknown, 0, 3);
	tcase_add_loop_test(tc, steps_in_words, 0, NROWS(described));
	tcase_add_loop_test(tc, words_are_cut_anywhere, 0, NROWS(described));
	tcase_add_loop_test(tc, every_kind_is_in_words, 0, PLAN_KINDS);
	tcase_add_loop_test(tc, all_words_have_room, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

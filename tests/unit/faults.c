/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The faults of all steps but those that are in faults_space.c.
 */

#include "config.h"
#include "faults.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/securebits.h>
#include <unistd.h>

#include "home.h"
#include "scene.h"

void
faults_deny(const struct denial *denial)
{
	const int err = denial->err != 0 ? denial->err : EXDEV;

	if (denial->argument == 0)
		scene_deny(denial->number, err);
	else
		scene_deny_only(denial->number,
		    (unsigned int)denial->argument - 1, denial->value, err);
}

void
faults_must(int r)
{
	if (r == -1)
		_exit(99);
}

void
faults_as_nobody(void)
{
	faults_must(setgroups(0, NULL));
	faults_must(setresgid(SCENE_GID, SCENE_GID, SCENE_GID));
	faults_must(setresuid(SCENE_UID, SCENE_UID, SCENE_UID));
	/* else what is in /proc/PID is root's */
	faults_must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static void
with_keepcaps_locked(void)
{
	faults_must(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED, 0, 0,
	    0));
}

static void
with_ambient_forbidden(void)
{
	faults_must(prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE, 0,
	    0, 0));
}

/* Arguments. */

static void
group_of_nobody(struct plan_step *step)
{
	step->u.pgid = INT_MAX;
}

/* Our standard input is no terminal then. */
static void
no_terminal(struct plan_step *step)
{
	ck_assert_int_ne(dup2(scene.out[0], 0), -1);
	step->u.fd = 0;
}

static void
descriptor_that_is_not_open(struct plan_step *step)
{
	static const int list[] = { 0, 1, 999 };

	step->u.fds.list = list;
}

static void
descriptors_crossed(struct plan_step *step)
{
	static const int list[] = { 1, 0, 2 };

	step->u.fds.list = list;
}

static void
limit_soft_above_hard(struct plan_step *step)
{
	static const struct plan_limit list[] = {
		{ RLIMIT_NOFILE, 64, 64 }, { RLIMIT_CORE, 2, 1 },
		{ RLIMIT_STACK, 2, 1 },
	};

	step->u.limits.list = list;
	step->u.limits.count = 3;
}

static void
limit_unknown(struct plan_step *step)
{
	static const struct plan_limit list[] = { { 4711, 1, 1 } };

	step->u.limits.list = list;
	step->u.limits.count = 1;
}

/* A user namespace for MAP_IDS, by itself or by the parent. */
static void
securebits_unknown(struct plan_step *step)
{
	step->u.securebits = 1UL << 20;
}

static void
groups_too_many(struct plan_step *step)
{
	step->u.groups.count = 1U << 20;
}

static void
caps_none(struct plan_step *step __attribute__((unused)))
{
	steps_of(PLAN_CAPABILITIES)->u.caps = 0;
	steps_of(PLAN_PROVE)->u.prove.caps = 0;
}

static void
caps_that_root_has_not(struct plan_step *step)
{
	step->u.caps = ~UINT64_C(0);
	if (step->kind == PLAN_CAPABILITIES)
		steps_of(PLAN_PROVE)->u.prove.caps = ~UINT64_C(0);
}

static void
signal_unknown(struct plan_step *step)
{
	step->u.signal = 99;
}

static void
directory_without_fallback(struct plan_step *step)
{
	step->u.dir.fallback = NULL;
}

static void
once_in_a_home(struct plan_step *step __attribute__((unused)))
{
	home_make();
}

static void
once_already(struct plan_step *step __attribute__((unused)))
{
	home_make();
	faults_must(mkdir(home_path("way"), 0755));
	faults_must(mkdir(home_path(HOME_BELOW), 0755));
	home_write(home_file(HOME_MARKER), "");
}

static void
once_in_everybodys(struct plan_step *step)
{
	step->u.once.base = "/";
	step->u.once.below = "tmp";
}

static void
landlock_nowhere(struct plan_step *step)
{
	static const struct plan_path list[] = {
		{ "/", PLAN_RUN, 0 }, { "/no/such/1", PLAN_READ, 1 },
		{ "/no/such/2", PLAN_READ, 0 }, { "/no/such/3", PLAN_RUN, 0 },
	};

	step->u.landlock.list = list;
	step->u.landlock.count = 4;
}

static void
exec_nothing(struct plan_step *step)
{
	static char nothing[] = "/no/such";
	static char *const list[] = { nothing, NULL };

	step->u.exec.candidates = list;
}



/* The drop, and no capability kept. */
#define DROP (STEP(GROUPS) | STEP(GID) | STEP(UID) | STEP(CAPABILITIES) | \
	STEP(PROVE))

const struct fault faults[] = {
	{ .kind = PLAN_NEW_SESSION, DENY(setsid) },
	{ .kind = PLAN_NEW_GROUP, DENY(setpgid) },
	{ .kind = PLAN_NEW_GROUP, .spoil = group_of_nobody, .err = EPERM },
	{ .kind = PLAN_FOREGROUND, .with = STEP(NEW_GROUP), DENY(ioctl) },
	{ .kind = PLAN_FOREGROUND, .with = STEP(NEW_GROUP),
	    .spoil = no_terminal, .err = ENOTTY },
	{ .kind = PLAN_CONTROLLING_TTY, .with = STEP(NEW_SESSION),
	    DENY(ioctl) },
	{ .kind = PLAN_CONTROLLING_TTY, .with = STEP(NEW_SESSION),
	    .spoil = no_terminal, .err = ENOTTY },
	{ .kind = PLAN_NO_TTY, DENY(ioctl) },
	{ .kind = PLAN_NO_TTY, .spoil = no_terminal, .err = ENOTTY },
	{ .kind = PLAN_SIGNALS, DENY(rt_sigprocmask) },
	{ .kind = PLAN_SIGNALS, DENY(rt_sigaction) },
	{ .kind = PLAN_DESCRIPTORS, DENY(dup3) },
	{ .kind = PLAN_DESCRIPTORS, .spoil = descriptor_that_is_not_open,
	    .err = EBADF },
	{ .kind = PLAN_DESCRIPTORS, .spoil = descriptors_crossed,
	    DENY_ONLY(fcntl, 2, F_DUPFD_CLOEXEC) },
	{ .kind = PLAN_DESCRIPTORS, DENY_ONLY(fcntl, 2, F_SETFD) },
	{ .kind = PLAN_CLOSE, .deny = { { .number = SYS_close_range },
	    { .number = SYS_getdents64 } } },
	{ .kind = PLAN_LIMITS, DENY(prlimit64), .detail = "nofile" },
	{ .kind = PLAN_LIMITS, .spoil = limit_soft_above_hard, .err = EINVAL,
	    .detail = "core" },
	{ .kind = PLAN_LIMITS, .spoil = limit_unknown, .err = EINVAL },
	{ .kind = PLAN_UMASK, DENY(umask) },
	{ .kind = PLAN_SECUREBITS, DENY_ONLY(prctl, 1, PR_SET_SECUREBITS) },
	{ .kind = PLAN_SECUREBITS, .spoil = securebits_unknown,
	    .err = EPERM },
	{ .kind = PLAN_BOUNDING_SET, DENY_ONLY(prctl, 1, PR_CAPBSET_DROP) },
	{ .kind = PLAN_BOUNDING_SET, DENY_ONLY(prctl, 1, PR_CAPBSET_READ) },
	{ .kind = PLAN_BOUNDING_SET, .needs = SCENE_ROOT,
	    .prepare = faults_as_nobody, .err = EPERM },
	{ .kind = PLAN_GROUPS, .with = STEPS_IDENTITY, DENY(setgroups) },
	{ .kind = PLAN_GROUPS, .with = STEPS_IDENTITY, .needs = SCENE_ROOT,
	    .spoil = groups_too_many, .err = EINVAL },
	{ .kind = PLAN_KEEP_CAPABILITIES, .with = STEPS_IDENTITY,
	    .needs = SCENE_ROOT, DENY_ONLY(prctl, 1, PR_SET_KEEPCAPS) },
	{ .kind = PLAN_KEEP_CAPABILITIES, .with = STEPS_IDENTITY,
	    .needs = SCENE_ROOT, .prepare = with_keepcaps_locked,
	    .err = EPERM },
	{ .kind = PLAN_GID, .with = STEPS_IDENTITY, .needs = SCENE_ROOT,
	    DENY(setresgid) },
	{ .kind = PLAN_UID, .with = STEPS_IDENTITY, .needs = SCENE_ROOT,
	    DENY(setresuid) },
	{ .kind = PLAN_CAPABILITIES, .with = STEPS_IDENTITY,
	    .needs = SCENE_ROOT, DENY(capset) },
	{ .kind = PLAN_CAPABILITIES, .with = STEPS_IDENTITY,
	    .needs = SCENE_ROOT,
	    DENY_ONLY(prctl, 2, PR_CAP_AMBIENT_CLEAR_ALL) },
	{ .kind = PLAN_CAPABILITIES, .with = STEP(PROVE),
	    .spoil = caps_that_root_has_not, .err = EPERM },
	{ .kind = PLAN_AMBIENT, DENY(capget) },
	{ .kind = PLAN_AMBIENT, DENY(capset) },
	{ .kind = PLAN_AMBIENT, .with = STEPS_IDENTITY, .needs = SCENE_ROOT,
	    DENY_ONLY(prctl, 2, PR_CAP_AMBIENT_RAISE) },
	{ .kind = PLAN_AMBIENT, .with = STEPS_IDENTITY, .needs = SCENE_ROOT,
	    .prepare = with_ambient_forbidden, .err = EPERM },
	{ .kind = PLAN_AMBIENT, .spoil = caps_that_root_has_not,
	    .err = EPERM },
	{ .kind = PLAN_PROVE, .with = DROP, .needs = SCENE_ROOT,
	    .spoil = caps_none, DENY(capget), .detail = "capabilities" },
	{ .kind = PLAN_PROVE, .with = DROP, .needs = SCENE_ROOT,
	    .spoil = caps_none, DENY(getresuid), .detail = "user id" },
	{ .kind = PLAN_PROVE, .with = DROP, .needs = SCENE_ROOT,
	    .spoil = caps_none, DENY(getresgid), .detail = "group id" },
	/* a list that cannot be read is not the one it should be */
	{ .kind = PLAN_PROVE, .with = DROP, .needs = SCENE_ROOT,
	    .spoil = caps_none, DENY(getgroups), .err = EPERM,
	    .detail = "supplementary groups" },
	{ .kind = PLAN_PARENT_DEATH, DENY_ONLY(prctl, 1, PR_SET_PDEATHSIG) },
	{ .kind = PLAN_PARENT_DEATH, .spoil = signal_unknown, .err = EINVAL },
	{ .kind = PLAN_NO_NEW_PRIVS, DENY_ONLY(prctl, 1, PR_SET_NO_NEW_PRIVS) },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION), .err = ENOENT,
	    .detail = "/no/such" },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION), DENY(umask),
	    .detail = "umask" },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION),
	    .spoil = once_in_everybodys, .needs = SCENE_ROOT, .err = EPERM,
	    .detail = "the directory is not the user's alone" },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION),
	    .spoil = once_in_a_home, DENY(mkdirat), .detail = HOME_BELOW },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION),
	    .spoil = once_in_a_home, DENY(ftruncate), .detail = HOME_LOG },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION),
	    .spoil = once_in_a_home, .detail = HOME_MARKER,
	    /* that is 0 but where 32 bits had smaller files once */
	    DENY_ONLY(openat, 3, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC | O_LARGEFILE) },
	{ .kind = PLAN_ONCE, .with = STEP(NEW_SESSION),
	    .spoil = once_already, .err = EALREADY, .detail = HOME_MARKER },
	{ .kind = PLAN_DIRECTORY, DENY(chdir), .detail = "/" },
	{ .kind = PLAN_DIRECTORY, .spoil = directory_without_fallback,
	    .err = ENOENT },
	{ .kind = PLAN_LANDLOCK, .with = STEP(NO_NEW_PRIVS),
	    .needs = SCENE_LANDLOCK, .spoil = landlock_nowhere,
	    .err = ENOENT, .detail = "/no/such/2" },
	{ .kind = PLAN_LANDLOCK, .with = STEP(NO_NEW_PRIVS),
	    DENY(landlock_create_ruleset),
	    .detail = "the kernel has none, or a filter forbids it" },
	{ .kind = PLAN_LANDLOCK, .with = STEP(NO_NEW_PRIVS),
	    .needs = SCENE_LANDLOCK, DENY(landlock_add_rule), .detail = "/" },
	{ .kind = PLAN_LANDLOCK, .with = STEP(NO_NEW_PRIVS),
	    .needs = SCENE_LANDLOCK, DENY(landlock_restrict_self) },
	{ .kind = PLAN_TRACE, DENY(ptrace) },
	{ .kind = PLAN_EXEC, DENY(execve) },
	{ .kind = PLAN_EXEC, .spoil = exec_nothing, .err = ENOENT },
};

const int faults_count = sizeof(faults) / sizeof(faults[0]);

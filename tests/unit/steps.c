/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "steps.h"

#include <check.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

#include "plan.h"
#include "scene.h"

static int fds[3];

static const struct plan_limit limits[] = {
	{ RLIMIT_NOFILE, 64, 128 },
	{ RLIMIT_CORE, 0, 0 },
};

static const struct plan_path paths[] = { { "/", PLAN_WRITE, 0 } };

static char sh[] = "/bin/sh", option[] = "-c", script[] = "echo ran";
static char path_is[] = "PATH=/usr/bin:/bin";
static char *candidates[] = { sh, NULL };
static char *argv[] = { sh, option, script, NULL };
static char *envp[] = { path_is, NULL };

#define CAPS (UINT64_C(1) << STEPS_CAPABILITY)

static struct plan_step steps[PLAN_KINDS] = {
	[PLAN_CGROUP] = { .u.cgroup = { "/nonexistent", -1 } },
	[PLAN_CLONE] = { .u.namespaces = CLONE_NEWNS | CLONE_NEWIPC },
	[PLAN_NEW_GROUP] = { .u.pgid = 0 },
	[PLAN_FOREGROUND] = { .u.fd = 0 },
	[PLAN_CONTROLLING_TTY] = { .u.fd = 0 },
	[PLAN_NO_TTY] = { .u.fd = 0 },
	[PLAN_DESCRIPTORS] = { .u.fds = { fds, 3 } },
	[PLAN_CLOSE] = { .u.more = 0 },
	[PLAN_LIMITS] = { .u.limits = { limits, 2 } },
	[PLAN_UMASK] = { .u.mask = 027 },
	[PLAN_UNSHARE] = { .u.namespaces = CLONE_NEWUTS },
	[PLAN_MAP_IDS] = { .u.map = { .uids = "0 0 1\n", .gids = "0 0 1\n" } },
	[PLAN_MOUNT_PROC] = { .u.proc = "/proc" },
	[PLAN_CHROOT] = { .u.root = { .path = "/" } },
	[PLAN_SECUREBITS] = { .u.securebits = SECBIT_NOROOT_LOCKED },
	[PLAN_BOUNDING_SET] = { .u.caps = CAPS | 0xff },
	[PLAN_GROUPS] = { .u.groups = { .list = scene_groups,
	    .count = SCENE_GROUPS } },
	[PLAN_GID] = { .u.gid = SCENE_GID },
	[PLAN_UID] = { .u.uid = SCENE_UID },
	[PLAN_CAPABILITIES] = { .u.caps = CAPS },
	[PLAN_AMBIENT] = { .u.caps = CAPS },
	[PLAN_PROVE] = { .u.prove = { .uid = SCENE_UID, .gid = SCENE_GID,
	    .list = scene_groups, .count = SCENE_GROUPS, .caps = CAPS } },
	[PLAN_PARENT_DEATH] = { .u.signal = SIGTERM },
	[PLAN_ONCE] = { .u.once = { "/no/such", "x", "m.1", "log", 2 } },
	[PLAN_DIRECTORY] = { .u.dir = { "/no/such", "/" } },
	[PLAN_LANDLOCK] = { .u.landlock = { paths, 1 } },
	[PLAN_EXEC] = { .u.exec = { candidates, argv, envp } },
};

struct plan_step *
steps_of(enum plan_kind kind)
{
	steps[kind].kind = kind;
	return &steps[kind];
}

void
steps_add(steps_set set)
{
	char why[256] = "";
	int kind;

	fds[0] = 0;
	fds[1] = scene.out[1];
	fds[2] = 2;
	for (kind = 0; kind < PLAN_KINDS; kind++)
		if ((set >> kind & 1) != 0)
			scene_add(steps_of((enum plan_kind)kind));
	ck_assert_msg(plan_check(scene.plan, why, sizeof(why)) == 0, "%s",
	    why);
}

int
steps_has(int needs, const char *name)
{
	const char *lack = scene_lacks(needs);

	if (lack != NULL)
		printf("SKIP %s: %s\n", name, lack);
	return lack == NULL;
}

void
steps_say(const char *text)
{
	static const char *words[] = { "sh", "-c", NULL, NULL };

	words[2] = text;
	steps_of(PLAN_EXEC)->u.exec.argv = (char *const *)(uintptr_t)words;
}

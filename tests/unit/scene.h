/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SCENE_H
#define SCENE_H

#include <sys/types.h>

#include "plan.h"
#include "spawn.h"

/*
 * What the tests that make real children share: a plan that is put together
 * piece by piece, what its command says, and the proof that nothing is left.
 * A failed assertion ends the test.
 */
struct scene {
	struct plan *plan;
	struct spawn_report failed;
	int out[2];		/* a pipe: what the command writes */
	char said[8192];	/* and what came out of it */
	int descriptors;	/* how many were open at the start */
};

extern struct scene scene;

/* Nobody's ids on any machine; the groups hold the gid. */
#define SCENE_UID 64901
#define SCENE_GID 64902
#define SCENE_GROUPS 3
extern const gid_t scene_groups[SCENE_GROUPS];

/* For tcase_add_checked_fixture(). */
void scene_begin(void);
void scene_end(void);

/* Add a step: any; one without arguments; output to the pipe. */
void scene_add(const struct plan_step *step);
void scene_kind(enum plan_kind kind);
void scene_output(void);

/* Groups, gid and uid of nobody; the proof that they are these. */
void scene_drop(void);
void scene_prove(uid_t uid, gid_t gid, const gid_t *list, size_t count);

/* Signals and close, which stand in every plan. */
void scene_basics(void);

/* The command: a program with arguments, "sh -c SCRIPT", or "cat FILE". */
void scene_exec(const char *const *candidates, const char *const *argv);
void scene_script(const char *script);
void scene_cat(const char *file);

/* Run the plan, which must pass, to its end, which must be 0. */
void scene_run(spawn_note *note, void *ctx);

/* Run the plan, which must fail in that step, and must not have begun. */
void scene_fails(enum plan_kind kind, int err);

/* Read up to the end of file into said[]. */
void scene_listen(int fd);

/* How many descriptors are open. */
int scene_descriptors(void);

/* Neither a child nor a descriptor is left over. */
void scene_expect_nothing_left(void);

/* The rest of said[]'s line that begins with "name", with single blanks. */
const char *scene_field(const char *name);

/*
 * Make a system call fail with EXDEV, or what is said, in this process and in
 * every child that it makes from now on: whatever its arguments are, or only
 * where the low half of that argument has that value.  Where there is no
 * seccomp(2) the process ends with 77.
 */
void scene_deny(long number, int err);
void scene_deny_only(long number, unsigned int argument, unsigned int value,
    int err);

/*
 * Can a call of getsockopt(2) be denied by its option?  1; or, after a line
 * with SKIP, 0: where libc goes by socketcall(2), that is behind a pointer.
 */
int scene_sees_options(void);

/*
 * What a test may need that is not everywhere; found by trying.
 * Returns NULL, or the reason that it cannot be had, for a line with SKIP.
 */
#define SCENE_ROOT 1
#define SCENE_USERS 2		/* a user namespace, with a map */
#define SCENE_MOUNTS 4		/* a mount namespace */
#define SCENE_CGROUP 8		/* a control group, for scene_cgroup() */
#define SCENE_LANDLOCK 16
#define SCENE_TIME 32		/* a time namespace */
const char *scene_lacks(int needs);

/*
 * Make an empty control group, which scene_remove_cgroup() removes.
 * Returns its path, or NULL with errno.
 */
const char *scene_cgroup(void);
void scene_remove_cgroup(void);

#endif

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STAGE_H
#define STAGE_H

#include <sys/types.h>

#include <stdint.h>

#include "plan.h"

/*
 * What the tests share that put a child of scene.h into namespaces, or make
 * it somebody.  A failed assertion ends the test.
 */

/*
 * Can such namespaces be had here (0: needs nothing)?  Found out by trying.
 * Returns 1; or 0 after a line "SKIP name: reason".
 */
int stage_can(const char *name, unsigned int namespaces);

/* Has this process these capabilities to give?  As stage_can(). */
int stage_has_caps(const char *name, uint64_t caps);

/* This test's process becomes an ordinary user, in these groups, for good. */
void stage_be_nobody(const gid_t *groups, size_t count);

/* Add a step that has namespaces, and one that has capabilities. */
void stage_namespaces(enum plan_kind kind, unsigned int namespaces);
void stage_caps(enum plan_kind kind, uint64_t caps);

/* Add a map of this one id of ours to "inside"; both must outlive the plan. */
void stage_map(unsigned int inside, enum plan_setgroups setgroups,
    int by_parent);

/* Add groups (as they are, if "kept"), gid, uid. */
void stage_ids(uid_t uid, gid_t gid, const gid_t *list, size_t count,
    int kept);

/* The root of the mounts becomes "path". */
void stage_chroot(const char *path, int trusted, int pivot);

/*
 * A root directory with this machine's programs in it, and the directories
 * /etc and /proc, on a file system of its own that this process alone sees.
 * Returns its path; or NULL after a line "SKIP name: reason".
 */
const char *stage_make_root(const char *name);
void stage_remove_root(void);

/*
 * A directory that everybody can enter, with a copy of this program that
 * everybody can run, and files that a test makes there: their names are good
 * until the next one.  For tcase_add_unchecked_fixture().
 */
void stage_make_files(void);
void stage_remove_files(void);
const char *stage_program(void);
const char *stage_file(const char *name);

/* What a link says, "time:[4026531834]" for one. */
const char *stage_link(const char *path);

/*
 * Run this in a process that leads a session on a terminal of its own; what
 * it asserts is asserted of the test.  Where no terminal can be had it prints
 * a line "SKIP ...", and runs nothing.
 */
void stage_lead_session(void (*body)(int tty));

/*
 * A plan's command that waits until its input ends: cat.  stage_start() adds
 * the last steps, and starts it; stage_stop() ends it by an end of file, and
 * expects 0 of it.
 */
pid_t stage_start(void);
void stage_stop(pid_t pid);

#endif

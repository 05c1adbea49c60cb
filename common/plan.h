/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLAN_H
#define PLAN_H

#include <sys/types.h>

#include <stddef.h>

/*
 * What is to happen between fork and exec, as data: an array of steps in the
 * order in which they are carried out.  plan_check() holds it against one
 * table of rules, plan_describe() puts a step into words for --explain, and
 * spawn(3) of this library carries the same array out.
 *
 * A plan borrows the strings and vectors that it is given; they must outlive
 * it.  The functions that add a step return 0, or -1 with errno.
 */
struct plan;

enum plan_kind {
	PLAN_SIGNALS,		/* to default, HUP perhaps not; none blocked */
	PLAN_NEW_SESSION,	/* setsid(2) */
	PLAN_NEW_GROUP,		/* setpgid(0, 0) */
	PLAN_FOREGROUND,	/* own group to the foreground of fd */
	PLAN_CONTROLLING_TTY,	/* TIOCSCTTY on fd */
	PLAN_DESCRIPTORS,	/* 0, 1, 2 := three descriptors */
	PLAN_CLOSE,		/* close everything above 2 (I7) */
	PLAN_GROUPS,		/* setgroups(2) (I3) */
	PLAN_GID,		/* setresgid(2) (I3) */
	PLAN_UID,		/* setresuid(2), the last identity step (I3) */
	PLAN_CAPABILITIES,	/* all sets but the bounding set emptied */
	PLAN_PROVE,		/* the drop is proven (I4) */
	PLAN_DIRECTORY,		/* chdir(2), or the fallback with a note */
	PLAN_EXEC,		/* execve(2) of the first candidate there is */
	PLAN_KINDS
};

/* A descriptor that does not exist yet: that of a new terminal. */
#define PLAN_NEW_TERMINAL (-1)

struct plan_step {
	enum plan_kind kind;
	union {
		int fd;			/* FOREGROUND, CONTROLLING_TTY */
		int fds[3];		/* DESCRIPTORS */
		uid_t uid;		/* UID */
		gid_t gid;		/* GID */
		struct {
			const gid_t *list;
			size_t count;
			int pam_adds;	/* printed: PAM may add at login */
		} groups;		/* GROUPS */
		struct {
			uid_t uid;	/* what must be true ... */
			gid_t gid;
			const gid_t *list;
			size_t count;
			int pam_adds;	/* printed: as for GROUPS */
			uid_t old_uid;	/* ... and what must not come back */
			gid_t old_gid;
		} prove;		/* PROVE */
		struct {
			const char *path;
			const char *fallback;	/* NULL: failure is fatal */
		} dir;			/* DIRECTORY */
		struct {
			char *const *candidates;	/* paths, in order */
			char *const *argv;
			char *const *envp;
		} exec;			/* EXEC */
	} u;
};

/* Returns NULL with errno. */
struct plan *plan_new(void);
void plan_free(struct plan *plan);

/* Append a copy of *step (not of what it points to). */
int plan_add(struct plan *plan, const struct plan_step *step);

size_t plan_count(const struct plan *plan);
/* Owned by the plan; NULL past the end. */
const struct plan_step *plan_at(const struct plan *plan, size_t i);

/* The step's name as it is printed: "setgid", "new-session". */
const char *plan_kind_name(enum plan_kind kind);

/*
 * Hold the plan against the rules of order: every step at most once, exec
 * there and last, groups before gid before uid, an identity that is changed
 * is proven, and so on (one table in plan.c).
 * Returns 0, or -1 with what is wrong in "why".
 */
int plan_check(const struct plan *plan, char *why, size_t size);

/*
 * The step's arguments in words, without its name and without the value of
 * any environment variable; "" if it has none.  What does not fit is cut;
 * plan_describe_size() says how much room is enough.
 * Returns buf.
 */
const char *plan_describe(const struct plan_step *step, char *buf,
    size_t size);
size_t plan_describe_size(const struct plan_step *step);

#endif

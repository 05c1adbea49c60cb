/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANSTEP_H
#define PLANSTEP_H

#include <sys/resource.h>
#include <sys/types.h>

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

/* One step of a plan; plan.h says what a plan is. */

enum plan_kind {
	PLAN_CGROUP,		/* into a control group, at birth perhaps */
	PLAN_CLONE,		/* namespaces that the child is born in */
	PLAN_NEW_SESSION,	/* setsid(2) */
	PLAN_NEW_GROUP,		/* setpgid(2), 0: a group of its own */
	PLAN_FOREGROUND,	/* own group to the foreground of fd */
	PLAN_CONTROLLING_TTY,	/* TIOCSCTTY on fd, as it is numbered then */
	PLAN_NO_TTY,		/* TIOCNOTTY on fd, as it is numbered then */
	PLAN_SIGNALS,		/* to default, HUP perhaps not; none blocked */
	PLAN_DESCRIPTORS,	/* 0, 1, 2 ... := a list of descriptors */
	PLAN_CLOSE,		/* close on exec what was not named (I7) */
	PLAN_LIMITS,		/* setrlimit(2) */
	PLAN_UMASK,		/* umask(2) */
	PLAN_UNSHARE,		/* unshare(2) */
	PLAN_USER_NAMESPACE,	/* the user's own, made once he is proven */
	PLAN_MAP_IDS,		/* uid_map, setgroups and gid_map */
	PLAN_MOUNT_PROC,	/* a new proc(5) */
	PLAN_CHROOT,		/* chroot(2) or pivot_root(2), and chdir(2) */
	PLAN_SECUREBITS,	/* PR_SET_SECUREBITS */
	PLAN_BOUNDING_SET,	/* lowered to these capabilities */
	PLAN_GROUPS,		/* setgroups(2) (I3) */
	PLAN_KEEP_CAPABILITIES,	/* PR_SET_KEEPCAPS: for ambient ones */
	PLAN_GID,		/* setresgid(2) (I3) */
	PLAN_UID,		/* setresuid(2), the last identity step (I3) */
	PLAN_CAPABILITIES,	/* all sets but the bounding set := these */
	PLAN_AMBIENT,		/* made inheritable, and raised */
	PLAN_PROVE,		/* the drop is proven (I4) */
	PLAN_PARENT_DEATH,	/* PR_SET_PDEATHSIG */
	PLAN_NO_NEW_PRIVS,	/* PR_SET_NO_NEW_PRIVS */
	PLAN_ONCE,		/* marker and output; ends if it is there */
	PLAN_DIRECTORY,		/* chdir(2), or the fallback with a note */
	PLAN_LANDLOCK,		/* nothing but these paths, see landlock(7) */
	PLAN_TRACE,		/* PTRACE_TRACEME: the parent is the tracer */
	PLAN_EXEC,		/* execve(2) of the first candidate there is */
	PLAN_KINDS
};

/* In place of a descriptor: none, which closes; one that does not exist yet. */
#define PLAN_NO_FD (-1)
#define PLAN_NEW_TERMINAL (-2)

/* CLONE_NEWTIME, which headers before glibc 2.37 do not have. */
#define PLAN_NEWTIME 0x00000080

struct plan_limit {
	int resource;		/* RLIMIT_NOFILE ... */
	rlim_t soft, hard;	/* in the resource's unit, or RLIM_INFINITY */
};

enum plan_access {
	PLAN_RUN,		/* files below are read and executed */
	PLAN_READ,		/* ... and directories listed */
	PLAN_WRITE,		/* ... and everything is changed */
};

struct plan_path {
	const char *path;
	enum plan_access access;
	int optional;		/* it need not exist */
};

enum plan_setgroups {
	PLAN_SETGROUPS_DENY,	/* a group that denies cannot be left */
	PLAN_SETGROUPS_ALLOW,	/* CVE-2018-7169: it can */
};

struct plan_step {
	enum plan_kind kind;
	union {
		int fd;		/* FOREGROUND, CONTROLLING_TTY, NO_TTY */
		pid_t pgid;	/* NEW_GROUP */
		uid_t uid;	/* UID */
		gid_t gid;	/* GID */
		mode_t mask;	/* UMASK */
		int signal;	/* PARENT_DEATH */
		unsigned long securebits;	/* SECUREBITS */
		unsigned int namespaces;	/* CLONE, UNSHARE: CLONE_NEW* */
		/* BOUNDING_SET, CAPABILITIES, AMBIENT: bit n is number n */
		uint64_t caps;
		struct {
			const int *list;	/* i := a copy of list[i] */
			size_t count;
		} fds;			/* DESCRIPTORS */
		size_t more;		/* CLOSE: 3 and so many stay open */
		struct {
			const char *path;	/* a directory of cgroup2 */
			int fd;		/* used where there is no path */
		} cgroup;		/* CGROUP */
		struct {
			const struct plan_limit *list;
			size_t count;
		} limits;		/* LIMITS */
		struct {
			/* lines of "inside outside count", or NULL */
			const char *uids;
			const char *gids;
			enum plan_setgroups setgroups;
			int by_parent;	/* it has the rights to do so */
		} map;			/* MAP_IDS */
		struct {
			const char *path;
			/* every component root's, and nobody else's to write */
			int trusted;
			/* the root of the mounts too, which nobody leaves */
			int pivot;
		} root;			/* CHROOT */
		const char *proc;	/* MOUNT_PROC: where */
		struct {
			const gid_t *list;
			size_t count;
			int pam_adds;	/* printed: PAM may add at login */
			int kept;	/* as getgroups(2) has them: no call */
		} groups;		/* GROUPS */
		struct {
			uid_t uid;	/* what must be true ... */
			gid_t gid;
			const gid_t *list;
			size_t count;
			int pam_adds;	/* printed: as for GROUPS */
			uint64_t caps;	/* what was asked to stay */
			uid_t old_uid;	/* ... and what must not come back */
			gid_t old_gid;
		} prove;		/* PROVE */
		struct {
			const char *base;	/* a directory that exists */
			const char *below;	/* in it; is made if missing */
			/* names in that: */
			const char *marker;	/* which is new, or EALREADY */
			const char *log;	/* which becomes 1 and 2 */
			/*
			 * So many bytes of the marker's name are the same
			 * every time; where the others differ it is an old
			 * one, to be removed.
			 */
			size_t fixed;
		} once;			/* ONCE */
		struct {
			const char *path;
			const char *fallback;	/* NULL: failure is fatal */
		} dir;			/* DIRECTORY */
		struct {
			const struct plan_path *list;
			size_t count;
		} landlock;		/* LANDLOCK */
		struct {
			char *const *candidates;	/* paths, in order */
			char *const *argv;
			char *const *envp;
		} exec;			/* EXEC */
	} u;
};

#endif

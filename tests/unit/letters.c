/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "letters.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "plan.h"

#define NROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define ONE_CAP (UINT64_C(1) << 10)

/* The vectors of an exec step; execve(2) wants them without const. */
static char cat[] = "/bin/cat";
static char *one_word[] = { cat, NULL };
static char *no_word[] = { NULL };

static const int three[] = { 8, PLAN_NO_FD, 2 };

/*
 * A letter for each kind, so that a plan is a word; what is given to the step
 * is right unless a row says otherwise.
 */
static const struct {
	char letter;
	struct plan_step step;
} letters[] = {
	{ 'o', { .kind = PLAN_CGROUP, .u.cgroup = { "/cg", -1 } } },
	{ 'b', { .kind = PLAN_CLONE,
	    .u.namespaces = CLONE_NEWNS | CLONE_NEWPID } },
	{ 'y', { .kind = PLAN_CLONE,
	    .u.namespaces = CLONE_NEWNS | CLONE_NEWUSER } },
	{ 'n', { .kind = PLAN_NEW_SESSION } },
	{ 'g', { .kind = PLAN_NEW_GROUP } },
	{ 'f', { .kind = PLAN_FOREGROUND, .u.fd = 7 } },
	{ 't', { .kind = PLAN_CONTROLLING_TTY, .u.fd = 7 } },
	{ 'N', { .kind = PLAN_NO_TTY, .u.fd = 7 } },
	{ 's', { .kind = PLAN_SIGNALS } },
	{ 'd', { .kind = PLAN_DESCRIPTORS, .u.fds = { three, 3 } } },
	{ 'c', { .kind = PLAN_CLOSE } },
	{ 'l', { .kind = PLAN_LIMITS } },
	{ 'u', { .kind = PLAN_UMASK } },
	{ 'S', { .kind = PLAN_UNSHARE, .u.namespaces = CLONE_NEWNET } },
	{ 'M', { .kind = PLAN_UNSHARE, .u.namespaces = CLONE_NEWNS } },
	{ 'Y', { .kind = PLAN_UNSHARE, .u.namespaces = CLONE_NEWUSER } },
	{ 'O', { .kind = PLAN_USER_NAMESPACE } },
	{ 'm', { .kind = PLAN_MAP_IDS,
	    .u.map = { .uids = "0 1000 1\n", .by_parent = 1 } } },
	{ 'p', { .kind = PLAN_MOUNT_PROC, .u.proc = "/proc" } },
	{ 'r', { .kind = PLAN_CHROOT, .u.root.path = "/srv" } },
	{ 'e', { .kind = PLAN_SECUREBITS } },
	{ 'B', { .kind = PLAN_BOUNDING_SET, .u.caps = ONE_CAP } },
	{ 'G', { .kind = PLAN_GROUPS } },
	{ 'K', { .kind = PLAN_KEEP_CAPABILITIES } },
	{ 'I', { .kind = PLAN_GID } },
	{ 'U', { .kind = PLAN_UID } },
	{ 'C', { .kind = PLAN_CAPABILITIES, .u.caps = ONE_CAP } },
	{ 'A', { .kind = PLAN_AMBIENT, .u.caps = ONE_CAP } },
	{ 'P', { .kind = PLAN_PROVE, .u.prove.caps = ONE_CAP } },
	{ 'D', { .kind = PLAN_PARENT_DEATH, .u.signal = 9 } },
	{ 'v', { .kind = PLAN_NO_NEW_PRIVS } },
	{ 'E', { .kind = PLAN_ONCE,
	    .u.once = { "/home", "state", "m.1", "log", 2 } } },
	{ 'h', { .kind = PLAN_DIRECTORY, .u.dir.path = "/" } },
	{ 'L', { .kind = PLAN_LANDLOCK } },
	{ 'T', { .kind = PLAN_TRACE } },
	{ 'x', { .kind = PLAN_EXEC,
	    .u.exec = { one_word, one_word, no_word } } },
	{ '?', { .kind = (enum plan_kind)77 } },
	{ '-', { .kind = (enum plan_kind)-1 } },
};

const struct plan_step *
letters_step(char letter)
{
	size_t i;

	/* An assertion that holds costs a system call; this is hot. */
	for (i = 0; i < NROWS(letters); i++)
		if (letters[i].letter == letter)
			return &letters[i].step;
	ck_abort_msg("no such letter: %c", letter);
}

const char *
letters_name(char letter)
{
	return plan_kind_name(letters_step(letter)->kind);
}

char
letters_of(int kind)
{
	size_t i;

	for (i = 0; i < NROWS(letters); i++)
		if ((int)letters[i].step.kind == kind)
			return letters[i].letter;
	ck_abort_msg("no letter: %d", kind);
}

int
letters_check(const char *word, const struct plan_step *with, size_t nwith,
    char why[LETTERS_WHY])
{
	struct plan *plan = plan_new();
	const struct plan_step *step;
	size_t i;
	int r;

	if (plan == NULL)
		ck_abort_msg("no memory");
	for (; *word != '\0'; word++) {
		step = letters_step(*word);
		for (i = 0; i < nwith; i++)
			if (with[i].kind == step->kind)
				step = &with[i];
		if (plan_add(plan, step) == -1)
			ck_abort_msg("no memory");
	}
	memset(why, 0, LETTERS_WHY);
	r = plan_check(plan, why, LETTERS_WHY);
	plan_free(plan);
	return r;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "prove.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "account.h"
#include "caps.h"
#include "planstep.h"
#include "rawid.h"

static int
prove_ids(const struct plan_step *step, const char **detail)
{
	uid_t ruid, euid, suid, uid = step->u.prove.uid;
	gid_t rgid, egid, sgid, gid = step->u.prove.gid;

	errno = EPERM;
	*detail = "user id";
	if (syscall(RAWID(getresuid), &ruid, &euid, &suid) == -1 ||
	    ruid != uid || euid != uid || suid != uid)
		return -1;
	*detail = "group id";
	if (syscall(RAWID(getresgid), &rgid, &egid, &sgid) == -1 ||
	    rgid != gid || egid != gid || sgid != gid)
		return -1;
	return 0;
}

static int
prove_groups(const struct plan_step *step, gid_t *scratch, size_t room,
    const char **detail)
{
	long n;

	*detail = "supplementary groups";
	n = syscall(RAWID(getgroups), (int)room, scratch);
	if (n < 0 || !account_groups_equal(scratch, (size_t)n,
	    step->u.prove.list, step->u.prove.count)) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/*
 * What was asked to stay is permitted and inheritable, and in the ambient set
 * or not, as another step will have it; nothing more, and nothing effective,
 * so that no way back below is open by it.
 */
static int
prove_capabilities(const struct plan_step *step, const char **detail)
{
	const uint64_t want = step->u.prove.caps;
	struct caps caps;

	*detail = "capabilities";
	if (caps_get(&caps) == -1)
		return -1;
	errno = EPERM;
	if (caps.permitted != want || caps.inheritable != want ||
	    caps.effective != 0)
		return -1;
	*detail = "ambient capabilities";
	return (caps_ambient() & ~want) != 0 ? -1 : 0;
}

/*
 * Every way back is tried, and each must fail: what the kernel says now is
 * one thing, what it lets this process do is the other.
 */
static int
prove_no_way_back(const struct plan_step *step, const char **detail)
{
	const uid_t same_uid = (uid_t)-1, old_uid = step->u.prove.old_uid;
	const gid_t same_gid = (gid_t)-1, old_gid = step->u.prove.old_gid;

	/* What the calls below leave in errno is EPERM, if all is well. */
	errno = EPERM;
	*detail = "uid 0 comes back";
	if (syscall(RAWID(setresuid), 0, 0, 0) == 0 ||
	    syscall(RAWID(setresuid), same_uid, 0, same_uid) == 0 ||
	    syscall(RAWID(setuid), 0) == 0)
		return -1;
	*detail = "the old uid comes back";
	if (old_uid != step->u.prove.uid &&
	    (syscall(RAWID(setresuid), same_uid, old_uid, same_uid) == 0 ||
	    syscall(RAWID(setuid), old_uid) == 0))
		return -1;
	*detail = "the old gid comes back";
	if (old_gid != step->u.prove.gid &&
	    (syscall(RAWID(setresgid), same_gid, old_gid, same_gid) == 0 ||
	    syscall(RAWID(setgid), old_gid) == 0))
		return -1;
	*detail = "groups can be set";
	if (syscall(RAWID(setgroups), 0, NULL) == 0)
		return -1;
	/* setfsuid(2) cannot fail; asked twice, it tells the truth. */
	*detail = "the file system uid comes back";
	(void)syscall(RAWID(setfsuid), old_uid);
	if ((uid_t)syscall(RAWID(setfsuid), -1) != step->u.prove.uid)
		return -1;
	*detail = NULL;
	return 0;
}

int
prove_drop(const struct plan_step *step, gid_t *scratch, size_t room,
    const char **detail)
{
	if (prove_ids(step, detail) == -1 ||
	    prove_groups(step, scratch, room, detail) == -1)
		return -1;
	/* Root keeps his capabilities, and every way is his. */
	if (step->u.prove.uid == 0)
		return 0;
	if (prove_capabilities(step, detail) == -1)
		return -1;
	return prove_no_way_back(step, detail);
}

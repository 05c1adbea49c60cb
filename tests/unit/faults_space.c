/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The faults of the steps that make namespaces, and of what is done in them.
 */

#include "config.h"
#include "faults.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "scene.h"

static void
write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	faults_must(fd);
	faults_must((int)write(fd, text, strlen(text)));
	faults_must(close(fd));
}

static void
where_groups_are_denied(void)
{
	faults_must(unshare(CLONE_NEWUSER));
	write_to("/proc/self/setgroups", "deny");
	write_to("/proc/self/uid_map", "0 0 1\n");
	write_to("/proc/self/gid_map", "0 0 1\n");
}

static void
where_proc_is_empty(void)
{
	faults_must(unshare(CLONE_NEWNS));
	faults_must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	faults_must(mount("none", "/proc", "tmpfs", 0, NULL));
}

static void
in_a_chroot(void)
{
	faults_must(chroot("/usr"));
	faults_must(chdir("/"));
}

static void
cgroup_of_another_kind(struct plan_step *step)
{
	step->u.cgroup.path = "/";
}

static void
cgroup_descriptor_of_another_kind(struct plan_step *step)
{
	step->u.cgroup.path = NULL;
	ck_assert_int_ne(step->u.cgroup.fd = open("/", O_PATH | O_CLOEXEC),
	    -1);
}

/* A number that is nobody's. */
static void
cgroup_closed(struct plan_step *step)
{
	step->u.cgroup.path = NULL;
	step->u.cgroup.fd = 999;
}

static void
cgroup_real(struct plan_step *step)
{
	ck_assert_ptr_nonnull(step->u.cgroup.path = scene_cgroup());
}

static void
cgroup_gone(struct plan_step *step)
{
	cgroup_real(step);
	step->u.cgroup.fd = open(step->u.cgroup.path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ne(step->u.cgroup.fd, -1);
	step->u.cgroup.path = NULL;
	scene_remove_cgroup();
}

static void
clone_time(struct plan_step *step)
{
	step->u.namespaces = PLAN_NEWTIME;
}

static void
mounts(struct plan_step *step)
{
	step->u.namespaces = CLONE_NEWNS;
}

static void
own_users(struct plan_step *map __attribute__((unused)))
{
	steps_of(PLAN_UNSHARE)->u.namespaces = CLONE_NEWUSER;
}

static void
parents_users(struct plan_step *map)
{
	map->u.map.by_parent = 1;
	steps_of(PLAN_CLONE)->u.namespaces = CLONE_NEWUSER;
}

#define MAP_OF(who, what, field, value) \
	static void \
	who##_##what(struct plan_step *map) \
	{ \
		who##_users(map); \
		map->u.map.field = value; \
	}

MAP_OF(own, bad_uids, uids, "x\n")
MAP_OF(own, bad_gids, gids, "0 0 0\n")
MAP_OF(own, groups_allowed, setgroups, PLAN_SETGROUPS_ALLOW)
MAP_OF(parents, bad_uids, uids, "0 4294967295 1\n")
MAP_OF(parents, bad_gids, gids, "0 0 1\n0 1 1\n")
MAP_OF(parents, groups_allowed, setgroups, PLAN_SETGROUPS_ALLOW)

static void
proc_nowhere(struct plan_step *step)
{
	step->u.proc = "/no/such";
}

static void
root_nowhere(struct plan_step *step)
{
	step->u.root.path = "/no/such";
}

static void
root_no_directory(struct plan_step *step)
{
	step->u.root.path = "/dev/null";
}

static void
root_of_everybody(struct plan_step *step)
{
	step->u.root.path = "/tmp";
	step->u.root.trusted = 1;
}

static void
root_trusted(struct plan_step *step)
{
	step->u.root.trusted = 1;
}

static void
root_pivot(struct plan_step *step)
{
	step->u.root.path = "/usr";
	step->u.root.pivot = 1;
}


#define MOUNTS SCENE_ROOT | SCENE_MOUNTS

const struct fault faults_space[] = {
	{ .kind = PLAN_CGROUP, .err = ENOENT },
	{ .kind = PLAN_CGROUP, .spoil = cgroup_of_another_kind, .err = EBADF },
	{ .kind = PLAN_CGROUP, .spoil = cgroup_descriptor_of_another_kind,
	    .err = EBADF, .only_born = 1 },
	{ .kind = PLAN_CGROUP, .spoil = cgroup_closed, .err = EBADF },
	{ .kind = PLAN_CGROUP, .spoil = cgroup_gone, .needs = SCENE_CGROUP,
	    .err = ENOENT },
	/* not at birth, and then not either */
	{ .kind = PLAN_CGROUP, .spoil = cgroup_real, .needs = SCENE_CGROUP,
	    .deny = { { .number = SYS_clone3, .err = ENOSYS },
	    { .number = SYS_write } } },
	{ .kind = PLAN_CLONE, .err = EPERM,
	    .deny = { { .number = SYS_clone, .err = EPERM } } },
	{ .kind = PLAN_CLONE, .err = ENOSPC,
	    .deny = { { .number = SYS_clone, .err = ENOSPC } } },
	{ .kind = PLAN_CLONE, .spoil = clone_time, .err = ENOSYS,
	    .deny = { { .number = SYS_clone3, .err = ENOSYS } } },
	{ .kind = PLAN_CLONE, .needs = MOUNTS, DENY(mount),
	    .detail = "private mounts" },
	{ .kind = PLAN_CLONE, .needs = SCENE_ROOT, .prepare = faults_as_nobody,
	    .err = EPERM },
	{ .kind = PLAN_UNSHARE, DENY(unshare) },
	{ .kind = PLAN_UNSHARE, .needs = SCENE_ROOT,
	    .prepare = faults_as_nobody, .err = EPERM },
	{ .kind = PLAN_UNSHARE, .needs = MOUNTS, .spoil = mounts, DENY(mount),
	    .detail = "private mounts" },
	{ .kind = PLAN_USER_NAMESPACE, DENY(unshare) },
	{ .kind = PLAN_USER_NAMESPACE, .needs = SCENE_ROOT | SCENE_USERS,
	    .prepare = in_a_chroot, .err = EPERM },
	{ .kind = PLAN_MAP_IDS, .with = STEP(UNSHARE), .needs = SCENE_USERS,
	    .spoil = own_users, DENY(write), .detail = "uid_map" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(UNSHARE), .needs = SCENE_USERS,
	    .spoil = own_bad_uids, .err = EINVAL, .detail = "uid_map" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(UNSHARE),
	    .needs = SCENE_ROOT | SCENE_USERS, .spoil = own_bad_gids,
	    .err = EINVAL, .detail = "gid_map" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(UNSHARE),
	    .needs = SCENE_ROOT | SCENE_USERS, .spoil = own_groups_allowed,
	    .prepare = where_groups_are_denied, .err = EPERM,
	    .detail = "setgroups" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(UNSHARE),
	    .needs = MOUNTS | SCENE_USERS, .spoil = own_users,
	    .prepare = where_proc_is_empty, .err = ENOENT, .detail = "/proc" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(CLONE), .needs = SCENE_USERS,
	    .spoil = parents_users, DENY(write), .detail = "uid_map" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(CLONE), .needs = SCENE_USERS,
	    .spoil = parents_bad_uids, .err = EINVAL, .detail = "uid_map" },
	/* an ordinary user may map himself, and nobody else */
	{ .kind = PLAN_MAP_IDS, .with = STEP(CLONE),
	    .needs = SCENE_ROOT | SCENE_USERS, .spoil = parents_users,
	    .prepare = faults_as_nobody, .err = EPERM, .detail = "uid_map" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(CLONE),
	    .needs = SCENE_ROOT | SCENE_USERS, .spoil = parents_bad_gids,
	    .err = EINVAL, .detail = "gid_map" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(CLONE),
	    .needs = SCENE_ROOT | SCENE_USERS,
	    .spoil = parents_groups_allowed,
	    .prepare = where_groups_are_denied, .err = EPERM,
	    .detail = "setgroups" },
	{ .kind = PLAN_MAP_IDS, .with = STEP(CLONE),
	    .needs = MOUNTS | SCENE_USERS, .spoil = parents_users,
	    .prepare = where_proc_is_empty, .err = ENOENT, .detail = "/proc" },
	{ .kind = PLAN_MOUNT_PROC, .with = STEP(CLONE), .needs = MOUNTS,
	    DENY_ONLY(mount, 4, MS_NOSUID | MS_NODEV | MS_NOEXEC) },
	{ .kind = PLAN_MOUNT_PROC, .with = STEP(CLONE), .needs = MOUNTS,
	    .spoil = proc_nowhere, .err = ENOENT },
	{ .kind = PLAN_CHROOT, DENY(chroot) },
	{ .kind = PLAN_CHROOT, DENY(fchdir) },
	{ .kind = PLAN_CHROOT, .needs = SCENE_ROOT, DENY(chdir) },
	{ .kind = PLAN_CHROOT, .spoil = root_nowhere, .err = ENOENT },
	{ .kind = PLAN_CHROOT, .spoil = root_no_directory, .err = ENOTDIR },
	{ .kind = PLAN_CHROOT, .spoil = root_of_everybody, .err = EPERM,
	    .detail = "it, or a directory above, is not" },
	{ .kind = PLAN_CHROOT, .spoil = root_trusted, .needs = SCENE_ROOT,
	    DENY(chroot) },
	{ .kind = PLAN_CHROOT, .with = STEP(CLONE), .needs = MOUNTS,
	    .spoil = root_pivot, DENY_ONLY(mount, 4, MS_BIND | MS_REC),
	    .detail = "bind" },
	{ .kind = PLAN_CHROOT, .with = STEP(CLONE), .needs = MOUNTS,
	    .spoil = root_pivot, DENY(chroot),
	    .detail = "the outermost root" },
	{ .kind = PLAN_CHROOT, .with = STEP(CLONE), .needs = MOUNTS,
	    .spoil = root_pivot, DENY(pivot_root), .detail = "pivot_root" },
	{ .kind = PLAN_CHROOT, .with = STEP(CLONE), .needs = MOUNTS,
	    .spoil = root_pivot, DENY(umount2),
	    .detail = "unmount of the old root" },
};

const int faults_space_count = sizeof(faults_space) / sizeof(faults_space[0]);

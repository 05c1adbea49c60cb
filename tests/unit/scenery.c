/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The second half of scene.h: what the kernel is made to refuse, and what it
 * has to offer here.
 */

#include "config.h"
#include "scene.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char cgroup[640];

static void
install(struct sock_filter *filter, size_t len)
{
	struct sock_fprog program = { (unsigned short)len, filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
	    (unsigned long)(uintptr_t)&program, 0, 0) == -1)
		_exit(77);
}

/* Of calls that 32 bits have twice, the one that libc makes. */
static uint32_t
as_libc(long number)
{
	static const long twice[][2] = {
		{ -1, -1 },
#ifdef SYS_setresuid32
		{ SYS_getgroups, SYS_getgroups32 },
		{ SYS_getresuid, SYS_getresuid32 },
		{ SYS_getresgid, SYS_getresgid32 },
		{ SYS_setgroups, SYS_setgroups32 },
		{ SYS_setresuid, SYS_setresuid32 },
		{ SYS_setresgid, SYS_setresgid32 },
#endif
#ifdef SYS_fcntl64
		{ SYS_fcntl, SYS_fcntl64 },
#endif
#ifdef SYS_ftruncate64
		{ SYS_ftruncate, SYS_ftruncate64 },
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(twice) / sizeof(twice[0]); i++)
		if (twice[i][0] == number)
			number = twice[i][1];
	return (uint32_t)number;
}

void
scene_deny(long number, int err)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, as_libc(number), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	install(filter, sizeof(filter) / sizeof(filter[0]));
}

void
scene_deny_only(long number, unsigned int argument, unsigned int value,
    int err)
{
	const uint32_t at = (uint32_t)offsetof(struct seccomp_data, args) +
	    8 * argument + (BYTE_ORDER == BIG_ENDIAN ? 4 : 0);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, as_libc(number), 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	install(filter, sizeof(filter) / sizeof(filter[0]));
}

int
scene_sees_options(void)
{
#if defined(__i386__) || defined(__s390x__)
	printf("SKIP older kernels: getsockopt(2) by socketcall(2)\n");
	return 0;
#else
	return 1;
#endif
}

/* Does that work in a child?  1 or 0. */
static int
works_in_child(int (*try)(void))
{
	int wstatus = -1;
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		_exit(try() == 0 ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return wstatus == 0;
}

static int
try_users(void)
{
	char map[32];
	FILE *file;

	(void)snprintf(map, sizeof(map), "0 %u 1\n", (unsigned int)geteuid());
	if (unshare(CLONE_NEWUSER) == -1 ||
	    (file = fopen("/proc/self/uid_map", "w")) == NULL ||
	    fputs(map, file) == EOF)
		return -1;
	return fclose(file) == 0 ? 0 : -1;
}

static int
try_mounts(void)
{
	if (unshare(CLONE_NEWNS) == -1)
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* A group that can be made is of no use if nobody can go there. */
static int
enter_cgroup(void)
{
	int fd;

	if (chdir(cgroup) == -1 ||
	    (fd = open("cgroup.procs", O_WRONLY | O_CLOEXEC)) == -1)
		return -1;
	return write(fd, "0", 1) == 1 ? 0 : -1;
}

static int
has_cgroup(void)
{
	int has = scene_cgroup() != NULL && works_in_child(enter_cgroup);

	scene_remove_cgroup();
	return has;
}

static int
try_landlock(void)
{
#ifdef SYS_landlock_create_ruleset
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1U) > 0 ?
	    0 : -1;
#else
	return -1;
#endif
}

static int
try_time(void)
{
	return unshare(PLAN_NEWTIME);
}

const char *
scene_lacks(int needs)
{
	static const struct {
		int need;
		int (*try)(void);
		const char *reason;
	} all[] = {
		{ SCENE_USERS, try_users, "no user namespaces" },
		{ SCENE_MOUNTS, try_mounts, "no mount namespaces" },
		{ SCENE_LANDLOCK, try_landlock, "no Landlock" },
		{ SCENE_TIME, try_time, "no time namespaces" },
	};
	size_t i;

	if ((needs & SCENE_ROOT) != 0 && geteuid() != 0)
		return "not root";
	if ((needs & SCENE_CGROUP) != 0 && !has_cgroup())
		return "no cgroup2 to write to";
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if ((needs & all[i].need) != 0 && !works_in_child(all[i].try))
			return all[i].reason;
	return NULL;
}

/* Where cgroup2 is mounted, and where in it we are: "0::/path". */
static int
find_own_cgroup(char *path, size_t size)
{
	char line[512], mount[256] = "", own[256] = "";
	FILE *file;

	if ((file = fopen("/proc/self/mounts", "r")) == NULL)
		return -1;
	while (mount[0] == '\0' && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "%*s %255s cgroup2 ", mount) != 1 ||
		    strstr(line, " cgroup2 ") == NULL)
			mount[0] = '\0';
	(void)fclose(file);
	if ((file = fopen("/proc/self/cgroup", "r")) == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL)
		(void)sscanf(line, "0::%255s", own);
	(void)fclose(file);
	errno = ENOENT;
	return mount[0] != '\0' && own[0] != '\0' && snprintf(path, size,
	    "%s%s/check.XXXXXX", mount, own) < (int)size ? 0 : -1;
}

const char *
scene_cgroup(void)
{
	if (find_own_cgroup(cgroup, sizeof(cgroup)) == -1 ||
	    mkdtemp(cgroup) == NULL) {
		cgroup[0] = '\0';
		return NULL;
	}
	return cgroup;
}

/* A process that has been reaped may still be on its way out of it. */
void
scene_remove_cgroup(void)
{
	int i;

	for (i = 0; i < 100 && cgroup[0] != '\0' && rmdir(cgroup) == -1 &&
	    errno == EBUSY; i++)
		(void)usleep(10000);
	cgroup[0] = '\0';
}

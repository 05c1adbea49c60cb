/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * How long it takes to start /bin/true and to hear of its end: spawn() of
 * common/ beside what libc has, from one process of a given size, each way
 * once a round and in another order every round, so that what slows the
 * machine down slows all of them down.  Prints the median, the quartiles and
 * the ratio of the medians to posix_spawn(3)'s; then the same of the
 * processor time, the parent's and the child's, which says more where other
 * people use the machine.
 *
 *	spawnbench MIB ROUNDS
 *
 * Ends with 77 where there is not so much memory.
 */

#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"
#include "spawn.h"

#define PROGRAM "/bin/true"
#define MIB ((size_t)1024 * 1024)
#define WARM_UP 10

/* Whoever the dropped child is: no id of an account is needed. */
#define UID 65534
#define GID 65534

struct contender {
	const char *name;
	/* Returns the pid of a child that ends with 0. */
	pid_t (*start)(const struct contender *c);
	struct plan *plan;	/* what start_plan() carries out */
	double *us;	/* by the clock */
	double *cpu;	/* by the processor, in us */
};

static char program[] = PROGRAM;
static char *argv_true[] = { program, NULL };
static char *const candidates[] = { program, NULL };
static posix_spawnattr_t same_attr;
static posix_spawn_file_actions_t same_actions;

static pid_t
start_posix_spawn(const struct contender *c)
{
	pid_t pid;

	(void)c;
	if (posix_spawn(&pid, program, NULL, NULL, argv_true, environ) != 0)
		errx(1, "posix_spawn");
	return pid;
}

/* With what the least plan does as well: signals, and no descriptor left. */
static pid_t
start_posix_spawn_same(const struct contender *c)
{
	pid_t pid;

	(void)c;
	if (posix_spawn(&pid, program, &same_actions, &same_attr, argv_true,
	    environ) != 0)
		errx(1, "posix_spawn");
	return pid;
}

static pid_t
start_vfork(const struct contender *c)
{
	pid_t pid;

	(void)c;
	if ((pid = vfork()) == 0) {
		(void)execve(program, argv_true, environ);
		_exit(127);
	}
	return pid;
}

static pid_t
start_fork(const struct contender *c)
{
	pid_t pid;

	(void)c;
	if ((pid = fork()) == 0) {
		(void)execve(program, argv_true, environ);
		_exit(127);
	}
	return pid;
}

static pid_t
start_fork_drop(const struct contender *c)
{
	pid_t pid;

	(void)c;
	if ((pid = fork()) == 0) {
		if (setgroups(0, NULL) == 0 && setresgid(GID, GID, GID) == 0 &&
		    setresuid(UID, UID, UID) == 0)
			(void)execve(program, argv_true, environ);
		_exit(127);
	}
	return pid;
}

static pid_t
start_plan(const struct contender *c)
{
	struct spawn_report failed;
	pid_t pid = spawn(c->plan, NULL, NULL, &failed);
	const struct plan_step *step;

	if (pid != -1)
		return pid;
	step = plan_at(c->plan, failed.step);
	errx(1, "%s: %s: %s", c->name, step != NULL ?
	    plan_kind_name(step->kind) : "new process", strerror(failed.err));
}

static struct contender contenders[] = {
	{ .name = "posix_spawn", .start = start_posix_spawn },
	{ .name = "posix_spawn, same work", .start = start_posix_spawn_same },
	{ .name = "vfork, exec", .start = start_vfork },
	{ .name = "fork, exec", .start = start_fork },
	{ .name = "spawn, least plan", .start = start_plan },
	{ .name = "spawn, fuller plan", .start = start_plan },
	/* Root's alone. */
	{ .name = "fork, ids, exec", .start = start_fork_drop },
	{ .name = "spawn, drop proven", .start = start_plan },
};

#define ALL (sizeof(contenders) / sizeof(contenders[0]))
#define FOR_ROOT ((size_t)2)
#define LEAST (contenders + 4)
#define FULLER (contenders + 5)
#define DROP (contenders + 7)

static void
add(struct plan *plan, const struct plan_step *step)
{
	if (plan_add(plan, step) == -1)
		err(1, NULL);
}

static void
add_kind(struct plan *plan, enum plan_kind kind)
{
	const struct plan_step step = { .kind = kind };

	add(plan, &step);
}

/* The last step; what has no plan by then was given a wrong one. */
static void
finish(const struct contender *c)
{
	const struct plan_step exec = { .kind = PLAN_EXEC,
	    .u.exec = { candidates, argv_true, environ } };
	char why[256];

	add(c->plan, &exec);
	if (plan_check(c->plan, why, sizeof(why)) == -1)
		errx(1, "%s: %s", c->name, why);
}

static void
make_least_plan(void)
{
	add_kind(LEAST->plan, PLAN_SIGNALS);
	add_kind(LEAST->plan, PLAN_CLOSE);
	finish(LEAST);
}

static void
make_fuller_plan(void)
{
	static const int fds[] = { 0, 1, 2 };
	static struct plan_limit limit = { .resource = RLIMIT_CORE };
	const struct plan_step steps[] = {
		{ .kind = PLAN_NEW_SESSION },
		{ .kind = PLAN_SIGNALS },
		{ .kind = PLAN_DESCRIPTORS, .u.fds = { fds, 3 } },
		{ .kind = PLAN_CLOSE },
		{ .kind = PLAN_LIMITS, .u.limits = { &limit, 1 } },
		{ .kind = PLAN_UMASK, .u.mask = 022 },
		{ .kind = PLAN_DIRECTORY, .u.dir = { "/", NULL } },
	};
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		add(FULLER->plan, &steps[i]);
	finish(FULLER);
}

static void
make_drop_plan(void)
{
	const struct plan_step gid = { .kind = PLAN_GID, .u.gid = GID };
	const struct plan_step uid = { .kind = PLAN_UID, .u.uid = UID };
	const struct plan_step prove = { .kind = PLAN_PROVE,
	    .u.prove = { .uid = UID, .gid = GID } };

	add_kind(DROP->plan, PLAN_SIGNALS);
	add_kind(DROP->plan, PLAN_CLOSE);
	add_kind(DROP->plan, PLAN_GROUPS);
	add(DROP->plan, &gid);
	add(DROP->plan, &uid);
	add_kind(DROP->plan, PLAN_CAPABILITIES);
	add(DROP->plan, &prove);
	finish(DROP);
}

static void
prepare_posix_spawn(void)
{
	sigset_t all, none;
	int r;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	r = posix_spawnattr_init(&same_attr) |
	    posix_spawnattr_setsigdefault(&same_attr, &all) |
	    posix_spawnattr_setsigmask(&same_attr, &none) |
	    posix_spawnattr_setflags(&same_attr,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) |
	    posix_spawn_file_actions_init(&same_actions);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	r |= posix_spawn_file_actions_addclosefrom_np(&same_actions,
	    STDERR_FILENO + 1);
#endif
	if (r != 0)
		errx(1, "posix_spawnattr");
}

static void
prepare(size_t n, size_t rounds)
{
	size_t i;

	for (i = 0; i < n; i++) {
		contenders[i].plan = plan_new();
		contenders[i].us = calloc(rounds, sizeof(double));
		contenders[i].cpu = calloc(rounds, sizeof(double));
		if (contenders[i].plan == NULL || contenders[i].us == NULL ||
		    contenders[i].cpu == NULL)
			err(1, NULL);
	}
	prepare_posix_spawn();
	make_least_plan();
	make_fuller_plan();
	if (n == ALL)
		make_drop_plan();
}

static void
skip(const char *reason)
{
	printf("SKIP spawnbench: %s\n", reason);
	exit(77);
}

/* What can be had without swapping or killing, in KiB; 0 if nobody says. */
static size_t
available(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char line[256];
	size_t kib = 0;

	if (file == NULL)
		return 0;
	while (kib == 0 && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "MemAvailable:", 13) == 0)
			kib = strtoul(line + 13, NULL, 10);
	(void)fclose(file);
	return kib;
}

/*
 * Small pages, as most of a program's memory is: a fork copies an entry for
 * each.
 */
static void
grow(size_t mib)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t free_kib = available();
	volatile char *memory;
	size_t i;

	if (free_kib != 0 && free_kib / 1024 < mib + 64)
		skip("not so much memory");
	memory = mmap(NULL, mib * MIB, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		skip("not so much memory");
	(void)madvise((void *)(uintptr_t)memory, mib * MIB, MADV_NOHUGEPAGE);
	for (i = 0; i < mib * MIB; i += page)
		memory[i] = 1;
}

static double
read_clock(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static double
us_of(const struct timeval *tv)
{
	return (double)tv->tv_sec * 1e6 + (double)tv->tv_usec;
}

/* Once; a program that fails would be fast for nothing. */
static void
run(const struct contender *c, size_t round)
{
	double own = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	double start = read_clock(CLOCK_MONOTONIC);
	struct rusage usage;
	int status;
	pid_t pid;

	if ((pid = c->start(c)) == -1 || wait4(pid, &status, 0, &usage) != pid)
		err(1, "%s", c->name);
	c->us[round] = read_clock(CLOCK_MONOTONIC) - start;
	c->cpu[round] = read_clock(CLOCK_PROCESS_CPUTIME_ID) - own +
	    us_of(&usage.ru_utime) + us_of(&usage.ru_stime);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: ended with wait status %#x", c->name,
		    (unsigned int)status);
}

/*
 * Each once, in a random order: a fork leaves cold caches to who is next,
 * and that must not always be the same one.
 */
static void
run_round(size_t n, size_t round)
{
	static struct random_data state;
	static char state_bytes[64];
	size_t order[ALL], i, k, other;
	int32_t r;

	if (state.state == NULL && initstate_r(1, state_bytes,
	    sizeof(state_bytes), &state) == -1)
		err(1, "initstate_r");
	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = n; i > 1; i--) {
		(void)random_r(&state, &r);
		k = (size_t)r % i;
		other = order[k];
		order[k] = order[i - 1];
		order[i - 1] = other;
	}
	for (i = 0; i < n; i++)
		run(&contenders[order[i]], round);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(size_t n, size_t rounds)
{
	const struct contender *first = contenders;
	size_t i, middle = rounds / 2;

	printf("%-24s %8s %8s %8s %6s %8s %6s\n", "in us", "median",
	    "quarter", "quarter", "ratio", "cpu", "ratio");
	for (i = 0; i < n; i++) {
		const struct contender *c = &contenders[i];

		qsort(c->us, rounds, sizeof(double), compare);
		qsort(c->cpu, rounds, sizeof(double), compare);
		printf("%-24s %8.1f %8.1f %8.1f %6.3f %8.1f %6.3f\n", c->name,
		    c->us[middle], c->us[rounds / 4], c->us[rounds * 3 / 4],
		    c->us[middle] / first->us[middle], c->cpu[middle],
		    c->cpu[middle] / first->cpu[middle]);
	}
}

int
main(int argc, char **argv)
{
	const size_t n = geteuid() == 0 ? ALL : ALL - FOR_ROOT;
	size_t mib, rounds, i;

	if (argc != 3 || (mib = strtoul(argv[1], NULL, 10)) == 0 ||
	    (rounds = strtoul(argv[2], NULL, 10)) == 0)
		errx(64, "usage: spawnbench MIB ROUNDS");
	if (access(program, X_OK) == -1)
		skip("there is no " PROGRAM);
	grow(mib);
	prepare(n, rounds);
	for (i = 0; i < WARM_UP; i++)
		run_round(n, 0);	/* overwritten: caches fill */
	for (i = 0; i < rounds; i++)
		run_round(n, i);
	printf("start of " PROGRAM " from a process with %zu MiB, "
	    "%zu rounds in turn\n", mib, rounds);
	print(n, rounds);
	return 0;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * libc has no words but for signals, and those only in glibc; libcap has its
 * own.  A locale has no part in upper and lower case here: to a Turkish one
 * "KILL" is not "kill".
 */

#include "config.h"
#include "names.h"

#include <sys/resource.h>

#include <sched.h>
#include <signal.h>
#include <string.h>

#include "decimal.h"

#ifndef CLONE_NEWTIME	/* Linux 5.6 */
#define CLONE_NEWTIME 0x00000080
#endif

struct name {
	const char *word;
	unsigned int value;
};

/* By number: the headers may be older than the kernel. */
static const struct name capabilities[] = {
	{ "chown", 0 },
	{ "dac_override", 1 },
	{ "dac_read_search", 2 },
	{ "fowner", 3 },
	{ "fsetid", 4 },
	{ "kill", 5 },
	{ "setgid", 6 },
	{ "setuid", 7 },
	{ "setpcap", 8 },
	{ "linux_immutable", 9 },
	{ "net_bind_service", 10 },
	{ "net_broadcast", 11 },
	{ "net_admin", 12 },
	{ "net_raw", 13 },
	{ "ipc_lock", 14 },
	{ "ipc_owner", 15 },
	{ "sys_module", 16 },
	{ "sys_rawio", 17 },
	{ "sys_chroot", 18 },
	{ "sys_ptrace", 19 },
	{ "sys_pacct", 20 },
	{ "sys_admin", 21 },
	{ "sys_boot", 22 },
	{ "sys_nice", 23 },
	{ "sys_resource", 24 },
	{ "sys_time", 25 },
	{ "sys_tty_config", 26 },
	{ "mknod", 27 },
	{ "lease", 28 },
	{ "audit_write", 29 },
	{ "audit_control", 30 },
	{ "setfcap", 31 },
	{ "mac_override", 32 },
	{ "mac_admin", 33 },
	{ "syslog", 34 },
	{ "wake_alarm", 35 },
	{ "block_suspend", 36 },
	{ "audit_read", 37 },
	{ "perfmon", 38 },
	{ "bpf", 39 },
	{ "checkpoint_restore", 40 },
};

static const struct name limits[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static const struct name namespaces[] = {
	{ "mount", CLONE_NEWNS },
	{ "mnt", CLONE_NEWNS },	/* in /proc/PID/ns */
	{ "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },
	{ "net", CLONE_NEWNET },
	{ "pid", CLONE_NEWPID },
	{ "user", CLONE_NEWUSER },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "time", CLONE_NEWTIME },
};

/* Of two words for one number the first is the one that is printed. */
static const struct name signals[] = {
	{ "HUP", SIGHUP },
	{ "INT", SIGINT },
	{ "QUIT", SIGQUIT },
	{ "ILL", SIGILL },
	{ "TRAP", SIGTRAP },
	{ "ABRT", SIGABRT },
	{ "IOT", SIGABRT },
	{ "BUS", SIGBUS },
	{ "FPE", SIGFPE },
	{ "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },
	{ "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM },
	{ "TERM", SIGTERM },
#ifdef SIGSTKFLT	/* not on MIPS and SPARC */
	{ "STKFLT", SIGSTKFLT },
#endif
	{ "CHLD", SIGCHLD },
	{ "CLD", SIGCHLD },
	{ "CONT", SIGCONT },
	{ "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },
	{ "URG", SIGURG },
	{ "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM },
	{ "PROF", SIGPROF },
	{ "WINCH", SIGWINCH },
	{ "POLL", SIGPOLL },
	{ "IO", SIGPOLL },
	{ "PWR", SIGPWR },
	{ "SYS", SIGSYS },
};

#define ROWS(table) table, sizeof(table) / sizeof((table)[0])

static const struct {
	const char *prefix;
	const struct name *rows;
	size_t count;
} tables[] = {
	[NAMES_CAPABILITY] = { "CAP_", ROWS(capabilities) },
	[NAMES_LIMIT] = { "RLIMIT_", ROWS(limits) },
	[NAMES_NAMESPACE] = { "", ROWS(namespaces) },
	[NAMES_SIGNAL] = { "SIG", ROWS(signals) },
};

static int
upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static int
begins_with(const char *word, size_t len, const char *with)
{
	size_t i;

	for (i = 0; with[i] != '\0'; i++)
		if (i == len || upper(word[i]) != upper(with[i]))
			return 0;
	return 1;
}

/* Real-time signals, which have no words of their own. */
static int
find_real_time(const char *word, size_t len, unsigned int *value)
{
	const unsigned int low = (unsigned int)SIGRTMIN,
	    high = (unsigned int)SIGRTMAX;
	const int from_low = begins_with(word, len, "RTMIN");
	uint64_t n = 0;

	if (!from_low && !begins_with(word, len, "RTMAX"))
		return -1;
	if (len > 5 && (word[5] != (from_low ? '+' : '-') ||
	    decimal_read(word + 6, len - 6, high - low, &n) == -1))
		return -1;
	*value = from_low ? low + (unsigned int)n : high - (unsigned int)n;
	return 0;
}

/*
 * What is in no table: "cap_12" and "9", but neither "12" nor "SIG9".  The
 * prefix is off the word; "skip" is how long it was.
 */
static int
find_number(enum names_table table, const char *word, size_t len, size_t skip,
    unsigned int *value)
{
	uint64_t n, max;

	if (table == NAMES_CAPABILITY && skip > 0)
		max = NAMES_CAPABILITY_MAX;
	else if (table == NAMES_SIGNAL && skip == 0)
		max = (uint64_t)SIGRTMAX;
	else
		return -1;
	if (decimal_read(word, len, max, &n) == -1 ||
	    (table == NAMES_SIGNAL && n == 0))
		return -1;
	*value = (unsigned int)n;
	return 0;
}

int
names_find(enum names_table table, const char *word, size_t len,
    unsigned int *value)
{
	const char *prefix = tables[table].prefix;
	const struct name *row = tables[table].rows;
	size_t i, skip = 0;

	if (begins_with(word, len, prefix))
		skip = strlen(prefix);
	word += skip;
	len -= skip;
	for (i = 0; i < tables[table].count; i++, row++)
		if (strlen(row->word) == len &&
		    begins_with(word, len, row->word)) {
			*value = row->value;
			return 0;
		}
	if (table == NAMES_SIGNAL && find_real_time(word, len, value) == 0)
		return 0;
	return find_number(table, word, len, skip, value);
}

const char *
names_of(enum names_table table, unsigned int value)
{
	const struct name *row = tables[table].rows;
	size_t i;

	for (i = 0; i < tables[table].count; i++, row++)
		if (row->value == value)
			return row->word;
	return NULL;
}

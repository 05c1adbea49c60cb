/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A word that is taken for another number confines somebody to the wrong
 * thing.  The numbers here are the system's headers', by their own names.
 */

#include "config.h"
#include "names.h"

#include <sys/resource.h>

#include <check.h>
#include <ctype.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
	enum names_table table;
	const char *word;
	unsigned int value;
} words[] = {
	{ NAMES_CAPABILITY, "chown", CAP_CHOWN },
	{ NAMES_CAPABILITY, "dac_override", CAP_DAC_OVERRIDE },
	{ NAMES_CAPABILITY, "dac_read_search", CAP_DAC_READ_SEARCH },
	{ NAMES_CAPABILITY, "fowner", CAP_FOWNER },
	{ NAMES_CAPABILITY, "fsetid", CAP_FSETID },
	{ NAMES_CAPABILITY, "kill", CAP_KILL },
	{ NAMES_CAPABILITY, "setgid", CAP_SETGID },
	{ NAMES_CAPABILITY, "setuid", CAP_SETUID },
	{ NAMES_CAPABILITY, "setpcap", CAP_SETPCAP },
	{ NAMES_CAPABILITY, "linux_immutable", CAP_LINUX_IMMUTABLE },
	{ NAMES_CAPABILITY, "net_bind_service", CAP_NET_BIND_SERVICE },
	{ NAMES_CAPABILITY, "net_broadcast", CAP_NET_BROADCAST },
	{ NAMES_CAPABILITY, "net_admin", CAP_NET_ADMIN },
	{ NAMES_CAPABILITY, "net_raw", CAP_NET_RAW },
	{ NAMES_CAPABILITY, "ipc_lock", CAP_IPC_LOCK },
	{ NAMES_CAPABILITY, "ipc_owner", CAP_IPC_OWNER },
	{ NAMES_CAPABILITY, "sys_module", CAP_SYS_MODULE },
	{ NAMES_CAPABILITY, "sys_rawio", CAP_SYS_RAWIO },
	{ NAMES_CAPABILITY, "sys_chroot", CAP_SYS_CHROOT },
	{ NAMES_CAPABILITY, "sys_ptrace", CAP_SYS_PTRACE },
	{ NAMES_CAPABILITY, "sys_pacct", CAP_SYS_PACCT },
	{ NAMES_CAPABILITY, "sys_admin", CAP_SYS_ADMIN },
	{ NAMES_CAPABILITY, "sys_boot", CAP_SYS_BOOT },
	{ NAMES_CAPABILITY, "sys_nice", CAP_SYS_NICE },
	{ NAMES_CAPABILITY, "sys_resource", CAP_SYS_RESOURCE },
	{ NAMES_CAPABILITY, "sys_time", CAP_SYS_TIME },
	{ NAMES_CAPABILITY, "sys_tty_config", CAP_SYS_TTY_CONFIG },
	{ NAMES_CAPABILITY, "mknod", CAP_MKNOD },
	{ NAMES_CAPABILITY, "lease", CAP_LEASE },
	{ NAMES_CAPABILITY, "audit_write", CAP_AUDIT_WRITE },
	{ NAMES_CAPABILITY, "audit_control", CAP_AUDIT_CONTROL },
	{ NAMES_CAPABILITY, "setfcap", CAP_SETFCAP },
	{ NAMES_CAPABILITY, "mac_override", CAP_MAC_OVERRIDE },
	{ NAMES_CAPABILITY, "mac_admin", CAP_MAC_ADMIN },
	{ NAMES_CAPABILITY, "syslog", CAP_SYSLOG },
	{ NAMES_CAPABILITY, "wake_alarm", CAP_WAKE_ALARM },
	{ NAMES_CAPABILITY, "block_suspend", CAP_BLOCK_SUSPEND },
	{ NAMES_CAPABILITY, "audit_read", CAP_AUDIT_READ },
#ifdef CAP_PERFMON	/* Linux 5.8 */
	{ NAMES_CAPABILITY, "perfmon", CAP_PERFMON },
	{ NAMES_CAPABILITY, "bpf", CAP_BPF },
#endif
#ifdef CAP_CHECKPOINT_RESTORE	/* Linux 5.9 */
	{ NAMES_CAPABILITY, "checkpoint_restore", CAP_CHECKPOINT_RESTORE },
#endif
	{ NAMES_LIMIT, "as", RLIMIT_AS },
	{ NAMES_LIMIT, "core", RLIMIT_CORE },
	{ NAMES_LIMIT, "cpu", RLIMIT_CPU },
	{ NAMES_LIMIT, "data", RLIMIT_DATA },
	{ NAMES_LIMIT, "fsize", RLIMIT_FSIZE },
	{ NAMES_LIMIT, "locks", RLIMIT_LOCKS },
	{ NAMES_LIMIT, "memlock", RLIMIT_MEMLOCK },
	{ NAMES_LIMIT, "msgqueue", RLIMIT_MSGQUEUE },
	{ NAMES_LIMIT, "nice", RLIMIT_NICE },
	{ NAMES_LIMIT, "nofile", RLIMIT_NOFILE },
	{ NAMES_LIMIT, "nproc", RLIMIT_NPROC },
	{ NAMES_LIMIT, "rss", RLIMIT_RSS },
	{ NAMES_LIMIT, "rtprio", RLIMIT_RTPRIO },
	{ NAMES_LIMIT, "rttime", RLIMIT_RTTIME },
	{ NAMES_LIMIT, "sigpending", RLIMIT_SIGPENDING },
	{ NAMES_LIMIT, "stack", RLIMIT_STACK },
	{ NAMES_NAMESPACE, "mount", CLONE_NEWNS },
	{ NAMES_NAMESPACE, "uts", CLONE_NEWUTS },
	{ NAMES_NAMESPACE, "ipc", CLONE_NEWIPC },
	{ NAMES_NAMESPACE, "net", CLONE_NEWNET },
	{ NAMES_NAMESPACE, "pid", CLONE_NEWPID },
	{ NAMES_NAMESPACE, "user", CLONE_NEWUSER },
	{ NAMES_NAMESPACE, "cgroup", CLONE_NEWCGROUP },
	{ NAMES_NAMESPACE, "time", 0x80 },	/* Linux 5.6 */
	{ NAMES_SIGNAL, "HUP", SIGHUP },
	{ NAMES_SIGNAL, "INT", SIGINT },
	{ NAMES_SIGNAL, "QUIT", SIGQUIT },
	{ NAMES_SIGNAL, "ILL", SIGILL },
	{ NAMES_SIGNAL, "TRAP", SIGTRAP },
	{ NAMES_SIGNAL, "ABRT", SIGABRT },
	{ NAMES_SIGNAL, "BUS", SIGBUS },
	{ NAMES_SIGNAL, "FPE", SIGFPE },
	{ NAMES_SIGNAL, "KILL", SIGKILL },
	{ NAMES_SIGNAL, "USR1", SIGUSR1 },
	{ NAMES_SIGNAL, "SEGV", SIGSEGV },
	{ NAMES_SIGNAL, "USR2", SIGUSR2 },
	{ NAMES_SIGNAL, "PIPE", SIGPIPE },
	{ NAMES_SIGNAL, "ALRM", SIGALRM },
	{ NAMES_SIGNAL, "TERM", SIGTERM },
	{ NAMES_SIGNAL, "CHLD", SIGCHLD },
	{ NAMES_SIGNAL, "CONT", SIGCONT },
	{ NAMES_SIGNAL, "STOP", SIGSTOP },
	{ NAMES_SIGNAL, "TSTP", SIGTSTP },
	{ NAMES_SIGNAL, "TTIN", SIGTTIN },
	{ NAMES_SIGNAL, "TTOU", SIGTTOU },
	{ NAMES_SIGNAL, "URG", SIGURG },
	{ NAMES_SIGNAL, "XCPU", SIGXCPU },
	{ NAMES_SIGNAL, "XFSZ", SIGXFSZ },
	{ NAMES_SIGNAL, "VTALRM", SIGVTALRM },
	{ NAMES_SIGNAL, "PROF", SIGPROF },
	{ NAMES_SIGNAL, "WINCH", SIGWINCH },
	{ NAMES_SIGNAL, "POLL", SIGPOLL },
	{ NAMES_SIGNAL, "PWR", SIGPWR },
	{ NAMES_SIGNAL, "SYS", SIGSYS },
};

/* The word, found whatever its case and with the prefix of the C name. */
static unsigned int
find(enum names_table table, const char *prefix, const char *word, int upper)
{
	char text[64];
	unsigned int value = 12345;
	size_t i;

	(void)snprintf(text, sizeof(text), "%s%s", prefix, word);
	for (i = 0; text[i] != '\0'; i++)
		text[i] = (char)(upper ? toupper((unsigned char)text[i]) :
		    tolower((unsigned char)text[i]));
	ck_assert_int_eq(names_find(table, text, strlen(text), &value), 0);
	return value;
}

/*
 * Would have caught two words that changed places, one that is missing, and
 * a table that reads what it does not print.
 */
START_TEST(both_ways)
{
	static const char *const prefixes[] = {
		[NAMES_CAPABILITY] = "CAP_",
		[NAMES_LIMIT] = "RLIMIT_",
		[NAMES_NAMESPACE] = "",
		[NAMES_SIGNAL] = "SIG",
	};
	const enum names_table table = words[_i].table;
	const unsigned int value = words[_i].value;
	int upper;

	ck_assert_str_eq(names_of(table, value), words[_i].word);
	for (upper = 0; upper < 2; upper++) {
		ck_assert_uint_eq(find(table, "", words[_i].word, upper),
		    value);
		ck_assert_uint_eq(find(table, prefixes[table],
		    words[_i].word, upper), value);
	}
}
END_TEST

/*
 * Would have caught a row too many, and what both_ways has no row for: of
 * any number, the word leads back to it.
 */
START_TEST(every_word_leads_back)
{
	static const unsigned int counts[] = {
		[NAMES_CAPABILITY] = 41,
		[NAMES_LIMIT] = RLIM_NLIMITS,
		[NAMES_SIGNAL] = 31,
	};
	const enum names_table table = (enum names_table)_i;
	const char *word;
	unsigned int n, value, count = 0;

	for (n = 0; n < 70; n++) {
		if ((word = names_of(table, n)) == NULL)
			continue;
		count++;
		value = 12345;
		ck_assert_int_eq(names_find(table, word, strlen(word),
		    &value), 0);
		ck_assert_uint_eq(value, n);
	}
	ck_assert_uint_eq(count, counts[table]);
}
END_TEST

static const struct {
	enum names_table table;
	const char *word;
	int value;		/* -1: there is none */
} rows[] = {
	{ NAMES_CAPABILITY, "", -1 },
	{ NAMES_CAPABILITY, "cap_", -1 },
	{ NAMES_CAPABILITY, "all", -1 },	/* a set, not a capability */
	{ NAMES_CAPABILITY, "sys_admi", -1 },	/* no abbreviations */
	{ NAMES_CAPABILITY, "sys_admin_", -1 },
	{ NAMES_CAPABILITY, "sys_admin ", -1 },
	{ NAMES_CAPABILITY, " sys_admin", -1 },
	{ NAMES_CAPABILITY, "sys-admin", -1 },
	{ NAMES_CAPABILITY, "cap_cap_chown", -1 },
	{ NAMES_CAPABILITY, "Cap_Sys_Admin", CAP_SYS_ADMIN },
	{ NAMES_CAPABILITY, "cap_0", 0 },
	{ NAMES_CAPABILITY, "cap_12", 12 },
	{ NAMES_CAPABILITY, "CAP_41", 41 },	/* newer than the table */
	{ NAMES_CAPABILITY, "cap_63", 63 },
	{ NAMES_CAPABILITY, "cap_64", -1 },	/* the mask has 64 bits */
	{ NAMES_CAPABILITY, "cap_4294967296", -1 },
	{ NAMES_CAPABILITY, "cap_18446744073709551616", -1 },
	{ NAMES_CAPABILITY, "cap_-1", -1 },
	{ NAMES_CAPABILITY, "cap_+1", -1 },
	{ NAMES_CAPABILITY, "cap_1x", -1 },
	{ NAMES_CAPABILITY, "cap_cap_1", -1 },
	{ NAMES_CAPABILITY, "12", -1 },		/* setpriv(1) says cap_12 */
	{ NAMES_CAPABILITY, "\311OWNER", -1 },
	{ NAMES_LIMIT, "", -1 },
	{ NAMES_LIMIT, "rlimit_", -1 },
	{ NAMES_LIMIT, "7", -1 },
	{ NAMES_LIMIT, "nofiles", -1 },
	{ NAMES_LIMIT, "cap_nofile", -1 },	/* another table's prefix */
	{ NAMES_NAMESPACE, "", -1 },
	{ NAMES_NAMESPACE, "mnt", CLONE_NEWNS },	/* in /proc/PID/ns */
	{ NAMES_NAMESPACE, "CLONE_NEWNET", -1 },
	{ NAMES_NAMESPACE, "131072", -1 },
	{ NAMES_SIGNAL, "", -1 },
	{ NAMES_SIGNAL, "SIG", -1 },
	{ NAMES_SIGNAL, "sigsigterm", -1 },
	{ NAMES_SIGNAL, "sTop", SIGSTOP },
	{ NAMES_SIGNAL, "IOT", SIGABRT },
	{ NAMES_SIGNAL, "CLD", SIGCHLD },
	{ NAMES_SIGNAL, "SIGIO", SIGPOLL },
	{ NAMES_SIGNAL, "0", -1 },		/* no signal */
	{ NAMES_SIGNAL, "00", -1 },
	{ NAMES_SIGNAL, "1", 1 },
	{ NAMES_SIGNAL, "9", 9 },
	{ NAMES_SIGNAL, "SIG9", -1 },
	{ NAMES_SIGNAL, "-9", -1 },
	{ NAMES_SIGNAL, "4294967305", -1 },	/* 2^32 + 9 */
	{ NAMES_SIGNAL, "9 ", -1 },
	{ NAMES_SIGNAL, "RTMIN-1", -1 },
	{ NAMES_SIGNAL, "RTMAX+1", -1 },
	{ NAMES_SIGNAL, "RTMIN+", -1 },
	{ NAMES_SIGNAL, "RTMIN++1", -1 },
	{ NAMES_SIGNAL, "RTMIN1", -1 },
	{ NAMES_SIGNAL, "RTMIN+99", -1 },
	{ NAMES_SIGNAL, "RTMAX-99", -1 },
	{ NAMES_SIGNAL, "RTMI", -1 },
	{ NAMES_SIGNAL, "EXIT", -1 },
};

/*
 * Would have caught a number that wraps, a prefix taken twice or by another
 * table, and a word that is found by its first letters.
 */
START_TEST(found_or_not)
{
	unsigned int value = 12345;
	size_t len = strlen(rows[_i].word);
	char *word = malloc(len > 0 ? len : 1);

	/* a block of its own, for ASan to see a read past its end */
	ck_assert_ptr_nonnull(word);
	memcpy(word, rows[_i].word, len);
	if (rows[_i].value == -1) {
		ck_assert_int_eq(names_find(rows[_i].table, word, len,
		    &value), -1);
	} else {
		ck_assert_int_eq(names_find(rows[_i].table, word, len,
		    &value), 0);
		ck_assert_uint_eq(value, (unsigned int)rows[_i].value);
	}
	free(word);
}
END_TEST

/* Would have caught ends that are off by one, or two names for neighbours. */
START_TEST(real_time_signals)
{
	const unsigned int low = (unsigned int)SIGRTMIN,
	    high = (unsigned int)SIGRTMAX;
	char text[32];
	unsigned int n;

	ck_assert_uint_eq(find(NAMES_SIGNAL, "SIG", "RTMIN", 1), low);
	ck_assert_uint_eq(find(NAMES_SIGNAL, "", "RTMAX", 0), high);
	for (n = 0; n <= high - low; n++) {
		(void)snprintf(text, sizeof(text), "RTMIN+%u", n);
		ck_assert_uint_eq(find(NAMES_SIGNAL, "", text, 0), low + n);
		(void)snprintf(text, sizeof(text), "RTMAX-%u", n);
		ck_assert_uint_eq(find(NAMES_SIGNAL, "sig", text, 1),
		    high - n);
		ck_assert_ptr_null(names_of(NAMES_SIGNAL, low + n));
	}
	(void)snprintf(text, sizeof(text), "RTMIN+%u", n);
	ck_assert_int_eq(names_find(NAMES_SIGNAL, text, strlen(text), &n), -1);
	(void)snprintf(text, sizeof(text), "%u", high + 1);
	ck_assert_int_eq(names_find(NAMES_SIGNAL, text, strlen(text), &n), -1);
	(void)snprintf(text, sizeof(text), "%u", high);
	ck_assert_uint_eq(find(NAMES_SIGNAL, "", text, 0), high);
}
END_TEST

/* Would have caught a word that is read on to its NUL. */
START_TEST(ends_where_it_is_told)
{
	unsigned int value = 0;

	ck_assert_int_eq(names_find(NAMES_CAPABILITY, "kill,chown", 4,
	    &value), 0);
	ck_assert_uint_eq(value, CAP_KILL);
	ck_assert_int_eq(names_find(NAMES_SIGNAL, "15", 1, &value), 0);
	ck_assert_uint_eq(value, 1);
	ck_assert_int_eq(names_find(NAMES_SIGNAL, "HUP\0", 4, &value), -1);
	ck_assert_int_eq(names_find(NAMES_SIGNAL, "RTMIN", 4, &value), -1);
	ck_assert_int_eq(names_find(NAMES_SIGNAL, "SIGHUP", 2, &value), -1);
	/* and a failure leaves the number alone */
	ck_assert_uint_eq(value, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("names");
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, both_ways, 0, NROWS(words));
	tcase_add_loop_test(tc, every_word_leads_back, NAMES_CAPABILITY,
	    NAMES_NAMESPACE);
	tcase_add_loop_test(tc, every_word_leads_back, NAMES_SIGNAL,
	    NAMES_SIGNAL + 1);
	tcase_add_loop_test(tc, found_or_not, 0, NROWS(rows));
	tcase_add_test(tc, real_time_signals);
	tcase_add_test(tc, ends_where_it_is_told);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

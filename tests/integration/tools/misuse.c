/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Does what a hostile or careless process would do, for the integration
 * tests, and tells how far it came.
 */

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void
report(const char *what, int rc)
{
	printf("%s: %s\n", what, rc == 0 ? "SUCCEEDED" : strerror(errno));
}

/* Every way back to what the parent was.  All of them must fail (I4). */
static int
command_regain(char **argv)
{
	gid_t zero = 0;

	(void)argv;
	report("setuid", setuid(0));
	report("seteuid", seteuid(0));
	report("setresuid", setresuid(0, 0, 0));
	report("setgid", setgid(0));
	report("setegid", setegid(0));
	report("setresgid", setresgid(0, 0, 0));
	report("setgroups", setgroups(1, &zero));
	report("setgroups-none", setgroups(0, NULL));
	return 0;
}

/* Push bytes into a terminal as if they had been typed. */
static void
inject(int fd, const char *name)
{
	const char *p;
	int rc = 0;

	if (fd < 0) {
		printf("open %s: %s\n", name, strerror(errno));
		return;
	}
	for (p = "\ntouch /run/injected\n"; *p != '\0' && rc == 0; p++)
		rc = ioctl(fd, TIOCSTI, p);
	printf("tiocsti ");
	report(name, rc);
}

/* Type into every terminal in reach, and those named (CVE-2016-2779). */
static int
command_tiocsti(char **argv)
{
	int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
	int i;

	inject(open("/dev/tty", flags), "/dev/tty");
	inject(0, "stdin");
	inject(1, "stdout");
	inject(2, "stderr");
	for (i = 2; argv[i] != NULL; i++)
		inject(open(argv[i], flags), argv[i]);
	return 0;
}

/* Run a command and say how it ended, which a shell does not tell apart. */
static int
command_wait(char **argv)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	fflush(stdout);
	if (WIFSIGNALED(status))
		dprintf(2, "signal %d core %d\n", WTERMSIG(status),
		    WCOREDUMP(status) != 0);
	else
		dprintf(2, "status %d\n", WEXITSTATUS(status));
	return 0;
}

/* Become a command that has no arguments at all, argv[0] included. */
static int
command_noargs(char **argv)
{
	char *none[] = { NULL };

	execve(argv[2], none, environ);
	err(126, "%s", argv[2]);
}

/* Become a command with kilobytes of arguments ("arg") or of "env". */
static int
command_big(char **argv)
{
	long kilobytes = strtol(argv[3], NULL, 10);
	int in_env = strcmp(argv[2], "env") == 0;
	char **vector, *block;
	size_t n = 0;
	long i;

	vector = calloc((size_t)kilobytes + 1024, sizeof(*vector));
	block = malloc(1025);
	if (vector == NULL || block == NULL)
		err(1, NULL);
	memset(block, 'x', 1024);
	block[1] = '=';
	block[1024] = '\0';
	if (!in_env) {
		for (i = 4; argv[i] != NULL && n < 1000; i++)
			vector[n++] = argv[i];
	}
	for (i = 0; i < kilobytes; i++)
		vector[n++] = block;
	if (in_env)
		execve(argv[4], argv + 4, vector);
	else
		execve(argv[4], vector, environ);
	err(126, "%s", argv[4]);
}

/* Become a command whose environment is a file's: strings that end in NUL. */
static int
command_env(char **argv)
{
	static char text[65536];
	char *vector[1024];
	size_t at = 0, n = 0;
	ssize_t len;
	int fd;

	if ((fd = open(argv[2], O_RDONLY | O_CLOEXEC)) < 0 ||
	    (len = read(fd, text, sizeof(text) - 1)) < 0)
		err(1, "%s", argv[2]);
	for (; at < (size_t)len && n < 1023; at += strlen(text + at) + 1)
		vector[n++] = text + at;
	vector[n] = NULL;
	execve(argv[3], argv + 3, vector);
	err(126, "%s", argv[3]);
}

/*
 * Become a command in which making a directory takes for ever, as on a file
 * server that is away: a process of ours is asked whether it may be, and says
 * nothing, until the command is gone.  77 where that cannot be had.
 */
static int
command_hang(char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { 4, filter };
	long listener;
	int fd;

	listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (listener < 0)
		return 77;
	if (fork() == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (fd = 0; fd < 3; fd++)
			(void)close(fd);
		for (;;)
			(void)pause();
	}
	execve(argv[2], argv + 2, environ);
	err(126, "%s", argv[2]);
}

static const struct {
	const char *name;
	int (*run)(char **argv);
} commands[] = {
	{ "regain", command_regain },
	{ "tiocsti", command_tiocsti },
	{ "wait", command_wait },
	{ "noargs", command_noargs },
	{ "big", command_big },
	{ "env", command_env },
	{ "hang", command_hang },
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
	fprintf(stderr, "usage: misuse COMMAND [ARG ...]\n");
	return 64;
}

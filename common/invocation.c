/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "invocation.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
make_room(struct invocation *run, size_t nargs)
{
	run->argv = calloc(nargs + 2, sizeof(*run->argv));
	return run->argv == NULL ? -1 : 0;
}

/* argv[0] begins with '-': the sign of a login shell since Version 7. */
int
invocation_login_shell(struct invocation *run, const char *shell)
{
	if (make_room(run, 1) == -1)
		return -1;
	if (asprintf(&run->argv0, "-%s", base_name(shell)) == -1) {
		run->argv0 = NULL;
		return -1;
	}
	run->path = shell;
	run->argv[0] = run->argv0;
	return 0;
}

int
invocation_shell_command(struct invocation *run, const char *shell,
    const char *line)
{
	static char minus_c[] = "-c";

	if (make_room(run, 3) == -1 ||
	    (run->argv0 = strdup(base_name(shell))) == NULL ||
	    (run->line == NULL && (run->line = strdup(line)) == NULL))
		return -1;
	run->path = shell;
	run->argv[0] = run->argv0;
	run->argv[1] = minus_c;
	run->argv[2] = run->line;
	return 0;
}

int
invocation_program(struct invocation *run, const char *path, char **args)
{
	size_t i = 0, n = 0;

	while (args[n] != NULL)
		n++;
	if (path == NULL && n == 0) {
		errno = EINVAL;
		return -1;
	}
	if (make_room(run, n) == -1)
		return -1;
	if (path != NULL) {
		if ((run->argv0 = strdup(base_name(path))) == NULL)
			return -1;
		run->argv[i++] = run->argv0;
		run->path = path;
	} else {
		run->path = args[0];
		run->search = strchr(args[0], '/') == NULL;
	}
	while (*args != NULL)
		run->argv[i++] = *args++;
	return 0;
}

/* Is the program the line's first word? */
static int
begins_with(const char *line, const char *program)
{
	size_t len = strlen(program);

	return strncmp(line, program, len) == 0 &&
	    (line[len] == '\0' || line[len] == ' ' || line[len] == '\t');
}

/* Does the line run that program, and nothing that a shell adds to it? */
static int
runs(const char *line, const char *program)
{
	return begins_with(line, program) && line[strspn(line,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789 \t-_./:,=+@%")] == '\0';
}

int
invocation_is_sftp(const struct invocation *run)
{
	const char *line = run->line;

	if (line == NULL)
		return 0;
	if (strncmp(line, "exec ", strlen("exec ")) == 0)
		line += strlen("exec ");
	return runs(line, SFTP_SERVER_PATH);
}

#define INTERNAL_SFTP "internal-sftp"

/*
 * internal-sftp is sshd's name for a server inside itself; here it is the
 * external one, which takes the same arguments.  It too goes by the shell, so
 * that an account whose shell refuses logins refuses this one.
 */
int
invocation_asked(struct invocation *run, const char *shell, const char *line)
{
	if (begins_with(line, INTERNAL_SFTP) &&
	    asprintf(&run->line, "exec %s%s", SFTP_SERVER_PATH,
	    line + strlen(INTERNAL_SFTP)) == -1) {
		run->line = NULL;
		return -1;
	}
	return invocation_shell_command(run, shell, line);
}

const char *
invocation_service(const char *line, int by_hand)
{
	struct invocation run = { 0 };
	int is_sftp;

	if (line == NULL || *line == '\0')
		return by_hand ? "exec" : "shell";
	is_sftp = invocation_asked(&run, "/bin/sh", line) == 0 &&
	    invocation_is_sftp(&run);
	invocation_free(&run);
	return is_sftp ? "sftp" : "exec";
}

/* "dir/name", or "./name" for the empty element that POSIX allows. */
static char *
join(const char *dir, size_t len, const char *name)
{
	char *joined;

	if (asprintf(&joined, "%.*s/%s", len > 0 ? (int)len : 1,
	    len > 0 ? dir : ".", name) == -1)
		return NULL;
	return joined;
}

int
invocation_locate(struct invocation *run, const char *path)
{
	size_t n = 2, i = 0, len;
	const char *p;

	for (p = path; run->search && *p != '\0'; p++)
		n += *p == ':';
	run->candidates = calloc(n + 1, sizeof(*run->candidates));
	if (run->candidates == NULL)
		return -1;
	if (!run->search) {
		run->candidates[0] = strdup(run->path);
		return run->candidates[0] == NULL ? -1 : 0;
	}
	for (p = path;; p += len + 1) {
		len = strcspn(p, ":");
		run->candidates[i] = join(p, len, run->path);
		if (run->candidates[i++] == NULL)
			return -1;
		if (p[len] == '\0')
			return 0;
	}
}

void
invocation_free(struct invocation *run)
{
	size_t i;

	for (i = 0; run->candidates != NULL && run->candidates[i] != NULL; i++)
		free(run->candidates[i]);
	free(run->candidates);
	free(run->argv);
	free(run->argv0);
	free(run->line);
	memset(run, 0, sizeof(*run));
}

static const char *const own_programs[] = {
	"incubator", "pty-broker", "agent-forwarder", "env-filter",
};

/* Is that shell one of us, by name or as a file?  Then it must not run. */
static int
is_own_program(const char *shell)
{
	const char *base = strrchr(shell, '/');
	struct stat a, b;
	size_t i;

	base = base != NULL ? base + 1 : shell;
	for (i = 0; i < sizeof(own_programs) / sizeof(own_programs[0]); i++)
		if (strcmp(base, own_programs[i]) == 0)
			return 1;
	return stat(shell, &a) == 0 && stat("/proc/self/exe", &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

const char *
invocation_shell(const char *shell, const char *instead)
{
	if (!is_own_program(shell))
		return shell;
	if (instead != NULL && !is_own_program(instead))
		return instead;
	return "/bin/sh";
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "siblings.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "procs.h"

/* More than any way up from a command is long. */
#define GENERATIONS 64

/* "sshd", and since 9.8 "sshd-session". */
static int
is_sshd(const struct procs_stat *st)
{
	return strcmp(st->comm, "sshd") == 0 ||
	    strcmp(st->comm, "sshd-session") == 0;
}

/* Returns sshd's pid and its child that is above us; or 0. */
static pid_t
find_sshd(pid_t pid, pid_t *child)
{
	struct procs_stat st;
	int i;

	for (i = 0; i < GENERATIONS && pid > 1; i++) {
		*child = pid;
		if (procs_stat(pid, &st) == -1 || st.ppid <= 0)
			return 0;
		pid = st.ppid;
		if (procs_stat(pid, &st) == 0 && is_sshd(&st))
			return pid;
	}
	return 0;
}

int
siblings_count(pid_t pid)
{
	struct procs_stat st;
	struct dirent *entry;
	pid_t child, sshd = find_sshd(pid, &child);
	int count = 0;
	DIR *dir;

	if (sshd == 0)
		return 0;
	if ((dir = opendir("/proc")) == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		char *end;
		const long other = strtol(entry->d_name, &end, 10);

		if (*end == '\0' && other > 0 && (pid_t)other != child &&
		    procs_stat((pid_t)other, &st) == 0 && !st.ended &&
		    st.ppid == sshd && !is_sshd(&st))
			count++;
	}
	(void)closedir(dir);
	return count;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * utmp and wtmp can be read by everybody, and who can read a file can lock it
 * against writers.  libc's pututxline(3) and updwtmpx(3) wait ten seconds for
 * such a lock, by alarm(2), and then write nothing; and between a look at a
 * line and a change of it they hold none.  So the files are written here:
 * one lock, waited for a little, over the look and the change.
 */

#include "config.h"
#include "utmpfile.h"

#include <sys/stat.h>

#include <arpa/inet.h>

#include <errno.h>
#include <fcntl.h>
#include <lastlog.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "decimal.h"

#define LOCK_PATIENCE 500	/* ms */

/* Into a field that is all zeros and needs no NUL. */
static void
put(char *field, size_t size, const char *text)
{
	memcpy(field, text, strnlen(text, size));
}

#define PUT(field, text) put((field), sizeof(field), (text))

/* A text and a field that may have no NUL. */
#define IS(field, text) (strncmp((field), (text), sizeof(field)) == 0)

static void
put_address(struct utmpx *entry, const char *host)
{
	char address[INET6_ADDRSTRLEN];
	const size_t len = strcspn(host, "%");	/* fe80::1%eth0 */
	struct in6_addr v6;
	struct in_addr v4;

	if (len >= sizeof(address))
		return;
	memcpy(address, host, len);
	address[len] = '\0';
	if (inet_pton(AF_INET, address, &v4) == 1)
		memcpy(&entry->ut_addr_v6[0], &v4, sizeof(v4));
	else if (inet_pton(AF_INET6, address, &v6) != 1)
		return;
	else if (IN6_IS_ADDR_V4MAPPED(&v6))
		memcpy(&entry->ut_addr_v6[0], &v6.s6_addr[12], sizeof(v4));
	else
		memcpy(entry->ut_addr_v6, &v6, sizeof(v6));
}

static void
put_time(struct utmpx *entry, const struct timespec *when)
{
	/* 32 bits where the format is as old as that; they last until 2038. */
	entry->ut_tv.tv_sec = (__typeof__(entry->ut_tv.tv_sec))when->tv_sec;
	entry->ut_tv.tv_usec = (__typeof__(entry->ut_tv.tv_usec))
	    (when->tv_nsec / 1000);
}

void
utmpfile_fill(struct utmpx *entry, short type,
    const struct utmpfile_login *login)
{
	const size_t len = strlen(login->line);
	const pid_t session = getsid(login->pid);

	memset(entry, 0, sizeof(*entry));
	entry->ut_type = type;
	entry->ut_pid = login->pid;
	entry->ut_session = session != -1 ? session : login->pid;
	PUT(entry->ut_user, login->user);
	PUT(entry->ut_line, login->line);
	/* As login(3) has it, which sshd uses. */
	PUT(entry->ut_id, login->line + (len > sizeof(entry->ut_id) ?
	    len - sizeof(entry->ut_id) : 0));
	if (login->host != NULL) {
		PUT(entry->ut_host, login->host);
		put_address(entry, login->host);
	}
	put_time(entry, &login->when);
}

void
utmpfile_fill_logout(struct utmpx *entry, const char *line, pid_t pid)
{
	struct timespec now;

	memset(entry, 0, sizeof(*entry));
	entry->ut_type = DEAD_PROCESS;
	entry->ut_pid = pid;
	PUT(entry->ut_line, line);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	put_time(entry, &now);
}

/* O_NONBLOCK: what stands there may be a fifo. */
static int
open_regular(const char *path, int flags, struct stat *st)
{
	const int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int err;

	if (fd == -1)
		return -1;
	err = fstat(fd, st) == -1 ? errno : S_ISREG(st->st_mode) ? 0 : EPERM;
	if (err == 0)
		return fd;
	(void)close(fd);
	errno = err;
	return -1;
}

/* The lock ends with the descriptor. */
static int
lock(int fd)
{
	const struct timespec pace = { .tv_nsec = 10000000 };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const long long deadline = deadline_in(LOCK_PATIENCE);

	while (fcntl(fd, F_SETLK, &whole) == -1) {
		if (errno == EACCES)
			errno = EAGAIN;
		if ((errno != EAGAIN && errno != EINTR) ||
		    deadline_left(deadline) == 0)
			return -1;
		(void)nanosleep(&pace, NULL);
	}
	return 0;
}

static int
close_with(int fd, int r)
{
	const int err = errno;

	(void)close(fd);
	errno = err;
	return r;
}

static int
is_live(const struct utmpx *entry)
{
	return entry->ut_type == USER_PROCESS ||
	    entry->ut_type == LOGIN_PROCESS;
}

static int
open_locked(const char *path)
{
	struct stat st;
	const int fd = open_regular(path, O_RDWR, &st);

	if (fd == -1 || lock(fd) == 0)
		return fd;
	return close_with(fd, -1);
}

/*
 * How well a place suits: that of who has the line, that of who had it, one
 * that has the id of the line and is free.  0 for not at all.
 */
static int
suits(const struct utmpx *place, const struct utmpx *entry)
{
	const int is_line = memcmp(place->ut_line, entry->ut_line,
	    sizeof(place->ut_line)) == 0;

	if (is_live(place))
		return is_line ? 3 : 0;
	if (place->ut_type != DEAD_PROCESS)
		return 0;
	return is_line ? 2 : memcmp(place->ut_id, entry->ut_id,
	    sizeof(place->ut_id)) == 0;
}

static int
write_entry(int fd, const struct utmpx *entry, off_t at)
{
	const ssize_t n = pwrite(fd, entry, sizeof(*entry), at);

	if (n == (ssize_t)sizeof(*entry))
		return 0;
	if (n != -1)
		errno = ENOSPC;
	return -1;
}

/* A part of an entry would shift all that are read after it. */
static int
extend(int fd, const struct utmpx *entry, off_t at)
{
	int err;

	if (write_entry(fd, entry, at) == 0)
		return 0;
	err = errno;
	if (ftruncate(fd, at) == 0)
		errno = err;
	return -1;
}

int
utmpfile_take(const char *path, struct utmpx *entry, struct utmpx *before)
{
	struct utmpx place;
	off_t at, best_at = -1;
	int best = 0, fd, r;

	memset(before, 0, sizeof(*before));
	if ((fd = open_locked(path)) == -1)
		return -1;
	for (at = 0; pread(fd, &place, sizeof(place), at) ==
	    (ssize_t)sizeof(place); at += (off_t)sizeof(place))
		if (suits(&place, entry) > best) {
			best = suits(&place, entry);
			best_at = at;
			*before = place;
		}
	if (best > 0 && *before->ut_id != '\0')
		memcpy(entry->ut_id, before->ut_id, sizeof(entry->ut_id));
	if (best < 3)
		memset(before, 0, sizeof(*before));
	r = best > 0 ? write_entry(fd, entry, best_at) :
	    extend(fd, entry, at);
	return close_with(fd, r);
}

int
utmpfile_release(const char *path, const char *line, pid_t pid,
    const struct utmpx *instead)
{
	struct utmpx place, gone;
	int fd, r = -1;
	off_t at = 0;

	if ((fd = open_locked(path)) == -1)
		return -1;
	while (pread(fd, &place, sizeof(place), at) ==
	    (ssize_t)sizeof(place)) {
		if (place.ut_type == USER_PROCESS && place.ut_pid == pid &&
		    IS(place.ut_line, line)) {
			/* The address stays, as sshd leaves it. */
			utmpfile_fill_logout(&gone, line, pid);
			memcpy(gone.ut_id, place.ut_id, sizeof(gone.ut_id));
			memcpy(gone.ut_addr_v6, place.ut_addr_v6,
			    sizeof(gone.ut_addr_v6));
			r = write_entry(fd, instead != NULL ? instead : &gone,
			    at);
			return close_with(fd, r);
		}
		at += (off_t)sizeof(place);
	}
	errno = ENOENT;
	return close_with(fd, r);
}

/*
 * What somebody left behind who died at it, or filled the disk, is cut off;
 * but not without the lock, when it may be about to become whole.
 */
int
utmpfile_append(const char *path, const struct utmpx *entry)
{
	struct stat st;
	const int fd = open_regular(path, O_WRONLY | O_APPEND, &st);
	ssize_t n;
	int has_lock;

	if (fd == -1)
		return -1;
	has_lock = lock(fd) == 0;
	if (has_lock && (fstat(fd, &st) == -1 ||
	    (st.st_size % (off_t)sizeof(*entry) != 0 && ftruncate(fd,
	    st.st_size - st.st_size % (off_t)sizeof(*entry)) == -1)))
		return close_with(fd, -1);
	n = write(fd, entry, sizeof(*entry));
	if (n == (ssize_t)sizeof(*entry))
		return close_with(fd, 0);
	if (n > 0 && has_lock && ftruncate(fd, st.st_size -
	    st.st_size % (off_t)sizeof(*entry)) == -1)
		return close_with(fd, -1);
	if (n != -1)
		errno = ENOSPC;
	return close_with(fd, -1);
}

int
utmpfile_append_refused(const char *path, const struct utmpx *entry)
{
	struct stat st;
	const int fd = open_regular(path, O_WRONLY | O_APPEND | O_NOFOLLOW,
	    &st);
	ssize_t n;

	if (fd == -1)
		return -1;
	if (st.st_uid != 0 || (st.st_mode & (S_IXGRP | S_IRWXO)) != 0) {
		errno = EPERM;
		return close_with(fd, -1);
	}
	n = write(fd, entry, sizeof(*entry));
	if (n != -1 && n != (ssize_t)sizeof(*entry))
		errno = ENOSPC;
	return close_with(fd, n == (ssize_t)sizeof(*entry) ? 0 : -1);
}

/* login.defs(5): NAME VALUE.  Without a number there is no limit. */
static uint64_t
largest_uid(const char *login_defs)
{
	static const char name[] = "LASTLOG_UID_MAX";
	uint64_t largest = UINT64_MAX;
	size_t size = 0;
	char *text = NULL, *p;
	FILE *fp;

	if ((fp = fopen(login_defs, "re")) == NULL)
		return largest;
	while (getline(&text, &size, fp) != -1) {
		p = text + strspn(text, " \t");
		if (strncmp(p, name, sizeof(name) - 1) != 0)
			continue;
		p += sizeof(name) - 1;
		if (*p != ' ' && *p != '\t')
			continue;
		p += strspn(p, " \t\"");
		if (decimal_read(p, strcspn(p, " \t\"\n"), UINT64_MAX,
		    &largest) == -1)
			largest = UINT64_MAX;
	}
	free(text);
	(void)fclose(fp);
	return largest;
}

int
utmpfile_lastlog(const char *path, const char *login_defs, uid_t uid,
    const struct utmpx *entry)
{
	struct lastlog last;
	struct stat st;
	int fd, r;

	if ((fd = open_regular(path, O_WRONLY | O_NOFOLLOW, &st)) == -1)
		return -1;
	if (uid > largest_uid(login_defs)) {
		errno = ERANGE;
		return close_with(fd, -1);
	}
	memset(&last, 0, sizeof(last));
	last.ll_time = (__typeof__(last.ll_time))entry->ut_tv.tv_sec;
	memcpy(last.ll_line, entry->ut_line, sizeof(last.ll_line));
	memcpy(last.ll_host, entry->ut_host, sizeof(last.ll_host));
	r = pwrite(fd, &last, sizeof(last), (off_t)uid *
	    (off_t)sizeof(last)) == (ssize_t)sizeof(last) ? 0 : -1;
	return close_with(fd, r);
}

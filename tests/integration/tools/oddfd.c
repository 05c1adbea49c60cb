/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * oddfd KIND COMMAND [ARG ...]
 *
 * Run COMMAND with descriptors 0, 1 and 2 on something at which a process can
 * be made to wait:
 *	tcp	a connection of TCP's, to a peer that never reads: what was
 *		sent does not go out, and the last close waits for that for
 *		ten minutes (SO_LINGER)
 *	fifo	a fifo of a file system whose server does not answer any more
 * All of it goes when COMMAND's process ends.  75 if it cannot be had here.
 */

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNAVAILABLE 75
#define FIFO_NODE 2

/* A process that ends with this one, whatever that becomes. */
static pid_t
companion(void)
{
	const pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    getppid() != parent))
		_exit(1);
	return pid;
}

static int
odd_tcp(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	const struct linger linger = { .l_onoff = 1, .l_linger = 600 };
	static const char data[65536];
	socklen_t len = sizeof(addr);
	int fd, listener;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (listener == -1 || fd == -1 ||
	    bind(listener, (struct sockaddr *)&addr, len) == -1 ||
	    listen(listener, 1) == -1 ||
	    getsockname(listener, (struct sockaddr *)&addr, &len) == -1 ||
	    connect(fd, (struct sockaddr *)&addr, len) == -1) {
		warn("tcp");
		exit(UNAVAILABLE);
	}
	/* Who has the other end does nothing with it. */
	if (companion() == 0) {
		(void)close(fd);
		for (;;)
			(void)pause();
	}
	(void)close(listener);
	while (send(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		continue;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger)) == -1)
		err(1, "SO_LINGER");
	return fd;
}

static void
reply(int dev, uint64_t unique, int error, const void *data, size_t len)
{
	static unsigned char bytes[4096];
	struct fuse_out_header head = { .unique = unique, .error = -error };

	head.len = (uint32_t)(sizeof(head) + len);
	memcpy(bytes, &head, sizeof(head));
	if (len > 0)
		memcpy(bytes + sizeof(head), data, len);
	if (write(dev, bytes, sizeof(head) + len) == -1 && errno != ENOENT)
		warn("/dev/fuse");
}

/* No answer is good for longer than now. */
static struct fuse_attr
attributes(uint64_t node)
{
	struct fuse_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.ino = node;
	attr.mode = node == FIFO_NODE ? S_IFIFO | 0666 : S_IFDIR | 0755;
	attr.nlink = 1;
	return attr;
}

static void
serve(int dev)
{
	static union {
		struct fuse_in_header head;
		unsigned char bytes[1 << 20];
	} in;
	struct fuse_init_out init;
	struct fuse_entry_out entry;
	struct fuse_attr_out attr;

	while (read(dev, in.bytes, sizeof(in.bytes)) > 0)
		switch (in.head.opcode) {
		case FUSE_INIT:
			memset(&init, 0, sizeof(init));
			init.major = FUSE_KERNEL_VERSION;
			init.minor = FUSE_KERNEL_MINOR_VERSION;
			init.max_write = 4096;
			reply(dev, in.head.unique, 0, &init, sizeof(init));
			break;
		case FUSE_LOOKUP:
			memset(&entry, 0, sizeof(entry));
			entry.nodeid = FIFO_NODE;
			entry.attr = attributes(FIFO_NODE);
			reply(dev, in.head.unique, 0, &entry, sizeof(entry));
			break;
		case FUSE_GETATTR:
			memset(&attr, 0, sizeof(attr));
			attr.attr = attributes(in.head.nodeid);
			reply(dev, in.head.unique, 0, &attr, sizeof(attr));
			break;
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
			break;
		default:
			reply(dev, in.head.unique, ENOSYS, NULL, 0);
			break;
		}
}

static int
odd_fifo(void)
{
	char dir[] = "/tmp/oddfd.XXXXXX", path[64], how[128];
	const int dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	pid_t server;
	int fd;

	(void)snprintf(how, sizeof(how), "fd=%d,rootmode=40000,user_id=0,"
	    "group_id=0,allow_other", dev);
	if (dev == -1 || mkdtemp(dir) == NULL ||
	    mount("oddfd", dir, "fuse", 0, how) == -1) {
		warn("fuse");
		exit(UNAVAILABLE);
	}
	if ((server = companion()) == 0) {
		serve(dev);
		_exit(0);
	}
	/* The server's alone: its end is the end of all who wait. */
	(void)close(dev);
	(void)snprintf(path, sizeof(path), "%s/fifo", dir);
	if ((fd = open(path, O_RDWR)) == -1)
		err(1, "%s", path);
	/* Out of everybody's way, and from now on silent. */
	if (umount2(dir, MNT_DETACH) == -1 || rmdir(dir) == -1)
		warn("%s", dir);
	if (kill(server, SIGSTOP) == -1 ||
	    waitpid(server, NULL, WUNTRACED) != server)
		err(1, "server");
	return fd;
}

int
main(int argc, char **argv)
{
	int fd, i;

	if (argc < 3)
		errx(64, "usage: oddfd KIND COMMAND [ARG ...]");
	if (strcmp(argv[1], "tcp") == 0)
		fd = odd_tcp();
	else if (strcmp(argv[1], "fifo") == 0)
		fd = odd_fifo();
	else
		errx(64, "%s: unknown", argv[1]);
	for (i = 0; i < 3; i++)
		if (dup2(fd, i) == -1)
			err(1, "dup2");
	if (fd > 2)
		(void)close(fd);
	(void)execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}

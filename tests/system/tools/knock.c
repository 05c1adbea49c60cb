/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Connect to a unix socket many times, as fast as it goes, and say nothing:
 *
 *	knock COUNT SOCKET
 *
 * Prints how many connections there were.
 */

#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int i, fd, made = 0;

	if (argc != 3 || strlcpy(sun.sun_path, argv[2],
	    sizeof(sun.sun_path)) >= sizeof(sun.sun_path)) {
		(void)fprintf(stderr, "usage: knock COUNT SOCKET\n");
		return 64;
	}
	for (i = atoi(argv[1]); i > 0; i--) {
		if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) == -1)
			break;
		made += connect(fd, (struct sockaddr *)&sun,
		    sizeof(sun)) == 0;
		(void)close(fd);
	}
	(void)printf("%d\n", made);
	return 0;
}

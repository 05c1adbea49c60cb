/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "wireagent.h"

#include <errno.h>
#include <string.h>

#include "bigendian.h"
#include "deadline.h"
#include "frame.h"
#include "wire.h"

#define FIXED_SIZE ((size_t)5)

int
wireagent_send(int sock, const struct wireagent *agent, int listener, int ms)
{
	unsigned char data[FIXED_SIZE + PATH_MAX];
	const size_t len = strnlen(agent->policy, PATH_MAX);

	if (len == PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	bigendian_put(data, (uint32_t)agent->uid);
	data[4] = agent->everything != 0;
	memcpy(data + FIXED_SIZE, agent->policy, len);
	return frame_send_fd(sock, WIRE_AGENT, data, FIXED_SIZE + len,
	    listener, deadline_in(ms));
}

int
wireagent_get(const struct frame *frame, struct wireagent *agent)
{
	const unsigned char *data = (const unsigned char *)frame->data;
	size_t len;

	memset(agent, 0, sizeof(*agent));
	if (frame->type != WIRE_AGENT || frame->fd == -1 ||
	    frame->len < FIXED_SIZE || data[4] > 1)
		return -1;
	len = frame->len - FIXED_SIZE;
	/* A path is what stands there, and all of it. */
	if (len >= sizeof(agent->policy) ||
	    memchr(data + FIXED_SIZE, '\0', len) != NULL ||
	    (len > 0 && data[FIXED_SIZE] != '/'))
		return -1;
	agent->uid = bigendian_get(data);
	agent->everything = data[4];
	memcpy(agent->policy, data + FIXED_SIZE, len);
	return 0;
}

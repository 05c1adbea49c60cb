/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "frontagent.h"

#include <unistd.h>

#include "forwarder.h"
#include "frame.h"
#include "log.h"
#include "wire.h"
#include "wireagent.h"

/* Returns 0, or -1 after a line that says why not. */
static int
serve(struct forwarder *forwarder, const struct frame *frame,
    const char *upstream)
{
	const char *objection = forwarder_objection(upstream);
	struct wireagent agent;
	char why[512];

	if (forwarder->pid != -1 || wireagent_get(frame, &agent) == -1)
		objection = "the service says what is not understood here";
	if (objection == NULL) {
		const struct forwarder_facts facts = {
			.upstream = upstream, .listener = frame->fd,
			.peer = agent.uid, .everything = agent.everything,
			.policy = agent.policy,
		};

		if (forwarder_start(forwarder, &facts, why,
		    sizeof(why)) == 0)
			return 0;
		objection = why;
	}
	log_info("ForwardAgent: %s", objection);
	return -1;
}

int
frontagent_take(struct forwarder *forwarder, int sock,
    const struct frame *frame, const char *upstream, int ms)
{
	return serve(forwarder, frame, upstream) == 0 ?
	    wire_answer(sock, ms) : wire_decline(sock, ms);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "become.h"

#include <sys/wait.h>

#include <unistd.h>

#include "audit.h"
#include "command.h"
#include "exitcode.h"
#include "launch.h"
#include "request.h"
#include "spawn.h"

int
become_command(const struct session_facts *facts)
{
	const struct launch_facts launch_facts = {
		.session = facts, .tty = facts->req->tty,
	};
	const char *service = command_service_name(facts->command->service);
	struct spawn_report failed;
	struct launch launch;
	int status = EXITCODE_REFUSED;
	char words[64];

	if (launch_prepare(&launch, &launch_facts) == 0) {
		launch_startup(&launch, &launch_facts);
		audit_opened(facts->req, service, facts->req->tty, getpid());
		(void)spawn_here(launch.planner.plan, launch_note, NULL,
		    &failed);
		status = launch_report(&launch, facts->req, &failed);
		audit_closed(facts->req, service, facts->req->tty, getpid(),
		    exitcode_describe(W_EXITCODE(status, 0), words,
		    sizeof(words)));
	}
	launch_free(&launch);
	return status;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "sigreset.h"

#include <sys/syscall.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

int
sigreset_all(void)
{
	/* As the kernel has it, on any machine: all zero is SIG_DFL. */
	const unsigned long action[8] = { 0 };
	struct sigaction before;
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++) {
		/* nohup(1) in front of us means the command. */
		if (sig == SIGHUP && sigaction(sig, NULL, &before) == 0 &&
		    before.sa_handler == SIG_IGN)
			continue;
		/*
		 * libc keeps 32 and 33 to itself, though they are inherited.
		 * EINVAL: nobody ignores SIGKILL and SIGSTOP.
		 */
		if (syscall(SYS_rt_sigaction, sig, action, NULL,
		    _NSIG / 8) == -1 && errno != EINVAL)
			return -1;
	}
	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
set(int sig, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(sig, &action, NULL);
}

void
sigreset_default(int sig)
{
	set(sig, SIG_DFL);
}

void
sigreset_ignore(int sig)
{
	set(sig, SIG_IGN);
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Prints how long one pam_acct_mgmt(3) takes, in ms, with the modules of the
 * service already loaded: the call that runuser(1) leaves out.
 *
 *	acctmgmt SERVICE USER
 */

#include <security/pam_appl.h>

#include <err.h>
#include <stdio.h>
#include <time.h>

static int
converse(int count, const struct pam_message **messages,
    struct pam_response **responses, void *ctx)
{
	(void)count;
	(void)messages;
	(void)responses;
	(void)ctx;
	return PAM_CONV_ERR;
}

int
main(int argc, char **argv)
{
	const struct pam_conv conv = { converse, NULL };
	struct timespec start, end;
	pam_handle_t *pam;
	int r;

	if (argc != 3)
		errx(64, "usage: acctmgmt SERVICE USER");
	if (pam_start(argv[1], argv[2], &conv, &pam) != PAM_SUCCESS)
		errx(1, "pam_start");
	/* The first call of all loads the modules. */
	(void)pam_setcred(pam, PAM_ESTABLISH_CRED);
	clock_gettime(CLOCK_MONOTONIC, &start);
	r = pam_acct_mgmt(pam, PAM_SILENT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (r != PAM_SUCCESS)
		errx(1, "pam_acct_mgmt: %s", pam_strerror(pam, r));
	printf("%.4f\n", (double)(end.tv_sec - start.tv_sec) * 1e3 +
	    (double)(end.tv_nsec - start.tv_nsec) / 1e6);
	return pam_end(pam, r) == PAM_SUCCESS ? 0 : 1;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A PAM module that tells a file, the first argument, what it was called for
 * and by whom: the order of the calls, the process's ids, the items, and
 * what of the client's environment the process still has.  Compiled by the
 * test that uses it.  With "change-user=NAME" it changes PAM_USER, with
 * "ask" it asks a question, with "tell=TEXT" it says something to the user,
 * with "shout" it writes to standard output and error itself.
 */

#include <grp.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
item(pam_handle_t *pamh, int which)
{
	const void *value = NULL;

	if (pam_get_item(pamh, which, &value) != PAM_SUCCESS || value == NULL)
		return "-";
	return value;
}

static const char *
argument(int argc, const char **argv, const char *name)
{
	size_t len = strlen(name);
	int i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], name, len) == 0)
			return argv[i] + len;
	}
	return NULL;
}

static void
converse(pam_handle_t *pamh, int style, const char *text)
{
	const struct pam_message message = { style, text };
	const struct pam_message *messages = &message;
	struct pam_response *response = NULL;
	const void *conv = NULL;

	if (pam_get_item(pamh, PAM_CONV, &conv) != PAM_SUCCESS || conv == NULL)
		return;
	(void)((const struct pam_conv *)conv)->conv(1, &messages, &response,
	    ((const struct pam_conv *)conv)->appdata_ptr);
	free(response);
}

static int
tell(pam_handle_t *pamh, int flags, int argc, const char **argv,
    const char *call)
{
	const char *seat = getenv("XDG_SEAT"), *text;
	const char *own_class = getenv("XDG_SESSION_CLASS");
	const char *class = pam_getenv(pamh, "XDG_SESSION_CLASS");
	gid_t groups[64];
	int i, n;
	FILE *f;

	if (argc < 1 || (f = fopen(argv[0], "ae")) == NULL)
		return PAM_SYSTEM_ERR;
	n = getgroups(64, groups);
	fprintf(f, "%s flags=%d uid=%u euid=%u gid=%u groups=", call, flags,
	    getuid(), geteuid(), getegid());
	for (i = 0; i < n; i++)
		fprintf(f, "%s%u", i > 0 ? "," : "", groups[i]);
	fprintf(f, " user=%s tty=%s rhost=%s ruser=%s service=%s seat=%s ",
	    item(pamh, PAM_USER), item(pamh, PAM_TTY),
	    item(pamh, PAM_RHOST), item(pamh, PAM_RUSER),
	    item(pamh, PAM_SERVICE), seat != NULL ? seat : "-");
	fprintf(f, "class=%s own-class=%s\n", class != NULL ? class : "-",
	    own_class != NULL ? own_class : "-");
	fclose(f);
	if ((text = argument(argc, argv, "change-user=")) != NULL)
		pam_set_item(pamh, PAM_USER, text);
	if ((text = argument(argc, argv, "tell=")) != NULL)
		converse(pamh, PAM_TEXT_INFO, text);
	if (argument(argc, argv, "ask") != NULL)
		converse(pamh, PAM_PROMPT_ECHO_ON, "Password? ");
	if (argument(argc, argv, "shout") != NULL &&
	    (write(STDOUT_FILENO, "out\n", 4) == -1 ||
	    write(STDERR_FILENO, "err\n", 4) == -1))
		return PAM_SYSTEM_ERR;
	if ((text = argument(argc, argv, "set=")) != NULL)
		pam_putenv(pamh, text);
	return PAM_SUCCESS;
}

int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return tell(pamh, flags, argc, argv, "authenticate");
}

int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	gid_t groups[65] = { 2999 };
	int n;

	/* As pam_group does: a group more, by way of the credentials. */
	if (argument(argc, argv, "add-group") != NULL &&
	    (flags & PAM_DELETE_CRED) == 0) {
		n = getgroups(64, groups + 1);
		(void)setgroups((size_t)n + 1, groups);
	}
	return tell(pamh, flags, argc, argv, "setcred");
}

int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return tell(pamh, flags, argc, argv, "acct_mgmt");
}

int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	return tell(pamh, flags, argc, argv, "open_session");
}

int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	return tell(pamh, flags, argc, argv, "close_session");
}

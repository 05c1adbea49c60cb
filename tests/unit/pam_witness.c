/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A PAM module for check_login_session, which builds it and names it in its
 * service files.  It writes a line for each call to a file, and does what
 * modules may do at a bad moment.  Arguments; CALL is account, establish,
 * open, reinitialize, close, delete or chauthtok:
 *
 *	file=PATH	where the lines go
 *	fail=CALL:N	return the PAM error N from it
 *	user=CALL:NAME	change PAM_USER in it
 *	group=CALL:GID	add a supplementary group in it
 *	env=CALL:N=V	set a variable in it
 *	want=CALL:N=V	fail unless PAM's environment has it
 *	say=CALL:TEXT	tell the user
 *	complain=CALL:TEXT	tell him what is wrong
 *	ask=CALL:TEXT	ask him, and fail if there is an answer
 */

#include <sys/types.h>

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAM_SM_AUTH
#define PAM_SM_ACCOUNT
#define PAM_SM_SESSION
#define PAM_SM_PASSWORD
#include <security/pam_appl.h>
#include <security/pam_modules.h>

/* The argument's value if it is for this call, else NULL. */
static const char *
argument(const char *arg, const char *key, const char *call)
{
	size_t k = strlen(key), c = strlen(call);

	if (strncmp(arg, key, k) != 0 || arg[k] != '=' ||
	    strncmp(arg + k + 1, call, c) != 0 || arg[k + 1 + c] != ':')
		return NULL;
	return arg + k + 2 + c;
}

static const char *
item(pam_handle_t *pamh, int which)
{
	const void *value = NULL;

	if (pam_get_item(pamh, which, &value) != PAM_SUCCESS || value == NULL)
		return "-";
	return value;
}

static void
add_group(gid_t gid)
{
	gid_t list[64];
	int n = getgroups(63, list);

	if (n >= 0) {
		list[n] = gid;
		(void)setgroups((size_t)n + 1, list);
	}
}

/* Returns what the conversation returned. */
static int
converse(pam_handle_t *pamh, int style, const char *text)
{
	const struct pam_message message = { style, text };
	const struct pam_message *messages = &message;
	struct pam_response *response = NULL;
	const void *item_conv = NULL;
	const struct pam_conv *conv;
	int r;

	if (pam_get_item(pamh, PAM_CONV, &item_conv) != PAM_SUCCESS ||
	    (conv = item_conv) == NULL)
		return PAM_CONV_ERR;
	r = conv->conv(1, &messages, &response, conv->appdata_ptr);
	if (r == PAM_SUCCESS && response != NULL) {
		free(response->resp);
		free(response);
	}
	return r;
}

/* Returns 1 if a variable of PAM's has this value. */
static int
has(pam_handle_t *pamh, const char *setting)
{
	const char *equals = strchr(setting, '='), *value;
	char name[64];

	if (equals == NULL || (size_t)(equals - setting) >= sizeof(name))
		return 0;
	memcpy(name, setting, (size_t)(equals - setting));
	name[equals - setting] = '\0';
	value = pam_getenv(pamh, name);
	return value != NULL && strcmp(value, equals + 1) == 0;
}

static int
act(pam_handle_t *pamh, const char *call, const char *arg)
{
	const char *value;

	if ((value = argument(arg, "user", call)) != NULL)
		return pam_set_item(pamh, PAM_USER, value);
	if ((value = argument(arg, "env", call)) != NULL)
		return pam_putenv(pamh, value);
	if ((value = argument(arg, "want", call)) != NULL)
		return has(pamh, value) ? PAM_SUCCESS : PAM_SESSION_ERR;
	if ((value = argument(arg, "group", call)) != NULL)
		add_group((gid_t)strtoul(value, NULL, 10));
	if ((value = argument(arg, "say", call)) != NULL)
		return converse(pamh, PAM_TEXT_INFO, value);
	if ((value = argument(arg, "complain", call)) != NULL)
		return converse(pamh, PAM_ERROR_MSG, value);
	if ((value = argument(arg, "ask", call)) != NULL)
		return converse(pamh, PAM_PROMPT_ECHO_OFF, value) ==
		    PAM_SUCCESS ? PAM_SYSTEM_ERR : PAM_SUCCESS;
	if ((value = argument(arg, "fail", call)) != NULL)
		return (int)strtol(value, NULL, 10);
	return PAM_SUCCESS;
}

static int
witness(pam_handle_t *pamh, const char *call, int argc, const char **argv)
{
	int i, r = PAM_SUCCESS;
	FILE *fp;

	for (i = 0; i < argc; i++) {
		if (strncmp(argv[i], "file=", 5) != 0 ||
		    (fp = fopen(argv[i] + 5, "a")) == NULL)
			continue;
		(void)fprintf(fp, "%s user=%s tty=%s rhost=%s ruser=%s "
		    "uid=%u gid=%u groups=%d\n", call, item(pamh, PAM_USER),
		    item(pamh, PAM_TTY), item(pamh, PAM_RHOST),
		    item(pamh, PAM_RUSER), (unsigned int)getuid(),
		    (unsigned int)getegid(), getgroups(0, NULL));
		(void)fclose(fp);
	}
	for (i = 0; i < argc && r == PAM_SUCCESS; i++)
		r = act(pamh, call, argv[i]);
	return r;
}

int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	(void)flags;
	return witness(pamh, "authenticate", argc, argv);
}

int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *call = "establish";

	if ((flags & (int)PAM_REINITIALIZE_CRED) != 0)
		call = "reinitialize";
	else if ((flags & (int)PAM_DELETE_CRED) != 0)
		call = "delete";
	return witness(pamh, call, argc, argv);
}

int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	return witness(pamh, "account", argc, argv);
}

int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	(void)flags;
	return witness(pamh, "open", argc, argv);
}

int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	(void)flags;
	return witness(pamh, "close", argc, argv);
}

int
pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	return witness(pamh, "chauthtok", argc, argv);
}

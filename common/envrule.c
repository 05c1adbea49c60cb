/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What may reach a session (invariant I5).  Two tables: the floor, which
 * nothing passes, and the session names, which pass if their value does.
 */

#include "config.h"
#include "envrule.h"

#include <sys/stat.h>

#include <ctype.h>
#include <string.h>

#include "pattern.h"

struct floor_row {
	const char *pattern;
	const char *reason;
};

static const struct floor_row floor_rows[] = {
	{ "LD_*", "ld.so loads code by it" },
	{ "_RLD*", "the loader of IRIX and Tru64 loads code by it" },
	{ "DYLD_*", "the loader of macOS loads code by it" },
	{ "GLIBC_TUNABLES", "libc changes by it (CVE-2023-4911)" },
	{ "GCONV_PATH", "iconv(3) loads code by it" },
	{ "GETCONF_DIR", "getconf(1) runs a program by it" },
	{ "LOCPATH", "libc reads locales from it" },
	{ "NLSPATH", "libc reads format strings from it" },
	{ "BASH_ENV", "bash runs that file" },
	{ "ENV", "sh runs that file" },
	{ "BASH_FUNC_*", "bash defines a function by it" },
	{ "SHELLOPTS", "bash sets options by it" },
	{ "BASHOPTS", "bash sets options by it" },
	{ "PS4", "sh expands it while tracing" },
	{ "PROMPT_COMMAND", "bash runs it" },
	{ "IFS", "sh splits words by it" },
	{ "FPATH", "ksh and zsh load functions from it" },
	{ "ZDOTDIR", "zsh reads its startup files there" },
	{ "NULLCMD", "zsh runs it" },
	{ "READNULLCMD", "zsh runs it" },
};

static int
name_ok(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return 0;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return 0;
	return 1;
}

const char *
envrule_floor(const char *name, const char *value)
{
	size_t i;

	/*
	 * Before the form of the name: "BASH_FUNC_x%%" has a reason of its
	 * own.
	 */
	for (i = 0; i < sizeof(floor_rows) / sizeof(floor_rows[0]); i++)
		if (pattern_match(name, floor_rows[i].pattern))
			return floor_rows[i].reason;
	if (!name_ok(name))
		return "not a name of [A-Za-z_][A-Za-z0-9_]*";
	if (strncmp(value, "() {", 4) == 0)
		return "bash may take it for a function (CVE-2014-6271)";
	return NULL;
}

/* Checks of values.  Each returns 1 if the value may pass. */

static int
all_graph(const char *value, const char *but)
{
	if (*value == '\0')
		return 0;
	for (; *value != '\0'; value++)
		if (!isgraph((unsigned char)*value) ||
		    strchr(but, *value) != NULL)
			return 0;
	return 1;
}

/* As sudo(8) does: a '/' could name a file, a '%' a format. */
static int
is_locale(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return all_graph(value, "/%");
}

static int
is_term(const char *value, const struct envrule_facts *facts)
{
	return facts->tty && all_graph(value, "/%");
}

static int
is_plain(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return all_graph(value, "");
}

/*
 * Addresses and ports as sshd writes them, with one space between: 'a' in the
 * form stands for an address ("UNKNOWN" where there is none), 'p' for a port.
 */
static int
has_form(const char *value, const char *form)
{
	static const char port[] = "0123456789", address[] = "0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:%_-";
	size_t len;

	for (; *form != '\0'; form++) {
		len = strspn(value, *form == 'a' ? address : port);
		value += len;
		if (len == 0 || *value != (form[1] != '\0' ? ' ' : '\0'))
			return 0;
		value++;
	}
	return 1;
}

static int
is_client(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return has_form(value, "app");
}

static int
is_connection(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return has_form(value, "apap");
}

/* An absolute path without ".." whose end is of the type and the user's. */
static int
is_own(const char *value, const struct envrule_facts *facts, mode_t type)
{
	struct stat st;

	return *value == '/' && strstr(value, "..") == NULL &&
	    all_graph(value, "") && stat(value, &st) == 0 &&
	    (st.st_mode & S_IFMT) == type && st.st_uid == facts->uid;
}

static int
is_own_socket(const char *value, const struct envrule_facts *facts)
{
	return is_own(value, facts, S_IFSOCK);
}

static int
is_own_file(const char *value, const struct envrule_facts *facts)
{
	return is_own(value, facts, S_IFREG);
}

static int
is_own_directory(const char *value, const struct envrule_facts *facts)
{
	return is_own(value, facts, S_IFDIR);
}

/* A zone by its name; a leading ':' or '/' is a file of the client's choice. */
static int
is_zone(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return *value != '/' && *value != ':' &&
	    strstr(value, "..") == NULL && all_graph(value, "%");
}

static int
is_absolute(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return *value == '/' && all_graph(value, "");
}

struct session_row {
	const char *pattern;
	int own_only;	/* only shape A: in shape B it is root's, not his */
	int (*check)(const char *, const struct envrule_facts *);
	const char *reason;
};

/*
 * SSH_TTY is not among them: it is made anew from what ttyname(3) says (I6).
 * Nor are HOME, USER, LOGNAME and SHELL: they come from passwd.
 */
static const struct session_row session_rows[] = {
	{ "LANG", 0, is_locale, "locale" },
	{ "LC_*", 0, is_locale, "locale" },
	{ "TERM", 0, is_term, "terminal type, with a terminal only" },
	{ "SSH_CLIENT", 0, is_client, "the connection, by sshd" },
	{ "SSH_CONNECTION", 0, is_connection, "the connection, by sshd" },
	{ "PATH", 1, is_absolute, "as the user's login has it" },
	{ "MAIL", 1, is_absolute, "the user's mailbox" },
	{ "TZ", 1, is_zone, "time zone, by name" },
	{ "MOTD_SHOWN", 1, is_plain, "pam_motd" },
	{ "DISPLAY", 1, is_plain, "forwarded X11 display" },
	{ "KRB5CCNAME", 1, is_plain, "the user's Kerberos tickets" },
	{ "SSH_AUTH_SOCK", 1, is_own_socket, "the user's own agent socket" },
	{ "SSH_USER_AUTH", 1, is_own_file, "how the user logged in, by sshd" },
	{ "SSH_TUNNEL", 1, is_plain, "forwarded tunnel device" },
	{ "XDG_RUNTIME_DIR", 1, is_own_directory,
	    "the user's own runtime directory" },
	{ "XDG_SESSION_*", 1, is_plain, "pam_systemd" },
	{ "XDG_SEAT", 1, is_plain, "pam_systemd" },
	{ "XDG_VTNR", 1, is_plain, "pam_systemd" },
	{ "DBUS_SESSION_BUS_ADDRESS", 1, is_plain, "pam_systemd" },
};

int
envrule_session(const char *name, const char *value,
    const struct envrule_facts *facts, const char **reason)
{
	const struct session_row *row;
	size_t i;

	if ((*reason = envrule_floor(name, value)) != NULL)
		return 0;
	for (i = 0; i < sizeof(session_rows) / sizeof(session_rows[0]); i++) {
		row = &session_rows[i];
		if (!pattern_match(name, row->pattern))
			continue;
		*reason = row->reason;
		return (facts->own || !row->own_only) &&
		    row->check(value, facts);
	}
	*reason = "not a session name";
	return 0;
}

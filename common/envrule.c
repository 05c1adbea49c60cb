/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What may reach a session (invariant I5), by name and value together.
 */

#include "config.h"
#include "envrule.h"

#include <sys/stat.h>

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "pattern.h"

const struct envname_row *
envrule_floor_row(const char *name, const char *value)
{
	static const struct envname_row no_name = {
		NULL, "not a name of [A-Za-z_][A-Za-z0-9_]*",
	}, function = {
		NULL, "bash may take it for a function (CVE-2014-6271)",
	};
	const struct envname_row *row;

	/*
	 * Before the form of the name: "BASH_FUNC_x%%" has a reason of its
	 * own.
	 */
	if ((row = envname_floor(name)) != NULL)
		return row;
	if (!envname_ok(name))
		return &no_name;
	return strncmp(value, "() {", 4) == 0 ? &function : NULL;
}

const char *
envrule_floor(const char *name, const char *value)
{
	const struct envname_row *row = envrule_floor_row(name, value);

	return row != NULL ? row->reason : NULL;
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

/* Bytes above 127 may be letters in some locale; these never are. */
static int
has_control(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || *value == 0x7f)
			return 1;
	return 0;
}

/* A '/' could name a file, a '%' a format. */
static int
is_locale(const char *value)
{
	return value[strcspn(value, "/%")] == '\0' && !has_control(value);
}

static int
is_term(const char *value)
{
	return *value != '\0' && is_locale(value);
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

#define ZONEINFO "/usr/share/zoneinfo/"

/* A file elsewhere would be one of the client's choice. */
static int
is_zone(const char *value)
{
	const char *p, *name = *value == ':' ? value + 1 : value;

	if (*name == '/' && strncmp(name, ZONEINFO, strlen(ZONEINFO)) != 0)
		return 0;
	for (p = name; (p = strstr(p, "..")) != NULL; p++)
		if ((p == name || p[-1] == '/') &&
		    (p[2] == '/' || p[2] == '\0'))
			return 0;
	return *name == '\0' ||
	    (strlen(name) < PATH_MAX && all_graph(name, ""));
}

static int
is_own_zone(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return is_zone(value);
}

/* A PATH too; a directory may have a blank in its name, or an umlaut. */
static int
is_absolute(const char *value, const struct envrule_facts *facts)
{
	(void)facts;
	return *value == '/' && !has_control(value);
}

/* "unixexec:" runs a program, and "autolaunch:" another. */
static int
is_bus(const char *value, const struct envrule_facts *facts)
{
	const char *p = value;

	(void)facts;
	for (;;) {
		if (strncmp(p, "unix:", strlen("unix:")) != 0)
			return 0;
		if ((p = strchr(p, ';')) == NULL)
			return all_graph(value, "");
		p++;
	}
}

/* CVE-2026-24061: "-f root" is nobody's name. */
static int
is_user(const char *value, const struct envrule_facts *facts)
{
	return strcmp(value, facts->user) == 0;
}

/* I6: a hint from outside, unless the kernel says the same. */
static int
is_tty(const char *value, const struct envrule_facts *facts)
{
	return facts->tty_name != NULL &&
	    strcmp(value, facts->tty_name) == 0;
}

static int
is_passed_on(const char *value, const struct envrule_facts *facts)
{
	(void)value;
	return facts->passes_on;
}

enum login {
	ANY,	/* true of any login that led here */
	OWN,	/* only in shape A: in shape B it is root's, not his */
	SAME,	/* only where nobody makes it anew, from passwd and ttyname */
};

struct session_row {
	struct envname_row row;
	enum login login;
	int (*check)(const char *, const struct envrule_facts *);
};

static const struct session_row session_rows[] = {
	{ { "SSH_CLIENT", "the connection, by sshd" }, ANY, is_client },
	{ { "SSH_CONNECTION", "the connection, by sshd" },
	    ANY, is_connection },
	{ { "PATH", "as the user's login has it" }, OWN, is_absolute },
	{ { "MAIL", "the user's mailbox" }, OWN, is_absolute },
	{ { "TZ", "time zone, by name" }, OWN, is_own_zone },
	{ { "MOTD_SHOWN", "pam_motd" }, OWN, is_plain },
	{ { "DISPLAY", "forwarded X11 display" }, OWN, is_plain },
	{ { "KRB5CCNAME", "the user's Kerberos tickets" }, OWN, is_plain },
	{ { "SSH_AUTH_SOCK", "the user's own agent socket" },
	    OWN, is_own_socket },
	{ { "SSH_USER_AUTH", "how the user logged in, by sshd" },
	    OWN, is_own_file },
	{ { "SSH_TUNNEL", "forwarded tunnel device" }, OWN, is_plain },
	{ { "XDG_RUNTIME_DIR", "the user's own runtime directory" },
	    OWN, is_own_directory },
	{ { "XDG_SESSION_*", "pam_systemd" }, OWN, is_plain },
	{ { "XDG_SEAT", "pam_systemd" }, OWN, is_plain },
	{ { "XDG_VTNR", "pam_systemd" }, OWN, is_plain },
	{ { "DBUS_SESSION_BUS_ADDRESS", "the user's bus, a unix socket" },
	    OWN, is_bus },
	{ { "HOME", "the user's home directory, absolute" },
	    SAME, is_absolute },
	{ { "SHELL", "the user's shell, absolute" }, SAME, is_absolute },
	{ { "USER", "the user's name, as passwd has it" }, SAME, is_user },
	{ { "LOGNAME", "the user's name, as passwd has it" },
	    SAME, is_user },
	{ { "SSH_TTY", "the terminal, as the kernel names it" },
	    SAME, is_tty },
	{ { "SSH_ORIGINAL_COMMAND", "for the next helper only" },
	    SAME, is_passed_on },
};

int
envrule_stays(const char *name, const char *value,
    const struct envrule_facts *facts, const struct envname_row **row)
{
	const struct session_row *known;
	size_t i;

	for (i = 0; i < sizeof(session_rows) / sizeof(session_rows[0]); i++) {
		known = &session_rows[i];
		if (!pattern_match(name, known->row.pattern))
			continue;
		*row = &known->row;
		return (facts->own || known->login != OWN) &&
		    (facts->user != NULL || known->login != SAME) &&
		    known->check(value, facts);
	}
	return -1;
}

static const struct {
	struct envname_row row;
	int (*check)(const char *);
} value_rows[] = {
	{ { "TERM", "empty, or with '/', '%' or control characters" },
	    is_term },
	{ { "LANG", "with '/', '%' or control characters" }, is_locale },
	{ { "LANGUAGE", "with '/', '%' or control characters" }, is_locale },
	{ { "LINGUAS", "with '/', '%' or control characters" }, is_locale },
	{ { "LC_*", "with '/', '%' or control characters" }, is_locale },
	{ { "COLORTERM", "with '/', '%' or control characters" }, is_locale },
	{ { "TZ", "a file, and none of the system's time zones" }, is_zone },
};

const struct envname_row *
envrule_value(const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]); i++)
		if (pattern_match(name, value_rows[i].row.pattern))
			return value_rows[i].check(value) ? NULL :
			    &value_rows[i].row;
	return NULL;
}

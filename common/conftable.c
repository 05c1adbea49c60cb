/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The one table of directives: reading, checking and printing go by it. */

#include "config.h"
#include "conftable.h"

#include <stdio.h>
#include <string.h>

#include "names.h"

#define ADDS (CONFTABLE_MANY | CONFTABLE_ADDS)
#define NONE CONFTABLE_NONE
#define COMMAND (CONFTABLE_REST | CONFTABLE_NONE)
#define SECRET (ADDS | CONFTABLE_SECRET)
#define NO CONFINE_WORDS

static const struct conftable_row rows[CONFTABLE_WORDS] = {
	[CONFTABLE_LOCAL_USER] = { "LocalUser", CONFTABLE_WHO,
	    confvalue_user, NO },
	[CONFTABLE_DENY] = { "Deny", NONE, confvalue_message, NO },
	[CONFTABLE_ACCEPT_ENV] = { "AcceptEnv", ADDS, confvalue_pattern, NO },
	[CONFTABLE_UNSET_ENV] = { "UnsetEnv", ADDS, confvalue_pattern, NO },
	[CONFTABLE_SET_ENV] = { "SetEnv", SECRET, confvalue_assignment, NO },
	[CONFTABLE_FORWARD_AGENT] = { "ForwardAgent", 0, confvalue_agent,
	    NO },
	[CONFTABLE_AGENT_POLICY] = { "AgentPolicy", NONE, confvalue_path,
	    NO },
	[CONFTABLE_FORCE_COMMAND] = { "ForceCommand", COMMAND,
	    confvalue_command, NO },
	[CONFTABLE_STARTUP_COMMAND] = { "StartupCommand", COMMAND,
	    confvalue_command, NO },
	[CONFTABLE_LOGIN_SHELL] = { "LoginShell", NONE, confvalue_path, NO },
	[CONFTABLE_SFTP_SERVER] = { "SftpServer", CONFTABLE_MANY,
	    confvalue_program, NO },
	[CONFTABLE_DIRECTORY] = { "Directory", NONE, confvalue_path, NO },
	[CONFTABLE_CHROOT] = { "Chroot", NONE, NULL, CONFINE_CHROOT },
	[CONFTABLE_UNSHARE] = { "Unshare", NONE, NULL, CONFINE_UNSHARE },
	[CONFTABLE_MAP_USERS] = { "MapUsers", NONE, NULL, CONFINE_MAP_USERS },
	[CONFTABLE_MAP_GROUPS] = { "MapGroups", NONE, NULL,
	    CONFINE_MAP_GROUPS },
	[CONFTABLE_SET_GROUPS] = { "SetGroups", NONE, NULL,
	    CONFINE_SETGROUPS },
	[CONFTABLE_MOUNT_PROC] = { "MountProc", 0, confvalue_flag,
	    CONFINE_MOUNT_PROC },
	/* to these two "none" is a set, the empty one */
	[CONFTABLE_AMBIENT_CAPABILITIES] = { "AmbientCapabilities", 0, NULL,
	    CONFINE_AMBIENT_CAPS },
	[CONFTABLE_BOUNDING_CAPABILITIES] = { "BoundingCapabilities", 0, NULL,
	    CONFINE_BOUNDING_SET },
	[CONFTABLE_NO_NEW_PRIVILEGES] = { "NoNewPrivileges", 0,
	    confvalue_flag, CONFINE_NO_NEW_PRIVS },
	[CONFTABLE_PARENT_DEATH_SIGNAL] = { "ParentDeathSignal", NONE, NULL,
	    CONFINE_PDEATHSIG },
	[CONFTABLE_LIMIT] = { "Limit", ADDS, NULL, CONFINE_LIMIT },
	[CONFTABLE_UMASK] = { "Umask", NONE, NULL, CONFINE_UMASK },
	[CONFTABLE_CGROUP] = { "Cgroup", NONE, NULL, CONFINE_CGROUP },
	[CONFTABLE_LANDLOCK_READ_ONLY] = { "LandlockReadOnly", ADDS, NULL,
	    CONFINE_LANDLOCK_RO },
	[CONFTABLE_LANDLOCK_READ_WRITE] = { "LandlockReadWrite", ADDS, NULL,
	    CONFINE_LANDLOCK_RW },
	[CONFTABLE_SESSION_CLASS] = { "SessionClass", 0, confvalue_class,
	    NO },
	[CONFTABLE_REQUIRE_SESSION] = { "RequireSession", 0, confvalue_flag,
	    NO },
	[CONFTABLE_REVOKE_TERMINAL] = { "RevokeTerminal", 0, confvalue_flag,
	    NO },
	[CONFTABLE_HANGUP_DELAY] = { "HangupDelay", NONE, confvalue_delay,
	    NO },
	[CONFTABLE_LOG_LEVEL] = { "LogLevel", 0, confvalue_level, NO },
};

int
conftable_find(const char *name, enum conftable_word *word)
{
	int i;

	for (i = 0; i < CONFTABLE_WORDS; i++)
		if (strcasecmp(name, rows[i].name) == 0) {
			*word = (enum conftable_word)i;
			return 0;
		}
	return -1;
}

const struct conftable_row *
conftable_row(enum conftable_word word)
{
	return &rows[word];
}

int
conftable_is_none(enum conftable_word word, const char *value)
{
	const struct conftable_row *row = &rows[word];

	if ((row->flags & CONFTABLE_NONE) != 0)
		return strcmp(value, "none") == 0;
	return row->read == confvalue_flag && strcmp(value, "no") == 0;
}

/* Read a word of confinement for its form, and forget it. */
static int
try_confine(enum confine_word word, const char *value, char *why, size_t size)
{
	struct confine scratch;
	int r;

	confine_init(&scratch);
	r = confine_take(&scratch, word, value, why, size);
	confine_free(&scratch);
	return r;
}

int
conftable_check(enum conftable_word word, char *const *argv, size_t argc,
    char *why, size_t size)
{
	const struct conftable_row *row = &rows[word];
	char reason[256];
	size_t i;
	int r;

	if (argc > 1 && (row->flags & CONFTABLE_MANY) == 0) {
		(void)snprintf(why, size, "%.64s: more than one argument",
		    argv[1]);
		return -1;
	}
	for (i = 0; i < argc; i++) {
		if (conftable_is_none(word, argv[i]))
			continue;
		r = row->read != NULL ?
		    row->read(argv[i], i, reason, sizeof(reason)) :
		    try_confine(row->confine, argv[i], reason,
		    sizeof(reason));
		if (r == 0)
			continue;
		if ((row->flags & CONFTABLE_SECRET) != 0)
			(void)strlcpy(why, reason, size);
		else
			(void)snprintf(why, size, "%.64s: %s",
			    *argv[i] != '\0' ? argv[i] : "\"\"", reason);
		return -1;
	}
	return 0;
}

int
conftable_same(enum conftable_word word, const char *a, const char *b)
{
	const size_t na = strcspn(a, "="), nb = strcspn(b, "=");
	unsigned int first, second;

	if (word == CONFTABLE_SET_ENV)
		return na == nb && memcmp(a, b, na) == 0;
	if (word == CONFTABLE_LIMIT)
		return names_find(NAMES_LIMIT, a, na, &first) == 0 &&
		    names_find(NAMES_LIMIT, b, nb, &second) == 0 &&
		    first == second;
	return strcmp(a, b) == 0;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Every value is looked at when its file is read, not when its line comes
 * into use: a mistake is found by -t, and not by the one user it concerns.
 */

#include "config.h"
#include "confvalue.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "envfault.h"
#include "envrule.h"

static int
wrong(char *why, size_t size, const char *reason)
{
	(void)strlcpy(why, reason, size);
	return -1;
}

static int
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return 1;
	return 0;
}

int
confvalue_user(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	/* a '%' means something, so it must mean what we know */
	if (strcmp(value, "%p") != 0 && (strchr(value, '%') != NULL ||
	    !account_name_ok(value)))
		return wrong(why, size, "neither a user name nor %p");
	return 0;
}

int
confvalue_message(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	if (*value == '\0' || has_control(value))
		return wrong(why, size, "not a line of text");
	/* What is told to a client is told in full. */
	if (strlen(value) > CONFVALUE_MESSAGE_MAX)
		return wrong(why, size, "longer than 400 bytes");
	return 0;
}

int
confvalue_pattern(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	/* One with a comma would refuse no name that it seems to refuse. */
	if (envfault_pattern(value) != NULL)
		return wrong(why, size, "not a pattern for names");
	return 0;
}

int
confvalue_assignment(const char *value, size_t i, char *why, size_t size)
{
	const char *fault;

	(void)i;
	if (*value == '=' || strchr(value, '=') == NULL)
		return wrong(why, size, "not of the form NAME=VALUE");
	fault = envfault_assignment(value);
	return fault == NULL ? 0 : wrong(why, size, fault);
}

int
confvalue_command(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	if (*value == '\0')
		return wrong(why, size, "an empty command");
	return 0;
}

int
confvalue_flag(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return wrong(why, size, "neither yes nor no");
	return 0;
}

int
confvalue_agent(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0 &&
	    strcmp(value, "filter") != 0)
		return wrong(why, size, "neither yes nor no nor filter");
	return 0;
}

/* Of pam_systemd(8)'s, those that are for who logs in. */
int
confvalue_class(const char *value, size_t i, char *why, size_t size)
{
	static const char *const classes[] = { "user", "user-early",
	    "user-light", "user-early-light", "background",
	    "background-light" };
	size_t n;

	(void)i;
	for (n = 0; n < sizeof(classes) / sizeof(classes[0]); n++)
		if (strcmp(value, classes[n]) == 0)
			return 0;
	return wrong(why, size, "not a class of sessions");
}

int
confvalue_seconds(const char *text, unsigned int *seconds)
{
	static const char units[] = "smhdw";
	static const uint64_t scale[] = { 1, 60, 3600, 86400, 604800 };
	uint64_t sum = 0, n;
	const char *unit;

	if (*text == '\0')
		return -1;
	while (*text != '\0') {
		if (*text < '0' || *text > '9')
			return -1;
		for (n = 0; *text >= '0' && *text <= '9'; text++)
			if ((n = 10 * n + (uint64_t)(*text - '0')) >
			    INT_MAX)
				return -1;
		unit = units;
		if (*text != '\0') {
			int lower = *text++ | 0x20;

			if ((unit = strchr(units, lower)) == NULL)
				return -1;
		}
		if (n > INT_MAX / scale[unit - units])
			return -1;
		if ((sum += n * scale[unit - units]) > INT_MAX)
			return -1;
	}
	*seconds = (unsigned int)sum;
	return 0;
}

int
confvalue_delay(const char *value, size_t i, char *why, size_t size)
{
	unsigned int seconds;

	(void)i;
	if (strcmp(value, "none") != 0 &&
	    confvalue_seconds(value, &seconds) == -1)
		return wrong(why, size, "neither a time nor none");
	return 0;
}

int
confvalue_path(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	if (*value != '/' || has_control(value))
		return wrong(why, size, "not an absolute path");
	return 0;
}

int
confvalue_program(const char *value, size_t i, char *why, size_t size)
{
	return i == 0 ? confvalue_path(value, i, why, size) : 0;
}

int
confvalue_verbosity(const char *text)
{
	static const struct {
		const char *name;
		int verbosity;
	} levels[] = {
		{ "INFO", 0 }, { "VERBOSE", 1 }, { "DEBUG", 2 },
		{ "DEBUG1", 2 }, { "DEBUG2", 2 }, { "DEBUG3", 2 },
	};
	size_t n;

	for (n = 0; n < sizeof(levels) / sizeof(levels[0]); n++)
		if (strcasecmp(text, levels[n].name) == 0)
			return levels[n].verbosity;
	return -1;
}

int
confvalue_level(const char *value, size_t i, char *why, size_t size)
{
	(void)i;
	if (confvalue_verbosity(value) == -1)
		return wrong(why, size, "not INFO, VERBOSE or DEBUG");
	return 0;
}

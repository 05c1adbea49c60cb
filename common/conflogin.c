/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Two programs obey one file, so what it says is understood in one place:
 * who would be refused by the one and let in by the other has found a hole.
 */

#include "config.h"
#include "conflogin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envfilter.h"

#define PLACE_SIZE 320

const char *
conflogin_place(const struct conf_settings *settings,
    enum conftable_word word, char *buf, size_t size)
{
	const struct conf_value *value = settings->words[word].values;

	(void)snprintf(buf, size, "%.256s line %u", value->file,
	    value->line);
	return buf;
}

int
conflogin_check_user(const struct conf_settings *settings, const char *user,
    char *why, size_t size)
{
	char place[PLACE_SIZE];

	if (settings->words[CONFTABLE_LOCAL_USER].count == 0)
		return 0;
	(void)conflogin_place(settings, CONFTABLE_LOCAL_USER, place,
	    sizeof(place));
	if (settings->why_nobody[0] != '\0') {
		(void)snprintf(why, size, "%s: LocalUser: %s", place,
		    settings->why_nobody);
		return -1;
	}
	if (user == NULL || strcmp(user, settings->local_user) == 0)
		return 0;
	(void)snprintf(why, size, "%s: LocalUser is %s, not %s", place,
	    settings->local_user, user);
	return -1;
}

int
conflogin_check_deny(const struct conf_settings *settings, int placed,
    char *why, size_t size)
{
	const char *text = conf_text(settings, CONFTABLE_DENY);
	char place[PLACE_SIZE];

	if (text == NULL)
		return 0;
	if (placed)
		(void)snprintf(why, size, "%s: Deny: %s", conflogin_place(
		    settings, CONFTABLE_DENY, place, sizeof(place)), text);
	else
		(void)strlcpy(why, text, size);
	return -1;
}

const char **
conflogin_texts(const struct conf_settings *settings, enum conftable_word word)
{
	const size_t n = settings->words[word].count;
	const char **list = calloc(n + 1, sizeof(*list));
	size_t i;

	if (list == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		list[i] = settings->words[word].values[i].text;
	return list;
}

const char conflogin_not_roots[] =
    "the user runs this himself, and root has written nothing";

const char *
conflogin_unknown(const struct conf_settings *settings, size_t i, char *buf,
    size_t size)
{
	const struct conf_unknown *unknown = &settings->unknown[i];

	(void)snprintf(buf, size,
	    "%.256s line %u: Match does not match: %s: %s", unknown->file,
	    unknown->line, confmatch_name(unknown->criterion),
	    unknown->reason);
	return buf;
}

int
conflogin_verbosity(const struct conf_settings *settings, int verbosity)
{
	const char *level = conf_text(settings, CONFTABLE_LOG_LEVEL);
	const int wanted = level != NULL ? confvalue_verbosity(level) : 0;

	return wanted > verbosity ? wanted : verbosity;
}

int
conflogin_make_rules(const struct conf_settings *settings,
    struct envfilter_rules *rules)
{
	memset(rules, 0, sizeof(*rules));
	rules->of_file = 1;
	rules->accept = conflogin_texts(settings, CONFTABLE_ACCEPT_ENV);
	rules->deny = conflogin_texts(settings, CONFTABLE_UNSET_ENV);
	rules->set = conflogin_texts(settings, CONFTABLE_SET_ENV);
	if (rules->accept == NULL || rules->deny == NULL || rules->set == NULL)
		return -1;
	rules->naccept = settings->words[CONFTABLE_ACCEPT_ENV].count;
	rules->ndeny = settings->words[CONFTABLE_UNSET_ENV].count;
	rules->nset = settings->words[CONFTABLE_SET_ENV].count;
	return 0;
}

void
conflogin_free_rules(struct envfilter_rules *rules)
{
	free(rules->accept);
	free(rules->deny);
	free(rules->set);
	memset(rules, 0, sizeof(*rules));
}

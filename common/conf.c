/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What applies to whom.  The order is sshd's: what stands under a Match that
 * matches goes before what stands under none, wherever that is, and the first
 * of its kind counts.
 */

#include "config.h"
#include "conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "conflex.h"
#include "confread.h"

struct conf {
	struct confread read;
};

struct conf *
conf_read(const char *path, uid_t owner)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (conf == NULL || confread_file(&conf->read, path, owner) == 0)
		return conf;
	conf_free(conf);
	return NULL;
}

struct conf *
conf_from_text(const char *name, const char *text, size_t len)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (conf == NULL || confread_text(&conf->read, name, text, len) == 0)
		return conf;
	conf_free(conf);
	return NULL;
}

void
conf_free(struct conf *conf)
{
	int saved = errno;

	if (conf != NULL)
		confread_free(&conf->read);
	free(conf);
	errno = saved;
}

const char *
conf_error(const struct conf *conf, size_t i)
{
	return i < conf->read.nerrors ? conf->read.errors[i] : NULL;
}

/* One look at all blocks: a result for each. */
struct look {
	const struct confread *read;
	const struct confmatch_facts *facts;
	enum confmatch_result *results;
};

static int
note_unknown(struct conf_settings *settings, const struct look *look,
    const struct confread_block *block, enum confmatch_criterion criterion)
{
	struct conf_unknown *bigger;

	bigger = reallocarray(settings->unknown, settings->nunknown + 1,
	    sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	settings->unknown = bigger;
	bigger += settings->nunknown++;
	bigger->criterion = criterion;
	bigger->file = block->file;
	bigger->line = block->line;
	bigger->reason = confmatch_why_unknown(look->facts, criterion);
	return 0;
}

/*
 * Decide about every block; one that includes another stands before it.
 * What could not be decided is noted, if "settings" is not NULL.
 */
static int
look_at_blocks(const struct look *look, struct conf_settings *settings)
{
	const struct confread_block *block = look->read->blocks;
	enum confmatch_result outer, *result = look->results;
	enum confmatch_criterion missing = 0;
	size_t i;

	result[0] = CONFMATCH_YES;
	for (i = 1; i < look->read->nblocks; i++) {
		outer = result[block[i].parent];
		result[i] = CONFMATCH_NO;
		if (outer == CONFMATCH_NO)
			continue;
		result[i] = confmatch_eval(&block[i].match, look->facts,
		    &missing);
		if (result[i] == CONFMATCH_UNKNOWN && settings != NULL &&
		    note_unknown(settings, look, &block[i], missing) == -1)
			return -1;
		if (result[i] == CONFMATCH_YES)
			result[i] = outer;
	}
	return 0;
}

static int
add_value(struct conf_settings *settings, const struct confread_line *line,
    const char *text)
{
	struct conf_value *bigger;
	size_t count = settings->words[line->word].count;

	bigger = reallocarray(settings->words[line->word].values, count + 1,
	    sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	settings->words[line->word].values = bigger;
	settings->words[line->word].count++;
	bigger[count] = (struct conf_value){ text, line->file, line->line };
	return 0;
}

static int
has_value(const struct conf_settings *settings, enum conftable_word word,
    const char *text)
{
	size_t i;

	for (i = 0; i < settings->words[word].count; i++)
		if (conftable_same(word,
		    settings->words[word].values[i].text, text))
			return 1;
	return 0;
}

static int
take_line(struct conf_settings *settings, const struct confread_line *line)
{
	const int adds = (conftable_row(line->word)->flags &
	    CONFTABLE_ADDS) != 0;
	size_t i;

	if (!adds && settings->words[line->word].count > 0)
		return 0;
	for (i = 0; i < line->lex.argc; i++)
		if ((!adds || !has_value(settings, line->word,
		    line->lex.argv[i])) &&
		    add_value(settings, line, line->lex.argv[i]) == -1)
			return -1;
	return 0;
}

/* Take the lines of one word, or of all (CONFTABLE_WORDS), that apply. */
static int
take_lines(struct conf_settings *settings, const struct look *look,
    enum conftable_word word)
{
	const struct confread_line *line;
	int global;
	size_t i;

	for (global = 0; global <= 1; global++)
		for (i = 0; i < look->read->nlines; i++) {
			line = &look->read->lines[i];
			if ((line->block == 0) == global &&
			    (word == line->word || word == CONFTABLE_WORDS) &&
			    look->results[line->block] == CONFMATCH_YES &&
			    take_line(settings, line) == -1)
				return -1;
		}
	return 0;
}

/* The one principal of the one certificate; or NULL with the reason. */
static const char *
only_principal(const struct confmatch_facts *facts, char *why, size_t size)
{
	const struct sshkey_cert *cert = NULL;
	size_t i, certs = 0;

	for (i = 0; i < facts->nkeys; i++)
		if (facts->keys[i]->cert != NULL &&
		    facts->keys[i]->cert->role == SSHKEY_USER) {
			cert = facts->keys[i]->cert;
			certs++;
		} else if (facts->keys[i]->fingerprint[0] == '\0')
			certs++;	/* and nobody knows whose */
	if (facts->keys_unknown != NULL)
		(void)strlcpy(why, facts->keys_unknown, size);
	else if (certs != 1)
		(void)snprintf(why, size,
		    "there are %zu certificates, not one", certs);
	else if (cert == NULL)
		(void)strlcpy(why, "the certificate is of a type that is not "
		    "known", size);
	else if (cert->nprincipals != 1)
		(void)snprintf(why, size,
		    "the certificate has %zu principals, not one",
		    cert->nprincipals);
	else if (!account_name_ok(cert->principals[0]))
		(void)strlcpy(why, "the principal is not a user name", size);
	else
		return cert->principals[0];
	return NULL;
}

/* Who it is to be. */
static int
resolve_user(struct conf_settings *settings,
    const struct confmatch_facts *facts)
{
	const char *name = conf_text(settings, CONFTABLE_LOCAL_USER);

	if (name != NULL && strcmp(name, "%p") == 0)
		name = only_principal(facts, settings->why_nobody,
		    sizeof(settings->why_nobody));
	if (name == NULL)
		return 0;
	return (settings->local_user = strdup(name)) == NULL ? -1 : 0;
}

static int
take_confinement(struct conf_settings *settings, char *why, size_t size)
{
	const struct conftable_row *row;
	const struct conf_value *value;
	int word;
	size_t i;

	for (word = 0; word < CONFTABLE_WORDS; word++) {
		row = conftable_row((enum conftable_word)word);
		if (row->confine == CONFINE_WORDS)
			continue;
		for (i = 0; i < settings->words[word].count; i++) {
			value = &settings->words[word].values[i];
			if (!conftable_is_none((enum conftable_word)word,
			    value->text) && confine_take(&settings->confine,
			    row->confine, confine_has_value(row->confine) ?
			    value->text : NULL, why, size) == -1)
				return -1;
		}
	}
	return 0;
}

/* Two looks: first who it is to be, then what applies to him. */
static int
apply(struct conf_settings *settings, const struct look *first)
{
	struct confmatch_facts facts = *first->facts;
	struct confmatch_fact *user = &facts.fact[CONFMATCH_LOCAL_USER];
	const struct look second = { first->read, &facts, first->results };

	if (look_at_blocks(first, NULL) == -1 ||
	    take_lines(settings, first, CONFTABLE_LOCAL_USER) == -1 ||
	    resolve_user(settings, first->facts) == -1)
		return -1;
	/* He is decided, whatever was not known of him before. */
	if (user->value == NULL && settings->local_user != NULL) {
		user->value = settings->local_user;
		user->unknown = NULL;
	}
	return look_at_blocks(&second, settings) == -1 ||
	    take_lines(settings, &second, CONFTABLE_WORDS) == -1 ? -1 : 0;
}

struct conf_settings *
conf_apply(const struct conf *conf, const struct confmatch_facts *facts,
    char *why, size_t size)
{
	struct look look = { &conf->read, facts, NULL };
	struct conf_settings *settings = NULL;
	int r = -1;

	if (conf->read.nerrors > 0) {
		(void)strlcpy(why, conf->read.errors[0], size);
		return NULL;
	}
	(void)strlcpy(why, "out of memory", size);
	look.results = calloc(conf->read.nblocks, sizeof(*look.results));
	settings = calloc(1, sizeof(*settings));
	if (settings != NULL)
		confine_init(&settings->confine);
	if (look.results != NULL && settings != NULL &&
	    apply(settings, &look) == 0)
		r = take_confinement(settings, why, size);
	free(look.results);
	if (r == 0)
		return settings;
	conf_settings_free(settings);
	return NULL;
}

void
conf_settings_free(struct conf_settings *settings)
{
	int word;

	if (settings == NULL)
		return;
	for (word = 0; word < CONFTABLE_WORDS; word++)
		free(settings->words[word].values);
	free(settings->local_user);
	free(settings->unknown);
	confine_free(&settings->confine);
	free(settings);
}

const char *
conf_text(const struct conf_settings *settings, enum conftable_word word)
{
	const char *text;

	if (settings->words[word].count == 0)
		return NULL;
	text = settings->words[word].values[0].text;
	return conftable_is_none(word, text) ? NULL : text;
}

static void
print_keyword(FILE *out, enum conftable_word word)
{
	const char *name = conftable_row(word)->name;

	for (; *name != '\0'; name++)
		(void)fputc(tolower((unsigned char)*name), out);
}

static int
print_word(FILE *out, const char *text)
{
	char *quoted;

	if ((quoted = conflex_quote(text)) == NULL)
		return -1;
	(void)fprintf(out, " %s", quoted);
	free(quoted);
	return 0;
}

static int
print_setting(FILE *out, const struct conf_settings *settings,
    enum conftable_word word)
{
	const unsigned int flags = conftable_row(word)->flags;
	const struct conf_value *value = settings->words[word].values;
	size_t i, count = settings->words[word].count;

	for (i = 0; i < count; i++) {
		if (i == 0 || (flags & CONFTABLE_ADDS) != 0)
			print_keyword(out, word);
		if ((flags & CONFTABLE_REST) != 0)
			/* one '=' is the keyword's */
			(void)fprintf(out, "%s%s", *value[i].text == '=' ?
			    "=" : " ", value[i].text);
		else if (print_word(out, word == CONFTABLE_LOCAL_USER &&
		    settings->local_user != NULL ? settings->local_user :
		    value[i].text) == -1)
			return -1;
		if (i + 1 == count || (flags & CONFTABLE_ADDS) != 0)
			(void)fputc('\n', out);
	}
	return 0;
}

char *
conf_print(const struct conf_settings *settings)
{
	char *text = NULL;
	size_t len;
	int word, r = 0;
	FILE *out;

	if ((out = open_memstream(&text, &len)) == NULL)
		return NULL;
	for (word = 0; word < CONFTABLE_WORDS && r == 0; word++)
		r = print_setting(out, settings, (enum conftable_word)word);
	if (ferror(out))
		r = -1;
	if (fclose(out) != 0 || r == -1) {
		free(text);
		return NULL;
	}
	return text;
}

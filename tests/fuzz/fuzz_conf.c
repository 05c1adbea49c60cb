/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: a configuration.  If there is no mistake in it, then what applies to
 * each of some people is printed, and what was printed has no mistake and
 * prints the same.
 */

#include "config.h"
#include "conf.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Longer ones take time and show nothing else. */
#define LONGEST 16384

static char alice[] = "alice", id[] = "id";
static char *principals[] = { alice };
static struct sshkey_cert cert = { .role = SSHKEY_USER, .key_id = id,
    .principals = principals, .nprincipals = 1,
    .ca = "SHA256:CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" };
static struct sshkey key = { .known = 1, .cert = &cert,
    .fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
static struct sshkey *const keys[] = { &key };

#define WHO { \
	[CONFMATCH_CALLER] = { "root", NULL }, \
	[CONFMATCH_REMOTE_USER] = { "alice@example.org", NULL }, \
	[CONFMATCH_ADDRESS] = { "192.0.2.7", NULL }, \
	[CONFMATCH_SERVICE] = { "sftp", NULL }, \
	[CONFMATCH_TTY] = { "no", NULL }, \
}

static const struct confmatch_facts people[] = {
	{ .keys = NULL },
	{ .fact = WHO, .keys = keys, .nkeys = 1 },
	{ .fact = WHO, .keys_unknown = "nobody said it" },
};

static void
check_words(const struct conf_settings *settings)
{
	size_t i, k;
	int word;

	for (word = 0; word < CONFTABLE_WORDS; word++)
		for (i = 0; i < settings->words[word].count; i++) {
			const struct conf_value *values =
			    settings->words[word].values;

			if (values[i].line == 0 || values[i].file == NULL)
				abort();
			/* SftpServer's are words of one command */
			for (k = 0; k < i && word != CONFTABLE_SFTP_SERVER;
			    k++)
				if (conftable_same((enum conftable_word)word,
				    values[k].text, values[i].text))
					abort();
		}
	if (settings->local_user != NULL && settings->why_nobody[0] != '\0')
		abort();
}

/* What applies, printed; NULL if the text is wrong. */
static char *
print(const char *text, size_t len, const struct confmatch_facts *facts)
{
	struct conf *conf = conf_from_text("t", text, len);
	struct conf_settings *settings;
	char why[256], *out = NULL;

	if (conf == NULL)
		abort();
	settings = conf_apply(conf, facts, why, sizeof(why));
	if ((settings == NULL) != (conf_error(conf, 0) != NULL))
		abort();
	if (settings != NULL) {
		check_words(settings);
		if ((out = conf_print(settings)) == NULL)
			abort();
	}
	conf_settings_free(settings);
	conf_free(conf);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *first, *second;
	size_t i;

	if (size > LONGEST || (text = malloc(size > 0 ? size : 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	for (i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		if ((first = print(text, size, &people[i])) == NULL)
			break;
		second = print(first, strlen(first), &people[0]);
		if (second == NULL || strcmp(first, second) != 0)
			abort();
		free(first);
		free(second);
	}
	free(text);
	return 0;
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "policyvalue.h"

#include <stdint.h>
#include <string.h>

#include "agentproto.h"
#include "confvalue.h"
#include "decimal.h"

static int
is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return 1;
	return 0;
}

const char *
policyvalue_fingerprint(const char *word)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	if (strncmp(word, "SHA256:", 7) != 0 || strlen(word) != 7 + 43 ||
	    strspn(word + 7, base64) != 43)
		return "not a SHA256 fingerprint as ssh-keygen -l prints it";
	return NULL;
}

const char *
policyvalue_pattern(const char *word)
{
	const char *p;

	if (*word == '\0')
		return "an empty pattern";
	/* A newline would be a line of the policy when that is printed. */
	for (p = word; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return "a control character";
	/* What it is to ssh_config(5) it would not be here. */
	if (*word == '!')
		return "'!' has no meaning here";
	if (strchr(word, ',') != NULL)
		return "one pattern a word, without a comma";
	return NULL;
}

const char *
policyvalue_operation(const char *word)
{
	static const char *const names[] = { "list", "sign", "query", "add",
	    "remove", "remove-all", "lock", "unlock", "add-smartcard",
	    "remove-smartcard", "smartcard", NULL };

	if (strcmp(word, "session-bind") == 0 ||
	    strcmp(word, "extension:" AGENTPROTO_BIND) == 0)
		return "it always passes";
	if (strncmp(word, "extension:", 10) == 0)
		return policyvalue_pattern(word + 10);
	return is_one_of(word, names) ? NULL : "not an operation";
}

const char *
policyvalue_class(const char *word)
{
	static const char *const names[] = { "userauth", "sshsig", "other",
	    NULL };

	return is_one_of(word, names) ? NULL :
	    "neither userauth nor sshsig nor other";
}

const char *
policyvalue_rate(const char *word, struct policyrules_rate *rate)
{
	const char *slash = strchr(word, '/');
	uint64_t count;

	if (slash == NULL || decimal_read(word, (size_t)(slash - word),
	    POLICYRULES_RATE_MAX, &count) == -1 || count == 0 ||
	    confvalue_seconds(slash + 1, &rate->seconds) == -1 ||
	    rate->seconds == 0)
		return "not a number up to 1000, '/', and a time";
	rate->count = (unsigned int)count;
	return NULL;
}

const char *
policyvalue_number(const char *word, unsigned long *number)
{
	uint64_t value;

	if (decimal_read(word, strlen(word), 1000000000, &value) == -1 ||
	    value == 0)
		return "not a number from 1 to 1000000000";
	*number = (unsigned long)value;
	return NULL;
}

/* Two digits, at most that.  Returns -1 if they are none. */
static int
two(const char *digits, int most)
{
	const int n = 10 * (digits[0] - '0') + digits[1] - '0';

	return n <= most ? n : -1;
}

/* So many digits, and none that mktime(3) would have to put right. */
static const char *
read_date(const char *digits, size_t count, int utc, time_t *value)
{
	struct tm tm = { .tm_isdst = -1 }, asked;

	tm.tm_year = 100 * two(digits, 99) + two(digits + 2, 99) - 1900;
	tm.tm_mon = two(digits + 4, 12) - 1;
	tm.tm_mday = two(digits + 6, 31);
	if (count >= 12) {
		tm.tm_hour = two(digits + 8, 23);
		tm.tm_min = two(digits + 10, 59);
	}
	if (count == 14)
		tm.tm_sec = two(digits + 12, 59);
	if (tm.tm_mon < 0 || tm.tm_mday < 1 || tm.tm_hour < 0 ||
	    tm.tm_min < 0 || tm.tm_sec < 0 || tm.tm_year < 70)
		return "no such date";
	asked = tm;
	*value = utc ? timegm(&tm) : mktime(&tm);
	if (*value == -1 || tm.tm_mday != asked.tm_mday)
		return "no such date";
	return NULL;
}

const char *
policyvalue_time(const char *word, time_t now, time_t *value)
{
	const size_t digits = strspn(word, "0123456789");
	const int utc = strcmp(word + digits, "Z") == 0;
	unsigned int seconds;

	if ((word[digits] == '\0' || utc) &&
	    (digits == 8 || digits == 12 || digits == 14))
		return read_date(word, digits, utc, value);
	if (confvalue_seconds(word + (*word == '+'), &seconds) == -1)
		return "neither a time nor YYYYMMDD[HHMM[SS]][Z]";
	*value = now + (time_t)seconds;
	return NULL;
}

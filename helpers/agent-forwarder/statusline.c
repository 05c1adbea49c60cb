/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "statusline.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "recordfile.h"

static uint64_t
number(const struct recordfile *rec, const char *name)
{
	uint64_t value;

	return recordfile_number(rec, name, UINT64_MAX, &value) == 0 ?
	    value : 0;
}

static const char *
text(const struct recordfile *rec, const char *name)
{
	const char *value = recordfile_get(rec, name);

	return value != NULL ? value : "-";
}

/* In UTC, as RFC 3339 has it. */
static const char *
when(uint64_t at, char buf[32])
{
	const time_t t = (time_t)at;
	struct tm tm;

	if (at == 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return "-";
	return buf;
}

static int
is_printable(unsigned char c)
{
	return c >= ' ' && c < 0x7f;
}

/* No byte of it does anything to a terminal. */
static void
print_visible(const char *value)
{
	const unsigned char *c = (const unsigned char *)value;

	for (; *c != '\0'; c++)
		if (is_printable(*c) && *c != '\\')
			(void)putchar(*c);
		else
			(void)printf("\\%03o", *c);
}

/* Bytes that are no ASCII stand as the characters of their numbers. */
static void
print_string(const char *name, const char *value)
{
	const unsigned char *c = (const unsigned char *)value;

	(void)printf("\"%s\":\"", name);
	for (; *c != '\0'; c++)
		if (is_printable(*c) && *c != '"' && *c != '\\')
			(void)putchar(*c);
		else
			(void)printf("\\u%04x", *c);
	(void)putchar('"');
}

static void
print_number(const struct recordfile *rec, const char *name, const char *key)
{
	(void)printf(",\"%s\":%llu", name,
	    (unsigned long long)number(rec, key));
}

static void
print_flag(const struct recordfile *rec, const char *name, const char *key)
{
	(void)printf(",\"%s\":%s", name,
	    number(rec, key) != 0 ? "true" : "false");
}

static void
print_time(const struct recordfile *rec)
{
	const uint64_t at = number(rec, "SINCE");
	char buf[32];

	if (at == 0)
		(void)fputs(",\"since\":null", stdout);
	else
		(void)printf(",\"since\":\"%s\"", when(at, buf));
}

/* What a server of an older version does not tell is null. */
static void
print_terms(const struct recordfile *rec)
{
	static const char *const names[][2] = {
		{ "timeout", "TIMEOUT" }, { "list_timeout", "LIST_TIMEOUT" },
		{ "sign_timeout", "SIGN_TIMEOUT" },
		{ "max_connections", "MAX_CONNECTIONS" },
	};
	const char *file = recordfile_get(rec, "AUDIT_FILE");
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (recordfile_get(rec, names[i][1]) != NULL)
			print_number(rec, names[i][0], names[i][1]);
		else
			(void)printf(",\"%s\":null", names[i][0]);
	(void)putchar(',');
	if (file != NULL && *file != '\0')
		print_string("audit_file", file);
	else
		(void)fputs("\"audit_file\":null", stdout);
}

static void
server_object(const struct recordfile *rec, const char *path, const char *name)
{
	(void)putchar('{');
	print_string("name", name);
	(void)putchar(',');
	print_string("path", path);
	(void)putchar(',');
	print_string("version", text(rec, "VERSION"));
	print_number(rec, "pid", "PID");
	print_time(rec);
	print_number(rec, "connections", "CONNECTIONS");
	print_number(rec, "turned_away", "TURNED_AWAY");
	print_terms(rec);
	(void)fputs(",\"logins\":[", stdout);
}

void
statusline_server(const struct recordfile *rec, const char *dir,
    const char *name, int json)
{
	const char *file = recordfile_get(rec, "AUDIT_FILE");
	char path[4096], since[32];

	(void)snprintf(path, sizeof(path), "%s/%s.sock", dir, name);
	if (json) {
		server_object(rec, path, name);
		return;
	}
	(void)printf("%s  ", name);
	print_visible(path);
	(void)printf("\n  pid %llu, version ",
	    (unsigned long long)number(rec, "PID"));
	print_visible(text(rec, "VERSION"));
	(void)printf(", since %s, logins %llu, connections %llu, "
	    "turned away %llu\n", when(number(rec, "SINCE"), since),
	    (unsigned long long)number(rec, "LOGINS"),
	    (unsigned long long)number(rec, "CONNECTIONS"),
	    (unsigned long long)number(rec, "TURNED_AWAY"));
	if (file == NULL || *file == '\0')
		return;
	(void)fputs("  records in ", stdout);
	print_visible(file);
	(void)putchar('\n');
}

static void
login_object(const struct recordfile *rec, int first)
{
	(void)fputs(first ? "\n  {" : ",\n  {", stdout);
	print_string("who", text(rec, "WHO"));
	print_flag(rec, "certain", "CERTAIN");
	print_number(rec, "pid", "PID");
	print_time(rec);
	(void)putchar(',');
	print_string("upstream", text(rec, "UPSTREAM"));
	print_flag(rec, "hanging", "HANGING");
	print_flag(rec, "shared", "SHARED");
	print_flag(rec, "exclusive", "EXCLUSIVE");
	print_number(rec, "connections", "CONNECTIONS");
	print_number(rec, "served", "SERVED");
	print_number(rec, "passed", "PASSED");
	print_number(rec, "refused", "REFUSED");
	print_number(rec, "signatures", "SIGNATURES");
	(void)putchar('}');
}

void
statusline_login(const struct recordfile *rec, int first, int json)
{
	char since[32];

	if (json) {
		login_object(rec, first);
		return;
	}
	(void)printf("  login %llu, ", (unsigned long long)number(rec, "PID"));
	print_visible(text(rec, "WHO"));
	(void)printf("%s, since %s%s%s%s\n    ",
	    number(rec, "CERTAIN") != 0 ? "" : " (as it says)",
	    when(number(rec, "SINCE"), since),
	    number(rec, "SHARED") != 0 ? ", shared" : "",
	    number(rec, "EXCLUSIVE") != 0 ? ", exclusive" : "",
	    number(rec, "HANGING") != 0 ? ", does not answer" : "");
	print_visible(text(rec, "UPSTREAM"));
	(void)printf(": connections %llu, served %llu, passed %llu, "
	    "refused %llu, signatures %llu\n",
	    (unsigned long long)number(rec, "CONNECTIONS"),
	    (unsigned long long)number(rec, "SERVED"),
	    (unsigned long long)number(rec, "PASSED"),
	    (unsigned long long)number(rec, "REFUSED"),
	    (unsigned long long)number(rec, "SIGNATURES"));
}

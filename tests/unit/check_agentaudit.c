/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The lines that agent-forwarder leaves of what was asked, and the file that
 * they are written to.
 */

#include "config.h"
#include "audit.h"

#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditline.h"
#include "caller.h"
#include "deed.h"
#include "den.h"
#include "run.h"
#include "syslogline.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct deed deed;
static struct caller caller;
static char why[256], text[AUDITLINE_SIZE];

/* In place of the machine's log. */
static int log_is_there, log_reads;
static unsigned int logged;

int
syslogline_open(void)
{
	if (log_is_there)
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	errno = ENOENT;
	return -1;
}

int
syslogline_send(int *fd, int priority, const char *program,
    const char *written)
{
	(void)priority;
	ck_assert_str_eq(program, "agent-forwarder");
	ck_assert_ptr_null(strchr(written, '\n'));
	if (*fd == -1 && (*fd = syslogline_open()) == -1)
		return -1;
	if (!log_reads) {
		errno = EAGAIN;
		return -1;
	}
	logged++;
	return 0;
}

static void
setup(void)
{
	log_is_there = log_reads = 1;
	den_make();
	deed_clear(&deed);
	deed.type = 13;
	deed.operation = "sign";
	memset(&caller, 0, sizeof(caller));
	caller.peer.pid = 7;
	caller.peer.uid = 1001;
	caller.peer.pidfd = -1;
}

static struct auditline
line(void)
{
	const struct auditline line = {
		.when = { 86400, 7000000 }, .deed = &deed, .caller = &caller,
		.lease = "pid 1", .verdict = "allowed", .result = "success",
		.ms = 12,
	};

	return line;
}

/* Would have caught a field with another name in one of the two. */
START_TEST(both_kinds)
{
	const struct auditline l = line();

	(void)strlcpy(deed.key, "SHA256:x", sizeof(deed.key));
	deed.class = DEED_USERAUTH;
	deed.forwarded = DEED_FORWARDED;
	(void)strlcpy(deed.user, "bob", sizeof(deed.user));
	ck_assert_str_eq(auditline_text(&l, text), "verdict=allowed "
	    "result=success op=sign key=SHA256:x class=userauth user=bob "
	    "forwarded=forwarded pid=7 uid=1001 agent=\"pid 1\" ms=12");
	ck_assert_str_eq(auditline_json(&l, text),
	    "{\"time\":\"1970-01-02T00:00:00.007Z\",\"verdict\":\"allowed\","
	    "\"result\":\"success\",\"op\":\"sign\",\"key\":\"SHA256:x\","
	    "\"class\":\"userauth\",\"user\":\"bob\","
	    "\"forwarded\":\"forwarded\",\"pid\":7,\"uid\":1001,"
	    "\"agent\":\"pid 1\",\"ms\":12}\n");
}
END_TEST

/* Would have caught a user's name that looks like fields of its own. */
START_TEST(names_that_pretend)
{
	const struct auditline l = line();

	(void)strlcpy(deed.user, "a\" verdict=refused \\012\",\"pid\":1",
	    sizeof(deed.user));
	deed.class = DEED_USERAUTH;
	ck_assert_ptr_nonnull(strstr(auditline_json(&l, text),
	    "\"user\":\"a\\\" verdict=refused \\\\012\\\",\\\"pid\\\":1\","));
	ck_assert_ptr_null(strstr(auditline_text(&l, text), "user=a\""));
	ck_assert_ptr_null(strchr(text, '\n'));
	ck_assert_int_eq(strncmp(text, "verdict=allowed ", 16), 0);
	/* The name is one quoted value: what follows it is still there. */
	ck_assert_ptr_nonnull(strstr(text, " pid=7 uid=1001 "));
}
END_TEST

/* Would have caught a buffer that the longest record does not fit into. */
START_TEST(the_longest)
{
	const struct auditline l = line();
	size_t len;

	memset(deed.user, '"', sizeof(deed.user) - 1);
	memset(deed.namespace, '\\', sizeof(deed.namespace) - 1);
	memset(deed.service, '"', sizeof(deed.service) - 1);
	memset(deed.extension, '"', sizeof(deed.extension) - 1);
	memset(deed.key, 'k', sizeof(deed.key) - 1);
	memset(deed.ca, 'c', sizeof(deed.ca) - 1);
	memset(deed.host, 'h', sizeof(deed.host) - 1);
	memset(caller.exe, '"', sizeof(caller.exe) - 1);
	deed.class = DEED_USERAUTH;
	len = strlen(auditline_json(&l, text));
	ck_assert_uint_lt(len, sizeof(text));
	ck_assert_str_eq(text + len - strlen("\"ms\":12}\n"),
	    "\"ms\":12}\n");
	ck_assert_ptr_nonnull(strstr(auditline_text(&l, text), " ms=12"));
}
END_TEST

static const struct {
	enum den_kind kind;
	mode_t mode;
	int ok;
} files[] = {
	{ DEN_NOTHING, 0, 1 }, { DEN_FILE, 0600, 1 }, { DEN_FILE, 0640, 0 },
	{ DEN_FILE, 0602, 0 }, { DEN_DIRECTORY, 0700, 0 }, { DEN_LINK, 0, 0 },
	{ DEN_FIFO, 0600, 0 }, { DEN_SOCKET, 0600, 0 },
};

/* Would have caught records that go where somebody else put them. */
START_TEST(where_it_writes)
{
	const struct audit_facts facts = {
		.signatures = 1, .file = den_path("file"), .exename = -1,
	};
	struct audit *audit;

	den_plant(DEN_FILE, "target", 0600);
	if (files[_i].kind != DEN_NOTHING)
		den_plant(files[_i].kind, "file", files[_i].mode);
	audit = audit_open(&facts, why, sizeof(why));
	ck_assert_int_eq(audit != NULL, files[_i].ok);
	if (audit == NULL) {
		ck_assert_ptr_nonnull(strstr(why, "file: "));
		return;
	}
	ck_assert_int_eq(audit_deed(audit, &deed, &caller, "", "allowed",
	    "success", 1), 0);
	audit_close(audit);
	ck_assert_uint_eq(den_mode("file"), 0600);
}
END_TEST

static const struct {
	const char *operation, *verdict;
	int audit, recorded;
} deeds[] = {
	{ "sign", "allowed", 1, 1 }, { "sign", "allowed", 0, 0 },
	{ "add", "allowed", 1, 1 }, { "remove-all", "allowed", 1, 1 },
	{ "list", "allowed", 1, 0 }, { "query", "allowed", 1, 0 },
	{ "session-bind", "allowed", 1, 0 }, { "sign", "refused", 0, 1 },
	{ "list", "refused", 1, 1 }, { "unknown", "refused", 1, 1 },
};

/* Would have caught a signature without a record, and one of each list. */
START_TEST(what_is_recorded)
{
	const struct audit_facts facts = {
		.signatures = deeds[_i].audit, .file = den_path("file"),
		.exename = -1,
	};
	struct audit *audit = audit_open(&facts, why, sizeof(why));
	struct stat st;

	ck_assert_ptr_nonnull(audit);
	deed.operation = deeds[_i].operation;
	(void)audit_deed(audit, &deed, &caller, "", deeds[_i].verdict, "", 1);
	audit_close(audit);
	ck_assert_int_eq(stat(den_path("file"), &st), 0);
	ck_assert_int_eq(st.st_size > 0, deeds[_i].recorded);
}
END_TEST

/*
 * agent 43: would have caught a signature that goes down without its record,
 * and one that is held back where nobody asked for that.
 */
START_TEST(a_record_that_is_lost)
{
	struct audit_facts facts = {
		.signatures = 1, .required = _i, .exename = -1,
	};
	struct audit *audit = audit_open(&facts, why, sizeof(why));

	ck_assert_ptr_nonnull(audit);
	log_reads = 0;
	ck_assert_int_eq(audit_deed(audit, &deed, &caller, "", "allowed",
	    "success", 1), -_i);
	log_reads = 1;
	ck_assert_int_eq(audit_deed(audit, &deed, &caller, "", "allowed",
	    "success", 1), 0);
	ck_assert_uint_eq(logged, 1);
	audit_close(audit);
	/* A log that is not there is known before anything is served. */
	log_is_there = 0;
	audit = audit_open(&facts, why, sizeof(why));
	ck_assert_int_eq(audit == NULL, _i);
	audit_close(audit);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("agentaudit");
	TCase *tc = tcase_create("agentaudit");

	tcase_add_checked_fixture(tc, setup, den_remove);
	tcase_add_test(tc, both_kinds);
	tcase_add_test(tc, names_that_pretend);
	tcase_add_test(tc, the_longest);
	tcase_add_loop_test(tc, where_it_writes, 0, NROWS(files));
	tcase_add_loop_test(tc, what_is_recorded, 0, NROWS(deeds));
	tcase_add_loop_test(tc, a_record_that_is_lost, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

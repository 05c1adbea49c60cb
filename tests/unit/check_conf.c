/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Whole configurations: what applies to whom, and that what is printed says
 * the same.
 */

#include "config.h"
#include "conf.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define FPR_A "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static char alice[] = "alice", root[] = "root", odd[] = "-froot";
static char id[] = "id";
static char *principals[] = { alice, root }, *odd_principals[] = { odd };
static struct sshkey_cert cert = { .role = SSHKEY_USER, .key_id = id,
    .principals = principals };
static struct sshkey key = { .known = 1, .fingerprint = FPR_A,
    .cert = &cert };
static struct sshkey plain = { .known = 1, .fingerprint = FPR_A };
static struct sshkey newer = { .fingerprint = "" };

/* Who asks, in most of the tests: nothing is unknown, there is no key. */
static const struct confmatch_facts gateway = { .fact = {
	[CONFMATCH_CALLER] = { "gateway", NULL },
	[CONFMATCH_ADDRESS] = { "192.0.2.7", NULL },
	[CONFMATCH_SERVICE] = { "exec", NULL },
	[CONFMATCH_TTY] = { "no", NULL },
} };

static struct conf *
read_text(const char *text)
{
	struct conf *conf = conf_from_text("t", text, strlen(text));

	ck_assert_ptr_nonnull(conf);
	return conf;
}

static struct conf_settings *
apply(const struct conf *conf, const struct confmatch_facts *facts)
{
	struct conf_settings *settings;
	char why[256];

	settings = conf_apply(conf, facts, why, sizeof(why));
	ck_assert_msg(settings != NULL, "%s", why);
	return settings;
}

/*
 * What applies, printed; and read back, to whomever it may concern, it must
 * give the same text.
 */
static char *
printed(const struct conf *conf, const struct confmatch_facts *facts)
{
	static const struct confmatch_facts nobody;
	struct conf_settings *settings = apply(conf, facts);
	char *text = conf_print(settings), *again;
	struct conf *back;

	ck_assert_ptr_nonnull(text);
	conf_settings_free(settings);
	back = read_text(text);
	ck_assert_msg(conf_error(back, 0) == NULL, "%s", conf_error(back, 0));
	settings = apply(back, &nobody);
	again = conf_print(settings);
	ck_assert_ptr_nonnull(again);
	ck_assert_str_eq(again, text);
	free(again);
	conf_settings_free(settings);
	conf_free(back);
	return text;
}

static const struct {
	const char *text;
	const char *printed;
} rows[] = {
	{ "", "" },
	{ "# nothing\n\n \n", "" },
	{ "Umask 022", "umask 022\n" },
	{ "UMASK=022\r\n", "umask 022\n" },
	/* the first one counts ... */
	{ "Umask 022\nUmask 077\n", "umask 022\n" },
	/* ... of those under a Match, before those under none: sshd's order */
	{ "Umask 022\nMatch all\nUmask 077\n", "umask 077\n" },
	{ "Umask 022\nMatch Caller x\nUmask 077\n", "umask 022\n" },
	{ "Match Caller x\nUmask 1\nMatch Caller gateway\nUmask 2\n"
	    "Match all\nUmask 3\n", "umask 2\n" },
	{ "Match all\nUmask none\nMatch all\nUmask 3\n", "umask none\n" },
	/* these add up, each thing once */
	{ "AcceptEnv A B\nAcceptEnv B C\nMatch all\nAcceptEnv D\n",
	    "acceptenv D\nacceptenv A\nacceptenv B\nacceptenv C\n" },
	{ "UnsetEnv A\nUnsetEnv B A\n", "unsetenv A\nunsetenv B\n" },
	{ "SetEnv A=1 B=2\nSetEnv A=3 C=4\nMatch all\nSetEnv B=5\n",
	    "setenv B=5\nsetenv A=1\nsetenv C=4\n" },
	{ "Limit nofile=1 core=2\nMatch all\nLimit NOFILE=3\n",
	    "limit NOFILE=3\nlimit core=2\n" },
	{ "LandlockReadOnly /a\nLandlockReadWrite /b\nLandlockReadOnly /c\n",
	    "landlockreadonly /a\nlandlockreadonly /c\n"
	    "landlockreadwrite /b\n" },
	/* words and the rest of a line */
	{ "SftpServer /s -l 'a b'\nSftpServer /t\n",
	    "sftpserver /s -l \"a b\"\n" },
	{ "Deny 'it\"s \\\\'\n", "deny \"it\\\"s \\\\\"\n" },
	{ "Deny \"# not\"\n", "deny \"# not\"\n" },
	{ "ForceCommand  echo 'a  b' # \"c\"  \n",
	    "forcecommand echo 'a  b' # \"c\"\n" },
	{ "ForceCommand = = x\n", "forcecommand== x\n" },
	{ "ForceCommand none\n", "forcecommand none\n" },
	{ "SetEnv \"A=b c\" B=\n", "setenv \"A=b c\"\nsetenv B=\n" },
	/* the order is the table's */
	{ "LogLevel debug\nUmask 1\nDeny x\nLocalUser alice\n",
	    "localuser alice\ndeny x\numask 1\nloglevel debug\n" },
	/* who it is to be is decided first, and wherever it stands */
	{ "Match LocalUser bob\nUmask 1\nMatch all\nLocalUser bob\n",
	    "localuser bob\numask 1\n" },
	{ "Match LocalUser alice\nUmask 1\nMatch all\nLocalUser bob\n",
	    "localuser bob\n" },
	{ "Match LocalUser *\nUmask 1\n", "" },
	{ "Match Caller gateway Address 192.0.2.0/24\nLocalUser a\n"
	    "Match Caller gateway\nLocalUser b\n", "localuser a\n" },
};

/* Would have caught another order, a line lost, and quotes that are. */
START_TEST(what_applies)
{
	struct conf *conf = read_text(rows[_i].text);
	char *text;

	text = printed(conf, &gateway);
	ck_assert_str_eq(text, rows[_i].printed);
	free(text);
	conf_free(conf);
}
END_TEST

/* Every setting has the line that decided it, and is what confines. */
START_TEST(where_it_is_from)
{
	struct conf *conf = read_text("Umask 022\nMatch all\n"
	    "NoNewPrivileges yes\nLimit nofile=7\n\nUmask 077\n"
	    "MountProc no\nChroot none\nHangupDelay none\nSetEnv A=1\n"
	    "LandlockReadWrite /tmp\n");
	struct conf_settings *s = apply(conf, &gateway);
	const struct conf_value *value;

	value = s->words[CONFTABLE_UMASK].values;
	ck_assert_uint_eq(s->words[CONFTABLE_UMASK].count, 1);
	ck_assert_str_eq(value->text, "077");
	ck_assert_str_eq(value->file, "t");
	ck_assert_uint_eq(value->line, 6);
	ck_assert_str_eq(conf_text(s, CONFTABLE_UMASK), "077");
	ck_assert_uint_eq(s->words[CONFTABLE_SET_ENV].values[0].line, 10);
	/* "none" decides, and is nothing */
	ck_assert_uint_eq(s->words[CONFTABLE_CHROOT].count, 1);
	ck_assert_ptr_null(conf_text(s, CONFTABLE_CHROOT));
	ck_assert_ptr_null(conf_text(s, CONFTABLE_HANGUP_DELAY));
	ck_assert_ptr_null(conf_text(s, CONFTABLE_MOUNT_PROC));
	ck_assert_str_eq(conf_text(s, CONFTABLE_NO_NEW_PRIVILEGES), "yes");
	ck_assert_ptr_null(conf_text(s, CONFTABLE_DENY));
	ck_assert_int_eq(s->confine.has_umask, 1);
	ck_assert_uint_eq(s->confine.umask, 077);
	ck_assert_int_eq(s->confine.no_new_privs, 1);
	ck_assert_int_eq(s->confine.mount_proc, 0);
	ck_assert_ptr_null(s->confine.chroot);
	ck_assert_uint_eq(s->confine.nlimits, 1);
	ck_assert_uint_eq(s->confine.limits[0].soft, 7);
	ck_assert_uint_eq(s->confine.npaths, 1);
	ck_assert_str_eq(s->confine.paths[0].path, "/tmp");
	conf_settings_free(s);
	conf_free(conf);
}
END_TEST

/* Would have caught a certificate that makes anybody of whom it names first. */
START_TEST(I1_the_principal)
{
	static const char text[] = "LocalUser %p\n"
	    "Match LocalUser alice\nUmask 1\n";
	static const struct {
		size_t count;
		const char *why;
	} cases[] = {
		{ 0, "the certificate has 0 principals, not one" },
		{ 1, NULL },
		{ 2, "the certificate has 2 principals, not one" },
	};
	struct sshkey *keys[] = { &key, &plain };
	struct confmatch_facts facts = gateway;
	struct conf *conf = read_text(text);
	struct conf_settings *s;
	char *out;

	facts.keys = keys;
	facts.nkeys = 2;
	cert.nprincipals = cases[_i].count;
	s = apply(conf, &facts);
	if (cases[_i].why != NULL) {
		ck_assert_ptr_null(s->local_user);
		ck_assert_str_eq(s->why_nobody, cases[_i].why);
		ck_assert_ptr_null(conf_text(s, CONFTABLE_UMASK));
	} else {
		ck_assert_str_eq(s->local_user, "alice");
		ck_assert_str_eq(s->why_nobody, "");
		ck_assert_str_eq(conf_text(s, CONFTABLE_UMASK), "1");
	}
	conf_settings_free(s);
	out = printed(conf, &facts);
	ck_assert_str_eq(out, cases[_i].why != NULL ? "localuser %p\n" :
	    "localuser alice\numask 1\n");
	free(out);
	conf_free(conf);
}
END_TEST

static void
nobody(const struct confmatch_facts *facts, const char *why)
{
	struct conf *conf = read_text("LocalUser %p\n");
	struct conf_settings *s = apply(conf, facts);

	ck_assert_ptr_null(s->local_user);
	ck_assert_str_eq(s->why_nobody, why);
	conf_settings_free(s);
	conf_free(conf);
}

/* The same for a principal of nobody's, of two, and that nobody vouches for. */
START_TEST(I1_no_principal)
{
	struct sshkey *keys[] = { &key, &key };
	struct confmatch_facts facts = gateway;

	nobody(&facts, "there are 0 certificates, not one");
	facts.keys = keys;
	facts.nkeys = 2;
	nobody(&facts, "there are 2 certificates, not one");
	/* one of a type that nobody here knows is one all the same */
	cert.nprincipals = 1;
	keys[1] = &newer;
	nobody(&facts, "there are 2 certificates, not one");
	keys[0] = &plain;
	nobody(&facts, "the certificate is of a type that is not known");
	keys[0] = &key;
	facts.nkeys = 1;
	cert.nprincipals = 1;
	cert.principals = odd_principals;
	nobody(&facts, "the principal is not a user name");
	cert.principals = principals;
	cert.role = SSHKEY_HOST;
	nobody(&facts, "there are 0 certificates, not one");
	cert.role = SSHKEY_USER;
	facts.keys_unknown = "the file is not root's";
	nobody(&facts, "the file is not root's");
}
END_TEST

/* A user who is given is the one whom Match asks for. */
START_TEST(a_user_who_is_given)
{
	struct conf *conf = read_text("LocalUser bob\nMatch LocalUser bob\n"
	    "Umask 1\nMatch LocalUser alice\nUmask 2\n");
	struct confmatch_facts facts = gateway;
	struct conf_settings *s;

	facts.fact[CONFMATCH_LOCAL_USER].value = "alice";
	s = apply(conf, &facts);
	ck_assert_str_eq(s->local_user, "bob");
	ck_assert_str_eq(conf_text(s, CONFTABLE_UMASK), "2");
	conf_settings_free(s);
	conf_free(conf);
}
END_TEST

/*
 * Would have caught a rule that is left out in silence, or told of where
 * something else had decided already.
 */
START_TEST(I1_what_is_unknown_is_told)
{
	struct conf *conf = read_text("Umask 1\nMatch Key *\nUmask 2\n"
	    "Match Caller other Key *\nUmask 3\n"
	    "Match Caller gateway Principal a\nLocalUser a\n"
	    "Match LocalUser *\nUmask 4\n");
	struct confmatch_facts facts = gateway;
	struct conf_settings *s;

	facts.keys_unknown = "the file is not root's";
	s = apply(conf, &facts);
	ck_assert_str_eq(conf_text(s, CONFTABLE_UMASK), "1");
	ck_assert_ptr_null(s->local_user);
	ck_assert_uint_eq(s->nunknown, 2);
	ck_assert_int_eq(s->unknown[0].criterion, CONFMATCH_KEY);
	ck_assert_str_eq(s->unknown[0].file, "t");
	ck_assert_uint_eq(s->unknown[0].line, 2);
	ck_assert_str_eq(s->unknown[0].reason, "the file is not root's");
	ck_assert_int_eq(s->unknown[1].criterion, CONFMATCH_PRINCIPAL);
	ck_assert_uint_eq(s->unknown[1].line, 6);
	conf_settings_free(s);
	conf_free(conf);
}
END_TEST

/* Where the mode of the sources does not matter, as a text. */
static struct conf *
read_example(void)
{
	static const char include[] = "\tInclude conf.d/*.conf\n";
	const char *top = getenv("TOP_SRCDIR");
	char path[4096], text[16384], *last;
	size_t len;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "%s/contrib/incubator.conf",
	    top != NULL ? top : ".");
	ck_assert_ptr_nonnull(fp = fopen(path, "r"));
	len = fread(text, 1, sizeof(text) - 1, fp);
	ck_assert_int_eq(fclose(fp), 0);
	text[len] = '\0';
	/* a text includes nothing; it stands at the end */
	ck_assert_ptr_nonnull(last = strstr(text, include));
	ck_assert_str_eq(last, include);
	*last = '\0';
	return read_text(text);
}

/* A setting of the example, by its line's beginning. */
static void
example_has(const struct conf *conf, const struct confmatch_facts *facts,
    const char *line)
{
	char *text = printed(conf, facts);

	ck_assert_msg(strstr(text, line) != NULL, "no %s in %s", line, text);
	free(text);
}

/*
 * Would have caught an example that nobody can use, or that lets root in: the
 * first Deny counts, so the order of its blocks matters.
 */
START_TEST(the_example)
{
	static const char deploy[] =
	    "SHA256:n4bQgYhMfWWaLqgxVrQFaO9TxsrC4Is0V1sFbDwCgg0";
	static const char authority[] =
	    "SHA256:iQ7vM3XWzRzJm7uFCHeVrkz2Q4mVbYp0sWgN8tKxUoE";
	static char dev[] = "dev", ftp[] = "ftp-x";
	struct sshkey *keys[] = { &plain };
	struct confmatch_facts facts = gateway;
	char *dev_principals[] = { dev }, *ftp_principals[] = { ftp };
	struct conf *conf;

	conf = read_example();
	ck_assert_msg(conf_error(conf, 0) == NULL, "%s", conf_error(conf, 0));
	example_has(conf, &facts, "deny \"this account is for people");
	facts.fact[CONFMATCH_CALLER].value = "root";
	facts.keys = keys;
	facts.nkeys = 1;
	(void)strlcpy(plain.fingerprint, deploy, sizeof(plain.fingerprint));
	example_has(conf, &facts, "localuser deploy\ndeny none\n");
	example_has(conf, &facts, "forcecommand exec /usr/local/bin/deploy\n");
	keys[0] = &key;
	cert.nprincipals = 1;
	(void)strlcpy(cert.ca, authority, sizeof(cert.ca));
	example_has(conf, &facts, "localuser alice\ndeny none\n");
	cert.principals = dev_principals;
	facts.fact[CONFMATCH_REMOTE_USER].value = "bob@example.org";
	example_has(conf, &facts, "setenv \"GIT_SSH_COMMAND=/usr/bin/ssh -i");
	example_has(conf, &facts, "setenv GIT_AUTHOR_EMAIL=bob@example.org");
	/* files only: not just where the client asks for them */
	cert.principals = ftp_principals;
	example_has(conf, &facts, "forcecommand internal-sftp\n");
	example_has(conf, &facts, "landlockreadwrite /srv/ftp\n");
	cert.principals = principals + 1;
	example_has(conf, &facts,
	    "localuser root\ndeny \"not an account to log in to\"\n");
	conf_free(conf);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conf");
	TCase *tc = tcase_create("conf");

	tcase_add_loop_test(tc, what_applies, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, where_it_is_from);
	tcase_add_loop_test(tc, I1_the_principal, 0, 3);
	tcase_add_test(tc, I1_no_principal);
	tcase_add_test(tc, a_user_who_is_given);
	tcase_add_test(tc, I1_what_is_unknown_is_told);
	tcase_add_test(tc, the_example);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

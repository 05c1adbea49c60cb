/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I5: what the filter says of each name that sudo(8), shadow's
 * login(1) or our own lists know, the order of its rules, and its bounds.
 */

#include "config.h"
#include "envfilter.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "envfault.h"
#include "environ.h"
#include "envrule.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static struct envrule_facts facts;
static struct envfilter_rules rules;
static struct envfilter *filter;
static const char *accepted[2], *denied[2], *unset[2], *assigned[4];

static void
setup(void)
{
	facts = (struct envrule_facts){
		.uid = getuid(), .tty = 1, .own = 1, .user = "alice",
		.tty_name = "/dev/pts/5",
	};
	memset(&rules, 0, sizeof(rules));
	rules.accept = accepted;
	rules.deny = denied;
	rules.unset = unset;
	rules.set = assigned;
}

static void
teardown(void)
{
	envfilter_free(filter);
	filter = NULL;
}

/* An envp has no const strings, for reasons of history only. */
static void
apply(const char *const *envp)
{
	envfilter_free(filter);
	filter = envfilter_apply(&rules, &facts,
	    (char *const *)(uintptr_t)envp);
	ck_assert_ptr_nonnull(filter);
}

static void
accept_only(const char *pattern)
{
	accepted[0] = pattern;
	rules.naccept = pattern != NULL;
}

/* All that passed as one string, "A=1 B=2 ". */
static void
expect(const char *want)
{
	char *const *envp = environ_envp(envfilter_environ(filter));
	char got[1024] = "";

	for (; *envp != NULL; envp++) {
		(void)strlcat(got, *envp, sizeof(got));
		(void)strlcat(got, " ", sizeof(got));
	}
	ck_assert_str_eq(got, want);
}

/* The one verdict's rule as a letter; a capital where the variable passes. */
static char
letter(void)
{
	static const struct {
		const char *rule;
		char letter;
	} letters[] = {
		{ "floor", 'f' }, { "--unset", 'u' }, { "--deny", 'd' },
		{ "session", 's' }, { "value", 'v' }, { "--accept", 'a' },
		{ "refused unless named", 'n' }, { "default", 'l' },
		{ "nothing accepts it", '-' }, { "--set", 'e' },
	};
	const struct envfilter_verdict *verdict = envfilter_at(filter, 0);
	int i;

	ck_assert_ptr_nonnull(verdict);
	ck_assert_ptr_null(envfilter_at(filter, 1));
	for (i = 0; i < NROWS(letters); i++)
		if (strcmp(verdict->rule, letters[i].rule) == 0)
			return (char)(verdict->passes ?
			    letters[i].letter - 'a' + 'A' : letters[i].letter);
	ck_abort_msg("no rule is called \"%s\"", verdict->rule);
}

/*
 * What is said of a variable with nothing accepted, with "--accept *", and
 * with its own name accepted.
 */
static const struct {
	const char *name;
	const char *value;
	const char *said;
} names[] = {
	/* sudo's list of what is deleted */
	{ "IFS", "/", "fff" },
	{ "CDPATH", "/tmp", "nnA" },
	{ "LOCALDOMAIN", "evil.example", "nnA" },
	{ "RES_OPTIONS", "debug", "nnA" },
	{ "HOSTALIASES", "/tmp/x", "nnA" },
	{ "NLSPATH", "/tmp/%N", "fff" },
	{ "PATH_LOCALE", "/tmp", "fff" },
	{ "LD_PRELOAD", "/tmp/x.so", "fff" },	/* CVE-2015-8325 */
	{ "LD_LIBRARY_PATH", "/tmp", "fff" },
	{ "LD_AUDIT", "/tmp/x.so", "fff" },
	{ "_RLD_LIST", "/tmp/x.so", "fff" },
	{ "_RLDN32_LIST", "/tmp/x.so", "fff" },
	{ "SHLIB_PATH", "/tmp", "fff" },
	{ "LDR_PRELOAD", "/tmp/x.so", "fff" },
	{ "LIBPATH", "/tmp", "fff" },
	{ "AUTHSTATE", "x", "nnA" },
	{ "DYLD_INSERT_LIBRARIES", "/tmp/x", "fff" },
	{ "KRB5_CONFIG", "/tmp/x", "nnA" },
	{ "KRB5_KTNAME", "/tmp/x", "nnA" },
	{ "VAR_ACE", "/tmp", "nnA" },
	{ "USR_ACE", "/tmp", "nnA" },
	{ "DLC_ACE", "/tmp", "nnA" },
	{ "TERMINFO", "/tmp", "nnA" },
	{ "TERMINFO_DIRS", "/tmp", "nnA" },
	{ "TERMPATH", "/tmp", "nnA" },
	{ "TERMCAP", "/tmp/x", "nnA" },
	{ "ENV", "/tmp/x", "fff" },
	{ "BASH_ENV", "/tmp/x", "fff" },
	{ "PS4", "$(id)", "fff" },
	{ "GLOBIGNORE", "*", "nnA" },
	{ "BASHOPTS", "extdebug", "fff" },
	{ "SHELLOPTS", "xtrace", "fff" },
	{ "JAVA_TOOL_OPTIONS", "-agentpath:/tmp/x", "nnA" },
	{ "PERLIO_DEBUG", "/tmp/x", "nnA" },
	{ "PERLLIB", "/tmp", "nnA" },
	{ "PERL5LIB", "/tmp", "nnA" },
	{ "PERL5OPT", "-Mx", "nnA" },
	{ "PERL5DB", "BEGIN{}", "nnA" },
	{ "FPATH", "/tmp", "fff" },
	{ "NULLCMD", "id", "fff" },
	{ "READNULLCMD", "id", "fff" },
	{ "ZDOTDIR", "/tmp", "fff" },
	{ "TMPPREFIX", "/tmp/x", "nnA" },
	{ "PYTHONHOME", "/tmp", "nnA" },
	{ "PYTHONPATH", "/tmp", "nnA" },
	{ "PYTHONINSPECT", "1", "nnA" },
	{ "PYTHONUSERBASE", "/tmp", "nnA" },
	{ "RUBYLIB", "/tmp", "nnA" },
	{ "RUBYOPT", "-rx", "nnA" },
	{ "ANYTHING", "() { :;}; id", "fff" },	/* CVE-2014-6271 */
	/* sudo's list of what is checked */
	{ "COLORTERM", "truecolor", "-AA" },
	{ "COLORTERM", "../x", "vvv" },
	{ "LANG", "de_DE.UTF-8", "LAA" },
	{ "LANG", "../../tmp/x", "vvv" },
	{ "LANG", "%n", "vvv" },
	{ "LANG", "", "LAA" },
	{ "LANGUAGE", "de:en", "-AA" },
	{ "LANGUAGE", "/tmp/x", "vvv" },
	{ "LINGUAS", "de", "-AA" },
	{ "LINGUAS", "de/x", "vvv" },
	{ "LC_ALL", "C", "LAA" },
	{ "LC_ALL", "a/b", "vvv" },
	{ "LC_MY_NAME", "J\303\266rg Doe", "LAA" },
	{ "LC_MY_NAME", "two\nlines", "vvv" },
	{ "TERM", "xterm-256color", "LAA" },
	{ "TERM", "/tmp/x", "vvv" },
	{ "TERM", "", "vvv" },
	{ "TZ", "Europe/Berlin", "SSS" },
	{ "TZ", "", "SSS" },
	{ "TZ", "<+03>-3", "SSS" },
	{ "TZ", ":America/New_York", "SSS" },
	{ "TZ", "/usr/share/zoneinfo/UTC", "SSS" },
	{ "TZ", ":/usr/share/zoneinfo/UTC", "SSS" },
	{ "TZ", "/etc/shadow", "sss" },
	{ "TZ", ":/etc/shadow", "sss" },
	{ "TZ", "/usr/share/zoneinfo/../../../etc/shadow", "sss" },
	{ "TZ", "..", "sss" },
	{ "TZ", "a/..", "sss" },
	{ "TZ", "a..b", "SSS" },
	{ "TZ", "UTC ", "sss" },
	/* sudo's list of what is kept */
	{ "COLORS", "x", "-AA" },
	{ "DISPLAY", "localhost:10.0", "SSS" },
	{ "HOSTNAME", "x", "-AA" },
	{ "KRB5CCNAME", "FILE:/tmp/krb5cc_1", "SSS" },
	{ "LS_COLORS", "di=1", "-AA" },
	{ "PATH", "/usr/bin:/bin", "SSS" },
	{ "PATH", "bin:/bin", "sss" },
	{ "PATH", "", "sss" },
	{ "PATH", "/home/J\303\266rg/my bin:/bin", "SSS" },
	{ "PS1", "$(id)", "nnA" },
	{ "PS2", "$(id)", "nnA" },
	{ "XAUTHORITY", "/home/alice/.Xauthority", "-AA" },
	{ "XDG_CURRENT_DESKTOP", "x", "-AA" },
	/* shadow's, as far as sudo has them not */
	{ "HOME", "/home/alice", "SSS" },
	{ "HOME", "alice", "sss" },
	{ "KRB_CONF", "/tmp/x", "nnA" },
	{ "MAIL", "/var/mail/alice", "SSS" },
	{ "MAIL", "alice", "sss" },
	{ "SHELL", "/bin/sh", "SSS" },
	{ "SHELL", "sh", "sss" },
	/* what glibc takes from a setuid program besides */
	{ "GCONV_PATH", "/tmp", "fff" },
	{ "GETCONF_DIR", "/tmp", "fff" },
	{ "GLIBC_TUNABLES", "glibc.malloc.check=1", "fff" },
	{ "LOCPATH", "/tmp", "fff" },
	{ "MALLOC_TRACE", "/tmp/x", "nnA" },
	{ "MALLOC_ARENA_MAX", "2", "nnA" },
	{ "NIS_PATH", "x", "nnA" },
	{ "RESOLV_HOST_CONF", "/etc/shadow", "nnA" },
	{ "TMPDIR", "/tmp", "nnA" },
	{ "TZDIR", "/tmp", "nnA" },
	/* shells and what runs in them */
	{ "BASH_FUNC_ls%%", "() { id; }", "fff" },
	{ "BASH_FUNC_ls", "x", "fff" },
	{ "PROMPT_COMMAND", "id", "fff" },
	{ "PS0", "$(id)", "nnA" },
	{ "BASH_LOADABLES_PATH", "/tmp", "nnA" },
	{ "MAILPATH", "/tmp/x?$(id)", "nnA" },
	{ "INPUTRC", "/tmp/x", "nnA" },		/* CVE-2022-0563 */
	{ "PAGER", "id", "nnA" },
	{ "MANPAGER", "id", "nnA" },
	{ "LESS", "+!id", "nnA" },
	{ "LESSOPEN", "|id", "nnA" },
	{ "LESSCLOSE", "id", "nnA" },
	{ "EDITOR", "id", "nnA" },
	{ "VISUAL", "id", "nnA" },
	{ "BROWSER", "id", "nnA" },
	{ "TAR_OPTIONS", "--checkpoint-action=exec=id", "nnA" },
	{ "MAKEFLAGS", "-f/tmp/x", "nnA" },
	{ "SUDO_ASKPASS", "/tmp/x", "nnA" },
	{ "SUDO_UID", "0", "nnA" },
	{ "DOAS_USER", "root", "nnA" },
	{ "XDG_CONFIG_HOME", "/tmp", "nnA" },
	{ "XDG_DATA_DIRS", "/tmp", "nnA" },
	/* git: what runs something, and what does not */
	{ "GIT_SSH", "id", "nnA" },
	{ "GIT_SSH_COMMAND", "id", "nnA" },
	{ "GIT_EXTERNAL_DIFF", "id", "nnA" },
	{ "GIT_PAGER", "id", "nnA" },
	{ "GIT_EDITOR", "id", "nnA" },
	{ "GIT_SEQUENCE_EDITOR", "id", "nnA" },
	{ "GIT_PROXY_COMMAND", "id", "nnA" },
	{ "GIT_ASKPASS", "id", "nnA" },
	{ "GIT_CONFIG", "/tmp/x", "nnA" },
	{ "GIT_CONFIG_KEY_0", "core.pager", "nnA" },
	{ "GIT_EXEC_PATH", "/tmp", "nnA" },
	{ "GIT_TEMPLATE_DIR", "/tmp", "nnA" },
	{ "GIT_DIR", "/tmp/x", "nnA" },
	{ "GIT_AUTHOR_EMAIL", "alice@example.org", "-AA" },
	{ "GIT_PROTOCOL", "version=2", "-AA" },
	/* interpreters and libraries */
	{ "NODE_OPTIONS", "--require=/tmp/x", "nnA" },
	{ "PYTHONSTARTUP", "/tmp/x", "nnA" },
	{ "PYTHONWARNINGS", "all:0:x", "nnA" },
	{ "PYTHONUNBUFFERED", "1", "-AA" },
	{ "_JAVA_OPTIONS", "-agentpath:/tmp/x", "nnA" },
	{ "LUA_INIT", "@/tmp/x", "nnA" },
	{ "LUA_INIT_5_4", "@/tmp/x", "nnA" },
	{ "GOTRACEBACK", "crash", "nnA" },
	{ "OPENSSL_CONF", "/tmp/x", "nnA" },
	{ "SSLKEYLOGFILE", "/tmp/x", "nnA" },
	{ "GTK_MODULES", "x", "nnA" },
	/* the service manager, and pam_systemd (CVE-2019-3842) */
	{ "SYSTEMD_PAGER", "id", "nnA" },
	{ "LISTEN_FDS", "1", "nnA" },
	{ "LISTEN_FDNAMES", "x", "nnA" },
	{ "LISTEN_PID", "1", "nnA" },
	{ "LISTEN_ADDRESS", "::", "-AA" },
	{ "NOTIFY_SOCKET", "/tmp/x", "nnA" },
	{ "XDG_SEAT", "seat0", "SSS" },
	{ "XDG_SEAT", "seat0 x", "sss" },
	{ "XDG_SESSION_ID", "c1", "SSS" },
	{ "XDG_RUNTIME_DIR", "/nonexistent", "sss" },
	{ "DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1/bus", "SSS" },
	{ "DBUS_SESSION_BUS_ADDRESS", "unixexec:path=/tmp/x", "sss" },
	{ "DBUS_SESSION_BUS_ADDRESS", "unix:path=/x;unixexec:path=/tmp/x",
	    "sss" },
	{ "DBUS_SESSION_BUS_ADDRESS", "unix:path=/x;unix:path=/y", "SSS" },
	{ "DBUS_SESSION_BUS_ADDRESS", "autolaunch:", "sss" },
	{ "DBUS_SESSION_BUS_ADDRESS", "", "sss" },
	/* sshd's own: I6, CVE-2026-24061 */
	{ "USER", "alice", "SSS" },
	{ "USER", "-f root", "sss" },
	{ "LOGNAME", "alice", "SSS" },
	{ "LOGNAME", "root", "sss" },
	{ "SSH_CLIENT", "192.0.2.1 40000 22", "SSS" },
	{ "SSH_CLIENT", "x", "sss" },
	{ "SSH_CONNECTION", "192.0.2.1 40000 192.0.2.2 22", "SSS" },
	{ "SSH_CONNECTION", "192.0.2.1", "sss" },
	{ "SSH_TTY", "/dev/pts/5", "SSS" },
	{ "SSH_TTY", "/dev/pts/9", "sss" },
	{ "SSH_ORIGINAL_COMMAND", "id", "sss" },
	{ "SSH_AUTH_SOCK", "/nonexistent", "sss" },
	{ "SSH_USER_AUTH", "/nonexistent", "sss" },
	{ "SSH_ASKPASS", "/tmp/x", "nnA" },
	{ "SSH_ASKPASS_REQUIRE", "force", "nnA" },
	{ "SSH_SK_PROVIDER", "/tmp/x.so", "nnA" },
	{ "SSH_SOMETHING", "x", "-AA" },
	/* names: CVE-2014-2532 for what follows the first '=' */
	{ "LC_A", "/x LD_PRELOAD=y", "vvv" },
	{ "X_A", "LD_PRELOAD=y", "-AA" },
	{ "A-B", "x", "fff" },
	{ "1A", "x", "fff" },
	{ "A\033[m", "x", "fff" },
	{ "\303\204", "x", "fff" },
	{ "X_HIGH", "\001\177\200\377", "-AA" },
	/* CVE-2011-3148, CVE-2011-3149: nothing is expanded */
	{ "X_EXPANDED", "${HOME}@{HOME}$HOME", "-AA" },
};

/*
 * Would have caught a row that was lost or moved, a wildcard that lets a name
 * of the middle tier in, and a session name whose value nobody looks at.
 */
START_TEST(I5_names)
{
	const char *name = names[_i].name, *value = names[_i].value, *fault;
	const char *const patterns[] = { NULL, "*", name };
	char assignment[256], said[4] = "", want[260];
	const char *const envp[] = { assignment, NULL };
	int i;

	(void)snprintf(assignment, sizeof(assignment), "%s=%s", name, value);
	(void)snprintf(want, sizeof(want), "%s ", assignment);
	for (i = 0; i < 3; i++) {
		accept_only(patterns[i]);
		apply(envp);
		said[i] = letter();
		expect(envfilter_at(filter, 0)->passes ? want : "");
	}
	ck_assert_msg(strcmp(said, names[_i].said) == 0, "%s: %s, not %s",
	    assignment, said, names[_i].said);
	/* What the administrator sets is subject to the floor only. */
	fault = envfault_assignment(assignment);
	ck_assert_msg((fault != NULL) == (said[0] == 'f'), "--set %s: %s",
	    assignment, fault != NULL ? fault : "taken");
}
END_TEST

/* Would have caught a name in two forms that are one: only "*" is special. */
START_TEST(I5_only_the_whole_name_names)
{
	static const char *const wild[] = { "*", "PAGE?", "PAGER*", "?AGER",
	    "P*R" };
	const char *const envp[] = { "PAGER=x", NULL };
	int i;

	for (i = 0; i < NROWS(wild); i++) {
		accept_only(wild[i]);
		apply(envp);
		ck_assert_int_eq(letter(), 'n');
	}
	/* one that names it, beside one that does not, in either order */
	accepted[0] = "*";
	accepted[1] = "PAGER";
	rules.naccept = 2;
	apply(envp);
	ck_assert_int_eq(letter(), 'A');
	accepted[0] = "PAGER";
	accepted[1] = "*";
	apply(envp);
	ck_assert_int_eq(letter(), 'A');
}
END_TEST

/* Each rule stands before the next: would have caught two that changed. */
START_TEST(I5_order_of_the_rules)
{
	const char *const env[][2] = { { "LD_X=1", NULL },
	    { "HOME=/home/alice", NULL }, { "LANG=a/b", NULL },
	    { "LANG=C", NULL }, { "FOO=1", NULL } };
	const char *const order[] = {
		"ffff", "Suud", "vuud", "Auud", "Auud"
	};
	const char *const patterns[] = { "LD_X", "HOME", "LANG", "LANG",
	    "FOO" };
	int i;

	for (i = 0; i < NROWS(env); i++) {
		/* accepted; and unset; and denied; denied, but not unset */
		accept_only(patterns[i]);
		rules.nunset = rules.ndeny = 0;
		unset[0] = denied[0] = patterns[i];
		apply(env[i]);
		ck_assert_int_eq(letter(), order[i][0]);
		rules.nunset = 1;
		apply(env[i]);
		ck_assert_int_eq(letter(), order[i][1]);
		rules.ndeny = 1;
		apply(env[i]);
		ck_assert_int_eq(letter(), order[i][2]);
		rules.nunset = 0;
		apply(env[i]);
		ck_assert_int_eq(letter(), order[i][3]);
	}
	rules.ndeny = 0;
	/* the defaults come last, and can be taken away */
	accept_only(NULL);
	apply(env[3]);
	ck_assert_int_eq(letter(), 'L');
	rules.no_defaults = 1;
	apply(env[3]);
	ck_assert_int_eq(letter(), '-');
	apply(env[2]);
	ck_assert_int_eq(letter(), 'v');
	apply(env[1]);
	ck_assert_int_eq(letter(), 'S');
}
END_TEST

/* Would have caught a deny that denies what it does not name, or a comma. */
START_TEST(I5_deny_and_unset)
{
	const char *const envp[] = { "X_A=1", "X_B=2", "Y=3", NULL };

	accept_only("*");
	denied[0] = "X_?";
	rules.ndeny = 1;
	apply(envp);
	expect("Y=3 ");
	denied[0] = "X_";
	apply(envp);
	expect("X_A=1 X_B=2 Y=3 ");
	rules.ndeny = 0;
	unset[0] = "X_B";
	unset[1] = "Y";
	rules.nunset = 2;
	apply(envp);
	expect("X_A=1 ");
}
END_TEST

/*
 * As sshd's SetEnv: of each name the first.  Would have caught a variable
 * that is there twice, one that moves, and a refusal that stays refused.
 */
START_TEST(set)
{
	const char *const envp[] = { "LANG=C", "PAGER=evil", "LC_X=1", NULL };

	assigned[0] = "LANG=de";
	assigned[1] = "LANG=fr";
	assigned[2] = "GIT_SSH_COMMAND=ssh -i key";
	assigned[3] = "PAGER=";
	rules.nset = 4;
	unset[0] = denied[0] = "LANG";
	rules.nunset = rules.ndeny = 1;
	apply(envp);
	expect("LC_X=1 LANG=de GIT_SSH_COMMAND=ssh -i key PAGER= ");
	rules.nunset = rules.ndeny = 0;
	apply(envp);
	expect("LANG=de LC_X=1 GIT_SSH_COMMAND=ssh -i key PAGER= ");
	ck_assert_str_eq(envfilter_at(filter, 0)->name, "LANG");
	ck_assert_str_eq(envfilter_at(filter, 0)->rule, "--set");
	ck_assert_str_eq(envfilter_at(filter, 1)->name, "PAGER");
	ck_assert_int_eq(envfilter_at(filter, 1)->passes, 1);
	ck_assert_str_eq(envfilter_at(filter, 3)->name, "GIT_SSH_COMMAND");
	ck_assert_ptr_null(envfilter_at(filter, 4));
}
END_TEST

/*
 * sshd's child_set_env(): a later entry overwrites the earlier in its place.
 * Would have caught a check of one and a use of the other.
 */
START_TEST(I5_of_duplicates_the_last_counts)
{
	const char *const envp[] = { "LANG=C", "LC_A=1", "LANG=a/b", "LC_B=1",
	    "LC_A=2", "LC_B=a/b", "LC_B=3", "LC_B", NULL };

	apply(envp);
	expect("LC_A=2 LC_B=3 ");
	ck_assert_str_eq(envfilter_at(filter, 0)->name, "LANG");
	ck_assert_str_eq(envfilter_at(filter, 0)->rule, "value");
	/* what has no '=' is not the variable of that name */
	ck_assert_str_eq(envfilter_at(filter, 3)->name, "LC_B");
	ck_assert_int_eq(envfilter_at(filter, 3)->passes, 0);
	ck_assert_ptr_null(envfilter_at(filter, 4));
}
END_TEST

/* Would have caught a crash or a passage where there is no name or no '='. */
START_TEST(I5_malformed)
{
	const char *const envp[] = { "", "=", "=x", "NOEQUALS", "LD_PRELOAD",
	    "==", NULL };
	size_t i;

	accept_only("*");
	apply(envp);
	expect("");
	for (i = 0; i < 4; i++)
		ck_assert_str_eq(envfilter_at(filter, i)->rule, "floor");
	accept_only(NULL);
	apply(&envp[6]);
	expect("");
	ck_assert_ptr_null(envfilter_at(filter, 0));
}
END_TEST

static const struct {
	const char *assignment;
	const char *pattern;
	const char *line;
} lines[] = {
	{ "LD_PRELOAD=x", NULL, "floor LD_*: ld.so loads code by it" },
	{ "A-B=x", NULL, "floor: not a name of [A-Za-z_][A-Za-z0-9_]*" },
	{ "A=() {", NULL,
	    "floor: bash may take it for a function (CVE-2014-6271)" },
	{ "A", NULL, "floor: there is no '='" },
	{ "TZ=UTC", NULL, "session TZ: time zone, by name" },
	{ "USER=bob", NULL,
	    "session USER: not the user's name, as passwd has it" },
	{ "LANG=a/b", NULL,
	    "value LANG: with '/', '%' or control characters" },
	{ "GIT_PAGER=id", "GIT_*",
	    "refused unless named GIT_PAGER: git runs it" },
	{ "GIT_A=1", "GIT_*", "--accept GIT_*" },
	{ "LC_A=1", NULL, "default LC_*: locale" },
	{ "FOO=1", "BAR", "nothing accepts it" },
	{ "UNSET=1", "*", "--unset" },
	{ "DENIED=1", "*", "--deny DEN*" },
	{ "SET=1", NULL, "--set" },
};

/*
 * Each variable remembers which rule decided.  Would have caught a rule that
 * is not named, a pattern that is not the one that matched, and a value.
 */
START_TEST(describe)
{
	const char *const envp[] = { lines[_i].assignment, NULL };
	char buf[256];

	accept_only(lines[_i].pattern);
	unset[0] = "UNSET";
	denied[0] = "DEN*";
	assigned[0] = "SET=2";
	rules.nunset = rules.ndeny = 1;
	rules.nset = strncmp(lines[_i].assignment, "SET=", 4) == 0;
	apply(envp);
	ck_assert_str_eq(envfilter_describe(envfilter_at(filter, 0), buf,
	    sizeof(buf)), lines[_i].line);
	/* cut, and not overrun */
	ck_assert_uint_eq(strlen(envfilter_describe(envfilter_at(filter, 0),
	    buf, 5)), 4);
}
END_TEST

/* Would have caught the command that was asked for, handed on as a hint. */
START_TEST(I6_hints)
{
	const char *const envp[] = { "SSH_ORIGINAL_COMMAND=id", NULL };
	const char *const tty[] = { "SSH_TTY=/dev/pts/5", NULL };

	facts.passes_on = 1;
	apply(envp);
	ck_assert_int_eq(letter(), 'S');
	facts.tty_name = NULL;
	apply(tty);
	ck_assert_int_eq(letter(), 's');
}
END_TEST

/*
 * sshd passes 1000 variables by 129 patterns; a value of the engine's has no
 * bound.  Would have caught a table of fixed size.
 */
START_TEST(sshd_sizes)
{
	enum { VARIABLES = 1000, PATTERNS = 128, MEGABYTE = 1024 * 1024 };
	static char names_of[VARIABLES][48], patterns_of[PATTERNS][32];
	static const char *envp[VARIABLES + 2], *list[PATTERNS];
	char *big = malloc(MEGABYTE + 7);
	char *const *out;
	size_t i;

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', MEGABYTE + 6);
	big[MEGABYTE + 6] = '\0';
	memcpy(big, "N_BIG=", 6);
	for (i = 0; i < VARIABLES; i++) {
		(void)snprintf(names_of[i], sizeof(names_of[i]), "N%zu_V=%zu",
		    i, i);
		envp[i] = names_of[i];
	}
	envp[VARIABLES] = big;
	for (i = 0; i < PATTERNS; i++) {
		(void)snprintf(patterns_of[i], sizeof(patterns_of[i]),
		    i + 1 < PATTERNS ? "M%zu*" : "N*_*", i);
		list[i] = patterns_of[i];
	}
	rules.accept = list;
	rules.naccept = PATTERNS;
	apply(envp);
	out = environ_envp(envfilter_environ(filter));
	for (i = 0; i <= VARIABLES; i++)
		ck_assert_str_eq(out[i], envp[i]);
	ck_assert_ptr_null(out[i]);
	ck_assert_str_eq(envfilter_at(filter, VARIABLES)->pattern, "N*_*");
	free(big);
}
END_TEST

/*
 * Would have caught a search that walks past all the names before: 2 * 10^10
 * comparisons, where the time limit has room for a hundredth of it.
 */
START_TEST(many_variables_in_bounded_time)
{
	enum { VARIABLES = 400000 };
	char *text = malloc(VARIABLES * 16);
	const char **envp = calloc(VARIABLES + 1, sizeof(*envp));
	size_t i;

	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(envp);
	for (i = 0; i < VARIABLES; i++) {
		(void)snprintf(text + 16 * i, 16, "LC_%zu=1", i);
		envp[i] = text + 16 * i;
	}
	apply(envp);
	ck_assert_str_eq(environ_envp(envfilter_environ(filter))[
	    VARIABLES - 1], "LC_399999=1");
	free(envp);
	free(text);
}
END_TEST

/* Would have caught a deny list with a comma, which would deny nothing. */
START_TEST(faults)
{
	static const char *const good[] = { "*", "?", "LC_*", "A", "_1",
	    "?1*" };
	static const char *const bad[] = { "", "A,B", "!A", "A=", "A B", "A-",
	    "1*", "[A]", "\\*", "\303\244", "A\n" };
	int i;

	for (i = 0; i < NROWS(good); i++)
		ck_assert_ptr_null(envfault_pattern(good[i]));
	for (i = 0; i < NROWS(bad); i++)
		ck_assert_msg(envfault_pattern(bad[i]) != NULL,
		    "\"%s\"", bad[i]);
	ck_assert_ptr_null(envfault_name("GIT_DIR"));
	ck_assert_ptr_nonnull(envfault_name("GIT_*"));
	ck_assert_ptr_nonnull(envfault_name(""));
	ck_assert_ptr_nonnull(envfault_name("A=B"));
	ck_assert_ptr_null(envfault_assignment("A="));
	ck_assert_ptr_null(envfault_assignment("PAGER=less -R"));
	ck_assert_ptr_nonnull(envfault_assignment("A"));
	ck_assert_ptr_nonnull(envfault_assignment("=A"));
	ck_assert_ptr_nonnull(envfault_assignment("LD_PRELOAD="));
	ck_assert_ptr_nonnull(envfault_assignment("A=() {"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("envfilter");
	TCase *tc = tcase_create("envfilter");

	tcase_add_checked_fixture(tc, setup, teardown);
	/* What grows with the square takes longer, on any machine. */
	tcase_set_timeout(tc, 240);
	tcase_add_loop_test(tc, I5_names, 0, NROWS(names));
	tcase_add_test(tc, I5_only_the_whole_name_names);
	tcase_add_test(tc, I5_order_of_the_rules);
	tcase_add_test(tc, I5_deny_and_unset);
	tcase_add_test(tc, set);
	tcase_add_test(tc, I5_of_duplicates_the_last_counts);
	tcase_add_test(tc, I5_malformed);
	tcase_add_loop_test(tc, describe, 0, NROWS(lines));
	tcase_add_test(tc, I6_hints);
	tcase_add_test(tc, sshd_sizes);
	tcase_add_test(tc, many_variables_in_bounded_time);
	tcase_add_test(tc, faults);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The environment of a session's command. */

#include "config.h"
#include "sessionenv.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "create.h"
#include "run.h"

static char *base[] = {
	(char[]){ "HOME=/h" }, (char[]){ "TERM=xterm" },
	(char[]){ "SSH_ORIGINAL_COMMAND=ls" }, (char[]){ "SSH_TTY=/dev/pts/1" },
	(char[]){ "SSH_AUTH_SOCK=/agent" }, (char[]){ "PTY_BROKER=other" },
	(char[]){ "TERMINFO=/t" }, (char[]){ "TERM=second" },
	(char[]){ "SSH_TTYX=1" }, NULL,
};

static int
is_in(char *const *envp, const char *entry)
{
	for (; *envp != NULL; envp++)
		if (*envp == entry)
			return 1;
	return 0;
}

/* All of it in a row, in order, ";" behind each. */
static const char *
made(char *const *envp, const struct create_facts *facts, const char *tty)
{
	static char text[1024];
	char **env = sessionenv_make(envp, facts, tty);
	size_t i;

	ck_assert_ptr_nonnull(env);
	text[0] = '\0';
	for (i = 0; env[i] != NULL; i++) {
		(void)strlcat(text, env[i], sizeof(text));
		(void)strlcat(text, ";", sizeof(text));
		/* The rest was made for it. */
		if (!is_in(envp, env[i]))
			free(env[i]);
	}
	free(env);
	return text;
}

/*
 * Would have caught what is of one connection only, or two entries of one
 * name, of which a shell takes the one and its children the other.
 */
START_TEST(replaced)
{
	const struct create_facts facts = {
		.name = "work", .agent = "/run/work.agent", .term = "vt100",
	};

	ck_assert_str_eq(made(base, &facts, "/dev/pts/9"),
	    "HOME=/h;TERMINFO=/t;SSH_TTYX=1;SSH_TTY=/dev/pts/9;"
	    "SSH_AUTH_SOCK=/run/work.agent;TERM=vt100;PTY_BROKER=work;");
}
END_TEST

/* Would have caught a variable that becomes empty, or is made up. */
START_TEST(kept)
{
	const struct create_facts facts = { .name = "work" };

	ck_assert_str_eq(made(base, &facts, "/dev/pts/9"),
	    "HOME=/h;TERM=xterm;SSH_AUTH_SOCK=/agent;TERMINFO=/t;TERM=second;"
	    "SSH_TTYX=1;SSH_TTY=/dev/pts/9;PTY_BROKER=work;");
	/* by hand: no SSH_TTY before, and none after */
	ck_assert_str_eq(made(base + 8, &facts, "/dev/pts/9"),
	    "SSH_TTYX=1;PTY_BROKER=work;");
	ck_assert_str_eq(made(base + 9, &facts, "/dev/pts/9"),
	    "PTY_BROKER=work;");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sessionenv");
	TCase *tc = tcase_create("sessionenv");

	tcase_add_test(tc, replaced);
	tcase_add_test(tc, kept);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}

/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What --explain prints is what runs, because it is the same environment and
 * the same plan, made by the same functions, and only not carried out.
 */

#include "config.h"
#include "explain.h"

#include <errno.h>
#include <json.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBBSD_OPENBSD_VIS
#include <vis.h>

#include "account.h"
#include "audit.h"
#include "command.h"
#include "environ.h"
#include "exitcode.h"
#include "launch.h"
#include "log.h"
#include "login_session.h"
#include "plan.h"
#include "request.h"
#include "session.h"

#define FROM_PAM "from PAM at login"

/* A new string that is safe to print, or NULL with errno. */
static char *
visible(const char *text)
{
	char *safe = reallocarray(NULL, strlen(text) + 1, 4);

	if (safe != NULL)
		(void)strvis(safe, text, VIS_NL | VIS_TAB | VIS_OCTAL);
	return safe;
}

static const char *
shape_words(const struct session_facts *facts)
{
	if (facts->command->is_login)
		return "root: handed over to login(1)";
	if (facts->req->shape == REQUEST_ROOT)
		return "root: keeps the PAM session and waits";
	return launch_in_place(facts) ? "own account: becomes the command" :
	    "own account: waits for a child";
}

static const char *
terminal_words(const struct request *req)
{
	switch (req->terminal) {
	case REQUEST_KEEP_TERMINAL:
		return *req->tty != '\0' ? req->tty : "without a name";
	case REQUEST_NEW_TERMINAL:
		return "new, relayed";
	case REQUEST_NO_TERMINAL:
		break;
	}
	return "none";
}

/* PAM has a word in it: shape B, unless login(1) asks it. */
static int
asks_pam(const struct session_facts *facts)
{
	return facts->req->shape == REQUEST_ROOT &&
	    !facts->command->is_login;
}

/*
 * The groups that the session will have: in shape A those that the process
 * has, whatever group(5) says of the account.
 */
struct groups {
	gid_t gid;
	gid_t *list;
	size_t count;
};

/* groups->list is to be freed.  Returns 0, or -1 with errno. */
static int
find_groups(struct groups *groups, const struct request *req)
{
	const struct account *t = req->target;
	int n = (int)t->ngroups;

	if (req->shape == REQUEST_OWN && (n = getgroups(0, NULL)) == -1)
		return -1;
	groups->list = calloc((size_t)n + 1, sizeof(*groups->list));
	if (groups->list == NULL)
		return -1;
	groups->gid = t->gid;
	groups->count = (size_t)n;
	if (req->shape != REQUEST_OWN) {
		memcpy(groups->list, t->groups,
		    t->ngroups * sizeof(*groups->list));
		return 0;
	}
	groups->gid = getgid();
	return getgroups(n, groups->list) == -1 ? -1 : 0;
}

/* What there is to print. */
struct material {
	struct launch launch;
	struct groups groups;
};

static void
dispose(struct material *material)
{
	launch_free(&material->launch);
	free(material->groups.list);
}

static int
prepare(struct material *material, const struct session_facts *facts)
{
	const int fresh = facts->req->terminal == REQUEST_NEW_TERMINAL;
	const struct launch_facts launch_facts = {
		.session = facts,
		.tty = fresh ? "new-terminal" : facts->req->tty,
		.new_tty = PLAN_NEW_TERMINAL,
		.pam_pending = asks_pam(facts),
	};

	memset(material, 0, sizeof(*material));
	if (asks_pam(facts) &&
	    !login_session_service_exists(SESSION_PAM_SERVICE)) {
		log_warnx("PAM service: there is no /etc/pam.d/%s",
		    SESSION_PAM_SERVICE);
		return -1;
	}
	if (find_groups(&material->groups, facts->req) == -1) {
		audit_failed(facts->req, "groups");
		return -1;
	}
	return launch_prepare(&material->launch, &launch_facts);
}

static void
print_visible(const char *before, const char *text)
{
	char *safe = visible(text);

	(void)printf("%s%s", before, safe != NULL ? safe : "?");
	free(safe);
}

static void
print_account(const struct session_facts *facts, const struct groups *groups)
{
	const struct account *t = facts->req->target;
	size_t i;

	(void)printf("account\t%s\tuid=%u\tgid=%u", t->name,
	    (unsigned int)t->uid, (unsigned int)groups->gid);
	print_visible("\thome=", t->home);
	print_visible("\tshell=", facts->req->shell);
	(void)printf("\ngroups\t");
	for (i = 0; i < groups->count; i++)
		(void)printf("%s%u", i > 0 ? "," : "",
		    (unsigned int)groups->list[i]);
	(void)printf("%s\n", asks_pam(facts) ? "\tmore " FROM_PAM : "");
}

static void
print_env(const struct session_facts *facts, const struct environ *env)
{
	const char *name, *from;
	size_t i;

	for (i = 0; (name = environ_at(env, i, &from)) != NULL; i++)
		(void)printf("env\t%s\t%s\n", name, from);
	if (asks_pam(facts))
		(void)printf("env\t*\t" FROM_PAM "\n");
}

/* All of a step's arguments, to be freed, or NULL. */
static char *
describe(const struct plan_step *step)
{
	size_t size = plan_describe_size(step);
	char *args = malloc(size);

	if (args != NULL)
		(void)plan_describe(step, args, size);
	return args;
}

static void
print_plan(const struct plan *plan)
{
	const struct plan_step *step;
	char *args;
	size_t i;

	for (i = 0; (step = plan_at(plan, i)) != NULL; i++) {
		(void)printf("step\t%zu\t%s", i + 1,
		    plan_kind_name(step->kind));
		args = describe(step);
		print_visible("\t", args != NULL ? args : "?");
		(void)printf("\n");
		free(args);
	}
}

static int
finish_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	log_warn("standard output");
	return EXITCODE_REFUSED;
}

int
explain_text(const struct session_facts *facts)
{
	struct material material;
	size_t i;

	if (prepare(&material, facts) == -1) {
		dispose(&material);
		return EXITCODE_REFUSED;
	}
	print_account(facts, &material.groups);
	(void)printf("shape\t%s\nterminal\t%s\nservice\t%s\n",
	    shape_words(facts), terminal_words(facts->req),
	    command_service_name(facts->command->service));
	print_env(facts, material.launch.env);
	print_plan(material.launch.planner.plan);
	(void)printf("command");
	for (i = 0; facts->command->run.argv[i] != NULL; i++)
		print_visible("\t", facts->command->run.argv[i]);
	(void)printf("\n");
	dispose(&material);
	return finish_output();
}

/* U+0080 to U+009F, which a terminal may obey; JSON leaves them as they are. */
static int
has_c1(const char *text)
{
	const char *p;

	for (p = text; (p = strchr(p, 0xc2)) != NULL; p++)
		if ((unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0)
			return 1;
	return 0;
}

/*
 * JSON is UTF-8 (RFC 8259 section 8.1), and a command line need not be: what
 * is not is written as strvis(3) does.
 */
static struct json_object *
json_text(const char *text)
{
	struct json_object *object;
	char *safe;

	if (mbstowcs(NULL, text, 0) != (size_t)-1 && !has_c1(text))
		return json_object_new_string(text);
	if ((safe = visible(text)) == NULL)
		return NULL;
	object = json_object_new_string(safe);
	free(safe);
	return object;
}

static struct json_object *
json_account(const struct request *req, const struct groups *groups)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_array();
	const struct account *t = req->target;
	size_t i;

	for (i = 0; i < groups->count; i++)
		(void)json_object_array_add(list,
		    json_object_new_int64((int64_t)groups->list[i]));
	(void)json_object_object_add(object, "name", json_text(t->name));
	(void)json_object_object_add(object, "uid",
	    json_object_new_int64((int64_t)t->uid));
	(void)json_object_object_add(object, "gid",
	    json_object_new_int64((int64_t)groups->gid));
	(void)json_object_object_add(object, "home", json_text(t->home));
	(void)json_object_object_add(object, "shell", json_text(req->shell));
	(void)json_object_object_add(object, "groups", list);
	return object;
}

static void
json_pair(struct json_object *array, const char *key_a, const char *a,
    const char *key_b, const char *b)
{
	struct json_object *object = json_object_new_object();

	(void)json_object_object_add(object, key_a, json_text(a));
	(void)json_object_object_add(object, key_b, json_text(b));
	(void)json_object_array_add(array, object);
}

static struct json_object *
json_env(const struct session_facts *facts, const struct environ *env)
{
	struct json_object *array = json_object_new_array();
	const char *name, *from;
	size_t i;

	for (i = 0; (name = environ_at(env, i, &from)) != NULL; i++)
		json_pair(array, "name", name, "origin", from);
	if (asks_pam(facts))
		json_pair(array, "name", "*", "origin", FROM_PAM);
	return array;
}

static struct json_object *
json_plan(const struct plan *plan)
{
	struct json_object *array = json_object_new_array();
	const struct plan_step *step;
	char *args;
	size_t i;

	for (i = 0; (step = plan_at(plan, i)) != NULL; i++) {
		args = describe(step);
		json_pair(array, "step", plan_kind_name(step->kind),
		    "arguments", args != NULL ? args : "?");
		free(args);
	}
	return array;
}

static struct json_object *
json_command(const struct command *command)
{
	struct json_object *object = json_object_new_object();
	struct json_object *argv = json_object_new_array();
	size_t i;

	for (i = 0; command->run.argv[i] != NULL; i++)
		(void)json_object_array_add(argv,
		    json_text(command->run.argv[i]));
	(void)json_object_object_add(object, "path",
	    json_text(command->run.path));
	(void)json_object_object_add(object, "argv", argv);
	return object;
}

int
explain_json(const struct session_facts *facts)
{
	struct json_object *top;
	struct material material;

	if (prepare(&material, facts) == -1) {
		dispose(&material);
		return EXITCODE_REFUSED;
	}
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	top = json_object_new_object();
	(void)json_object_object_add(top, "account",
	    json_account(facts->req, &material.groups));
	(void)json_object_object_add(top, "shape",
	    json_text(shape_words(facts)));
	(void)json_object_object_add(top, "terminal",
	    json_text(terminal_words(facts->req)));
	(void)json_object_object_add(top, "service",
	    json_text(command_service_name(facts->command->service)));
	(void)json_object_object_add(top, "environment",
	    json_env(facts, material.launch.env));
	(void)json_object_object_add(top, "plan",
	    json_plan(material.launch.planner.plan));
	(void)json_object_object_add(top, "command",
	    json_command(facts->command));
	(void)printf("%s\n", json_object_to_json_string_ext(top,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	(void)json_object_put(top);
	dispose(&material);
	return finish_output();
}
